"""The SQL of accounts."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import msgspec

from sodam.accounts.model import Account, Mark, Profile
from sodam.storage import Bulk, Database, Row, Together, Tx, batches, fetch_locked, in_list

COLUMNS = "app, user_id, tiny_id, created_at, invalid_before, profile, standard_seq, custom_seq"
_READ = f"{COLUMNS}, c2c_muted_until, group_muted_until, custom_status"
SHARDS = 8
_profile = msgspec.json.Decoder(Profile)
_INSERT = Bulk(
    f"INSERT INTO account ({COLUMNS})",
    ("bigint", "text", "bigint", "bigint", "bigint", "bytea", "bigint", "bigint"),
    "ON CONFLICT DO NOTHING RETURNING user_id",
)
_BURY = Bulk(
    "INSERT INTO account_deleted (app, user_id, deleted_at)",
    ("bigint", "text", "bigint"),
    "ON CONFLICT (app, user_id) DO UPDATE SET deleted_at = excluded.deleted_at",
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
        c2c_muted_until=row[8],
        group_muted_until=row[9],
        custom_status=row[10],
    )


def new_tiny_id() -> int:
    """A number of the shape that clients know (144115188075855872 and up), drawn from 2^55 values."""
    return (1 << 57) + secrets.randbits(55)


async def load(source: Database | Tx, app: int, user_id: str) -> Account | None:
    row = await source.fetch_one(f"SELECT {_READ} FROM account WHERE app = $1 AND user_id = $2", app, user_id)
    return from_row(row) if row else None


def loader(db: Database) -> Callable[[int, str], Awaitable[Account | None]]:
    """``load`` of ``db``, on PostgreSQL several at a time."""
    if db.engine != "postgres":
        return partial(load, db)
    together: Together[tuple[int, str], Account] = Together(partial(_load_each, db))
    return lambda app, user_id: together.ask((app, user_id))


async def _load_each(db: Database, keys: Sequence[tuple[int, str]]) -> dict[tuple[int, str], Account]:
    arrays: Any = ([app for app, _ in keys], [user_id for _, user_id in keys])
    sql = f"SELECT {_READ} FROM unnest($1::bigint[], $2::text[]) AS u(app, user_id) JOIN account USING (app, user_id)"
    return {(row[0], row[1]): from_row(row) for row in await db.fetch(sql, *arrays)}


async def load_many(source: Database | Tx, app: int, user_ids: Sequence[str]) -> list[Account]:
    """Those that exist, in any order."""
    found: list[Account] = []
    for ids in batches(user_ids):
        sql = f"SELECT {_READ} FROM account WHERE app = $1 AND user_id IN {in_list(ids, 2)}"
        found.extend(map(from_row, await source.fetch(sql, app, *ids)))
    return found


async def load_marks(source: Database | Tx, app: int, user_ids: Sequence[str]) -> dict[str, Mark]:
    """By UserID, what open sessions are measured by; those that do not exist are left out."""
    found: dict[str, Mark] = {}
    for ids in batches(user_ids):
        sql = f"SELECT user_id, tiny_id, invalid_before FROM account WHERE app = $1 AND user_id IN {in_list(ids, 2)}"
        found.update({str(row[0]): Mark(row[1], row[2]) for row in await source.fetch(sql, app, *ids)})
    return found


async def lock(tx: Tx, app: int, user_id: str) -> Account | None:
    """As ``load``, and nobody else writes the account until this transaction ends."""
    locked = " FOR NO KEY UPDATE" if tx.engine == "postgres" else ""  # SQLite has one writer
    row = await tx.fetch_one(f"SELECT {_READ} FROM account WHERE app = $1 AND user_id = $2{locked}", app, user_id)
    return from_row(row) if row else None


async def alive(tx: Tx, app: int, user_ids: Sequence[str]) -> set[str]:
    """Those that exist, and that nobody deletes until this transaction ends."""
    locked = " FOR KEY SHARE" if tx.engine == "postgres" else ""
    found: set[str] = set()
    for ids in batches(sorted(user_ids)):  # one order of locks: no deadlock
        sql = f"SELECT user_id FROM account WHERE app = $1 AND user_id IN {in_list(ids, 2)} ORDER BY user_id{locked}"
        found.update(str(row[0]) for row in await tx.fetch(sql, app, *ids))
    return found


async def page(source: Database, app: int, after: str, prefix: str, limit: int) -> list[Account]:
    """Accounts whose UserID begins with ``prefix`` and comes after ``after``, by UserID."""
    # One lower bound, so that both engines start in the right place. Nothing printable comes after 0x7E.
    above, start = (">=", prefix) if prefix > after else (">", after)
    rows = await source.fetch(
        f"SELECT {_READ} FROM account WHERE app = $1 AND user_id {above} $2 AND user_id < $3 ORDER BY user_id LIMIT $4",
        app,
        start,
        prefix + "\x7f",
        limit,
    )
    return [from_row(row) for row in rows]


async def page_down(source: Database, app: int, before: str, prefix: str, limit: int) -> list[Account]:
    """As ``page`` from the end: those before ``before`` (empty: from the last), the last first."""
    rows = await source.fetch(
        f"SELECT {_READ} FROM account WHERE app = $1 AND user_id >= $2 AND user_id < $3 ORDER BY user_id DESC LIMIT $4",
        app,
        prefix,
        before or prefix + "\x7f",
        limit,
    )
    return [from_row(row) for row in rows]


async def page_by_time(
    source: Database, app: int, after: tuple[int, str] | None, limit: int, *, newest_first: bool
) -> list[Account]:
    """Accounts by the time of their creation and UserID, beyond ``after``: a range of the index ``account_created``."""
    beyond, order = ("<", "DESC") if newest_first else (">", "ASC")
    where = "" if after is None else f" AND (created_at, user_id) {beyond} ($3, $4)"
    rows = await source.fetch(
        f"SELECT {_READ} FROM account WHERE app = $1{where} ORDER BY created_at {order}, user_id {order} LIMIT $2",
        app,
        limit,
        *(after or ()),
    )
    return [from_row(row) for row in rows]


async def walk(tx: Tx, app: int, after: str, limit: int) -> dict[str, str]:
    locked = " FOR SHARE" if tx.engine == "postgres" else ""
    sql = f"SELECT {_READ} FROM account WHERE app = $1 AND user_id > $2 ORDER BY user_id LIMIT $3{locked}"
    return {a.user_id: a.nick for a in map(from_row, await tx.fetch(sql, app, after, limit))}


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


async def invalidate(tx: Tx, app: int, user_id: str, second: int) -> bool:
    """Refuse signatures issued up to ``second``; False when there is no such account."""
    changed = await tx.execute(
        "UPDATE account SET invalid_before = CASE WHEN invalid_before < $3 THEN $3 ELSE invalid_before END"
        " WHERE app = $1 AND user_id = $2",
        app,
        user_id,
        second,
    )
    return changed > 0


async def mute(tx: Tx, app: int, user_id: str, c2c: int | None, group: int | None) -> bool:
    """Set until when the account may not write; None leaves a second as it is. False when there is no such account."""
    changed = await tx.execute(
        "UPDATE account SET c2c_muted_until = COALESCE($3, c2c_muted_until),"
        " group_muted_until = COALESCE($4, group_muted_until) WHERE app = $1 AND user_id = $2",
        app,
        user_id,
        c2c,
        group,
    )
    return changed > 0


async def set_custom_status(tx: Tx, app: int, user_id: str, text: str) -> bool:
    """False when there is no such account."""
    sql = "UPDATE account SET custom_status = $3 WHERE app = $1 AND user_id = $2"
    return await tx.execute(sql, app, user_id, text) > 0


async def delete(tx: Tx, app: int, user_ids: Sequence[str], now: int) -> set[str]:
    """Remove accounts and remember that they were; those that existed."""
    gone: set[str] = set()
    for ids in batches(sorted(user_ids)):
        any_of = in_list(ids, 2)
        # In one order, which a DELETE does not promise.
        await fetch_locked(
            tx, f"SELECT user_id FROM account WHERE app = $1 AND user_id IN {any_of} ORDER BY user_id", app, *ids
        )
        sql = f"DELETE FROM account WHERE app = $1 AND user_id IN {in_list(ids, 2)} RETURNING user_id"
        gone.update(str(row[0]) for row in await tx.fetch(sql, app, *ids))
    await tx.bulk(_BURY, [(app, user_id, now) for user_id in sorted(gone)])
    return gone


async def deleted_since(tx: Tx, app: int, user_ids: Sequence[str], second: int) -> set[str]:
    """Those of ``user_ids`` that were deleted at or after ``second``."""
    found: set[str] = set()
    for ids in batches(user_ids):
        sql = (
            f"SELECT user_id FROM account_deleted WHERE app = $1 AND deleted_at >= $2 AND user_id IN {in_list(ids, 3)}"
        )
        found.update(str(row[0]) for row in await tx.fetch(sql, app, second, *ids))
    return found


async def forget_deleted(tx: Tx, app: int, before: int, limit: int) -> None:
    """Drop up to ``limit`` memories of accounts deleted before a second."""
    await tx.execute(
        "DELETE FROM account_deleted WHERE app = $1 AND user_id IN"
        " (SELECT user_id FROM account_deleted WHERE app = $1 AND deleted_at < $2 ORDER BY deleted_at LIMIT $3)",
        app,
        before,
        limit,
    )


async def add_count(tx: Tx, app: int, shard: int, change: int) -> None:
    """Count accounts that came or went. Holds the shard's row until the transaction ends."""
    await tx.execute(
        "INSERT INTO account_count (app, shard, value) VALUES ($1, $2, $3)"
        " ON CONFLICT (app, shard) DO UPDATE SET value = account_count.value + excluded.value",
        app,
        shard,
        change,
    )


async def count(source: Database | Tx, app: int) -> int:
    row = await source.fetch_one("SELECT sum(value) FROM account_count WHERE app = $1", app)
    return int(row[0] or 0) if row else 0
