"""The SQL of apps."""

from __future__ import annotations

from typing import cast

import msgspec

from sodam.apps.declared import Section
from sodam.apps.model import App, AppKey, AppSettings
from sodam.apps.plans import AddOns, Overrides
from sodam.storage import Database, Row, Tx, Value, fetch_locked, in_list
from sodam.usersig import Keys

_APP = (
    "sdkappid, name, kind, introduction, status, plan, created_at, updated_at, expires_at, settings, version, tags,"
    " add_ons, overrides, auto_renew, plan_changed_at, history_changed_at, settings_version, created_by, deleting_at,"
    " expired_at, section_versions"
)
_settings = msgspec.json.Decoder(AppSettings)
_tags = msgspec.json.Decoder(dict[str, str])
_add_ons = msgspec.json.Decoder(AddOns)
_overrides = msgspec.json.Decoder(Overrides)
_versions = msgspec.json.Decoder(dict[str, int])


async def load(source: Database | Tx, sdkappid: int) -> App | None:
    row = await source.fetch_one(f"SELECT {_APP} FROM app WHERE sdkappid = $1", sdkappid)
    if row is None:
        return None
    keys = await keys_of(source, sdkappid)
    admins = await source.fetch("SELECT user_id FROM app_admin WHERE sdkappid = $1", sdkappid)
    return _app(row, keys, frozenset(str(r[0]) for r in admins))


def _app(row: Row, keys: list[AppKey], admins: frozenset[str]) -> App:
    return App(
        sdkappid=row[0],
        name=row[1],
        kind=row[2],
        introduction=row[3],
        status=row[4],
        plan=row[5],
        created_at=row[6],
        updated_at=row[7],
        expires_at=row[8],
        settings=_settings.decode(row[9]),
        version=row[10],
        tags=_tags.decode(row[11]),
        add_ons=_add_ons.decode(row[12]),
        overrides=_overrides.decode(row[13]),
        auto_renew=bool(row[14]),
        plan_changed_at=row[15],
        history_changed_at=row[16],
        settings_version=row[17],
        created_by=row[18],
        deleting_at=row[19],
        expired_at=row[20],
        section_versions=cast("dict[Section, int]", _versions.decode(row[21])),
        keys=Keys(
            secrets=tuple(k.secret for k in keys if k.algorithm == "HMAC-SHA256"),
            public_pems=tuple(k.public_pem for k in keys if k.algorithm == "ECDSA-SHA256"),
        ),
        admins=admins,
    )


async def keys_of(source: Database | Tx, sdkappid: int) -> list[AppKey]:
    rows = await source.fetch(
        "SELECT key_id, algorithm, secret, public_pem, created_at FROM app_key WHERE sdkappid = $1 ORDER BY key_id",
        sdkappid,
    )
    return [AppKey(key_id=r[0], algorithm=r[1], secret=r[2], public_pem=r[3], created_at=r[4]) for r in rows]


async def versions(source: Database) -> dict[int, int]:
    return {int(r[0]): int(r[1]) for r in await source.fetch("SELECT sdkappid, version FROM app")}


def _columns(app: App) -> list[Value]:
    """Values of ``_APP``, in its order."""
    return [
        app.sdkappid,
        app.name,
        app.kind,
        app.introduction,
        app.status,
        app.plan,
        app.created_at,
        app.updated_at,
        app.expires_at,
        msgspec.json.encode(app.settings),
        app.version,
        msgspec.json.encode(app.tags).decode(),
        msgspec.json.encode(app.add_ons).decode(),
        msgspec.json.encode(app.overrides).decode(),
        int(app.auto_renew),
        app.plan_changed_at,
        app.history_changed_at,
        app.settings_version,
        app.created_by,
        app.deleting_at,
        app.expired_at,
        msgspec.json.encode(app.section_versions).decode(),
    ]


async def insert(tx: Tx, app: App, keys: list[AppKey]) -> bool:
    """False when the SDKAppID is taken."""
    values = _columns(app)
    if not await tx.execute(f"INSERT INTO app ({_APP}) VALUES {in_list(values)} ON CONFLICT DO NOTHING", *values):
        return False
    for key in keys:
        await insert_key(tx, app.sdkappid, key)
    for user_id in sorted(app.admins):
        await tx.execute("INSERT INTO app_admin VALUES ($1, $2)", app.sdkappid, user_id)
    return True


async def lock(tx: Tx, sdkappid: int) -> App | None:
    """As ``load``, and nobody else writes the app until this transaction ends."""
    await fetch_locked(tx, "SELECT sdkappid FROM app WHERE sdkappid = $1", sdkappid)
    return await load(tx, sdkappid)


async def stays(tx: Tx, sdkappid: int) -> bool:
    """Whether there is such an app that is not being erased; its erasing does not begin until this transaction ends."""
    locked = " FOR KEY SHARE" if tx.engine == "postgres" else ""
    row = await tx.fetch_one(f"SELECT deleting_at FROM app WHERE sdkappid = $1{locked}", sdkappid)
    return row is not None and not row[0]


async def save(tx: Tx, old: App, new: App) -> None:
    """Write everything but the keys, which have their own functions."""
    names = _APP.split(", ")[1:]
    sets = ", ".join(f"{name} = ${i}" for i, name in enumerate(names, 2))
    await tx.execute(f"UPDATE app SET {sets} WHERE sdkappid = $1", *_columns(new))
    for user_id in sorted(old.admins - new.admins):
        await tx.execute("DELETE FROM app_admin WHERE sdkappid = $1 AND user_id = $2", old.sdkappid, user_id)
    for user_id in sorted(new.admins - old.admins):
        await tx.execute("INSERT INTO app_admin VALUES ($1, $2) ON CONFLICT DO NOTHING", old.sdkappid, user_id)


async def count(source: Database | Tx) -> int:
    row = await source.fetch_one("SELECT COUNT(*) FROM app")
    return int(row[0]) if row else 0


async def delete_key(tx: Tx, sdkappid: int, key_id: int) -> None:
    await tx.execute("DELETE FROM app_key WHERE sdkappid = $1 AND key_id = $2", sdkappid, key_id)


async def insert_key(tx: Tx, sdkappid: int, key: AppKey) -> None:
    await tx.execute(
        "INSERT INTO app_key VALUES ($1, $2, $3, $4, $5, $6)",
        sdkappid,
        key.key_id,
        key.algorithm,
        key.secret,
        key.public_pem,
        key.created_at,
    )


async def touch(tx: Tx, sdkappid: int, now: int) -> None:
    """Mark an app as changed, so that every node loads it anew."""
    await tx.execute("UPDATE app SET version = version + 1, updated_at = $2 WHERE sdkappid = $1", sdkappid, now)
