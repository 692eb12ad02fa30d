"""Friends, requests, friend groups, blacklist and follows in the official web SDK; both sides learn at once."""

from __future__ import annotations

from typing import Any

import pytest

from driver import SdkClient, SdkError, texts
from scene import Server, SignIn, UserId
from tests.support.waiting import eventually


async def _needs_consent(client: SdkClient) -> None:
    await client.call("updateMyProfile", {"allowType": "AllowType_Type_NeedConfirm"})


def _request(to: str, **fields: str) -> dict[str, str]:
    return {"to": to, "source": "AddSource_Type_Web", "wording": "hello", "type": "Add_Type_Both", **fields}


async def _friends(
    client: SdkClient, users: list[str], *, since: int = 0, remark: str | None = None
) -> list[dict[str, Any]]:
    """The friend list once FRIEND_LIST_UPDATED says that it holds exactly these users.

    The SDK may list a friend first, and with the ``remark`` once it has asked for it.
    """
    event = await client.wait_event(
        "FRIEND_LIST_UPDATED",
        lambda data: (
            sorted(f["userID"] for f in data) == sorted(users)
            and (remark is None or all(f["remark"] == remark for f in data))
        ),
        since=since,
    )
    listed = await client.call("getFriendList")
    assert sorted(f["userID"] for f in listed) == sorted(users)
    return list(event.data)


async def _applications(client: SdkClient, kinds: list[tuple[str, str]], unread: int, *, since: int = 0) -> None:
    def accepts(data: Any) -> bool:
        listed = [(a["userID"], a["type"]) for a in data["friendApplicationList"]]
        return listed == kinds and data["unreadCount"] == unread

    await client.wait_event("FRIEND_APPLICATION_LIST_UPDATED", accepts, since=since)


async def _pair(sign_in: SignIn, user_id: UserId) -> tuple[SdkClient, SdkClient, str, str]:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    return await sign_in(amy_id), await sign_in(bob_id), amy_id, bob_id


async def _befriend(amy: SdkClient, bob: SdkClient, amy_id: str, bob_id: str) -> None:
    added = await amy.call("addFriend", _request(bob_id))
    assert added["code"] == 0, added
    await _friends(amy, [bob_id])
    await _friends(bob, [amy_id])


async def test_a_request_accepted(sign_in: SignIn, user_id: UserId) -> None:
    amy, bob, amy_id, bob_id = await _pair(sign_in, user_id)
    await _needs_consent(bob)
    asked = await amy.call("addFriend", _request(bob_id, remark="Bobby", groupName="pals"))
    assert asked["code"] == 30539, "waits for consent"
    await _applications(bob, [(amy_id, "Pendency_Type_ComeIn")], 1)
    await _applications(amy, [(bob_id, "Pendency_Type_SendOut")], 0)
    (shown,) = (await bob.call("getFriendApplicationList"))["friendApplicationList"]
    assert (shown["wording"], shown["source"]) == ("hello", "AddSource_Type_Web")
    await bob.call("setFriendApplicationRead")
    await bob.destroy()
    bob = await sign_in(bob_id)
    await _applications(bob, [(amy_id, "Pendency_Type_ComeIn")], 0)

    mark_amy, mark_bob = len(amy.events), len(bob.events)
    await bob.call("acceptFriendApplication", {"userID": amy_id, "remark": "A.", "type": "Response_Action_AgreeAndAdd"})
    (of_amy,) = await _friends(amy, [bob_id], remark="Bobby")
    (of_bob,) = await _friends(bob, [amy_id], remark="A.")
    assert (of_amy["remark"], of_amy["groupList"], of_bob["remark"]) == ("Bobby", ["pals"], "A.")
    await _applications(amy, [], 0, since=mark_amy)
    await _applications(bob, [], 0, since=mark_bob)
    checked = await amy.call("checkFriend", {"userIDList": [bob_id], "type": "CheckResult_Type_Both"})
    assert [c["relation"] for c in checked["successUserIDList"]] == ["CheckResult_Type_BothWay"]

    await bob.destroy()
    late = await sign_in(bob_id)
    await late.wait_event("FRIEND_LIST_UPDATED", lambda data: [f["userID"] for f in data] == [amy_id])
    assert [f["userID"] for f in await late.call("getFriendList")] == [amy_id]


