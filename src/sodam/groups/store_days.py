"""The SQL of how many groups an app makes in a day."""

from __future__ import annotations

from typing import Final

from sodam.storage import Tx

_ADD: Final = (
    "INSERT INTO group_day (app, day, net, alarmed) VALUES ($1, $2, $3, 0) ON CONFLICT (app) DO UPDATE SET"
    " net = CASE WHEN group_day.day = excluded.day THEN group_day.net + excluded.net ELSE excluded.net END,"
    " alarmed = CASE WHEN group_day.day = excluded.day THEN group_day.alarmed ELSE 0 END, day = excluded.day"
    " RETURNING net, alarmed"
)


async def add(tx: Tx, app: int, day: int, number: int) -> tuple[int, bool]:
    """Add to the number of a day, which begins at 0; what it is now, and whether the app was told. Holds the row."""
    rows = await tx.fetch(_ADD, app, day, number)
    return int(rows[0][0]), bool(rows[0][1])


async def alarmed(tx: Tx, app: int) -> None:
    await tx.execute("UPDATE group_day SET alarmed = 1 WHERE app = $1", app)
