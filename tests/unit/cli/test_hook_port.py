"""The port that `sodam migrate --follow` opens: strangers are refused unread, and nobody can hold it."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sodam.cli.hook_port import listening
from sodam.migrate.listener import BODIES, MAX_BODY, Hook
from sodam.migrate.store import Journal
from sodam.webhooks.samples import SAMPLES

APP, TOKEN = 1400000001, "wh-secret-743"
SIGN = hashlib.sha256(f"{TOKEN}1764582215".encode()).hexdigest()
SIGNED = f"SdkAppid={APP}&Sign={SIGN}&RequestTime=1764582215"
BODY = json.dumps(SAMPLES["Group.CallbackAfterSendMsg"]).encode()
PAST = 60.0
"""Seconds after which a test has failed."""


class Port:
    def __init__(self, number: int, journal: Journal) -> None:
        self.number, self.journal = number, journal
        self.open: list[asyncio.StreamWriter] = []

    async def ask(self, query: str, headers: str, body: bytes = b"") -> asyncio.StreamReader:
        """Send a request's head and as much of its body as is given."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.number)
        self.open.append(writer)
        writer.write(f"POST /hook?{query} HTTP/1.1\r\nHost: x\r\n{headers}\r\n".encode() + body)
        return reader

    async def send(self, query: str = SIGNED, body: bytes = BODY) -> int:
        return await status(await self.ask(query, f"Content-Length: {len(body)}\r\n", body))

    def heard(self) -> list[str]:
        return [hint.id for hint in self.journal.hints("history", 10)]


async def status(reader: asyncio.StreamReader, *, closed: bool = False) -> int:
    """Of the answer; 0 when there is none. ``closed``: the connection ends behind it."""
    async with asyncio.timeout(PAST):
        line = await reader.readline()
        if closed:
            with contextlib.suppress(ConnectionResetError):
                while await reader.read(65536):
                    pass
    return int(line.split()[1]) if line else 0


@contextlib.asynccontextmanager
async def port(place: Path, seconds: float) -> AsyncIterator[Port]:
    journal = Journal(place / "work.db")
    hook = Hook(journal, APP, TOKEN, lambda: None, seconds=seconds)
    taken = socket.create_server(("127.0.0.1", 0))
    async with listening(hook, taken, seconds):
        opened = Port(taken.getsockname()[1], journal)
        yield opened
        for writer in opened.open:
            writer.transport.abort()
    journal.close()


async def test_strangers_are_refused_before_their_body(tmp_path: Path) -> None:
    async with port(tmp_path, PAST) as there:
        for query in ("", "SdkAppid=1", f"SdkAppid={APP}", SIGNED.replace(SIGN, "0" * 64), "&".join(["a=b"] * 99)):
            for headers in (f"Content-Length: {MAX_BODY}\r\n", "Transfer-Encoding: chunked\r\n"):
                # Not a byte of the body was sent, and none will be.
                assert await status(await there.ask(query, headers)) == 403, query
        assert await status(await there.ask(SIGNED, f"Content-Length: {MAX_BODY + 1}\r\n")) == 413
        assert await there.send() == 200
        assert there.heard() == ["@TGS#2HIKE7QW1"]


async def test_a_body_without_an_end(tmp_path: Path) -> None:
    async with port(tmp_path, PAST) as there:
        piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        reader = await there.ask(SIGNED, "Transfer-Encoding: chunked\r\n")
        with contextlib.suppress(ConnectionError):
            for _ in range(2 * MAX_BODY // 0x10000):
                there.open[-1].write(piece)
                await there.open[-1].drain()
        assert await status(reader) == 413
        assert await there.send() == 200


@pytest.mark.parametrize("what", ["silent", "half a head", "half a body"])
async def test_slow_ones_hold_no_place(tmp_path: Path, what: str) -> None:
    async with port(tmp_path, 2.0) as there:
        readers = []
        for _ in range(BODIES + 8):
            if what == "half a body":
                readers.append(await there.ask(SIGNED, "Content-Length: 100\r\n", b"{"))
            else:
                reader, writer = await asyncio.open_connection("127.0.0.1", there.number)
                there.open.append(writer)
                writer.write(b"" if what == "silent" else b"POST /hook?")
                readers.append(reader)
        ends = await asyncio.gather(*(status(reader, closed=True) for reader in readers))
        assert set(ends) == {{"silent": 0}.get(what, 408)}
        assert await there.send() == 200


async def test_no_websockets(tmp_path: Path) -> None:
    async with port(tmp_path, PAST) as there:
        reader, writer = await asyncio.open_connection("127.0.0.1", there.number)
        there.open.append(writer)
        lines = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==\r\n"
        writer.write(f"GET /?{SIGNED} HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode())
        assert await status(reader, closed=True) == 0
