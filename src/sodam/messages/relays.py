"""Bundles of forwarded messages that are too large for a message: kept apart, under a key that the message carries
(rest-messages.md 1.1.3, client-protocol-groups.md 16).

The key cannot be guessed, and whoever has it may read the bundle, as everybody may who got the message. A bundle is
kept as long as an app keeps messages, counted from the day on which it was last read.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Final

from sodam.clock import now as wall_clock
from sodam.errors import ApiError, Code
from sodam.messages import store_relays
from sodam.storage import Database

MAX_BYTES: Final = 512 * 1024
"""Of a bundle; a client's frame holds 1 MiB."""
_DAY: Final = 86400


class Relays:
    def __init__(self, db: Database, clock: Callable[[], float] = wall_clock) -> None:
        self._db = db
        self._clock = clock
        self.used: Callable[[int, bytes], None] = lambda app, content: None
        """Told of every bundle that is saved or read: it may name uploaded files."""

    async def save(self, app: int, content: bytes) -> str:
        """Keep a bundle; its key. Raises ApiError 93000 for more than ``MAX_BYTES``."""
        if len(content) > MAX_BYTES:
            raise ApiError(Code.MSG_TOO_LONG, f"a bundle of messages has at most {MAX_BYTES} bytes")
        key = secrets.token_hex(16)
        await store_relays.put(self._db, app, key, int(self._clock()), content)
        self.used(app, content)
        return key

    async def read(self, app: int, key: str) -> bytes:
        """Raises ApiError 20022 for an unknown key."""
        row = await store_relays.read(self._db, app, key)
        if row is None:
            raise ApiError(Code.C2C_MESSAGE_NOT_FOUND, "there is no such bundle of messages")
        now = int(self._clock())
        if row[0] < now - _DAY:
            await store_relays.touch(self._db, app, key, now)
            self.used(app, bytes(row[1]))
        return bytes(row[1])

    async def mark(self) -> int:
        """What is saved from now on stands behind it."""
        return int(self._clock())

    async def names(self, app: int, text: str, since: int) -> bool:
        """Whether a bundle that was used since a mark names something."""
        return await store_relays.names(self._db, app, text.encode(), since)

    async def purge(self, app: int, before: int) -> int:
        """Erase the bundles that nobody has used since a unix second; how many."""
        total = 0
        while gone := await store_relays.purge(self._db, app, before):
            total += gone
        return total
