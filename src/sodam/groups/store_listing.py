"""The SQL of what operators look for: groups by name, ID, type and order."""

from __future__ import annotations

from typing import Final

from sodam.groups.model import Group, Order
from sodam.groups.store import load
from sodam.storage import Database, Value, any_case, literal, lower_ascii

_ORDERS: Final[dict[str, str]] = {
    "CreateTime": "created_at {d}, num {d}",
    "GroupId": "group_id {d}",
    "MemberNum": "members {d}, num {d}",
    "LastMsgTime": "last_msg_at {d}, num {d}",
}
_NAME: Final = {  # it stands in the profile's document; both engines can look into it
    "sqlite": "json_extract(CAST(profile AS TEXT), '$.name')",
    "postgres": "(convert_from(profile, 'UTF8')::json->>'name')",
}


def _where(db: Database, app: int, keyword: str, type_name: str, ownerless: bool) -> tuple[str, list[Value]]:
    where = ["app = $1", "parent = ''"]  # topics are found in their community
    values: list[Value] = [app]
    if keyword:
        group_id, name = (any_case(db.engine, column) for column in ("group_id", _NAME[db.engine]))
        where.append(f"({group_id} LIKE $2 ESCAPE '!' OR {name} LIKE $2 ESCAPE '!')")
        values.append(f"%{literal(lower_ascii(keyword))}%")
    if type_name:
        values.append(type_name)
        where.append(f"type = ${len(values)}")
    if ownerless:
        where.append("owner = ''")
    return " AND ".join(where), values


async def find(
    db: Database,
    app: int,
    *,
    keyword: str,
    type_name: str,
    ownerless: bool,
    order: Order,
    down: bool,
    offset: int,
    limit: int,
) -> list[Group]:
    where, values = _where(db, app, keyword, type_name, ownerless)
    by = _ORDERS[order].format(d="DESC" if down else "ASC")
    rows = await db.scan(
        f"SELECT group_id FROM chat_group WHERE {where} ORDER BY {by}"
        f" LIMIT ${len(values) + 1} OFFSET ${len(values) + 2}",
        *values,
        limit,
        offset,
    )
    ids = [row[0] for row in rows]
    found = await load(db, app, ids) if ids else {}
    return [found[group_id] for group_id in ids if group_id in found]


async def count(db: Database, app: int, *, keyword: str, type_name: str, ownerless: bool) -> int:
    where, values = _where(db, app, keyword, type_name, ownerless)
    rows = await db.scan(f"SELECT count(*) FROM chat_group WHERE {where}", *values)
    return int(rows[0][0])


async def joined(db: Database, app: int, user_id: str) -> int:
    """How many groups a user is a member of."""
    row = await db.fetch_one("SELECT joined FROM group_user WHERE app = $1 AND user_id = $2", app, user_id)
    return int(row[0]) if row else 0
