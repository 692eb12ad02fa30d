"""The SQL of permission groups. Writers hold the community's row (store.lock)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from sodam.groups.types import in_topic
from sodam.storage import Bulk, Database, Row, Tx, Value, batches, in_list

_COLUMNS: Final = "permission_id, place, name, permission, custom_string, created_at"
_HOLDER: Final = Bulk(
    "INSERT INTO permission_member (app, group_id, permission_id, user_id)",
    ("bigint", "text", "text", "text"),
    "ON CONFLICT (app, group_id, permission_id, user_id) DO NOTHING RETURNING user_id",
)
_TOPIC: Final = Bulk(
    "INSERT INTO permission_topic (app, group_id, permission_id, topic_id, permission)",
    ("bigint", "text", "text", "text", "bigint"),
    "ON CONFLICT (app, group_id, permission_id, topic_id) DO UPDATE SET permission = excluded.permission",
)
_BELONGING: Final = ("permission_member", "permission_topic", "permission_group")


class PermissionGroup(msgspec.Struct, kw_only=True):
    permission_id: str
    place: int = 0
    name: str
    permission: int
    custom_string: str
    created_at: int


def _group(row: Row) -> PermissionGroup:
    values: dict[str, Any] = dict(zip(PermissionGroup.__struct_fields__, row, strict=True))
    return PermissionGroup(**values)


async def insert(tx: Tx, app: int, group_id: str, made: PermissionGroup) -> bool:
    """False: the ID is taken."""
    row = await tx.fetch_one(
        f"INSERT INTO permission_group (app, group_id, {_COLUMNS}) VALUES ($1, $2, $3, (SELECT COALESCE(MAX(place), 0)"
        " + 1 FROM permission_group WHERE app = $1 AND group_id = $2), $4, $5, $6, $7)"
        " ON CONFLICT (app, group_id, permission_id) DO NOTHING RETURNING place",
        app,
        group_id,
        made.permission_id,
        made.name,
        made.permission,
        made.custom_string,
        made.created_at,
    )
    return row is not None


async def save(tx: Tx, app: int, group_id: str, one: PermissionGroup) -> None:
    await tx.execute(
        "UPDATE permission_group SET name = $4, permission = $5, custom_string = $6"
        " WHERE app = $1 AND group_id = $2 AND permission_id = $3",
        app,
        group_id,
        one.permission_id,
        one.name,
        one.permission,
        one.custom_string,
    )


async def delete(tx: Tx, app: int, group_id: str, permission_id: str) -> None:
    for table in _BELONGING:
        sql = f"DELETE FROM {table} WHERE app = $1 AND group_id = $2 AND permission_id = $3"
        await tx.execute(sql, app, group_id, permission_id)


async def count(tx: Tx, app: int, group_id: str) -> int:
    row = await tx.fetch_one("SELECT count(*) FROM permission_group WHERE app = $1 AND group_id = $2", app, group_id)
    return int(row[0]) if row else 0


async def named(source: Database | Tx, app: int, group_id: str, ids: Iterable[str]) -> dict[str, PermissionGroup]:
    found: dict[str, PermissionGroup] = {}
    for some in batches(one for one in ids if "\0" not in one):
        sql = (
            f"SELECT {_COLUMNS} FROM permission_group WHERE app = $1 AND group_id = $2"
            f" AND permission_id IN {in_list(some, 3)}"
        )
        found.update((row[0], _group(row)) for row in await source.fetch(sql, app, group_id, *some))
    return found


async def page(db: Database, app: int, group_id: str, after: int, limit: int) -> list[PermissionGroup]:
    """Those behind a place, in the order of making."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM permission_group WHERE app = $1 AND group_id = $2 AND place > $3"
        " ORDER BY place LIMIT $4",
        app,
        group_id,
        after,
        limit,
    )
    return [_group(row) for row in rows]


async def holders(source: Database | Tx, app: int, group_id: str, ids: Sequence[str]) -> dict[str, int]:
    """How many members each of these permission groups has; those with none are left out."""
    found: dict[str, int] = {}
    for some in batches(ids):
        sql = (
            "SELECT permission_id, count(*) FROM permission_member WHERE app = $1 AND group_id = $2"
            f" AND permission_id IN {in_list(some, 3)} GROUP BY permission_id"
        )
        found.update((row[0], int(row[1])) for row in await source.fetch(sql, app, group_id, *some))
    return found


