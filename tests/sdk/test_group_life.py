"""Making, joining, leaving and managing groups in the official web SDK: everybody concerned learns of it."""

from __future__ import annotations

from typing import Any

import pytest

from driver import SdkClient, SdkError
from scene import Phone, SignIn, UserId
from tests.gateway.raw_client import RawClient

APPLIED, ACCEPTED, REFUSED, KICKED, DISSOLVED, INVITED = 1, 2, 3, 4, 5, 7
REMOVED, SET_ADMIN, PROFILE, MUTED = 3, 4, 6, 7
ADMIN, INVITATION_ACCEPTED, INVITATION_ASKED = 9, 13, 22


async def told(client: SdkClient, op: int, *, since: int = 0) -> dict[str, Any]:
    """The payload of the first tip of a kind."""

    def has(data: Any) -> bool:
        return any(m["type"] == "TIMGroupTipElem" and m["payload"]["operationType"] == op for m in data)

    event = await client.wait_event("MESSAGE_RECEIVED", has, since=since)
    payload: dict[str, Any] = next(m["payload"] for m in event.data if has([m]))
    return payload


async def listed(client: SdkClient, group_id: str, *, since: int = 0) -> None:
    await client.wait_event("GROUP_LIST_UPDATED", lambda data: group_id in [g["groupID"] for g in data], since=since)


async def unlisted(client: SdkClient, group_id: str, *, since: int = 0) -> None:
    await client.wait_event(
        "GROUP_LIST_UPDATED", lambda data: group_id not in [g["groupID"] for g in data], since=since
    )


def notices(client: SdkClient, kind: int, *, since: int = 0) -> list[dict[str, Any]]:
    return [
        message
        for message in client.received(since=since)
        if message["type"] == "TIMGroupSystemNoticeElem" and message["payload"]["operationType"] == kind
    ]


async def noticed(client: SdkClient, kind: int, *, since: int = 0) -> dict[str, Any]:
    """The payload of the first notice of a kind."""

    def has(data: Any) -> bool:
        return any(m["type"] == "TIMGroupSystemNoticeElem" and m["payload"]["operationType"] == kind for m in data)

    await client.wait_event("MESSAGE_RECEIVED", has, since=since)
    payload: dict[str, Any] = notices(client, kind, since=since)[0]["payload"]
    return payload


def reports(phone: RawClient) -> list[tuple[int, str]]:
    """Kind and group of the notices that a phone has got."""
    events = [event for event in phone.pushes if event.get("Event") == 5]
    return [(item["MsgBody"]["ReportType"], item["ToGroupId"]) for event in events for item in event["GroupTips"]]


async def refused(code: int, client: SdkClient, method: str, *args: Any) -> None:
    with pytest.raises(SdkError) as error:
        await client.call(method, *args)
    assert error.value.code == code, error.value


async def create(client: SdkClient, group_id: str, kind: str = "Public", **fields: Any) -> dict[str, Any]:
    made = await client.call("createGroup", {"type": kind, "name": "Team", "groupID": group_id, **fields})
    group: dict[str, Any] = made["group"]
    return group


