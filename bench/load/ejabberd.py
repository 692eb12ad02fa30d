"""The driver of ejabberd: XMPP for chats, `mod_http_api` for what Sodam does over REST."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec

from bench.load.bulk import ask_all
from bench.load.driver import TEXT, ChatSession, Coalescer, OnMessage
from bench.load.errors import LoadError
from bench.load.http import HttpConnection, post
from bench.load.xmpp import PASSWORD, ROOMS, XmppSession
from bench.plan import Address


class EjabberdDriver:
    """One ejabberd."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._coalescer = Coalescer()
        self._numbers = itertools.count(1)

    async def create_users(self, count: int) -> None:
        await ask_all(
            self,
            (
                self._request("register", {"user": f"u{number}", "host": "localhost", "password": PASSWORD})
                for number in range(count)
            ),
        )

    async def make_group(self, name: str, members: range) -> None:
        """A room, which is kept and archives; its members are those who enter it."""
        await ask_all(self, iter([self._request("create_room", {"name": name, "service": ROOMS, "host": "localhost"})]))

    async def connect(self, user: int, on_message: OnMessage) -> ChatSession:
        source = f"127.0.0.{2 + next(self._numbers) % 8}"
        address = self._address
        return await XmppSession.open(address.host, address.port, user, self._coalescer, on_message, source)

    async def open_http(self) -> HttpConnection:
        return await HttpConnection.open(self._address.host, self._address.http_port)

    def send_request(self, sender: int, recipient: int, number: int) -> bytes:
        body = {
            "type": "chat",
            "from": f"u{sender}@localhost",
            "to": f"u{recipient}@localhost",
            "subject": "",
            "body": TEXT,
        }
        return self._request("send_message", body)

    def check(self, answer: bytes) -> None:
        if answer != b"0" and not answer.startswith((b"[", b'"User')):
            raise LoadError(f"answered: {answer[:400].decode(errors='replace')}")

    def add_friend_request(self, owner: int, friend: int) -> bytes:
        names = {"localuser": f"u{owner}", "localhost": "localhost", "user": f"u{friend}", "host": "localhost"}
        return self._request("add_rosteritem", {**names, "nick": f"u{friend}", "group": "bench", "subs": "both"})

    async def import_friends(self, owner: int, friends: range) -> None:
        await ask_all(self, (self.add_friend_request(owner, friend) for friend in friends))

    async def read_friends(self, connection: HttpConnection, owner: int) -> int:
        answer = await connection.ask(self._request("get_roster", {"user": f"u{owner}", "host": "localhost"}))
        return len(msgspec.json.decode(answer, type=list[_Item]))

    def _request(self, command: str, body: dict[str, Any]) -> bytes:
        return post(f"/api/{command}", msgspec.json.encode(body))


class _Item(msgspec.Struct, gc=False):
    jid: str
