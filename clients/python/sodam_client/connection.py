"""One WebSocket: requests matched with their answers, pushes handed on. It is used once; `Client` opens the next."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from sodam_client.errors import ConnectionLostError, ProtocolError, RequestError, RequestTimeoutError
from sodam_client.frames import MAX_FRAME_BYTES, decode_envelope, decode_frame, encode_request

logger = logging.getLogger("sodam_client")

PushHandler = Callable[["Connection", str, msgspec.Raw], None]


class Connection(WSListener):
    """A live connection. `closed` is done when it is gone; nothing here reconnects."""

    def __init__(self, on_push: PushHandler) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_push = on_push
        self._transport: WSTransport | None = None
        self._pending: dict[tuple[str, int], asyncio.Future[msgspec.Raw]] = {}
        self._fragments = bytearray()
        self._seq = 0
        self.closed: asyncio.Future[None] = self._loop.create_future()
        self.last_frame_at = self._loop.time()
        """Loop time of the newest frame from the server."""

    @classmethod
    async def open(
        cls, url: str, on_push: PushHandler, timeout: float, ssl_context: ssl.SSLContext | None = None
    ) -> Connection:
        """Connect and upgrade within `timeout` seconds. Raises `ConnectionLostError`.

        `ssl_context` is for `wss://`; None trusts what the system trusts.
        """
        connection = cls(on_push)
        try:
            async with asyncio.timeout(timeout):
                await ws_connect(
                    lambda: connection, url, ssl_context=ssl_context, max_frame_size=MAX_FRAME_BYTES, max_redirects=0
                )
        except Exception as error:  # picows, the socket and TLS have no common base
            raise ConnectionLostError(f"cannot connect: {error or type(error).__name__}") from error
        return connection

    async def request(
        self, head: Mapping[str, Any], servcmd: str, body: Mapping[str, Any], timeout: float
    ) -> msgspec.Raw:
        """Send a request, return the body of its answer.

        Raises `RequestError` when the answer's code is not 0, `RequestTimeoutError` after `timeout` seconds and
        `ConnectionLostError` when the socket closes first.
        """
        key = (servcmd, self._next_seq())
        answer: asyncio.Future[msgspec.Raw] = self._loop.create_future()
        self._pending[key] = answer
        try:
            self._send(head, key, body)
            async with asyncio.timeout(timeout):
                reply = await answer
        except TimeoutError as error:
            raise RequestTimeoutError(f"{servcmd}: no answer in {timeout} s") from error
        finally:
            self._pending.pop(key, None)
        envelope = decode_envelope(reply)
        if envelope.error_code:
            raise RequestError(servcmd, envelope.error_code, envelope.error_info, envelope.kick_type)
        return reply

    def notify(self, head: Mapping[str, Any], servcmd: str, body: Mapping[str, Any]) -> None:
        """Send a request whose answer nobody waits for. Does nothing on a closed connection."""
        if not self.closed.done():
            key = (servcmd, self._next_seq())
            self._pending[key] = ignored = self._loop.create_future()
            ignored.add_done_callback(lambda future: future.cancelled() or future.exception())
            self._send(head, key, body)

    def silence(self) -> float:
        """Seconds since the server last sent anything."""
        return self._loop.time() - self.last_frame_at

    def close(self, code_is_clean: bool = True) -> None:
        """Close now; an unclean close does not wait for bytes in flight."""
        if self._transport is not None:
            self._transport.disconnect(graceful=code_is_clean)

    def _next_seq(self) -> int:
        self._seq += 1
        return self._seq

    def _send(self, head: Mapping[str, Any], key: tuple[str, int], body: Mapping[str, Any]) -> None:
        if self._transport is None or self.closed.done():
            raise ConnectionLostError("the connection is closed")
        frame = encode_request({**head, "servcmd": key[0], "seq": key[1]}, body)
        self._transport.send(WSMsgType.BINARY, frame)

    def on_ws_connected(self, transport: WSTransport) -> None:
        """picows: the upgrade is done."""
        self._transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """picows: one WebSocket frame. A frame that cannot be read ends the connection, never the program."""
        self.last_frame_at = self._loop.time()
        if frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()
            return
        if frame.msg_type not in (WSMsgType.BINARY, WSMsgType.CONTINUATION):
            return
        payload = frame.get_payload_as_bytes()
        if self._fragments or not frame.fin:
            self._fragments += payload
            if len(self._fragments) > MAX_FRAME_BYTES:
                transport.disconnect()
            if not frame.fin:
                return
            payload = bytes(self._fragments)
            self._fragments.clear()
        self._receive(transport, payload)

    def _receive(self, transport: WSTransport, payload: bytes) -> None:
        try:
            decoded = decode_frame(payload)
        except ProtocolError as error:
            logger.warning("unreadable frame from the server: %s", error)
            transport.disconnect()
            return
        waiting = self._pending.pop((decoded.head.servcmd, decoded.head.seq), None)
        if waiting is None:
            self._on_push(self, decoded.head.servcmd, decoded.body)
        elif not waiting.done():
            waiting.set_result(decoded.body)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """picows: the socket is gone; everyone who waits is told."""
        if not self.closed.done():
            self.closed.set_result(None)
        for waiting in self._pending.values():
            if not waiting.done():
                waiting.set_exception(ConnectionLostError("the connection was lost"))
        self._pending.clear()
