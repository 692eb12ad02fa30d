"""What the official web SDK does in a group and in a topic, with three users on two devices each: every device of
everybody concerned sees it, and nobody else's list changes."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from driver import SdkClient, SdkError, message_ref
from scene import SignIn, UserId, learned
from test_group_life import create
from test_group_messages import history, write
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import ServerFactory, ServerProcess

SWITCHES: dict[str, Any] = {
    "Community": True,
    "CommunityTopics": True,
    "MessageExtension": True,
    "PublicReceipts": True,
    "LoginType": "multi",
    "WebInstances": 2,
}
HEART = "heart"
READ_GROUPS = "readAllGroupMessage"


class Place(NamedTuple):
    """A group, or a topic of a community."""

    id: str
    group: str

    @property
    def conversation(self) -> str:
        return f"GROUP{self.id}"


class Cast(NamedTuple):
    """The first and the second device of each."""

    ann: SdkClient
    bob: SdkClient
    cid: SdkClient
    ann2: SdkClient
    bob2: SdkClient
    cid2: SdkClient


async def switch_on(server: ServerProcess) -> None:
    async with ConsoleClient(server.url) as root:
        await root.login()
        settings = await root.call("im/DescribeAbilityConfInfo", SDKAppID=server.sdkappid)
        await root.call("im/SetAbilityConfInfo", SDKAppID=server.sdkappid, Version=settings["Version"], **SWITCHES)


def of(client: SdkClient, event: str, *, since: int = 0) -> list[Any]:
    return [one.data for one in client.events[since:] if one.name == event]


def entry(client: SdkClient, place: Place) -> dict[str, Any]:
    """The conversation as it was last reported; {} when it is not listed."""
    for data in reversed(of(client, "CONVERSATION_LIST_UPDATED")):
        if isinstance(data, list):
            return next((dict(c) for c in data if c["conversationID"] == place.conversation), {})
    return {}


async def topic_of(client: SdkClient, place: Place) -> dict[str, Any]:
    found = await client.call("getTopicList", {"groupID": place.group, "topicIDList": [place.id]})
    topic: dict[str, Any] = found["successTopicList"][0]
    return topic


async def shows(client: SdkClient, place: Place, true: Callable[[dict[str, Any]], bool]) -> None:
    """The client's list of topics follows what another device did."""
    async with asyncio.timeout(90):
        while not true(await topic_of(client, place)):
            await asyncio.sleep(0.05)


async def all_hear(clients: list[SdkClient], event: str, about: Callable[[Any], bool], since: dict[str, int]) -> None:
    for client in clients:
        await client.wait_event(event, about, since=since[client.name])


def marks(cast: Cast) -> dict[str, int]:
    return {client.name: len(client.events) for client in cast}


async def got(client: SdkClient, sent: dict[str, Any]) -> dict[str, Any]:
    await client.wait_until(lambda: any(m["ID"] == sent["ID"] for m in client.received()))
    return message_ref(sent)


@pytest.fixture
def names(user_id: UserId) -> list[str]:
    return [user_id(name) for name in ("ann", "bob", "cid")]


async def test_groups_and_topics(
    server_factory: ServerFactory, sign_in_at: SignIn, user_id: UserId, names: list[str]
) -> None:
    server = server_factory("sqlite", env={"SODAM_ROOT_PASSWORD": PASSWORD})
    await switch_on(server)
    cast = Cast(*[await sign_in_at(server, name) for name in names * 2])
    team, city = user_id("team"), "@TGS#_" + user_id("city")
    others = [{"userID": name} for name in names[1:]]
    await create(cast.ann, team, memberList=others)
    await learned(team, cast.bob, cast.cid, cast.bob2, cast.cid2)
    await create(cast.ann, city, "Community", isSupportTopic=True)
    for client in (cast.bob, cast.cid):
        await client.call("joinGroup", {"groupID": city})
    topic = (await cast.ann.call("createTopicInCommunity", {"groupID": city, "topicName": "Food"}))["topicID"]
    await all_hear([*cast[1:]], "TOPIC_CREATED", lambda data: data["topicID"] == topic, dict.fromkeys(marks(cast), 0))
    for client in cast:  # as an application does that shows the topics
        await client.call("getTopicList", {"groupID": city, "topicIDList": []})
    for place in (Place(team, team), Place(topic, city)):
        await _messages(cast, place, names)
        await _additions(cast, place, names)
        await _mutes(cast, place, names)
    await _lists(cast, Place(team, team))
    await _signals(cast, team, names)
    for method, more in (("setGroupCounters", {"counters": {"like": 1}}), ("getGroupCounters", {"keyList": []})):
        with pytest.raises(SdkError) as refused:
            await cast.ann.call(method, {"groupID": city, **more})
        assert refused.value.code == 10007, "communities have no counters"


