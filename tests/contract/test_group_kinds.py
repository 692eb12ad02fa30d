"""What each type of group is like, as the public comparison by type has it: rights of every role at every operation,
ways in, what is stored and counted, which changes are announced and how, and the limits of the plans. On both engines,
by the commands that clients and servers send. The values stand here as they were published; none is read from the code.
"""

from __future__ import annotations

import itertools
from typing import Any, Final

import pytest

from sodam.errors import ApiError
from sodam.groups.core import Operator
from sodam.groups.feed import of_group
from tests.contract.world import Device as Seat
from tests.rest.test_group_lifecycle import override
from tests.support.relations import APP, Device, Host, host

__all__ = ["host"]
KINDS: Final = ("Private", "Public", "ChatRoom", "AVChatRoom", "Community")
G: Final = "group_open_http_svc/"
OWNER, ADMIN, MEMBER, OTHER, STRANGER = "u1", "u2", "u3", "u4", "u5"
ROLES: Final = {"o": OWNER, "a": ADMIN, "m": MEMBER, "s": STRANGER}
TEXT: Final = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hi"}}]
_numbers = itertools.count(1)


async def begin(host: Host, **settings: Any) -> None:
    await host.configure(plan="Flagship", community=True, room_ban=True, **settings)
    await override(host, groups_joined=100_000)


async def make(host: Host, kind: str, **more: Any) -> str:
    """A group with somebody of each role that the type has; in a Private one the admin is a plain member."""
    group_id = f"{'@TGS#_' if kind == 'Community' else ''}{kind}-{next(_numbers)}"
    body: dict[str, Any] = {"Type": kind, "GroupId": group_id, "Name": "Team", "Owner_Account": OWNER}
    if kind != "AVChatRoom":
        admin = {"Member_Account": ADMIN} | ({} if kind == "Private" else {"Role": "Admin"})
        body["MemberList"] = [admin, {"Member_Account": MEMBER}, {"Member_Account": OTHER}]
    await host.ok(G + "create_group", body | more)
    if kind == "AVChatRoom":
        appoint = {"GroupId": group_id, "CommandType": 1, "Admin_Account": [ADMIN]}
        await host.ok("group_open_avchatroom_http_svc/modify_admin", appoint)
        app, groups = host.server.apps.get(APP), host.server.services.groups
        assert app is not None
        for user in (OWNER, ADMIN, MEMBER, OTHER):
            seat = Seat()
            who = Operator(user, admin=False, instid=seat.instid)
            await groups.rooms.enter(app, who, await groups.get(APP, group_id), lambda seat=seat: seat)
    elif kind == "Private":
        await said(host, group_id, OWNER)  # until then nobody else sees it
    return group_id


async def said(host: Host, group_id: str, sender: str, **more: Any) -> dict[str, Any]:
    body = {"GroupId": group_id, "From_Account": sender, "Random": next(_numbers), "MsgBody": TEXT} | more
    return await host.ok(G + "send_group_msg", body)


async def answers(host: Host, command: str, user: str, **body: Any) -> int:
    return int((await host(G + command, body, client=user))["ErrorCode"])


def edit(**fields: Any) -> tuple[str, dict[str, Any]]:
    return "modify_group_base_info", fields


def of_member(user: str, **fields: Any) -> tuple[str, dict[str, Any]]:
    return "modify_group_member_info", {"Member_Account": user} | fields


