"""The WebSocket transport over picows, on the one port.

The listener makes a protocol for an upgrade request, feeds it by ``data_received``, and sets it on the socket once
somebody has signed in. picows' protocol takes its input through a buffer: the method added here fills it. Its
constructor is not public, so the version is pinned and the transport contract tests cover it (docs/decisions).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

import structlog
from picows import (
    WSAutoPingStrategy,
    WSCloseCode,
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
)
from picows.picows import WSProtocol  # type: ignore[attr-defined]

from sodam.gateway.frames import MAX_FRAME, wire_frame, wire_frames
from sodam.gateway.picows_handshake import QuietTransport, accepted
from sodam.gateway.transport import (
    CLOSE_SECONDS,
    PINGS_UNREAD,
    PONGS_UNREAD,
    Accept,
    ClientOf,
    Guard,
    Receiver,
)
from sodam.wire.close_codes import CloseCode

log = structlog.get_logger(__name__)
_CONTINUATION, _TEXT, _BINARY, _CLOSE = WSMsgType.CONTINUATION, WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CLOSE
_PING = WSMsgType.PING
_PONG = WSMsgType.PONG
_MESSAGE = (_BINARY, _TEXT)


class _Log:
    """Stands in for a logger: picows would make one of its own for every connection, and write a line for every frame
    that is broken. Anybody can send such frames: one line a second says how many they were."""

    name = "picows"

    def __init__(self) -> None:
        self._said = 0.0
        self._unsaid = 0

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - the logging module's name
        return level >= logging.ERROR

    def error(self, message: str, *args: Any, **extra: Any) -> None:
        now = time.monotonic()
        if now - self._said < 1:
            self._unsaid += 1
            return
        log.warning("websocket", reason=message % args if args else message, unsaid=self._unsaid)
        self._said, self._unsaid = now, 0

    exception = error

    def log(self, level: int, message: str, *args: Any, **extra: Any) -> None:
        return

    debug = info = warning = lambda self, *args, **extra: None


_LOG = _Log()


class PicowsTransport(WSListener):
    """See ``Transport``."""

    __slots__ = (
        "_closing",
        "_guard",
        "_parts",
        "_paused",
        "_pings",
        "_pong",
        "_raw",
        "_receiver",
        "_size",
        "_unsigned",
        "_ws",
    )

    def __init__(self, receiver: Receiver, guard: Guard) -> None:
        self._receiver = receiver
        self._guard = guard
        self._unsigned = True
        self._paused = False
        self._pong: bytes | None = None
        self._pings = 0
        self._ws: WSTransport | None = None
        self._raw: asyncio.Transport | None = None
        self._parts: list[bytes] | None = None
        self._size = 0
        self._closing = False

    def write(self, payloads: list[bytes]) -> int:
        if len(payloads) == 1:
            return self.write_frame(wire_frame(payloads[0]))
        return self.write_frame(wire_frames(payloads))

    def write_frame(self, frame: bytes) -> int:
        raw = self._raw
        if raw is None or self._closing or raw.is_closing():
            return 0
        raw.write(frame)
        return raw.get_write_buffer_size()

    def ping(self) -> None:
        if self._ws is not None and not self._closing:
            self._ws.send_ping(b"")

    def waiting(self) -> int:
        return self._raw.get_write_buffer_size() if self._raw is not None else 0

    def close(self, code: int, reason: str) -> None:
        # The socket stays open for the peer's answer: closed with unread input it would be reset, and the code lost.
        if self._ws is not None and not self._closing:
            self._closing = True
            self._ws.send_close(cast(WSCloseCode, code), reason.encode())
            asyncio.get_running_loop().call_later(CLOSE_SECONDS, self.abort)

    def abort(self) -> None:
        if self._ws is not None:
            self._ws.disconnect(False)

    def signed_in(self, signed_in: bool) -> None:
        self._unsigned = not signed_in
        self._guard.signed_in(signed_in)

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._ws = transport
        quiet: QuietTransport = transport.underlying_transport  # type: ignore[assignment]
        self._raw = raw = quiet.transport
        raw.set_write_buffer_limits(high=PONGS_UNREAD)
        self._receiver.opened(self)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind not in _MESSAGE or self._parts is not None or not frame.fin or frame.rsv1 or self._closing:
            self._other(transport, frame, kind)
            return
        data = frame.get_payload_as_bytes()
        if len(data) > MAX_FRAME:  # picows' own limit is not exact
            self.close(*CloseCode.TOO_BIG.frame)
            return
        if self._unsigned:
            self._guard.heard()
        self._receiver.received(data)

    def _other(self, transport: WSTransport, frame: WSFrame, kind: WSMsgType) -> None:
        """Anything but a whole message."""
        if kind == _CLOSE:
            if not self._closing:
                transport.send_close(frame.get_close_code(), frame.get_close_message())
            transport.disconnect()
        elif self._closing:
            return
        elif frame.rsv1:
            self.close(*CloseCode.NO_COMPRESSION.frame)
        elif kind == _PING:
            self._ping(transport, frame.get_payload_as_bytes())
        elif kind == _PONG:
            self._receiver.ponged()
        elif kind in (_BINARY, _TEXT, _CONTINUATION):
            self._part(transport, frame, kind == _CONTINUATION)

    def _part(self, transport: WSTransport, frame: WSFrame, continued: bool) -> None:
        """A piece of a fragmented message."""
        if continued != (self._parts is not None):
            self.close(*CloseCode.FRAGMENTS.frame)
            return
        parts = self._parts if self._parts is not None else []
        parts.append(frame.get_payload_as_bytes())
        self._size += len(parts[-1])
        if self._size > MAX_FRAME:
            self.close(*CloseCode.TOO_BIG.frame)
            return
        if not frame.fin:
            self._parts = parts
            return
        self._parts, self._size = None, 0
        if self._unsigned:
            self._guard.heard()
        self._receiver.received(b"".join(parts))

    def _ping(self, transport: WSTransport, payload: bytes) -> None:
        if not self._paused:
            transport.send_pong(payload)
            return
        self._pong = payload
        self._pings += 2 + len(payload)
        if self._pings > PINGS_UNREAD:
            self.abort()

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        pong, self._pong, self._pings = self._pong, None, 0
        if pong is not None and self._ws is not None and not self._closing:
            self._ws.send_pong(pong)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._ws = self._raw = None
        self._guard.closed()
        self._receiver.closed()


class _Listener:
    """Makes a connection's listener once its request is read. It does not know its protocol: no ring is left."""

    __slots__ = ("_accept", "_client_of", "_guard", "made")

    def __init__(self, accept: Accept, client_of: ClientOf, guard: Guard) -> None:
        self._accept = accept
        self._client_of = client_of
        self._guard = guard
        self.made: PicowsTransport | None = None

    def __call__(self, request: WSUpgradeRequest) -> WSUpgradeResponseWithListener | None:
        path, _, query = request.path.decode("latin-1").partition("?")
        headers = request.headers
        client_ip = self._client_of(self._guard.peer, headers.getall("x-forwarded-for", ()))
        if not self._guard.counts_for(client_ip):
            response = WSUpgradeResponse.create_error_response(HTTPStatus.SERVICE_UNAVAILABLE, b"too many connections")
            return WSUpgradeResponseWithListener(response, None)
        proto = headers.get("x-forwarded-proto")
        tls = proto is not None and proto.rpartition(",")[2].strip().lower() in ("https", "wss")
        receiver = self._accept(path, query, client_ip, (tls, headers.get("host", "")))
        if receiver is None:
            return None
        self.made = PicowsTransport(receiver, self._guard)
        return accepted(self.made)


