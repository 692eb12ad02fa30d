"""Every before-callback against every way that an app may answer it: asked by REST and by a client, all at once.

The app's word decides; what is no proper answer counts as none, and whoever is not asked about goes on meanwhile.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import pytest

from sodam.apps.webhooks import COMMANDS
from sodam_client import Client
from sodam_client.errors import RequestError
from tests.support.receiver import Got, Receiver, Reply
from tests.webhooks.conftest import Shop, text

GROUPS, TOPICS, OFFICIALS = "group_open_http_svc", "million_group_open_http_svc", "official_account_open_http_svc"
C2C, SAID, MAKING = "C2C.CallbackBeforeSendMsg", "Group.CallbackBeforeSendMsg", "Group.CallbackBeforeCreateGroup"
APPLYING, INVITING = "Group.CallbackBeforeApplyJoinGroup", "Group.CallbackBeforeInviteJoinGroup"
TOPIC = "Group.CallbackBeforeCreateTopic"
ADDING, REPLYING = "Sns.CallbackPrevFriendAdd", "Sns.CallbackPrevFriendResponse"
OPENING, FOLLOWING, TELLING = (
    f"OfficialAccount.Callback{name}"
    for name in ("BeforeCreateOfficialAccount", "BeforeAddSubscriber", "BeforeSendMsg")
)
MESSAGES, FRIENDS, LISTS = (C2C, SAID, TELLING), (ADDING, REPLYING), (INVITING, FOLLOWING)
WAYS = ("agree", "refuse", "own code", "drop", "replace", "hangs", "late", "closes", "garbage", "10 MB", "HTTP 500")
NO_ANSWER = WAYS[5:]
SECONDS = 8
"""Within which the app must have been asked for all causes, and have answered."""
ASKERS = {C2C: "ann", SAID: "sam", MAKING: "mia", TOPIC: "tom", INVITING: "ivo", APPLYING: "bob"} | {
    ADDING: "ada",
    REPLYING: "ron",
}
"""Whose client causes it: each has a connection of its own, since the packets of one wait for each other."""
CITY, NEWS, FILTERED = "@TGS#_city", "@TOA#_news", "[filtered]"


class Outcome(NamedTuple):
    code: int
    done: bool
    """Whether it has happened: stored, made, a member, a friend."""


class Cause(NamedTuple):
    command: str
    by_client: bool
    run: Callable[[str], Awaitable[Outcome]]
    """With the way of answering, one word, which names what is made."""


def expected(command: str, way: str) -> tuple[int, bool, bool]:
    """Code, whether it happens, and whether otherwise than it was asked for (webhooks.md 1.5, 1.6, 4.2, 6.4, 8)."""
    refusal, own = (20006, 120001) if command == C2C else (10016, 10150)
    if command in FRIENDS:
        return (38001, False, False) if way == "own code" else (0, True, False)  # an outer code: no decision
    if way == "refuse":
        return refusal, False, False
    if way == "own code":
        return own, False, False
    if way == "drop":
        return (0 if command in MESSAGES else refusal), False, False
    if way == "replace" and command == INVITING:
        return refusal, False, False  # everybody in the list was refused: the reason of the first
    if way == "replace":
        return 0, command not in LISTS, command in MESSAGES
    return 0, True, False


def decision(got: Got, way: str) -> dict[str, Any]:
    """What the app decides where it does; where its answer is none, it would have been a refusal."""
    own = 120001 if got.command == C2C else 10150
    code = {"refuse": 1, "own code": own, "drop": 2}.get(way, int(way in NO_ANSWER))
    more: dict[str, Any] = {}
    if got.command in FRIENDS:
        items = got.body.get("FriendItem") or got.body["ResponseFriendItem"]
        if way == "own code" or way in NO_ANSWER:
            code, more = 0, {"ResultItem": [{"To_Account": items[0]["To_Account"], "ResultCode": 38001}]}
    elif way == "replace":
        refused = got.body.get("DestinationMembers", []) + got.body.get("SubscribeAccountList", [])
        more = {
            "MsgBody": text(FILTERED),
            "RefusedMembers_Account": [one.get("Member_Account") for one in refused if "Member_Account" in one],
            "RefusedSubscribers_Account": [one["Subscriber_Account"] for one in refused if "Subscriber_Account" in one],
        }
    return {"ActionStatus": "OK", "ErrorCode": code, "ErrorInfo": "", **more}


class App:
    """The app's own server: it answers when all the causes have come, so that no failure spares it a question."""

    def __init__(self, way: str, causes: int) -> None:
        self.way = way
        self.causes = causes
        self.asked: list[str] = []
        self.all = asyncio.Event()

    async def __call__(self, got: Got) -> Reply | None:
        self.asked.append(got.command)
        if len(self.asked) == self.causes:
            self.all.set()
        await self.all.wait()
        if self.way in ("hangs", "late"):
            await asyncio.sleep(3600 if self.way == "hangs" else SECONDS + 1)
        if self.way == "closes":
            return None
        if self.way == "garbage":
            return 200, b'{"ErrorCode": 1, '
        said = json.dumps(decision(got, self.way)).encode()
        if self.way == "10 MB":
            return 200, said + b" " * 10_000_000
        return (500 if self.way == "HTTP 500" else 200), said


