"""What the official web SDK does about messages, conversations, status, search and calls between two users with two
devices each: every device of both shows the same, also one that was away meanwhile and came back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from driver import SdkClient, SdkError, message_ref, texts
from scene import SignIn, UserId, conversation, unread
from test_message_extensions import HEART, extensions, reaction
from test_search import shown
from test_status import OFFLINE, ONLINE, heard
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import Engine, ServerFactory
from tests.support.waiting import eventually

SWITCHES: dict[str, Any] = {
    "MessageExtension": True,
    "CloudSearch": True,
    "UserStatus": True,
    "LoginType": "multi",
    "WebInstances": 2,
}
SHOWN = ("isPinned", "markList", "customData", "conversationGroupList", "messageRemindType", "unreadCount")


class Pair(NamedTuple):
    amy: SdkClient
    bob: SdkClient
    amy2: SdkClient
    bob2: SdkClient
    amy_id: str
    bob_id: str

    @property
    def devices(self) -> list[SdkClient]:
        return [self.amy, self.bob, self.amy2, self.bob2]


async def all_hear(clients: list[SdkClient], event: str, true: Callable[[Any], bool]) -> None:
    for client in clients:
        await client.wait_event(event, true)


async def got(client: SdkClient, sent: dict[str, Any]) -> None:
    await client.wait_until(lambda: any(m["ID"] == sent["ID"] for m in client.received()))


async def story(client: SdkClient, peer: str) -> list[tuple[str, str, bool]]:
    """The conversation as a device that asks for it shows it."""
    return [
        (m["ID"], "" if m["isRevoked"] else m["payload"].get("text", m["type"]), m["isRevoked"])
        for m in await client.messages(peer)
        if not m["isDeleted"]  # the SDK keeps what it deleted itself, and marks it
    ]


@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
async def test_two_users_with_two_devices(
    server_factory: ServerFactory, sign_in_at: SignIn, user_id: UserId, engine: Engine
) -> None:
    server = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD})
    async with ConsoleClient(server.url) as root:
        await root.login()
        version = (await root.call("im/DescribeAbilityConfInfo", SDKAppID=server.sdkappid))["Version"]
        await root.call("im/SetAbilityConfInfo", SDKAppID=server.sdkappid, Version=version, **SWITCHES)
    names = [user_id("amy"), user_id("bob")]
    devices = [await sign_in_at(server, name) for name in names * 2]
    pair = Pair(*devices, *names)
    await _messages(pair)
    await _reading(pair)
    await _conversations(pair)
    await _search(pair)
    await _calls(pair)
    await _status(pair)


async def _messages(pair: Pair) -> None:
    amy, bob, amy2, bob2, amy_id, bob_id = pair
    first = await amy.send_text(bob_id, "hello 杭州", isSupportExtension=True, needReadReceipt=True)
    for client in (bob, bob2, amy2):
        await got(client, first)
        assert (await client.call("findMessage", first["ID"]))["payload"]["text"] == "hello 杭州"
    assert (await amy2.call("findMessage", first["ID"]))["flow"] == "out"

    await bob2.offline()
    await amy.call("modifyMessage", {**message_ref(first), "set": {"payload": {"text": "hello 西湖"}}})
    await all_hear(
        [bob, amy2],
        "MESSAGE_MODIFIED",
        lambda data: [(m["ID"], m["payload"]["text"]) for m in data] == [(first["ID"], "hello 西湖")],
    )
    wrong = await amy.send_text(bob_id, "wrong")
    forwarded = await amy2.send(bob_id, "forward", message_ref(first))
    for client in (bob, amy, amy2):
        if client is not amy2:
            await got(client, forwarded)
        if client is not amy:
            await got(client, wrong)
    await bob.call("deleteMessage", [message_ref(forwarded)])
    await amy.call("revokeMessage", message_ref(wrong))
    await all_hear([bob, amy2], "MESSAGE_REVOKED", lambda data: [m["ID"] for m in data] == [wrong["ID"]])
    await bob.call("setMessageExtensions", message_ref(first), [{"key": "yes", "value": bob_id}])
    await amy2.call("addMessageReaction", message_ref(first), HEART)
    await bob.call("addMessageReaction", message_ref(first), HEART)
    await bob2.online()
    both = (2, True, sorted([amy_id, bob_id]))
    for client in pair.devices:
        await client.wait_until(lambda client=client: extensions(client, first) == {"yes": bob_id})  # type: ignore[misc]
        await client.wait_until(lambda client=client: reaction(client, first) == both)  # type: ignore[misc]

    # Everybody has the same conversation; what bob deleted is gone from bob's devices alone.
    told = [(first["ID"], "hello 西湖", False), (wrong["ID"], "", True), (forwarded["ID"], "hello 西湖", False)]
    for client in (amy, amy2):
        await eventually(lambda client=client: story(client, bob_id), told)
    for client in (bob, bob2):
        await eventually(lambda client=client: story(client, amy_id), told[:2])
    hop = {"conversationID": f"C2C{amy_id}", "direction": 0, "count": 5, "time": first["time"] + 5}
    hopped = [await client.call("getMessageListHopping", hop) for client in (bob, bob2)]
    assert [[m["ID"] for m in page["messageList"] if not m["isDeleted"]] for page in hopped] == [
        [first["ID"], wrong["ID"]]
    ] * 2


async def _reading(pair: Pair) -> None:
    amy, bob, amy2, bob2, amy_id, bob_id = pair
    wanted = await amy.send_text(bob_id, "sign here", needReadReceipt=True)
    for client in (bob, bob2, amy2):
        await got(client, wanted)
    await amy2.offline()
    await bob2.call("sendMessageReadReceipt", [message_ref(wanted)])
    await amy.wait_event("MESSAGE_READ_RECEIPT_RECEIVED", lambda data: data[0]["messageID"] == wanted["ID"])
    await bob.call("setMessageRead", {"conversationID": f"C2C{amy_id}"})
    for client in (bob, bob2):
        await client.wait_until(lambda client=client: unread(client, amy_id) == 0)  # type: ignore[misc]
        await eventually(lambda client=client: client.call("getTotalUnreadMessageCount"), 0)
    await amy2.online()
    for client in (amy, amy2):
        await client.wait_event("MESSAGE_READ_BY_PEER")

        async def read(client: SdkClient = client) -> bool:
            return bool((await client.messages(bob_id))[-1]["isPeerRead"])

        await eventually(read, True)
    for number in range(3):
        await amy.send_text(bob_id, f"more {number}")
    for client in (bob, bob2):
        await client.wait_until(lambda client=client: unread(client, amy_id) == 3)  # type: ignore[misc]
    await bob2.call("setAllMessageRead", {"scope": "readAllC2CMessage"})
    for client in (bob, bob2):
        await client.wait_until(lambda client=client: unread(client, amy_id) == 0)  # type: ignore[misc]


async def _conversations(pair: Pair) -> None:
    amy, _, amy2, _, _, bob_id = pair
    entry = f"C2C{bob_id}"
    one = {"conversationIDList": [entry]}

    async def listed(client: SdkClient) -> list[Any]:
        return [(await client.conversations())[entry][name] for name in SHOWN]

    await amy.call("pinConversation", {"conversationID": entry, "isPinned": True})
    await amy2.wait_until(lambda: conversation(amy2, bob_id).get("isPinned") is True)
    await amy2.offline()
    await amy.call("markConversation", {**one, "markType": 1, "enableMark": True})
    await amy.call("setConversationCustomData", {**one, "customData": "friend"})
    await amy.call("createConversationGroup", {"groupName": "team", **one})
    await amy.call("renameConversationGroup", {"oldName": "team", "newName": "crew"})
    await amy.call("setMessageRemindType", {"userIDList": [bob_id], "messageRemindType": "AcceptNotNotify"})
    await amy2.online()
    expected = [True, [1], "friend", ["crew"], "AcceptNotNotify", 0]
    for client in (amy, amy2):
        await eventually(lambda client=client: listed(client), expected)
        profile = await client.call("getConversationProfile", entry)
        assert profile["conversation"]["userProfile"]["userID"] == bob_id
    await eventually(lambda: amy2.call("getConversationGroupList"), ["crew"])
    await amy2.call("deleteConversationsFromGroup", {"groupName": "crew", **one})
    await amy2.call("addConversationsToGroup", {"groupName": "crew", **one})
    await amy2.call("deleteConversationGroup", "crew")
    await amy2.call("markConversation", {**one, "markType": 1, "enableMark": False})
    await amy2.call("pinConversation", {"conversationID": entry, "isPinned": False})
    for client in (amy, amy2):
        await eventually(lambda client=client: listed(client), [False, [], "friend", [], "AcceptNotNotify", 0])
    await amy.call("setConversationDraft", {"conversationID": entry, "draftText": "half"})
    drafts = [(await client.conversations())[entry]["draftText"] for client in (amy, amy2)]
    assert drafts == ["half", ""], "drafts stay on their device"

    quiet = {"messageRemindType": "AcceptNotNotify", "startHour": 22, "duration": 3600, "isRepeated": True}
    await amy.call("setAllReceiveMessageOpt", quiet)
    await amy2.wait_event("ALL_RECEIVE_MESSAGE_OPT_UPDATED")
    options = [await client.call("getAllReceiveMessageOpt", None) for client in (amy, amy2)]
    assert options[0] == options[1]

    # Cleared and deleted for one user: the other keeps everything, and the next message brings it back.
    before = await story(pair.bob, pair.amy_id)
    await amy.call("clearHistoryMessage", entry)
    await eventually(lambda: story(amy, bob_id), [])
    await amy.call("deleteConversation", {"conversationIDList": [entry], "clearHistoryMessage": True})
    assert await story(pair.bob, pair.amy_id) == before
    again = await pair.bob.send_text(pair.amy_id, "again 西湖")
    for client in (amy, amy2):
        await got(client, again)
    await eventually(lambda: story(amy, bob_id), [(again["ID"], "again 西湖", False)])
    assert (await story(amy2, bob_id))[-1][0] == again["ID"], "a device keeps what it showed until it signs in anew"
    await amy.call("setMessageRead", {"conversationID": entry})
    for client in (amy, amy2):
        await client.wait_until(lambda client=client: unread(client, bob_id) == 0)  # type: ignore[misc]


async def _search(pair: Pair) -> None:
    """Everybody finds what one's own conversation holds, whatever device asks."""
    for client, peer, hits in (
        (pair.amy, pair.bob_id, ["again 西湖"]),
        (pair.amy2, pair.bob_id, ["again 西湖"]),
        (pair.bob, pair.amy_id, ["again 西湖", "hello 西湖"]),
        (pair.bob2, pair.amy_id, ["again 西湖", "hello 西湖"]),
    ):
        asked = {"keywordList": ["西湖"], "conversationID": f"C2C{peer}"}
        count, found = shown(await client.call("searchCloudMessages", asked))[f"C2C{peer}"]
        assert (count, sorted(found)) == (len(hits), hits), client.name
        users = await client.call("searchCloudUsers", {"keywordList": [peer]})
        assert [user["userID"] for user in users["searchResultList"]] == [peer]


