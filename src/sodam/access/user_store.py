"""The SQL of users, groups and access keys."""

from __future__ import annotations

import msgspec

from sodam.access.model import AccessKey, Group, User
from sodam.storage import Database, Row, Tx, Value, fetch_locked, in_list

_FIELDS = tuple(User.__struct_fields__)
_COLUMNS = ", ".join(_FIELDS)
_KEY = "secret_id, uin, secret_key, active, description, created_at, last_used_at"
_flags = frozenset(("root", "console_login", "need_reset"))


def _column(name: str, value: object) -> Value:
    if name in _flags:
        return int(bool(value))
    if name == "old_passwords":
        return msgspec.json.encode(value).decode()
    assert isinstance(value, int | str)
    return value


def _user(row: Row) -> User:
    values = dict(zip(_FIELDS, row, strict=True))
    for name in _flags:
        values[name] = bool(values[name])
    values["old_passwords"] = msgspec.json.decode(values["old_passwords"], type=tuple[str, ...])
    return User(**values)


async def insert(tx: Tx, user: User) -> bool:
    """False when the name, in capitals or not, or the number is taken."""
    if await tx.fetch_one("SELECT 1 FROM cam_user WHERE LOWER(name) = $1", user.name.lower()):
        return False
    values = [_column(name, getattr(user, name)) for name in _FIELDS]
    return bool(
        await tx.execute(f"INSERT INTO cam_user ({_COLUMNS}) VALUES {in_list(_FIELDS)} ON CONFLICT DO NOTHING", *values)
    )


async def update(tx: Tx, uin: int, **changes: object) -> bool:
    """Write some fields; False when there is no such user."""
    assert changes.keys() <= set(_FIELDS)
    sets = ", ".join(f"{name} = ${i}" for i, name in enumerate(changes, 2))
    values = [_column(name, value) for name, value in changes.items()]
    return bool(await tx.execute(f"UPDATE cam_user SET {sets} WHERE uin = $1", uin, *values))


async def signed_in(tx: Tx, user: User, step: int, now: int, ip: str) -> bool:
    """Note a sign-in. False when the one-time code of this step, or a newer one, was used already."""
    return bool(
        await tx.execute(
            "UPDATE cam_user SET totp_step = $2, last_login_at = $3, last_login_ip = $4"
            " WHERE uin = $1 AND (totp = '' OR totp_step < $2)",
            user.uin,
            step,
            now,
            ip,
        )
    )


async def by_uin(source: Database | Tx, uin: int) -> User | None:
    row = await source.fetch_one(f"SELECT {_COLUMNS} FROM cam_user WHERE uin = $1", uin)
    return _user(row) if row else None


async def lock(tx: Tx, uin: int) -> User | None:
    """As ``by_uin``; nobody else changes the user, or adds what refers to it, until this transaction ends."""
    rows = await fetch_locked(tx, f"SELECT {_COLUMNS} FROM cam_user WHERE uin = $1", uin)
    return _user(rows[0]) if rows else None


async def lock_root(tx: Tx) -> None:
    await fetch_locked(tx, "SELECT uin FROM cam_user WHERE root = 1")


async def by_name(source: Database | Tx, name: str) -> User | None:
    row = await source.fetch_one(f"SELECT {_COLUMNS} FROM cam_user WHERE name = $1", name)
    return _user(row) if row else None


async def by_uid(source: Database | Tx, uid: int) -> User | None:
    row = await source.fetch_one(f"SELECT {_COLUMNS} FROM cam_user WHERE uid = $1", uid)
    return _user(row) if row else None


async def root(source: Database | Tx) -> User | None:
    row = await source.fetch_one(f"SELECT {_COLUMNS} FROM cam_user WHERE root = 1")
    return _user(row) if row else None


async def sub_users(source: Database | Tx) -> list[User]:
    """At most ``MAX_USERS``, by name."""
    return [_user(row) for row in await source.fetch(f"SELECT {_COLUMNS} FROM cam_user WHERE root = 0 ORDER BY name")]


async def count_users(source: Database | Tx) -> int:
    row = await source.fetch_one("SELECT COUNT(*) FROM cam_user WHERE root = 0")
    return int(row[0]) if row else 0


async def delete(tx: Tx, uin: int) -> None:
    for table in ("console_session", "cam_access_key", "cam_member", "cam_user"):
        await tx.execute(f"DELETE FROM {table} WHERE uin = $1", uin)
    await tx.execute("DELETE FROM cam_attachment WHERE kind = 'user' AND target = $1", uin)


# Groups


def _group(row: Row) -> Group:
    return Group(row[0], row[1], row[2], row[3])


