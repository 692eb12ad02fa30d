"""What the server's clock gives to messages, and what happens when somebody sets it.

MsgTime never falls within a conversation, and lists are ordered by the time of arrival: a clock that was set ahead for
a while leaves its marks. So a step is logged, loudly and once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Final

import structlog

from sodam.clock import ahead
from sodam.messages.model import U32

log = structlog.get_logger(__name__)
STEP_SECONDS: Final = 120
"""By so much a clock may be wrong, between two nodes or after a while, without that anything is said or done."""
SECOND: Final = 1_000_000
"""Microseconds."""

_steady: Final[Callable[[], float]] = (
    partial(time.clock_gettime, time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic
)


def uptime() -> float:
    """Seconds on a clock that nobody sets (but development mode), and that goes on while the machine sleeps."""
    return _steady() + ahead()


class ArrivalClock:
    """Microseconds of arrival for messages, each later than the one before, and a watch over the clock."""

    def __init__(self, clock: Callable[[], float], steady: Callable[[], float] = uptime) -> None:
        self._clock = clock
        self._steady = steady
        self._offset: float | None = None
        self._last = 0

    def begin(self, newest: int, newest_second: int) -> None:
        """Go on behind what is stored: the newest arrival in microseconds, the newest MsgTime of all."""
        now = self._clock()
        if newest < (now + STEP_SECONDS) * SECOND:
            self._last = newest
        if newest_second > now + STEP_SECONDS:
            log.error(
                "messages are stored with times ahead of this clock: their conversations keep that time until then",
                seconds=int(newest_second - now),
            )

    def take(self, count: int) -> tuple[int, int]:
        """Now: the unix second, and the first of ``count`` arrivals, a microsecond apart."""
        now = self._clock()
        self._watch(now)
        first = int(now * SECOND)
        # Where the clock was set back a little, time stands still until it has caught up.
        if first <= self._last < first + STEP_SECONDS * SECOND:
            first = self._last + 1
        self._last = first + count - 1
        return int(now), first

    def _watch(self, now: float) -> None:
        offset = now - self._steady()
        if self._offset is not None and abs(step := offset - self._offset) > STEP_SECONDS:
            log.error(
                "the clock was set: messages of meanwhile keep their times, and conversations never go back in time",
                seconds=round(step),
            )
        self._offset = offset


class SecondNumbers:
    """Numbers that grow within a second, for messages of which no single conversation can say the next one."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._last = (0, 0)

    def take(self) -> int:
        """A MsgSeq larger than those of before in this second."""
        now = self._clock()
        second, number = int(now), int(now % 1 * U32)
        if self._last[0] == second:
            number = max(number, self._last[1])
        number = min(number + 1, U32)
        self._last = (second, number)
        return number