async def test_a_group_from_its_making_to_its_end(sign_in: SignIn, phone: Phone, user_id: UserId) -> None:
    ann_id, bob_id, cid_id, team = user_id("ann"), user_id("bob"), user_id("cid"), user_id("team")
    ann, bob, cid = await sign_in(ann_id), await sign_in(bob_id), await sign_in(cid_id)
    second = await phone(bob_id)
    group = await create(ann, team, memberList=[{"userID": bob_id}], introduction="about")
    assert (group["type"], group["ownerID"], group["memberCount"]) == ("Public", ann_id, 2)
    assert group["selfInfo"]["role"] == "Owner"
    assert (await noticed(bob, INVITED))["groupProfile"]["groupID"] == team
    await listed(bob, team)
    await second.wait(lambda: (INVITED, team) in reports(second))
    found = (await cid.call("searchGroupByID", team))["group"]
    assert (found["name"], found["introduction"], found["memberCount"]) == ("Team", "about", 2)
    shown = (await bob.call("getGroupProfile", {"groupID": team}))["group"]
    assert (shown["selfInfo"]["role"], shown["joinOption"]) == ("Member", "NeedPermission")

    listed_members = (await bob.call("getGroupMemberList", {"groupID": team, "count": 30, "offset": 0}))["memberList"]
    assert [(m["userID"], m["role"]) for m in listed_members] == [(ann_id, "Owner"), (bob_id, "Member")]
    assert (await bob.call("getGroupOnlineMemberCount", team))["memberCount"] == 2
    await refused(10007, bob, "updateGroupProfile", {"groupID": team, "name": "Bob's"})
    await refused(10007, bob, "dismissGroup", team)
    await refused(10009, ann, "quitGroup", team)
    changed = await ann.call("updateGroupProfile", {"groupID": team, "name": "Team 8", "notification": "Hear!"})
    assert (changed["group"]["name"], changed["group"]["notification"]) == ("Team 8", "Hear!")
    assert (await cid.call("searchGroupByID", team))["group"]["name"] == "Team 8"

    assert (await told(bob, PROFILE))["newGroupProfile"] == {"groupName": "Team 8", "notification": "Hear!"}
    await bob.wait_event("GROUP_LIST_UPDATED", lambda data: [g["name"] for g in data] == ["Team 8"])
    await ann.call("setGroupMemberRole", {"groupID": team, "userID": bob_id, "role": "Admin"})
    await noticed(bob, ADMIN)
    assert (await told(bob, SET_ADMIN))["userIDList"] == [bob_id]
    await bob.call("setGroupMemberNameCard", {"groupID": team, "nameCard": "B."})
    profile = await ann.call("getGroupMemberProfile", {"groupID": team, "userIDList": [bob_id]})
    assert [(m["role"], m["nameCard"]) for m in profile["memberList"]] == [("Admin", "B.")]

    await ann.call("changeGroupOwner", {"groupID": team, "newOwnerID": bob_id})
    assert (await ann.call("getGroupProfile", {"groupID": team}))["group"]["ownerID"] == bob_id
    await bob.wait_event("GROUP_LIST_UPDATED", lambda data: [g["ownerID"] for g in data] == [bob_id])
    await bob.call("setGroupMemberMuteTime", {"groupID": team, "userID": ann_id, "muteTime": 600})
    assert [m["muteTime"] for m in (await told(ann, MUTED))["memberList"]] == [600]
    mark = len(ann.events)
    await bob.call("deleteGroupMember", {"groupID": team, "userIDList": [ann_id]})
    assert (await told(bob, REMOVED))["memberNum"] == 1
    await noticed(ann, KICKED, since=mark)
    await cid.call("joinGroup", {"groupID": team})
    await bob.call("dismissGroup", team)
    await second.wait(lambda: (DISSOLVED, team) in reports(second))
    await refused(10010, cid, "searchGroupByID", team)


async def test_applications(sign_in: SignIn, user_id: UserId) -> None:
    ann_id, bob_id, cid_id, team = user_id("ann"), user_id("bob"), user_id("cid"), user_id("team")
    ann, bob, cid = await sign_in(ann_id), await sign_in(bob_id), await sign_in(cid_id)
    await create(ann, team)
    assert (await bob.call("joinGroup", {"groupID": team, "applyMessage": "please"}))["status"] == "WaitAdminApproval"
    payload = await noticed(ann, APPLIED)
    assert (payload["operatorID"], payload["handleMessage"]) == (bob_id, "please")
    waiting = (await ann.call("getGroupApplicationList"))["applicationList"]
    assert [(a["applicant"], a["groupID"], a["applicationType"]) for a in waiting] == [(bob_id, team, 0)]

    await ann.call("handleGroupApplication", {"handleAction": "Agree", "application": waiting[0]})
    await noticed(bob, ACCEPTED)
    await listed(bob, team)
    assert (await ann.call("getGroupApplicationList"))["applicationList"] == []
    await refused(10024, ann, "handleGroupApplication", {"handleAction": "Agree", "application": waiting[0]})

    await cid.call("joinGroup", {"groupID": team, "applyMessage": "me too"})
    await ann.wait_event("MESSAGE_RECEIVED", lambda data: data[0]["payload"].get("operatorID") == cid_id)
    asked = notices(ann, APPLIED)[-1]
    await ann.call(
        "handleGroupApplication",
        {"handleAction": "Reject", "handleMessage": "no", "message": {"$message": asked["ID"]}},
    )
    assert (await noticed(cid, REFUSED))["handleMessage"] == "no"


