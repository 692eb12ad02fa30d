"""The SQL of reading relations as a whole: exports and consistency checks. By pages, in the order of the keys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final, NamedTuple

from sodam.relations.model import Owner, decode_groups
from sodam.relations.store import batches
from sodam.storage import Database, Tx, in_list

PAGE: Final = 1000
_REVERSE: Final = "(SELECT count(*) FROM {t} r WHERE r.app = x.app AND r.owner = x.peer AND r.peer = x.owner)"
_WALKS: Final = {
    "friend": f"x.groups, {_REVERSE.format(t='friend')}",
    "blacklist": "0, 0",
    "pendency": "x.asked_at, 0",
    "follow": f"x.mutual, {_REVERSE.format(t='follow')}",
}


class Entry(NamedTuple):
    """A row: who it belongs to, the other user, a value of the table's own, whether the reverse row exists."""

    owner: str
    peer: str
    value: int
    reverse: bool


class Counted(NamedTuple):
    """What a user's row says and what there really is, in the same order."""

    user_id: str
    said: tuple[int, ...]
    real: tuple[int, ...]


async def walk(db: Database, app: int, table: str) -> AsyncIterator[list[Entry]]:
    """All rows of friend, blacklist, pendency or follow, by pages of 1000. ``value``: groups, 0, asked_at, mutual."""
    owner, peer = "", ""
    while True:
        rows = await db.scan(
            f"SELECT x.owner, x.peer, {_WALKS[table]} FROM {table} x WHERE x.app = $1 AND (x.owner, x.peer) > ($2, $3)"
            " ORDER BY x.owner, x.peer LIMIT $4",
            app,
            owner,
            peer,
            PAGE,
        )
        if rows:
            yield [Entry(row[0], row[1], row[2], bool(row[3])) for row in rows]
            owner, peer = rows[-1][0], rows[-1][1]
        if len(rows) < PAGE:
            return


async def users(db: Database, app: int) -> AsyncIterator[list[str]]:
    """Everybody who has relations or follows, by pages."""
    last = ""
    while True:
        rows = await db.scan(
            "SELECT user_id FROM (SELECT user_id FROM relation_owner WHERE app = $1 AND user_id > $2"
            " ORDER BY user_id LIMIT $3) a UNION SELECT user_id FROM (SELECT user_id FROM follow_owner"
            " WHERE app = $1 AND user_id > $2 ORDER BY user_id LIMIT $3) b ORDER BY user_id LIMIT $3",
            app,
            last,
            PAGE,
        )
        if rows:
            yield [row[0] for row in rows]
            last = rows[-1][0]
        if len(rows) < PAGE:
            return


async def groups_of(db: Database, app: int, user_ids: Sequence[str]) -> dict[str, int]:
    """The slots in use, as bits, of the users who have a row."""
    found = {}
    for ids in batches(user_ids):
        sql = f"SELECT user_id, groups FROM relation_owner WHERE app = $1 AND user_id IN {in_list(ids, 2)}"
        for row in await db.fetch(sql, app, *ids):
            found[row[0]] = sum(1 << slot for slot, _ in decode_groups(row[1]))
    return found


async def counted_followers(db: Database, app: int, user_ids: Sequence[str]) -> set[str]:
    """Those of ``user_ids`` who have a row of follow counts."""
    found: set[str] = set()
    for ids in batches(user_ids):
        sql = f"SELECT user_id FROM follow_owner WHERE app = $1 AND user_id IN {in_list(ids, 2)}"
        found.update(row[0] for row in await db.fetch(sql, app, *ids))
    return found


_COUNTS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "relation_owner": (
        "o.friends, o.blocked, o.pending",
        (
            "(SELECT count(*) FROM friend x WHERE x.app = o.app AND x.owner = o.user_id)",
            "(SELECT count(*) FROM blacklist x WHERE x.app = o.app AND x.owner = o.user_id)",
            "(SELECT count(*) FROM pendency x WHERE x.app = o.app AND x.owner = o.user_id)",
        ),
    ),
    "follow_owner": (
        "o.followers, o.following, o.mutual",
        (
            "(SELECT count(*) FROM follow x WHERE x.app = o.app AND x.peer = o.user_id)",
            "(SELECT count(*) FROM follow x WHERE x.app = o.app AND x.owner = o.user_id)",
            "(SELECT count(*) FROM follow x WHERE x.app = o.app AND x.owner = o.user_id AND x.mutual = 1)",
        ),
    ),
}


async def counts(db: Database, app: int, table: str) -> AsyncIterator[list[Counted]]:
    """Every row of relation_owner or follow_owner beside what it counts."""
    said, real = _COUNTS[table]
    last = ""
    while True:
        rows = await db.scan(
            f"SELECT o.user_id, {said}, {', '.join(real)} FROM {table} o WHERE o.app = $1 AND o.user_id > $2"
            " ORDER BY o.user_id LIMIT $3",
            app,
            last,
            PAGE,
        )
        if rows:
            yield [Counted(row[0], tuple(row[1:4]), tuple(row[4:7])) for row in rows]
            last = rows[-1][0]
        if len(rows) < PAGE:
            return


async def recount(tx: Tx, app: int, owner: Owner) -> None:
    """Make a held owner's counts true, and take its friends out of groups that do not exist."""
    known = sum(1 << slot for slot, _ in owner.groups)
    await tx.execute(
        "UPDATE friend SET groups = groups & $3 WHERE app = $1 AND owner = $2 AND (groups & $4) <> 0",
        app,
        owner.user_id,
        known,
        ~known,
    )
    row = await _one(tx, app, owner.user_id, "relation_owner")
    owner.friends, owner.blocked, owner.pending = row
    await _number_on(tx, app, owner)
    owner.touch()
    owner.touch_groups()
    owner.touch_blacklist()
    owner.touch_pending()


async def _number_on(tx: Tx, app: int, owner: Owner) -> None:
    """Let sequences go on beyond every place in the lists, so that an owner whose row was lost gives out none twice."""
    row = await tx.fetch_one(
        "SELECT (SELECT max(pos) FROM friend WHERE app = $1 AND owner = $2),"
        " (SELECT max(pos) FROM blacklist WHERE app = $1 AND owner = $2),"
        " (SELECT max(pos) FROM pendency WHERE app = $1 AND owner = $2)",
        app,
        owner.user_id,
    )
    assert row is not None
    owner.standard_seq = max(owner.standard_seq, row[0] or 0)
    owner.black_seq = max(owner.black_seq, row[1] or 0)
    owner.pending_seq = max(owner.pending_seq, row[2] or 0)


async def recount_follows(tx: Tx, app: int, user_id: str) -> tuple[int, int, int]:
    """Make the mutual marks of a user's follows true; followers, following, mutual."""
    both = (
        "(SELECT count(*) FROM follow r WHERE r.app = follow.app AND r.owner = follow.peer AND r.peer = follow.owner)"
    )
    sql = f"UPDATE follow SET mutual = {both} WHERE app = $1 AND owner = $2 AND mutual <> {both}"
    await tx.execute(sql, app, user_id)
    return await _one(tx, app, user_id, "follow_owner")


async def _one(tx: Tx, app: int, user_id: str, table: str) -> tuple[Any, ...]:
    real = [sql.replace("o.app", "$1").replace("o.user_id", "$2") for sql in _COUNTS[table][1]]
    row = await tx.fetch_one(f"SELECT {', '.join(real)}", app, user_id)
    assert row is not None
    return tuple(row)
