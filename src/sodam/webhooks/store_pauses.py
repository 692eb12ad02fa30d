"""The SQL of until when a receiver is left alone, for those that ask a process which sends nothing to it."""

from __future__ import annotations

from sodam.storage import Database, Tx


async def put(tx: Tx, app: int, url: str, until: int) -> None:
    """The latest of what several processes say of the same URL stands."""
    await tx.execute(
        "INSERT INTO webhook_pause (app, url, until) VALUES ($1, $2, $3) ON CONFLICT (app) DO UPDATE SET"
        " until = CASE WHEN webhook_pause.url = excluded.url AND webhook_pause.until > excluded.until"
        " THEN webhook_pause.until ELSE excluded.until END, url = excluded.url",
        app,
        url,
        until,
    )


async def drop(db: Database, app: int) -> None:
    await db.execute("DELETE FROM webhook_pause WHERE app = $1", app)


async def until(db: Database, app: int, url: str) -> int:
    """Unix milliseconds; 0: nobody said anything of this URL."""
    row = await db.fetch_one("SELECT until FROM webhook_pause WHERE app = $1 AND url = $2", app, url)
    return int(row[0]) if row else 0