class _UpgradedProtocol(WSProtocol):  # type: ignore[misc]
    __slots__ = ("file_number", "made_by")
    made_by: _Listener
    file_number: int

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(QuietTransport(transport, self.file_number))

    def data_received(self, data: bytes) -> None:
        room: memoryview = self.get_buffer(len(data))
        if len(data) <= len(room):  # as nearly always
            room[: len(data)] = data
            self.buffer_updated(len(data))
            return
        at = 0
        while at < len(data):
            buffer = memoryview(self.get_buffer(len(data) - at))
            size = min(len(buffer), len(data) - at)
            buffer[:size] = data[at : at + size]
            self.buffer_updated(size)
            at += size

    def close(self, code: int, reason: str) -> None:
        if self.made_by.made is not None:
            self.made_by.made.close(code, reason)


def upgrade_protocol(accept: Accept, client_of: ClientOf) -> Callable[[Guard], Any]:
    """What the listener takes: a factory of protocols for upgraded sockets."""

    def factory(guard: Guard) -> Any:
        listener = _Listener(accept, client_of, guard)
        protocol = _UpgradedProtocol(
            None,  # host and port
            None,  # path
            False,  # client side
            listener,
            _LOG,
            True,  # disconnect on exception
            None,  # handshake timeout: the head is whole
            False,  # automatic ping: the protocol has heartbeats of its own
            None,
            None,
            WSAutoPingStrategy.PING_WHEN_IDLE,
            False,  # automatic pong: it does not ask whether anybody reads
            MAX_FRAME,
            None,  # extra headers
            1024,  # initial read buffer
        )
        protocol.made_by, protocol.file_number = listener, guard.file_number
        return protocol

    return factory
