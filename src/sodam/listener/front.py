"""A connection from its first byte. It reads the head of the first request within limits, then gives the connection to
the HTTP protocol (``http.py``) or to the WebSocket protocol, which therefore never meets the HTTP parser.

HTTP stays behind the front for good: it reads a little at a time, into one buffer that all connections share, and
only as much as is being worked on. A WebSocket stays behind it until somebody has signed in; then the socket is the
WebSocket protocol's own, at its full speed.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol, cast

import structlog
from uvicorn.config import Config
from uvicorn.server import ServerState

from sodam.listener.admission import Admission, network_of
from sodam.listener.direct import Direct
from sodam.listener.head import END, lone_line_feed, over_limit, upgrade_request
from sodam.listener.http import HttpConnection
from sodam.wire.close_codes import CloseCode

log = structlog.get_logger(__name__)
READ_SIZE: Final = 16 * 1024
"""Bytes read at a time: what is read but cannot be worked on yet is all that a connection may make the server keep."""
MAX_UNSIGNED: Final = 64 * 1024
"""Bytes of a WebSocket message while nobody is signed in; requests from before a loss of connection fit."""
LINGER_SECONDS: Final = 2.0
MAX_LINGER: Final = 1024 * 1024
"""After a refusal so much is still read, and thrown away: closed at once, the socket would be reset and the answer
lost."""
SWEEP_SECONDS: Final = 0.5
_REASONS: Final = {
    400: b"Bad Request",
    408: b"Request Timeout",
    431: b"Request Header Fields Too Large",
    503: b"Service Unavailable",
}


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds that a client may take. ``request``: for a head, and for every 16 KiB of a body or an unread answer.
    ``login``: for a sign-in on a WebSocket that sends something."""

    request: float = 20.0
    login: float = 300.0


# The WebSocket side's view of this file is ``gateway/transport.py``: Guard.


class Upgraded(Protocol):
    """The WebSocket protocol of one connection: an asyncio protocol fed by ``data_received``."""

    def connection_made(self, transport: asyncio.Transport) -> None: ...
    def data_received(self, data: bytes) -> None: ...
    def connection_lost(self, exc: Exception | None) -> None: ...
    def pause_writing(self) -> None: ...
    def resume_writing(self) -> None: ...
    def close(self, code: int, reason: str) -> None:
        """Begin the closing handshake."""
        ...


Upgrade = Callable[["Front"], Upgraded]
"""Makes the WebSocket protocol of a connection, and may call ``heard``, ``signed`` and ``closed`` of the front."""


class Listener:
    """What the connections of one port share. Give ``protocol`` to uvicorn as its ``http`` option."""

    def __init__(
        self,
        upgrade: Upgrade,
        admission: Admission,
        limits: Limits | None = None,
        trusts: Callable[[str], bool] = lambda peer: False,
        direct: Direct | None = None,
    ) -> None:
        self.upgrade = upgrade
        self.admission = admission
        self.limits = limits or Limits()
        self.trusts = trusts
        self.direct = direct
        self.buffer = memoryview(bytearray(READ_SIZE))
        self.loop = asyncio.get_running_loop()
        self._waiting = cast("set[Front]", admission.waiting)
        """All but those on which somebody is signed in."""
        self._sweeping = False

    def protocol(
        self, config: Config, server_state: ServerState, app_state: dict[str, Any], _loop: object = None
    ) -> Front:
        return Front(self, config, server_state, app_state)

    def watch(self) -> None:
        """Somebody waits: see that nobody does for too long."""
        if not self._sweeping:
            self._sweeping = True
            self.loop.call_later(SWEEP_SECONDS, self._sweep)

    def _sweep(self) -> None:
        now = self.loop.time()
        for front in [f for f in self._waiting if f.deadline <= now or f.unread_until <= now or f.closing()]:
            try:
                front.overdue(now)
            except Exception:
                log.exception("a connection could not be ended")
                front.drop()
        self._sweeping = bool(self._waiting)
        if self._sweeping:
            self.loop.call_later(SWEEP_SECONDS, self._sweep)


