"""A signed-in XMPP connection over plain TCP, in as few steps as the protocol allows."""

from __future__ import annotations

import asyncio
import base64
import re
from typing import cast

from bench.load.driver import TEXT, Coalescer, OnMessage
from bench.load.errors import LoadError

PASSWORD = "bench"
ROOMS = "conference.localhost"
"""Where rooms are."""
_STREAM = (
    b"<?xml version='1.0'?><stream:stream to='localhost' xmlns='jabber:client'"
    b" xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>"
)
_BIND = (
    b"<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>bench</resource></bind></iq>"
)
_MESSAGE = b"<message to='u%d@localhost' type='chat' id='%d'><body>" + TEXT.encode() + b"</body></message>"
_ENTER = b"<presence to='%b@%b/u%d'><x xmlns='http://jabber.org/protocol/muc'><history maxstanzas='0'/></x></presence>"
_TO_ROOM = b"<message to='%b@%b' type='groupchat' id='%d'><body>" + TEXT.encode() + b"</body></message>"
_RECEIVED = re.compile(rb"<message\b[^>]*?\sid='(\d+)'")
_END = b"</message>"


class XmppSession(asyncio.Protocol):
    """One user on one connection; implements `ChatSession`. XMPP acknowledges nothing: `unanswered` stays 0."""

    def __init__(self, user: int, coalescer: Coalescer, on_message: OnMessage) -> None:
        self.user = user
        self.unanswered = 0
        self.failures: list[str] = []
        self._coalescer = coalescer
        self._on_message = on_message
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._stanzas: list[bytes] = []
        self._awaited: tuple[bytes, asyncio.Future[None]] | None = None
        self._loop = asyncio.get_running_loop()
        self._closed: asyncio.Future[None] = self._loop.create_future()

    @classmethod
    async def open(
        cls, host: str, port: int, user: int, coalescer: Coalescer, on_message: OnMessage, source: str
    ) -> XmppSession:
        """Connect, authenticate with PLAIN, bind a resource and become available. Raises `LoadError`."""
        loop = asyncio.get_running_loop()
        _, session = await loop.create_connection(
            lambda: cls(user, coalescer, on_message), host, port, local_addr=(source, 0)
        )
        secret = base64.b64encode(f"\0u{user}\0{PASSWORD}".encode())
        auth = b"<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>%b</auth>" % secret
        async with asyncio.timeout(30):
            await session._step(_STREAM, b"</stream:features>")
            await session._step(auth, b"<success")
            await session._step(_STREAM, b"</stream:features>")
            await session._step(_BIND, b"</iq>")
            await session._step(b"<presence/>", b"<presence")
        return session

    async def synchronise(self) -> None:
        """Nothing: a client that is available gets its messages."""

    def send(self, to: int, number: int) -> None:
        self._queue(_MESSAGE % (to, number))

    def send_to_group(self, group: str, number: int) -> None:
        self._queue(_TO_ROOM % (group.encode(), ROOMS.encode(), number))

    async def enter_group(self, group: str) -> None:
        """Enter the room; what it says last is its subject."""
        enter = _ENTER % (group.encode(), ROOMS.encode(), self.user)
        async with asyncio.timeout(30):
            await self._step(enter, _END)

    def heartbeat(self) -> None:
        self._write(b" ")

    def _queue(self, stanza: bytes) -> None:
        if not self._stanzas:
            self._coalescer.later(self._flush)
        self._stanzas.append(stanza)

    async def close(self) -> None:
        self._write(b"</stream:stream>")
        async with asyncio.timeout(10):
            await self._closed

    def _flush(self) -> None:
        stanzas, self._stanzas = self._stanzas, []
        self._write(b"".join(stanzas))

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    async def _step(self, request: bytes, answer: bytes) -> None:
        self._awaited = (answer, self._loop.create_future())
        self._write(request)
        await self._awaited[1]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        data = self._buffer + data if self._buffer else data
        if self._awaited is not None:
            self._buffer = data
            self._check_step()
            return
        end = data.rfind(_END) + len(_END)
        if end < len(_END):
            self._buffer = data
            return
        self._buffer = data[end:]
        if data.find(b"type='error'", 0, end) >= 0:
            self.failures.append(data[:400].decode(errors="replace"))
        for match in _RECEIVED.finditer(data, 0, end):
            self._on_message(self, int(match[1]))

    def _check_step(self) -> None:
        assert self._awaited is not None
        answer, done = self._awaited
        if b"<failure" in self._buffer or b"<stream:error" in self._buffer:
            done.set_exception(LoadError(f"u{self.user}: {self._buffer[:400].decode(errors='replace')}"))
        elif answer in self._buffer:
            done.set_result(None)
        else:
            return
        self._awaited, self._buffer = None, b""

    def connection_lost(self, exc: Exception | None) -> None:
        self.failures.append("disconnected")
        if self._awaited is not None and not self._awaited[1].done():
            self._awaited[1].set_exception(LoadError(f"u{self.user}: disconnected while signing in"))
        if not self._closed.done():
            self._closed.set_result(None)
