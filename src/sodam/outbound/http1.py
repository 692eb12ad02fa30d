"""HTTP/1.1 with as little as a request can do with: kept connections, one write a request, one future an answer.

Every event of every app's webhook goes this way, and a general client costs several times what the rest of an event
does. Answers are read by httptools (llhttp, strict), which the server's own edge uses.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

import httptools

from sodam.outbound.guard import Guard
from sodam.outbound.model import CONNECTIONS, IDLE_SECONDS, Answer, OutboundError, Target

_BESIDE: Final = 64 * 1024
"""Bytes of an answer's status and headers."""
_CHUNKED: Final = 8
"""So many times the bytes of a body may come: each in a chunk of its own is six."""
_UNFIT_PATH: Final = re.compile(rb"[\x00-\x20\x7f-\xff]").search
_UNFIT_HEADER: Final = re.compile(r"[\r\n\x00]").search


class _Lost(Exception):
    """The connection ended before its answer did."""

    def __init__(self, error: BaseException | None, *, silent: bool) -> None:
        super().__init__(str(error or "it was closed"))
        self.error = error
        self.silent = silent
        """Not a byte of an answer had come."""


class Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self, loop: asyncio.AbstractEventLoop, lost: Callable[[Connection], None]) -> None:
        self._loop = loop
        self._lost = lost
        self._parser: Any = None
        self._transport: Any = None
        self._waiter: asyncio.Future[Answer] | None = None
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self._headed = False
        self._most = self._size = self._read = 0
        self.usable = False
        """Open, and what the host said last ended where it should."""
        self.idle_since = 0.0

    # The transport's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._parser = httptools.HttpResponseParser(self)
        self.usable = True

    def data_received(self, data: bytes) -> None:
        if self._waiter is None:  # nobody asked
            self.abort()
            return
        self._read += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self.abort()
            self._fail(OutboundError("broken", f"the answer is no HTTP: {error or type(error).__name__}"))
            return
        if self._read > _BESIDE and self._waiter is not None and not self._waiter.done():
            if not self._headed:
                self.abort()
                self._fail(OutboundError("broken", "the answer's headers have no end"))
            elif self._read > _BESIDE + _CHUNKED * self._most:
                self.abort()
                self._finish(whole=False)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self.usable = False
        if self._waiter is not None and not self._waiter.done():
            if error is None and self._headed and self._endless():
                self._finish(whole=True)
            else:
                self._fail(_Lost(error, silent=not self._read))
        self._lost(self)

    # The parser's side

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        self._headed = self._parser.get_status_code() >= 200

    def on_body(self, data: bytes) -> None:
        self._body.append(data)
        self._size += len(data)
        if self._size > self._most:
            self.abort()
            self._finish(whole=False)

    def on_message_complete(self) -> None:
        if not self._headed:  # 100 Continue, 103 Early Hints: the answer is still to come
            self._headers = []
            return
        if self._waiter is None or self._waiter.done():  # a second answer to one request
            self.abort()
            return
        if not self._parser.should_keep_alive():
            self.abort()
        self._finish(whole=True)

    def _endless(self) -> bool:
        """Whether the end of the connection is the end of the answer."""
        framing = (b"content-length", b"transfer-encoding")
        return not any(name.lower() in framing for name, _ in self._headers)

    def _finish(self, *, whole: bool) -> None:
        if self._waiter is not None and not self._waiter.done():
            body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
            status = self._parser.get_status_code()
            self._waiter.set_result(Answer(status, body[: self._most], whole, tuple(self._headers)))

    def _fail(self, error: Exception) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)

    # The caller's side

    async def exchange(self, request: bytes, most: int, seconds: float) -> Answer:
        """Raises _Lost, TimeoutError, OutboundError; only a whole answer leaves the connection usable."""
        if not self.usable:
            raise _Lost(None, silent=True)
        waiter: asyncio.Future[Answer] = self._loop.create_future()
        self._waiter = waiter
        self._headers, self._body = [], []
        self._headed = False
        self._most, self._size, self._read = most, 0, 0
        timer = self._loop.call_later(seconds, self._fail, TimeoutError())
        try:
            self._transport.write(request)
            return await waiter
        except BaseException:
            self.abort()
            raise
        finally:
            timer.cancel()
            self._waiter = None

    def abort(self) -> None:
        self.usable = False
        if self._transport is not None:
            self._transport.abort()


