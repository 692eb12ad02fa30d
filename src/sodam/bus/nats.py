"""The bus over NATS core: interest-based subjects, no echo, reconnects for ever."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import nats
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from sodam.bus.interface import BusError, Handler
from sodam.observability.loops import Loop, Loops

log = structlog.get_logger(__name__)
_PREFIX = "sodam."
_FIRST_CONNECTION_S = 5.0
_CLOSE_S = 2.0
_TRIES = 5  # of a call that must not be dropped
_MAX_WAITING = 65536  # calls not yet handed to the client library; more are dropped, as hints may be


class _Subscription:
    __slots__ = ("_bus", "handler", "native", "subject")

    def __init__(self, bus: NatsBus, subject: str, handler: Handler) -> None:
        self._bus = bus
        self.subject = subject
        self.handler = handler
        self.native: Any = None

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

    def __init__(self, client: Client) -> None:
        self._client = client
        self._calls: deque[tuple[Callable[[], Awaitable[None]], int]] = deque()
        self._wake = asyncio.Event()
        self._reconnected: list[Callable[[], None]] = []
        self._pump_loop: Loop | None = None
        self._last_error = ""

    @classmethod
    async def open(cls, url: str, loops: Loops | None = None) -> NatsBus:
        """Raises BusError when no server answers within five seconds."""
        client = Client()
        bus = cls(client)
        try:
            # The library retries the first connection for ever too.
            async with asyncio.timeout(_FIRST_CONNECTION_S):
                await client.connect(
                    [server.strip() for server in url.split(",")],
                    no_echo=True,
                    allow_reconnect=True,
                    max_reconnect_attempts=-1,
                    reconnect_time_wait=1,
                    connect_timeout=5,
                    reconnected_cb=bus._on_reconnected,
                    disconnected_cb=bus._on_disconnected,
                    error_cb=bus._on_error,
                )
        except (OSError, nats.errors.Error, TimeoutError, ValueError) as error:
            reason = str(error) or bus._last_error or "no answer"
            raise BusError(f"NATS at {url.rsplit('@', 1)[-1]} cannot be reached: {reason}") from None
        bus._pump_loop = (loops or Loops()).start("bus pump", bus._pump)
        return bus

    def connected(self) -> bool:
        return bool(self._client.is_connected)

    def heard(self) -> bool:
        return True

    def publish(self, subject: str, data: bytes) -> None:
        self._call(lambda: self._client.publish(_PREFIX + subject, data))

    def subscribe(self, subject: str, handler: Handler) -> _Subscription:
        subscription = _Subscription(self, subject, handler)

        async def subscribe() -> None:
            subscription.native = await self._client.subscribe(_PREFIX + subject, cb=subscription.deliver)

        self._call(subscribe, must=True)
        return subscription

    def cancel(self, subscription: _Subscription) -> None:
        async def unsubscribe() -> None:
            if subscription.native is not None:
                await subscription.native.unsubscribe()

        self._call(unsubscribe, must=True)

    def on_reconnect(self, callback: Callable[[], None]) -> None:
        self._reconnected.append(callback)

    async def close(self) -> None:
        if self._pump_loop is not None:
            await self._pump_loop.stop()
        try:
            async with asyncio.timeout(_CLOSE_S):
                await self._client.close()
        except (OSError, RuntimeError, TimeoutError, nats.errors.Error) as error:  # RuntimeError: uvloop's, of a socket
            log.info("the bus was left without a farewell", error=repr(error))

    def _call(self, call: Callable[[], Awaitable[None]], *, must: bool = False) -> None:
        if must or (len(self._calls) < _MAX_WAITING and self._client.is_connected):
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
        for callback in self._reconnected:
            callback()

    async def _on_disconnected(self) -> None:
        log.warning("the bus is disconnected; live hints are lost until it is back")

    async def _on_error(self, error: Exception) -> None:
        self._last_error = str(error) or type(error).__name__
        if self._pump_loop is not None:  # before that, `open` says it
            log.warning("bus error", error=self._last_error)
