"""Which messages were seen lately: the same sender, receiver, MsgSeq, MsgRandom and content within 120 s are one
message (rest-messages.md 1.5), where an absent MsgSeq is the same as another absent one. A duplicate is answered like
the first.

``Recent`` is the memory of this process. What it cannot know (messages of before its start, or taken by another node)
the database knows: on PostgreSQL every message leaves its ``key`` in the statement that stores it, where a unique key
decides; SQLite, which serves one process, is asked while the memory is incomplete.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from hashlib import blake2b
from typing import Final

from sodam.messages.model import NUMBERED, Message, Numbers
from sodam.storage import Database

WINDOW: Final = 120
_MAX_GENERATION: Final = 250_000
_PURGED: Final = 5_000


def key(message: Message) -> bytes:
    """What two servers know a message by: 16 bytes."""
    seq = 0 if message.flags & NUMBERED else message.msg_seq
    crc = zlib.crc32(message.body)
    parts = f"{message.app}\x1f{message.sender}\x1f{message.recipient}\x1f{seq}\x1f{message.msg_random}\x1f{crc}"
    return blake2b(parts.encode(), digest_size=16).digest()


async def purge(db: Database, now: int) -> int:
    """Forget keys that are too old to matter, in bounded transactions; how many."""
    total = 0
    while True:
        gone = await db.execute(
            "DELETE FROM c2c_recent WHERE (app, key) IN (SELECT app, key FROM c2c_recent "
            "WHERE stored_at < $1 OR stored_at > $2 LIMIT $3)",
            now - 2 * WINDOW,
            now + 2 * WINDOW,  # the clock was set back
            _PURGED,
        )
        total += gone
        if gone < _PURGED:
            return total


class Recent:
    """Two generations, so that forgetting costs nothing."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, max_generation: int = _MAX_GENERATION) -> None:
        self._clock = clock
        self._max_generation = max_generation
        self._young: dict[int, Message | int] = {}
        self._old: dict[int, Message | int] = {}
        self._turned = clock()
        self._short_until = 0.0

    @property
    def short(self) -> bool:
        """More came than fits: what is not known here may still be younger than the window."""
        return self._short_until > 0 and self._clock() < self._short_until

    def seen(self, message: Message) -> Message | Numbers | None:
        """The first one while it is being written, its numbers later, or None; notes ``message`` as first."""
        now = self._clock()
        if now - self._turned >= WINDOW or len(self._young) >= self._max_generation:
            if self._old and now - self._turned < WINDOW:
                self._short_until = now + WINDOW
            self._old, self._young, self._turned = self._young, {}, now
        # 61 bits, salted per process: an accident in 10^6 messages has odds of one to 10^6, nobody can aim at one.
        key = message.dedupe = hash(
            (
                message.app,
                message.sender,
                message.recipient,
                0 if message.flags & NUMBERED else message.msg_seq,
                message.msg_random,
                zlib.crc32(message.body),
            )
        )
        first = self._young.get(key) or self._old.get(key)
        if first is None:
            self._young[key] = message
        elif isinstance(first, int):
            return Numbers(first >> 32, first & 0xFFFFFFFF)
        return first

    def stored(self, message: Message) -> None:
        if message.dedupe:
            self._young[message.dedupe] = message.msg_time << 32 | message.msg_seq

    def forget(self, message: Message) -> None:
        """The message was not stored: the same one may come again."""
        self._young.pop(message.dedupe, None)
        self._old.pop(message.dedupe, None)
