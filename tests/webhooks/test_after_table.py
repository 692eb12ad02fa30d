"""Every after-callback that a user's client can cause, caused by one: its shape, who did it, from where. What REST
causes is in test_commands.py, before-callbacks by both in test_before_table.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

import pytest

from sodam.apps.webhooks import COMMANDS
from sodam_client import Client
from sodam_client.errors import RequestError
from tests.support.receiver import Receiver
from tests.webhooks.conftest import Shop, text, through
from tests.webhooks.test_commands import OFFICIAL, check

NOT_BY_CLIENTS: Final = {
    "Group.CallbackAfterGroupFull": "what somebody joining causes, by whichever way: test_commands.py",
    "Group.CallbackOnDailyGroupQuotaAlarm": "thousands of groups: tests/contract/test_group_days.py",
    "Push.AllMemberPush": "the app's own pushes",
    "Push.OfflinePush": "what a push service answers",
    "ContentCallback.ResultNotify": "what a word list refuses, by REST and by clients: test_content.py",
    "Alert.RequestOverLimit": "REST alone has limits that are told",
}
"""And official accounts, which the web protocol has no commands for."""
GROUPS, TOPICS = "group_open_http_svc", "million_group_open_http_svc"
SILENT: Final = ("Group.CallbackOnMemberStateChange",)
"""Whose request says nothing of a client."""
Act = Callable[[], Awaitable[object]]


class World:
    """Ann does things, bob is there; ann's group, community and live room."""

    def __init__(self, shop: Shop, ann: Client, bob: Client, cat: Client) -> None:
        self.shop = shop
        self.ann = ann
        self.bob = bob
        self.cat = cat
        self.group = ""
        self.key = ""
        self.seq = 0

    async def call(self, name: str, body: dict[str, Any], who: Client | None = None) -> dict[str, Any]:
        answer = await (who or self.ann).request(name, body)
        return dict(answer)

    async def in_group(self, name: str, service: str = GROUPS, who: Client | None = None, **body: Any) -> None:
        await self.call(f"{service}.{name}", {"GroupId": self.group, **body}, who)

    async def make(self) -> None:
        made = {"Type": "Public", "Name": "Hikers", "Owner_Account": "ann", "ApplyJoinOption": "FreeAccess"}
        made |= {"MemberList": [{"Member_Account": "bob"}]}
        self.group = (await self.call(f"{GROUPS}.create_group", made))["GroupId"]

    async def say(self) -> None:
        """A message of one user to another, that others can do things with."""
        sent = await self.ann.send_text("bob", "lunch?")
        self.key = sent.key

    async def say_in_group(self) -> None:
        self.shop.count += 1
        at = [{"GroupAtAllFlag": 0, "GroupAt_Account": "@RBT#guide"}]
        body = {"GroupId": self.group, "Random": self.shop.count, "MsgBody": text("route?"), "GroupAtInfo": at}
        body |= {"NeedReadReceipt": 1, "SupportMessageExtension": 1}
        self.seq = (await self.call(f"{GROUPS}.send_group_msg", body))["MsgSeq"]

    async def extensible(self) -> dict[str, Any]:
        sent = await self.shop.say("ann", "bob", "vote", SupportMessageExtension=1)
        return {"From_Account": "ann", "To_Account": "bob", "MsgKey": sent["MsgKey"]}

    async def receipt(self) -> None:
        asked = await self.shop.say("ann", "bob", "read?", IsNeedReadReceipt=1)
        seq, random, at = map(int, asked["MsgKey"].split("_"))
        info = {"From_Account": "ann", "To_Account": "bob", "MsgSeq": seq, "MsgRandom": random, "MsgTime": at}
        info |= {"MsgClientTime": at, "MsgKey": asked["MsgKey"]}
        body = {"From_Account": "bob", "Peer_Account": "ann", "C2CMsgInfo": [info]}
        await self.call("openim.c2c_msg_read_receipt", body, self.bob)

    async def extend(self) -> None:
        item = {"Key": "vote_a", "Value": "2", "Seq": 0}
        body = {**await self.extensible(), "OperateType": 1, "ExtensionList": [item]}
        await self.call("openim_msg_ext_http_svc.set_key_values", body)

    async def refused(self) -> None:
        """Bob may not speak."""
        await self.in_group("modify_group_member_info", Member_Account="bob", ShutUpTime=60)
        self.shop.count += 1
        body = {"GroupId": self.group, "Random": self.shop.count, "MsgBody": text("x")}
        with pytest.raises(RequestError) as error:
            await self.call(f"{GROUPS}.send_group_msg", body, self.bob)
        assert error.value.code == 10017

    def table(self) -> list[tuple[str, Act]]:
        """In the order in which they are done; each is told once."""
        return [*self.of_users(), *self.of_messages(), *self.of_groups(), *self.of_topics()]

    def by_ann(self, command: str, name: str, **body: Any) -> tuple[str, Act]:
        return command, lambda: self.call(name, {"From_Account": "ann", **body})

    def of_group(self, command: str, name: str, who: Client | None = None, **body: Any) -> tuple[str, Act]:
        return f"Group.Callback{command}", lambda: self.in_group(name, who=who, **body)

    def of_users(self) -> list[tuple[str, Act]]:
        cat, friend = ["cat"], [{"To_Account": "cat", "AddSource": "AddSource_Type_Web"}]
        nick = [{"Tag": "Tag_Profile_IM_Nick", "Value": "Ann"}]
        gone = {"To_Account": cat, "DeleteType": "Delete_Type_Both"}
        return [
            ("State.StateChange", lambda: self.shop.client("dan")),
            self.by_ann("Profile.CallbackPortraitSet", "profile.portrait_set", ProfileItem=nick),
            self.by_ann("Sns.CallbackFriendAdd", "sns.friend_add", AddFriendItem=friend),
            self.by_ann("Sns.CallbackFriendDelete", "sns.friend_delete", **gone),
            self.by_ann("Sns.CallbackBlackListAdd", "sns.black_list_add", To_Account=cat),
            self.by_ann("Sns.CallbackBlackListDelete", "sns.black_list_delete", To_Account=cat),
            self.by_ann("Follow.CallbackAfterFollowAdd", "follow.follow_add", FollowItem=[{"To_Account": "cat"}]),
            self.by_ann("Follow.CallbackAfterFollowDelete", "follow.follow_delete", To_Account=cat),
        ]

    async def edit(self) -> None:
        await self.call("openim.modify_c2c_msg", {**self.named(), "MsgBody": text("dinner?"), "CloudCustomData": ""})

    async def read(self) -> None:
        item = {"To_Account": "ann", "LastedMsgTime": 2**31}
        await self.call("openim.msgreaded", {"C2CMsgReaded": {"C2CMsgReadedItem": [item]}}, self.bob)

    async def recall(self) -> None:
        await self.call("openim.msgwithdraw", {"From_Account": "ann", "To_Account": "bob", "MsgInfo": self.named()})

    def named(self) -> dict[str, Any]:
        seq, random, at = map(int, self.key.split("_"))
        place = {"From_Account": "ann", "To_Account": "bob", "MsgKey": self.key}
        return {**place, "MsgSeq": seq, "MsgRandom": random, "MsgTime": at, "MsgTimeStamp": at}

    def of_messages(self) -> list[tuple[str, Act]]:
        return [
            ("C2C.CallbackAfterSendMsg", self.say),
            ("C2C.CallbackAfterModifyMsg", self.edit),
            ("C2C.CallbackAfterMsgReport", self.read),
            ("C2C.CallbackAfterMsgReadReceipt", self.receipt),
            ("C2C.CallbackAfterC2CMsgExtension", self.extend),
            ("C2C.CallbackAfterMsgWithDraw", self.recall),
            ("Bot.OnC2CMessage", lambda: self.ann.send_text("@RBT#guide", "hi")),
            ("Chatbot.OnC2CSignalMessage", lambda: self.ann.send("@RBT#guide", through("go on"))),
        ]

    async def edit_in_group(self) -> None:
        body = {"GroupId": self.group, "MsgSeq": self.seq, "MsgBody": text("north route?")}
        await self.call("openim.modify_group_msg", body)

    async def extend_in_group(self) -> None:
        item = {"Key": "v", "Value": "2", "Seq": 0}
        body = {"GroupId": self.group, "MsgSeq": self.seq, "OperateType": 1, "ExtensionList": [item]}
        await self.call("openim_msg_ext_http_svc.group_set_key_values", body)

    async def read_in_group(self) -> None:
        await self.in_group("group_msg_receipt", who=self.bob, MsgSeqList=[{"MsgSeq": self.seq}])

    async def recall_in_group(self) -> None:
        await self.in_group("group_msg_recall", MsgSeqList=[{"MsgSeq": self.seq}])

    def of_groups(self) -> list[tuple[str, Act]]:
        return [
            ("Group.CallbackAfterCreateGroup", self.make),
            ("Group.CallbackAfterSendMsg", self.say_in_group),
            ("Group.CallbackSendMsgException", self.refused),
            ("Group.CallbackAfterModifyMsg", self.edit_in_group),
            ("Group.CallbackAfterGroupMsgExtension", self.extend_in_group),
            ("Group.CallbackAfterReadReceipt", self.read_in_group),
            ("Group.CallbackAfterRecallMsg", self.recall_in_group),
            self.of_group("AfterGroupInfoChanged", "modify_group_base_info", Name="Walkers"),
            self.of_group("AfterGroupAttrChanged", "set_group_attr", GroupAttr=[{"key": "phase", "value": "2"}]),
            self.of_group("AfterMemberFieldChanged", "modify_group_member_info", Member_Account="bob", NameCard="B"),
            self.of_group("AfterNewMemberJoin", "apply_join_group", self.cat),
            self.of_group("AfterMemberExit", "quit_group", self.cat),
            self.of_group("AfterChangeGroupOwner", "change_group_owner", NewOwner_Account="bob"),
            self.of_group("AfterGroupDestroyed", "destroy_group", self.bob),
            self.by_ann("Group.CallbackOnMemberStateChange", f"{GROUPS}.apply_join_group", GroupId="live"),
        ]

    def of_topics(self) -> list[tuple[str, Act]]:
        city, food = "@TGS#_city", "@TGS#_city@TOPIC#_food"
        return [
            self.by_ann(f"Group.Callback{command}", f"{TOPICS}.{name}", GroupId=city, **body)
            for command, name, body in (
                ("AfterCreateTopic", "create_topic", {"TopicId": food, "TopicName": "food"}),
                ("AfterTopicInfoChanged", "modify_topic", {"TopicId": food, "TopicName": "meals"}),
                ("AfterTopicDestroyed", "destroy_topic", {"TopicIdList": [food]}),
            )
        ]


