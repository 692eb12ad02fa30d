"""Who acts on a day whose numbers are compared, with a book of what was done; and the other ends of what goes out."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from sodam import clock
from tests.contract.statistics_site import Door
from tests.gateway.raw_client import RawClient, Refused
from tests.support.receiver import OK, Got

USERS = [f"user{number}" for number in range(8)]
AWAY = ["away0", "away1"]
"""Each with a phone, and not signed in when the days begin."""
WEB, ANDROID = 7, 2
PLATFORMS = {WEB: "Web", ANDROID: "Android"}
GROUPS = "group_open_http_svc"


class Book:
    """What was done in an app, by unix second: written when it is answered."""

    def __init__(self) -> None:
        self.lines: list[tuple[float, str, str, int]] = []
        self.members: dict[str, set[str]] = {}
        self.rooms: set[str] = set()
        self.friends: set[frozenset[str]] = set()
        self.online: dict[float, set[str]] = {}

    def note(self, what: str, who: str = "", number: int = 1) -> None:
        self.lines.append((clock.now(), what, who, number))

    def sum(self, what: str, within: tuple[float, float]) -> int:
        return sum(number for when, name, _, number in self.lines if name == what and within[0] <= when < within[1])

    def who(self, within: tuple[float, float], *whats: str) -> set[str]:
        return {who for when, name, who, _ in self.lines if name in whats and within[0] <= when < within[1]}

    def peak(self, within: tuple[float, float]) -> int:
        """The most groups at a time, minute by minute: those made within a minute were there together."""
        minutes: dict[int, list[int]] = {}
        for when, what, _, number in self.lines:
            if what in ("group made", "group gone") and within[0] <= when < within[1]:
                minutes.setdefault(int(when) // 60, [0, 0])[what == "group gone"] += number
        before = (0.0, within[0])
        total = most = self.sum("group made", before) - self.sum("group gone", before)
        for _, (made, gone) in sorted(minutes.items()):
            most = max(most, total + made)
            total += made - gone
        return most


class Actor:
    """Acts at random through one door."""

    def __init__(self, door: Door, book: Book, dice: random.Random) -> None:
        self.door, self.book, self.dice = door, book, dice
        self._numbers = dice.randrange(1 << 20)

    async def rest(self, command: str, **body: Any) -> dict[str, Any]:
        answer = await self.door.rest(command, body)
        self.book.note("rest.ok" if answer["ErrorCode"] == 0 else "rest.bad")
        return answer

    def _body(self, text: str) -> dict[str, Any]:
        self._numbers += 1
        return {"MsgRandom": self._numbers, "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": text}}]}

    async def c2c(self) -> None:
        sender, receiver = self.dice.sample(USERS, 2)
        receiver = self.dice.choice([receiver, *AWAY, "nobody"])
        text = self.dice.choice(["fine", "fine", "broken callback"])
        sent = await self.rest("openim/sendmsg", From_Account=sender, To_Account=receiver, **self._body(text))
        assert (sent["ErrorCode"] == 0) is (receiver != "nobody"), sent
        self.book.note("send.C2CSends.RESTAPI." + ("bad" if receiver == "nobody" else "ok"))
        if receiver != "nobody":
            self.book.note("c2c", sender)
        if receiver in AWAY:
            self.book.note("pushed", receiver)

    async def group(self) -> None:
        group_id = self.dice.choice([*sorted(self.book.members), "nowhere"])
        sender = self.dice.choice(USERS)
        body = {"Random": self._numbers, "MsgBody": self._body("hi")["MsgBody"]}
        sent = await self.rest(f"{GROUPS}/send_group_msg", GroupId=group_id, From_Account=sender, **body)
        good = group_id != "nowhere"
        assert (sent["ErrorCode"] == 0) is good, sent
        self.book.note("send.GroupSends.RESTAPI." + ("ok" if good else "bad"))
        if good:
            self._spoke(group_id, sender)

    def _spoke(self, group_id: str, sender: str) -> None:
        self.book.note("spoken in", group_id)
        if group_id in self.book.rooms:
            self.book.note("room", sender)
            return
        others = self.book.members[group_id] - {sender}
        self.book.note("group", sender)
        self.book.note("group down", number=len(others))
        for user in others & set(AWAY):
            self.book.note("pushed", user)

    async def make(self, kind: str = "Public") -> None:
        members = self.dice.sample(USERS, 4)
        listed = [{"Member_Account": user} for user in members[1:]]
        wanted = {"Type": kind, "Name": "g", "Owner_Account": members[0]}
        if kind != "AVChatRoom":
            wanted["MemberList"] = listed
        group_id = (await self.rest(f"{GROUPS}/create_group", **wanted))["GroupId"]
        self.book.note("group made", group_id)
        self.book.members[group_id] = set(members)
        if kind == "AVChatRoom":
            self.book.rooms.add(group_id)

    async def unmake(self) -> None:
        await self.make()
        group_id = list(self.book.members)[-1]
        del self.book.members[group_id]
        assert (await self.rest(f"{GROUPS}/destroy_group", GroupId=group_id))["ErrorCode"] == 0
        self.book.note("group gone", group_id)

    async def join(self) -> None:
        group_id = self.dice.choice(sorted(self.book.members.keys() - self.book.rooms))
        new = sorted({*self.dice.sample([*USERS, *AWAY], 3)} - self.book.members[group_id])
        if not new:
            return
        listed = [{"Member_Account": user} for user in new]
        assert (await self.rest(f"{GROUPS}/add_group_member", GroupId=group_id, MemberList=listed))["ErrorCode"] == 0
        self.book.members[group_id] |= set(new)
        self.book.note("join", number=len(new))
        gone = new[0]
        left = await self.rest(f"{GROUPS}/delete_group_member", GroupId=group_id, MemberToDel_Account=[gone])
        assert left["ErrorCode"] == 0
        self.book.members[group_id].remove(gone)
        self.book.note("leave")

    async def befriend(self) -> None:
        pair = self.dice.sample(USERS, 2)
        one, two = pair
        if frozenset(pair) in self.book.friends:
            gone = {"From_Account": one, "To_Account": [two], "DeleteType": "Delete_Type_Both"}
            assert (await self.rest("sns/friend_delete", **gone))["ResultItem"][0]["ResultCode"] == 0
            self.book.friends.remove(frozenset(pair))
            self.book.note("unfriended")
            return
        item = [{"To_Account": two, "AddSource": "AddSource_Type_Script"}]
        added = await self.rest("sns/friend_add", From_Account=one, AddFriendItem=item, AddType="Add_Type_Both")
        assert added["ResultItem"][0]["ResultCode"] == 0, added
        self.book.friends.add(frozenset(pair))
        self.book.note("befriended")

    async def account(self) -> None:
        self._numbers += 1
        user = f"guest{self._numbers}"
        assert (await self.rest("im_open_login_svc/account_import", UserID=user))["ErrorCode"] == 0
        self.book.note("account", user)
        if self.dice.random() < 0.4:
            gone = await self.rest("im_open_login_svc/account_delete", DeleteItem=[{"UserID": user}])
            assert gone["ResultItem"][0]["ResultCode"] == 0
            self.book.note("account gone", user)

    async def refused_login(self) -> None:
        async with RawClient(self.door, "user0") as phone:  # type: ignore[arg-type]
            head = {"platform": WEB, "identifier": "user0", "usersig": self.door.usersig("user0", "0" * 64)}
            with pytest.raises(Refused):
                await phone.call("im_open_status.wslogin", {"State": "Online"}, head=head)
        self.book.note("login.Logins.Web.bad", "user0")

    async def sign_in(self, user: str, platform: int) -> RawClient:
        phone = RawClient(self.door, user)  # type: ignore[arg-type]
        await phone.open()
        await phone.sign_in(platform=platform, sync=False)
        self.book.note(f"login.Logins.{PLATFORMS[platform]}.ok", user)
        self.book.note("active", user)
        return phone

    async def talk(self, phone: RawClient, platform: int) -> None:
        receiver = next(user for user in USERS if user != phone.user_id)
        self._numbers += 1
        body = {"From_Account": phone.user_id, "To_Account": receiver, "MsgSeq": self._numbers}
        await phone.call("openim.sendmsg", body | self._body("by a client"))
        self.book.note("c2c", phone.user_id)
        self.book.note(f"send.C2CSends.{PLATFORMS[platform]}.ok")


class Outside:
    """The app's own server and a push service: each keeps when it was asked, and what it answered."""

    def __init__(self) -> None:
        self.pushes: list[tuple[float, int, bool]] = []
        self._seen: set[str] = set()

    async def called(self, got: Got) -> tuple[int, bytes]:
        first = got.id not in self._seen
        self._seen.add(got.id)
        if b"broken callback" in got.raw and first:
            return 500, b""
        return 200, json.dumps(OK).encode()

    def push(self, app: int) -> Callable[[Got], Any]:
        async def answer(got: Got) -> tuple[int, bytes]:
            good = b"token-away0" in got.raw
            self.pushes.append((clock.now(), app, good))
            refused = {"result": "error", "code": 10017, "reason": "Invalid parameters"}
            return 200, json.dumps({"result": "ok", "code": 0, "data": {"id": "1"}} if good else refused).encode()

        return answer