async def insert_group(tx: Tx, name: str, remark: str, now: int) -> int | None:
    """The new group's id; None when the name is taken."""
    row = await tx.fetch_one(
        "INSERT INTO cam_group (name, remark, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id",
        name,
        remark,
        now,
    )
    return int(row[0]) if row else None


async def update_group(tx: Tx, group_id: int, name: str, remark: str) -> None:
    await tx.execute("UPDATE cam_group SET name = $2, remark = $3 WHERE id = $1", group_id, name, remark)


async def delete_group(tx: Tx, group_id: int) -> None:
    await tx.execute("DELETE FROM cam_member WHERE group_id = $1", group_id)
    await tx.execute("DELETE FROM cam_attachment WHERE kind = 'group' AND target = $1", group_id)
    await tx.execute("DELETE FROM cam_group WHERE id = $1", group_id)


async def group(source: Database | Tx, group_id: int) -> Group | None:
    row = await source.fetch_one("SELECT id, name, remark, created_at FROM cam_group WHERE id = $1", group_id)
    return _group(row) if row else None


async def lock_group(tx: Tx, group_id: int) -> Group | None:
    """As ``group``; nobody else changes the group, or adds what refers to it, until this transaction ends."""
    rows = await fetch_locked(tx, "SELECT id, name, remark, created_at FROM cam_group WHERE id = $1", group_id)
    return _group(rows[0]) if rows else None


async def group_named(source: Database | Tx, name: str) -> Group | None:
    row = await source.fetch_one("SELECT id, name, remark, created_at FROM cam_group WHERE name = $1", name)
    return _group(row) if row else None


async def groups(source: Database | Tx) -> list[Group]:
    """At most ``MAX_GROUPS``, by name."""
    rows = await source.fetch("SELECT id, name, remark, created_at FROM cam_group ORDER BY name, id")
    return [_group(row) for row in rows]


async def members(source: Database | Tx, group_id: int) -> list[User]:
    columns = ", ".join(f"u.{name}" for name in _FIELDS)
    rows = await source.fetch(
        f"SELECT {columns} FROM cam_member m JOIN cam_user u ON u.uin = m.uin WHERE m.group_id = $1 ORDER BY u.name",
        group_id,
    )
    return [_user(row) for row in rows]


async def groups_of(source: Database | Tx, uin: int) -> list[Group]:
    rows = await source.fetch(
        "SELECT g.id, g.name, g.remark, g.created_at FROM cam_member m JOIN cam_group g ON g.id = m.group_id"
        " WHERE m.uin = $1 ORDER BY g.name",
        uin,
    )
    return [_group(row) for row in rows]


async def add_member(tx: Tx, group_id: int, uin: int, now: int) -> None:
    await tx.execute("INSERT INTO cam_member VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", group_id, uin, now)


async def remove_member(tx: Tx, group_id: int, uin: int) -> None:
    await tx.execute("DELETE FROM cam_member WHERE group_id = $1 AND uin = $2", group_id, uin)


# Access keys


def _key(row: Row) -> AccessKey:
    return AccessKey(row[0], row[1], row[2], bool(row[3]), row[4], row[5], row[6])


async def insert_key(tx: Tx, key: AccessKey) -> None:
    await tx.execute(
        f"INSERT INTO cam_access_key ({_KEY}) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        key.secret_id,
        key.uin,
        key.secret_key,
        int(key.active),
        key.description,
        key.created_at,
        key.last_used_at,
    )


async def key(source: Database | Tx, secret_id: str) -> AccessKey | None:
    row = await source.fetch_one(f"SELECT {_KEY} FROM cam_access_key WHERE secret_id = $1", secret_id)
    return _key(row) if row else None


async def keys_of(source: Database | Tx, uin: int) -> list[AccessKey]:
    rows = await source.fetch(f"SELECT {_KEY} FROM cam_access_key WHERE uin = $1 ORDER BY created_at, secret_id", uin)
    return [_key(row) for row in rows]


async def set_key_active(tx: Tx, secret_id: str, active: bool) -> bool:
    """False when there is no such key."""
    return bool(await tx.execute("UPDATE cam_access_key SET active = $2 WHERE secret_id = $1", secret_id, int(active)))


async def delete_key(tx: Tx, secret_id: str) -> bool:
    """False when there is no such key that is disabled."""
    return bool(await tx.execute("DELETE FROM cam_access_key WHERE secret_id = $1 AND active = 0", secret_id))


async def touch_key(db: Database, secret_id: str, now: int) -> None:
    """Remember that a key was used, once a minute at most."""
    await db.execute(
        "UPDATE cam_access_key SET last_used_at = $2 WHERE secret_id = $1 AND last_used_at < $3",
        secret_id,
        now,
        now - 60,
    )
