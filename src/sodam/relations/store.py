"""The SQL of owners, and of how two users stand to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from sodam.relations.model import (
    ASKED,
    ASKS,
    BLOCKED,
    BLOCKS,
    HAD,
    HAS,
    PENDING,
    Owner,
    decode_groups,
)
from sodam.storage import Bulk, Database, Row, Tx, Value, in_list, lists

_OWNER: Final = (
    "user_id, friends, blocked, pending, standard_seq, custom_seq, group_seq, black_seq, pending_seq, read_at, groups"
)
_TYPES: Final = ("bigint", "text", *("bigint",) * 9, "bytea")
_QUALIFIED: Final = ", ".join(f"relation_owner.{name}" for name in _OWNER.split(", "))
_HOLD: Final = Bulk(
    f"INSERT INTO relation_owner (app, {_OWNER})",
    _TYPES,
    f"ON CONFLICT (app, user_id) DO UPDATE SET friends = relation_owner.friends RETURNING {_QUALIFIED}",
)
_SAVE: Final = Bulk(
    f"INSERT INTO relation_owner (app, {_OWNER})",
    _TYPES,
    "ON CONFLICT (app, user_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _OWNER.split(", ")[1:]),
)
# What each bit is read from; {ids} is the list of peers, $2 the owner.
_PARTS: Final = {
    HAS: "SELECT peer, 1 FROM friend WHERE app = $1 AND owner = $2 AND peer IN {ids}",
    HAD: "SELECT owner, 2 FROM friend WHERE app = $1 AND owner IN {ids} AND peer = $2",
    BLOCKS: "SELECT peer, 4 FROM blacklist WHERE app = $1 AND owner = $2 AND peer IN {ids}",
    BLOCKED: "SELECT owner, 8 FROM blacklist WHERE app = $1 AND owner IN {ids} AND peer = $2",
    ASKED: "SELECT peer, 16 FROM pendency WHERE app = $1 AND owner = $2 AND peer IN {ids} AND asked_at > {cutoff}",
    ASKS: "SELECT owner, 32 FROM pendency WHERE app = $1 AND owner IN {ids} AND peer = $2 AND asked_at > {cutoff}",
}


def batches(ids: Iterable[str]) -> Iterator[list[str]]:
    """As ``lists.batches``, without what cannot be a UserID: callers may pass on what they were sent, and PostgreSQL
    refuses some texts."""
    return lists.batches(user_id for user_id in ids if user_id.isascii() and user_id.isprintable())


@cache
def _between_sql(kinds: int, count: int) -> str:
    ids = in_list(range(count), 3)
    parts = (sql for bit, sql in _PARTS.items() if kinds & bit)
    return " UNION ALL ".join(sql.format(ids=ids, cutoff=f"${count + 3}") for sql in parts)


async def between(
    source: Database | Tx, app: int, owner: str, peers: Iterable[str], kinds: int, cutoff: int = 0
) -> dict[str, int]:
    """How ``owner`` and each of ``peers`` stand to each other: of the bits in ``kinds`` those that hold.

    Peers without any are left out. Requests made at or before the second ``cutoff`` do not count.
    """
    found: dict[str, int] = {}
    for ids in batches(peers):
        args: list[Value] = [app, owner, *ids]
        if kinds & PENDING:
            args.append(cutoff)
        for peer, bit in await source.fetch(_between_sql(kinds, len(ids)), *args):
            found[peer] = found.get(peer, 0) | bit
    return found


def _owner(row: Row) -> Owner:
    return Owner(
        user_id=row[0],
        friends=row[1],
        blocked=row[2],
        pending=row[3],
        standard_seq=row[4],
        custom_seq=row[5],
        group_seq=row[6],
        black_seq=row[7],
        pending_seq=row[8],
        read_at=row[9],
        groups=decode_groups(row[10]),
    )


def _values(app: int, o: Owner) -> tuple[Value, ...]:
    return (
        app,
        o.user_id,
        o.friends,
        o.blocked,
        o.pending,
        o.standard_seq,
        o.custom_seq,
        o.group_seq,
        o.black_seq,
        o.pending_seq,
        o.read_at,
        o.encoded_groups(),
    )


async def load_owner(source: Database | Tx, app: int, user_id: str) -> Owner:
    """A user's counts and sequences; zeros when there is no row."""
    row = await source.fetch_one(f"SELECT {_OWNER} FROM relation_owner WHERE app = $1 AND user_id = $2", app, user_id)
    return _owner(row) if row else Owner(user_id)


async def hold_owners(tx: Tx, app: int, user_ids: Iterable[str]) -> dict[str, Owner]:
    """The owners, which nobody else changes until this transaction ends.

    PostgreSQL: rows are made where missing and locked in the order of UserIDs, so that two transactions that hold
    many can never wait for each other. SQLite has one writer.
    """
    ids = sorted(set(user_ids))
    if tx.engine == "postgres":
        return {row[0]: _owner(row) for row in await tx.bulk(_HOLD, [_values(app, Owner(u)) for u in ids])}
    held = {user_id: Owner(user_id) for user_id in ids}
    for batch in batches(ids):
        sql = f"SELECT {_OWNER} FROM relation_owner WHERE app = $1 AND user_id IN {in_list(batch, 2)}"
        held.update((row[0], _owner(row)) for row in await tx.fetch(sql, app, *batch))
    return held


async def save_owners(tx: Tx, app: int, owners: Iterable[Owner]) -> None:
    await tx.bulk(_SAVE, [_values(app, owner) for owner in owners])


async def delete_owners(tx: Tx, app: int, user_ids: Iterable[str]) -> None:
    for ids in batches(user_ids):
        await tx.execute(f"DELETE FROM relation_owner WHERE app = $1 AND user_id IN {in_list(ids, 2)}", app, *ids)
