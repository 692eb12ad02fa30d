"""The one port: which path goes to which edge. Unknown paths get a plain 404."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

import msgspec
import structlog

from sodam.errors import Unavailable

log = structlog.get_logger(__name__)
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Page = Callable[[], Awaitable[tuple[int, bytes, bytes]]]
"""A small document: status, content type, body."""


async def respond(send: Send, status: int, kind: bytes, body: bytes, *extra: tuple[bytes, bytes]) -> None:
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), *extra]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def json_page(status: int, value: object) -> tuple[int, bytes, bytes]:
    return status, b"application/json; charset=utf-8", msgspec.json.encode(value)


def _failed(path: str, error: Exception) -> tuple[int, bytes, bytes]:
    """The answer of a page that cannot be made. That the database is away is logged by whoever noticed it."""
    request_id = str(uuid.uuid4())
    if not isinstance(error, Unavailable):
        log.error("a page failed", path=path, request_id=request_id, error=repr(error))
    described = {"Code": "InternalError", "Message": "the server cannot answer this now; its log has the RequestId"}
    return json_page(500, {"RequestId": request_id, "Error": described})


class BodyTooLarge(Exception):
    """A body is over its limit; what still comes of it need not be read."""


def declared_length(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """What ``Content-Length`` says; 0 without one, as for a chunked body."""
    for name, value in headers:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def read_body(receive: Receive, most: int) -> bytes | None:
    """The whole body; None when the client left within it. Raises BodyTooLarge as soon as more than ``most`` came."""
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        parts, size = [body], len(body)
        while message.get("more_body") and size <= most:
            message = await receive()
            part = message.get("body", b"")
            size += len(part)
            parts.append(part)
        body = b"".join(parts)
    if message["type"] == "http.disconnect":
        return None
    if len(body) > most:
        raise BodyTooLarge
    return body


class Router:
    """``pages`` are exact paths answered to GET and HEAD; ``mounts`` are path prefixes, longest first."""

    def __init__(self, rest: AsgiApp, pages: dict[str, Page], mounts: dict[str, AsgiApp]) -> None:
        self._rest = rest
        self._pages = pages
        self._mounts = sorted(mounts.items(), key=lambda item: -len(item[0]))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path.startswith("/v4/"):
            await self._rest(scope, receive, send)
            return
        if page := self._pages.get(path):
            try:
                status, kind, body = await page()
            except Exception as error:
                status, kind, body = _failed(path, error)
            await respond(send, status, kind, b"" if scope["method"] == "HEAD" else body)
            return
        for prefix, app in self._mounts:
            if path == prefix or path.startswith(prefix + "/"):
                await app(scope, receive, send)
                return
        await respond(send, 404, b"text/plain; charset=utf-8", b"not found\n")
