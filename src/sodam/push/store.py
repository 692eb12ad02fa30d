"""The SQL of certificates, access tokens and devices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from sodam.push.model import Certificate, Device
from sodam.storage import Database, Row, Tx, batches, in_list

_CERTIFICATE: Final = "app, number, vendor, name, fields, created_at, trouble, trouble_at"
_DEVICE: Final = ", ".join(Device.__struct_fields__)
_KEPT: Final = ("app", "certificate", "token", "registration")


def _certificate(row: Row) -> Certificate:
    return Certificate(
        app=row[0],
        id=row[1],
        vendor=row[2],
        name=row[3],
        fields=msgspec.json.decode(row[4], type=dict[str, str]),
        created_at=row[5],
        trouble=row[6],
        trouble_at=row[7],
    )


async def certificates(source: Database | Tx, app: int) -> list[Certificate]:
    rows = await source.fetch(
        f"SELECT {_CERTIFICATE} FROM push_certificate WHERE app = $1 ORDER BY created_at, number", app
    )
    return [_certificate(row) for row in rows]


async def sealed(source: Database | Tx, app: int, number: int) -> bytes | None:
    row = await source.fetch_one("SELECT sealed FROM push_certificate WHERE app = $1 AND number = $2", app, number)
    return bytes(row[0]) if row else None


async def put_certificate(tx: Tx, one: Certificate, secrets: bytes) -> None:
    """A new one, or new credentials of one that exists; what an old access token opened it opens no more."""
    await tx.execute(
        f"INSERT INTO push_certificate ({_CERTIFICATE}, sealed) VALUES ($1, $2, $3, $4, $5, $6, '', 0, $7) "
        "ON CONFLICT (app, number) DO UPDATE SET name = excluded.name, fields = excluded.fields, "
        "sealed = excluded.sealed, trouble = '', trouble_at = 0",
        one.app,
        one.id,
        one.vendor,
        one.name,
        msgspec.json.encode(one.fields).decode(),
        one.created_at,
        secrets,
    )
    await drop_access(tx, one.app, one.id)


async def counts(db: Database, app: int, numbers: Iterable[int], most: int) -> dict[int, int]:
    """Devices by certificate; of each at most ``most`` are counted."""
    found = {}
    for number in numbers:
        sql = "SELECT COUNT(*) FROM (SELECT 1 FROM push_device WHERE app = $1 AND certificate = $2 LIMIT $3) AS counted"
        row = await db.fetch_one(sql, app, number, most)
        found[number] = row[0] if row is not None else 0
    return found


async def delete_certificate(tx: Tx, app: int, number: int) -> int:
    """With its devices: their tokens mean nothing without it. How many certificates that were: 0 or 1."""
    await tx.execute("DELETE FROM push_device WHERE app = $1 AND certificate = $2", app, number)
    await drop_access(tx, app, number)
    return await tx.execute("DELETE FROM push_certificate WHERE app = $1 AND number = $2", app, number)


async def trouble(tx: Tx, app: int, number: int, text: str, at: int) -> int:
    return await tx.execute(
        "UPDATE push_certificate SET trouble = $3, trouble_at = $4 WHERE app = $1 AND number = $2 AND trouble <> $3",
        app,
        number,
        text,
        at,
    )


# Access tokens


async def access(source: Database | Tx, app: int, number: int) -> tuple[bytes, int, int] | None:
    """The sealed token, when it was made, when it ends."""
    row = await source.fetch_one(
        "SELECT sealed, made_at, expires_at FROM push_access WHERE app = $1 AND certificate = $2", app, number
    )
    return (bytes(row[0]), row[1], row[2]) if row else None


async def put_access(tx: Tx, app: int, number: int, token: bytes, made: int, expires: int) -> None:
    await tx.execute(
        "INSERT INTO push_access (app, certificate, sealed, made_at, expires_at) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (app, certificate) DO UPDATE SET sealed = excluded.sealed, made_at = excluded.made_at, "
        "expires_at = excluded.expires_at",
        app,
        number,
        token,
        made,
        expires,
    )


async def drop_access(tx: Tx, app: int, number: int) -> None:
    await tx.execute("DELETE FROM push_access WHERE app = $1 AND certificate = $2", app, number)


# Devices


def _device(row: Row) -> Device:
    return Device(*row)


async def put_device(tx: Tx, device: Device) -> None:
    """A token that somebody else had is this user's now; the client's former token of this certificate is none."""
    await tx.execute(
        "DELETE FROM push_device WHERE app = $1 AND certificate = $2 AND user_id = $3 AND instid = $4 AND token <> $5",
        device.app,
        device.certificate,
        device.user_id,
        device.instid,
        device.token,
    )
    names = Device.__struct_fields__
    places = ", ".join(f"${n}" for n in range(1, len(names) + 1))
    changed = ", ".join(f"{name} = excluded.{name}" for name in names if name not in (*_KEPT, "badge"))
    # The icon's number goes with the device, but not from one user to another.
    badge = "badge = CASE WHEN push_device.user_id = excluded.user_id THEN push_device.badge ELSE 0 END"
    await tx.execute(
        f"INSERT INTO push_device ({_DEVICE}) VALUES ({places}) "
        f"ON CONFLICT (app, certificate, token) DO UPDATE SET {badge}, {changed}",
        *(getattr(device, name) for name in names),
    )


async def drop_device(tx: Tx, app: int, certificate: int, token: str) -> int:
    return await tx.execute(
        "DELETE FROM push_device WHERE app = $1 AND certificate = $2 AND token = $3", app, certificate, token
    )


async def drop_of_client(tx: Tx, app: int, user_id: str, instids: Iterable[int], certificate: int = 0) -> int:
    """What these clients reported; ``certificate``: for this one only."""
    gone = 0
    for some in batches(instids):
        gone += await tx.execute(
            "DELETE FROM push_device WHERE app = $1 AND user_id = $2 AND (CAST($3 AS BIGINT) = 0 OR certificate = $3) "
            f"AND instid IN {in_list(some, 4)}",
            app,
            user_id,
            certificate,
            *some,
        )
    return gone


async def drop_of_users(tx: Tx, app: int, user_ids: Iterable[str]) -> None:
    for some in batches(user_ids):
        await tx.execute(f"DELETE FROM push_device WHERE app = $1 AND user_id IN {in_list(some, 2)}", app, *some)


async def devices(source: Database | Tx, app: int, user_ids: Iterable[str]) -> list[Device]:
    found: list[Device] = []
    for some in batches(user_ids):
        rows = await source.fetch(
            f"SELECT {_DEVICE} FROM push_device WHERE app = $1 AND user_id IN {in_list(some, 2)} "
            "ORDER BY user_id, reported_at DESC",
            app,
            *some,
        )
        found.extend(map(_device, rows))
    return found


async def device(source: Database | Tx, app: int, certificate: int, token: str) -> Device | None:
    row = await source.fetch_one(
        f"SELECT {_DEVICE} FROM push_device WHERE app = $1 AND certificate = $2 AND token = $3", app, certificate, token
    )
    return _device(row) if row else None


async def registered(source: Database | Tx, app: int, names: Iterable[str]) -> dict[str, Device]:
    """The devices of these RegistrationIDs."""
    found: dict[str, Device] = {}
    for some in batches(names):
        rows = await source.fetch(
            f"SELECT {_DEVICE} FROM push_device WHERE app = $1 AND registration IN {in_list(some, 2)}", app, *some
        )
        found.update((row[3], _device(row)) for row in rows)
    return found


async def state(tx: Tx, app: int, user_id: str, instid: int, *, background: bool, badge: int | None) -> int:
    """What a client says of itself; how many devices of it there are."""
    return await tx.execute(
        "UPDATE push_device SET background = $4, badge = COALESCE($5, badge) "
        "WHERE app = $1 AND user_id = $2 AND instid = $3",
        app,
        user_id,
        instid,
        int(background),
        badge,
    )


async def count_badges(tx: Tx, app: int, devices: Sequence[Device], *, add: int, fixed: int | None) -> dict[str, int]:
    """Raise the numbers on these devices' icons, or set them; the new ones by RegistrationID."""
    found: dict[str, int] = {}
    for some in batches(device.registration for device in devices):
        rows = await tx.fetch(
            "UPDATE push_device SET badge = CASE WHEN CAST($2 AS BIGINT) >= 0 THEN $2 ELSE badge + $3 END "
            f"WHERE app = $1 AND registration IN {in_list(some, 4)} RETURNING registration, badge",
            app,
            -1 if fixed is None else fixed,
            add,
            *some,
        )
        found.update((row[0], row[1]) for row in rows)
    return found
