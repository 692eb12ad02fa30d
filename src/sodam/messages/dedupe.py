"""Which messages were seen lately: the same sender, receiver, MsgSeq, MsgRandom and content within 120 s are one
message (rest-messages.md 1.5). A duplicate is answered like the first.

Memory of this process, in two generations so that forgetting costs nothing. What it cannot know (messages of before
its start, or taken by another node) the service asks the database.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable

from sodam.messages.model import Message

WINDOW = 120
_MAX_GENERATION = 250_000


class Recent:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._young: dict[int, Message | int] = {}
        self._old: dict[int, Message | int] = {}
        self._turned = clock()

    def seen(self, message: Message) -> Message | int | None:
        """The first one while it is being written, its MsgTime later, or None; notes ``message`` as first."""
        now = self._clock()
        if now - self._turned >= WINDOW or len(self._young) >= _MAX_GENERATION:
            self._old, self._young, self._turned = self._young, {}, now
        # 61 bits, salted per process: an accident in 10^6 messages has odds of one to 10^6, nobody can aim at one.
        key = message.dedupe = hash(
            (
                message.app,
                message.sender,
                message.recipient,
                message.msg_seq,
                message.msg_random,
                zlib.crc32(message.body),
            )
        )
        first = self._young.get(key) or self._old.get(key)
        if first is None:
            self._young[key] = message
        return first

    def stored(self, message: Message) -> None:
        if message.dedupe:
            self._young[message.dedupe] = message.msg_time

    def forget(self, message: Message) -> None:
        """The message was not stored: the same one may come again."""
        self._young.pop(message.dedupe, None)
        self._old.pop(message.dedupe, None)
