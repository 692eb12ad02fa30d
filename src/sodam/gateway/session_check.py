"""Open sessions compared with the database, now and then and when the bus comes back: a kick may have been lost.

A kick, a deletion of an account, a withdrawn key and a disabled app end sessions on every node through the bus, whose
hints may be lost. What they leave in the database is looked at here, some hundred sessions with one query.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Final, Protocol

from sodam.accounts.service import KICKED_BY_REST
from sodam.bus import Kick
from sodam.gateway.connection import Connection
from sodam.observability.loops import Loop
from sodam.services import Services

BATCH: Final = 200
"""Sessions that are looked up together."""
_PAUSE: Final = 0.01
_CLOCK_LOOKS: Final = 5


class Sessions(Protocol):
    """What the comparison needs of whoever holds all connections of this node."""

    @property
    def services(self) -> Services: ...

    def signed_in(self) -> list[Connection]: ...

    def end_unserved(self, sdkappid: int, connections: list[Connection]) -> None:
        """Of an app's connections, end those that it does not serve any longer."""
        ...


class SessionCheck:
    def __init__(self, hub: Sessions, every: float) -> None:
        self._hub = hub
        self._every = every
        self._wake = asyncio.Event()
        self._loop: Loop | None = None
        self.clock_offset = 0.0
        """Seconds by which the database's clock is ahead of this node's: logins are ordered by the former."""

    def clock(self) -> int:
        """Unix milliseconds by the database's clock: one order on all nodes."""
        return int((time.time() + self.clock_offset) * 1000)

    def start(self) -> None:
        """Nothing to do for a process that is alone by its nature: it hears its own kicks."""
        services = self._hub.services
        if services.bus.clustered:
            services.bus.on_reconnect(self.soon)
            self._wake.set()
            self._loop = services.loops.start("session comparison", self._turn)

    async def stop(self) -> None:
        if self._loop is not None:
            await self._loop.stop()

    def soon(self) -> None:
        """Compare now: hints were lost."""
        self._wake.set()

    async def _turn(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._every):
                await self._wake.wait()
        self._wake.clear()
        try:
            await self.compare()
        except BaseException:
            self._wake.set()  # as soon as it can be done
            raise

    async def compare(self) -> None:
        """Look at every session that is open now."""
        await self._set_clock()
        by_app: dict[int, list[Connection]] = {}
        for connection in self._hub.signed_in():
            by_app.setdefault(connection.session.sdkappid, []).append(connection)
        for sdkappid, connections in by_app.items():
            self._hub.end_unserved(sdkappid, connections)
            for at in range(0, len(connections), BATCH):
                await self._compare(sdkappid, connections[at : at + BATCH])
                await asyncio.sleep(_PAUSE)

    async def _compare(self, sdkappid: int, connections: list[Connection]) -> None:
        users = {c.registered.name for c in connections if c.registered is not None}
        marks = await self._hub.services.accounts.marks(sdkappid, users)
        for connection in connections:
            ticket = connection.ticket
            if connection.registered is None or ticket is None:
                continue
            mark = marks.get(ticket.user_id)
            if mark is None or mark.tiny_id != ticket.tiny_id or ticket.issued <= mark.invalid_before:
                connection.kicked(Kick(kind=KICKED_BY_REST, reason="signed out elsewhere"))

    async def _set_clock(self) -> None:
        """By the fastest of a few looks: one that had to connect first, or waited, tells the time of a while ago."""
        db = self._hub.services.db
        if db.engine != "postgres":
            return
        looks: list[tuple[float, float]] = []
        for _ in range(_CLOCK_LOOKS):
            before = time.time()
            row = await db.fetch_one("SELECT EXTRACT(EPOCH FROM clock_timestamp())::float8")
            after = time.time()
            if row is not None:
                looks.append((after - before, float(row[0]) - (before + after) / 2))
        if looks:
            self.clock_offset = min(looks)[1]
