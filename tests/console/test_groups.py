"""Groups of an app through the console's actions: list, details, members, messages, and what the audit log says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.console.test_apps import new_app
from tests.support.console import PASSWORD, ConsoleClient, Refused
from tests.support.server import ServerProcess

FOR_EVER = 4_294_967_295


async def made(root: ConsoleClient, server: ServerProcess, name: str) -> int:
    """An app of the Pro plan with accounts ann, bob and cho."""
    app = (await new_app(root, server, name, "Pro")).app
    for user in ("ann", "bob", "cho"):
        await root.call("im/CreateAccount", SDKAppID=app, UserID=user, Nick=user.title())
    return app


def codes(answer: dict[str, Any], key: str = "UserID") -> dict[str, int]:
    return {one[key]: one["ErrorCode"] for one in answer["Results"]}


async def events(root: ConsoleClient, app: int, action: str) -> list[dict[str, Any]]:
    """Of the audit log, oldest first."""
    found = await root.call("cloudaudit/DescribeEvents", Action=f"im:{action}", SDKAppID=app, Limit=50)
    return list(reversed(found["Events"]))


async def test_list_and_details(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = await made(root, console_server, "group list")
    wanted = [("Work", "Rowing 100%", "row"), ("Public", "Book club", "books"), ("Meeting", "rowers meet", "")]
    ids = [
        (await root.call("im/CreateGroup", SDKAppID=app, Name=name, Type=type_, Owner="ann", GroupId=id_))["GroupId"]
        for type_, name, id_ in wanted
    ]
    assert ids[:2] == ["row", "books"]
    assert ids[2].startswith("@TGS#")

    async def listed(**asked: Any) -> tuple[int, list[str]]:
        found = await root.call("im/DescribeAppidGroupList", SDKAppID=app, **asked)
        return found["TotalCount"], [row["GroupId"] for row in found["Groups"]]

    assert await listed(Sort="GroupId") == (3, sorted(ids))
    assert await listed(Sort="-GroupId", Limit=1, Offset=1) == (3, sorted(ids, reverse=True)[1:2])
    assert await listed(Keyword="row", Sort="GroupId") == (2, sorted([ids[0], ids[2]])), "ID or name, any case"
    assert await listed(Keyword="100%") == (1, ["row"])
    assert await listed(Keyword="_") == (0, []), "no wildcards"
    assert await listed(Type="Meeting") == (1, [ids[2]])
    await root.call("im/CreateGroup", SDKAppID=app, Name="Orphans", Type="Public", GroupId="orphans")
    assert await listed(Ownerless=True) == (1, ["orphans"])
    assert await listed(Ownerless=True, Type="Work") == (0, [])
    await root.call("im/AddGroupMember", SDKAppID=app, GroupId="orphans", UserIDs=["bob"])
    await root.call("im/ModifyGroupOwner", SDKAppID=app, GroupId="orphans", UserID="bob")
    assert await listed(Ownerless=True) == (0, []), "somebody manages it again"
    await root.call("im/DestroyGroup", SDKAppID=app, GroupIds=["orphans"])
    found = await root.call("im/DescribeAppidGroupList", SDKAppID=app, Keyword="books")
    row = found["Groups"][0]
    assert (row["Name"], row["Type"], row["Owner"]["Nick"], row["MemberNum"]) == ("Book club", "Public", "Ann", 1)

    changed = {"Introduction": "We read.", "ApplyJoinOption": "FreeAccess", "MuteAllMember": "On", "MaxMemberNum": 50}
    view = await root.call("im/ModifyGroupBaseInfo", SDKAppID=app, GroupId="books", **changed)
    assert view | changed == view
    assert "appoint" in view["Operations"]
    assert (await root.call("im/DescribeGroupInfo", SDKAppID=app, GroupId="books")) == view
    (event,) = await events(root, app, "ModifyGroupBaseInfo")
    assert json.loads(event["After"]) == {"GroupId": "books"} | changed
    assert json.loads(event["Before"])["ApplyJoinOption"] == "NeedPermission"
    work = await root.call("im/DescribeGroupInfo", SDKAppID=app, GroupId="row")
    assert "mute" not in work["Operations"]
    mine = await root.call("im/DescribeAccountGroups", SDKAppID=app, UserID="ann")
    assert (mine["TotalCount"], [one["Role"] for one in mine["Groups"]]) == (3, ["Owner"] * 3)
    assert (await root.call("im/DescribeAccountState", SDKAppID=app, UserID="ann"))["Groups"] == 3


async def test_a_group_of_each_type_is_shown(root: ConsoleClient, console_server: ServerProcess) -> None:
    """What a page offers follows the type: counters, mutes, the lists, and the options that one may choose."""
    app = (await new_app(root, console_server, "each type", "Flagship")).app
    version = (await root.call("im/DescribeAbilityConfInfo", SDKAppID=app))["Version"]
    await root.call("im/SetAbilityConfInfo", SDKAppID=app, Version=version, Community=True)
    options = {"ApplyJoinOption", "InviteJoinOption", "HistoryMsgBeforeJoin"}
    for kind, without, choices in (
        ("Work", {"appoint", "mute"}, options - {"ApplyJoinOption"}),
        ("Public", set(), options),
        ("Meeting", set(), options),
        ("AVChatRoom", {"add", "appoint", "history", "kick", "read_members", "recall", "transfer"}, set()),
        ("Community", {"count"}, set()),
    ):
        made = await root.call("im/CreateGroup", SDKAppID=app, Name=kind, Type=kind)
        view = await root.call("im/DescribeGroupInfo", SDKAppID=app, GroupId=made["GroupId"])
        known = {"add", "appoint", "ban", "count", "history", "kick", "mute", "read_members", "recall", "transfer"}
        assert known - set(view["Operations"]) == without, kind
        assert set(view["Choices"]) == choices, kind


async def test_topics_of_a_community(root: ConsoleClient, console_server: ServerProcess) -> None:
    """Messages are read, sent and recalled in a topic, which stands where a group does."""
    made_app = await new_app(root, console_server, "topics", "Flagship")
    app = made_app.app
    version = (await root.call("im/DescribeAbilityConfInfo", SDKAppID=app))["Version"]
    await root.call("im/SetAbilityConfInfo", SDKAppID=app, Version=version, Community=True, CommunityTopics=True)
    city, food = "@TGS#_city", "@TGS#_city@TOPIC#_food"
    for command, body in (
        ("group_open_http_svc/create_group", {"Type": "Community", "GroupId": city, "Name": "City", "SupportTopic": 1}),
        ("million_group_open_http_svc/create_topic", {"GroupId": city, "TopicId": food, "TopicName": "Food"}),
    ):
        assert await made_app.code(command, body) == 0
    view = await root.call("im/DescribeGroupInfo", SDKAppID=app, GroupId=city)
    (topic,) = view["Topics"]
    assert (view["SupportTopic"], topic["TopicId"], topic["Name"]) == (1, food, "Food")
    sent = await root.call("im/SendGroupMsg", SDKAppID=app, GroupIds=[food, city], Text="Soup")
    assert codes(sent, "GroupId") == {food: 0, city: 10004}
    read = await root.call("im/DescribeGroupMessages", SDKAppID=app, GroupId=food)
    (message,) = read["Messages"]
    assert (message["MsgSeq"], message["MsgBody"][0]["MsgContent"]["Text"]) == (1, "Soup")
    recalled = await root.call("im/RecallGroupMsg", SDKAppID=app, GroupId=food, MsgSeqs=[1])
    assert codes(recalled, "MsgSeq") == {1: 0}
    assert (await root.call("im/DescribeGroupMessages", SDKAppID=app, GroupId=food))["Messages"][0]["Recalled"]


async def test_members_mutes_and_bans(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = await made(root, console_server, "group members")
    at = {"SDKAppID": app, "GroupId": "club"}
    await root.call("im/CreateGroup", **at, Name="Club", Type="Public", Owner="ann")
    added = await root.call("im/AddGroupMember", **at, UserIDs=["bob", "nobody", "ann"])
    assert codes(added) == {"bob": 0, "nobody": 10019, "ann": 0}
    assert [one["Already"] for one in added["Results"]] == [False, False, True]
    (event,) = await events(root, app, "AddGroupMember")
    told = json.loads(event["After"])
    assert (event["Outcome"], told["Refused"], told["GroupId"]) == ("partly", {"nobody": 10019}, "club")
    assert codes(await root.call("im/AddGroupMember", **at, UserIDs=["nobody"])) == {"nobody": 10019}
    assert (await events(root, app, "AddGroupMember"))[-1]["Outcome"] == "failed"

    await root.call("im/ModifyGroupMemberInfo", **at, UserID="bob", Role="Admin", NameCard="B.")
    muted = await root.call("im/ForbidSendMessage", **at, UserIDs=["bob", "nobody"], Seconds=FOR_EVER)
    assert codes(muted) == {"bob": 0, "nobody": 10019}
    page = await root.call("im/DescribeGroupMemberInfo", **at, Role="Admin")
    (bob,) = page["Members"]
    assert (page["TotalCount"], bob["UserID"], bob["NameCard"], bob["MuteUntil"]) == (1, "bob", "B.", FOR_EVER)
    assert (await root.call("im/DescribeGroupMemberInfo", **at, Keyword="a"))["TotalCount"] == 1
    assert [one["UserID"] for one in (await root.call("im/DescribeGroupMutes", **at))["Mutes"]] == ["bob"]

    await root.call("im/ModifyGroupOwner", **at, UserID="bob")
    kept = await root.call("im/DeleteGroupMember", **at, UserIDs=["bob", "ann", "cho"])
    assert codes(kept) == {"bob": 10004, "ann": 0, "cho": 10007}
    assert (await events(root, app, "DeleteGroupMember"))[-1]["Outcome"] == "partly"
    assert codes(await root.call("im/AddGroupBan", **at, UserIDs=["cho"], Seconds=600)) == {"cho": 0}
    assert (await root.call("im/DescribeGroupBans", **at))["Bans"][0]["UserID"] == "cho"
    assert (await root.call("im/AddGroupMember", **at, UserIDs=["cho"]))["Results"][0]["ErrorCode"]
    await root.call("im/DeleteGroupBan", **at, UserIDs=["cho"])
    assert codes(await root.call("im/AddGroupMember", **at, UserIDs=["cho"])) == {"cho": 0}


async def test_messages_and_the_end(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = await made(root, console_server, "group messages")
    for group in ("one", "two"):
        await root.call("im/CreateGroup", SDKAppID=app, GroupId=group, Name=group, Type="Public", Owner="ann")
    sent = await root.call("im/SendGroupMsg", SDKAppID=app, GroupIds=["one", "gone", "two"], Text="Hello", From="bob")
    assert codes(sent, "GroupId") == {"one": 0, "gone": 10010, "two": 0}
    assert [(e["Outcome"], json.loads(e["After"])["GroupId"]) for e in await events(root, app, "SendGroupMsg")] == [
        ("ok", "one"),
        ("failed", "gone"),
        ("ok", "two"),
    ]
    at = {"SDKAppID": app, "GroupId": "one"}
    seq = sent["Results"][0]["MsgSeq"]
    read = await root.call("im/DescribeGroupMessages", **at)
    newest = read["Messages"][0]
    assert (newest["MsgSeq"], newest["Nick"], newest["Kind"]) == (seq, "Bob", "message")
    assert newest["MsgBody"][0]["MsgContent"]["Text"] == "Hello"
    assert len(await events(root, app, "DescribeGroupMessages")) == 1, "reading what others wrote is noted"
    recalled = await root.call("im/RecallGroupMsg", **at, MsgSeqs=[seq, 999])
    assert [one["ErrorCode"] for one in recalled["Results"]] == [0, 10030]
    assert (await root.call("im/DescribeGroupMessages", **at))["Messages"][0]["Recalled"]
    ended = await root.call("im/DestroyGroup", SDKAppID=app, GroupIds=["one", "gone"])
    assert codes(ended, "GroupId") == {"one": 0, "gone": 10010}
    assert [e["Outcome"] for e in await events(root, app, "DestroyGroup")] == ["ok", "failed"]
    assert (await root.call("im/DescribeAppidGroupList", SDKAppID=app))["TotalCount"] == 1


async def test_what_is_refused(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = await made(root, console_server, "group refusals")
    other = (await new_app(root, console_server, "another")).app
    at = {"SDKAppID": app, "GroupId": "club"}
    await root.call("im/CreateGroup", **at, Name="Club", Type="Work", Owner="ann")
    for action, fields in (
        ("CreateGroup", {"Name": "가" * 11, "Type": "Work"}),
        ("CreateGroup", {"Name": "x", "Type": "Public", "Owner": "nobody"}),
        ("CreateGroup", {"Name": "x", "Type": "Public", "GroupId": "@TGS#mine"}),
        ("CreateGroup", {"Name": "x", "Type": "Public", "GroupId": "club"}),
        ("CreateGroup", {"Name": "x", "Type": "Club"}),
        ("DescribeGroupInfo", {"GroupId": "none"}),
        ("ModifyGroupBaseInfo", {"GroupId": "club", "Name": ""}),
        ("ModifyGroupOwner", {"GroupId": "club", "UserID": "bob"}),
        ("ModifyGroupMemberInfo", {"GroupId": "club", "UserID": "ann", "Role": "Admin"}),
        ("ForbidSendMessage", {"GroupId": "club", "UserIDs": ["ann"], "Seconds": 60}),
        ("AddGroupBan", {"GroupId": "club", "UserIDs": ["ann"], "Seconds": 60}),
        ("AddGroupMember", {"GroupId": "club", "UserIDs": []}),
        ("SendGroupMsg", {"GroupIds": ["club"], "Text": "x" * 301}),
        ("SendGroupMsg", {"GroupIds": ["club"], "Text": "x", "From": "nobody"}),
        ("DescribeAccountGroups", {"UserID": "nobody"}),
    ):
        with pytest.raises(Refused):
            await root.call(f"im/{action}", SDKAppID=app, **fields)
    with pytest.raises(Refused):
        await root.call("im/DescribeGroupInfo", SDKAppID=other, GroupId="club")
    assert codes(await root.call("im/DestroyGroup", SDKAppID=other, GroupIds=["club"]), "GroupId") == {"club": 10010}
    await root.call("cam/AddUser", Name="reader", ConsoleLogin=1, UseApi=0, Password=PASSWORD)
    presets = {p["PolicyName"]: p["PolicyId"] for p in (await root.call("cam/ListPolicies", Scope="QCS"))["List"]}
    uin = (await root.call("cam/GetUser", Name="reader"))["Uin"]
    await root.call("cam/AttachUserPolicy", PolicyId=presets["QcloudIMReadOnlyAccess"], AttachUin=uin)
    async with ConsoleClient(console_server.url) as reader:
        await reader.login("reader")
        assert (await reader.call("im/DescribeGroupInfo", **at))["Name"] == "Club"
        with pytest.raises(Refused) as refused:
            await reader.call("im/DestroyGroup", SDKAppID=app, GroupIds=["club"])
        assert refused.value.error["Action"] == "im:DestroyGroup"