# Operation, its command, and for each type who may: o(wner), a(dmin), m(ember). In a Private group "a" is a member too.
Right = tuple[str, tuple[str, dict[str, Any]], tuple[str, str, str, str, str]]
RIGHTS: Final[tuple[Right, ...]] = (
    (
        "edit the profile",
        edit(Name="Other", Introduction="i", Notification="n", FaceUrl="f"),
        ("oam", "oa", "oa", "o", "oa"),
    ),
    ("mute everybody", edit(MuteAllMember="On"), ("o", "oa", "oa", "o", "oa")),
    ("dissolve", ("destroy_group", {}), ("", "o", "o", "o", "o")),
    ("transfer", ("change_group_owner", {"NewOwner_Account": OTHER}), ("o", "o", "o", "", "o")),
    ("read the members", ("get_group_member_info", {"Next": ""}), ("oam", "oam", "oam", "oam", "oam")),
    ("invite", ("add_group_member", {"MemberList": [{"Member_Account": STRANGER}]}), ("oam", "", "", "", "oam")),
    ("appoint an admin", of_member(OTHER, Role="Admin"), ("", "o", "o", "", "o")),
    ("dismiss an admin", of_member(ADMIN, Role="Member"), ("", "o", "o", "", "o")),
    ("kick a member", ("delete_group_member", {"MemberToDel_Account": [OTHER]}), ("o", "oa", "oa", "", "oa")),
    ("kick an admin", ("delete_group_member", {"MemberToDel_Account": [ADMIN]}), ("o", "o", "o", "", "o")),
    ("kick the owner", ("delete_group_member", {"MemberToDel_Account": [OWNER]}), ("", "", "", "", "")),
    ("mute a member", of_member(OTHER, ShutUpTime=60), ("", "oa", "oa", "oa", "oa")),
    ("mute an admin", of_member(ADMIN, ShutUpTime=60), ("", "o", "o", "o", "o")),
    ("another's name card", of_member(OTHER, NameCard="x"), ("o", "oa", "oa", "", "oa")),
    ("another's message option", of_member(OTHER, MsgFlag="Discard"), ("", "", "", "", "")),
    ("ban", ("ban_group_member", {"Members_Account": [OTHER], "Duration": 60}), ("", "", "", "oa", "")),
)


@pytest.mark.parametrize("kind", KINDS)
async def test_every_operation_by_every_role(host: Host, kind: str) -> None:
    await begin(host)
    wrong = []
    untouched = await make(host, kind)  # what is refused changes nothing
    for what, (command, body), may in RIGHTS:
        for letter, user in ROLES.items():
            allowed = letter in may[KINDS.index(kind)]
            group_id = await make(host, kind) if allowed else untouched
            got = await answers(host, command, user, GroupId=group_id, **body)
            expected = {0} if allowed else {10007}
            if what.startswith("kick") and (kind == "AVChatRoom" or what == "kick the owner"):
                expected = {10007, 10004}
            if got not in expected:
                wrong.append((what, letter, got))
    assert not wrong


@pytest.mark.parametrize("kind", KINDS)
async def test_the_app_itself(host: Host, kind: str) -> None:
    """What a server does by REST is the owner's right, and more."""
    await begin(host)
    at = KINDS.index(kind)
    person = [{"Member_Account": "u6"}]
    for command, body, codes in (
        ("add_group_member", {"MemberList": person}, (0, 0, 0, 10007, 0)),
        ("import_group_member", {"MemberList": person}, (0, 0, 0, 10007, 0)),
        ("get_group_member_info", {}, (0, 0, 0, 10007, 0)),
        ("get_role_in_group", {"User_Account": [OWNER]}, (0, 0, 0, 10007, 0)),
        ("change_group_owner", {"NewOwner_Account": OTHER}, (0, 0, 0, 10007, 0)),
        ("delete_group_member", {"MemberToDel_Account": [OTHER]}, (0, 0, 0, 10004, 0)),
        ("forbid_send_msg", {"Members_Account": [OTHER], "MuteTime": 60}, (10007, 0, 0, 0, 0)),
        ("get_group_muted_account", {}, (10007, 0, 0, 0, 0)),
        ("ban_group_member", {"Members_Account": ["u7"], "Duration": 60}, (0, 0, 0, 0, 0)),
        ("group_msg_get_simple", {"ReqMsgNumber": 1}, (0, 0, 0, 10044, 0)),
        ("clear_group_msg", {}, (0, 0, 0, 0, 10007)),
        ("destroy_group", {}, (0, 0, 0, 0, 0)),
    ):
        group_id = await make(host, kind)
        assert int((await host(G + command, {"GroupId": group_id} | body))["ErrorCode"]) == codes[at], command


