"""HTTP as bytes: whatever a test writes goes out unchanged, and what comes back is read with no mercy."""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

from sodam import usersig
from tests.support.server import ServerProcess

_TIMEOUT: Final = 60.0
FUTURE: Final = 86400
"""Signatures are dated a day ahead, so that a fuzzed `kick` of their owner does not end them."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Caller:
    """An administrator of an app, with one connection at a time, kept alive where the server keeps it."""

    def __init__(self, server: ServerProcess, sdkappid: int | None = None, key: str | None = None) -> None:
        self.server = server
        self.sdkappid = sdkappid or server.sdkappid
        self.key = key or server.key
        self.signature = self.sign("administrator")
        parts = urlsplit(server.url)
        assert parts.hostname
        assert parts.port
        self._address = (parts.hostname, parts.port)
        self._socket: socket.socket | None = None
        self._buffer = b""

    def sign(self, user_id: str, *, signed: int = FUTURE) -> str:
        """A UserSig of the app, dated `signed` seconds from now, ready to stand in a URL."""
        token = usersig.generate(self.sdkappid, self.key, user_id, now=int(time.time()) + signed, expire=FUTURE)
        return quote(token)

    def query(self, **changes: str | None) -> str:
        """The parameters of a good call; a change replaces one, None leaves it out."""
        good: dict[str, str | None] = {
            "sdkappid": str(self.sdkappid),
            "identifier": "administrator",
            "usersig": self.signature,
            "random": "1",
            "contenttype": "json",
        }
        return "&".join(f"{name}={value}" for name, value in (good | changes).items() if value is not None)

    def call(self, command: str, body: bytes, *, query: str | None = None, method: str = "POST") -> Answer:
        return self.send(f"/v4/{command}", body, query=query, method=method)

    def send(
        self, path: str, body: bytes, *, query: str | None = None, method: str = "POST", headers: str = ""
    ) -> Answer:
        target = path + "?" + (self.query() if query is None else query)
        head = f"{method} {target} HTTP/1.1\r\nHost: sodam\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        return self.raw(head.encode("latin-1") + body, head_only=method == "HEAD")

    def raw(self, request: bytes, *, head_only: bool = False) -> Answer:
        """Send bytes, read one answer. Raises ConnectionError when the server closes without one."""
        for fresh in (self._socket is None, True):
            try:
                self._write(request)
                return self._read(head_only)
            except ConnectionError:
                self.close()
                if fresh:  # an idle connection may have been closed meanwhile; a new one may not
                    raise
        raise AssertionError("unreachable")

    def _write(self, request: bytes) -> None:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, _TIMEOUT)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._socket.sendall(request)  # the answer may come, and the connection end, before all is sent

    def _read(self, head_only: bool) -> Answer:
        while b"\r\n\r\n" not in self._buffer:
            self._more()
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        size = 0 if head_only else int(headers.get("content-length", "-1"))
        if size < 0:  # delimited by the end of the connection
            with contextlib.suppress(ConnectionError):
                while True:
                    self._more()
            size = len(self._buffer)
        while len(self._buffer) < size:
            self._more()
        body, self._buffer = self._buffer[:size], self._buffer[size:]
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(int(first.split(" ")[1]), headers, body)

    def _more(self) -> None:
        assert self._socket is not None
        data = self._socket.recv(262144)
        if not data:
            raise ConnectionError("the server closed the connection")
        self._buffer += data

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket, self._buffer = None, b""
