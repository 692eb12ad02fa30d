"""Running a command without a task, whose cost would be more than that of a message.

Python 3.12 has eager tasks of its own. They begin at once as this does, but from the first wait on they are tasks, and
nearly every message waits, for the disk; and we run on 3.11 too. So this stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from sodam.observability.requests import CURRENT


def drive(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run up to the first wait right here: a message reaches the log, a login its answer, without a task."""
    token = CURRENT.set(None)  # what it begins is not what its caller does; behind waits it has a context of its own
    try:
        waits_for = coroutine.send(None)
        _Continued(coroutine, waits_for)
    except StopIteration:
        return
    finally:
        CURRENT.reset(token)


class _Continued:
    """Drives a coroutine that waits for futures, at a fraction of a task's cost. It cannot be cancelled: commands
    are short, and what they wait for always ends."""

    __slots__ = ("_coroutine",)

    def __init__(self, coroutine: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._coroutine = coroutine
        self._wait(waits_for)

    def _wait(self, waits_for: Any) -> None:
        if waits_for is None:  # a bare yield, as asyncio.sleep(0) does
            asyncio.get_running_loop().call_soon(self._step)
            return
        waits_for._asyncio_future_blocking = False
        waits_for.add_done_callback(self._step)

    def _step(self, _: Any = None) -> None:
        try:
            waits_for = self._coroutine.send(None)
        except StopIteration:
            return
        self._wait(waits_for)
