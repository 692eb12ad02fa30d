"""Samples of what an app has in a table that all apps share."""

from __future__ import annotations

from typing import Final

from sodam.storage.database import Row, Tx

_LATEST: Final = 20_000
"""Rows at either end of the table among which a sample is looked for."""


async def sample_of(tx: Tx, table: str, columns: str, app: int, limit: int, *, newest: bool) -> list[Row]:
    """Some of the first, or of the latest, rows of the table that are this app's. Both names are the code's."""
    after = 0
    if newest:
        after = int((await tx.fetch(f"SELECT COALESCE(MAX(id), 0) FROM {table}"))[0][0]) - _LATEST
    return await tx.fetch(
        f"SELECT {columns} FROM {table} WHERE app = $1 AND id > $2 AND id <= $3"
        f" ORDER BY id {'DESC' if newest else ''} LIMIT $4{' FOR SHARE' if tx.engine == 'postgres' else ''}",
        app,
        after,
        after + _LATEST,
        limit,
    )