async def test_a_meeting_is_free_to_join_and_nobody_invites(sign_in: SignIn, user_id: UserId) -> None:
    ann, bob, meeting = await sign_in(user_id("ann")), await sign_in(user_id("bob")), user_id("meeting")
    cid_id = user_id("cid")
    await sign_in(cid_id)
    await create(ann, meeting, "ChatRoom")
    assert (await bob.call("joinGroup", {"groupID": meeting}))["status"] == "JoinedSuccess"
    await refused(10007, bob, "addGroupMember", {"groupID": meeting, "userIDList": [cid_id]})


async def test_work_groups_grow_by_invitations(sign_in: SignIn, user_id: UserId) -> None:
    ann_id, bob_id, cid_id, work = user_id("ann"), user_id("bob"), user_id("cid"), user_id("work")
    ann, bob, cid = await sign_in(ann_id), await sign_in(bob_id), await sign_in(cid_id)
    await create(ann, work, "Private")
    await refused(10007, bob, "joinGroup", {"groupID": work})
    await refused(10007, bob, "searchGroupByID", work)
    added = await ann.call("addGroupMember", {"groupID": work, "userIDList": [bob_id, "nobody"]})
    assert (added["successUserIDList"], added["failureUserIDList"]) == ([bob_id], ["nobody"])
    await listed(bob, work)
    assert (await bob.call("addGroupMember", {"groupID": work, "userIDList": [cid_id]}))["successUserIDList"] == [
        cid_id
    ]
    await listed(cid, work)
    mark = len(cid.events)
    await refused(10007, bob, "deleteGroupMember", {"groupID": work, "userIDList": [cid_id]})
    await ann.call("deleteGroupMember", {"groupID": work, "userIDList": [cid_id], "reason": "noise"})
    assert (await noticed(cid, KICKED, since=mark))["groupProfile"]["groupID"] == work
    await unlisted(cid, work, since=mark)
    await ann.call("quitGroup", work)
    assert (await bob.call("getGroupProfile", {"groupID": work}))["group"]["ownerID"] == ""


async def test_an_invitation_to_be_approved(sign_in: SignIn, user_id: UserId) -> None:
    ann_id, bob_id, cid_id, team = user_id("ann"), user_id("bob"), user_id("cid"), user_id("team")
    ann, bob, cid = await sign_in(ann_id), await sign_in(bob_id), await sign_in(cid_id)
    await create(ann, team, joinOption="DisableApply", inviteOption="NeedPermission")
    await refused(10007, bob, "joinGroup", {"groupID": team})
    await ann.call("addGroupMember", {"groupID": team, "userIDList": [bob_id]})
    await listed(bob, team)
    nothing = await bob.call("addGroupMember", {"groupID": team, "userIDList": [cid_id]})
    assert (nothing["successUserIDList"], nothing["failureUserIDList"]) == ([], [])
    payload = await noticed(ann, INVITATION_ASKED)
    assert (payload["operatorID"], payload["inviteeList"]) == (bob_id, [cid_id])
    (waiting,) = (await ann.call("getGroupApplicationList"))["applicationList"]
    assert (waiting["applicant"], waiting["applicationType"]) == (bob_id, 2)
    mark = len(cid.events)
    await ann.call("handleGroupApplication", {"handleAction": "Agree", "application": waiting})
    await noticed(cid, INVITED, since=mark)
    await noticed(bob, INVITATION_ACCEPTED)


async def test_what_a_device_missed_while_it_was_away(sign_in: SignIn, user_id: UserId) -> None:
    ann_id, bob_id = user_id("ann"), user_id("bob")
    old, new, asked = user_id("old"), user_id("new"), user_id("asked")
    ann, bob, cid = await sign_in(ann_id), await sign_in(bob_id), await sign_in(user_id("cid"))
    await create(ann, old, memberList=[{"userID": bob_id}])
    await create(bob, asked)
    await listed(bob, old)
    await bob.offline()
    await ann.call("deleteGroupMember", {"groupID": old, "userIDList": [bob_id]})
    await create(ann, new, memberList=[{"userID": bob_id}])
    await cid.call("joinGroup", {"groupID": asked, "applyMessage": "knock"})
    mark = len(bob.events)
    await bob.online()
    await unlisted(bob, old, since=mark)
    await listed(bob, new, since=mark)
    await noticed(bob, APPLIED, since=mark)
    for kind in (KICKED, INVITED, APPLIED):
        assert len(notices(bob, kind, since=mark)) == 1
    await bob.destroy()
    late = await sign_in(bob_id)
    (waiting,) = (await late.call("getGroupApplicationList"))["applicationList"]
    assert waiting["note"] == "knock"
    assert not notices(late, KICKED)
