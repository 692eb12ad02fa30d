"""Mutual TLS: the certificate that the server shows to an app's webhook, for receivers that demand one.

The authority is one for the whole installation; its key and those of the certificates are kept under the server's key.
A receiver trusts the authority, or single certificates: so a new one may be made some days before it is used, and the
old one stays good until it ends by itself.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import msgspec

from sodam.bus import Bus
from sodam.bus.cache import Cache, Hints
from sodam.clock import now as wall_clock
from sodam.control import ControlError, missing
from sodam.outbound import OutboundError
from sodam.storage import Database, Tx, hold, state
from sodam.storage.seal import Seal, Unsealable
from sodam.webhooks import certificates
from sodam.webhooks import store_certificates as store
from sodam.webhooks.certificates import Pair
from sodam.webhooks.model import Certificate

OVERLAP_DAYS: Final = 7
MAX_OVERLAP_DAYS: Final = 90
MOST: Final = 5
"""Certificates of an app."""
_AUTHORITY: Final = "webhook_authority"
_BEFORE_ITS_END: Final = 30 * 86_400
_DAY: Final = 86_400
_HELD: Final = 2000
_CONTEXTS: Final = 256


class Mutual:
    def __init__(
        self,
        db: Database,
        bus: Bus,
        clock: Callable[[], float] = wall_clock,
        context: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        """``context``: trusts whom the server trusts."""
        self._db = db
        self._clock = clock
        self._context = context
        self._seal: Seal | None = None
        self._hints: Hints[int] = Hints(bus, "webhooks.certificates", int, lambda app: self._held.forget(app))
        self._held: Cache[int, tuple[Certificate, ...]] = self._hints.cache(_HELD)
        self._contexts: OrderedDict[tuple[int, int, str], ssl.SSLContext] = OrderedDict()
        self._making = asyncio.Lock()

    def use(self, seal: Seal) -> None:
        self._seal = seal

    @property
    def seal(self) -> Seal:
        assert self._seal is not None, "the service has not been started"
        return self._seal

    async def of(self, app: int) -> tuple[Certificate, ...]:
        """The newest first."""
        held = self._held.get(app)
        return held if held is not None else await self._held.load(app, lambda: store.of(self._db, app))

    def shown(self, found: tuple[Certificate, ...]) -> Certificate | None:
        """Which of an app's certificates its webhook is shown now."""
        now = self._clock()
        return next((one for one in found if one.used_from <= now), None)

    async def context(self, app: int) -> ssl.SSLContext | None:
        """With which requests to an app's webhook are made; None: as all others. Raises OutboundError."""
        if not (one := self.shown(await self.of(app))):
            return None
        key = (app, one.number, one.pem)
        made = self._contexts.get(key)
        if made is None:
            async with self._making:
                made = self._contexts.get(key) or await self._make(one)
                self._contexts[key] = made
                if len(self._contexts) > _CONTEXTS:
                    self._contexts.popitem(last=False)
        return made

    async def _make(self, one: Certificate) -> ssl.SSLContext:
        sealed = await store.sealed(self._db, one.app, one.number)
        try:
            key = self.seal.open(sealed, _purpose(one.app, one.number)) if sealed else b""
        except Unsealable:
            raise OutboundError("tls", "the client certificate was made by another server: make a new one") from None
        if not key:
            raise OutboundError("tls", "the client certificate is gone")
        return await asyncio.to_thread(lambda: certificates.load(self._context(), Pair(one.pem, key)))

    # For operators

    async def authority(self) -> str:
        """The certificate of the server's own authority (PEM), made when it is first asked for."""
        return (await self._db.write(self._authority)).pem

    async def _authority(self, tx: Tx) -> Pair:
        """Raises ControlError."""
        # The clock of the machine: certificates are looked at by others, who know no other one.
        drawn = certificates.authority(time.time())
        sealed = self.seal.close(drawn.key, _AUTHORITY)
        stored = await state.claim(tx, _AUTHORITY, msgspec.msgpack.encode((drawn.pem, sealed)))
        pem, key = msgspec.msgpack.decode(stored, type=tuple[str, bytes])
        try:
            return Pair(pem, self.seal.open(key, _AUTHORITY))
        except Unsealable:
            raise ControlError(
                "FailedOperation.AuthoritySealed",
                "the authority's key was sealed with another SODAM_SECRET_KEY",
                cure="Start the server with the key that it had.",
            ) from None

    async def rotate(self, app: int, days: int) -> Certificate:
        """A new certificate, shown to the webhook in ``days`` (an app's first one: at once). Raises ControlError.

        One that was made before and has not been used yet is replaced.
        """
        now = int(self._clock())

        async def run(tx: Tx) -> Certificate:
            await hold(tx, f"webhook.certificates:{app}")
            old = await store.of(tx, app)
            number = max((one.number for one in old), default=0) + 1
            pair = certificates.client(await self._authority(tx), f"sodam-webhook-{app}", time.time())
            in_use = self.shown(old)
            begins = now + days * _DAY if in_use else now
            made = Certificate(app, number, pair.pem, begins, certificates.facts(pair.pem).ends)
            kept = [one.number for one in old if one.used_from <= now][: MOST - 1]
            for one in old:
                if one.number not in kept:
                    await store.delete(tx, app, one.number)
            await store.put(tx, made, self.seal.close(pair.key, _purpose(app, number)))
            self._hints.changed_by(tx, app)
            return made

        return await self._db.write(run)

    async def use_now(self, app: int) -> Certificate:
        """Show the newest certificate from now on. Raises ControlError."""
        now = int(self._clock())

        async def run(tx: Tx) -> Certificate:
            await hold(tx, f"webhook.certificates:{app}")
            found = await store.of(tx, app)
            if not found:
                raise missing("the app has no client certificate", detail="NoClientCertificate")
            newest = msgspec.structs.replace(found[0], used_from=min(found[0].used_from, now))
            await store.use_from(tx, app, newest.number, newest.used_from)
            self._hints.changed_by(tx, app)
            return newest

        return await self._db.write(run)

    async def remove(self, app: int) -> int:
        """Show none any longer; how many there were."""

        async def run(tx: Tx) -> int:
            self._hints.changed_by(tx, app)
            return await store.delete_all(tx, app)

        return await self._db.write(run)

    async def renew(self) -> int:
        """Periodic work: make the next certificate of those that end soon; how many."""
        now = int(self._clock())
        apps = await store.ending(self._db, now + _BEFORE_ITS_END)
        for app in apps:
            await self.rotate(app, OVERLAP_DAYS)
        return len(apps)


def _purpose(app: int, number: int) -> str:
    return f"webhook certificate {app} {number}"
