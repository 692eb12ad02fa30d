"""Friends, requests, groups, blacklists and follows through the official web SDK, live on both sides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from driver import SdkClient, SdkError
from scene import Server, SignIn, UserId

SOURCE = "AddSource_Type_Web"
ASK = {"Tag": "Tag_Profile_IM_AllowType", "Value": "AllowType_Type_NeedConfirm"}
BOTH = "CheckResult_Type_BothWay"


async def rest(server: Server, command: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await server.rest(command, body)
    assert answer["ErrorCode"] == 0, answer
    assert not answer.get("Fail_Account"), answer
    return answer


def ids(data: Any) -> list[str]:
    """UserIDs of a list of friends or of blocked users, sorted."""
    return sorted(item if isinstance(item, str) else item["userID"] for item in data)


async def friends(client: SdkClient) -> list[str]:
    return ids(await client.call("getFriendList"))


async def until(client: SdkClient, read: Callable[[], Any], wanted: Any) -> None:
    """Wait for events until a list that the SDK keeps is as wanted."""
    found = await read()
    for _ in range(50):
        if found == wanted:
            return
        mark = len(client.events)
        await client.wait_until(lambda: len(client.events) > mark, timeout=5)  # noqa: B023
        found = await read()
    assert found == wanted


async def relation(client: SdkClient, peer: str) -> str:
    data = await client.call("checkFriend", {"userIDList": [peer], "type": "CheckResult_Type_Both"})
    assert data["failureUserIDList"] == []
    word: str = data["successUserIDList"][0]["relation"]
    return word


async def test_add_at_once_and_delete(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    marks = len(amy.events), len(bob.events)
    await amy.call("addFriend", {"to": bob_id, "source": SOURCE, "remark": "Bobby", "wording": "hi"})
    for client, mark, peer in ((amy, marks[0], bob_id), (bob, marks[1], amy_id)):
        await client.wait_event("FRIEND_LIST_UPDATED", lambda data, peer=peer: peer in ids(data), since=mark)
        assert await friends(client) == [peer]
    assert [friend["remark"] for friend in await amy.call("getFriendList")] == ["Bobby"]
    assert await relation(amy, bob_id) == BOTH
    with pytest.raises(SdkError) as error:
        await amy.call("addFriend", {"to": bob_id, "source": SOURCE})
    assert error.value.code == 30001
    mark = len(bob.events)
    await amy.call("deleteFriend", {"userIDList": [bob_id], "type": "Delete_Type_Both"})
    await bob.wait_event("FRIEND_LIST_UPDATED", lambda data: data == [], since=mark)
    assert (await friends(amy), await friends(bob)) == ([], [])


async def _requested(server: Server, sign_in: SignIn, user_id: UserId) -> tuple[SdkClient, SdkClient, str, str]:
    """Amy has asked Bob, and both see it."""
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    await rest(server, "profile/portrait_set", {"From_Account": bob_id, "ProfileItem": [ASK]})
    marks = len(amy.events), len(bob.events)
    result = await amy.call("addFriend", {"to": bob_id, "source": SOURCE, "wording": "please"})
    assert result["code"] == 30539
    for client, mark, kind, peer in (
        (bob, marks[1], "Pendency_Type_ComeIn", amy_id),
        (amy, marks[0], "Pendency_Type_SendOut", bob_id),
    ):
        await client.wait_event("FRIEND_APPLICATION_LIST_UPDATED", since=mark)
        data = await client.call("getFriendApplicationList")
        [shown] = data["friendApplicationList"]
        assert (shown["userID"], shown["type"], shown["wording"]) == (peer, kind, "please")
        assert data["unreadCount"] == (1 if client is bob else 0)
    return amy, bob, amy_id, bob_id


async def _applications(client: SdkClient) -> int:
    return len((await client.call("getFriendApplicationList"))["friendApplicationList"])


async def test_request_and_accept(server: Server, sign_in: SignIn, user_id: UserId) -> None:
    amy, bob, amy_id, bob_id = await _requested(server, sign_in, user_id)
    marks = len(amy.events), len(bob.events)
    accept = {"userID": amy_id, "remark": "Amy!", "type": "Response_Action_AgreeAndAdd"}
    await bob.call("acceptFriendApplication", accept)
    for client, mark, peer in ((amy, marks[0], bob_id), (bob, marks[1], amy_id)):
        await client.wait_event("FRIEND_LIST_UPDATED", lambda data, peer=peer: peer in ids(data), since=mark)
        await until(client, lambda client=client: _applications(client), 0)
    assert [friend["remark"] for friend in await bob.call("getFriendList")] == ["Amy!"]
    assert await relation(bob, amy_id) == BOTH


async def test_request_and_one_way_accept(server: Server, sign_in: SignIn, user_id: UserId) -> None:
    amy, bob, amy_id, bob_id = await _requested(server, sign_in, user_id)
    mark = len(amy.events)
    await bob.call("acceptFriendApplication", {"userID": amy_id, "type": "Response_Action_Agree"})
    await amy.wait_event("FRIEND_LIST_UPDATED", lambda data: bob_id in ids(data), since=mark)
    assert await friends(bob) == []
    assert await relation(bob, amy_id) == "CheckResult_Type_BWithA"


@pytest.mark.parametrize("how", ["refuse", "delete"])
async def test_request_without_success(server: Server, sign_in: SignIn, user_id: UserId, how: str) -> None:
    amy, bob, amy_id, bob_id = await _requested(server, sign_in, user_id)
    await bob.call("setFriendApplicationRead")
    assert (await bob.call("getFriendApplicationList"))["unreadCount"] == 0
    if how == "refuse":
        await bob.call("refuseFriendApplication", {"userID": amy_id})
    else:
        await bob.call("deleteFriendApplication", {"userID": amy_id, "type": "Pendency_Type_ComeIn"})
    for client in (amy, bob):
        await until(client, lambda client=client: _applications(client), 0)
    assert await relation(amy, bob_id) == "CheckResult_Type_NoRelation"
    # A client that comes later sees the same.
    await bob.destroy()
    late = await sign_in(bob_id)
    assert await _applications(late) == 0


async def _groups(client: SdkClient) -> dict[str, list[str]]:
    return {group["name"]: sorted(group["userIDList"]) for group in await client.call("getFriendGroupList")}


async def test_groups_and_fields(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id, cat_id = user_id("amy"), user_id("bob"), user_id("cat")
    amy = await sign_in(amy_id)
    await sign_in(bob_id)
    await sign_in(cat_id)
    for peer in (bob_id, cat_id):
        mark = len(amy.events)
        await amy.call("addFriend", {"to": peer, "source": SOURCE})
        await amy.wait_event("FRIEND_LIST_UPDATED", lambda data, peer=peer: peer in ids(data), since=mark)
    await amy.call("createFriendGroup", {"name": "work", "userIDList": [bob_id]})
    assert await _groups(amy) == {"work": [bob_id]}
    await amy.call("addToFriendGroup", {"name": "work", "userIDList": [cat_id]})
    assert await _groups(amy) == {"work": sorted([bob_id, cat_id])}
    await amy.call("renameFriendGroup", {"oldName": "work", "newName": "office"})
    assert await _groups(amy) == {"office": sorted([bob_id, cat_id])}
    await amy.call("removeFromFriendGroup", {"name": "office", "userIDList": [bob_id]})
    assert await _groups(amy) == {"office": [cat_id]}
    mark = len(amy.events)
    await amy.call("updateFriend", {"userID": bob_id, "remark": "Bobby"})
    await amy.wait_event("FRIEND_LIST_UPDATED", since=mark)
    remarks = {friend["userID"]: friend["remark"] for friend in await amy.call("getFriendList")}
    assert remarks == {bob_id: "Bobby", cat_id: ""}
    # Another start of the same user reads the same.
    await amy.destroy()
    again = await sign_in(amy_id)
    await until(again, lambda: _groups(again), {"office": [cat_id]})
    await until(again, lambda: friends(again), sorted([bob_id, cat_id]))
    groups = {friend["userID"]: friend["groupList"] for friend in await again.call("getFriendList")}
    assert groups == {bob_id: [], cat_id: ["office"]}
    await again.call("deleteFriendGroup", {"name": "office"})
    assert await _groups(again) == {}
    profile = await again.call("getFriendProfile", {"userIDList": [bob_id]})
    assert [friend["remark"] for friend in profile["friendList"]] == ["Bobby"]


async def test_blacklist(sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    await amy.call("addFriend", {"to": bob_id, "source": SOURCE})
    await bob.wait_event("FRIEND_LIST_UPDATED", lambda data: ids(data) == [amy_id])
    marks = len(amy.events), len(bob.events)
    await amy.call("addToBlacklist", {"userIDList": [bob_id]})
    await amy.wait_event("BLACKLIST_UPDATED", since=marks[0])
    assert ids(await amy.call("getBlacklist")) == [bob_id]
    await bob.wait_event("FRIEND_LIST_UPDATED", lambda data: data == [], since=marks[1])
    await until(amy, lambda: friends(amy), [])
    with pytest.raises(SdkError) as error:
        await bob.call("addFriend", {"to": amy_id, "source": SOURCE})
    assert error.value.code == 30525
    mark = len(amy.events)
    await bob.send_text(amy_id, "looks sent")
    await amy.call("removeFromBlacklist", {"userIDList": [bob_id]})
    await until(amy, lambda: _blacklist(amy), [])
    await bob.send_text(amy_id, "arrives")
    received = await amy.wait_received(1, since=mark)
    assert [message["payload"]["text"] for message in received] == ["arrives"]


async def _blacklist(client: SdkClient) -> list[str]:
    return ids(await client.call("getBlacklist"))


async def test_rest_changes_are_seen_live(server: Server, sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    body = {"From_Account": amy_id, "AddFriendItem": [{"To_Account": bob_id, "AddSource": SOURCE, "Remark": "B"}]}
    await rest(server, "sns/friend_add", body)
    await amy.wait_event("FRIEND_LIST_UPDATED", lambda data: ids(data) == [bob_id])
    await bob.wait_event("FRIEND_LIST_UPDATED", lambda data: ids(data) == [amy_id])
    mark = len(amy.events)
    item = {"To_Account": bob_id, "SnsItem": [{"Tag": "Tag_SNS_IM_Remark", "Value": "Bobby"}]}
    await rest(server, "sns/friend_update", {"From_Account": amy_id, "UpdateItem": [item]})
    await amy.wait_event("FRIEND_LIST_UPDATED", lambda data: data[0]["remark"] == "Bobby", since=mark)
    mark = len(bob.events)
    items = [{"Tag": "Tag_Profile_IM_Nick", "Value": "Amelia"}]
    await rest(server, "profile/portrait_set", {"From_Account": amy_id, "ProfileItem": items})
    await bob.wait_event("FRIEND_LIST_UPDATED", lambda data: data[0]["profile"]["nick"] == "Amelia", since=mark)
    mark = len(bob.events)
    both = {"From_Account": amy_id, "To_Account": [bob_id], "DeleteType": "Delete_Type_Both"}
    await rest(server, "sns/friend_delete", both)
    await bob.wait_event("FRIEND_LIST_UPDATED", lambda data: data == [], since=mark)
    await rest(server, "sns/black_list_add", {"From_Account": amy_id, "To_Account": [bob_id]})
    await until(amy, lambda: _blacklist(amy), [bob_id])
    await rest(server, "sns/black_list_delete", {"From_Account": amy_id, "To_Account": [bob_id]})
    await until(amy, lambda: _blacklist(amy), [])


async def test_follow(server: Server, sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    amy, bob = await sign_in(amy_id), await sign_in(bob_id)
    marks = len(amy.events), len(bob.events)
    await amy.call("followUser", [bob_id])
    await bob.wait_event("MY_FOLLOWERS_LIST_UPDATED", since=marks[1])
    await amy.wait_event("MY_FOLLOWING_LIST_UPDATED", since=marks[0])
    await bob.call("followUser", [amy_id])
    for client, mark in ((amy, marks[0]), (bob, marks[1])):
        await client.wait_event("MUTUAL_FOLLOWERS_LIST_UPDATED", since=mark)
    for method in ("getMyFollowersList", "getMyFollowingList", "getMutualFollowersList"):
        data = await amy.call(method)
        [users] = [value for value in data.values() if isinstance(value, list)]
        assert ids(users) == [bob_id], method
    assert await amy.call("checkFollowType", [bob_id]) == [{"userID": bob_id, "followType": 3}]
    counted = {"followersCount": 1, "followingCount": 1, "mutualFollowersCount": 1}
    assert await amy.call("getUserFollowInfo", [bob_id]) == [counted]
    await amy.call("unfollowUser", [bob_id])
    info = await rest(server, "follow/follow_get_info", {"From_Account": amy_id, "To_Account": [amy_id, bob_id]})
    counts = [(i["FollowerCount"], i["FollowingCount"], i["MutualFollowingCount"]) for i in info["FollowInfo"]]
    assert counts == [(1, 0, 0), (0, 1, 0)]
