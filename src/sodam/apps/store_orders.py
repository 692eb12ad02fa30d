"""The SQL of orders of plans."""

from __future__ import annotations

from typing import Final

from sodam.storage import Database, Row, Tx, Value, in_list

_COLUMNS: Final = "sdkappid, created_at, uin, kind, plan, add_ons, months, auto_renew, amount, currency, expires_at"


async def insert(tx: Tx, values: list[Value]) -> int:
    """The id of a new order; ``values`` are those of ``_COLUMNS``."""
    row = await tx.fetch_one(f"INSERT INTO plan_order ({_COLUMNS}) VALUES {in_list(values)} RETURNING id", *values)
    assert row is not None
    return int(row[0])


async def page(source: Database, sdkappid: int, offset: int, limit: int) -> tuple[int, list[Row]]:
    """How many orders an app has, and a page of them, newest first: the id, then ``_COLUMNS``."""
    row = await source.fetch_one("SELECT COUNT(*) FROM plan_order WHERE sdkappid = $1", sdkappid)
    rows = await source.fetch(
        f"SELECT id, {_COLUMNS} FROM plan_order WHERE sdkappid = $1 ORDER BY id DESC LIMIT $2 OFFSET $3",
        sdkappid,
        limit,
        offset,
    )
    return int(row[0]) if row else 0, rows
