"""What the database knows of messages that were sent lately: a key a message, for as long as the same one counts as a
repetition (messages/dedupe.py).
"""

from __future__ import annotations

import zlib
from hashlib import blake2b
from typing import Final

from sodam.c2c.model import Message
from sodam.messages.dedupe import WINDOW
from sodam.messages.model import NUMBERED
from sodam.storage import Database

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
