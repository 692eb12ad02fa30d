"""The SQL by which the search reads messages: all of them, to index them, and those that it has found."""

from __future__ import annotations

from collections.abc import Sequence

from sodam.c2c.model import Message, Rank, conversation
from sodam.c2c.store_reads import COLUMNS, Keyed, message_of, sees
from sodam.messages.model import DELETED_HIGH, DELETED_LOW, RECALLED
from sodam.storage import Database, Tx, batches, sample_of

# One look into the index for each place, whatever the planner knows of the table.
_AT = (
    "SELECT m.id FROM c2c_message m WHERE m.app = $1 AND m.conv = $2 AND m.msg_time = p.second AND m.ord = p.place"
    " LIMIT 1"
)


async def walk(tx: Tx, app: int, after: int, limit: int) -> list[Message]:
    locked = " FOR SHARE" if tx.engine == "postgres" else ""
    sql = f"SELECT {COLUMNS} FROM c2c_message WHERE app = $1 AND id > $2 ORDER BY id LIMIT $3{locked}"
    return [message_of(app, row) for row in await tx.fetch(sql, app, after, limit)]


async def sample(tx: Tx, app: int, limit: int, *, newest: bool) -> list[Message]:
    rows = await sample_of(tx, "c2c_message", COLUMNS, app, limit, newest=newest)
    return [message_of(app, row) for row in rows]


async def at(
    db: Database, app: int, owner: str, peer: str, ranks: Sequence[Rank], *, oldest: int, clear_seq: int
) -> list[Message]:
    bit, own = (DELETED_HIGH, 1) if owner > peer else (DELETED_LOW, 0)
    found: dict[int, Message] = {}
    for some in batches(ranks):
        places = ", ".join(f"(CAST(${n} AS BIGINT), CAST(${n + 1} AS BIGINT))" for n in range(3, 3 + 2 * len(some), 2))
        rows = await db.scan(
            f"WITH p (second, place) AS (VALUES {places}) SELECT {COLUMNS} FROM c2c_message WHERE id IN (SELECT ({_AT})"
            " FROM p)",
            app,
            conversation(owner, peer),
            *(number for rank in some for number in rank),
        )
        for message in (message_of(app, row) for row in rows):
            one = Keyed(message.ord, message.seq, int(message.high), message.flags, message.id)
            if message.msg_time >= oldest and not message.flags & RECALLED and sees(one, clear_seq, bit, own):
                found[message.seq] = message
    return sorted(found.values(), key=lambda m: m.rank, reverse=True)
