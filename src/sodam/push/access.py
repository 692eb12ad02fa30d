"""Access tokens of vendors: one for the whole installation, shared over the database, renewed by one task at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from sodam.clock import now as wall_clock
from sodam.push import store
from sodam.push.certificates import Certificates
from sodam.push.channel import Channel
from sodam.push.model import Access, Certificate, Outcome
from sodam.push.vendors import VENDORS
from sodam.storage import Database, Tx, hold
from sodam.storage.seal import Unsealable

Key = tuple[int, int]


class Refused(Exception):
    """The vendor gave none."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.reason or outcome.code)
        self.outcome = outcome


class AccessTokens:
    def __init__(
        self, db: Database, certificates: Certificates, channel: Channel, clock: Callable[[], float] = wall_clock
    ) -> None:
        self._db = db
        self._certificates = certificates
        self._channel = channel
        self._clock = clock
        self._held: dict[Key, Access] = {}
        self._renewing: dict[Key, asyncio.Task[str]] = {}

    async def of(self, one: Certificate, secrets: dict[str, str], *, but: str = "") -> str:
        """The token that is valid now; empty for vendors without. ``but``: this one is not taken any more.

        Raises Refused, OutboundError.
        """
        key, now = (one.app, one.id), self._clock()
        held = self._held.get(key)
        if held is not None and held.expires > now and held.token != but:
            return held.token
        task = self._renewing.get(key)
        if task is None:
            task = self._renewing[key] = asyncio.create_task(self._renew(one, secrets, but))
            task.add_done_callback(lambda task: self._renewed(key, task))
        return await asyncio.shield(task)

    def forget(self, app: int, number: int) -> None:
        self._held.pop((app, number), None)

    def _renewed(self, key: Key, task: asyncio.Task[str]) -> None:
        self._renewing.pop(key, None)
        if not task.cancelled():
            task.exception()  # whoever waited has it

    async def _renew(self, one: Certificate, secrets: dict[str, str], but: str) -> str:
        vendor, now = VENDORS[one.vendor], self._clock()
        shared = await store.access(self._db, one.app, one.id)
        if (known := self._read(one, shared, but)) is not None:
            return self._keep(one, known)
        wanted = vendor.access(one, secrets, now)
        if wanted is None:
            return ""
        if isinstance(wanted, Access):  # made here, so that one node makes it for all
            return self._keep(one, await self._db.write(lambda tx: self._share(tx, one, wanted, but)))
        answer = await self._channel.post(one, wanted)
        found = vendor.read_access(answer, self._clock())
        if isinstance(found, Outcome):
            raise Refused(found)
        return self._keep(one, await self._db.write(lambda tx: self._share(tx, one, found, but)))

    def _read(self, one: Certificate, row: tuple[bytes, int, int] | None, but: str) -> Access | None:
        if row is None or row[2] <= self._clock():
            return None
        try:
            token = self._certificates.seal.open(row[0], _purpose(one)).decode()
        except Unsealable:
            return None
        return Access(token, row[2]) if token != but else None

    async def _share(self, tx: Tx, one: Certificate, new: Access, but: str) -> Access:
        """The token of whoever came first."""
        await hold(tx, f"push.access:{one.app}:{one.id}")
        if (known := self._read(one, await store.access(tx, one.app, one.id), but)) is not None:
            return known
        sealed = self._certificates.seal.close(new.token.encode(), _purpose(one))
        await store.put_access(tx, one.app, one.id, sealed, int(self._clock()), new.expires)
        return new

    def _keep(self, one: Certificate, access: Access) -> str:
        self._held[one.app, one.id] = access
        return access.token


def _purpose(one: Certificate) -> str:
    return f"push access {one.app} {one.id}"
