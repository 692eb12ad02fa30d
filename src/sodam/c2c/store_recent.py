"""What the database knows of messages that were sent lately: a key a message, for as long as the same one counts as a
repetition (messages/dedupe.py).
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from hashlib import blake2b
from struct import Struct
from typing import Final

from sodam.c2c.model import Message
from sodam.messages.dedupe import WINDOW
from sodam.messages.model import NUMBERED, U32
from sodam.storage import Database, purge_keys

_OWN: Final = Struct(">III").pack


@lru_cache(maxsize=16_384)
def _pair(app: int, sender: str, recipient: str) -> bytes:
    return blake2b(f"{app}\x1f{sender}\x1f{recipient}".encode(), digest_size=8).digest()


def key(message: Message) -> bytes:
    """What two servers know a message by. Its sender and receiver stand in front, then the sender's own number: keys
    of one conversation are neighbours in the index, so that a batch touches few pages of it."""
    seq = 0 if message.flags & NUMBERED else message.msg_seq
    own = _OWN(seq & U32, message.msg_random & U32, zlib.crc32(message.body))
    return _pair(message.app, message.sender, message.recipient) + own


async def purge(db: Database, now: int) -> int:
    """Forget keys that are too old to matter, in bounded transactions; how many."""
    return await purge_keys(db, "c2c_recent", now, WINDOW)
