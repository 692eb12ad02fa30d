"""The SQL of the log. On PostgreSQL its table stands beside the others (migration 0053); on SQLite in its own file,
so that its writes never wait for, or hold up, those of messages (docs/decisions/0068)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec.structs import astuple

from sodam.storage import Bulk, Database, Tx, batches, in_list
from sodam.storage.sqlite import SqliteDatabase
from sodam.troubleshooting.model import Event, Search

FILE: Final = "troubleshooting.db"
_CACHE_MIB: Final = 4
_SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS troubleshooting_log (id INTEGER PRIMARY KEY AUTOINCREMENT, app BIGINT NOT NULL, "
    "at BIGINT NOT NULL, node TEXT NOT NULL, event TEXT NOT NULL, command TEXT NOT NULL, user_id TEXT NOT NULL, "
    "peer TEXT NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL, platform TEXT NOT NULL, address TEXT NOT NULL, "
    "millis BIGINT NOT NULL, failed BIGINT NOT NULL, amount BIGINT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS troubleshooting_log_app ON troubleshooting_log (app, at, id)",
    "CREATE INDEX IF NOT EXISTS troubleshooting_log_kept ON troubleshooting_log (app, failed, id)",
)
_NAMES: Final = Event.__struct_fields__
_COLUMNS: Final = ", ".join(_NAMES)
_KINDS: Final = tuple("bigint" if name in ("app", "at", "millis", "failed", "amount") else "text" for name in _NAMES)
_PUT: Final = Bulk(f"INSERT INTO troubleshooting_log ({_COLUMNS})", _KINDS)


async def place(db: Database, directory: Path) -> Database:
    """Where the log is kept: the database itself on PostgreSQL, a file in the data directory beside SQLite's."""
    if db.engine != "sqlite":
        return db
    own = await SqliteDatabase.open(directory / FILE, _CACHE_MIB)

    async def make(tx: Tx) -> None:
        for statement in _SCHEMA:
            await tx.execute(statement)

    await own.write(make)
    return own


async def put(tx: Tx, events: Sequence[Event]) -> None:
    await tx.bulk(_PUT, [astuple(one) for one in events])


async def page(db: Database, app: int, search: Search) -> list[tuple[int, Event]]:
    """The newest first, with their numbers."""
    at, number = search.before
    rows = await db.scan(
        f"SELECT id, {_COLUMNS} FROM troubleshooting_log WHERE app = $1 AND at >= $2 AND at <= $3 "
        "AND event <> 'omitted' AND ($4 = '' OR event = $4) AND ($5 = '' OR user_id = $5) "
        "AND ($6 = '' OR peer = $6 OR SUBSTR(peer, 1, LENGTH($7)) = $7) AND ($8 = '' OR code = $8) AND failed >= $9 "
        "AND ((at, id) < ($10, $11) OR $10 = 0) ORDER BY at DESC, id DESC LIMIT $12",
        app,
        search.since,
        search.until,
        search.event,
        search.user_id,
        search.peer,
        search.peer + " +",
        search.code,
        int(search.failed),
        at,
        number,
        search.limit,
    )
    return [(row[0], Event(*row[1:])) for row in rows]


async def omitted(db: Database, app: int, since: int, until: int) -> int:
    """How many events of a period are not in the log."""
    rows = await db.scan(
        "SELECT COALESCE(SUM(amount), 0) FROM troubleshooting_log WHERE app = $1 AND at >= $2 AND at <= $3 "
        "AND event = 'omitted'",
        app,
        since,
        until,
    )
    return int(rows[0][0])


async def purge(tx: Tx, app: int, *, keep: int, oldest: int) -> int:
    """Erase of an app what is before ``oldest``, and all but the newest ``keep`` of each kind; how many."""
    gone = await tx.execute("DELETE FROM troubleshooting_log WHERE app = $1 AND at < $2", app, oldest)
    for failed in (-1, 0, 1):
        gone += await tx.execute(
            "DELETE FROM troubleshooting_log WHERE app = $1 AND failed = $2 AND id <= COALESCE((SELECT id FROM "
            "troubleshooting_log WHERE app = $1 AND failed = $2 ORDER BY id DESC LIMIT 1 OFFSET $3), 0)",
            app,
            failed,
            keep,
        )
    return gone


async def erase(tx: Tx, app: int) -> int:
    return await tx.execute("DELETE FROM troubleshooting_log WHERE app = $1", app)


async def forget_users(tx: Tx, gone: Sequence[tuple[int, str]]) -> None:
    """Erase the events that name accounts."""
    users: dict[int, list[str]] = {}
    for app, user in gone:
        users.setdefault(app, []).append(user)
    for app, names in users.items():
        for some in batches(names):
            listed = in_list(some, 2)
            await tx.execute(
                f"DELETE FROM troubleshooting_log WHERE app = $1 AND (user_id IN {listed} OR peer IN {listed})",
                app,
                *some,
            )
