"""The SQL of forwarded bundles."""

from __future__ import annotations

from sodam.storage import Database, Row

BATCH = 20
"""Bundles that one transaction erases: they may be large."""


async def put(db: Database, app: int, name: str, now: int, content: bytes) -> None:
    await db.execute(
        "INSERT INTO relay_bundle (app, name, used_at, content) VALUES ($1, $2, $3, $4)", app, name, now, content
    )


async def read(db: Database, app: int, name: str) -> Row | None:
    """When it was last used, and its content."""
    return await db.fetch_one("SELECT used_at, content FROM relay_bundle WHERE app = $1 AND name = $2", app, name)


async def touch(db: Database, app: int, name: str, now: int) -> None:
    await db.execute("UPDATE relay_bundle SET used_at = $3 WHERE app = $1 AND name = $2", app, name, now)


async def names(db: Database, app: int, text: bytes, since: int) -> bool:
    """Whether a bundle that was used since a unix second holds a text."""
    find = "instr(content, $3)" if db.engine == "sqlite" else "position($3 IN content)"
    sql = f"SELECT 1 FROM relay_bundle WHERE app = $1 AND used_at >= $2 AND {find} > 0 LIMIT 1"
    return bool(await db.scan(sql, app, since, text))


async def purge(db: Database, app: int, before: int) -> int:
    """Erase some bundles that were last used before a unix second; how many."""
    return await db.execute(
        "DELETE FROM relay_bundle WHERE app = $1 AND name IN "
        "(SELECT name FROM relay_bundle WHERE app = $1 AND used_at < $2 ORDER BY used_at LIMIT $3)",
        app,
        before,
        BATCH,
    )
