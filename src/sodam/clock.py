"""The time of day as every rule has it: the machine's, but in development mode, where it can be moved forward.

What measures (rates, waits, the network) goes by the machine's own clocks.
"""

from __future__ import annotations

import time

_ahead = 0.0


def now() -> float:
    """Unix seconds."""
    return time.time() + _ahead


def ahead() -> float:
    """Seconds by which this is ahead of the machine's clock."""
    return _ahead


def set_ahead(seconds: float) -> None:
    """For development mode and tests alone."""
    global _ahead
    _ahead = seconds
