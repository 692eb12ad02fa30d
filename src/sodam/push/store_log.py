"""The SQL of what was decided and what became of pushes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from sodam.storage import Bulk, Database, Tx

KEPT: Final = 1000
"""Pushes that did not succeed, of each app."""
DECIDED_SECONDS: Final = 2 * 86_400
_LOG: Final = Bulk(
    "INSERT INTO push_log (app, at, user_id, certificate, vendor, outcome, code, reason)",
    ("bigint", "bigint", "text", "bigint", "text", "text", "text", "text"),
)


class Failure(msgspec.Struct, frozen=True):
    app: int
    at: int
    user_id: str
    certificate: int
    vendor: str
    outcome: str
    code: str
    reason: str


async def claim(tx: Tx, app: int, conv: str, seq: int, page: int, at: int, pushed: str = "") -> bool:
    """Whether nobody has decided on this page of a message's receivers before. ``pushed``: who gets one, JSON."""
    return bool(
        await tx.execute(
            "INSERT INTO push_decided (app, conv, seq, page, at, pushed) VALUES ($1, $2, $3, $4, $5, $6) "
            "ON CONFLICT DO NOTHING",
            app,
            conv,
            seq,
            page,
            at,
            pushed,
        )
    )


async def pushed(db: Database, app: int, conv: str, seq: int) -> list[str]:
    """What was kept of the pushes of a message, by pages of receivers."""
    rows = await db.fetch(
        "SELECT pushed FROM push_decided WHERE app = $1 AND conv = $2 AND seq = $3 AND pushed <> '' ORDER BY page",
        app,
        conv,
        seq,
    )
    return [row[0] for row in rows]


async def forget_decided(db: Database, before: int) -> int:
    return await db.execute("DELETE FROM push_decided WHERE at < $1", before)


async def put(tx: Tx, failures: Sequence[Failure]) -> None:
    if failures:
        names = Failure.__struct_fields__
        await tx.bulk(_LOG, [tuple(getattr(one, name) for name in names) for one in failures])


async def purge(tx: Tx, app: int) -> int:
    # A token may have been reported while its certificate was being deleted.
    await tx.execute(
        "DELETE FROM push_device WHERE app = $1 AND certificate NOT IN "
        "(SELECT number FROM push_certificate WHERE app = $1)",
        app,
    )
    return await tx.execute(
        "DELETE FROM push_log WHERE app = $1 AND id <= COALESCE((SELECT id FROM push_log WHERE app = $1 "
        "ORDER BY id DESC LIMIT 1 OFFSET $2), 0)",
        app,
        KEPT,
    )


async def page(db: Database, app: int, before: int, limit: int, user: str = "") -> list[tuple[int, Failure]]:
    """The newest first; those below ``before`` only, unless that is 0; of one user, unless that is empty."""
    rows = await db.fetch(
        "SELECT id, app, at, user_id, certificate, vendor, outcome, code, reason FROM push_log "
        "WHERE app = $1 AND (CAST($2 AS BIGINT) = 0 OR id < $2) "
        "AND (CAST($4 AS TEXT) = '' OR user_id = $4) ORDER BY id DESC LIMIT $3",
        app,
        before,
        limit,
        user,
    )
    return [(row[0], Failure(*row[1:])) for row in rows]
