"""`sodam migrate --follow`: what changes at the source appears at the target, also what changed while it was killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from sodam.apps.webhooks import SWITCHES
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.guard import guarded
from tests.support.ports import Reserved
from tests.support.server import KEY, SDKAPPID, Engine, ServerFactory, ServerProcess

SETTINGS = f"""
[[app]]
sdkappid = {SDKAPPID}
key_env = "APP_KEY"
[app.settings.groups]
community = true
community_topics = true
"""
GROUP = "group_open_http_svc"
TOPIC = "million_group_open_http_svc"
USERS = ("ann", "bob", "cat", "dan", "eve")
TAGS = ["Tag_Profile_IM_Nick", "Tag_Profile_IM_SelfSignature", "Tag_Profile_IM_Gender"]
SECONDS = 120.0


def text(words: str) -> list[dict[str, Any]]:
    return [{"MsgType": "TIMTextElem", "MsgContent": {"Text": words}}]


@dataclass
class Shop:
    """An app that is in use: each round changes something of every kind."""

    server: ServerProcess
    client: httpx.AsyncClient
    count: int = 0
    topics: list[str] = field(default_factory=list)

    async def __call__(self, command: str, **body: Any) -> dict[str, Any]:
        answer = await self.server.rest(command, body, client=self.client)
        assert answer["ErrorCode"] == 0, (command, body, answer)
        return answer

    async def begin(self) -> None:
        await self("im_open_login_svc/multiaccount_import", Accounts=[*USERS])
        friends = [{"To_Account": user, "AddSource": "AddSource_Type_Web"} for user in ("bob", "cat")]
        await self("sns/friend_import", From_Account="ann", AddFriendItem=friends)
        await self("sns/black_list_add", From_Account="ann", To_Account=["eve"])
        await self.group("old", "bob", "cat")
        await self.group("doomed", "dan")
        await self.group("quiet", "bob", "cat")
        await self(
            f"{GROUP}/create_group",
            Type="Community",
            Name="City",
            GroupId="@TGS#_city",
            SupportTopic=1,
            Owner_Account="ann",
        )
        for number in range(3):
            await self.say("ann", "bob", f"before {number}")
            await self.tell("old", "bob", f"before {number}")
            await self.tell("quiet", "ann", f"before {number}")

    async def group(self, group_id: str, *members: str) -> None:
        listed = [{"Member_Account": member} for member in members]
        fields: dict[str, Any] = {"Type": "Public", "Name": group_id, "GroupId": group_id, "Owner_Account": "ann"}
        await self(f"{GROUP}/create_group", **fields, MemberList=listed)

    async def say(self, sender: str, recipient: str, words: str) -> str:
        self.count += 1
        # Numbers that fall: the order is that of arrival, not theirs.
        body = {"MsgSeq": 10**6 - self.count, "MsgRandom": self.count, "MsgBody": text(words)}
        return str((await self("openim/sendmsg", From_Account=sender, To_Account=recipient, **body))["MsgKey"])

    async def tell(self, group_id: str, sender: str, words: str, **more: Any) -> int:
        self.count += 1
        body = {"GroupId": group_id, "From_Account": sender, "Random": self.count, "MsgBody": text(words)}
        return int((await self(f"{GROUP}/send_group_msg", **body, **more))["MsgSeq"])

    async def round(self, n: int) -> None:
        """Something of each kind that a webhook tells of."""
        await self._one_to_one(n)
        await self._in_groups(n)
        await self._relations(n)
        await self._members(n)
        await self._topics(n)

    async def _one_to_one(self, n: int) -> None:
        keys = [await self.say(*pair, f"{n} {pair}") for pair in (("ann", "bob"), ("bob", "ann"), ("ann", "bob"))]
        pair = {"From_Account": "ann", "To_Account": "bob"}
        await self("openim/admin_msgwithdraw", **pair, MsgKey=keys[0])
        await self("openim/modify_c2c_msg", **pair, MsgKey=keys[2], MsgBody=text(f"edited {n}"), CloudCustomData="c")
        read = [{**pair, "MsgKey": keys[2]}]
        await self("openim/c2c_msg_read_receipt", Operator_Account="bob", Peer_Account="ann", C2CMsgInfo=read)
        if n % 2 == 0:
            await self("openim/admin_set_msg_read", Report_Account="bob", Peer_Account="ann")
        await self("im_open_login_svc/account_import", UserID=f"new{n}", Nick=f"New {n}")
        await self.say(f"new{n}", "cat", "who was never named before")

    async def _in_groups(self, n: int) -> None:
        numbers = [await self.tell("old", user, f"{n} {user}") for user in ("bob", "cat", "bob")]
        await self(f"{GROUP}/group_msg_recall", GroupId="old", MsgSeqList=[{"MsgSeq": numbers[0]}])
        await self("openim/modify_group_msg", GroupId="old", MsgSeq=numbers[1], MsgBody=text(f"edited {n}"))
        await self.group(f"made{n}", "bob")
        await self.tell(f"made{n}", "bob", f"first of {n}")
        changed = {"Name": f"Name {n}", "Introduction": f"intro {n}", "Notification": f"notice {n}"}
        await self(f"{GROUP}/modify_group_base_info", GroupId="old", **changed)
        await self(f"{GROUP}/set_group_attr", GroupId="old", GroupAttr=[{"key": "round", "value": str(n)}])
        for user, count in (("bob", 1), ("cat", 0)):
            await self(f"{GROUP}/set_unread_msg_num", GroupId="quiet", Member_Account=user, UnreadMsgNum=count)
        await self.tell("quiet", "ann", f"quiet {n}")
        # Behind the tip that the change has left at the target, and within its second.
        await self.tell("old", "cat", f"after the change {n}")

    async def _relations(self, n: int) -> None:
        items = [{"Tag": TAGS[0], "Value": f"Ann {n}"}, {"Tag": TAGS[1], "Value": "" if n % 2 else f"signed {n}"}]
        await self("profile/portrait_set", From_Account="ann", ProfileItem=items)
        other, gone = (("dan", "cat"), ("cat", "dan"))[n % 2]
        added = [{"To_Account": other, "AddSource": "AddSource_Type_Web", "Remark": f"R{n}", "GroupName": f"list{n}"}]
        await self(
            "sns/friend_add", From_Account="ann", AddFriendItem=added, AddType="Add_Type_Single", ForceAddFlags=1
        )
        await self("sns/friend_delete", From_Account="ann", To_Account=[gone], DeleteType="Delete_Type_Single")
        listed, off = (("dan", "eve"), ("eve", "dan"))[n % 2]
        await self("sns/black_list_add", From_Account="bob", To_Account=[listed])
        await self("sns/black_list_delete", From_Account="bob", To_Account=[off])
        await self("follow/follow_add", From_Account="bob", FollowItem=[{"To_Account": other}])
        await self("follow/follow_delete", From_Account="bob", To_Account=[gone])

    async def _members(self, n: int) -> None:
        joins, leaves = (("dan", "eve"), ("eve", "dan"))[n % 2]
        await self(f"{GROUP}/add_group_member", GroupId="old", MemberList=[{"Member_Account": joins}])
        await self(f"{GROUP}/delete_group_member", GroupId="old", MemberToDel_Account=[leaves])
        role = ("Admin", "Member")[n % 2]
        await self(f"{GROUP}/modify_group_member_info", GroupId="old", Member_Account="cat", Role=role)
        await self(f"{GROUP}/modify_group_member_info", GroupId="old", Member_Account="cat", NameCard=f"Card {n}")
        await self(f"{GROUP}/change_group_owner", GroupId="old", NewOwner_Account=("bob", "ann")[n % 2])
        await self(f"{GROUP}/destroy_group", GroupId="doomed" if n == 0 else f"made{n - 1}")

    async def _topics(self, n: int) -> None:
        made = {"GroupId": "@TGS#_city", "TopicName": f"Topic {n}", "From_Account": "ann"}
        self.topics.append((await self(f"{TOPIC}/create_topic", **made))["TopicId"])
        await self.tell("@TGS#_city", "ann", f"in {n}", TopicId=self.topics[-1])
        await self(f"{TOPIC}/modify_topic", GroupId="@TGS#_city", TopicId=self.topics[-1], TopicName=f"Renamed {n}")
        if n:
            await self(f"{TOPIC}/destroy_topic", GroupId="@TGS#_city", TopicIdList=[self.topics[-2]])

    async def unsaid(self) -> None:
        """What no webhook tells of: found by the look at everything that a start begins with."""
        body = {"To_Account": "bob", "SnsItem": [{"Tag": "Tag_SNS_IM_Remark", "Value": "without a word"}]}
        await self("sns/friend_update", From_Account="ann", UpdateItem=[body])
        await self("im_open_login_svc/account_delete", DeleteItem=[{"UserID": "new0"}])
        await self(f"{GROUP}/set_unread_msg_num", GroupId="quiet", Member_Account="bob", UnreadMsgNum=2)


async def shown(server: ServerProcess, client: httpx.AsyncClient) -> dict[str, Any]:
    """An app as its back end sees it."""

    async def ask(command: str, **body: Any) -> dict[str, Any]:
        return await server.rest(command, body, client=client)

    users = [*USERS, "new0", "new1", "new2"]
    checked = await ask("im_open_login_svc/account_check", CheckItem=[{"UserID": user} for user in users])
    status = {item["UserID"]: item["AccountStatus"] for item in checked["ResultItem"]}
    there = [user for user, state in status.items() if state == "Imported"]
    seen: dict[str, Any] = {"accounts": there}
    portraits = await ask("profile/portrait_get", To_Account=there, TagList=TAGS)
    for item in portraits["UserProfileItem"]:
        seen[f"profile {item['To_Account']}"] = sorted(str(field) for field in item["ProfileItem"] if field["Value"])
    for user in ("ann", "bob"):
        page = await ask("sns/friend_get", From_Account=user, StartIndex=0, StandardSequence=0, CustomSequence=0)
        for friend in page.get("UserDataItem") or ():
            values = {item["Tag"]: item["Value"] for item in friend["ValueItem"]}
            kept = [values.get(f"Tag_SNS_IM_{name}") or "" for name in ("Remark", "Group", "AddSource")]
            seen[f"friend {user} {friend['To_Account']}"] = kept
        page = await ask("sns/black_list_get", From_Account=user, StartIndex=0, MaxLimited=50, LastSequence=0)
        seen[f"blacklist {user}"] = sorted(item["To_Account"] for item in page.get("BlackListItem") or ())
        page = await ask("follow/follow_get", From_Account=user, FollowType=2, WantNum=50)
        seen[f"follows {user}"] = sorted(item["To_Account"] for item in page.get("FollowItem") or ())
        page = await ask("sns/group_get", From_Account=user, LastSequence=0)
        seen[f"lists {user}"] = sorted(item["GroupName"] for item in page.get("ResultItem") or ())
    for one, other in (("ann", "bob"), ("new0", "cat"), ("new1", "cat"), ("new2", "cat")):
        body = {"Operator_Account": other, "Peer_Account": one, "MaxCnt": 100, "MinTime": 0, "MaxTime": 2**32 - 1}
        page = await ask("openim/admin_getroammsg", **body)
        seen[f"pair {one} {other}"] = [
            (m["From_Account"], m["MsgTimeStamp"], str(m["MsgBody"]), m.get("CloudCustomData"))
            for m in page.get("MsgList") or ()
            if m["MsgFlagBits"] == 0
        ]
        seen[f"read {one} {other}"] = [m["IsPeerRead"] for m in page.get("MsgList") or () if m["MsgFlagBits"] == 0]
        for reader, peer in ((one, other), (other, one)):
            page = await ask("openim/get_c2c_unread_msg_num", To_Account=reader, Peer_Account=[peer])
            seen[f"unread {reader} {peer}"] = [n["C2CUnreadMsgNum"] for n in page.get("C2CUnreadMsgNumList", ())]
    for user in there:
        filters = {"SelfInfoFilter": ["UnreadMsgNum"]}
        page = await ask(f"{GROUP}/get_joined_group_list", Member_Account=user, ResponseFilter=filters)
        for item in page.get("GroupIdList", ()):
            if item["GroupId"] == "quiet":  # in the others tips count, which are each server's own
                seen[f"unread {user} in {item['GroupId']}"] = item["SelfInfo"]["UnreadMsgNum"]
    return seen | await _groups(ask)


async def _groups(ask: Any) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    listed = (await ask(f"{GROUP}/get_appid_group_list", Limit=100))["GroupIdList"]
    places = [{"GroupId": item["GroupId"]} for item in listed]
    for place in [*places]:
        group = place["GroupId"]
        info = (await ask(f"{GROUP}/get_group_info", GroupIdList=[group]))["GroupInfo"][0]
        if info.get("ErrorCode"):  # dismissed just now
            places.remove(place)
            continue
        names = ("Type", "Name", "Introduction", "Notification", "Owner_Account", "ApplyJoinOption", "CreateTime")
        seen[f"group {group}"] = [info.get(name) for name in names]
        paging = {"Next": ""} if info["Type"] == "Community" else {"Offset": 0}
        page = await ask(f"{GROUP}/get_group_member_info", GroupId=group, Limit=100, **paging)
        seen[f"members {group}"] = sorted(
            (member["Member_Account"], member["Role"], member.get("NameCard") or "")
            for member in page.get("MemberList", ())
        )
        page = await ask("group_open_attr_http_svc/get_group_attr", GroupId=group)
        seen[f"attributes {group}"] = page.get("GroupAttrAry")
        if info.get("SupportTopic"):
            for item in (await ask(f"{TOPIC}/get_topic", GroupId=group)).get("TopicAndSelfInfo", ()):
                topic = item["TopicInfo"]
                seen[f"topic {topic['TopicId']}"] = topic["TopicName"]
                places.append({"GroupId": group, "TopicId": topic["TopicId"]})
    for place in places:
        told: list[Any] = []
        more: dict[str, int] = {}
        while True:
            page = await ask(f"{GROUP}/group_msg_get_simple", **place, ReqMsgNumber=20, **more)
            found = page.get("RspMsgList", ())
            told += [m for m in found if not m["IsPlaceMsg"] and not m.get("IsSystemMsg")]
            if (low := min((m["MsgSeq"] for m in found), default=0)) <= 1:
                break
            more = {"ReqMsgSeq": low - 1}
        seen[f"history {place}"] = [(m["From_Account"], m["MsgRandom"], str(m["MsgBody"])) for m in told]
    return seen


class Following:
    """The command, at a port that stays."""

    def __init__(self, source: ServerProcess, target: ServerProcess, place: Path) -> None:
        self.place = place
        self._reserved = Reserved()
        self.address = f"127.0.0.1:{self._reserved.number}"
        self.command = [sys.executable, "-m", "sodam", "migrate", "--source", source.url, "--source-app", str(SDKAPPID)]
        self.command += ["--target", target.url, "--accounts", str(place / "ids.txt"), "--work", str(place / "work.db")]
        self.command += ["--rate", "0", "--follow", "--listen", self.address, "--compare"]
        self.env = {**target.environment, "SODAM_SOURCE_KEY": KEY, "SODAM_TARGET_KEY": KEY}
        self.log = place / "follow.log"

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[asyncio.subprocess.Process]:
        with self.log.open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                *self.command, env=os.environ | self.env, stdout=out, stderr=out, cwd=self.place
            )
        guarded().watch(process.pid)
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def said(self, words: str) -> None:
        end = time.monotonic() + SECONDS
        while words not in self.log.read_text():
            assert time.monotonic() < end, self.log.read_text()
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_a_copy_follows(server_factory: ServerFactory, engine: Engine, tmp_path: Path) -> None:
    settings = tmp_path / "apps.toml"
    settings.write_text(SETTINGS)
    env = {"SODAM_APPLY": str(settings), "APP_KEY": KEY, "SODAM_ROOT_PASSWORD": PASSWORD}
    source, target = server_factory(engine, env=env), server_factory(engine, env=env)
    (tmp_path / "ids.txt").write_text("\n".join(USERS))
    following = Following(source, target, tmp_path)
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client, ConsoleClient(source.url) as root:

        async def alike() -> None:
            """Wait until both are."""
            end = time.monotonic() + SECONDS
            while True:
                there, here = await shown(source, client), await shown(target, client)
                different = {
                    name: (there.get(name), here.get(name))
                    for name in there.keys() | here.keys()
                    if there.get(name) != here.get(name)
                }
                if not different:
                    return
                if time.monotonic() > end:
                    pytest.fail("\n".join(f"{k}:\n  {a}\n  {b}" for k, (a, b) in sorted(different.items())))
                await asyncio.sleep(0.2)

        shop = Shop(source, client)
        await shop.begin()
        await root.login()
        version = (await root.call("im/DescribeCallBack", SDKAppID=SDKAPPID))["Version"]
        hook = {"Url": f"http://{following.address}/", "Commands": [*SWITCHES], "Confirmed": True}
        await root.call("im/SetCallBack", SDKAppID=SDKAPPID, Version=version, **hook)
        async with following() as process:
            await following.said("everything was looked at")
            await alike()
            await shop.round(0)
            await alike()
            process.kill()
            await process.wait()
        await shop.round(1)
        await shop.unsaid()
        async with following() as process:
            await alike()
            await following.said("everything was looked at")
            await shop.round(2)
            await alike()
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0, following.log.read_text()
        assert "in the same order" in following.log.read_text()
