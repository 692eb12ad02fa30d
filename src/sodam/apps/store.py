"""The SQL of apps."""

from __future__ import annotations

import msgspec

from sodam.apps.model import App, AppKey, AppSettings
from sodam.storage import Database, Row, Tx
from sodam.usersig import Keys

_APP = "sdkappid, name, kind, introduction, status, plan, created_at, updated_at, expires_at, settings, version"
_settings = msgspec.json.Decoder(AppSettings)


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


async def insert(tx: Tx, app: App, keys: list[AppKey]) -> bool:
    """False when the SDKAppID is taken."""
    added = await tx.execute(
        f"INSERT INTO app ({_APP}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
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
    )
    if not added:
        return False
    for key in keys:
        await insert_key(tx, app.sdkappid, key)
    for user_id in sorted(app.admins):
        await tx.execute("INSERT INTO app_admin VALUES ($1, $2)", app.sdkappid, user_id)
    return True


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