async def _calls(pair: Pair) -> None:
    for client in pair.devices:
        await client.signals()

    async def rung(by: SdkClient, whom: str, data: str) -> str:
        ring = {"userID": whom, "data": data, "timeout": 300}
        return str((await by.driver.ask(by.name, "call", {"method": "invite", "args": [ring]}))["inviteID"])

    async def all_see(clients: list[SdkClient], event: str, invite: str) -> None:
        await all_hear(clients, event, lambda data: data["inviteID"] == invite)

    amy, bob, amy2, bob2, amy_id, bob_id = pair
    for act, event in (("accept", "INVITEE_ACCEPTED"), ("reject", "INVITEE_REJECTED")):
        invite = await rung(amy, bob_id, act)
        await all_see([bob, bob2], "NEW_INVITATION_RECEIVED", invite)
        await bob2.call(act, {"inviteID": invite, "data": act})
        await all_see([amy, bob], event, invite)
    invite = await rung(bob, amy_id, "call")
    await all_see([amy, amy2], "NEW_INVITATION_RECEIVED", invite)
    await bob.call("modifyInvitation", {"inviteID": invite, "data": "call louder"})
    await all_see([amy, amy2], "INVITATION_MODIFIED", invite)
    ringing = next(m for m in amy2.received() if "call" in str(m["payload"].get("data", "")) and m["from"] == bob_id)
    asked = {"method": "getSignalingInfo", "args": [message_ref(ringing)]}
    info = await amy2.driver.ask(amy2.name, "call", asked)
    assert (info["inviter"], info["inviteID"]) == (bob_id, invite)
    await bob.call("cancel", {"inviteID": invite, "data": ""})
    await all_see([amy, amy2], "INVITATION_CANCELLED", invite)


