"""The SQL of messages that grow."""

from __future__ import annotations

from typing import Final, NamedTuple

from sodam.storage import Database, Tx

_COLUMNS: Final = "app, stream, type, sender, receiver, msg_time, msg_seq, msg_random, grown_at"


class Stream(NamedTuple):
    """Where a message that grows stands: see migration 0058."""

    app: int
    id: str
    type: int
    sender: str
    receiver: str
    msg_time: int
    msg_seq: int
    msg_random: int
    grown_at: int = 0


async def put(db: Database, one: Stream) -> None:
    await db.execute(
        f"INSERT INTO message_stream ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
        "ON CONFLICT (app, stream) DO NOTHING",
        *one,
    )


async def touch(db: Database, app: int, stream_id: str, now: int, oldest: int) -> Stream | None:
    """A further piece comes, at a unix millisecond; None where the last one is older than ``oldest``."""

    async def run(tx: Tx) -> Stream | None:
        row = await tx.fetch_one(
            "UPDATE message_stream SET grown_at = $3 WHERE app = $1 AND stream = $2 AND grown_at >= $4 "
            f"RETURNING {_COLUMNS}",
            app,
            stream_id,
            now,
            oldest,
        )
        return None if row is None else Stream(*row)

    return await db.write(run)


async def find(db: Database, app: int, stream_id: str) -> Stream | None:
    row = await db.fetch_one(f"SELECT {_COLUMNS} FROM message_stream WHERE app = $1 AND stream = $2", app, stream_id)
    return None if row is None else Stream(*row)


async def still(db: Database, before: int, limit: int) -> list[Stream]:
    """Some that got their last piece before a unix millisecond."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM message_stream WHERE grown_at < $1 ORDER BY grown_at LIMIT $2", before, limit
    )
    return [Stream(*row) for row in rows]


async def forget(db: Database, app: int, stream_id: str) -> None:
    await db.execute("DELETE FROM message_stream WHERE app = $1 AND stream = $2", app, stream_id)
