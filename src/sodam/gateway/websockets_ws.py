"""The fallback WebSocket transport: the ``websockets`` library's protocol without I/O, fed by an asyncio protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from sodam.gateway.frames import MAX_FRAME
from sodam.gateway.transport import CLOSE_SECONDS, PINGS_UNREAD, Accept, ClientOf, Guard, Receiver


class WebsocketsTransport(asyncio.Protocol):
    """See ``Transport``."""

    def __init__(self, accept: Accept, client_of: ClientOf, guard: Guard) -> None:
        self._guard = guard
        self._unsigned = True
        self._accept = accept
        self._client_of = client_of
        self._protocol = ServerProtocol(max_size=MAX_FRAME)
        self._raw: asyncio.Transport | None = None
        self._receiver: Receiver | None = None
        self._parts: list[bytes] = []
        self._closing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._raw = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._upgrade(event)
            elif isinstance(event, Frame):
                self._frame(event)
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self._raw = None
        self._guard.closed()
        if self._receiver is not None:
            receiver, self._receiver = self._receiver, None
            receiver.closed()

    def write(self, payloads: list[bytes]) -> int:
        if self._raw is None or self._protocol.state is not State.OPEN:
            return 0
        for payload in payloads:
            self._protocol.send_binary(payload)
        self._flush()
        return self.waiting()

    def write_frame(self, frame: bytes) -> int:
        self._flush()
        if self._raw is not None and self._protocol.state is State.OPEN and not self._raw.is_closing():
            self._raw.write(frame)
        return self.waiting()

    def ping(self) -> None:
        if self._raw is not None and self._protocol.state is State.OPEN:
            self._protocol.send_ping(b"")
            self._flush()

    def waiting(self) -> int:
        return self._raw.get_write_buffer_size() if self._raw is not None else 0

    def close(self, code: int, reason: str) -> None:
        if self._raw is None or self._closing:
            return
        self._closing = True
        self._protocol.send_close(code, reason)
        self._flush()
        asyncio.get_running_loop().call_later(CLOSE_SECONDS, self.abort)

    def abort(self) -> None:
        if self._raw is not None:
            self._raw.abort()

    def signed_in(self, signed_in: bool) -> None:
        self._unsigned = not signed_in
        self._guard.signed_in(signed_in)

    def _upgrade(self, request: Request) -> None:
        response = self._protocol.accept(request)
        path, _, query = request.path.partition("?")
        if response.status_code == 101:
            client_ip = self._client_of(self._guard.peer, request.headers.get_all("X-Forwarded-For"))
            if not self._guard.counts_for(client_ip):
                response = self._protocol.reject(503, "too many connections\n")
            else:
                proto = (request.headers.get_all("X-Forwarded-Proto") or [""])[-1].strip().lower()
                origin = proto in ("https", "wss"), (request.headers.get_all("Host") or [""])[0]
                self._receiver = self._accept(path, query, client_ip, origin)
                if self._receiver is None:
                    response = self._protocol.reject(404, "not found\n")
        self._protocol.send_response(response)
        self._flush()
        if self._receiver is not None:
            self._receiver.opened(self)

    def _frame(self, frame: Frame) -> None:
        if frame.opcode is Opcode.PING and self.waiting() > PINGS_UNREAD:
            self.abort()
        if frame.opcode is Opcode.PONG and self._receiver is not None:
            self._receiver.ponged()
        if frame.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT) or self._receiver is None or self._closing:
            return
        self._parts.append(bytes(frame.data))
        if frame.fin:
            data = b"".join(self._parts)
            self._parts.clear()
            if self._unsigned:
                self._guard.heard()
            self._receiver.received(data)

    def _flush(self) -> None:
        if self._raw is None or self._raw.is_closing():
            return
        for data in self._protocol.data_to_send():
            if data:
                self._raw.write(data)
            else:
                self._raw.close()
                return
        if self._protocol.close_expected():
            self._raw.close()


def upgrade_protocol(accept: Accept, client_of: ClientOf) -> Callable[[Guard], Any]:
    """What the listener takes: a factory of protocols for upgraded sockets."""
    return lambda guard: WebsocketsTransport(accept, client_of, guard)
