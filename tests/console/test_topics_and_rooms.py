"""Topics of communities and who is in a live room, through the console's actions."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tests.console.test_apps import Rest, new_app
from tests.console.test_groups import codes, events
from tests.gateway.raw_client import RawClient
from tests.gateway.test_rooms import enter
from tests.support.console import ConsoleClient, Refused
from tests.support.server import ServerProcess

CITY = "@TGS#_city"


def topic(name: str) -> str:
    return f"{CITY}@TOPIC#_{name}"


async def configure(root: ConsoleClient, app: int, **settings: Any) -> None:
    version = (await root.call("im/DescribeAbilityConfInfo", SDKAppID=app))["Version"]
    await root.call("im/SetAbilityConfInfo", SDKAppID=app, Version=version, **settings)


async def city(root: ConsoleClient, server: ServerProcess, name: str) -> Rest:
    """An app with a community that has topics, and a member who is connected."""
    rest = await new_app(root, server, name, "Flagship")
    await configure(root, rest.app, Community=True, CommunityTopics=True)
    await root.call("im/CreateAccount", SDKAppID=rest.app, UserID="ann")
    at = {"SDKAppID": rest.app, "GroupId": CITY}
    await root.call("im/CreateGroup", **at, Name="City", Type="Community", Owner="ann", SupportTopic=1)
    return rest


def seen_by(server: ServerProcess, rest: Rest, user_id: str) -> RawClient:
    """A client of that app."""
    view = copy.copy(server)
    view.sdkappid, view.key = rest.app, rest.key
    return RawClient(view, user_id)


def told(client: RawClient, report: int) -> list[dict[str, Any]]:
    """Notices of a kind that came."""
    tips = [tip for event in client.pushes for tip in event.get("GroupTips", ())]
    return [tip for tip in tips if tip["MsgBody"].get("ReportType") == report]


async def refused(root: ConsoleClient, action: str, **fields: Any) -> str:
    """The number, or the name, of the refusal."""
    with pytest.raises(Refused) as error:
        await root.call(f"im/{action}", **fields)
    return str(error.value.error.get("ErrorCode") or error.value.error["Code"])


async def test_the_life_of_a_topic(root: ConsoleClient, console_server: ServerProcess) -> None:
    """Made, changed, muted, removed: REST reads it so, members' devices hear of it, and the audit log has each."""
    rest = await city(root, console_server, "topics of a city")
    at = {"SDKAppID": rest.app, "GroupId": CITY}
    async with seen_by(console_server, rest, "ann") as ann:
        await ann.sign_in()
        texts = {"Introduction": "Where to eat", "Notification": "Be kind", "CustomString": '{"icon":"bowl"}'}
        made = await root.call("im/CreateTopic", **at, Name="음식", TopicId=topic("food"), **texts)
        assert made == {"TopicId": topic("food")}
        own = (await root.call("im/CreateTopic", **at, Name="Rides"))["TopicId"]
        assert own.startswith(f"{CITY}@TOPIC#_@TOPIC#c")
        await ann.wait(lambda: [one["GroupInfo"]["TopicId"] for one in told(ann, 17)] == [topic("food"), own])
        changed = {"Name": "Food and drink", "MuteAllMember": "On"}
        row = await root.call("im/ModifyTopic", SDKAppID=rest.app, TopicId=topic("food"), **changed)
        assert row | texts | changed == row
        read = await rest.call("million_group_open_http_svc/get_topic", {"GroupId": CITY})
        [food, _] = [one["TopicInfo"] for one in read["TopicAndSelfInfo"]]
        assert (food["TopicName"], food["MuteAllMember"], food["CustomString"]) == (
            "Food and drink",
            "On",
            texts["CustomString"],
        )
        listed = await root.call("im/DescribeAppidGroupList", SDKAppID=rest.app)
        assert (listed["TotalCount"], [one["GroupId"] for one in listed["Groups"]]) == (1, [CITY]), "topics are none"
        page = await root.call("im/DescribeTopics", **at, Limit=1)
        assert (page["TotalCount"], page["Number"], page["Most"], page["Topics"]) == (2, 2, 200, [row])
        found = await root.call("im/DescribeTopics", **at, Keyword="RIDE")
        assert (found["TotalCount"], found["Number"], found["Topics"][0]["TopicId"]) == (1, 2, own)
        assert (await root.call("im/DescribeTopics", **at, Keyword="city"))["TotalCount"] == 0, "of the community's ID"
        gone = await root.call("im/DestroyTopic", **at, TopicIds=[own, topic("never")])
        assert codes(gone, "TopicId") == {own: 0, topic("never"): 110003}
        assert codes(await root.call("im/DestroyTopic", **at, TopicIds=[own]), "TopicId") == {own: 110003}
        await ann.wait(lambda: [one["MsgBody"]["TopicIdArray"] for one in told(ann, 18)] == [[own]])
    [first, second] = await events(root, rest.app, "CreateTopic")
    assert json.loads(first["After"]) == {"GroupId": CITY, "TopicId": topic("food"), "Name": "음식"}
    assert json.loads(second["After"])["TopicId"] == own
    (event,) = await events(root, rest.app, "ModifyTopic")
    assert json.loads(event["Before"]) == {"TopicId": topic("food"), "Name": "음식", "MuteAllMember": "Off"}
    assert json.loads(event["After"]) == {"TopicId": topic("food")} | changed
    partly, failed = await events(root, rest.app, "DestroyTopic")
    assert (partly["Outcome"], json.loads(partly["After"])["Done"]) == ("partly", [own])
    assert (failed["Outcome"], failed["ErrorCode"]) == ("failed", "110003")


