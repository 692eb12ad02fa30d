"""The SQL of how far the index of an app has come."""

from __future__ import annotations

from typing import Final, NamedTuple

from sodam.storage import Database, Tx, fetch_locked

_COLUMNS: Final = (
    "names_after, names_done, groups_after, c2c_after, group_after, messages_until, messages_done, broadcast_account, "
    "broadcast_seq"
)


class Progress(NamedTuple):
    """A row of ``search_progress``."""

    names_after: str = ""
    names_done: int = 0
    groups_after: int = 0
    c2c_after: int = 0
    group_after: int = 0
    messages_until: int = 0
    messages_done: int = 0
    broadcast_account: str = ""
    broadcast_seq: int = 0


async def read(db: Database, app: int) -> Progress:
    row = await db.fetch_one(f"SELECT {_COLUMNS} FROM search_progress WHERE app = $1", app)
    return Progress(*row) if row else Progress()


async def lock(tx: Tx, app: int) -> Progress:
    """As ``read``, and nobody else goes on until ``tx`` ends."""
    await tx.execute(
        f"INSERT INTO search_progress (app, {_COLUMNS}) VALUES ($1, '', 0, 0, 0, 0, 0, 0, '', 0)"
        " ON CONFLICT DO NOTHING",
        app,
    )
    return Progress(*(await fetch_locked(tx, f"SELECT {_COLUMNS} FROM search_progress WHERE app = $1", app))[0])


async def put(tx: Tx, app: int, progress: Progress) -> None:
    sets = ", ".join(f"{name} = ${n}" for n, name in enumerate(Progress._fields, 2))
    await tx.execute(f"UPDATE search_progress SET {sets} WHERE app = $1", app, *progress)


async def done(db: Database, app: int) -> None:
    await db.execute("UPDATE search_progress SET messages_done = 1 WHERE app = $1", app)


async def without_messages(db: Database, app: int) -> None:
    """The index of messages is empty."""
    await db.execute(
        "UPDATE search_progress SET c2c_after = 0, group_after = 0, broadcast_account = '', broadcast_seq = 0,"
        " messages_until = 0, messages_done = 0 WHERE app = $1",
        app,
    )


async def forget(db: Database, app: int) -> None:
    """The whole index is empty."""
    await db.execute("DELETE FROM search_progress WHERE app = $1", app)
