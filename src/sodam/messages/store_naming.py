"""The SQL of looking for a text in stored messages, whichever table they are in."""

from __future__ import annotations

from sodam.messages.model import RECALLED
from sodam.storage import Database


async def newest(db: Database, table: str) -> int:
    rows = await db.fetch(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
    return int(rows[0][0])


async def holds(db: Database, table: str, app: int, text: bytes, after: int, until: int) -> bool:
    """Whether a message behind a row, up to another, holds a text and is not recalled."""
    find = "instr({}, $4)" if db.engine == "sqlite" else "position($4 IN {})"
    held = " OR ".join(f"{find.format(column)} > 0" for column in ("body", "cloud"))
    sql = (
        f"SELECT 1 FROM {table} WHERE app = $1 AND id > $2 AND id <= $3 AND (flags & {RECALLED}) = 0"
        f" AND ({held}) LIMIT 1"
    )
    return bool(await db.scan(sql, app, after, until, text))