async def test_topics_that_are_refused(root: ConsoleClient, console_server: ServerProcess) -> None:
    rest = await city(root, console_server, "topic refusals")
    app = {"SDKAppID": rest.app}
    at = app | {"GroupId": CITY}
    await root.call("im/CreateTopic", **at, Name="Food", TopicId=topic("food"))
    await root.call("im/CreateGroup", **app, GroupId="club", Name="Club", Type="Public")
    for action, fields, number in (
        ("CreateTopic", at | {"Name": "Again", "TopicId": topic("food")}, "10025"),
        ("CreateTopic", at | {"Name": "x", "TopicId": "@TGS#_other@TOPIC#_x"}, "10015"),
        ("CreateTopic", at | {"Name": "x", "TopicId": topic("@TOPIC#cABC")}, "10015"),
        ("CreateTopic", at | {"Name": "가" * 34}, "10004"),
        ("CreateTopic", at | {"Name": "x", "CustomString": "가" * 1001}, "10004"),
        ("CreateTopic", at | {"Name": ""}, "InvalidParameter"),
        ("CreateTopic", app | {"GroupId": "club", "Name": "x"}, "11000"),
        ("CreateTopic", app | {"GroupId": "@TGS#_gone", "Name": "x"}, "10010"),
        ("DescribeTopics", app | {"GroupId": "club"}, "11000"),
        ("ModifyTopic", app | {"TopicId": topic("gone"), "Name": "x"}, "10010"),
        ("ModifyTopic", app | {"TopicId": CITY, "Name": "x"}, "10010"),
        ("ModifyTopic", app | {"TopicId": topic("food"), "MuteAllMember": "Maybe"}, "InvalidParameter"),
        ("DestroyTopic", app | {"GroupId": "club", "TopicIds": ["x"]}, "11000"),
        ("DestroyTopic", at | {"TopicIds": []}, "InvalidParameter"),
        ("DescribeRoomVisitors", at, "10007"),
        ("CreateGroup", app | {"Name": "x", "Type": "Public", "SupportTopic": 1}, "10004"),
    ):
        assert await refused(root, action, **fields) == number, (action, fields)
    await configure(root, rest.app, CommunityTopics=False)
    assert await refused(root, "CreateTopic", **at, Name="x") == "11000"
    other = (await new_app(root, console_server, "without the city", "Flagship")).app
    await configure(root, other, Community=True, CommunityTopics=True)
    assert await refused(root, "ModifyTopic", SDKAppID=other, TopicId=topic("food"), Name="x") == "10010"


