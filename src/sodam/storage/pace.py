"""Whether SQLite commits a lone message in the event loop: as long as the disk is fast.

To wake a thread and to be woken by it costs more than a short commit does. But a slow disk must not hold up everybody
else: there the thread makes every commit, as it does when several messages wait. What the thread measures holds long
work and waits for the interpreter, too; so the loop tries a commit now and then, the more rarely the oftener that was
slow (docs/decisions/0118).
"""

from __future__ import annotations

from typing import Final

FAST: Final = 0.001
"""Seconds from the first statement to the disk."""
STALLED: Final = 0.02
HUNG: Final = 0.2
SOON: Final = 32
"""Commits that the thread makes between two tries, at least and at most."""
LATE: Final = 8192
_TRIAL: Final = 4
_MOST: Final = 32
_SLOW: Final = 2
_STALL: Final = 16


class Pace:
    """Of one database. Called by whoever makes a commit."""

    __slots__ = ("_left", "_pause", "_points")

    def __init__(self) -> None:
        self._left = self._pause = SOON
        self._points = _TRIAL

    @property
    def fast(self) -> bool:
        """Whether the loop may make the next commit."""
        return self._left <= 0

    def took(self, seconds: float, *, in_loop: bool) -> None:
        """A commit did."""
        if not in_loop:
            self._left -= 1
            return
        if seconds <= FAST:
            self._points += 1
            if self._points >= _MOST:
                self._points, self._pause = _MOST, SOON
            return
        self._points -= _SLOW if seconds <= STALLED else _STALL
        if seconds > HUNG:
            self._points, self._pause = 0, LATE
        if self._points <= 0:
            self._left, self._points = self._pause, _TRIAL
            self._pause = min(self._pause * 2, LATE)
