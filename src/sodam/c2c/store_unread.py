"""How many messages of a conversation are unread, while messages go: recalled, deleted by their reader, erased.

``c2c_head`` counts the messages to each user that count as unread until read, ``c2c_member.read_count`` says how many
of them were counted when the user last read. A message that goes is taken off the count if it is unread; one that was
read stays on both sides of the difference.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from sodam.c2c.model import conversation
from sodam.messages.model import DELETED_HIGH, DELETED_LOW, HIDE_RECEIVER, NO_UNREAD, RECALLED
from sodam.storage import Tx


class Mark(NamedTuple):
    """What arrived up to ``seq`` with a MsgTime up to ``time`` is read."""

    time: int
    seq: int


class Gone(NamedTuple):
    """A message to a user that goes: ``flags`` are those before."""

    flags: int
    seq: int
    time: int


async def lock(tx: Tx, app: int, owner: str, peer: str) -> Mark | None:
    """The read mark of a user's conversation, which nobody else changes until this transaction ends.

    Read marks, recalls, deletions and purges of a conversation take this lock first and then look at its counters: on
    PostgreSQL each statement sees what was committed before it. Who needs both users' locks takes that of the lesser
    UserID first. None: the user has no such conversation.
    """
    locked = " FOR UPDATE" if tx.engine == "postgres" else ""  # SQLite has one writer
    row = await tx.fetch_one(
        f"SELECT read_time, read_seq FROM c2c_member WHERE app = $1 AND owner = $2 AND peer = $3{locked}",
        app,
        owner,
        peer,
    )
    return Mark(row[0], row[1]) if row else None


async def lower(tx: Tx, app: int, owner: str, peer: str, mark: Mark | None, gone: Iterable[Gone]) -> int:
    """Take messages from ``peer`` that go off the unread ones of ``owner``, whose lock is held; how many counted."""
    if owner == peer:
        return 0
    high = owner > peer
    uncounted = NO_UNREAD | HIDE_RECEIVER | RECALLED | (DELETED_HIGH if high else DELETED_LOW)
    time, seq = mark or Mark(0, 0)
    count = sum(1 for one in gone if not one.flags & uncounted and (one.time > time or one.seq > seq))
    if count:
        column = "in_high" if high else "in_low"
        await tx.execute(
            f"UPDATE c2c_head SET {column} = {column} - $3 WHERE app = $1 AND conv = $2",
            app,
            conversation(owner, peer),
            count,
        )
    return count