async def test_a_request_refused_and_one_withdrawn(sign_in: SignIn, user_id: UserId) -> None:
    amy, bob, amy_id, bob_id = await _pair(sign_in, user_id)
    await _needs_consent(bob)
    await amy.call("addFriend", _request(bob_id))
    await _applications(bob, [(amy_id, "Pendency_Type_ComeIn")], 1)
    marks = len(amy.events), len(bob.events)
    await bob.call("refuseFriendApplication", {"userID": amy_id})
    await _applications(amy, [], 0, since=marks[0])
    await _applications(bob, [], 0, since=marks[1])
    assert await amy.call("getFriendList") == await bob.call("getFriendList") == []

    marks = len(amy.events), len(bob.events)
    await amy.call("addFriend", _request(bob_id))
    await _applications(bob, [(amy_id, "Pendency_Type_ComeIn")], 1, since=marks[1])
    marks = len(amy.events), len(bob.events)
    await amy.call("deleteFriendApplication", {"userID": bob_id, "type": "Pendency_Type_SendOut"})
    await _applications(amy, [], 0, since=marks[0])
    await _applications(bob, [], 0, since=marks[1])


async def test_nobody_may_be_added_who_denies_it(sign_in: SignIn, user_id: UserId) -> None:
    amy, bob, _, bob_id = await _pair(sign_in, user_id)
    await bob.call("updateMyProfile", {"allowType": "AllowType_Type_DenyAny"})
    with pytest.raises(SdkError) as refused:
        await amy.call("addFriend", _request(bob_id))
    assert refused.value.code == 30516
    with pytest.raises(SdkError):
        await amy.call("addFriend", _request(user_id("nobody")))


async def test_friends_change_and_end(sign_in: SignIn, user_id: UserId) -> None:
    amy, bob, amy_id, bob_id = await _pair(sign_in, user_id)
    await _befriend(amy, bob, amy_id, bob_id)
    updated = await amy.call("updateFriend", {"userID": bob_id, "remark": "Robert"})
    assert updated["remark"] == "Robert"
    await bob.call("updateMyProfile", {"nick": "Bob the friend"})
    await amy.wait_event("FRIEND_LIST_UPDATED", lambda data: [f["profile"]["nick"] for f in data] == ["Bob the friend"])
    marks = len(amy.events), len(bob.events)
    deleted = await amy.call("deleteFriend", {"userIDList": [bob_id], "type": "Delete_Type_Both"})
    assert deleted == {"successUserIDList": [{"userID": bob_id}], "failureUserIDList": []}
    await _friends(amy, [], since=marks[0])
    await _friends(bob, [], since=marks[1])


async def test_friend_groups(sign_in: SignIn, user_id: UserId) -> None:
    amy, bob, amy_id, bob_id = await _pair(sign_in, user_id)
    await _befriend(amy, bob, amy_id, bob_id)
    made = await amy.call("createFriendGroup", {"name": "work", "userIDList": [bob_id]})
    assert made == {"friendGroup": {"name": "work", "userIDList": [bob_id], "count": 1}, "failureUserIDList": []}
    assert (await amy.call("renameFriendGroup", {"oldName": "work", "newName": "office"}))["name"] == "office"
    out = await amy.call("removeFromFriendGroup", {"name": "office", "userIDList": [bob_id]})
    assert out["friendGroup"]["count"] == 0
    back = await amy.call("addToFriendGroup", {"name": "office", "userIDList": [bob_id]})
    assert back["friendGroup"]["userIDList"] == [bob_id]
    await amy.destroy()
    late = await sign_in(amy_id)

    async def groups() -> list[Any]:  # it reads these lists after it has said that it is ready
        return [await late.call("getFriendGroupList"), [f["groupList"] for f in await late.call("getFriendList")]]

    await eventually(groups, [[{"name": "office", "userIDList": [bob_id], "count": 1}], [["office"]]])
    await late.call("deleteFriendGroup", {"name": "office"})
    await late.destroy()
    assert await (await sign_in(amy_id)).call("getFriendGroupList") == []


async def test_the_blacklist_ends_a_friendship_and_holds_messages_back(sign_in: SignIn, user_id: UserId) -> None:
    amy, bob, amy_id, bob_id = await _pair(sign_in, user_id)
    await _befriend(amy, bob, amy_id, bob_id)
    marks = len(amy.events), len(bob.events)
    assert await bob.call("addToBlacklist", {"userIDList": [amy_id]}) == [amy_id]
    await bob.wait_event("BLACKLIST_UPDATED", lambda data: data == [amy_id])
    await _friends(amy, [], since=marks[0])
    await _friends(bob, [], since=marks[1])
    with pytest.raises(SdkError) as refused:
        await amy.call("addFriend", _request(bob_id))
    assert refused.value.code == 30525

    # To the sender it looks sent.
    await amy.send_text(bob_id, "do you hear me?")
    mark = len(bob.events)
    await bob.call("removeFromBlacklist", {"userIDList": [amy_id]})
    await bob.wait_event("BLACKLIST_UPDATED", lambda data: data == [], since=mark)
    await amy.send_text(bob_id, "and now?")
    assert texts(await bob.wait_received(1)) == ["and now?"]
    assert texts(await bob.messages(amy_id)) == ["and now?"]
    assert texts(await amy.messages(bob_id)) == ["do you hear me?", "and now?"]


