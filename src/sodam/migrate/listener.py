"""What takes the source's webhooks in while a copy follows it: kept in the journal before they are answered.

Who asks says so in the query, so a stranger is refused before a byte of his body is read. How many connections there
may be and how long each may take is the port's business (``cli/hook_port.py``).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qs

import msgspec

from sodam import __version__
from sodam.migrate.hints import hints
from sodam.migrate.store import Journal
from sodam.outbound import Outbound, OutboundError

_AGREED: Final = b'{"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":""}'
MAX_BODY: Final = 2 * 1024 * 1024
"""Bytes of a webhook: one that names every member of the largest group fits."""
BODIES: Final = 32
"""So many bodies are read at a time; the next ones wait, unread, for as long as a webhook may take in all."""
MAX_SECONDS: Final = 10.0
_PASSED_ON: Final = ("content-type", "webhook-id", "webhook-timestamp", "webhook-signature")
_SECONDS: Final = 2.0
"""As long as a server waits for a receiver."""


class Hook:
    """``sdkappid``: of the source. ``token``: what it signs its requests with, if it does. ``forward``: the app's own
    receiver, which gets every request and whose answer the source gets. ``seconds``: within which a body must come."""

    def __init__(
        self,
        journal: Journal,
        sdkappid: int,
        token: str,
        wake: Callable[[], None],
        forward: str = "",
        seconds: float = MAX_SECONDS,
    ) -> None:
        self._journal = journal
        self._sdkappid = str(sdkappid)
        self._token = token
        self._wake = wake
        self._forward = forward
        self._within = seconds
        self._places = asyncio.Semaphore(BODIES)
        self._outbound = Outbound(private=True, user_agent=f"Sodam-migrate/{__version__}")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        status, answer = await self._answer(scope, receive)
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(answer))]
        if status != 200:
            headers.append((b"connection", b"close"))  # what is not read yet, never is
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _answer(self, scope: Any, receive: Any) -> tuple[int, bytes]:
        if not self._known(scope["query_string"]):
            return 403, b""
        if _length(scope) > MAX_BODY:
            return 413, b""
        try:
            async with asyncio.timeout(self._within), self._places:
                body = await _body(receive)
                if body is None:
                    return 413, b""
                status = self._heard(body)
        except TimeoutError:
            return 408, b""
        if self._forward and status == 200:
            return await self._passed_on(scope, body)
        return status, _AGREED if status == 200 else b""

    async def _passed_on(self, scope: Any, body: bytes) -> tuple[int, bytes]:
        url = self._forward + ("&" if "?" in self._forward else "?") + scope["query_string"].decode("latin-1")
        given = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        headers = [(name, given[name]) for name in _PASSED_ON if name in given]
        try:
            answer = await self._outbound.post(url, body, headers, seconds=_SECONDS, most=MAX_BODY)
        except OutboundError:
            return 502, b""
        return answer.status, answer.body

    async def close(self) -> None:
        await self._outbound.close()

    def _heard(self, body: bytes) -> int:
        try:
            found = hints(msgspec.json.decode(body))
        except (msgspec.MsgspecError, LookupError, TypeError, ValueError, AttributeError):
            return 400
        self._journal.hint(found)
        self._wake()
        return 200

    def _known(self, query: bytes) -> bool:
        """Whether it is the source who asks."""
        try:
            asked = {name: values[0] for name, values in parse_qs(query.decode("latin-1"), max_num_fields=64).items()}
        except ValueError:
            return False
        if asked.get("SdkAppid") != self._sdkappid:
            return False
        expected = hashlib.sha256((self._token + asked.get("RequestTime", "")).encode()).hexdigest()
        return not self._token or hmac.compare_digest(expected.encode(), asked.get("Sign", "").encode())


def _length(scope: Any) -> int:
    """Bytes that the request says it has; 0 when it does not say."""
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _body(receive: Any) -> bytes | None:
    """None for one that is too long, or whose sender is gone."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > MAX_BODY or message["type"] == "http.disconnect":
            return None
        if not message.get("more_body"):
            return bytes(body)