def word(way: str) -> str:
    return way.replace(" ", "-")


class World:
    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.clients: dict[str, Client] = {}

    async def prepare(self) -> None:
        """Everything that the causes need, before anything is asked about."""
        shop = self.shop
        await shop.console("CreatePlanOrder", Plan="Flagship", AcceptTerms=True)
        version = (await shop.console("DescribeAbilityConfInfo"))["Version"]
        await shop.console("SetAbilityConfInfo", Version=version, Community=True, CommunityTopics=True)
        people = [f"{kind}-{word(way)}" for way in WAYS for kind in ("new", "guest", "friend", "asks", "reader")]
        await shop.users(*ASKERS.values(), *people[:50])
        await shop.users(*people[50:])
        confirm = {"Tag": "Tag_Profile_IM_AllowType", "Value": "AllowType_Type_NeedConfirm"}
        await shop.rest("profile/portrait_set", {"From_Account": "ron", "ProfileItem": [confirm]})
        self.clients = {command: await shop.client(name) for command, name in ASKERS.items()}
        await self._group("Work", "invites", "ivo")
        await self._group("Meeting", "says", "sam")
        await self._group("Community", CITY, "tom", SupportTopic=1)
        opened = {"Owner_Account": "ann", "Name": "News", "OfficialAccountUserID": NEWS}
        await shop.rest(f"{OFFICIALS}/create_official_account", opened)
        for way in WAYS:
            await self._group("Meeting", f"door-{word(way)}", "ann")
            item = {"To_Account": "ron", "AddSource": "AddSource_Type_Web"}
            await shop.server.rest("sns/friend_add", {"From_Account": f"asks-{word(way)}", "AddFriendItem": [item]})

    async def _group(self, kind: str, name: str, owner: str, **more: Any) -> None:
        made = {"Type": kind, "GroupId": name, "Name": "g", "Owner_Account": owner, **more}
        await self.shop.rest(f"{GROUPS}/create_group", made)

    async def call(self, command: str, service: str, name: str, body: dict[str, Any], client: bool) -> dict[str, Any]:
        """The answer of REST or of the client's protocol, refusals too."""
        if not client:
            return await self.shop.server.rest(f"{service}/{name}", body)
        try:
            return {"ErrorCode": 0, **await self.clients[command].request(f"{service}.{name}", body)}
        except RequestError as error:
            return {"ErrorCode": error.code}

    # What causes each of them. The words tell one message from the others.

    async def c2c(self, way: str, client: bool) -> Outcome:
        words = f"{way} {client}"
        if client:
            code = 0
            try:
                await self.clients[C2C].send_text("bob", words)
            except RequestError as error:
                code = error.code
        else:
            code = (await self.shop.say("ann", "bob", words))["ErrorCode"]
        pair = {"Operator_Account": "ann", "Peer_Account": "bob", "MaxCnt": 100, "MinTime": 0, "MaxTime": 2**32 - 1}
        return Outcome(code, words in json.dumps(await self.shop.rest("openim/admin_getroammsg", pair)))

    async def said(self, way: str, client: bool) -> Outcome:
        self.shop.count += 1
        words = f"{way} {client}"
        body = {"GroupId": "says", "Random": self.shop.count, "MsgBody": text(words)}
        sender = {} if client else {"From_Account": "sam"}
        answer = await self.call(SAID, GROUPS, "send_group_msg", body | sender, client)
        found = await self.shop.rest(f"{GROUPS}/group_msg_get_simple", {"GroupId": "says", "ReqMsgNumber": 20})
        return Outcome(answer["ErrorCode"], words in json.dumps(found))

    async def making(self, way: str, client: bool) -> Outcome:
        name = f"made-{word(way)}-{client}"
        made = {"Type": "Public", "GroupId": name, "Name": "g", "Owner_Account": "mia"}
        answer = await self.call(MAKING, GROUPS, "create_group", made, client)
        found = await self.shop.rest(f"{GROUPS}/get_group_info", {"GroupIdList": [name]})
        return Outcome(answer["ErrorCode"], found["GroupInfo"][0]["ErrorCode"] == 0)

    async def topic(self, way: str, client: bool) -> Outcome:
        name = f"{CITY}@TOPIC#_{word(way)}-{client}"
        made = {"GroupId": CITY, "TopicId": name, "TopicName": "t"}
        answer = await self.call(TOPIC, TOPICS, "create_topic", made, client)
        found = await self.shop.rest(f"{TOPICS}/get_topic", {"GroupId": CITY, "TopicIdList": [name]})
        return Outcome(answer["ErrorCode"], '"TopicName": "t"' in json.dumps(found))

    async def _members(self, group: str) -> str:
        return json.dumps(await self.shop.rest(f"{GROUPS}/get_group_member_info", {"GroupId": group}))

    async def applying(self, way: str, client: bool) -> Outcome:
        door = f"door-{word(way)}"
        answer = await self.call(APPLYING, GROUPS, "apply_join_group", {"GroupId": door}, client)
        return Outcome(answer["ErrorCode"], '"bob"' in await self._members(door))

    async def inviting(self, way: str, client: bool) -> Outcome:
        who = f"{'guest' if client else 'new'}-{word(way)}"
        body = {"GroupId": "invites", "MemberList": [{"Member_Account": who}]}
        answer = await self.call(INVITING, GROUPS, "add_group_member", body, client)
        return Outcome(answer["ErrorCode"], f'"{who}"' in await self._members("invites"))

    async def _friends(self, user_id: str, other: str) -> bool:
        asked = {"From_Account": user_id, "To_Account": [other], "CheckType": "CheckResult_Type_Both"}
        found = await self.shop.rest("sns/friend_check", asked)
        return bool(found["InfoItem"][0]["Relation"] == "CheckResult_Type_BothWay")

    async def adding(self, way: str, client: bool) -> Outcome:
        item = {"To_Account": f"friend-{word(way)}", "AddSource": "AddSource_Type_Web"}
        answer = await self.call(ADDING, "sns", "friend_add", {"From_Account": "ada", "AddFriendItem": [item]}, client)
        return Outcome(answer["ResultItem"][0]["ResultCode"], await self._friends("ada", item["To_Account"]))

    async def replying(self, way: str, client: bool) -> Outcome:
        item = {"To_Account": f"asks-{word(way)}", "ResponseAction": "Response_Action_AgreeAndAdd"}
        body = {"From_Account": "ron", "ResponseFriendItem": [item | {"Remark": "", "TagName": ""}]}
        answer = await self.call(REPLYING, "sns", "friend_response", body, client)
        return Outcome(answer["ResultItem"][0]["ResultCode"], await self._friends("ron", item["To_Account"]))

    async def opening(self, way: str, client: bool) -> Outcome:
        name = f"@TOA#_{word(way)}"
        made = {"Owner_Account": "ann", "Name": "n", "OfficialAccountUserID": name}
        answer = await self.call(OPENING, OFFICIALS, "create_official_account", made, client)
        asked = {"OfficialAccountIdList": [{"Official_Account": name}]}
        found = await self.shop.server.rest(f"{OFFICIALS}/get_official_account_info", asked)
        return Outcome(answer["ErrorCode"], "SubscriberNum" in json.dumps(found))

    async def following(self, way: str, client: bool) -> Outcome:
        who = f"reader-{word(way)}"
        body = {"Official_Account": NEWS, "SubscriberList": [{"Subscriber_Account": who}]}
        answer = await self.call(FOLLOWING, OFFICIALS, "add_subscriber", body, client)
        page = {"Official_Account": NEWS, "Limit": 200, "Next": ""}
        return Outcome(
            answer["ErrorCode"],
            f'"{who}"' in json.dumps(await self.shop.rest(f"{OFFICIALS}/get_subscriber_info", page)),
        )

    async def telling(self, way: str, client: bool) -> Outcome:
        self.shop.count += 1
        words = f"{way} {client}"
        body = {"Official_Account": NEWS, "Random": self.shop.count, "MsgBody": text(words)}
        answer = await self.call(TELLING, OFFICIALS, "send_official_account_msg", body, client)
        asked = {"Official_Account": NEWS, "ReqMsgNumber": 20}
        found = await self.shop.rest(f"{OFFICIALS}/official_account_msg_get_simple", asked)
        return Outcome(answer["ErrorCode"], words in json.dumps(found))

    def causes(self) -> list[Cause]:
        """Each by whoever can cause it: applying and friends' requests clients alone, official accounts REST alone."""
        table: list[tuple[str, Callable[[str, bool], Awaitable[Outcome]], str]] = [
            *((C2C, self.c2c, "both"), (SAID, self.said, "both"), (MAKING, self.making, "both")),
            *((TOPIC, self.topic, "both"), (INVITING, self.inviting, "both"), (APPLYING, self.applying, "client")),
            *((ADDING, self.adding, "client"), (REPLYING, self.replying, "client"), (OPENING, self.opening, "REST")),
            *((FOLLOWING, self.following, "REST"), (TELLING, self.telling, "REST")),
        ]
        return [
            Cause(command, client, lambda way, run=run, client=client: run(way, client))  # type: ignore[misc]
            for command, run, by in table
            for client in (False, True)
            if by == "both" or (by == "client") == client
        ]


