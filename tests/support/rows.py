"""Rows made without knowing a table's every column: what is not given is 0, or empty."""

from __future__ import annotations

from collections.abc import Mapping

from sodam.storage import Database, Tx
from sodam.storage.database import Value


async def columns(db: Database, table: str) -> dict[str, str]:
    """Column names and types, but for the growing key."""
    if db.engine == "sqlite":
        rows = await db.fetch(f"SELECT name, type FROM pragma_table_info('{table}')")
    else:
        rows = await db.fetch(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = $1", table
        )
    return {str(r[0]): str(r[1]).upper() for r in rows if r[0] != "id"}


def _blank(kind: str) -> Value:
    return b"" if kind in ("BLOB", "BYTEA") else "" if kind == "TEXT" else 0


async def insert(tx: Tx, table: str, known: Mapping[str, str], **given: Value) -> None:
    values = [given.get(name, _blank(kind)) for name, kind in known.items()]
    marks = ", ".join(f"${i}" for i in range(1, len(values) + 1))
    await tx.execute(f"INSERT INTO {table} ({', '.join(known)}) VALUES ({marks})", *values)
