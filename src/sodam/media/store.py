"""The SQL of uploaded objects. ``media_usage`` is changed in the transaction that changes the rows that it counts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sodam.media.model import Kind, Object, State
from sodam.storage import Database, Tx

_COLUMNS: Final = ", ".join(Object._fields)
_IN_MESSAGES: Final = f"kind <> {Kind.AVATAR:d} AND state IN ({State.THERE:d}, {State.FORBIDDEN:d})"
BATCH: Final = 200
"""Objects that one turn of erasing takes."""


async def read(db: Database, app: int, name: str) -> Object | None:
    row = await db.fetch_one(f"SELECT {_COLUMNS} FROM media_object WHERE app = $1 AND name = $2", app, name)
    return Object(*row) if row else None


async def begin(tx: Tx, new: Object, since: str) -> bool:
    """Own an object before there is one; False when its name is taken, by the same upload made twice."""
    places = ", ".join(f"${number}" for number in range(1, len(Object._fields) + 2))
    sql = f"INSERT INTO media_object ({_COLUMNS}, since) VALUES ({places}) ON CONFLICT DO NOTHING"
    return bool(await tx.execute(sql, *new, since))


async def reserve(tx: Tx, app: int, size: int, most: int) -> bool:
    """Count an object; False when the app would have more than ``most`` bytes (0: no limit)."""
    await tx.execute("INSERT INTO media_usage VALUES ($1, 0, 0) ON CONFLICT DO NOTHING", app)
    return bool(
        await tx.execute(
            "UPDATE media_usage SET bytes = bytes + $2, objects = objects + 1"
            " WHERE app = $1 AND (CAST($3 AS BIGINT) = 0 OR bytes + $2 <= $3)",
            app,
            size,
            most,
        )
    )


async def move(db: Database | Tx, app: int, name: str, states: Collection[State], to: State, now: int) -> bool:
    """Give an object another state; False when it has none of ``states``."""
    listed = ", ".join(str(int(one)) for one in states)
    return bool(
        await db.execute(
            f"UPDATE media_object SET state = $3, used_at = $4 WHERE app = $1 AND name = $2 AND state IN ({listed})",
            app,
            name,
            int(to),
            now,
        )
    )


async def touch(tx: Tx, used: Sequence[tuple[int, str]], now: int) -> None:
    for app, name in used:
        await tx.execute(
            "UPDATE media_object SET used_at = $3 WHERE app = $1 AND name = $2 AND used_at < $3", app, name, now
        )


async def note_recall(tx: Tx, app: int, name: str, now: int) -> None:
    """A message that names an object was recalled, at a unix second."""
    await tx.execute(
        f"UPDATE media_object SET recalled_at = $3 WHERE app = $1 AND name = $2 AND since <> '' AND {_IN_MESSAGES}",
        app,
        name,
        now,
    )


async def keep(tx: Tx, app: int, name: str) -> None:
    """What names an object is not all behind its marks: no recall erases it."""
    await tx.execute("UPDATE media_object SET since = '', recalled_at = 0 WHERE app = $1 AND name = $2", app, name)


async def stays(db: Database, app: int, name: str, at: int) -> None:
    """Something names an object, unless it was recalled again since ``at``."""
    await db.execute(
        "UPDATE media_object SET recalled_at = 0 WHERE app = $1 AND name = $2 AND recalled_at = $3", app, name, at
    )


async def recalled(db: Database, before: int) -> list[tuple[int, str, str, int]]:
    """Some objects named by a message that was recalled before a unix second: app, name, marks, and when."""
    rows = await db.fetch(
        "SELECT app, name, since, recalled_at FROM media_object WHERE recalled_at > 0 AND recalled_at <= $1"
        " ORDER BY recalled_at LIMIT $2",
        before,
        BATCH,
    )
    return [(int(row[0]), str(row[1]), str(row[2]), int(row[3])) for row in rows]


async def forget_uploaders(tx: Tx, app: int, users: Sequence[str]) -> None:
    """What these users uploaded is to be erased; nobody is named any more."""
    for user in users:
        await tx.execute(
            "UPDATE media_object SET state = $3, uploader = '' WHERE app = $1 AND uploader = $2",
            app,
            user,
            int(State.ERASED),
        )


async def due(db: Database, app: int, state: State, before: int, but: int = -1) -> list[str]:
    """Some objects of a state that were last used before a unix second, but those of one kind."""
    rows = await db.fetch(
        "SELECT name FROM media_object WHERE app = $1 AND state = $2 AND used_at < $3 AND kind <> $4"
        " ORDER BY used_at LIMIT $5",
        app,
        int(state),
        before,
        but,
        BATCH,
    )
    return [str(row[0]) for row in rows]


async def newest(db: Database, app: int, limit: int) -> list[Object]:
    """Some objects that are there, those that were used last."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM media_object WHERE app = $1 AND state = $2 ORDER BY used_at DESC LIMIT $3",
        app,
        int(State.THERE),
        limit,
    )
    return [Object(*row) for row in rows]


async def erase(tx: Tx, app: int, name: str) -> bool:
    """Forget an object whose bytes are gone."""
    rows = await tx.fetch("DELETE FROM media_object WHERE app = $1 AND name = $2 RETURNING stored", app, name)
    if rows:
        await tx.execute(
            "UPDATE media_usage SET bytes = bytes - $2, objects = objects - 1 WHERE app = $1", app, int(rows[0][0])
        )
    return bool(rows)