@pytest.mark.parametrize("seconds", [SECONDS])
async def test_every_before_callback_and_every_answer(shop: Shop, receiver: Receiver) -> None:
    world = World(shop)
    await world.prepare()
    causes = world.causes()
    assert {cause.command for cause in causes} == {one.name for one in COMMANDS.values() if one.kind == "before"}
    switches = sorted({COMMANDS[cause.command].switch for cause in causes})
    wrong = []
    for way in WAYS:
        app = App(way, len(causes))
        receiver.answer = app
        await shop.configure(switches, Url=f"{receiver.url}/{word(way)}")  # a breaker that is open is another URL's
        running = [asyncio.ensure_future(cause.run(way)) for cause in causes]
        async with asyncio.timeout(60):
            await app.all.wait()
        if way == "hangs":
            quiet = {"ForbidCallbackControl": ["ForbidBeforeSendMsgCallback"]}
            assert (await shop.say("ann", "bob", "meanwhile", **quiet))["ErrorCode"] == 0
            assert not any(one.done() for one in running), "nobody else waits for the app"
        outcomes = await asyncio.gather(*running)
        assert sorted(app.asked) == sorted(cause.command for cause in causes), f"each is asked once: {way}"
        for cause, outcome in zip(causes, outcomes, strict=True):
            code, done, replaced = expected(cause.command, way)
            if outcome != (code, done and not replaced):
                wrong.append((way, cause.command, "client" if cause.by_client else "REST", outcome, (code, done)))
        if way == "replace":
            pair = {"Operator_Account": "ann", "Peer_Account": "bob", "MaxCnt": 100, "MinTime": 0, "MaxTime": 2**32 - 1}
            assert json.dumps(await shop.rest("openim/admin_getroammsg", pair)).count(FILTERED) == 2
    assert wrong == []
