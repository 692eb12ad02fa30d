"""A keep-alive HTTP/1.1 client that costs little: whole requests in, bodies out, one at a time."""

from __future__ import annotations

import asyncio
from typing import cast

from bench.load.errors import LoadError


def post(path: str, body: bytes) -> bytes:
    """The bytes of a POST with a JSON body."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


class HttpConnection(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._missing = -1
        self._answer: asyncio.Future[bytes] | None = None

    @classmethod
    async def open(cls, host: str, port: int) -> HttpConnection:
        """Connect."""
        _, connection = await asyncio.get_running_loop().create_connection(cls, host, port)
        return connection

    async def ask(self, request: bytes) -> bytes:
        """Send a request, return the answer's body. Raises `LoadError` unless the status is 200."""
        if self._transport is None or self._transport.is_closing():
            raise LoadError("the server closed an HTTP connection")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Close."""
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        if self._missing < 0:
            self._missing = self._content_length(self._buffer[:end])
        if len(self._buffer) < end + 4 + self._missing:
            return
        whole, self._buffer, self._missing = self._buffer, b"", -1
        if self._answer is None or self._answer.done():
            return
        if whole[9:12] == b"200":
            self._answer.set_result(whole[end + 4 :])
        else:
            self._answer.set_exception(LoadError(whole[:400].decode(errors="replace")))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(LoadError(f"the server closed an HTTP connection before its answer: {exc}"))

    @staticmethod
    def _content_length(head: bytes) -> int:
        lower = head.lower()
        at = lower.find(b"\r\ncontent-length:")
        if at < 0:
            raise LoadError(f"an answer without Content-Length: {head[:200]!r}")
        return int(lower[at + 17 :].split(b"\r\n", 1)[0])
