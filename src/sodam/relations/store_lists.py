"""The SQL of blacklists and of requests that wait for an answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sodam.relations.model import Blocked, Pendency
from sodam.relations.store import batches
from sodam.storage import Bulk, Database, Row, Tx, in_list

_BLOCK: Final = Bulk(
    "INSERT INTO blacklist (app, owner, peer, added_at, pos)", ("bigint", "text", "text", "bigint", "bigint")
)
_PENDENCY: Final = "owner, peer, asked_at, pos, remark, grp, source, wording"
_ASK: Final = Bulk(
    f"INSERT INTO pendency (app, {_PENDENCY})",
    ("bigint", "text", "text", "bigint", "bigint", "text", "text", "text", "text"),
    "ON CONFLICT (app, owner, peer) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _PENDENCY.split(", ")[2:]),
)


async def block(tx: Tx, app: int, entries: Iterable[Blocked]) -> None:
    """Put peers on blacklists, on which they are not yet."""
    await tx.bulk(_BLOCK, [(app, e.owner, e.peer, e.added_at, e.pos) for e in entries])


async def unblock(tx: Tx, app: int, owner: str, peers: Iterable[str]) -> set[str]:
    """Take peers off an owner's blacklist; those that were on it."""
    gone: set[str] = set()
    for ids in batches(peers):
        sql = f"DELETE FROM blacklist WHERE app = $1 AND owner = $2 AND peer IN {in_list(ids, 3)} RETURNING peer"
        gone.update(row[0] for row in await tx.fetch(sql, app, owner, *ids))
    return gone


async def blacklist(source: Database | Tx, app: int, owner: str, after: int, limit: int) -> list[Blocked]:
    """Whom an owner blocks, in the order of blocking: those whose ``pos`` is beyond ``after``, at most ``limit``."""
    rows = await source.fetch(
        "SELECT owner, peer, added_at, pos FROM blacklist WHERE app = $1 AND owner = $2 AND pos > $3"
        " ORDER BY pos LIMIT $4",
        app,
        owner,
        after,
        limit,
    )
    return [Blocked(owner=row[0], peer=row[1], added_at=row[2], pos=row[3]) for row in rows]


def _pendency(row: Row) -> Pendency:
    return Pendency(
        owner=row[0],
        peer=row[1],
        asked_at=row[2],
        pos=row[3],
        remark=row[4],
        group=row[5],
        source=row[6],
        wording=row[7],
    )


async def ask(tx: Tx, app: int, requests: Iterable[Pendency]) -> None:
    """Store requests; one that was made before is made anew."""
    rows = [(app, p.owner, p.peer, p.asked_at, p.pos, p.remark, p.group, p.source, p.wording) for p in requests]
    await tx.bulk(_ASK, rows)


async def asked(source: Database | Tx, app: int, owner: str, peers: Iterable[str], cutoff: int) -> dict[str, Pendency]:
    """Requests of ``peers`` that wait for ``owner``, made after the second ``cutoff``."""
    found = {}
    for ids in batches(peers):
        sql = (
            f"SELECT {_PENDENCY} FROM pendency WHERE app = $1 AND owner = $2 AND asked_at > $3"
            f" AND peer IN {in_list(ids, 4)}"
        )
        for row in await source.fetch(sql, app, owner, cutoff, *ids):
            found[row[1]] = _pendency(row)
    return found


async def remove_requests(tx: Tx, app: int, owner: str, peers: Iterable[str]) -> set[str]:
    """Remove requests of ``peers`` to ``owner``; the peers whose request there was."""
    gone: set[str] = set()
    for ids in batches(peers):
        sql = f"DELETE FROM pendency WHERE app = $1 AND owner = $2 AND peer IN {in_list(ids, 3)} RETURNING peer"
        gone.update(row[0] for row in await tx.fetch(sql, app, owner, *ids))
    return gone


async def withdraw(tx: Tx, app: int, owners: Iterable[str], peer: str) -> set[str]:
    """Remove requests of ``peer`` to ``owners``; the owners to whom there was one."""
    gone: set[str] = set()
    for ids in batches(owners):
        sql = f"DELETE FROM pendency WHERE app = $1 AND owner IN {in_list(ids, 3)} AND peer = $2 RETURNING owner"
        gone.update(row[0] for row in await tx.fetch(sql, app, peer, *ids))
    return gone


async def expire(tx: Tx, app: int, owner: str, cutoff: int) -> int:
    """Drop requests to ``owner`` made at or before a second; how many."""
    return await tx.execute("DELETE FROM pendency WHERE app = $1 AND owner = $2 AND asked_at <= $3", app, owner, cutoff)


async def roll_off(tx: Tx, app: int, owner: str, count: int) -> list[str]:
    """Drop the ``count`` oldest requests to ``owner``; who had made them."""
    rows = await tx.fetch(
        "DELETE FROM pendency WHERE app = $1 AND owner = $2 AND peer IN"
        " (SELECT peer FROM pendency WHERE app = $1 AND owner = $2 ORDER BY pos LIMIT $3) RETURNING peer",
        app,
        owner,
        count,
    )
    return [row[0] for row in rows]


async def incoming(source: Database | Tx, app: int, owner: str, cutoff: int) -> list[Pendency]:
    """Requests that wait for ``owner``, newest first; at most 100 exist."""
    rows = await source.fetch(
        f"SELECT {_PENDENCY} FROM pendency WHERE app = $1 AND owner = $2 AND asked_at > $3"
        " ORDER BY asked_at DESC, pos DESC",
        app,
        owner,
        cutoff,
    )
    return list(map(_pendency, rows))


async def outgoing(source: Database | Tx, app: int, peer: str, cutoff: int, limit: int) -> list[Pendency]:
    """Requests that ``peer`` made, newest first."""
    rows = await source.fetch(
        f"SELECT {_PENDENCY} FROM pendency WHERE app = $1 AND peer = $2 AND asked_at > $3"
        " ORDER BY asked_at DESC, owner LIMIT $4",
        app,
        peer,
        cutoff,
        limit,
    )
    return list(map(_pendency, rows))


async def concerned(tx: Tx, app: int, user_id: str) -> list[str]:
    """Who blocks a user, and with whom a request waits."""
    rows = await tx.fetch(
        "SELECT owner FROM blacklist WHERE app = $1 AND peer = $2"
        " UNION SELECT owner FROM pendency WHERE app = $1 AND peer = $2"
        " UNION SELECT peer FROM pendency WHERE app = $1 AND owner = $2",
        app,
        user_id,
    )
    return [row[0] for row in rows]


async def unblock_everywhere(tx: Tx, app: int, user_id: str) -> list[str]:
    """Remove a user's blacklist, and the user from all others'; whose those were."""
    await tx.execute("DELETE FROM blacklist WHERE app = $1 AND owner = $2", app, user_id)
    rows = await tx.fetch("DELETE FROM blacklist WHERE app = $1 AND peer = $2 RETURNING owner", app, user_id)
    return [row[0] for row in rows]


async def remove_requests_everywhere(tx: Tx, app: int, user_id: str) -> tuple[list[str], list[str]]:
    """Remove requests to and of a user: who had asked the user, whom the user had asked."""
    came = await tx.fetch("DELETE FROM pendency WHERE app = $1 AND owner = $2 RETURNING peer", app, user_id)
    went = await tx.fetch("DELETE FROM pendency WHERE app = $1 AND peer = $2 RETURNING owner", app, user_id)
    return [row[0] for row in came], [row[0] for row in went]
