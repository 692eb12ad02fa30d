"""The SQL of client certificates."""

from __future__ import annotations

from typing import Final

import msgspec

from sodam.storage import Database, Tx
from sodam.webhooks.model import Certificate

_COLUMNS: Final = "app, number, pem, used_from, expires_at"


async def of(source: Database | Tx, app: int) -> tuple[Certificate, ...]:
    """The newest first."""
    rows = await source.fetch(f"SELECT {_COLUMNS} FROM webhook_certificate WHERE app = $1 ORDER BY number DESC", app)
    return tuple(Certificate(*row) for row in rows)


async def sealed(db: Database, app: int, number: int) -> bytes | None:
    """The key of one; None: it is gone."""
    row = await db.fetch_one("SELECT sealed FROM webhook_certificate WHERE app = $1 AND number = $2", app, number)
    return row[0] if row else None


async def put(tx: Tx, one: Certificate, sealed: bytes) -> None:
    await tx.execute(
        f"INSERT INTO webhook_certificate ({_COLUMNS}, sealed) VALUES ($1, $2, $3, $4, $5, $6)",
        *msgspec.structs.astuple(one),
        sealed,
    )


async def use_from(tx: Tx, app: int, number: int, at: int) -> None:
    await tx.execute("UPDATE webhook_certificate SET used_from = $3 WHERE app = $1 AND number = $2", app, number, at)


async def delete(tx: Tx, app: int, number: int) -> None:
    await tx.execute("DELETE FROM webhook_certificate WHERE app = $1 AND number = $2", app, number)


async def delete_all(tx: Tx, app: int) -> int:
    return await tx.execute("DELETE FROM webhook_certificate WHERE app = $1", app)


async def ending(db: Database, before: int) -> list[int]:
    """The apps whose last certificate ends before a time."""
    rows = await db.fetch(
        "SELECT app FROM webhook_certificate GROUP BY app HAVING max(expires_at) < $1 ORDER BY app", before
    )
    return [row[0] for row in rows]
