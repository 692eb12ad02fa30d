"""What the database knows of messages that were sent lately: a key a message, for as long as the same one counts as a
repetition (messages/dedupe.py).
"""

from __future__ import annotations

import zlib
from hashlib import blake2b

from sodam.c2c.model import Message
from sodam.messages.dedupe import WINDOW
from sodam.messages.model import NUMBERED
from sodam.storage import Database, purge_keys


def key(message: Message) -> bytes:
    """What two servers know a message by: 16 bytes."""
    seq = 0 if message.flags & NUMBERED else message.msg_seq
    crc = zlib.crc32(message.body)
    parts = f"{message.app}\x1f{message.sender}\x1f{message.recipient}\x1f{seq}\x1f{message.msg_random}\x1f{crc}"
    return blake2b(parts.encode(), digest_size=16).digest()


async def purge(db: Database, now: int) -> int:
    """Forget keys that are too old to matter, in bounded transactions; how many."""
    return await purge_keys(db, "c2c_recent", now, WINDOW)
