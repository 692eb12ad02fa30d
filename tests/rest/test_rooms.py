"""Live rooms over REST: who is there, marks, admins, robots, bans, mutes, rates and messages to all rooms."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from sodam.errors import ApiError, Code
from sodam.groups.core import Operator
from sodam.groups.message import GroupMessage
from tests.contract.world import Device, text_body
from tests.rest.conftest import Rest

ROOM = "live-1"
SERVICE = "group_open_avchatroom_http_svc"


@pytest_asyncio.fixture
async def room(rest: Rest) -> Rest:
    settings = msgspec.structs.replace(
        rest.app.settings, room_ban=True, room_broadcast=True, room_online_members=True, room_message_rate=5
    )
    await rest.configure(plan="Flagship", settings=settings)
    await rest("im_open_login_svc/multiaccount_import", {"Accounts": ["ann", "bob", "cid", "bot"]})
    body = {"Type": "AVChatRoom", "GroupId": ROOM, "Name": "Live", "Owner_Account": "ann"}
    assert await rest.code("group_open_http_svc/create_group", body) == 0
    return rest


async def enter(rest: Rest, user_id: str) -> Device:
    groups, device = rest.server.services.groups, Device()
    group = await groups.get(rest.app.sdkappid, ROOM)
    entered = await groups.rooms.enter(
        rest.app, Operator(user_id, admin=False, instid=device.instid), group, lambda: device
    )
    entered.announce()
    return device


async def say(rest: Rest, user_id: str, text: str, **fields: Any) -> tuple[int, bool]:
    message = GroupMessage(
        app=rest.app.sdkappid,
        group_id=ROOM,
        sender=user_id,
        random=hash(text) & 0xFFFF,
        client_time=0,
        body=text_body(text),
        **fields,
    )
    try:
        sent = await rest.server.services.groups.sending.send(rest.app, message)
    except ApiError as error:
        return int(error.code), False
    return 0, sent.dropped


def heard(device: Device) -> list[str]:
    return [
        item["MsgBody"][0]["MsgContent"]["Text"]
        for event in device.events
        if event["Event"] in (3, 17)
        for item in event["GroupMsgArray"]
    ]


def told(device: Device) -> list[tuple[int, list[str], int]]:
    bodies = [item["MsgBody"] for event in device.events if event["Event"] == 4 for item in event["GroupTips"]]
    return [(body["OpType"], body["List_Account"], body.get("MemberNum", -1)) for body in bodies]


async def names(rest: Rest, **more: Any) -> list[str]:
    answer = await rest(f"{SERVICE}/get_members", {"GroupId": ROOM, "Timestamp": 0, **more})
    assert answer["ErrorCode"] == 0, answer
    return [one["Member_Account"] for one in answer["MemberList"]]


async def test_who_is_there(room: Rest) -> None:
    ann = await enter(room, "ann")
    await enter(room, "bob")
    assert await names(room) == ["bob", "ann"]
    number = await room("group_open_http_svc/get_online_member_num", {"GroupId": ROOM})
    assert (number["OnlineMemberNum"], number["ExpireTime"]) == (2, 10)
    checked = await room(f"{SERVICE}/check_members", {"GroupId": ROOM, "Member_Account": ["cid", "ann", "nobody"]})
    assert checked["Member_Account"] == ["ann"]
    joined = {"Member_Account": "ann", "ResponseFilter": {"SelfInfoFilter": ["Role"]}}
    listed = await room("group_open_http_svc/get_joined_group_list", joined | {"WithHugeGroups": 1})
    assert listed["GroupIdList"] == [{"GroupId": ROOM, "SelfInfo": {"Role": "Owner"}}]
    for more in ({}, {"WithHugeGroups": 1, "GroupType": "Public"}, {"WithHugeGroups": 1, "SupportTopic": 1}):
        assert (await room("group_open_http_svc/get_joined_group_list", joined | more))["TotalCount"] == 0, more
    # No row anywhere names a visitor.
    for table in ("group_member", "group_user", "room_admin", "room_robot"):
        rows = await room.server.services.db.fetch(f"SELECT count(*) FROM {table}")
        assert rows[0][0] == 0, table
    # The room is told, users together, once a second at most.
    async with asyncio.timeout(90):
        while not told(ann) or told(ann)[-1][2] != 2:
            await asyncio.sleep(0.05)
    assert [user for _, users, _ in told(ann) for user in users] == ["ann", "bob"]
    assert len(told(ann)) <= 2
    for command, body in (
        ("get_group_member_info", {"GroupId": ROOM}),
        ("get_role_in_group", {"GroupId": ROOM, "User_Account": ["ann"]}),
        ("add_group_member", {"GroupId": ROOM, "MemberList": [{"Member_Account": "cid"}]}),
        ("change_group_owner", {"GroupId": ROOM, "NewOwner_Account": "bob"}),
    ):
        assert await room.code(f"group_open_http_svc/{command}", body) == 10007, command
    assert (
        await room.code("group_open_http_svc/delete_group_member", {"GroupId": ROOM, "MemberToDel_Account": ["bob"]})
        == 10004
    )


async def test_marks_robots_and_admins(room: Rest) -> None:
    await enter(room, "ann")
    await enter(room, "bob")

    async def mark(user: str, mark: int, command: int = 1) -> int:
        members = [{"Member_Account": user, "Marks": [mark]}]
        body = {"GroupId": ROOM, "CommandType": command, "MemberList": members}
        return await room.code(f"{SERVICE}/modify_user_info", body)

    assert await mark("bob", 1000) == 0
    assert await names(room, Mark=1000) == ["bob"]
    assert await mark("cid", 1000) == 10004, "not in the room"
    assert await mark("bob", 999) == 10004
    assert await mark("bob", 600) == 0
    assert await names(room) == ["ann"]
    assert await names(room, Mark=600) == ["bob"]
    assert await mark("bob", 600, 2) == 0
    for number in range(1001, 1010):
        assert await mark("ann", number) == 0
    assert await mark("ann", 1010) == 10004, "ten different marks at most"

    assert await room.code(f"{SERVICE}/add_robots", {"GroupId": ROOM, "Member_Account": ["bot"]}) == 0
    assert await names(room, Mark=500) == ["bot"]
    number = await room("group_open_http_svc/get_online_member_num", {"GroupId": ROOM})
    assert number["OnlineMemberNum"] == 3
    assert await mark("bot", 500, 2) == 0
    assert await names(room, Mark=500) == []
    assert await room.code(f"{SERVICE}/add_robots", {"GroupId": ROOM, "Member_Account": ["nobody"]}) == 10019
    robots = {"GroupId": ROOM, "Member_Account": ["bot"]}
    assert await room.code(f"{SERVICE}/add_robots", robots) == 0
    assert await names(room, Mark=500) == ["bot"]
    assert await room.code(f"{SERVICE}/del_robots", robots) == 0
    assert await names(room, Mark=500) == []
    number = await room("group_open_http_svc/get_online_member_num", {"GroupId": ROOM})
    assert number["OnlineMemberNum"] == 2, "a robot that is taken out is no longer counted"
    assert await room.code(f"{SERVICE}/del_robots", {"GroupId": ROOM, "Member_Account": ["bot"] * 501}) == 10005

    appoint = {"GroupId": ROOM, "CommandType": 1, "Admin_Account": ["bob"]}
    assert await room.code(f"{SERVICE}/modify_admin", appoint) == 0
    listed = (await room(f"{SERVICE}/get_admin_list", {"GroupId": ROOM}))["Admin_List"]
    assert [one["Admin_Account"] for one in listed] == ["bob"]
    many = {"GroupId": ROOM, "CommandType": 1, "Admin_Account": ["ann", "cid", "bot", "administrator", "bob"]}
    assert await room.code(f"{SERVICE}/modify_admin", many) == 0
    await room("im_open_login_svc/account_import", {"UserID": "sixth"})
    assert await room.code(f"{SERVICE}/modify_admin", {**many, "Admin_Account": ["sixth"]}) == 10004
    # While all are muted, admins and the owner write.
    muted = {"GroupId": ROOM, "MuteAllMember": "On"}
    assert await room.code("group_open_http_svc/modify_group_base_info", muted) == 0
    dismissed = {"GroupId": ROOM, "CommandType": 2, "Admin_Account": ["ann"]}
    assert await room.code(f"{SERVICE}/modify_admin", dismissed) == 0
    assert [await say(room, user, f"of {user}") for user in ("ann", "bob")] == [(0, False), (0, False)]
    await enter(room, "sixth")
    assert await say(room, "sixth", "hush") == (10017, False)
    for command in ("get_members", "get_admin_list"):
        body = {"GroupId": "plain"}
        await room("group_open_http_svc/create_group", {"Type": "Public", "GroupId": "plain", "Name": "p"})
        assert await room.code(f"{SERVICE}/{command}", body) == 10007


async def test_messages(room: Rest) -> None:
    ann, bob = await enter(room, "ann"), await enter(room, "bob")
    assert await say(room, "cid", "from outside") == (10007, False)
    assert await say(room, "bob", "hello") == (0, False)
    assert heard(ann) == heard(bob) == ["hello"]
    # Five a second, the less important first out.
    begin = time.monotonic()
    results = [await say(room, "bob", f"m{n}", priority=3) for n in range(20)]
    assert 4 <= sum(not dropped for _, dropped in results) <= 8 + 5 * (time.monotonic() - begin)
    assert (await say(room, "bob", "important", priority=1)) == (0, False)
    body = {
        "GroupId": ROOM,
        "Random": 1,
        "MsgPriority": "Low",
        "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "late"}}],
    }
    answer = await room("group_open_http_svc/send_group_msg", body)
    assert (answer["ErrorCode"], answer["MsgDropReason"], answer["MsgSeq"]) == (0, "MsgFreqCtrl", 0)
    rows = await room.server.services.db.fetch("SELECT count(*) FROM group_message")
    assert rows[0][0] == 0


async def test_bans_and_broadcasts(room: Rest) -> None:
    ann = await enter(room, "ann")
    await enter(room, "bob")
    groups, app = room.server.services.groups, room.app
    with pytest.raises(ApiError) as refused:
        await groups.bans.ban(app, Operator("bob", admin=False), ROOM, ["cid"], 10, "")
    assert refused.value.code is Code.GROUP_NOT_PERMITTED
    banned = {"GroupId": ROOM, "Members_Account": ["bob"], "Duration": 60, "Description": "spam"}
    assert await room.code("group_open_http_svc/ban_group_member", banned) == 0
    with pytest.raises(ApiError) as refused:
        await enter(room, "bob")
    assert refused.value.code is Code.GROUP_NOT_PERMITTED
    text = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "to all"}}]
    sent = await room("group_open_http_svc/send_broadcast_msg", {"Random": 1, "MsgBody": text})
    assert (sent["ErrorCode"], sent["MsgSeq"]) == (0, 1)
    assert heard(ann)[-1:] == ["to all"]
    codes = [
        await room.code("group_open_http_svc/send_broadcast_msg", {"Random": n, "MsgBody": text}) for n in range(3)
    ]
    assert 10023 in codes
    off = msgspec.structs.replace(room.app.settings, room_broadcast=False, room_ban=False)
    await room.configure(settings=off)
    assert await room.code("group_open_http_svc/send_broadcast_msg", {"Random": 9, "MsgBody": text}) == 10007
    assert await room.code("group_open_http_svc/ban_group_member", banned) == 10007
    assert await room.code("group_open_http_svc/destroy_group", {"GroupId": ROOM}) == 0
    assert ann.events[-1]["GroupTips"][0]["MsgBody"]["ReportType"] == 5
    assert not groups.rooms._seats.number((app.sdkappid, ROOM))
