"""The bus over PostgreSQL alone, for several processes that share a database and have no NATS.

Hints that gather while the last batch is under way go together: one NOTIFY a batch. A small batch travels in the
notification; a larger one is a row of ``bus_batch``, and the notification says which. Every process numbers its
batches, so that others see when they have lost some. A process that has heard of no other sends nothing but its
heartbeat; the number goes on all the same, and whoever listened unknown sees the gap. Whoever comes says so before it
is ready, and looks who was there before: beside others, it waits for them to be heard, and sends meanwhile.

Each process hears its own notifications, too: when they stay away, it is disconnected, whatever its socket says.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from base64 import b85decode, b85encode
from collections import deque
from collections.abc import Callable
from typing import Any, Final

import asyncpg
import msgspec
import structlog

from sodam.bus.interface import BusError, Handler
from sodam.errors import Unavailable
from sodam.observability.loops import Loop, Loops

log = structlog.get_logger(__name__)
HEARTBEAT_SECONDS: Final = 1.0
PEER_SECONDS: Final = 5.0
"""A process not heard for so long is gone; one that does not hear itself for so long is disconnected."""
MAX_HINT: Final = 1 << 20
"""Bytes of one hint; larger ones are dropped."""
_MAX_INLINE: Final = 6000  # bytes of a batch in a notification, which takes 7999 characters
_MAX_BATCH: Final = 1000
_MAX_BATCH_BYTES: Final = 1 << 20
_MAX_WAITING: Final = 65536
_PURGE_SECONDS: Final = 30.0
_KEPT_SECONDS: Final = 60
_CONNECT_SECONDS: Final = 5.0
_COMMAND_SECONDS: Final = 3.0
_LOST_SECONDS: Final = 1.0
_AWAY: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_NOTIFY: Final = "SELECT pg_notify($1, $2)"
_KEEP: Final = (
    "WITH kept AS (INSERT INTO bus_batch (node, seq, at, body) VALUES ($3, $4, EXTRACT(EPOCH FROM now())::bigint, $5))"
    " SELECT pg_notify($1, $2)"
)
_READ: Final = "SELECT body FROM bus_batch WHERE node = $1 AND seq = $2"
_OTHERS: Final = (
    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1 "
    "AND pid <> ALL ($2::int[]))"
)
_PURGE: Final = "DELETE FROM bus_batch WHERE at < EXTRACT(EPOCH FROM now())::bigint - $1"
_INLINE, _ROW, _BYE = "i", "r", "x"
_NAME: Final = "sodam bus"
"""Of both connections of every process."""
Hint = tuple[str, bytes]
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Hint]).decode


class _Away(Unavailable):
    """The connection is lost, which is logged once; the loop tries again."""


class _Subscription:
    __slots__ = ("_bus", "_handler", "_subject")

    def __init__(self, bus: PostgresBus, subject: str, handler: Handler) -> None:
        self._bus = bus
        self._subject = subject
        self._handler = handler

    def cancel(self) -> None:
        self._bus.cancel(self._subject, self._handler)


class _Peer:
    """Another process, as far as it was heard."""

    __slots__ = ("at", "seq")

    def __init__(self, seq: int, at: float) -> None:
        self.seq = seq
        self.at = at


class PostgresBus:
    """See ``Bus``."""

    clustered = True

    def __init__(self, url: str) -> None:
        self._url = url
        self._node = secrets.token_hex(8)
        self._channel = ""
        self._now = asyncio.get_running_loop().time
        self._started = float("-inf")
        """Since when this process has been with others whom it may not have heard yet."""
        self._handlers: dict[str, list[Handler]] = {}
        self._reconnected: list[Callable[[], None]] = []
        self._out: deque[Hint] = deque()
        self._seq = 0
        self._dropped = False
        self._wake = asyncio.Event()
        self._inbox: deque[str] = deque()
        self._arrived = asyncio.Event()
        self._peers: dict[str, _Peer] = {}
        self._echo_at = 0.0
        self._lost_at = -_LOST_SECONDS
        self._lost_again = False
        """Hints were lost since then, and nobody was told yet."""
        self._purged_at = self._now()
        self._sender: asyncpg.Connection[Any] | None = None
        self._listener: asyncpg.Connection[Any] | None = None
        self._up = False
        self._closed = False
        self._loops: list[Loop] = []

    @classmethod
    async def open(cls, url: str, loops: Loops | None = None) -> PostgresBus:
        """On a database that has the schema. Raises BusError when it cannot be reached."""
        bus = cls(url)
        try:
            await bus._connect_sender()
            await bus._connect_listener()
            await bus._notify(_INLINE, "")
            await bus._look_around()
        except (*_AWAY, _Away) as error:
            raise BusError(f"PostgreSQL cannot carry live events: {_text(error)}") from None
        bus._echo_at = bus._now()
        bus._up = True
        loops = loops or Loops()
        bus._loops = [loops.start("bus pump", bus._pump), loops.start("bus receiver", bus._receive)]
        return bus

    # Interface

    def connected(self) -> bool:
        return self._up and self._now() - self._echo_at < PEER_SECONDS

    def heard(self) -> bool:
        return bool(self._peers) or self._now() - self._started < PEER_SECONDS

    def publish(self, subject: str, data: bytes) -> None:
        if self._closed:
            return
        if len(data) > MAX_HINT:
            log.warning("a hint is too large for the bus", subject=subject, size=len(data))
        elif not self.connected() or not self.heard() or len(self._out) >= _MAX_WAITING:
            self._dropped = True  # the numbers tell it to whoever might have listened
        else:
            self._out.append((subject, data))
            self._wake.set()

    def subscribe(self, subject: str, handler: Handler) -> _Subscription:
        self._handlers.setdefault(subject, []).append(handler)
        return _Subscription(self, subject, handler)

    def cancel(self, subject: str, handler: Handler) -> None:
        handlers = self._handlers.get(subject)
        if handlers and handler in handlers:
            handlers.remove(handler)
            if not handlers:
                del self._handlers[subject]

    def on_reconnect(self, callback: Callable[[], None]) -> None:
        self._reconnected.append(callback)

    async def close(self) -> None:
        """Send what waits, say goodbye, and disconnect; within three seconds."""
        if self._closed:
            return
        self._closed = True
        for loop in self._loops:
            await loop.stop(0.2)
        if self.connected() and self._sender is not None:  # after a loss it may still be on its way
            with contextlib.suppress(*_AWAY, _Away):
                async with asyncio.timeout(2):
                    while self._out:
                        await self._send()
                    await self._notify(_BYE, "")
        for connection in (self._sender, self._listener):
            if connection is not None:
                connection.terminate()

    # Out

    async def _pump(self) -> None:
        """Send a batch as soon as there is one, or a heartbeat when there was none for a second."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await self._wake.wait()
        self._wake.clear()
        try:
            await self._connect_sender()
            await self._send()
            while self._out:
                await self._send()
            if self._now() - self._purged_at > _PURGE_SECONDS:
                self._purged_at = self._now()
                assert self._sender is not None
                await self._sender.execute(_PURGE, _KEPT_SECONDS)
        except _AWAY as error:
            self._disconnected(error)
            if self._sender is not None:
                self._sender.terminate()
            self._sender = None
            self._dropped = True
            self._out.clear()
            raise _Away(_text(error)) from None

    async def _send(self) -> None:
        """One batch; an empty one is a heartbeat."""
        batch: list[Hint] = []
        size = 0
        while self._out and len(batch) < _MAX_BATCH and (not batch or size + len(self._out[0][1]) <= _MAX_BATCH_BYTES):
            batch.append(self._out.popleft())
            size += len(batch[-1][1])
        body = _encode(batch)
        if len(body) <= _MAX_INLINE:
            await self._notify(_INLINE, b85encode(body).decode() if batch else "")
        else:
            await self._notify(_ROW, "", body)

    async def _notify(self, kind: str, text: str, body: bytes | None = None) -> None:
        assert self._sender is not None
        self._seq += 2 if self._dropped else 1
        self._dropped = False
        payload = f"{self._node} {self._seq} {kind} {text}"
        if body is None:
            await self._sender.execute(_NOTIFY, self._channel, payload)
        else:
            await self._sender.execute(_KEEP, self._channel, payload, self._node, self._seq, body)

    # In

    async def _receive(self) -> None:
        if self._listener is None or self._listener.is_closed():
            await self._listen_again()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await self._arrived.wait()
        self._arrived.clear()
        while self._inbox:
            await self._take(self._inbox.popleft())
        if self._lost_again:
            self._lost()
        now = self._now()
        for node in [node for node, peer in self._peers.items() if now - peer.at > PEER_SECONDS]:
            del self._peers[node]
        if now - self._echo_at > PEER_SECONDS and self._listener is not None:
            self._disconnected(TimeoutError("nothing is heard"))
            self._listener.terminate()

    async def _listen_again(self) -> None:
        self._disconnected(ConnectionError("the connection was closed"))
        self._inbox.clear()
        try:
            await self._connect_listener()
        except _AWAY as error:
            raise _Away(_text(error)) from None
        self._echo_at = self._now()
        self._peers.clear()
        self._started = self._now()  # whoever is there is still to be heard
        self._up = True
        log.info("the bus is connected again")
        self._wake.set()
        self._lost(always=True)

    def _heard(self, _: object, __: int, ___: str, payload: object) -> None:
        self._inbox.append(str(payload))
        self._arrived.set()

    async def _take(self, payload: str) -> None:
        node, number, kind, text = payload.split(" ", 3)
        if node == self._node:
            silent = self._now() - self._echo_at
            self._echo_at = self._now()
            if silent >= PEER_SECONDS:
                self._lost()
            return
        if not self._follows(node, int(number), leaving=kind == _BYE):
            self._lost()
        if kind == _INLINE and text:
            self._deliver(b85decode(text))
        elif kind == _ROW:
            assert self._listener is not None
            try:
                body = await self._listener.fetchval(_READ, node, int(number))
            except _AWAY as error:
                self._listener.terminate()
                raise _Away(_text(error)) from None
            if body is None:
                self._lost()
            else:
                self._deliver(bytes(body))

    def _follows(self, node: str, seq: int, *, leaving: bool) -> bool:
        """Note that a process was heard; False when batches of it were lost before this one."""
        peer = self._peers.get(node)
        before = peer.seq if peer is not None else 0
        if leaving:
            self._peers.pop(node, None)
        elif peer is not None:
            peer.seq, peer.at = seq, self._now()
        else:
            self._peers[node] = _Peer(seq, self._now())
            self._wake.set()  # it may not have heard of this process yet
        return seq == before + 1

    def _deliver(self, body: bytes) -> None:
        for subject, data in _decode(body):
            for handler in list(self._handlers.get(subject, ())):
                try:
                    handler(data)
                except Exception:
                    log.exception("a bus handler failed", subject=subject)

    def _lost(self, *, always: bool = False) -> None:
        """Hints may have been lost. What follows costs a little: once a second is enough, and it follows each loss."""
        now = self._now()
        self._lost_again = not always and now - self._lost_at < _LOST_SECONDS
        if self._lost_again:
            return
        self._lost_at = now
        for callback in self._reconnected:
            try:
                callback()
            except Exception:
                log.exception("a callback of the bus failed")

    def _disconnected(self, error: BaseException) -> None:
        if self._up:
            self._up = False
            log.warning("the bus is disconnected; live hints are lost until it is back", error=_text(error))

    # Connections

    async def _connect_sender(self) -> None:
        if self._sender is None or self._sender.is_closed():
            self._sender = await self._connect()
            if not self._channel:
                schema = await self._sender.fetchval("SELECT current_schema()")
                self._channel = f"sodam.{schema}"[:63]

    async def _connect_listener(self) -> None:
        self._listener = await self._connect()
        await self._listener.add_listener(self._channel, self._heard)

    async def _look_around(self) -> None:
        """Who came before this process is seen; who comes after it sees this one, and is heard at once."""
        assert self._sender is not None
        assert self._listener is not None
        own = [connection.get_server_pid() for connection in (self._sender, self._listener)]
        if await self._sender.fetchval(_OTHERS, _NAME, own):
            self._started = self._now()

    async def _connect(self) -> asyncpg.Connection[Any]:
        return await asyncpg.connect(
            self._url,
            timeout=_CONNECT_SECONDS,
            command_timeout=_COMMAND_SECONDS,
            # A hint that a crash takes is lost with what it was about.
            server_settings={"synchronous_commit": "off", "application_name": _NAME},
        )


def _text(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0][:200] or type(error).__name__
