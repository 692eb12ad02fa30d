"""The driver of Sodam and of the floor."""

from __future__ import annotations

import itertools
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec

from bench.load.bulk import ask_all
from bench.load.driver import TEXT, ChatSession, Coalescer, OnMessage
from bench.load.errors import LoadError
from bench.load.http import HttpConnection, post
from bench.load.websocket import WebSocketSession
from bench.plan import Address
from sodam import usersig

_IMPORT_AT_ONCE = 100
_FRIENDS_AT_ONCE = 1000


class SodamDriver:
    """REST v4 and the client protocol. The floor has neither accounts nor relations: those calls do nothing there."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._coalescer = Coalescer()
        self._numbers = itertools.count(1)
        signature = self._usersig("administrator")
        self._query = (
            f"?sdkappid={address.sdkappid}&identifier=administrator&usersig={signature}&random=1&contenttype=json"
        )

    async def create_users(self, count: int) -> None:
        await self.import_accounts([f"u{number}" for number in range(count)])

    async def import_accounts(self, names: list[str]) -> None:
        """Import accounts, 100 a call."""
        if self._address.kind == "floor":
            return
        chunks = (names[start : start + _IMPORT_AT_ONCE] for start in range(0, len(names), _IMPORT_AT_ONCE))
        command = "im_open_login_svc/multiaccount_import"
        await ask_all(
            self, (self.request(command, {"AccountList": [{"UserID": name} for name in chunk]}) for chunk in chunks)
        )

    async def make_group(self, name: str, members: range) -> None:
        """A Public group of these users, the first of whom owns it."""
        if self._address.kind == "floor":
            return
        people = [{"Member_Account": f"u{user}"} for user in members]
        body = {"Type": "Public", "GroupId": name, "Name": name, "Owner_Account": people[0]["Member_Account"]}
        command = "group_open_http_svc/add_group_member"
        first = self.request("group_open_http_svc/create_group", body)
        rest = self.request(command, {"GroupId": name, "MemberList": people[1:], "Silence": 1})
        await ask_all(self, iter([first]))
        await ask_all(self, iter([rest]))

    async def make_room(self, name: str) -> None:
        """A live room, which nobody owns."""
        body = {"Type": "AVChatRoom", "GroupId": name, "Name": name}
        await ask_all(self, iter([self.request("group_open_http_svc/create_group", body)]))

    async def connect(self, user: int, on_message: OnMessage) -> ChatSession:
        address, number = self._address, next(self._numbers)
        url = (
            f"ws://{address.host}:{address.port_of(user)}/binfo?sdkappid={address.sdkappid}&instanceid={number:032x}"
            f"&random={number}&platform=7&host=unknown&version=-1&sdkversion=3.6.6&compress=gzip"
        )
        # One source address has some 28 000 ports, and a closed connection keeps its port for a minute.
        source = f"127.0.0.{2 + number % 8}"
        signature = self._usersig(f"u{user}")
        return await WebSocketSession.open(url, address.sdkappid, user, signature, self._coalescer, on_message, source)

    async def open_http(self) -> HttpConnection:
        return await HttpConnection.open(self._address.host, self._address.http_port)

    def request(self, command: str, body: dict[str, Any]) -> bytes:
        """A whole request of any REST command, given as `service/command`."""
        return post(f"/v4/{command}{self._query}", msgspec.json.encode(body))

    def send_request(self, sender: int, recipient: int, number: int) -> bytes:
        body = {
            "From_Account": f"u{sender}",
            "To_Account": f"u{recipient}",
            "MsgSeq": number,
            "MsgRandom": number,
            "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": TEXT}}],
        }
        return self.request("openim/sendmsg", body)

    def check(self, answer: bytes) -> None:
        if b'"ErrorCode":0' not in answer or b'"Fail_Account":["' in answer or b'"FailAccounts":["' in answer:
            raise LoadError(f"answered: {answer[:400].decode(errors='replace')}")

    def add_friend_request(self, owner: int, friend: int) -> bytes:
        item = {"To_Account": f"u{friend}", "AddSource": "AddSource_Type_Bench"}
        body = {"From_Account": f"u{owner}", "AddFriendItem": [item], "AddType": "Add_Type_Both"}
        return self.request("sns/friend_add", body)

    async def import_friends(self, owner: int, friends: range) -> None:
        def bodies() -> Iterator[bytes]:
            for start in range(0, len(friends), _FRIENDS_AT_ONCE):
                chunk = friends[start : start + _FRIENDS_AT_ONCE]
                items = [{"To_Account": f"u{friend}", "AddSource": "AddSource_Type_Bench"} for friend in chunk]
                yield self.request("sns/friend_import", {"From_Account": f"u{owner}", "AddFriendItem": items})

        await ask_all(self, bodies())

    def friends_page_request(self, owner: int, start: int) -> bytes:
        """A whole request for one page of a friend list."""
        body = {"From_Account": f"u{owner}", "StartIndex": start, "StandardSequence": 0, "CustomSequence": 0}
        return self.request("sns/friend_get", body)

    async def read_friends(self, connection: HttpConnection, owner: int) -> int:
        return sum([count async for _, count in self.friend_pages(connection, owner)])

    async def friend_pages(self, connection: HttpConnection, owner: int) -> AsyncIterator[tuple[int, int]]:
        """Read a friend list page by page: where each page starts, and how many it holds."""
        start = 0
        while True:
            answer = await connection.ask(self.friends_page_request(owner, start))
            self.check(answer)
            page = msgspec.json.decode(answer, type=_FriendsPage)
            yield start, len(page.items)
            if page.complete or page.next_start <= start:
                return
            start = page.next_start

    def _usersig(self, user: str) -> str:
        number = next(self._numbers)
        # Another lifetime each time: no two signatures are the same, so none can be remembered.
        return usersig.generate(
            self._address.sdkappid, self._address.key, user, expire=86_400 + number, now=int(time.time())
        )


class _Item(msgspec.Struct, gc=False):
    to: str = msgspec.field(name="To_Account")


class _FriendsPage(msgspec.Struct):
    items: list[_Item] = msgspec.field(name="UserDataItem", default_factory=list)
    complete: int = msgspec.field(name="CompleteFlag", default=1)
    next_start: int = msgspec.field(name="NextStartIndex", default=0)
