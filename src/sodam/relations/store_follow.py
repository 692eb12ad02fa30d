"""The SQL of follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sodam.relations.model import Place
from sodam.relations.store import batches
from sodam.storage import Bulk, Database, Tx, in_list

_OWNER: Final = "user_id, followers, following, mutual"
_TYPES: Final = ("bigint", "text", "bigint", "bigint", "bigint")
_HOLD: Final = Bulk(
    f"INSERT INTO follow_owner (app, {_OWNER})",
    _TYPES,
    "ON CONFLICT (app, user_id) DO UPDATE SET followers = follow_owner.followers"
    " RETURNING follow_owner.user_id, follow_owner.followers, follow_owner.following, follow_owner.mutual",
)
_SAVE: Final = Bulk(
    f"INSERT INTO follow_owner (app, {_OWNER})",
    _TYPES,
    "ON CONFLICT (app, user_id) DO UPDATE SET followers = excluded.followers, following = excluded.following,"
    " mutual = excluded.mutual",
)
_FOLLOW: Final = Bulk(
    "INSERT INTO follow (app, owner, peer, followed_at, mutual)", ("bigint", "text", "text", "bigint", "bigint")
)
FOLLOWS: Final = 1
"""The owner follows the peer."""
FOLLOWED: Final = 2
"""The peer follows the owner."""

_LISTS: Final = {
    1: "SELECT owner, followed_at FROM follow WHERE app = $1 AND peer = $2{after}"
    " ORDER BY followed_at DESC, owner DESC",
    2: "SELECT peer, followed_at FROM follow WHERE app = $1 AND owner = $2{after} ORDER BY followed_at DESC, peer DESC",
    3: "SELECT peer, followed_at FROM follow WHERE app = $1 AND owner = $2 AND mutual = 1{after}"
    " ORDER BY followed_at DESC, peer DESC",
}
_OTHER: Final = {1: "owner", 2: "peer", 3: "peer"}


@dataclass(slots=True)
class Counts:
    user_id: str
    followers: int = 0
    following: int = 0
    mutual: int = 0


async def hold(tx: Tx, app: int, user_ids: Iterable[str]) -> dict[str, Counts]:
    """Counts, which nobody else changes until this transaction ends. See ``store.hold_owners``."""
    ids = sorted(set(user_ids))
    if tx.engine == "postgres":
        return {row[0]: Counts(*row) for row in await tx.bulk(_HOLD, [(app, u, 0, 0, 0) for u in ids])}
    return {user_id: Counts(user_id) for user_id in ids} | await counts(tx, app, ids)


async def counts(source: Database | Tx, app: int, user_ids: Iterable[str]) -> dict[str, Counts]:
    found: dict[str, Counts] = {}
    for ids in batches(user_ids):
        sql = f"SELECT {_OWNER} FROM follow_owner WHERE app = $1 AND user_id IN {in_list(ids, 2)}"
        found.update((row[0], Counts(*row)) for row in await source.fetch(sql, app, *ids))
    return found


async def save(tx: Tx, app: int, owners: Iterable[Counts]) -> None:
    await tx.bulk(_SAVE, [(app, c.user_id, c.followers, c.following, c.mutual) for c in owners])


async def delete_owners(tx: Tx, app: int, user_ids: Iterable[str]) -> None:
    for ids in batches(user_ids):
        await tx.execute(f"DELETE FROM follow_owner WHERE app = $1 AND user_id IN {in_list(ids, 2)}", app, *ids)


async def between(source: Database | Tx, app: int, owner: str, peers: Iterable[str]) -> dict[str, int]:
    """FOLLOWS and FOLLOWED for each peer; those with neither are left out."""
    found: dict[str, int] = {}
    for ids in batches(peers):
        among = in_list(ids, 3)
        sql = (
            f"SELECT peer, 1 FROM follow WHERE app = $1 AND owner = $2 AND peer IN {among} UNION ALL"
            f" SELECT owner, 2 FROM follow WHERE app = $1 AND owner IN {among} AND peer = $2"
        )
        for peer, bit in await source.fetch(sql, app, owner, *ids):
            found[peer] = found.get(peer, 0) | bit
    return found


async def add(tx: Tx, app: int, owner: str, entries: Iterable[tuple[str, int, bool]]) -> None:
    """Let ``owner`` follow (peer, unix milliseconds, mutual), whom it does not follow yet."""
    await tx.bulk(_FOLLOW, [(app, owner, peer, at, int(mutual)) for peer, at, mutual in entries])


async def remove(tx: Tx, app: int, owner: str, peers: Iterable[str]) -> dict[str, bool]:
    """Stop following; whether it was mutual, of those followed."""
    gone: dict[str, bool] = {}
    for ids in batches(peers):
        sql = f"DELETE FROM follow WHERE app = $1 AND owner = $2 AND peer IN {in_list(ids, 3)} RETURNING peer, mutual"
        gone.update((row[0], bool(row[1])) for row in await tx.fetch(sql, app, owner, *ids))
    return gone


async def set_mutual(tx: Tx, app: int, owners: Iterable[str], peer: str, mutual: bool) -> None:
    """Mark the follows of ``peer`` by ``owners``."""
    for ids in batches(owners):
        sql = f"UPDATE follow SET mutual = $3 WHERE app = $1 AND peer = $2 AND owner IN {in_list(ids, 4)}"
        await tx.execute(sql, app, peer, int(mutual), *ids)


async def page(db: Database, app: int, user_id: str, kind: int, after: Place | None, limit: int) -> list[Place]:
    """Followers (1), followed (2) or mutual (3), newest first, as (followed_at, UserID)."""
    sql = _LISTS[kind]
    if after is None:
        rows = await db.fetch(sql.format(after="") + " LIMIT $3", app, user_id, limit)
    else:
        clause = f" AND (followed_at, {_OTHER[kind]}) < ($3, $4)"
        rows = await db.fetch(sql.format(after=clause) + " LIMIT $5", app, user_id, *after, limit)
    return [(row[1], row[0]) for row in rows]


async def erased(tx: Tx, app: int, user_id: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Remove every follow of and by a user: (whom the user followed, mutual), (who followed the user, mutual)."""
    following = await tx.fetch("DELETE FROM follow WHERE app = $1 AND owner = $2 RETURNING peer, mutual", app, user_id)
    followers = await tx.fetch("DELETE FROM follow WHERE app = $1 AND peer = $2 RETURNING owner, mutual", app, user_id)
    return [(r[0], bool(r[1])) for r in following], [(r[0], bool(r[1])) for r in followers]


async def concerned(tx: Tx, app: int, user_id: str) -> list[str]:
    """Whom a user follows, and who follows the user."""
    rows = await tx.fetch(
        "SELECT peer FROM follow WHERE app = $1 AND owner = $2"
        " UNION SELECT owner FROM follow WHERE app = $1 AND peer = $2",
        app,
        user_id,
    )
    return [row[0] for row in rows]