async def add(tx: Tx, app: int, group_id: str, permission_id: str, user_ids: Iterable[str]) -> set[str]:
    """Those of the users that were not in it."""
    rows = await tx.bulk(_HOLDER, [(app, group_id, permission_id, user_id) for user_id in sorted(set(user_ids))])
    return {row[0] for row in rows}


async def held(tx: Tx, app: int, group_id: str, permission_id: str, user_ids: Iterable[str]) -> set[str]:
    """Those of the users that are in it."""
    found: set[str] = set()
    for some in batches(user_ids):
        sql = (
            "SELECT user_id FROM permission_member WHERE app = $1 AND group_id = $2 AND permission_id = $3"
            f" AND user_id IN {in_list(some, 4)}"
        )
        found.update(row[0] for row in await tx.fetch(sql, app, group_id, permission_id, *some))
    return found


async def remove(tx: Tx, app: int, group_id: str, user_ids: Iterable[str], permission_id: str = "") -> None:
    """Take users out of one permission group, or ('') of all that the community has."""
    args: list[Value] = [app, group_id, *([permission_id] if permission_id else [])]
    where = "app = $1 AND group_id = $2" + (" AND permission_id = $3" if permission_id else "")
    for some in batches(user_id for user_id in user_ids if "\0" not in user_id):
        sql = f"DELETE FROM permission_member WHERE {where} AND user_id IN {in_list(some, len(args) + 1)}"
        await tx.execute(sql, *args, *some)


async def members(db: Database, app: int, group_id: str, permission_id: str, after: str, limit: int) -> list[str]:
    """In the order of UserIDs."""
    rows = await db.fetch(
        "SELECT user_id FROM permission_member WHERE app = $1 AND group_id = $2 AND permission_id = $3 AND user_id > $4"
        " ORDER BY user_id LIMIT $5",
        app,
        group_id,
        permission_id,
        after,
        limit,
    )
    return [row[0] for row in rows]


async def topics(source: Database | Tx, app: int, group_id: str, permission_id: str) -> dict[str, int]:
    """What it gives in single topics, in the order of their IDs."""
    rows = await source.fetch(
        "SELECT topic_id, permission FROM permission_topic WHERE app = $1 AND group_id = $2 AND permission_id = $3"
        " ORDER BY topic_id",
        app,
        group_id,
        permission_id,
    )
    return {row[0]: row[1] for row in rows}


async def put_topics(tx: Tx, app: int, group_id: str, permission_id: str, given: Iterable[tuple[str, int]]) -> None:
    await tx.bulk(_TOPIC, [(app, group_id, permission_id, topic_id, mask) for topic_id, mask in sorted(given)])


async def drop_topics(tx: Tx, app: int, group_id: str, permission_id: str, topic_ids: Iterable[str]) -> None:
    for some in batches(topic_ids):
        sql = (
            "DELETE FROM permission_topic WHERE app = $1 AND group_id = $2 AND permission_id = $3"
            f" AND topic_id IN {in_list(some, 4)}"
        )
        await tx.execute(sql, app, group_id, permission_id, *some)


async def forget_topic(tx: Tx, app: int, topic_id: str) -> None:
    """The topic is removed."""
    await tx.execute("DELETE FROM permission_topic WHERE app = $1 AND topic_id = $2", app, topic_id)


async def erase_user(tx: Tx, app: int, user_id: str) -> None:
    await tx.execute("DELETE FROM permission_member WHERE app = $1 AND user_id = $2", app, user_id)


async def given(
    source: Database | Tx, app: int, group_id: str, topic_id: str, user_ids: Iterable[str]
) -> dict[str, int]:
    """The rights that users have by their permission groups in a community, and ('': none) in one of its topics."""
    found: dict[str, int] = {}
    for some in batches(user_ids):
        sql = (
            "SELECT m.user_id, g.permission, COALESCE(t.permission, 0) FROM permission_member m"
            " JOIN permission_group g ON g.app = m.app AND g.group_id = m.group_id"
            " AND g.permission_id = m.permission_id LEFT JOIN permission_topic t ON t.app = m.app"
            " AND t.group_id = m.group_id AND t.permission_id = m.permission_id AND t.topic_id = $3"
            f" WHERE m.app = $1 AND m.group_id = $2 AND m.user_id IN {in_list(some, 4)}"
        )
        for user_id, mask, in_it in await source.fetch(sql, app, group_id, topic_id, *some):
            found[user_id] = found.get(user_id, 0) | mask | in_topic(in_it)
    return found
