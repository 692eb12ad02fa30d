"""The SQL of accounts."""

from __future__ import annotations

import secrets

import msgspec

from sodam.accounts.model import Account, Profile
from sodam.storage import Bulk, Database, Row, Tx

COLUMNS = "app, user_id, tiny_id, created_at, invalid_before, profile, standard_seq, custom_seq"
_profile = msgspec.json.Decoder(Profile)
_INSERT = Bulk(
    f"INSERT INTO account ({COLUMNS})",
    ("bigint", "text", "bigint", "bigint", "bigint", "bytea", "bigint", "bigint"),
    "ON CONFLICT DO NOTHING RETURNING user_id",
)


def from_row(row: Row) -> Account:
    return Account(
        app=row[0],
        user_id=row[1],
        tiny_id=row[2],
        created_at=row[3],
        invalid_before=row[4],
        profile=_profile.decode(row[5]),
        standard_seq=row[6],
        custom_seq=row[7],
    )


def new_tiny_id() -> int:
    """A number of the shape that clients know (144115188075855872 and up), drawn from 2^55 values."""
    return (1 << 57) + secrets.randbits(55)


async def load(source: Database | Tx, app: int, user_id: str) -> Account | None:
    row = await source.fetch_one(f"SELECT {COLUMNS} FROM account WHERE app = $1 AND user_id = $2", app, user_id)  # noqa: S608
    return from_row(row) if row else None


async def insert(tx: Tx, accounts: list[Account]) -> set[str]:
    """Add accounts; the UserIDs that did not exist before."""
    rows = [
        (
            a.app,
            a.user_id,
            a.tiny_id,
            a.created_at,
            a.invalid_before,
            msgspec.json.encode(a.profile),
            a.standard_seq,
            a.custom_seq,
        )
        for a in accounts
    ]
    return {str(row[0]) for row in await tx.bulk(_INSERT, rows)}


async def save_profile(tx: Tx, account: Account) -> None:
    await tx.execute(
        "UPDATE account SET profile = $3, standard_seq = $4, custom_seq = $5 WHERE app = $1 AND user_id = $2",
        account.app,
        account.user_id,
        msgspec.json.encode(account.profile),
        account.standard_seq,
        account.custom_seq,
    )