class Front(asyncio.BufferedProtocol):
    __slots__ = (
        *("_app_state", "_closing", "_config", "_connections", "_head", "_http"),
        *("_lingering", "_state", "_unread", "_unsigned", "_ws"),
        *("address", "deadline", "file_number", "listener", "peer"),
        *("served", "since", "transport", "unread_until"),
    )

    def __init__(
        self, listener: Listener, config: Config, server_state: ServerState, app_state: dict[str, Any]
    ) -> None:
        self.listener = listener
        self._config = config
        self._state = server_state
        self._connections: set[Front] = server_state.connections  # type: ignore[assignment]
        """Those that uvicorn waits for when it ends: it calls their ``shutdown``."""
        self._app_state = app_state
        self.transport: asyncio.Transport | None = None
        self._http: HttpConnection | None = None
        self._ws: Upgraded | None = None
        self._head: bytearray | None = None
        self._closing = False
        self._lingering = -1
        self._unsigned = 0
        self._unread = -1
        self.address = self.peer = ""
        self.file_number = -1
        self.served = False
        self.since = listener.loop.time()
        self.deadline = self.since + listener.limits.request
        """When the client must have done its next step; infinity while the next step is the server's."""
        self.unread_until = math.inf
        """When the client must have read something, while an answer waits for it."""

    # What asyncio calls

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        peer = transport.get_extra_info("peername")
        self.peer = host = str(peer[0]) if isinstance(peer, tuple) and peer else ""
        self.file_number = number = transport.get_extra_info("socket").fileno()
        address = "" if self.listener.trusts(host) else network_of(host)
        if not self.listener.admission.admit(self, address, number):
            transport.abort()
            return
        self._connections.add(self)
        self.listener.watch()

    def get_buffer(self, sizehint: int) -> memoryview:
        return self.listener.buffer

    def buffer_updated(self, nbytes: int) -> None:
        if self._lingering >= 0:
            self._lingering += nbytes
            if self._lingering > MAX_LINGER:
                self.drop()
            return
        data = bytes(self.listener.buffer[:nbytes])
        if self._http is not None:
            self._http.feed(data)
        elif self._ws is not None:
            self._to_ws(data)
        else:
            self._begin(data)

    def eof_received(self) -> bool | None:
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        http, ws = self._http, self._ws
        self.closed()
        if http is not None:
            http.connection_lost(exc)
        elif ws is not None:
            ws.connection_lost(exc)

    def pause_writing(self) -> None:
        self.unread_until = self._now() + self.listener.limits.request
        inner = self._http or self._ws
        if inner is not None:
            inner.pause_writing()

    def resume_writing(self) -> None:
        self._unread = -1
        self.unread_until = math.inf
        inner = self._http or self._ws
        if inner is not None:
            inner.resume_writing()

    # The first head

    def _begin(self, data: bytes) -> None:
        head: bytes | bytearray
        if self._head is None:
            head, old = data, 0
        else:
            old = len(self._head)
            self._head += data
            head = self._head
        if not (head.startswith(b"GET ") or b"GET ".startswith(head[:4])):
            self._to_http(bytes(head))
            return
        end = head.find(END, max(0, old - 3))
        if over_limit(head, end):
            self.refuse(431)
        elif end >= 0:
            request = upgrade_request(bytes(head[:end]))
            if request is None:
                self._to_http(bytes(head))
            else:
                self.to_websocket(request, bytes(head[end + 4 :]))
        elif lone_line_feed(data) and not data.startswith(b"\n"):
            self._to_http(bytes(head))
        elif self._head is None:
            self._head = bytearray(data)

    def _to_http(self, data: bytes) -> None:
        assert self.transport is not None
        self._head = None
        self._connections.discard(self)
        listener = self.listener
        self._http = HttpConnection(
            self, self._config, self._state, self._app_state, listener.loop, direct=listener.direct
        )
        self._http.connection_made(self.transport)
        self._http.feed(data)

    def to_websocket(self, request: bytes, rest: bytes) -> None:
        """Upgrade: ``request`` with its empty line, ``rest``: what came after it."""
        assert self.transport is not None
        self._head = self._http = None
        self._connections.add(self)
        self.deadline = self._now() + self.listener.limits.request
        self._ws = self.listener.upgrade(self)
        self._ws.connection_made(self.transport)
        self._ws.data_received(request)
        if rest:
            self._to_ws(rest)

    def _to_ws(self, data: bytes) -> None:
        assert self._ws is not None
        self._unsigned += len(data)
        if self._unsigned > MAX_UNSIGNED + READ_SIZE:
            self._lingering = 0  # what follows is thrown away: it may begin within a frame
            self._ws.close(*CloseCode.TOO_BIG_UNSIGNED.frame)
            return
        self._ws.data_received(data)

    # What the WebSocket side says

    def counts_for(self, address: str) -> bool:
        """The client's address behind proxies is known; False when that one has too many connections."""
        if address == self.address:  # as where no proxy stands in front
            return True
        network = network_of(address)
        return network == self.address or self.listener.admission.move(self, network)

    def heard(self) -> None:
        """A whole message came."""
        self._unsigned = 0
        if not self.served and self.deadline != math.inf:
            self.served = True
            self.deadline = self._now() + self.listener.limits.login

    def signed_in(self, signed_in: bool) -> None:
        """Somebody signed in, or nobody is signed in any more."""
        admission = self.listener.admission
        if signed_in:
            admission.waiting.discard(self)
            self.deadline = self.since = math.inf
            self._connections.discard(self)
            if self.transport is not None and not self.transport.is_closing() and self._lingering < 0:
                self.transport.set_protocol(self._ws)  # type: ignore[arg-type]
        elif self.since == math.inf and self.transport is not None:
            self.since = self._now()
            self.deadline = self.since + self.listener.limits.login
            admission.waiting.add(self)
            self.listener.watch()

    def closed(self) -> None:
        """The connection is gone, and with it what knows this front: nothing is left for the garbage collector."""
        self.transport = self._http = self._ws = None
        self.listener.admission.leave(self)
        self._connections.discard(self)

    # Ends

    def refuse(self, status: int, *, answer: bool = True) -> None:
        """Answer with an error and close. Nothing more of what the client sends is looked at."""
        transport = self.transport
        if transport is None or transport.is_closing():
            return
        if self._http is not None:
            self._http.abandon()
        if not answer:
            transport.close()
            return
        reason = _REASONS[status]
        transport.write(
            b"HTTP/1.1 %d %b\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n"
            b"connection: close\r\n\r\n%b\n" % (status, reason, len(reason) + 1, reason)
        )
        self._head = None
        self._lingering = 0
        self.deadline = self._now() + LINGER_SECONDS
        transport.resume_reading()
        if transport.can_write_eof():
            transport.write_eof()

    @property
    def request_seconds(self) -> float:
        return self.listener.limits.request

    @property
    def lingering(self) -> bool:
        """Whether a refusal was sent: what still comes is thrown away."""
        return self._lingering >= 0

    def closing(self) -> bool:
        """Whether it was closed since the last sweep, but for what its client has not read."""
        return not self._closing and self.transport is not None and self.transport.is_closing()

    def overdue(self, now: float) -> None:
        """Called by the sweep when the deadline has passed, or when the connection is closing."""
        transport = self.transport
        if transport is None:
            return
        if self.closing():
            self._closing = True
            self.deadline = self.unread_until = now + self.listener.limits.request
            return
        unread = transport.get_write_buffer_size()
        self.unread_until = math.inf
        if unread and self._lingering < 0:
            # An answer is being read, or not: it counts as read while its rest shrinks.
            if 0 <= self._unread <= unread:
                self.drop()
                return
            self._unread = unread
            self.unread_until = now + self.listener.limits.request
            self.deadline = max(self.deadline, self.unread_until)
        elif transport.is_closing() or self._lingering >= 0:
            self.drop()
        elif self._http is not None:
            self._http.overdue(now)
        elif self._ws is not None:
            self.deadline = now + self.listener.limits.request
            self._ws.close(*CloseCode.NOBODY_SIGNED_IN.frame)
        else:
            self.refuse(408, answer=self._head is not None)

    def drop(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    def shutdown(self) -> None:
        """uvicorn is ending: nothing was asked yet on this connection."""
        if self.transport is not None:
            self.transport.close()

    def _now(self) -> float:
        return self.listener.loop.time()