async def test_every_after_callback_by_a_client(shop: Shop, receiver: Receiver) -> None:
    await shop.console("CreatePlanOrder", Plan="Flagship", AcceptTerms=True)
    version = (await shop.console("DescribeAbilityConfInfo"))["Version"]
    on = {"MessageExtension": True, "PublicReceipts": True, "Community": True, "CommunityTopics": True}
    await shop.console("SetAbilityConfInfo", Version=version, RoomOnlineMembers=True, **on)
    await shop.users("ann", "bob", "cat", "dan", "@RBT#guide")
    ann, bob, cat = [await shop.client(name) for name in ("ann", "bob", "cat")]
    city = {"GroupId": "@TGS#_city", "Type": "Community", "Name": "City", "Owner_Account": "ann", "SupportTopic": 1}
    await shop.rest(f"{GROUPS}/create_group", city)
    await shop.rest(f"{GROUPS}/create_group", {"GroupId": "live", "Type": "AVChatRoom", "Name": "Live"})
    await shop.configure()
    world = World(shop, ann, bob, cat)
    wrong, done = [], set()
    for command, act in world.table():
        before = len(receiver.of(command))
        await act()
        try:
            found = (await receiver.wait(command, before + 1))[before:]
        except AssertionError as error:
            wrong.append((command, str(error)[:100]))
            continue
        done.add(command)
        for got in found:
            try:
                check(got)
            except AssertionError as error:
                wrong.append((command, str(error)[:300]))
        by_client = [got for got in found if got.query.get("OptPlatform") == "Web" or command in SILENT]
        if not by_client:
            wrong.append((command, str(found[-1].query)))
        elif command not in SILENT and by_client[-1].query["ClientIP"] != "127.0.0.1":
            wrong.append((command, f"from {by_client[-1].query['ClientIP']!r}"))
    assert wrong == []
    after = {name for name, one in COMMANDS.items() if one.kind == "after" and not name.startswith(OFFICIAL)}
    assert "Bot.OnGroupMessage" in {got.command for got in receiver.got}
    assert done | {"Bot.OnGroupMessage"} == after - NOT_BY_CLIENTS.keys()
