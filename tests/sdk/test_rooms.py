"""Live rooms in the official web SDK: entering and leaving, messages, marks, mutes, bans, guests, and the end."""

from __future__ import annotations

from typing import Any

import pytest

from driver import SdkClient, SdkError
from scene import SignIn, UserId
from test_group_life import create, noticed, refused, told, unlisted
from test_group_messages import texts, write
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import Engine, ServerFactory, ServerProcess

JOINED, QUIT, PROFILE, BANNED, DISSOLVED = 1, 2, 6, 21, 5
SETTINGS: dict[str, Any] = {
    "RoomHistory": 2,
    "RoomOnlineMembers": True,
    "RoomBan": True,
    "RoomBroadcast": True,
    "RoomBroadcastRate": 5,
}


async def switch_on(server: ServerProcess) -> None:
    async with ConsoleClient(server.url) as root:
        await root.login()
        settings = await root.call("im/DescribeAbilityConfInfo", SDKAppID=server.sdkappid)
        await root.call("im/SetAbilityConfInfo", SDKAppID=server.sdkappid, Version=settings["Version"], **SETTINGS)


async def heard(client: SdkClient, *wanted: str) -> None:
    await client.wait_until(lambda: texts(client)[-len(wanted) :] == list(wanted))


async def tipped(client: SdkClient, op: int, user: str) -> None:
    """A tip of this kind names the user."""

    def about(message: dict[str, Any]) -> bool:
        payload = message["payload"]
        return message["type"] == "TIMGroupTipElem" and payload["operationType"] == op and user in payload["userIDList"]

    await client.wait_until(lambda: any(about(m) for m in client.received()))


async def enter(client: SdkClient, room: str) -> dict[str, Any]:
    joined: dict[str, Any] = await client.call("joinGroup", {"groupID": room})
    assert joined["status"] in ("JoinedSuccess", "AlreadyInGroup"), joined
    return joined


async def listed(client: SdkClient, room: str, **wanted: Any) -> list[str]:
    found = await client.call("getGroupMemberList", {"groupID": room, "count": 30, "offset": 0, **wanted})
    return [member["userID"] for member in found["memberList"]]


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_a_room_from_its_making_to_its_end(
    server_factory: ServerFactory, sign_in_at: SignIn, user_id: UserId, engine: Engine
) -> None:
    server = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD})
    await switch_on(server)
    ann_id, bob_id, cid_id, room = user_id("ann"), user_id("bob"), user_id("cid"), user_id("room")
    ann, bob, cid = [await sign_in_at(server, name) for name in (ann_id, bob_id, cid_id)]
    guest = await sign_in_at(server, user_id("guest"), login=False)
    made = await create(ann, room, "AVChatRoom")
    assert made["type"] == "AVChatRoom"
    for client in (ann, bob):
        await enter(client, room)
    await enter(guest, room)
    shown = (await ann.call("getGroupProfile", {"groupID": room}))["group"]
    assert (shown["selfInfo"]["role"], shown["ownerID"]) == ("Owner", ann_id)
    await tipped(ann, JOINED, bob_id)

    # Messages reach who is there, the guest too; who comes later gets the last two.
    for number in range(3):
        await write(bob, room, f"m{number}")
    await heard(ann, "m0", "m1", "m2")
    await heard(guest, "m0", "m1", "m2")
    await enter(cid, room)
    await heard(cid, "m1", "m2")
    assert (await ann.call("getGroupOnlineMemberCount", room))["memberCount"] == 3

    await _manage(server, room, ann, bob, cid)
    await _end(server, room, ann, bob, cid)


async def _manage(server: ServerProcess, room: str, ann: SdkClient, bob: SdkClient, cid: SdkClient) -> None:
    ann_id, bob_id, cid_id = (client.name.partition("#")[0] for client in (ann, bob, cid))
    # Who is there, and marks.
    assert sorted(await listed(ann, room)) == sorted([ann_id, bob_id, cid_id])
    marked = {"groupID": room, "userIDList": [bob_id], "markType": 1001, "enableMark": True}
    await ann.call("markGroupMemberList", marked)
    assert (
        await server.rest("group_open_avchatroom_http_svc/get_members", {"GroupId": room, "Timestamp": 0, "Mark": 1001})
    )["MemberList"][0]["Member_Account"] == bob_id

    # The owner's rights, and attributes.
    await ann.call("updateGroupProfile", {"groupID": room, "name": "Live"})
    assert (await told(bob, PROFILE))["newGroupProfile"] == {"groupName": "Live"}
    await ann.call("initGroupAttributes", {"groupID": room, "groupAttributes": {"mic": "ann"}})
    await bob.wait_event("GROUP_ATTRIBUTES_UPDATED", lambda data: data["groupAttributes"] == {"mic": "ann"})
    await ann.call("setGroupMemberMuteTime", {"groupID": room, "userID": bob_id, "muteTime": 600})
    with pytest.raises(SdkError) as muted:
        await write(bob, room, "muted")
    assert muted.value.code == 10017

    # A message to all rooms.
    sent = await server.rest(
        "group_open_http_svc/send_broadcast_msg",
        {"From_Account": ann_id, "Random": 7, "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "all"}}]},
    )
    assert sent["ErrorCode"] == 0, sent
    await heard(cid, "all")


async def _end(server: ServerProcess, room: str, ann: SdkClient, bob: SdkClient, cid: SdkClient) -> None:
    bob_id, cid_id = bob.name.partition("#")[0], cid.name.partition("#")[0]
    # A short break keeps the seat.
    mark = len(cid.events)
    await cid.drop()
    await cid.online()
    await cid.wait_event("SYNCED", since=mark)
    await write(ann, room, "after the break")
    await heard(cid, "after the break")

    # Banned, quit, dissolved.
    await ann.call("deleteGroupMember", {"groupID": room, "userIDList": [bob_id], "duration": 600, "reason": "spam"})
    assert (await noticed(bob, BANNED))["groupProfile"]["groupID"] == room
    await refused(10007, bob, "joinGroup", {"groupID": room})
    await cid.call("quitGroup", room)
    await tipped(ann, QUIT, cid_id)
    await refused(10009, ann, "quitGroup", room)
    await enter(cid, room)
    mark = len(cid.events)
    await ann.call("dismissGroup", room)
    await noticed(cid, DISSOLVED, since=mark)
    await unlisted(cid, room, since=mark)
    assert (await server.rest("group_open_http_svc/get_group_info", {"GroupIdList": [room]}))["GroupInfo"][0][
        "ErrorCode"
    ] == 10010