JOINING: Final = {
    # Found by its ID, what an application comes to, who may leave of owner and member.
    "Private": (10007, 10007, 0),
    "Public": (0, "WaitAdminApproval", 10009),
    "ChatRoom": (0, "JoinedSuccess", 10009),
    "Community": (0, "JoinedSuccess", 10009),
}


@pytest.mark.parametrize("kind", JOINING)
async def test_ways_in_and_out(host: Host, kind: str) -> None:
    await begin(host)
    found, applied, quits = JOINING[kind]
    group_id = await make(host, kind)
    listed = await host.ok(G + "get_group_public_info", {"GroupIdList": [group_id]}, client=STRANGER)
    assert listed["GroupInfo"][0].get("ErrorCode", 0) == found
    answer = await host(G + "apply_join_group", {"GroupId": group_id}, client=STRANGER)
    assert (answer["ErrorCode"] or answer["JoinedStatus"]) == applied
    assert await answers(host, "quit_group", OWNER, GroupId=group_id) == quits
    assert await answers(host, "quit_group", MEMBER, GroupId=group_id) == 0
    if kind == "Private":
        info = await host.ok(G + "get_group_info", {"GroupIdList": [group_id]})
        assert info["GroupInfo"][0]["Owner_Account"] == "", "nobody owns it now"
    # Options that the type has: what a server writes stays, or is as the type has it.
    for field, value, kept in (
        ("ApplyJoinOption", "DisableApply", kind != "Community"),
        ("InviteJoinOption", "NeedPermission", kind != "Community"),
    ):
        await host.ok(G + "modify_group_base_info", {"GroupId": group_id, field: value})
        info = (await host.ok(G + "get_group_info", {"GroupIdList": [group_id]}))["GroupInfo"][0]
        assert (info[field] == value) is kept, (field, info[field])
    # The last one who leaves takes the group along.
    people = [ADMIN, OTHER, *([STRANGER] if applied == "JoinedSuccess" else []), *([OWNER] if quits else [])]
    if quits:
        await host.ok(G + "change_group_owner", {"GroupId": group_id, "NewOwner_Account": ADMIN})
        await host.ok(G + "delete_group_member", {"GroupId": group_id, "MemberToDel_Account": people[1:]})
    else:
        await host.ok(G + "delete_group_member", {"GroupId": group_id, "MemberToDel_Account": people})
        assert (await host.ok(G + "get_group_info", {"GroupIdList": [group_id]}))["GroupInfo"][0]["ErrorCode"] == 10010


@pytest.mark.parametrize("option", ["FreeAccess", "NeedPermission", "DisableInvite"])
async def test_invitations(host: Host, option: str) -> None:
    """Result for owner, admin, member by the option; a Private group's "admin" is a member."""
    await begin(host)
    results = {"FreeAccess": (1, 1, 1), "NeedPermission": (1, 1, 3), "DisableInvite": (10007, 10007, 10007)}[option]
    for kind in ("Private", "Public", "ChatRoom"):
        for user, expected in zip((OWNER, ADMIN, MEMBER), results, strict=True):
            group_id = await make(host, kind, InviteJoinOption=option)
            body = {"GroupId": group_id, "MemberList": [{"Member_Account": STRANGER}]}
            answer = await host(G + "add_group_member", body, client=user)
            got = answer["ErrorCode"] or answer["MemberList"][0]["Result"]
            waits = option == "NeedPermission" and kind == "Private" and user == ADMIN
            assert got == (3 if waits else expected), (kind, user)


