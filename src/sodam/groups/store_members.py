"""The SQL of members, mutes, and of how many groups a user is in. Writers hold the group's row (store.lock)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from sodam.groups.model import Group, Member, is_topic
from sodam.groups.types import Role
from sodam.storage import Bulk, Database, Row, Tx, batches, in_list

_COLUMNS: Final = "user_id, role, joined_at, pos, read_seq, msg_flag, name_card, last_send_at, join_seq, custom"
_MEMBER: Final = Bulk(
    f"INSERT INTO group_member (app, group_id, {_COLUMNS})",
    ("bigint", "text", "text", "bigint", "bigint", "bigint", "bigint", "text", "text", "bigint", "bigint", "text"),
    "ON CONFLICT (app, group_id, user_id) DO UPDATE SET role = excluded.role, msg_flag = excluded.msg_flag,"
    " name_card = excluded.name_card, custom = excluded.custom",
)
_JOINED: Final = Bulk(
    "INSERT INTO group_user (app, user_id, joined)",
    ("bigint", "text", "bigint"),
    "ON CONFLICT (app, user_id) DO UPDATE SET joined = group_user.joined + excluded.joined RETURNING user_id, joined",
)
_MUTE: Final = Bulk(
    "INSERT INTO group_mute (app, group_id, user_id, until_at)",
    ("bigint", "text", "text", "bigint"),
    "ON CONFLICT (app, group_id, user_id) DO UPDATE SET until_at = excluded.until_at",
)

_decode: Final = msgspec.json.Decoder(dict[str, str]).decode
_encode: Final = msgspec.json.Encoder().encode


def _member(row: Row) -> Member:
    values: dict[str, Any] = dict(zip(Member.__struct_fields__, row, strict=True))
    custom = _decode(values["custom"]) if values["custom"] else {}
    return Member(**{**values, "role": Role(values["role"]), "custom": custom})


async def load(source: Database | Tx, app: int, group_id: str, user_ids: Iterable[str]) -> dict[str, Member]:
    """Those of the users that are members; any text may be asked for."""
    found: dict[str, Member] = {}
    for ids in batches(user_id for user_id in user_ids if "\0" not in user_id):
        sql = f"SELECT {_COLUMNS} FROM group_member WHERE app = $1 AND group_id = $2 AND user_id IN {in_list(ids, 3)}"
        found.update((row[0], _member(row)) for row in await source.fetch(sql, app, group_id, *ids))
    return found


async def of_user(db: Database, app: int, user_id: str, group_ids: Iterable[str]) -> dict[str, Member]:
    """What the user is in each of these groups."""
    found: dict[str, Member] = {}
    for ids in batches(group_ids):
        sql = (
            f"SELECT group_id, {_COLUMNS} FROM group_member WHERE app = $1 AND user_id = $2"
            f" AND group_id IN {in_list(ids, 3)}"
        )
        found.update((row[0], _member(row[1:])) for row in await db.fetch(sql, app, user_id, *ids))
    return found


async def page(db: Database, app: int, group_id: str, roles: Sequence[Role], offset: int, limit: int) -> list[Member]:
    """Members in the order of joining; ``roles``: only those of them."""
    rows = await db.scan(
        f"SELECT {_COLUMNS} FROM group_member WHERE app = $1 AND group_id = $2 AND role IN {in_list(roles, 5)}"
        " ORDER BY pos LIMIT $3 OFFSET $4",
        app,
        group_id,
        limit,
        offset,
        *map(int, roles),
    )
    return [_member(row) for row in rows]


async def behind(db: Database, app: int, group_id: str, after: int, limit: int) -> list[Member]:
    """Members in the order of joining, beyond a place in it."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM group_member WHERE app = $1 AND group_id = $2 AND pos > $3 ORDER BY pos LIMIT $4",
        app,
        group_id,
        after,
        limit,
    )
    return [_member(row) for row in rows]


async def after(db: Database, app: int, group_id: str, roles: Sequence[Role], pos: int, limit: int) -> list[Member]:
    """As ``page``, from behind a place in the order of joining."""
    rows = await db.scan(
        f"SELECT {_COLUMNS} FROM group_member WHERE app = $1 AND group_id = $2 AND pos > $3"
        f" AND role IN {in_list(roles, 5)} ORDER BY pos LIMIT $4",
        app,
        group_id,
        pos,
        limit,
        *map(int, roles),
    )
    return [_member(row) for row in rows]


async def ids(source: Database | Tx, app: int, group_id: str) -> list[str]:
    rows = await source.fetch(
        "SELECT user_id FROM group_member WHERE app = $1 AND group_id = $2 ORDER BY pos", app, group_id
    )
    return [row[0] for row in rows]


async def save(tx: Tx, group: Group, members: Iterable[Member]) -> None:
    """Write members, new or not."""
    rows = [
        (
            group.app,
            group.group_id,
            m.user_id,
            int(m.role),
            m.joined_at,
            m.pos,
            m.read_seq,
            m.msg_flag,
            m.name_card,
            m.last_send_at,
            m.join_seq,
            _encode(m.custom).decode() if m.custom else "",
        )
        for m in members
    ]
    await tx.bulk(_MEMBER, rows)