class Connections:
    """Those to one host, port and identity."""

    def __init__(self, guard: Guard, target: Target, tls: ssl.SSLContext | None) -> None:
        self._guard = guard
        self._target = target
        self._tls = tls
        self._loop = asyncio.get_running_loop()
        self._idle: deque[Connection] = deque()
        """The one that was used last is at the end, and used next."""
        self._open = 0
        """Connections, and those that are being made."""
        self._waiting: deque[asyncio.Future[Connection | None]] = deque()
        self._sweeper: asyncio.TimerHandle | None = None
        self._closed = False

    async def post(
        self,
        path: bytes,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        *,
        most: int,
        deadline: float,
        repeatable: bool,
    ) -> Answer:
        """``deadline``: by the monotonic clock. Raises OutboundError, TimeoutError."""
        request = _request(self._target, path, headers, body)
        where = f"{self._target.host}:{self._target.port}"
        while True:
            connection = self._kept()
            kept = connection is not None
            if connection is None:
                async with asyncio.timeout(deadline - time.monotonic()):
                    connection = await self._another()
            try:
                return await connection.exchange(request, most, max(0.001, deadline - time.monotonic()))
            except _Lost as lost:
                if kept and repeatable and lost.silent:
                    continue  # the host had ended it, while it was kept or just now
                if isinstance(lost.error, ssl.SSLError):
                    raise OutboundError(
                        "tls", f"TLS with {self._target.host}: {lost.error.reason or lost.error}"
                    ) from None
                raise OutboundError("broken", f"{where} broke off: {lost}") from None
            finally:
                self._free(connection)

    def _kept(self) -> Connection | None:
        now = self._loop.time()
        while self._idle:
            connection = self._idle.pop()
            if connection.usable and now - connection.idle_since < IDLE_SECONDS:
                return connection
            self._gone(connection)
        return None

    async def _another(self) -> Connection:
        """A new one, or the next that comes free where there are enough."""
        while self._open >= CONNECTIONS:
            turn: asyncio.Future[Connection | None] = self._loop.create_future()
            self._waiting.append(turn)
            try:
                connection = await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._pass_on(turn.result())
                raise
            if connection is not None:
                return connection
        self._open += 1
        try:
            return await self._connect()
        except BaseException:
            self._open -= 1
            self._next(None)
            raise

    def _pass_on(self, connection: Connection | None) -> None:
        """Who was to have it is there no longer."""
        if connection is None:
            self._next(None)
        else:
            self._free(connection)

    async def _connect(self) -> Connection:
        target, failure = self._target, OSError("no address")
        for address in await self._guard.addresses(target.host, target.port):
            try:
                _, made = await self._loop.create_connection(
                    lambda: Connection(self._loop, self._ended),
                    address,
                    target.port,
                    ssl=self._tls,
                    server_hostname=target.host if self._tls is not None else None,
                )
            except ssl.SSLError as error:
                raise OutboundError("tls", f"TLS with {target.host}: {error.reason or error}") from None
            except OSError as error:
                failure = error
            else:
                return made
        raise OutboundError("connect", f"{target.host}:{target.port} does not take connections: {failure}")

    def _free(self, connection: Connection) -> None:
        """A request is over."""
        if not connection.usable or self._closed:
            self._gone(connection)
        elif not self._next(connection):
            connection.idle_since = self._loop.time()
            self._idle.append(connection)
            if self._sweeper is None:
                self._sweeper = self._loop.call_later(IDLE_SECONDS, self._sweep)

    def _gone(self, connection: Connection) -> None:
        connection.abort()
        self._open -= 1
        self._next(None)

    def _ended(self, connection: Connection) -> None:
        """The host closed it. One that is in use is told of by its request."""
        if connection in self._idle:
            self._idle.remove(connection)
            self._gone(connection)

    def _next(self, connection: Connection | None) -> bool:
        """Have who waits longest go on, with this connection, or with the place of one; False: nobody waits."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return True
        return False

    def _sweep(self) -> None:
        """End those that nobody has used for a while."""
        now = self._loop.time()
        while self._idle and now - self._idle[0].idle_since >= IDLE_SECONDS:
            self._gone(self._idle.popleft())
        left = self._idle[0].idle_since + IDLE_SECONDS - now if self._idle else 0
        self._sweeper = self._loop.call_later(left, self._sweep) if self._idle else None

    async def close(self) -> None:
        """End those without a request; the others end with theirs."""
        self._closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        while self._idle:
            self._gone(self._idle.pop())


def _request(target: Target, path: bytes, headers: Sequence[tuple[str, str]], body: bytes) -> bytes:
    """Raises OutboundError: what would end a line early is never sent."""
    if _UNFIT_PATH(path) or _UNFIT_PATH(target.netloc):
        raise OutboundError("broken", "the address holds characters that none may hold")
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers])
    if lines.count("\r\n") != len(headers) or _UNFIT_HEADER(lines.replace("\r\n", "")):
        raise OutboundError("broken", "a header holds the end of a line")
    return b"POST %b HTTP/1.1\r\nHost: %b\r\nContent-Length: %d\r\n%b\r\n%b" % (
        path,
        target.netloc,
        len(body),
        lines.encode(),
        body,
    )
