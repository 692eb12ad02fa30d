"""HTTP behind the front: uvicorn's protocol, fed no more than it works on, with limits on every head.

uvicorn takes whatever is in a packet: thousands of small pipelined requests would become thousands of waiting tasks.
Here the next request is parsed when the one before is answered; until then its bytes wait, and no more are read.
"""

from __future__ import annotations

import asyncio
import math
import re
from typing import Any, Final, Protocol, cast

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from sodam.listener.direct import Asked, Cycle, Direct, Heads
from sodam.listener.head import END, MAX_HEAD, MAX_HEADERS, MAX_LINE, upgrade_request

MIN_PROGRESS: Final = 16 * 1024
"""Bytes of a body that must come in the time that a head may take."""
MAX_DISCARDED: Final = 1024 * 1024
DISCARD_SECONDS: Final = 5.0
"""The rest of a body that is already answered is thrown away within these limits; then the connection ends."""
_HEADS: Final = Heads()
_ELSE: Final = re.compile(rb"^upgrade(?=[ \t]*:)(?![ \t]*:[ \t]*websocket[ \t]*\r?$)", re.I | re.M)
"""Of a head: the name of a header that asks for something else than a WebSocket, as Java's client asks for h2c. Anybody
may, and is answered over HTTP/1.1; the parser would take the body behind it for the other protocol."""
_CHUNKED_PIECE: Final = 1024
"""Chunked bodies are parsed in pieces of so many bytes: where they end is known only then."""


class Owner(Protocol):
    """What HTTP needs of the connection that it is fed by (``front.py`` says what these mean)."""

    served: bool
    since: float
    deadline: float
    transport: asyncio.Transport | None

    @property
    def request_seconds(self) -> float: ...
    @property
    def lingering(self) -> bool: ...
    def refuse(self, status: int, *, answer: bool = True) -> None: ...
    def drop(self) -> None: ...
    def to_websocket(self, request: bytes, rest: bytes) -> None: ...


class _TooLarge(Exception):
    """A head is over a limit; raised through the parser."""


