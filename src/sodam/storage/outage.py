"""What is said of a database that does not answer: one line when it begins, one when it is over."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import structlog

from sodam.storage.database import DatabaseUnavailable

log = structlog.get_logger(__name__)
_LINE_SECONDS: Final = 1.0
_AGAIN_SECONDS: Final = 10.0
"""On a full disk a small write may succeed between others that fail: that is told once in this time."""


class Outage:
    """Gathers the failures of a database. Log lines about single failures are a second apart at least."""

    def __init__(self, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._name = name
        self._clock = clock
        self._since = 0.0
        self._refused = 0
        self._said_at = -_LINE_SECONDS
        self.away = False
        """The database did not answer when it was last asked: calls are refused at once instead of waiting."""
        self.stuck = False
        """The last write failed though the database answers: its disk is full or broken, or it may not be written."""
        self._stuck_since = -_AGAIN_SECONDS
        self._stuck_told = False
        self._unwritten = 0

    def begin(self, error: BaseException) -> None:
        if not self.away:
            self.away = True
            self._since = self._clock()
            self._refused = 0
            log.error("the database does not answer", database=self._name, error=_text(error))

    def end(self) -> None:
        if self.away:
            self.away = False
            seconds = round(self._clock() - self._since, 1)
            log.warning("the database answers again", database=self._name, seconds=seconds, refused=self._refused)

    def unwritten(self, error: BaseException) -> DatabaseUnavailable:
        """The error of a write that came to nothing for want of room or rights. It lasts as a rule: one line for all
        until a write succeeds again (``wrote``), and none when that was only one that found room."""
        if not self.stuck:
            self.stuck = True
            self._stuck_told = self._clock() - self._stuck_since >= _AGAIN_SECONDS
            if self._stuck_told:
                self._stuck_since = self._clock()
                self._unwritten = 0
                log.error("the database takes no writes", database=self._name, error=_text(error))
        self._unwritten += 1
        return DatabaseUnavailable(f"{self._name}: {_text(error)}")

    def wrote(self) -> None:
        """A write succeeded."""
        if self.stuck:
            self.stuck = False
            if not self._stuck_told:
                return
            seconds = round(self._clock() - self._stuck_since, 1)
            log.warning(
                "the database takes writes again", database=self._name, seconds=seconds, refused=self._unwritten
            )

    def refused(self) -> DatabaseUnavailable:
        """The error of a call that is not even tried while the database is away."""
        self._refused += 1
        return DatabaseUnavailable(f"{self._name} does not answer")

    def failed(self, error: BaseException) -> DatabaseUnavailable:
        """The error of a call that failed for no fault of its own."""
        if isinstance(error, DatabaseUnavailable):
            return error
        if self.away:
            self._refused += 1
        elif self._clock() - self._said_at >= _LINE_SECONDS:
            self._said_at = self._clock()
            log.warning("a call to the database failed", database=self._name, error=_text(error))
        return DatabaseUnavailable(f"{self._name}: {_text(error)}")


def _text(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0][:200] or type(error).__name__
