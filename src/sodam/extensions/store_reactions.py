"""The SQL of reactions to messages. Writes run under ``store.lock``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sodam.extensions.model import Reaction, Ref
from sodam.storage import Database, Tx

_ONE: Final = "app = $1 AND type = $2 AND conv = $3 AND seq = $4"


async def read(db: Database | Tx, ref: Ref) -> list[Reaction]:
    """In the order in which they were first given."""
    rows = await db.fetch(f"SELECT reaction, account FROM message_reaction WHERE {_ONE} ORDER BY place", *ref)
    users: dict[str, list[str]] = {}
    for reaction, account in rows:
        users.setdefault(reaction, []).append(account)
    return [Reaction(*one) for one in users.items()]


async def add(tx: Tx, ref: Ref, reaction: str, account: str) -> None:
    await tx.execute(
        "INSERT INTO message_reaction (app, type, conv, seq, reaction, account, place) VALUES ($1, $2, $3, $4, $5, $6, "
        f"(SELECT COALESCE(MAX(place), 0) + 1 FROM message_reaction WHERE {_ONE}))",
        *ref,
        reaction,
        account,
    )


async def remove(tx: Tx, ref: Ref, reaction: str, account: str) -> None:
    await tx.execute(
        f"DELETE FROM message_reaction WHERE {_ONE} AND reaction = $5 AND account = $6", *ref, reaction, account
    )


async def forget(tx: Tx, app: int, accounts: Sequence[str]) -> None:
    """The reactions of accounts that are deleted."""
    for account in accounts:
        await tx.execute("DELETE FROM message_reaction WHERE app = $1 AND account = $2", app, account)
