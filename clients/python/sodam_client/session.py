"""Who we are to the server: the head of every request, the login and the ticket that it gave."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import msgspec

from sodam_client.connection import Connection
from sodam_client.errors import KickedError, LoginError, RequestError
from sodam_client.frames import decode_body

UserSig = str | Callable[[], str]


class _LoginAnswer(msgspec.Struct, rename="pascal"):
    a2_key: str
    tiny_id: str
    inst_id: int = 0
    hello_interval: int = 120
    time_stamp: int = 0


class Session:
    """The sign-in state of one client, kept over its connections."""

    def __init__(self, sdkappid: int, user_id: str, usersig: UserSig) -> None:
        self.sdkappid = sdkappid
        self.hello_interval = 120.0
        self._user_id = user_id
        self._usersig = usersig
        self._ticket: _LoginAnswer | None = None
        self._instance = secrets.token_hex(16)
        self._clock_offset = 0.0

    def address(self, url: str) -> str:
        """Where to open a socket: the server's address and who opens it."""
        query = {
            "sdkappid": self.sdkappid,
            "instanceid": self._instance,
            "random": secrets.randbits(32),
            "platform": 7,
            "host": "unknown",
            "version": -1,
            "sdkversion": "sodam-client",
            "compress": "gzip",
        }
        return f"{url}/binfo?{urlencode(query)}"

    def head(self) -> dict[str, Any]:
        """The head of a request: the ticket once there is one."""
        head = self._plain_head()
        if self._ticket is not None:
            head |= {"a2": self._ticket.a2_key, "tinyid": self._ticket.tiny_id, "status_instid": self._ticket.inst_id}
        return head

    async def login(self, connection: Connection, timeout: float) -> None:
        """Sign in with the ticket of an earlier login, or with a signature when there is none or it is refused.

        Raises `LoginError`, `KickedError` when the ticket is of a client that was signed out meanwhile, or what
        `Connection.request` raises.
        """
        if self._ticket is not None:
            try:
                await self._login(connection, self.head(), timeout)
                return
            except RequestError as error:
                if error.kick_type:
                    raise KickedError(error.kick_type) from error
                self._ticket = None
        usersig = self._usersig() if callable(self._usersig) else self._usersig
        head = self._plain_head() | {"identifier": self._user_id, "usersig": usersig}
        try:
            await self._login(connection, head, timeout)
        except RequestError as error:
            raise LoginError(error.servcmd, error.code, error.info) from error

    def server_time(self) -> int:
        """The server's time in unix seconds, as its last login told it."""
        return int(time.time() + self._clock_offset)

    def _plain_head(self) -> dict[str, Any]:
        return {
            "ver": "v4",
            "platform": 7,
            "sdkappid": self.sdkappid,
            "contenttype": "json",
            "reqtime": int(time.time()),
            "status_instid": 0,
        }

    async def _login(self, connection: Connection, head: dict[str, Any], timeout: float) -> None:
        body = {"State": "Online", "InstType": "Web", "is_web_uniapp": 0}
        raw = await connection.request(head, "im_open_status.wslogin", body, timeout)
        self._ticket = decode_body(raw, _LoginAnswer)
        self.hello_interval = float(max(self._ticket.hello_interval, 1))
        if self._ticket.time_stamp:
            self._clock_offset = self._ticket.time_stamp - time.time()
