"""The SQL of friend lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from sodam.relations.model import Custom, Friend
from sodam.relations.store import batches
from sodam.storage import Bulk, Database, Row, Tx, in_list

_COLUMNS: Final = "owner, peer, added_at, pos, remark, remark_at, source, wording, groups, custom"
_SAVE: Final = Bulk(
    f"INSERT INTO friend (app, {_COLUMNS})",
    ("bigint", "text", "text", "bigint", "bigint", "text", "bigint", "text", "text", "bigint", "bytea"),
    "ON CONFLICT (app, owner, peer) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS.split(", ")[2:]),
)
_encode = msgspec.json.Encoder().encode
_custom = msgspec.json.Decoder(Custom).decode


def friend_of(row: Row) -> Friend:
    return Friend(
        owner=row[0],
        peer=row[1],
        added_at=row[2],
        pos=row[3],
        remark=row[4],
        remark_at=row[5],
        source=row[6],
        wording=row[7],
        groups=row[8],
        custom=_custom(row[9]) if row[9] else {},
    )


async def save(tx: Tx, app: int, friends: Iterable[Friend]) -> None:
    """Add friends, or write what changed of them."""
    rows = [
        (
            app,
            f.owner,
            f.peer,
            f.added_at,
            f.pos,
            f.remark,
            f.remark_at,
            f.source,
            f.wording,
            f.groups,
            _encode(f.custom) if f.custom else b"",
        )
        for f in friends
    ]
    await tx.bulk(_SAVE, rows)


async def load(source: Database | Tx, app: int, owner: str, peers: Iterable[str]) -> dict[str, Friend]:
    """The entries of some peers in an owner's list; who is none is left out."""
    found = {}
    for ids in batches(peers):
        sql = f"SELECT {_COLUMNS} FROM friend WHERE app = $1 AND owner = $2 AND peer IN {in_list(ids, 3)}"
        for row in await source.fetch(sql, app, owner, *ids):
            found[row[1]] = friend_of(row)
    return found


async def remove(tx: Tx, app: int, owner: str, peers: Iterable[str]) -> list[tuple[str, str, int, bool]]:
    """Take peers off an owner's list; (owner, peer, groups, had custom fields) of those that were on it."""
    gone: list[tuple[str, str, int, bool]] = []
    for ids in batches(peers):
        sql = (
            f"DELETE FROM friend WHERE app = $1 AND owner = $2 AND peer IN {in_list(ids, 3)}"
            " RETURNING owner, peer, groups, length(custom)"
        )
        gone.extend((r[0], r[1], r[2], r[3] > 0) for r in await tx.fetch(sql, app, owner, *ids))
    return gone


async def remove_from(tx: Tx, app: int, owners: Iterable[str], peer: str) -> list[tuple[str, str, int, bool]]:
    """Take ``peer`` off many lists; the answer as that of ``remove``."""
    gone: list[tuple[str, str, int, bool]] = []
    for ids in batches(owners):
        sql = (
            f"DELETE FROM friend WHERE app = $1 AND owner IN {in_list(ids, 3)} AND peer = $2"
            " RETURNING owner, peer, groups, length(custom)"
        )
        gone.extend((r[0], r[1], r[2], r[3] > 0) for r in await tx.fetch(sql, app, peer, *ids))
    return gone


async def page(source: Database | Tx, app: int, owner: str, after: int, limit: int) -> list[Friend]:
    """Friends in the order of their arrival in the list: those whose ``pos`` is beyond ``after``, at most ``limit``."""
    rows = await source.fetch(
        f"SELECT {_COLUMNS} FROM friend WHERE app = $1 AND owner = $2 AND pos > $3 ORDER BY pos LIMIT $4",
        app,
        owner,
        after,
        limit,
    )
    return list(map(friend_of, rows))


async def peers(source: Database | Tx, app: int, owner: str) -> list[str]:
    rows = await source.fetch("SELECT peer FROM friend WHERE app = $1 AND owner = $2", app, owner)
    return [row[0] for row in rows]


async def owners_of(source: Database | Tx, app: int, peer: str, limit: int = 1 << 31) -> list[str]:
    """Users who have ``peer`` in their list."""
    sql = "SELECT owner FROM friend WHERE app = $1 AND peer = $2 LIMIT $3"
    return [row[0] for row in await source.fetch(sql, app, peer, limit)]


async def friends_of(db: Database, app: int, peer: str, limit: int) -> list[str]:
    """As ``owners_of``, for long answers."""
    rows = await db.scan("SELECT owner FROM friend WHERE app = $1 AND peer = $2 LIMIT $3", app, peer, limit)
    return [row[0] for row in rows]


async def members(source: Database | Tx, app: int, owner: str, bits: int) -> Sequence[tuple[str, int]]:
    """(peer, groups) of the friends in any of the groups ``bits``, in the order of their arrival in the list."""
    rows = await source.fetch(
        "SELECT peer, groups FROM friend WHERE app = $1 AND owner = $2 AND (groups & $3) <> 0 ORDER BY pos",
        app,
        owner,
        bits,
    )
    return [(row[0], row[1]) for row in rows]


async def clear_groups(tx: Tx, app: int, owner: str, bits: int) -> None:
    """Take all of an owner's friends out of the groups ``bits``."""
    await tx.execute(
        "UPDATE friend SET groups = groups & $4 WHERE app = $1 AND owner = $2 AND (groups & $3) <> 0",
        app,
        owner,
        bits,
        ~bits,
    )


async def remove_everywhere(tx: Tx, app: int, user_id: str) -> list[tuple[str, int, bool]]:
    """Remove a user's list, and the user from all others'; (owner, groups, had custom fields) of those."""
    await tx.execute("DELETE FROM friend WHERE app = $1 AND owner = $2", app, user_id)
    rows = await tx.fetch(
        "DELETE FROM friend WHERE app = $1 AND peer = $2 RETURNING owner, groups, length(custom)", app, user_id
    )
    return [(row[0], row[1], row[2] > 0) for row in rows]
