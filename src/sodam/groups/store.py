"""The SQL of groups themselves; that of their members stands in store_members.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final

import msgspec

from sodam.groups.model import Group, Profile
from sodam.storage import Database, Row, Together, Tx, Value, batches, fetch_locked, in_list

COLUMNS: Final = (
    "num, app, group_id, type, owner, created_at, info_seq, info_at, last_msg_at, next_seq, members, next_pos,"
    " max_members, active, profile, counted, shown_seq, shown_at, clear_seq, changes, purged_counted, parent"
)
_TABLES: Final = (
    "group_member",
    "group_mute",
    "group_message",
    "group_change",
    "group_hidden",
    "group_application",
    "group_attribute_set",
    "group_attribute",
    "group_counter",
    "group_ban",
    "room_admin",
    "room_robot",
    "room_message",
    "group_receipt",
    "group_pin",
    "permission_member",
    "permission_topic",
    "permission_group",
    "chat_group",
)
"""What is kept by group, the group itself last."""
_PAGE: Final = 500
"""Groups of a user that are read at a time."""
_FIRST: Final = 20
"""The same, where several users are asked for at once."""
_decode = msgspec.json.Decoder(Profile).decode
_encode = msgspec.json.Encoder().encode


def group_of(row: Row) -> Group:
    values: dict[str, Any] = dict(zip(Group.__struct_fields__, row, strict=True))
    return Group(**{**values, "profile": _decode(values["profile"])})


async def load(source: Database | Tx, app: int, group_ids: list[str]) -> dict[str, Group]:
    found: dict[str, Group] = {}
    for ids in batches(group_ids):
        sql = f"SELECT {COLUMNS} FROM chat_group WHERE app = $1 AND group_id IN {in_list(ids, 2)}"
        found.update((row[2], group_of(row)) for row in await source.fetch(sql, app, *ids))
    return found


async def lock(tx: Tx, app: int, group_ids: list[str]) -> dict[str, Group]:
    """The groups, which nobody else changes until ``tx`` ends; in the order of their IDs, so that none wait in a ring.

    Sorted by Python and locked one by one: two databases may sort text differently, one process does not.
    """
    held: dict[str, Group] = {}
    for group_id in sorted(set(group_ids)):
        sql = f"SELECT {COLUMNS} FROM chat_group WHERE app = $1 AND group_id = $2"
        for row in await fetch_locked(tx, sql, app, group_id):
            held[group_id] = group_of(row)
    return held


async def insert(tx: Tx, group: Group) -> bool:
    """Whether the group was made: False when its ID is taken."""
    row = await tx.fetch_one(
        "INSERT INTO chat_group (app, group_id, type, owner, created_at, info_seq, info_at, last_msg_at, next_seq,"
        " members, next_pos, max_members, active, profile, counted, shown_seq, shown_at, clear_seq, changes,"
        " purged_counted, parent)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)"
        " ON CONFLICT (app, group_id) DO NOTHING RETURNING num",
        *_values(group),
        group.parent,
    )
    return row is not None


async def save(tx: Tx, group: Group) -> None:
    """Write a group that ``tx`` holds."""
    await tx.execute(
        "UPDATE chat_group SET type = $3, owner = $4, created_at = $5, info_seq = $6, info_at = $7, last_msg_at = $8,"
        " next_seq = $9, members = $10, next_pos = $11, max_members = $12, active = $13, profile = $14,"
        " counted = $15, shown_seq = $16, shown_at = $17, clear_seq = $18, changes = $19, purged_counted = $20"
        " WHERE app = $1 AND group_id = $2",
        *_values(group),
    )


def _values(group: Group) -> tuple[Value, ...]:
    document: bytes = _encode(group.profile)
    return (
        group.app,
        group.group_id,
        group.type,
        group.owner,
        group.created_at,
        group.info_seq,
        group.info_at,
        group.last_msg_at,
        group.next_seq,
        group.members,
        group.next_pos,
        group.max_members,
        group.active,
        document,
        group.counted,
        group.shown_seq,
        group.shown_at,
        group.clear_seq,
        group.changes,
        group.purged_counted,
    )


async def delete(tx: Tx, app: int, group_id: str) -> None:
    """Remove a group that ``tx`` holds, with all that belongs to it."""
    for table in _TABLES:
        await tx.execute(f"DELETE FROM {table} WHERE app = $1 AND group_id = $2", app, group_id)


async def at_least(tx: Tx, app: int, number: int, type_name: str = "") -> bool:
    """Whether the app has so many groups (of a type)."""
    args: list[Value] = [app, type_name] if type_name else [app]
    where = "app = $1 AND parent = ''" + (" AND type = $2" if type_name else "")
    sql = f"SELECT count(*) FROM (SELECT num FROM chat_group WHERE {where} LIMIT ${len(args) + 1}) AS found"
    row = await tx.fetch_one(sql, *args, number)
    return row is not None and int(row[0]) >= number


async def page(db: Database, app: int, type_name: str, after: int, limit: int) -> list[tuple[int, str]]:
    """Number and ID of groups in the order of creation, of one type or ('') of all."""
    sql = "SELECT num, group_id FROM chat_group WHERE app = $1 AND num > $2 AND parent = ''"
    if type_name:
        rows = await db.scan(f"{sql} AND type = $4 ORDER BY num LIMIT $3", app, after, limit, type_name)
    else:
        rows = await db.scan(f"{sql} ORDER BY num LIMIT $3", app, after, limit)
    return [(row[0], row[1]) for row in rows]


async def walk(tx: Tx, app: int, after: int, limit: int) -> list[Group]:
    sql = f"SELECT {COLUMNS} FROM chat_group WHERE app = $1 AND num > $2 ORDER BY num LIMIT $3"
    return [
        group_of(row)
        for row in await tx.fetch(sql + (" FOR SHARE" if tx.engine == "postgres" else ""), app, after, limit)
    ]


async def count(db: Database, app: int, type_name: str) -> int:
    sql = "SELECT count(*) FROM chat_group WHERE app = $1 AND parent = ''"
    rows = await (db.scan(f"{sql} AND type = $2", app, type_name) if type_name else db.scan(sql, app))
    return int(rows[0][0])


Joined = list[tuple[str, str, int]]
"""ID, type and whether active, of the groups of a user in the order of joining."""
_JOINED: Final = (
    "SELECT g.group_id, g.type, g.active, m.joined_at FROM group_member m JOIN chat_group g"
    " ON g.app = m.app AND g.group_id = m.group_id AND g.parent = ''"
)

_BEFORE_ALL: Final = (-1, "")
_JOINED_PAGE: Final = (
    f"{_JOINED} WHERE m.app = $1 AND m.user_id = $2"
    " AND (m.joined_at, m.group_id) > ($3, $4) ORDER BY m.joined_at, m.group_id LIMIT $5"
)


def joiner(db: Database) -> Callable[[int, str], Awaitable[Joined]]:
    """``joined`` of ``db``, on PostgreSQL the first groups of several users at a time."""
    if db.engine != "postgres":
        return partial(joined, db)
    together: Together[tuple[int, str], list[Row]] = Together(partial(_first_joined, db))

    async def ask(app: int, user_id: str) -> Joined:
        first = [] if "\0" in user_id else await together.ask((app, user_id)) or []
        found: Joined = [(row[0], row[1], row[2]) for row in first]
        return found if len(first) < _FIRST else found + await joined(db, app, user_id, (first[-1][3], first[-1][0]))

    return ask


# The arrays stand in queries of their own, so that PostgreSQL does not know how long they are: it would see a plan for
# just these few users as cheaper than one for any, and plan anew for every sign-in, which costs five times the reading.
_FIRST_JOINED: Final = (
    "SELECT f.*, u.place FROM unnest((SELECT $1::bigint[]), (SELECT $2::text[])) WITH ORDINALITY"
    f" AS u(app, user_id, place) CROSS JOIN LATERAL ({_JOINED} WHERE m.app = u.app AND m.user_id = u.user_id"
    " ORDER BY m.joined_at, m.group_id LIMIT $3) AS f ORDER BY u.place, f.joined_at, f.group_id"
)


async def _first_joined(db: Database, users: Sequence[tuple[int, str]]) -> dict[tuple[int, str], list[Row]]:
    if len(users) == 1:
        app, user_id = users[0]
        return {users[0]: await db.fetch(_JOINED_PAGE, app, user_id, *_BEFORE_ALL, _FIRST)}
    arrays: Any = ([app for app, _ in users], [user_id for _, user_id in users])
    found: dict[tuple[int, str], list[Row]] = {}
    for *row, place in await db.fetch(_FIRST_JOINED, *arrays, _FIRST):
        found.setdefault(users[place - 1], []).append(row)
    return found


async def joined(db: Database, app: int, user_id: str, after: tuple[int, str] = _BEFORE_ALL) -> Joined:
    """By pages, each a bounded read: every sign-in asks, and long reads have few connections."""
    found: Joined = []
    while True:
        rows = await db.fetch(_JOINED_PAGE, app, user_id, *after, _PAGE)
        found += [(row[0], row[1], row[2]) for row in rows]
        if len(rows) < _PAGE:
            return found
        after = (rows[-1][3], rows[-1][0])


async def owned(source: Database | Tx, app: int, user_id: str) -> list[str]:
    """IDs of the groups whose owner this is, rooms too."""
    rows = await source.fetch("SELECT group_id FROM chat_group WHERE app = $1 AND owner = $2", app, user_id)
    return [row[0] for row in rows]