async def test_what_is_stored_and_counted(host: Host) -> None:
    """Unread numbers, history, what newcomers read of it, and the message option that members begin with."""
    await begin(host)
    for kind, unread, flag, earlier, switched in (
        ("Private", 1, "AcceptAndNotify", False, True),
        ("Public", 1, "AcceptAndNotify", False, True),
        ("ChatRoom", 0, "AcceptNotNotify", True, True),
        ("Community", 1, "AcceptAndNotify", False, False),
    ):
        group_id = await make(host, kind)
        await host.ok(G + "set_unread_msg_num", {"GroupId": group_id, "Member_Account": MEMBER, "UnreadMsgNum": 0})
        seq = (await said(host, group_id, OWNER))["MsgSeq"]
        filters = {"SelfInfoFilter": ["UnreadMsgNum", "MsgFlag"]}
        joined = await host.ok(
            G + "get_joined_group_list", {"Member_Account": MEMBER, "GroupType": kind, "ResponseFilter": filters}
        )
        (own,) = [one["SelfInfo"] for one in joined["GroupIdList"] if one["GroupId"] == group_id]
        assert own == {"UnreadMsgNum": unread, "MsgFlag": flag}, kind
        assert seq in await shown(host, MEMBER, group_id)
        for newcomer, expected in (("u6", earlier), ("u7", switched)):
            await host.ok(G + "add_group_member", {"GroupId": group_id, "MemberList": [{"Member_Account": newcomer}]})
            assert (seq in await shown(host, newcomer, group_id)) is expected, (kind, newcomer)
            await host.ok(G + "modify_group_base_info", {"GroupId": group_id, "HistoryMsgBeforeJoin": "On"})
    room = await make(host, "AVChatRoom")
    assert (await said(host, room, MEMBER))["MsgSeq"] >= 1
    with pytest.raises(ApiError) as refused:
        await shown(host, MEMBER, room)
    assert refused.value.code == 10044


async def shown(host: Host, user: str, group_id: str) -> list[int]:
    """The sequences of what a client reads."""
    page = await host.server.services.groups.histories.page(APP, user, group_id, 0, 20)
    return [message.seq for message in page.messages]


# Which changes are announced: "stored" in the history and pushed, "pushed" alone, or "": not at all.
NOTICES: Final = (
    (
        "joined",
        "add_group_member",
        {"MemberList": [{"Member_Account": "u6"}]},
        ("stored", "stored", "", None, "stored"),
    ),
    ("kicked", "delete_group_member", {"MemberToDel_Account": [OTHER]}, ("stored", "stored", "", None, "stored")),
    ("renamed", "modify_group_base_info", {"Name": "New"}, ("stored", "stored", "stored", "pushed", "stored")),
    ("notice", "modify_group_base_info", {"Notification": "n"}, ("stored", "stored", "stored", "pushed", "stored")),
    ("owner", "change_group_owner", {"NewOwner_Account": OTHER}, ("stored", "stored", "stored", None, "stored")),
    ("all muted", "modify_group_base_info", {"MuteAllMember": "On"}, ("", "", "", "", "")),
    ("join option", "modify_group_base_info", {"ApplyJoinOption": "DisableApply"}, ("", "", "", "", "")),
    (
        "admin",
        "modify_group_member_info",
        {"Member_Account": OTHER, "Role": "Admin"},
        (None, "stored", "", None, "stored"),
    ),
    ("muted", "forbid_send_msg", {"Members_Account": [MEMBER], "MuteTime": 9}, (None, "stored", "", "", "stored")),
)


@pytest.mark.parametrize("kind", KINDS)
async def test_what_is_announced(host: Host, kind: str) -> None:
    await begin(host)
    wrong = []
    for what, command, body, expected in NOTICES:
        if (wanted := expected[KINDS.index(kind)]) is None:
            continue
        group_id = await make(host, kind)
        watching = await follower(host, group_id)
        before = await next_seq(host, group_id)
        await host.ok(G + command, {"GroupId": group_id} | body)
        stored = await next_seq(host, group_id) - before
        tips = [e for e in watching.events if e.get("Event") in (4, 6) and "OpType" in e["GroupTips"][0]["MsgBody"]]
        got = "" if not stored and not tips else "pushed" if kind == "AVChatRoom" else "stored"
        if (got, len(tips)) != (wanted, int(bool(wanted))):
            wrong.append((what, got, len(tips)))
    assert not wrong


