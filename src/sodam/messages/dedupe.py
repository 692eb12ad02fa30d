"""Which messages were seen lately: the same sender, receiver, MsgSeq, MsgRandom and content within 120 s are one
message (rest-messages.md 1.5), where an absent MsgSeq is the same as another absent one. A duplicate is answered like
the first.

``Recent`` is the memory of this process. What it cannot know (messages of before its start, or taken by another node)
the database knows: on PostgreSQL every message leaves its key in the statement that stores it, where a unique key
decides (c2c/store_recent.py); SQLite, which serves one process, is asked while the memory is incomplete.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Final, Generic, Protocol, TypeVar

from sodam.messages.model import Numbers

WINDOW: Final = 120
_MAX_GENERATION: Final = 250_000


class Entry(Protocol):
    """What is being sent. ``dedupe`` is this module's own mark on it."""

    dedupe: int


E = TypeVar("E", bound=Entry)


class Recent(Generic[E]):
    """Two generations, so that forgetting costs nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, max_generation: int = _MAX_GENERATION) -> None:
        self._clock = clock
        self._max_generation = max_generation
        self._young: dict[int, E | int] = {}
        self._old: dict[int, E | int] = {}
        self._turned = clock()
        self._short_until = 0.0

    @property
    def short(self) -> bool:
        """More came than fits: what is not known here may still be younger than the window."""
        if not self._short_until:
            return False
        if self._clock() >= self._short_until:
            self._short_until = 0.0
        return self._short_until > 0

    def seen(self, entry: E, identity: Hashable) -> E | Numbers | None:
        """The first entry of this identity while it is being written, its numbers later, or None: then ``entry`` is
        the first."""
        now = self._clock()
        if now - self._turned >= WINDOW or len(self._young) >= self._max_generation:
            if self._old and now - self._turned < WINDOW:
                self._short_until = now + WINDOW
            self._old, self._young, self._turned = self._young, {}, now
        # 61 bits, salted per process: an accident in 10^6 messages has odds of one to 10^6, nobody can aim at one.
        key = entry.dedupe = hash(identity)
        first = self._young.get(key) or self._old.get(key)
        if first is None:
            self._young[key] = entry
        elif isinstance(first, int):
            return Numbers(first >> 32, first & 0xFFFFFFFF)
        return first

    def stored(self, entry: E, numbers: Numbers) -> None:
        self.placed(entry, *numbers)

    def placed(self, entry: E, msg_time: int, msg_seq: int) -> None:
        """As ``stored``."""
        if entry.dedupe:
            self._young[entry.dedupe] = msg_time << 32 | msg_seq

    def forget(self, entry: E) -> None:
        """It was not stored: the same one may come again."""
        self._young.pop(entry.dedupe, None)
        self._old.pop(entry.dedupe, None)
