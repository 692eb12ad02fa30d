"""A TCP proxy on the loopback between a client and the real server: it can be cut, deafened and spoken into."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec


class Wire:
    """Forwards bytes both ways; with `tls`, clients speak TLS to it. `frames` holds what clients sent, decoded."""

    def __init__(self, ws_url: str, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        parts = urlsplit(ws_url)
        self._target = (str(parts.hostname), int(parts.port or 0))
        self._server: asyncio.Server | None = None
        self._links: list[_Link] = []
        self.frames: list[dict[str, Any]] = []
        self.connections = 0
        self.swallow_answers = False
        """Take what the server sends and forward nothing of it."""
        self.refuse = False
        """Close new connections at once."""
        self.edit: Callable[[bytes], bytes] | None = None
        """Changes what the server sends; frames as they come, so keep the length."""
        self._news = asyncio.Condition()

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"ws://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()

    def cut(self) -> None:
        """End every connection now, as a pulled cable does: no close frame, nothing more is forwarded."""
        for link in self._links:
            link.abort()
        self._links.clear()

    def inject(self, payload: bytes) -> None:
        """A binary frame to the newest client, as if the server had sent it."""
        assert len(payload) < 126
        self._links[-1].client.write(b"\x82" + bytes([len(payload)]) + payload)

    def asked(self, servcmd: str) -> list[dict[str, Any]]:
        """The requests of this kind that passed."""
        return [frame for frame in self.frames if frame["head"]["servcmd"] == servcmd]

    async def wait_for(self, servcmd: str, count: int = 1) -> dict[str, Any]:
        """The `count`th request of this kind."""
        async with asyncio.timeout(90), self._news:
            await self._news.wait_for(lambda: len(self.asked(servcmd)) >= count)
        return self.asked(servcmd)[count - 1]

    async def _serve(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.refuse:
            client.transport.abort()
            return
        try:
            answers, server = await asyncio.open_connection(*self._target)
        except OSError:
            client.transport.abort()
            return
        link = _Link(client, server)
        self._links.append(link)
        await asyncio.gather(self._forward_requests(reader, server), self._forward_answers(answers, client))
        link.abort()

    async def _forward_requests(self, reader: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            server.write(head)
            while True:
                raw, opcode, payload = await _read_frame(reader)
                server.write(raw)
                if opcode == 2:
                    async with self._news:
                        self.frames.append(msgspec.json.decode(payload))
                        self._news.notify_all()
        server.transport.abort()

    async def _forward_answers(self, answers: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await answers.read(65536):
                if not self.swallow_answers:
                    client.write(data if self.edit is None else self.edit(data))
        client.transport.abort()


class _Link:
    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.client = client
        self.server = server

    def abort(self) -> None:
        self.client.transport.abort()
        self.server.transport.abort()


async def _read_frame(reader: asyncio.StreamReader) -> tuple[bytes, int, bytes]:
    """One masked frame of a client (RFC 6455 5.2): as it is, its opcode and its payload."""
    raw = await reader.readexactly(2)
    opcode, size = raw[0] & 15, raw[1] & 127
    if size > 125:
        more = await reader.readexactly(2 if size == 126 else 8)
        raw += more
        size = int.from_bytes(more, "big")
    mask = await reader.readexactly(4)
    masked = await reader.readexactly(size)
    payload = bytes(byte ^ mask[at % 4] for at, byte in enumerate(masked))
    return raw + mask + masked, opcode, payload
