"""What official accounts said in an hour, for files of a whole app."""

from __future__ import annotations

from sodam.officials.store_hours import Spot, page

__all__ = ["Spot", "page"]