async def _messages(cast: Cast, place: Place, names: list[str]) -> None:
    """Mentions, edits, recalls, deletions for oneself, reading, paging."""
    since = marks(cast)
    options = {"conversationType": "GROUP", "isSupportExtension": True}
    body = {"text": "hello all", "atUserList": [names[1], "__kImSDK_MesssageAtALL__"]}
    sent = await cast.ann.send(place.id, "textAt", body, **options)
    for client in cast[1:]:
        await got(client, sent)
    seen = next(m for m in cast.bob2.received() if m["ID"] == sent["ID"])
    assert (set(seen["atUserList"]), seen["from"], seen["conversationID"]) == (
        set(body["atUserList"]),
        names[0],
        place.conversation,
    )
    assert next(m for m in cast.ann2.received() if m["ID"] == sent["ID"])["flow"] == "out"

    changed = {**message_ref(sent), "set": {"payload": {"text": "hello both"}}}
    await cast.ann.call("modifyMessage", changed)
    await all_hear(
        [*cast[1:]],
        "MESSAGE_MODIFIED",
        lambda data: [(m["ID"], m["payload"]["text"]) for m in data] == [(sent["ID"], "hello both")],
        since,
    )
    wrong = await write(cast.bob, place.id, "wrong")
    await got(cast.cid2, wrong)
    await got(cast.ann, wrong)
    with pytest.raises(SdkError) as refused:
        await cast.cid2.call("revokeMessage", message_ref(wrong))
    assert refused.value.code == 10007
    await cast.ann.call("revokeMessage", message_ref(wrong))  # the owner may
    await all_hear([*cast[1:]], "MESSAGE_REVOKED", lambda data: [m["ID"] for m in data] == [wrong["ID"]], since)

    kept = await write(cast.ann, place.id, "kept")
    await cast.cid.call("deleteMessage", [await got(cast.cid, kept)])
    page = await cast.cid2.call("getMessageList", {"conversationID": place.conversation})
    assert kept["ID"] in [m["ID"] for m in page["messageList"]], "this device had it already"
    hopping = {"conversationID": place.conversation, "sequence": kept["sequence"], "count": 5}
    for direction in (0, 1):
        found = await cast.bob.call("getMessageListHopping", hopping | {"direction": direction})
        assert kept["ID"] in [m["ID"] for m in found["messageList"]], direction

    await cast.bob.call("setMessageRead", {"conversationID": place.conversation})
    if place.id == place.group:
        await cast.bob2.wait_until(lambda: entry(cast.bob2, place).get("unreadCount") == 0)
        assert entry(cast.cid2, place)["unreadCount"] > 0
    else:
        await shows(cast.bob2, place, lambda topic: topic["unreadCount"] == 0)
        assert (await topic_of(cast.cid2, place))["unreadCount"] > 0


