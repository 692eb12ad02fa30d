"""The SQL of official accounts and their subscribers. Whoever changes either holds the account's row (``lock``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from sodam.officials.model import Official, Subscriber
from sodam.storage import Bulk, Database, Row, Tx, any_case, batches, fetch_locked, in_list, literal, lower_ascii

_NAMES: Final = tuple(field.name for field in msgspec.structs.fields(Official))
_COLUMNS: Final = ", ".join(_NAMES)
_SUBSCRIBE: Final = Bulk(
    "INSERT INTO official_subscriber (app, account, user_id, at, custom, join_seq, read_seq, clear_seq, hide_seq)",
    ("bigint", "text", "text", "bigint", "text", *("bigint",) * 4),
    "ON CONFLICT (app, account, user_id) DO NOTHING RETURNING user_id",
)


def _official(row: Row) -> Official:
    return Official(**dict(zip(_NAMES, row, strict=True)))


async def count(source: Database | Tx, app: int) -> int:
    row = await source.fetch_one("SELECT COUNT(*) FROM official_account WHERE app = $1", app)
    return int(row[0]) if row else 0


async def any_of(source: Database | Tx, app: int) -> bool:
    return await source.fetch_one("SELECT account FROM official_account WHERE app = $1 LIMIT 1", app) is not None


async def load(source: Database | Tx, app: int, accounts: Iterable[str]) -> dict[str, Official]:
    found: dict[str, Official] = {}
    for some in batches(accounts):
        sql = f"SELECT {_COLUMNS} FROM official_account WHERE app = $1 AND account IN {in_list(some, 2)}"
        found.update((one.account, one) for one in map(_official, await source.fetch(sql, app, *some)))
    return found


async def lock(tx: Tx, app: int, accounts: Iterable[str]) -> dict[str, Official]:
    found: dict[str, Official] = {}
    for some in batches(sorted(set(accounts))):
        rows = await fetch_locked(
            tx,
            f"SELECT {_COLUMNS} FROM official_account WHERE app = $1 AND account IN {in_list(some, 2)}"
            " ORDER BY account",
            app,
            *some,
        )
        found.update((one.account, one) for one in map(_official, rows))
    return found


async def page(source: Database, app: int, after: str, prefix: str, limit: int) -> list[Official]:
    """By ID, behind ``after``; ``prefix``: of the name or the ID, A to Z in either case."""
    account, name = any_case(source.engine, "account"), any_case(source.engine, "name")
    rows = await source.fetch(
        f"SELECT {_COLUMNS} FROM official_account WHERE app = $1 AND account > $2"
        f" AND ({account} LIKE $3 ESCAPE '!' OR {name} LIKE $3 ESCAPE '!') ORDER BY account LIMIT $4",
        app,
        after,
        literal(lower_ascii(prefix)) + "%",
        limit,
    )
    return [_official(row) for row in rows]


async def insert(tx: Tx, one: Official) -> None:
    places = ", ".join(f"${n}" for n in range(1, len(_NAMES) + 1))
    values = [getattr(one, name) for name in _NAMES]
    await tx.execute(f"INSERT INTO official_account ({_COLUMNS}) VALUES ({places})", *values)


async def save(tx: Tx, one: Official) -> None:
    names = _NAMES[2:]
    sets = ", ".join(f"{name} = ${n}" for n, name in enumerate(names, 3))
    values = [getattr(one, name) for name in names]
    await tx.execute(
        f"UPDATE official_account SET {sets} WHERE app = $1 AND account = $2", one.app, one.account, *values
    )


async def erase(tx: Tx, app: int, account: str) -> None:
    for table in ("official_hidden", "official_message", "official_subscriber", "official_account"):
        await tx.execute(f"DELETE FROM {table} WHERE app = $1 AND account = $2", app, account)


async def disown(tx: Tx, app: int, user_ids: Sequence[str]) -> None:
    """The accounts of deleted owners stay, without an owner."""
    for some in batches(user_ids):
        sql = f"UPDATE official_account SET owner = '' WHERE app = $1 AND owner IN {in_list(some, 2)}"
        await tx.execute(sql, app, *some)


# Subscribers


async def subscribe(tx: Tx, one: Official, user_ids: Iterable[str], now: int) -> set[str]:
    """Those who had not subscribed before."""
    seq = one.last_seq
    rows = [(one.app, one.account, user_id, now, "", seq, seq, 0, 0) for user_id in sorted(set(user_ids))]
    return {str(row[0]) for row in await tx.bulk(_SUBSCRIBE, rows)}


async def unsubscribe(tx: Tx, app: int, account: str, user_ids: Iterable[str]) -> set[str]:
    """Those who had subscribed."""
    gone: set[str] = set()
    for some in batches(user_ids):
        where = f"WHERE app = $1 AND account = $2 AND user_id IN {in_list(some, 3)}"
        rows = await tx.fetch(f"DELETE FROM official_subscriber {where} RETURNING user_id", app, account, *some)
        gone.update(str(row[0]) for row in rows)
        await tx.execute(f"DELETE FROM official_hidden {where}", app, account, *some)
    return gone


async def subscribed(source: Database | Tx, app: int, account: str, user_ids: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for some in batches(user_ids):
        sql = (
            f"SELECT user_id FROM official_subscriber WHERE app = $1 AND account = $2 AND user_id IN {in_list(some, 3)}"
        )
        found.update(str(row[0]) for row in await source.fetch(sql, app, account, *some))
    return found


async def accounts_of(source: Database | Tx, app: int, user_ids: Iterable[str]) -> dict[str, list[str]]:
    """By official account, which of the users follow it."""
    found: dict[str, list[str]] = {}
    for some in batches(user_ids):
        sql = f"SELECT account, user_id FROM official_subscriber WHERE app = $1 AND user_id IN {in_list(some, 2)}"
        for account, user_id in await source.fetch(sql, app, *some):
            found.setdefault(account, []).append(user_id)
    return found


async def followed(
    source: Database, app: int, user_id: str, offset: int, limit: int
) -> tuple[list[tuple[str, Subscriber]], int]:
    """A page of the accounts that a user follows, by ID, and how many there are."""
    row = await source.fetch_one(
        "SELECT COUNT(*) FROM official_subscriber WHERE app = $1 AND user_id = $2", app, user_id
    )
    rows = await source.fetch(
        "SELECT account, at, custom FROM official_subscriber WHERE app = $1 AND user_id = $2"
        " ORDER BY account LIMIT $3 OFFSET $4",
        app,
        user_id,
        limit,
        offset,
    )
    return [(r[0], Subscriber(user_id, r[1], r[2])) for r in rows], int(row[0]) if row else 0


async def followed_accounts(source: Database, app: int, user_id: str) -> list[str]:
    """The accounts that a user follows, the one followed last first."""
    sql = "SELECT account FROM official_subscriber WHERE app = $1 AND user_id = $2 ORDER BY at DESC, account"
    return [str(row[0]) for row in await source.fetch(sql, app, user_id)]


async def set_custom(tx: Tx, app: int, account: str, user_id: str, custom: str) -> bool:
    sql = "UPDATE official_subscriber SET custom = $4 WHERE app = $1 AND account = $2 AND user_id = $3"
    return await tx.execute(sql, app, account, user_id, custom) > 0


async def subscribers(source: Database, app: int, account: str, after: str, limit: int) -> list[Subscriber]:
    """By UserID, behind ``after``: a range of the primary key."""
    rows = await source.fetch(
        "SELECT user_id, at, custom FROM official_subscriber WHERE app = $1 AND account = $2 AND user_id > $3"
        " ORDER BY user_id LIMIT $4",
        app,
        account,
        after,
        limit,
    )
    return [Subscriber(*row) for row in rows]


async def audience(source: Database, app: int, account: str, seq: int, after: str, limit: int) -> list[str]:
    """A page of those for whom the message ``seq`` is, behind ``after``."""
    rows = await source.fetch(
        "SELECT user_id FROM official_subscriber WHERE app = $1 AND account = $2 AND user_id > $3 AND join_seq < $4"
        " ORDER BY user_id LIMIT $5",
        app,
        account,
        after,
        seq,
        limit,
    )
    return [row[0] for row in rows]
