"""The bus over NATS core: interest-based subjects, no echo, reconnects for ever."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Self

import nats
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from sodam.bus.interface import BusError, Handler
from sodam.observability.loops import Loop, Loops

log = structlog.get_logger(__name__)
_PREFIX = "sodam."
_BACK = "bus.back"
"""Somebody is connected again: what it published meanwhile is lost to others, who may have been back before it."""
_FIRST_CONNECTION_S = 5.0
_CLOSE_S = 2.0
_TRIES = 5  # of a call that must not be dropped
_WATCH_S = 1.0
STUCK_S = 15.0
"""The library tries to connect every second or, when nobody answers, every six; one that has not tried for so long
has stopped trying, as when its task ends by an error that it does not expect."""
_MAX_WAITING = 65536  # calls not yet handed to the client library; more are dropped, as hints may be


class _Subscription:
    __slots__ = ("_bus", "client", "handler", "native", "subject")

    def __init__(self, bus: NatsBus, subject: str, handler: Handler) -> None:
        self._bus = bus
        self.subject = subject
        self.handler = handler
        self.client: Client | None = None
        """Where it was made."""
        self.native: Any = None

    async def open(self) -> None:
        """Make it, once, at the client of this moment."""
        client = self._bus.client
        if self.client is not client:
            self.client = client
            try:
                self.native = await client.subscribe(_PREFIX + self.subject, cb=self.deliver)
            except BaseException:
                self.client = None
                raise

    async def end(self) -> None:
        if self.client is self._bus.client:
            await self.native.unsubscribe()

    async def deliver(self, msg: Msg) -> None:
        try:
            self.handler(msg.data)
        except Exception:
            log.exception("a bus handler failed", subject=msg.subject)

    def cancel(self) -> None:
        self._bus.cancel(self)


class NatsBus:
    """See ``Bus``. One task hands calls to the library, in order, so that callers need not wait."""

    clustered = True

    def __init__(self, servers: list[str], clock: Callable[[], float] = time.monotonic) -> None:
        self._servers = servers
        self._clock = clock
        self.client = Client()
        self._calls: deque[tuple[Callable[[], Awaitable[None]], int]] = deque()
        self._subscriptions: set[_Subscription] = set()
        self._wake = asyncio.Event()
        self._reconnected: list[Callable[[], None]] = []
        self._loops: list[Loop] = []
        self._last_error = ""
        self.subscribe(_BACK, self._hints_lost)
        self._tried_at = clock()
        """When the library last said that it tries to connect, or was connected."""

    @classmethod
    async def open(cls, url: str, loops: Loops | None = None) -> Self:
        """Raises BusError when no server answers within five seconds."""
        bus = cls([server.strip() for server in url.split(",")])
        try:
            await bus._connect()
        except (OSError, nats.errors.Error, TimeoutError, ValueError) as error:
            reason = str(error) or bus._last_error or "no answer"
            raise BusError(f"NATS at {url.rsplit('@', 1)[-1]} cannot be reached: {reason}") from None
        loops = loops or Loops()
        bus._loops = [loops.start("bus pump", bus._pump), loops.start("bus watch", bus.look, every=_WATCH_S)]
        return bus

    async def _connect(self) -> None:
        # The library retries the first connection for ever too.
        async with asyncio.timeout(_FIRST_CONNECTION_S):
            await self.client.connect(
                self._servers,
                name=f"sodam {socket.gethostname()} {os.getpid()}",  # as NATS lists its connections
                no_echo=True,
                allow_reconnect=True,
                max_reconnect_attempts=-1,
                reconnect_time_wait=1,
                connect_timeout=5,
                reconnected_cb=self._on_reconnected,
                disconnected_cb=self._on_disconnected,
                error_cb=self._on_error,
            )

    async def look(self) -> None:
        """Begin anew with a fresh client when the one at hand has stopped trying to connect."""
        if self.client.is_connected:
            self._tried_at = self._clock()
        elif self._clock() - self._tried_at > STUCK_S:
            log.warning("the bus is connected anew")
            self._tried_at = self._clock()
            old, self.client = self.client, Client()
            await self._leave(old)
            try:
                await self._connect()
            except (OSError, nats.errors.Error, TimeoutError) as error:
                await self._leave(self.client)
                log.warning("bus error", error=str(error) or type(error).__name__)
                return
            for subscription in self._subscriptions:
                self._call(subscription.open, must=True)
            await self._on_reconnected()

    def connected(self) -> bool:
        return bool(self.client.is_connected)

    def heard(self) -> bool:
        return True

    def publish(self, subject: str, data: bytes) -> None:
        self._call(lambda: self.client.publish(_PREFIX + subject, data))

    def subscribe(self, subject: str, handler: Handler) -> _Subscription:
        subscription = _Subscription(self, subject, handler)
        self._subscriptions.add(subscription)
        self._call(subscription.open, must=True)
        return subscription

    def cancel(self, subscription: _Subscription) -> None:
        self._subscriptions.discard(subscription)
        self._call(subscription.end, must=True)

    def on_reconnect(self, callback: Callable[[], None]) -> None:
        self._reconnected.append(callback)

    async def close(self) -> None:
        for loop in self._loops:
            await loop.stop()
        await self._leave(self.client)

    async def _leave(self, client: Client) -> None:
        try:
            async with asyncio.timeout(_CLOSE_S):
                await client.close()
        except (OSError, RuntimeError, TimeoutError, nats.errors.Error) as error:  # RuntimeError: uvloop's, of a socket
            log.info("the bus was left without a farewell", error=repr(error))

    def _call(self, call: Callable[[], Awaitable[None]], *, must: bool = False) -> None:
        if must or (len(self._calls) < _MAX_WAITING and self.client.is_connected):
            self._calls.append((call, _TRIES if must else 1))
            self._wake.set()

    async def _pump(self) -> None:
        if not self._calls:
            self._wake.clear()
            await self._wake.wait()
        while self._calls:
            call, tries = self._calls.popleft()
            try:
                await call()
            except nats.errors.Error as error:
                log.warning("the bus refused a call", error=str(error) or type(error).__name__)
            except BaseException:
                if tries > 1:  # without this subscription a user here would hear nothing
                    self._calls.appendleft((call, tries - 1))
                raise

    async def _on_reconnected(self) -> None:
        log.info("the bus is connected again")
        self.publish(_BACK, b"")
        self._hints_lost()

    def _hints_lost(self, _: bytes = b"") -> None:
        """This process was away, or another was and says so."""
        for callback in self._reconnected:
            callback()

    async def _on_disconnected(self) -> None:
        self._tried_at = self._clock()
        log.warning("the bus is disconnected; live hints are lost until it is back")

    async def _on_error(self, error: Exception) -> None:
        self._tried_at = self._clock()
        self._last_error = str(error) or type(error).__name__
        if self._loops:  # before that, `open` says it
            log.warning("bus error", error=self._last_error)
