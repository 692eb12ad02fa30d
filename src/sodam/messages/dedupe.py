"""Which messages were seen lately: the same sender, receiver, MsgSeq, MsgRandom and content within 120 s are one
message (rest-messages.md 1.5), where an absent MsgSeq is the same as another absent one. A duplicate is answered like
the first.

``Recent`` is the memory of this process. What it cannot know (messages of before its start, or taken by another node)
the database knows: on PostgreSQL every message leaves its key in the statement that stores it, where a unique key
decides (c2c/store_recent.py); SQLite, which serves one process, is asked while the memory is incomplete.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Final, Generic, Protocol, TypeVar

from sodam.clock import now as wall_clock
from sodam.messages.model import U32, Numbers

WINDOW: Final = 120
_MAX_GENERATION: Final = 250_000


class Entry(Protocol):
    """What is being sent. ``dedupe`` is this module's own mark on it."""

    dedupe: int


class Numbered(Protocol):
    msg_time: int
    msg_seq: int


class Stored(Protocol):
    """A marked entry whose message is stored."""

    @property
    def dedupe(self) -> int: ...
    @property
    def message(self) -> Numbered: ...


E = TypeVar("E", bound=Entry)


class Recent(Generic[E]):
    """Two generations, so that forgetting costs nothing; what is older than the window counts for nothing before that.

    ``clock``: of the database's keys, too, in unix seconds, so that both know the same.
    """

    def __init__(self, clock: Callable[[], float] = wall_clock, max_generation: int = _MAX_GENERATION) -> None:
        self._clock = clock
        self._max_generation = max_generation
        self._young: dict[int, E | int] = {}
        self._old: dict[int, E | int] = {}
        self._turned = clock()
        self.short_until = 0.0
        """Until then it is ``short``, if that is to come."""

    @property
    def short(self) -> bool:
        """More came than fits: what is not known here may still be younger than the window."""
        if not self.short_until:
            return False
        if self._clock() >= self.short_until:
            self.short_until = 0.0
        return self.short_until > 0

    def seen(self, entry: E, identity: Hashable) -> E | Numbers | None:
        """The first entry of this identity while it is being written, its numbers later, or None: then ``entry`` is
        the first."""
        now = self._clock()
        fresh = 0 <= now - self._turned < WINDOW  # a clock may be set back
        if not fresh or len(self._young) >= self._max_generation:
            if self._old and fresh:
                self.short_until = now + WINDOW
            self._old, self._young, self._turned = self._young, {}, now
        # 61 bits, salted per process: an accident in 10^6 messages has odds of one to 10^6, nobody can aim at one.
        key = entry.dedupe = hash(identity)
        first = self._young.get(key) or self._old.get(key)
        if isinstance(first, int):
            if abs(int(now) - (first >> 64)) <= WINDOW:
                return Numbers(first >> 32 & U32, first & U32)
            first = None
        if first is None:
            self._young[key] = entry
        return first

    def known(self, entry: E, numbers: Numbers) -> None:
        """It was stored before, at the time that its numbers have, or earlier by a clock that was ahead."""
        self._keep(entry, min(numbers.msg_time, int(self._clock())), *numbers)

    def placed(self, entry: E, msg_time: int, msg_seq: int) -> None:
        """It was stored now, with these numbers."""
        self._keep(entry, int(self._clock()), msg_time, msg_seq)

    def all_placed(self, entries: Iterable[Stored]) -> None:
        """As ``placed`` for many."""
        young, at = self._young, int(self._clock()) << 64
        for entry in entries:
            message = entry.message
            young[entry.dedupe] = at | message.msg_time << 32 | message.msg_seq

    def _keep(self, entry: E, at: int, msg_time: int, msg_seq: int) -> None:
        if entry.dedupe:
            self._young[entry.dedupe] = at << 64 | msg_time << 32 | msg_seq

    def forget(self, entry: E) -> None:
        """It was not stored: the same one may come again."""
        self._young.pop(entry.dedupe, None)
        self._old.pop(entry.dedupe, None)