async def _additions(cast: Cast, place: Place, names: list[str]) -> None:
    """Pins, key-value pairs and reactions."""
    since = marks(cast)
    sent = await write(cast.ann, place.id, "vote", isSupportExtension=True)
    mine = message_ref(sent)
    for client in cast[1:]:
        await got(client, sent)
    pin = {"groupID": place.id, "message": mine}
    await cast.ann.call("pinGroupMessage", pin | {"isPinned": True})
    await all_hear([*cast], "PINNED_GROUP_MESSAGE_UPDATED", lambda data: data["groupID"] == place.id, since)
    pinned = await cast.cid2.call("getPinnedGroupMessageList", place.id)
    assert [m["ID"] for m in pinned["messageList"]] == [sent["ID"]]
    with pytest.raises(SdkError) as refused:
        await cast.cid.call("pinGroupMessage", pin | {"isPinned": False})
    assert refused.value.code == 10007
    await cast.ann2.call("pinGroupMessage", pin | {"isPinned": False})
    assert (await cast.bob.call("getPinnedGroupMessageList", place.id))["messageList"] == []

    await cast.bob.call("setMessageExtensions", mine, [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
    await all_hear([*cast], "MESSAGE_EXTENSIONS_UPDATED", lambda data: data["messageID"] == sent["ID"], since)
    await cast.bob.call("deleteMessageExtensions", mine, ["a"])
    await all_hear([*cast], "MESSAGE_EXTENSIONS_DELETED", lambda data: data["keyList"] == ["a"], since)
    left = await cast.cid.call("getMessageExtensions", mine)
    assert [(one["key"], one["value"]) for one in left["extensions"]] == [("b", "2")]

    for client in (cast.bob, cast.cid):
        await client.call("addMessageReaction", mine, HEART)
    await cast.ann2.wait_until(
        lambda: any(
            one["totalUserCount"] == 2
            for data in of(cast.ann2, "MESSAGE_REACTIONS_UPDATED", since=since[cast.ann2.name])
            if data["messageID"] == sent["ID"]
            for one in data["reactionList"]
        )
    )
    asked = {"message": mine, "reactionID": HEART, "nextSeq": 0, "count": 10}
    users = (await cast.ann.call("getAllUserListOfMessageReaction", asked))["userList"]
    assert sorted(one["userID"] for one in users) == sorted(names[1:])
    await cast.bob2.call("removeMessageReaction", mine, HEART)
    stat = await cast.cid2.call("getMessageReactions", {"messageList": [mine], "maxUserCountPerReaction": 5})
    (summary,) = stat["resultList"][0]["reactionList"]
    assert (summary["totalUserCount"], summary["reactedByMyself"]) == (1, True)


async def _mutes(cast: Cast, place: Place, names: list[str]) -> None:
    """A member is muted here, and may write again; all are."""
    mute = {"groupID": place.id, "userID": names[2]}
    await cast.ann.call("setGroupMemberMuteTime", mute | {"muteTime": 600})
    for client in (cast.cid, cast.cid2):
        with pytest.raises(SdkError) as refused:
            await write(client, place.id, "hush")
        assert refused.value.code == 10017
    with pytest.raises(SdkError) as refused:
        await cast.bob.call("setGroupMemberMuteTime", mute | {"muteTime": 0})
    assert refused.value.code == 10007, "a plain member"
    await cast.ann2.call("setGroupMemberMuteTime", mute | {"muteTime": 0})
    await write(cast.cid2, place.id, "again")
    await cast.bob.call("setMessageRemindType", {"groupID": place.id, "messageRemindType": "AcceptNotNotify"})
    if place.id == place.group:
        await cast.bob2.wait_until(lambda: entry(cast.bob2, place).get("messageRemindType") == "AcceptNotNotify")
    else:
        await shows(cast.bob2, place, lambda topic: topic["selfInfo"]["messageRemindType"] == "AcceptNotNotify")


async def _lists(cast: Cast, place: Place) -> None:
    """What a user does to the conversation shows on the user's other device, and on nobody else's."""
    here = {"conversationID": place.conversation}
    await cast.cid.call("pinConversation", here | {"isPinned": True})
    await cast.cid2.wait_until(lambda: entry(cast.cid2, place).get("isPinned") is True)
    marked = {"conversationIDList": [place.conversation]}
    await cast.cid.call("markConversation", marked | {"markType": 1, "enableMark": True})
    await cast.cid.call("setConversationCustomData", marked | {"customData": "note"})
    await cast.cid2.wait_until(lambda: entry(cast.cid2, place).get("customData") == "note")
    assert entry(cast.cid2, place)["markList"] == [1]
    assert not entry(cast.bob2, place)["isPinned"]
    await write(cast.ann, place.id, "unread")
    await cast.cid2.wait_until(lambda: entry(cast.cid2, place)["unreadCount"] > 0)
    await cast.cid.call("setAllMessageRead", {"scope": READ_GROUPS})
    await cast.cid2.wait_until(lambda: entry(cast.cid2, place)["unreadCount"] == 0)
    await cast.cid.call("clearHistoryMessage", place.conversation)
    assert await history(cast.cid, place.id) == []
    assert len(await history(cast.bob, place.id)) > 3
    await cast.cid.call("deleteConversation", place.conversation)
    assert place.conversation not in await cast.cid.conversations()
    assert place.conversation in await cast.bob.conversations()


async def _signals(cast: Cast, team: str, names: list[str]) -> None:
    """Somebody rings up a group: one accepts, one declines, and the caller takes another call back."""
    for client in cast:
        await client.signals()

    async def rung() -> str:
        ring = {"groupID": team, "inviteeList": names[1:], "data": "call", "timeout": 300}
        answer = await cast.ann.driver.ask(cast.ann.name, "call", {"method": "inviteInGroup", "args": [ring]})
        return str(answer["inviteID"])

    async def seen(client: SdkClient, event: str, invite: str, who: str) -> None:
        await client.wait_event(event, lambda data: data["inviteID"] == invite and who in json.dumps(data))

    invite = await rung()
    for client in (cast.bob, cast.bob2, cast.cid, cast.cid2):
        await seen(client, "NEW_INVITATION_RECEIVED", invite, names[0])
    await cast.bob2.call("accept", {"inviteID": invite, "data": "yes"})
    await cast.cid.call("reject", {"inviteID": invite, "data": "no"})
    for client in (cast.ann, cast.cid2):
        await seen(client, "INVITEE_ACCEPTED", invite, names[1])
    for client in (cast.ann, cast.bob):
        await seen(client, "INVITEE_REJECTED", invite, names[2])
    again = await rung()
    await seen(cast.bob, "NEW_INVITATION_RECEIVED", again, names[0])
    await cast.ann.call("cancel", {"inviteID": again, "data": ""})
    for client in (cast.bob2, cast.cid):
        await seen(client, "INVITATION_CANCELLED", again, names[0])