async def _status(pair: Pair) -> None:
    """The best of all devices counts; who was away learns it on returning."""
    amy, bob, amy2, bob2, amy_id, bob_id = pair
    for client in (amy, amy2):
        assert await client.call("getLoginUser") == amy_id
        assert await client.call("isReady")
        await client.call("subscribeUserStatus", {"userIDList": [bob_id]})
    await bob.call("setSelfStatus", {"customStatus": "here"})
    for client in pair.devices:
        await client.wait_until(lambda client=client: heard(client, bob_id) == (ONLINE, "here"))  # type: ignore[misc]
    await amy2.offline()
    await bob.logout()
    await bob2.call("setSelfStatus", {"customStatus": "still"})
    await amy.wait_until(lambda: heard(amy, bob_id) == (ONLINE, "still"))
    await amy2.online()

    async def status(client: SdkClient) -> Any:
        (found,) = (await client.call("getUserStatus", {"userIDList": [bob_id]}))["successUserList"]
        return (found["statusType"], found["customStatus"])

    for client in (amy, amy2):
        await eventually(lambda client=client: status(client), (ONLINE, "still"))
    await amy2.call("unsubscribeUserStatus", {"userIDList": [bob_id]})
    await bob2.logout()
    await amy.wait_until(lambda: heard(amy, bob_id) == (OFFLINE, "still"))
    assert OFFLINE not in [one[0] for one in [heard(amy2, bob_id)] if one]
    for method, asked in (
        ("translateText", {"sourceTextList": ["hello"], "sourceLanguage": "auto", "targetLanguage": "ko"}),
        (
            "convertVoiceToText",
            {"message": message_ref({"ID": (await amy.messages(bob_id))[0]["ID"]}), "language": "en"},
        ),
    ):
        with pytest.raises(SdkError):
            await amy.call(method, asked)
    assert texts(await amy.messages(bob_id))[:1] == ["again 西湖"]