async def test_visitors_of_a_room_and_why_one_is_banned(root: ConsoleClient, console_server: ServerProcess) -> None:
    """Who is in it at the moment, with role and mute; a ban takes them out and says why, until it ends."""
    rest = await new_app(root, console_server, "live", "Flagship")
    at = {"SDKAppID": rest.app, "GroupId": "live"}
    for user in ("ann", "bob", "cid", "robo"):
        await root.call("im/CreateAccount", SDKAppID=rest.app, UserID=user, Nick=user.title())
    await root.call("im/CreateGroup", **at, Name="Live", Type="AVChatRoom", Owner="ann")
    view = await root.call("im/DescribeGroupInfo", **at)
    assert "visitors" in view["Operations"]
    rooms = "group_open_avchatroom_http_svc"
    assert (
        await rest.code(f"{rooms}/modify_admin", {"GroupId": "live", "CommandType": 1, "Admin_Account": ["bob"]}) == 0
    )
    assert await rest.code(f"{rooms}/add_robots", {"GroupId": "live", "Member_Account": ["robo"]}) == 0
    assert codes(await root.call("im/ForbidSendMessage", **at, UserIDs=["cid"], Seconds=4_294_967_295)) == {"cid": 0}
    ann, bob, cid = (seen_by(console_server, rest, user) for user in ("ann", "bob", "cid"))
    async with ann, bob, cid:
        for client in (ann, bob, cid):
            await client.sign_in()
            await enter(client, "live")
        seen = await root.call("im/DescribeRoomVisitors", **at)
        assert (seen["TotalCount"], seen["Online"], seen["Most"]) == (4, 4, 30)
        rows = {row["UserID"]: row for row in seen["Visitors"]}
        assert [row["UserID"] for row in seen["Visitors"] if not row["Robot"]] == ["cid", "bob", "ann"], "newest first"
        assert {user: row["Role"] for user, row in rows.items()} == {
            "ann": "Owner",
            "bob": "Admin",
            "cid": "Member",
            "robo": "Member",
        }
        assert (rows["cid"]["MuteUntil"], rows["cid"]["Nick"], rows["ann"]["MuteUntil"]) == (4_294_967_295, "Cid", 0)
        assert rows["robo"]["Robot"]
        found = await root.call("im/DescribeRoomVisitors", **at, Keyword="b")
        assert [row["UserID"] for row in found["Visitors"]] == ["bob"]
        paged = await root.call("im/DescribeRoomVisitors", **at, Offset=1, Limit=2)
        assert (paged["TotalCount"], paged["Visitors"]) == (4, seen["Visitors"][1:3])
        await configure(root, rest.app, RoomOnlineMembers=True)
        assert (await root.call("im/DescribeRoomVisitors", **at))["Most"] == 1000
        ban = at | {"UserIDs": ["cid"], "Seconds": 600, "Description": "sells tickets"}
        assert await refused(root, "AddGroupBan", **ban) == "10007", "the app bans nobody from rooms yet"
        await configure(root, rest.app, RoomBan=True)
        assert codes(await root.call("im/AddGroupBan", **ban)) == {"cid": 0}
        seen = await root.call("im/DescribeRoomVisitors", **at)
        assert {row["UserID"] for row in seen["Visitors"]} == {"ann", "bob", "robo"}
        (banned,) = (await root.call("im/DescribeGroupBans", **at))["Bans"]
        assert (banned["UserID"], banned["Nick"], banned["Reason"]) == ("cid", "Cid", "sells tickets")
        await root.call("im/AddGroupBan", **at, UserIDs=["cid"], Seconds=900)
        (banned,) = (await root.call("im/DescribeGroupBans", **at))["Bans"]
        assert banned["Reason"] == "", "a new ban has a reason of its own, or none"
        await root.call("im/DeleteGroupBan", **at, UserIDs=["cid"])
        await enter(cid, "live")
        seen = await root.call("im/DescribeRoomVisitors", **at)
        assert seen["Visitors"][0]["UserID"] == "cid"
