"""An app's own server as tests need it: a real HTTP server that keeps what it gets and answers as it is told."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.support.ports import Reserved

OK = {"ActionStatus": "OK", "ErrorCode": 0, "ErrorInfo": ""}


@dataclass
class Got:
    """A request."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    raw: bytes
    client: str = ""
    """The name in the client's certificate; empty without one."""
    serial: str = ""
    at: float = field(default_factory=time.time)

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.raw)
        return found

    @property
    def command(self) -> str:
        return self.query["CallbackCommand"]

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


Reply = tuple[int, bytes]
Answering = Callable[[Got], Awaitable[Reply | None]]


async def agree(got: Got) -> Reply | None:
    return 200, json.dumps(OK).encode()


def answering(body: Any, status: int = 200, after: float = 0.0) -> Answering:
    async def answer(got: Got) -> Reply | None:
        await asyncio.sleep(after)
        return status, body if isinstance(body, bytes) else json.dumps(body).encode()

    return answer


def _client(writer: asyncio.StreamWriter) -> tuple[str, str]:
    """Name and serial number of the client's certificate."""
    found = writer.get_extra_info("peercert")
    if not found:
        return "", ""
    names = dict(pair for group in found["subject"] for pair in group)
    return names["commonName"], found["serialNumber"].lower().lstrip("0")


class Receiver:
    """``answer`` gives status and body, or None to close the connection without a word. ``at``: a port that the caller
    holds; without, one of its own.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, at: int | None = None) -> None:
        self.tls = tls
        self.got: list[Got] = []
        self.answer: Answering = agree
        self.before: Answering | None = None
        """For before-callbacks, where they are answered otherwise."""
        self.headers = ""
        self._reserved = Reserved() if at is None else None
        self._at = at
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Receiver:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen, on the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self.tls)

    async def stop(self) -> None:
        """Take no connections and end those there are."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        self._server = None

    @property
    def port(self) -> int:
        return self._reserved.number if self._reserved else self._at or 0

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}" if self.tls else f"http://127.0.0.1:{self.port}"

    def of(self, command: str) -> list[Got]:
        return [got for got in self.got if got.query.get("CallbackCommand") == command]

    async def wait(self, command: str, count: int = 1, seconds: float = 60.0) -> list[Got]:
        """Until so many requests of a command have come."""
        end = time.monotonic() + seconds
        while len(found := self.of(command)) < count:
            seen = [got.query.get("CallbackCommand") for got in self.got]
            assert time.monotonic() < end, f"{len(found)} of {count} {command}; {seen[-20:]}"
            await asyncio.sleep(0.01)
        return found

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                first, *lines = head.split("\r\n")
                headers = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
                }
                raw = await reader.readexactly(int(headers.get("content-length", "0")))
                parts = urlsplit(first.split(" ")[1])
                query = dict(parse_qsl(parts.query, keep_blank_values=True))
                got = Got(parts.path, query, headers, raw, *_client(writer))
                self.got.append(got)
                chosen = self.before if self.before is not None and ".CallbackBefore" in got.command else self.answer
                reply = await chosen(got)
                if reply is None:
                    break
                status, body = reply
                writer.write(
                    f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n{self.headers}\r\n".encode() + body
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()
