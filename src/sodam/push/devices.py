"""The devices that report tokens. A binding ends with the sign-in that made it, whichever way that ends."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from sodam.accounts.events import AccountsDeleted, AccountSignedOut
from sodam.clock import now as wall_clock
from sodam.push import store
from sodam.push.certificates import Certificates
from sodam.push.model import Certificate, Device
from sodam.push.vendors.webpush import read_subscription
from sodam.storage import Database, Tx

MAX_TOKEN: Final = 2000
MOST_COUNTED: Final = 10_000


class BadToken(Exception):
    """It is none of its vendor; the text says why."""


class NoCertificate(Exception):
    """The app has none of this number."""


class Devices:
    def __init__(self, db: Database, certificates: Certificates, clock: Callable[[], float] = wall_clock) -> None:
        self._db = db
        self._certificates = certificates
        self._clock = clock

    async def report(self, device: Device) -> str:
        """A client's token, replacing what it reported before; the device's RegistrationID.

        Raises BadToken, NoCertificate.
        """
        one = (await self._certificates.of(device.app)).get(device.certificate)
        if one is None:
            raise NoCertificate
        _check(one, device.token)
        new = msgspec.structs.replace(device, registration=secrets.token_hex(16), reported_at=int(self._clock()))

        async def run(tx: Tx) -> str:
            await store.put_device(tx, new)
            kept = await store.device(tx, new.app, new.certificate, new.token)
            return kept.registration if kept is not None else new.registration

        return await self._db.write(run)

    async def end(self, app: int, user_id: str, instid: int, certificate: int = 0) -> None:
        """A client signed out, was signed out, or wants no pushes any more."""
        if not self._certificates.idle(app):
            await self._db.write(lambda tx: store.drop_of_client(tx, app, user_id, [instid], certificate))

    async def state(self, app: int, user_id: str, instid: int, *, background: bool, unread: int | None = None) -> None:
        """Whether the client's app is in the background, and what its icon shows."""
        if self._certificates.idle(app):
            return
        await self._db.write(lambda tx: store.state(tx, app, user_id, instid, background=background, badge=unread))

    async def of(self, app: int, user_ids: Sequence[str]) -> list[Device]:
        return await store.devices(self._db, app, user_ids)

    async def reachable(self, app: int, user_ids: Sequence[str]) -> set[str]:
        """Those of the users who have a device that gets pushes."""
        if not user_ids or not await self._certificates.of(app):
            return set()
        return {device.user_id for device in await store.devices(self._db, app, user_ids)}

    async def counts(self, app: int) -> dict[int, int]:
        """By certificate; MOST_COUNTED stands for that many or more."""
        return await store.counts(self._db, app, await self._certificates.of(app), MOST_COUNTED)

    async def registered(self, app: int, names: Sequence[str]) -> dict[str, Device]:
        return await store.registered(self._db, app, [name for name in names if "\0" not in name])

    async def drop(self, one: Device) -> None:
        """Forget a device: it gets no pushes until its app reports a token again."""
        await self._db.write(lambda tx: store.drop_device(tx, one.app, one.certificate, one.token))

    # In the transactions of others

    async def erase(self, tx: Tx, events: Sequence[AccountsDeleted]) -> None:
        for event in events:
            await store.drop_of_users(tx, event.app, event.user_ids)

    async def signed_out(self, tx: Tx, events: Sequence[AccountSignedOut]) -> None:
        for event in events:
            await store.drop_of_users(tx, event.app, [event.user_id])


def _check(one: Certificate, token: str) -> None:
    if not token or len(token) > MAX_TOKEN or "\0" in token:
        raise BadToken(f"a token has 1 to {MAX_TOKEN} characters")
    if one.vendor == "webpush":
        found = read_subscription(token)
        if found is None:
            raise BadToken("the token is no subscription of a browser")
    elif any(not c.isprintable() or (c in "/ ?#" and one.vendor.startswith("apns")) for c in token):
        raise BadToken("the token holds characters that no token has")