async def test_what_rooms_announce_when_the_app_wants_it(host: Host) -> None:
    await begin(host, av_room_standing_tips=True)
    room = await make(host, "AVChatRoom")
    watching, notified = await follower(host, room), host.device("u6")
    by_owner = {"GroupId": room, "Member_Account": MEMBER, "ShutUpTime": 9}
    assert (await host(G + "modify_group_member_info", by_owner, client=OWNER))["ErrorCode"] == 0
    await host.ok(G + "forbid_send_msg", {"GroupId": room, "Members_Account": [OTHER, "ghost"], "MuteTime": 0})
    for command in (1, 1, 2, 2):  # what changes nothing is not announced again
        body = {"GroupId": room, "CommandType": command, "Admin_Account": ["u6"]}
        await host.ok("group_open_avchatroom_http_svc/modify_admin", body)
    bodies = [e["GroupTips"][0]["MsgBody"] for e in watching.events if "GroupTips" in e]
    told = [(b["OpType"], b["List_Account"]) for b in bodies if "OpType" in b]
    assert told == [(7, [MEMBER]), (7, [OTHER]), (4, ["u6"]), (5, ["u6"])]
    reports = [e["GroupTips"][0]["MsgBody"]["ReportType"] for e in notified.events if e["Event"] == 5]
    assert reports == [9, 10]


async def follower(host: Host, group_id: str) -> Device:
    """A device that hears what the group's members hear."""
    device = Device(next(_numbers))
    host.server.live.add(of_group(APP, group_id), device)
    await host.server.services.groups.feed.begin(APP, [group_id])
    return device


async def next_seq(host: Host, group_id: str) -> int:
    filters = {"GroupBaseInfoFilter": ["NextMsgSeq"]}
    info = await host.ok(G + "get_group_info", {"GroupIdList": [group_id], "ResponseFilter": filters})
    return int(info["GroupInfo"][0]["NextMsgSeq"])


@pytest.mark.parametrize(("plan", "members", "rooms"), [("Trial", 20, 10), ("Pro", 200, 50), ("Flagship", 2000, None)])
async def test_limits_of_the_plans(host: Host, plan: Any, members: int, rooms: int | None) -> None:
    await host.configure(plan=plan)
    for kind in ("Private", "Public", "ChatRoom"):
        body = {"Type": kind, "Name": "x", "MaxMemberCount": members}
        made = await host.ok(G + "create_group", body)
        info = (await host.ok(G + "get_group_info", {"GroupIdList": [made["GroupId"]]}))["GroupInfo"][0]
        assert info["MaxMemberNum"] == members
        assert (await host(G + "create_group", body | {"MaxMemberCount": members + 1}))["ErrorCode"] == 10004
    await host.accounts(*(f"p{n}" for n in range(21)))
    people = [{"Member_Account": f"p{n}"} for n in range(21)]
    over = await host(G + "create_group", {"Type": "Public", "Name": "x", "MemberList": people})
    assert over["ErrorCode"] == (10038 if plan == "Trial" else 0)
    room = {"Type": "AVChatRoom", "Name": "x"}
    for _ in range(rooms if rooms is not None else 51):
        await host.ok(G + "create_group", room)
    assert (await host(G + "create_group", room))["ErrorCode"] == (0 if rooms is None else 10036)
    if plan == "Trial":
        joined = {"Type": "Public", "Name": "x", "Owner_Account": "u1"}
        for _ in range(50):
            await host.ok(G + "create_group", joined)
        assert (await host(G + "create_group", joined))["ErrorCode"] == 10037
        total = (await host.ok(G + "get_appid_group_list", {}))["TotalCount"]
        for _ in range(100 - total):
            await host.ok(G + "create_group", {"Type": "Public", "Name": "x"})
        assert (await host(G + "create_group", {"Type": "Public", "Name": "x"}))["ErrorCode"] == 10058