async def read_to(tx: Tx, app: int, group_id: str, user_ids: Iterable[str], seq: int) -> None:
    """These members have read everything up to a sequence."""
    for some in batches(user_ids):
        sql = (
            "UPDATE group_member SET read_seq = $3 WHERE app = $1 AND group_id = $2 AND read_seq < $3"
            f" AND user_id IN {in_list(some, 4)}"
        )
        await tx.execute(sql, app, group_id, seq, *some)


async def remove(tx: Tx, app: int, group_id: str, user_ids: Iterable[str]) -> None:
    for some in batches(user_ids):
        sql = f"DELETE FROM group_member WHERE app = $1 AND group_id = $2 AND user_id IN {in_list(some, 3)}"
        await tx.execute(sql, app, group_id, *some)


async def groups_of(tx: Tx, app: int, user_id: str) -> list[str]:
    rows = await tx.fetch("SELECT group_id FROM group_member WHERE app = $1 AND user_id = $2", app, user_id)
    return [row[0] for row in rows if not is_topic(row[0])]


async def count_joined(tx: Tx, app: int, user_ids: Iterable[str], change: int) -> dict[str, int]:
    """How many groups each of these users is in, with ``change`` added; the counts are held until ``tx`` ends."""
    counts: dict[str, int] = {}
    for row in await tx.bulk(_JOINED, [(app, user_id, change) for user_id in sorted(set(user_ids))]):
        counts[row[0]] = int(row[1])
    return counts


async def mute(tx: Tx, app: int, group_id: str, user_ids: Iterable[str], until: int) -> None:
    """Mute until a second; 0 ends it."""
    if until:
        await tx.bulk(_MUTE, [(app, group_id, user_id, until) for user_id in sorted(set(user_ids))])
        return
    for some in batches(user_ids):
        sql = f"DELETE FROM group_mute WHERE app = $1 AND group_id = $2 AND user_id IN {in_list(some, 3)}"
        await tx.execute(sql, app, group_id, *some)


async def muted(db: Database, app: int, group_id: str, now: int) -> list[tuple[str, int]]:
    """Who is muted, and until when, in the order of UserIDs."""
    rows = await db.scan(
        "SELECT user_id, until_at FROM group_mute WHERE app = $1 AND group_id = $2 AND until_at > $3 ORDER BY user_id",
        app,
        group_id,
        now,
    )
    return [(row[0], row[1]) for row in rows]


async def muted_in(db: Database, app: int, user_id: str, group_ids: Iterable[str], now: int) -> dict[str, int]:
    """In which of these groups a user is muted, and until when."""
    found: dict[str, int] = {}
    for some in batches(group_ids):
        sql = (
            "SELECT group_id, until_at FROM group_mute WHERE app = $1 AND user_id = $2 AND until_at > $3"
            f" AND group_id IN {in_list(some, 4)}"
        )
        found.update((row[0], row[1]) for row in await db.fetch(sql, app, user_id, now, *some))
    return found


async def mutes_of(source: Database | Tx, app: int, group_id: str, user_ids: Iterable[str], now: int) -> dict[str, int]:
    """Which of these users are muted in a group, and until when."""
    found: dict[str, int] = {}
    for some in batches(user_id for user_id in user_ids if "\0" not in user_id):
        sql = (
            "SELECT user_id, until_at FROM group_mute WHERE app = $1 AND group_id = $2 AND until_at > $3"
            f" AND user_id IN {in_list(some, 4)}"
        )
        found.update((row[0], row[1]) for row in await source.fetch(sql, app, group_id, now, *some))
    return found


async def erase_user(tx: Tx, app: int, user_id: str) -> None:
    """Mutes and count of a deleted account, and what it had read in topics."""
    for table in ("group_mute", "group_user", "group_member"):
        await tx.execute(f"DELETE FROM {table} WHERE app = $1 AND user_id = $2", app, user_id)


async def begun(
    db: Database, app: int, group_id: str, roles: Sequence[Role], prefix: str, offset: int, limit: int
) -> list[Member]:
    """As ``page``, those only whose UserIDs begin so."""
    rows = await db.scan(
        f"SELECT {_COLUMNS} FROM group_member WHERE app = $1 AND group_id = $2 AND user_id >= $3 AND user_id < $4"
        f" AND role IN {in_list(roles, 7)} ORDER BY pos LIMIT $5 OFFSET $6",
        app,
        group_id,
        prefix,
        prefix + "\x7f",
        limit,
        offset,
        *map(int, roles),
    )
    return [_member(row) for row in rows]


async def count_begun(db: Database, app: int, group_id: str, roles: Sequence[Role], prefix: str) -> int:
    """How many have one of these roles and a UserID that begins so."""
    rows = await db.scan(
        "SELECT count(*) FROM group_member WHERE app = $1 AND group_id = $2 AND user_id >= $3 AND user_id < $4"
        f" AND role IN {in_list(roles, 5)}",
        app,
        group_id,
        prefix,
        prefix + "\x7f",
        *map(int, roles),
    )
    return int(rows[0][0])