async def test_follows(sign_in: SignIn, user_id: UserId) -> None:
    amy, bob, amy_id, bob_id = await _pair(sign_in, user_id)

    async def listed(client: SdkClient, method: str) -> list[str]:
        return [user["userID"] for user in (await client.call(method))["resultList"]]

    def of(user: str, *, added: bool) -> Any:
        return lambda data: (
            data["isAdd"] is added
            and [u["userID"] if isinstance(u, dict) else u for u in data["userInfoList"]] == [user]
        )

    assert await amy.call("followUser", [bob_id]) == [{"userID": bob_id, "resultCode": 0, "resultInfo": ""}]
    await amy.wait_event("MY_FOLLOWING_LIST_UPDATED", of(bob_id, added=True))
    await bob.wait_event("MY_FOLLOWERS_LIST_UPDATED", of(amy_id, added=True))
    await bob.call("followUser", [amy_id])
    for client, other in ((amy, bob_id), (bob, amy_id)):
        await client.wait_event("MUTUAL_FOLLOWERS_LIST_UPDATED", of(other, added=True))
        for method in ("getMyFollowersList", "getMyFollowingList", "getMutualFollowersList"):
            assert await listed(client, method) == [other]
        assert (await client.call("checkFollowType", [other]))[0]["followType"] == 3
    counts = await amy.call("getUserFollowInfo", [bob_id])
    assert counts == [{"followersCount": 1, "followingCount": 1, "mutualFollowersCount": 1}]

    await amy.call("unfollowUser", [bob_id])
    await amy.wait_event("MY_FOLLOWING_LIST_UPDATED", of(bob_id, added=False))
    await bob.wait_event("MY_FOLLOWERS_LIST_UPDATED", of(amy_id, added=False))
    assert (await listed(amy, "getMyFollowingList"), await listed(amy, "getMyFollowersList")) == ([], [bob_id])
    assert (await listed(bob, "getMyFollowersList"), await listed(bob, "getMutualFollowersList")) == ([], [])


async def test_changes_by_rest_are_seen_live(sign_in: SignIn, user_id: UserId, server: Server) -> None:
    amy, bob, amy_id, bob_id = await _pair(sign_in, user_id)

    async def rest(command: str, **body: Any) -> None:
        answer = await server.rest(command, {"From_Account": amy_id, **body})
        assert answer["ErrorCode"] == 0, answer

    item = {"To_Account": bob_id, "AddSource": "AddSource_Type_REST", "Remark": "by REST"}
    await rest("sns/friend_add", AddFriendItem=[item], AddType="Add_Type_Both", ForceAddFlags=1)
    await _friends(amy, [bob_id], remark="by REST")
    await _friends(bob, [amy_id])
    await rest(
        "sns/friend_update",
        UpdateItem=[{"To_Account": bob_id, "SnsItem": [{"Tag": "Tag_SNS_IM_Remark", "Value": "anew"}]}],
    )
    await amy.wait_event("FRIEND_LIST_UPDATED", lambda data: [f["remark"] for f in data] == ["anew"])
    marks = len(amy.events), len(bob.events)
    await rest("sns/friend_delete", To_Account=[bob_id], DeleteType="Delete_Type_Both")
    await _friends(amy, [], since=marks[0])
    await _friends(bob, [], since=marks[1])
    await rest("sns/black_list_add", To_Account=[bob_id])
    await amy.wait_event("BLACKLIST_UPDATED", lambda data: data == [bob_id])
    await rest("sns/black_list_delete", To_Account=[bob_id])
    await amy.wait_event("BLACKLIST_UPDATED", lambda data: data == [], since=marks[0])
    await rest("follow/follow_add", FollowItem=[{"To_Account": bob_id}])
    await amy.wait_event("MY_FOLLOWING_LIST_UPDATED", lambda data: data["isAdd"])
    await bob.wait_event("MY_FOLLOWERS_LIST_UPDATED", lambda data: data["isAdd"])


async def test_changes_while_away_are_there_after_the_reconnect(
    sign_in: SignIn, user_id: UserId, server: Server
) -> None:
    amy, bob, amy_id, bob_id = await _pair(sign_in, user_id)
    await amy.offline()
    item = {"To_Account": bob_id, "AddSource": "AddSource_Type_REST"}
    answer = await server.rest(
        "sns/friend_add",
        {"From_Account": amy_id, "AddFriendItem": [item], "AddType": "Add_Type_Both", "ForceAddFlags": 1},
    )
    assert answer["ErrorCode"] == 0, answer
    await _friends(bob, [amy_id])
    await amy.online()
    await amy.wait_event("FRIEND_LIST_UPDATED", lambda data: [f["userID"] for f in data] == [bob_id])