class HttpConnection(HttpToolsProtocol):
    def __init__(
        self,
        front: Owner,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        loop: asyncio.AbstractEventLoop,
        direct: Direct | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, loop)
        self.front = front
        self._direct = direct
        self._at_hand = 0
        """Bytes behind the head that is being parsed."""
        self._collected: bytes | None = None
        """The body of a request that may be answered directly, as far as it was parsed."""
        self._before: Any = None
        self._in_head = True
        self._head_bytes = 0
        self._left = 0
        """Bytes of the body that are still to come; -1 in a chunked body."""
        self._silence = 0
        """Bytes of a chunked body since its last content: extensions and trailers."""
        self._progress = 0
        self._discarded = 0
        self._waiting = b""
        """What came while a request is being answered."""
        self._too_large = False
        self._upgrading = False

    def feed(self, data: bytes) -> None:
        """Bytes of the client, at most ``front.READ_SIZE``."""
        if self.parser is None or self.transport.is_closing():
            return
        if self._waiting:
            data = self._waiting + data
            self._waiting = b""
        at, size = 0, len(data)
        while at < size and not self.front.lingering and not self.transport.is_closing():
            if self._answering():
                self._waiting = data[at:]
                self.flow.pause_reading()
                return
            start, at = at, self._piece(data, at, size)
            self._at_hand = size - at
            self._parse(data[start:at] if at - start < size else data)
            if self._upgrading:
                self._upgrade(data[at:])
                return

    def _answering(self) -> bool:
        return self._in_head and self.cycle is not None and not self.cycle.response_complete

    def _piece(self, data: bytes, at: int, size: int) -> int:
        """Where the part of ``data`` from ``at`` ends that belongs to one head or one body."""
        if self._in_head:
            end = data.find(END, at)
            return end + len(END) if end >= 0 else size
        return min(size, at + (self._left if self._left > 0 else _CHUNKED_PIECE))

    def _parse(self, data: bytes) -> None:
        """Give the parser one piece."""
        if self._in_head:
            if self._head_bytes == 0 and self.cycle is not None:
                self.front.deadline = self.loop.time() + self.front.request_seconds
            if self._head_bytes == 0 and b"pgrade" in data and data.endswith(END):
                data = _ELSE.sub(b"X-grade", data)
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD + len(END):
                self.front.refuse(431)
                return
        elif not self._count_body(len(data)):
            return
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._upgrading = self._should_upgrade()
        except httptools.HttpParserError:
            self.front.refuse(431 if self._too_large else 400, answer=not self._answering())

    def _count_body(self, size: int) -> bool:
        if self._left > 0:
            self._left -= size
        else:
            self._silence += size
            if self._silence > MAX_HEAD:
                self.front.refuse(431, answer=not self.cycle.response_started)
                return False
        if self.cycle.response_complete:
            self._discarded += size
            if self._discarded > MAX_DISCARDED:
                self.front.drop()
                return False
        return True

    def _should_upgrade_to_ws(self) -> bool:
        return True

    def _unsupported_upgrade_warning(self) -> None:
        return  # h2c and the like: anybody may ask, and is answered over HTTP/1.1

    def _upgrade(self, rest: bytes) -> None:
        """A WebSocket on a connection that was used for HTTP before, as proxies do it."""
        lines = [b"%b %b HTTP/1.1" % (self.scope["method"].encode(), self.url)]
        lines += [name + b": " + value for name, value in self.headers]
        request = upgrade_request(b"\r\n".join(lines))
        if request is None:
            self.front.refuse(400)
            return
        self.connections.discard(self)
        self.front.to_websocket(request, rest)

    # The parser's callbacks

    def on_message_begin(self) -> None:
        self.url, self.headers, self.expect_100_continue = b"", [], False

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > MAX_LINE - 16:
            self._too_large = True
            raise _TooLarge

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_head:
            return  # a trailer: the application has its headers already
        if len(self.headers) >= MAX_HEADERS:
            self._too_large = True
            raise _TooLarge
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head_bytes = self._silence = self._progress = self._discarded = 0
        self._left = 0
        for name, value in self.headers:
            if name == b"content-length":
                self._left = int(value)
        if self.parser.should_upgrade() and not self._should_upgrade() and self._has_body():
            raise _TooLarge  # in pieces, and so not seen by _ELSE: refused, rather than taken without its body
        self.front.deadline = self.loop.time() + self.front.request_seconds
        if self._direct is not None and self.url.startswith(self._direct.target) and self._may_be_direct():
            self._collected = b""
            self._before, self.cycle = self.cycle, cast(RequestResponseCycle, Cycle(self.parser.should_keep_alive()))
        else:
            self._begin()

    def _has_body(self) -> bool:
        return self._left > 0 or any(name == b"transfer-encoding" for name, _ in self.headers)

    def _may_be_direct(self) -> bool:
        parser = self.parser
        return (
            0 < self._left <= self._at_hand
            and parser.get_method() == b"POST"
            and parser.get_http_version() == "1.1"
            and not self.expect_100_continue
            and not parser.should_upgrade()
            and not self.flow.write_paused
            and b"#" not in self.url
        )

    def _begin(self) -> None:
        """Give the request to uvicorn, with what ``on_message_begin`` has left out."""
        url, headers, expects = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.headers, self.expect_100_continue = url, headers, expects
        self.scope["headers"] = headers
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._silence = 0
        self._progress += len(body)
        if self._collected is not None:
            self._collected += body
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if self._collected is not None:
            self._answer_directly()
        else:
            super().on_message_complete()
        self._in_head = True
        self._head_bytes = 0
        if self._answering():
            self.front.deadline = self.front.since = math.inf
        else:
            self._idle()

    def _answer_directly(self) -> None:
        body, self._collected = self._collected or b"", None
        before, self._before = self._before, None
        direct = self._direct
        assert direct is not None
        peer = self.client[0] if self.client else ""
        if not direct.take(Asked(self.url[len(direct.target) :], self.headers, body, peer, self.answer)):
            self.cycle = before
            self._begin()
            super().on_body(body)
            super().on_message_complete()

    # The answer

    def answer(self, headers: bytes, body: bytes) -> None:
        """To a request that is answered directly."""
        cycle = self.cycle
        if cycle.disconnected or cycle.response_complete or self.transport.is_closing():
            return
        head = _HEADS.head(self.server_state.default_headers, keep_alive=cycle.keep_alive)
        self.transport.write(b"%b%b\r\n%b" % (head, headers, body))
        cycle.response_started = cycle.response_complete = True
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def on_response_complete(self) -> None:
        # As uvicorn does it, but for its timer: the front watches the time.
        self.server_state.total_requests += 1
        self.front.served = True
        if self.transport.is_closing():
            return
        if self._waiting:  # reading goes on when this was worked on: else each answer would let another packet in
            self.loop.call_soon(self._go_on)
            self._idle()
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
        elif not self._in_head:
            if self.expect_100_continue and self._progress == 0:
                self.transport.close()  # the client waits for the word to send its body, and now never gets it
            self.front.deadline = self.loop.time() + DISCARD_SECONDS
        else:
            self._idle()

    def _idle(self) -> None:
        """Nothing is asked."""
        self.front.since = self.loop.time()
        self.front.deadline = self.front.since + self.timeout_keep_alive

    def _go_on(self) -> None:
        waiting, self._waiting = self._waiting, b""
        self.flow.resume_reading()
        self.feed(waiting)

    def overdue(self, now: float) -> None:
        """The deadline has passed, and nothing waits to be read by the client."""
        if self._answering():
            self.front.deadline = math.inf
        elif self._in_head:
            self.front.refuse(408, answer=self._head_bytes > 0)
        elif self.cycle.response_complete:
            self.front.drop()
        elif self.flow.read_paused or self._progress >= MIN_PROGRESS:
            self._progress = 0
            self.front.deadline = now + self.front.request_seconds
        else:
            self.front.refuse(408, answer=not self.cycle.response_started)

    def abandon(self) -> None:
        """The connection is refused: the application that works on its request may stop."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
