"""Where the source's webhooks come in while a copy follows it: kept in the journal before they are answered."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec
import uvicorn

from sodam import __version__
from sodam.migrate.hints import hints
from sodam.migrate.store import Journal
from sodam.outbound import Outbound, OutboundError

_AGREED: Final = b'{"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":""}'
_MOST: Final = 8 * 1024 * 1024
_PASSED_ON: Final = ("content-type", "webhook-id", "webhook-timestamp", "webhook-signature")
_SECONDS: Final = 2.0
"""As long as a server waits for a receiver."""


class Hook:
    """``sdkappid``: of the source. ``token``: what it signs its requests with, if it does. ``forward``: the app's own
    receiver, which gets every request and whose answer the source gets."""

    def __init__(
        self, journal: Journal, sdkappid: int, token: str, wake: Callable[[], None], forward: str = ""
    ) -> None:
        self._journal = journal
        self._sdkappid = str(sdkappid)
        self._token = token
        self._wake = wake
        self._forward = forward
        self._outbound = Outbound(private=True, user_agent=f"Sodam-migrate/{__version__}")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while len(body) < _MOST:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        status = self._heard(scope["query_string"], body)
        answer = _AGREED if status == 200 else b""
        if self._forward and status == 200:
            status, answer = await self._passed_on(scope, body)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _passed_on(self, scope: Any, body: bytes) -> tuple[int, bytes]:
        url = self._forward + ("&" if "?" in self._forward else "?") + scope["query_string"].decode("latin-1")
        given = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        headers = [(name, given[name]) for name in _PASSED_ON if name in given]
        try:
            answer = await self._outbound.post(url, body, headers, seconds=_SECONDS, most=_MOST)
        except OutboundError:
            return 502, b""
        return answer.status, answer.body

    async def close(self) -> None:
        await self._outbound.close()

    def _heard(self, query: bytes, body: bytes) -> int:
        asked = {name: values[0] for name, values in parse_qs(query.decode("latin-1")).items()}
        if asked.get("SdkAppid") != self._sdkappid or not self._signed(asked):
            return 403
        try:
            found = hints(msgspec.json.decode(body))
        except (msgspec.MsgspecError, LookupError, TypeError, ValueError, AttributeError):
            return 400
        self._journal.hint(found)
        self._wake()
        return 200

    def _signed(self, asked: dict[str, str]) -> bool:
        expected = hashlib.sha256((self._token + asked.get("RequestTime", "")).encode()).hexdigest()
        return not self._token or hmac.compare_digest(expected, asked.get("Sign", ""))


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # they end the migration, which ends this


@asynccontextmanager
async def listening(hook: Hook, taken: socket.socket) -> AsyncIterator[None]:
    """Take webhooks in at this socket."""
    server = _Server(uvicorn.Config(hook, log_level="error", lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[taken]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving
        await hook.close()
