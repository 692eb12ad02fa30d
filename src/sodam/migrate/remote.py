"""A server that speaks REST API v4, called as an app's administrator: within a rate, again after what passes."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import msgspec

from sodam import __version__, clock, usersig
from sodam.outbound import Outbound, OutboundError

_SECONDS: Final = 60.0
_MOST: Final = 64 * 1024 * 1024
_SIGNED_FOR: Final = 86400
_WAITS: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
_PASSES: Final = frozenset(
    (10002, 10006, 20004, 20005, 30006, 40006, 50004, 60007, 60008, 60009, 60011, 70169, 90992, 90994, 91000)
)
"""Codes of servers that are busy, or called too often: the same call may succeed later."""


class RemoteError(Exception):
    """The server refused a call, by a code that asking again does not change; or nobody answers (code 0)."""

    def __init__(self, command: str, code: int, info: str) -> None:
        super().__init__(f"{command}: {code} {info}" if code else f"{command}: {info}")
        self.code = code
        self.info = info


@dataclass(frozen=True)
class Endpoint:
    """Where an app is, and how to act as its administrator. `rate`: calls a second at most; 0 for no limit."""

    url: str
    sdkappid: int
    key: str
    identifier: str = "administrator"
    rate: float = 0.0


class Remote:
    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.calls = 0
        self._outbound = Outbound(private=True, user_agent=f"Sodam-migrate/{__version__}")
        self._next = 0.0
        self._signature = ""
        self._signed_at = 0.0

    async def call(self, command: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one command. Raises RemoteError with the code of a refusal, of items too when all failed."""
        encoded = msgspec.json.encode(body)
        for wait in (*_WAITS, None):
            await self._turn()
            code, info, answer = await self._ask(command, encoded)
            if answer is not None and code == 0:
                return answer
            if wait is None or not (answer is None or code in _PASSES):
                raise RemoteError(command, code, info)
            await asyncio.sleep(wait)
        raise AssertionError("the last try raises")

    async def close(self) -> None:
        await self._outbound.close()

    async def _turn(self) -> None:
        self.calls += 1
        if not self.endpoint.rate:
            return
        now = time.monotonic()
        mine = max(self._next, now)
        self._next = mine + 1 / self.endpoint.rate
        await asyncio.sleep(mine - now)

    async def _ask(self, command: str, body: bytes) -> tuple[int, str, dict[str, Any] | None]:
        """Code, text and answer; without an answer when nobody answered sensibly."""
        try:
            got = await self._outbound.post(self._url(command), body, _HEADERS, seconds=_SECONDS, most=_MOST)
        except OutboundError as error:
            return 0, str(error), None
        if got.status != 200:
            return 0, f"HTTP {got.status}", None
        try:
            answer = msgspec.json.decode(got.body)
            return int(answer.get("ErrorCode", 0)), str(answer.get("ErrorInfo", "")), answer
        except (msgspec.MsgspecError, AttributeError, TypeError, ValueError):
            return 0, f"an answer that is none: {got.body[:100]!r}", None

    def _url(self, command: str) -> str:
        if clock.now() > self._signed_at + _SIGNED_FOR / 2:
            self._signed_at = clock.now()
            end = self.endpoint
            now = int(self._signed_at)
            self._signature = usersig.generate(end.sdkappid, end.key, end.identifier, expire=_SIGNED_FOR, now=now)
        query = {
            "sdkappid": self.endpoint.sdkappid,
            "identifier": self.endpoint.identifier,
            "usersig": self._signature,
            "random": secrets.randbits(32),
            "contenttype": "json",
        }
        return f"{self.endpoint.url.rstrip('/')}/v4/{command}?{urlencode(query)}"


_HEADERS: Final = (("Content-Type", "application/json"),)
