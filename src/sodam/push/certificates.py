"""Credentials with the vendors' services: uploaded, kept under the server's key, at hand on every node."""

from __future__ import annotations

import secrets as random
from collections.abc import Callable
from typing import Final

import msgspec

from sodam.bus import Bus
from sodam.bus.cache import Cache, Hints
from sodam.clock import now as wall_clock
from sodam.control import ControlError, invalid, missing
from sodam.push import store
from sodam.push.model import Certificate
from sodam.push.vendors import VENDORS, BadCredentials
from sodam.push.vendors.apns import expires_at
from sodam.push.vendors.fcm import project_of
from sodam.storage import Database, Tx, hold
from sodam.storage.seal import Seal, Unsealable

MOST: Final = 30
"""Certificates of an app."""
MAX_NAME: Final = 60
_APPS: Final = 2000
_FIRST_ID: Final = 10_000
_IDS: Final = 1_000_000


class Lost(Exception):
    """The certificate is gone, or its secrets were sealed by another server."""


class Certificates:
    def __init__(self, db: Database, bus: Bus, clock: Callable[[], float] = wall_clock) -> None:
        self._db = db
        self._clock = clock
        self._seal: Seal | None = None
        self._hints: Hints[int] = Hints(bus, "push.certificates", int, lambda app: self._held.forget(app))
        self._held: Cache[int, dict[int, Certificate]] = self._hints.cache(_APPS)

    def use(self, seal: Seal) -> None:
        self._seal = seal

    @property
    def seal(self) -> Seal:
        assert self._seal is not None, "the service has not been started"
        return self._seal

    def idle(self, app: int) -> bool:
        """It is at hand that the app has no certificates: nothing is to be pushed."""
        held = self._held.get(app)
        return held is not None and not held

    async def of(self, app: int) -> dict[int, Certificate]:
        """By id. Not to be changed."""
        held = self._held.get(app)
        return held if held is not None else await self._held.load(app, lambda: self._load(app))

    async def _load(self, app: int) -> dict[int, Certificate]:
        return {one.id: one for one in await store.certificates(self._db, app)}

    async def secrets(self, one: Certificate) -> dict[str, str]:
        """Raises Lost."""
        raw = await store.sealed(self._db, one.app, one.id)
        if raw is None:
            raise Lost
        try:
            return msgspec.json.decode(self.seal.open(raw, _purpose(one.app, one.id)), type=dict[str, str])
        except Unsealable:
            raise Lost from None

    async def ends(self, one: Certificate) -> int:
        """When the vendor takes it no longer, unix seconds; 0: it has no end, or cannot be read."""
        return expires_at(await self._kept(one)) if one.vendor == "apns_p12" else 0

    async def app_of(self, one: Certificate) -> str:
        """Which of the vendor's apps it is for, as the vendor names it; empty: it does not say, or cannot be read."""
        if one.vendor == "fcm":
            return project_of(await self._kept(one))
        return one.fields.get("PackageName") or one.fields.get("BundleId") or one.fields.get("Subject") or ""

    async def put(self, app: int, vendor: str, name: str, values: dict[str, str], *, number: int = 0) -> Certificate:
        """A new certificate, or (``number``) new credentials of one; secrets that are not given stay as they were.

        Raises ControlError.
        """
        kind = VENDORS.get(vendor)
        if kind is None:
            raise invalid(f"there is no vendor {vendor[:40]!r}", detail="PushVendor", Field="Vendor")
        if "\0" in name or len(name) > MAX_NAME:
            raise invalid(f"Name has at most {MAX_NAME} characters", detail="PushField", Field="Name")
        old = (await self.of(app)).get(number)
        if number and (old is None or old.vendor != vendor):
            raise missing(f"the app has no certificate {number} of {vendor}", detail="NoSuchCertificate")
        kept = await self._kept(old)
        fields, secrets = _checked(vendor, values, kept)
        if 0 < (end := expires_at(secrets)) <= wall_clock():  # as TLS compares it, whatever the clock of a test says
            raise invalid("the certificate in the .p12 file has ended", detail="PushP12Ended", Time=end)
        one = Certificate(
            app=app,
            id=number,
            vendor=vendor,
            name=name,
            fields=fields,
            created_at=old.created_at if old is not None else int(self._clock()),
        )

        async def run(tx: Tx) -> Certificate:
            written = one
            await hold(tx, f"push.certificates:{app}")
            if not number:
                taken = {c.id for c in await store.certificates(tx, app)}
                if len(taken) >= MOST:
                    text = f"an app has at most {MOST} certificates"
                    raise ControlError("LimitExceeded.Certificates", text, cure="Delete one first.", Most=MOST)
                written = msgspec.structs.replace(one, id=_free(taken))
            raw = self.seal.close(msgspec.json.encode(secrets), _purpose(app, written.id))
            await store.put_certificate(tx, written, raw)
            self._hints.changed_by(tx, app)
            return written

        return await self._db.write(run)

    async def _kept(self, old: Certificate | None) -> dict[str, str]:
        if old is None:
            return {}
        try:
            return await self.secrets(old)
        except Lost:
            return {}

    async def delete(self, app: int, number: int) -> None:
        """With the devices that reported tokens for it. Raises ControlError."""

        async def run(tx: Tx) -> int:
            self._hints.changed_by(tx, app)
            return await store.delete_certificate(tx, app, number)

        if not await self._db.write(run):
            raise missing(f"the app has no certificate {number}", detail="NoSuchCertificate")

    async def trouble(self, one: Certificate, text: str) -> None:
        """Note what the vendor says of the credentials; '' that it takes them."""
        if one.trouble == text:
            return

        async def run(tx: Tx) -> None:
            await store.trouble(tx, one.app, one.id, text, int(self._clock()))
            self._hints.changed_by(tx, one.app)

        await self._db.write(run)


def _purpose(app: int, number: int) -> str:
    return f"push certificate {app} {number}"


def _free(taken: set[int]) -> int:
    while (number := _FIRST_ID + random.randbelow(_IDS)) in taken:
        pass
    return number


def _checked(vendor: str, values: dict[str, str], kept: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """What is not secret, and what is. Raises ControlError."""
    kind = VENDORS[vendor]
    known = {field.name: field for field in kind.fields}
    for name, value in values.items():
        field = known.get(name)
        if field is None:
            raise invalid(f"{vendor} knows no field {name[:40]!r}", detail="PushField", Field=name[:40])
        if len(value) > field.most or "\0" in value:
            raise invalid(f"{name} is longer than {field.most} characters", detail="PushField", Field=name)
        if value and field.choices and value not in field.choices:
            raise invalid(f"{name} is one of {', '.join(field.choices)}", detail="PushField", Field=name)
        if value and name.endswith("Endpoint") and not value.startswith(("https://", "http://")):
            raise invalid(f"{name} is an address that begins with https://", detail="PushField", Field=name)
    fields = {n: v for n, v in values.items() if v and not known[n].secret}
    secrets = kept | {n: v for n, v in values.items() if v and known[n].secret}
    for field in kind.fields:
        if field.required and not (secrets if field.secret else fields).get(field.name):
            raise invalid(f"{field.name} is missing", detail="PushField", Field=field.name)
    try:
        kind.check(fields, secrets)
    except BadCredentials as error:
        raise invalid(str(error), detail=error.detail) from None
    return fields, secrets
