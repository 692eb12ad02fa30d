"""Cloud search in the official web SDK: messages, users, groups and members, between users and on every device."""

from __future__ import annotations

from typing import Any

import pytest

from driver import SdkClient, SdkError
from scene import SignIn, UserId
from tests.gateway.raw_client import RawClient
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import Engine, ServerFactory, ServerProcess

METHODS = ("searchCloudMessages", "searchCloudUsers", "searchCloudGroups", "searchCloudGroupMembers")


async def switch_on(server: ServerProcess) -> None:
    async with ConsoleClient(server.url) as root:
        await root.login()
        settings = await root.call("im/DescribeAbilityConfInfo", SDKAppID=server.sdkappid)
        await root.call(
            "im/SetAbilityConfInfo", SDKAppID=server.sdkappid, Version=settings["Version"], CloudSearch=True
        )


async def announce(server: ServerProcess, words: str, follower: str) -> None:
    service, news = "official_account_open_http_svc/", {"Official_Account": "@TOA#_news"}
    made = {"Owner_Account": follower, "Name": "News", "OfficialAccountUserID": "@TOA#_news"}
    said = {**news, "Random": 1, "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": words}}]}
    for command, body in (
        ("create_official_account", made),
        ("add_subscriber", {**news, "SubscriberList": [{"Subscriber_Account": follower}]}),
        ("send_official_account_msg", said),
    ):
        assert (await server.rest(service + command, body))["ErrorCode"] == 0, command


def shown(found: dict[str, Any]) -> dict[str, tuple[int, list[str]]]:
    """By conversation, the number of hits and the texts that came along."""
    return {
        one["conversationID"]: (one["messageCount"], [m["payload"]["text"] for m in one["messageList"]])
        for one in found["searchResultList"]
    }


async def messages(client: SdkClient, *keywords: str, **more: Any) -> dict[str, tuple[int, list[str]]]:
    return shown(await client.call("searchCloudMessages", {"keywordList": list(keywords), **more}))


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_search(server_factory: ServerFactory, sign_in_at: SignIn, user_id: UserId, engine: Engine) -> None:
    server = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD})
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in_at(server, amy_id), await sign_in_at(server, bob_id)
    for method in METHODS:
        with pytest.raises(SdkError) as off:
            await amy.call(method, {"keywordList": ["x"]})
        assert off.value.code == 60020
    await amy.send_text(bob_id, "早上好，杭州")
    await switch_on(server)
    sent = await amy.send_text(bob_id, "他们住在杭州西边 Kubernetes")
    await amy.send_text(bob_id, "杭州很美")
    await bob.send_text(amy_id, "안녕하세요 東京タワー")
    made = {"GroupId": "crew", "Name": "西湖 crew", "Type": "Public", "Owner_Account": amy_id}
    assert (await server.rest("group_open_http_svc/create_group", made))["ErrorCode"] == 0
    body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "group 杭州"}}]
    group = {"GroupId": "crew", "From_Account": amy_id, "Random": 1, "MsgBody": body}
    assert (await server.rest("group_open_http_svc/send_group_msg", group))["ErrorCode"] == 0

    one = {"conversationID": f"C2C{amy_id}"}
    count, found = (await messages(bob, "杭州西", **one))[f"C2C{amy_id}"]
    assert (count, found) == (1, ["他们住在杭州西边 Kubernetes"])
    assert (await messages(bob, "KUBERN", "nobody says this", **one))[f"C2C{amy_id}"][0] == 1
    assert await messages(bob, "KUBERN", "nobody says this", keywordListMatchType="and", **one) == {}
    assert (await messages(amy, "京タ"))[f"C2C{bob_id}"] == (1, ["안녕하세요 東京タワー"])
    everything = await messages(amy, "杭州")
    assert everything["GROUPcrew"] == (1, ["group 杭州"])
    assert everything[f"C2C{bob_id}"][0] in (2, 3)  # the first is indexed in the background
    assert set(await messages(bob, "杭州")) == {f"C2C{amy_id}"}
    await announce(server, "杭州 news", bob_id)
    assert (await messages(bob, "杭州"))["C2C@TOA#_news"] == (1, ["杭州 news"])
    assert "C2C@TOA#_news" not in await messages(amy, "杭州")
    assert await messages(bob, "group", conversationID="GROUPcrew") == {}
    async with RawClient(server, bob_id) as phone:
        await phone.sign_in(platform=2)
        asked = {"KeywordList": ["很美"], "PeerAccount": amy_id}
        found_there = (await phone.call("message_search.query", asked))["ConversationMsgs"]
        assert [(one["UserID"], one["Count"], len(one["MsgList"])) for one in found_there] == [(amy_id, 1, 1)]
        await amy.call("revokeMessage", {"$message": sent["ID"]})
        gone = await phone.call("message_search.query", {"KeywordList": ["杭州西"]})
        assert (gone["TotalCount"], gone["ConversationMsgs"]) == (0, [])
    for device in (bob, amy):
        assert await messages(device, "杭州西") == {}
    by_sender = await bob.call("searchCloudMessages", {"senderUserIDList": [bob_id], **one})
    assert shown(by_sender)[f"C2C{amy_id}"][1] == ["안녕하세요 東京タワー"]
    first = await bob.call("searchCloudMessages", {"keywordList": ["杭州", "안녕"], "count": 1, **one})
    assert first["totalCount"] in (2, 3)
    assert first["cursor"]
    second = await bob.call(
        "searchCloudMessages", {"keywordList": ["杭州", "안녕"], "count": 1, "cursor": first["cursor"], **one}
    )
    assert shown(second) != shown(first)

    await bob.call("updateMyProfile", {"nick": "鲍勃 Bob", "gender": "Gender_Type_Male"})
    users = await amy.call("searchCloudUsers", {"keywordList": ["勃 b"]})
    assert [(user["userID"], user["nick"]) for user in users["searchResultList"]] == [(bob_id, "鲍勃 Bob")]
    women = await amy.call("searchCloudUsers", {"keywordList": ["勃"], "gender": "Gender_Type_Female"})
    assert women["searchResultList"] == []
    groups = await bob.call("searchCloudGroups", {"keywordList": ["湖 CR"]})
    assert [(g["groupID"], g["name"], g["memberCount"]) for g in groups["searchResultList"]] == [
        ("crew", "西湖 crew", 1)
    ]
    members = await amy.call("searchCloudGroupMembers", {"keywordList": [amy_id[:3]]})
    assert [m["userID"] for m in members["searchResultList"][0]["memberList"]] == [amy_id]
    assert (await bob.call("searchCloudGroupMembers", {"keywordList": [amy_id]}))["searchResultList"] == []
    with pytest.raises(SdkError) as wrong:
        await amy.call("searchCloudUsers", {"keywordList": ["a"], "cursor": "no such"})
    assert wrong.value.code == 27003
