"""``group_open_avchatroom_http_svc``: who is in a live room, marks, admins, robots (rest-groups.md 2.32 to 2.38)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from sodam.errors import ApiError, Code
from sodam.rest.group_fields import COMMON, Count, Names, at_most, operator_of
from sodam.rest.group_open_http_svc import GroupId
from sodam.wire import Call, Service

service = Service(
    "group_open_avchatroom_http_svc",
    bad_json=Code.GROUP_BODY_NOT_JSON,
    bad_request=Code.GROUP_BAD_PARAMETER,
    internal=Code.GROUP_INTERNAL,
)
_MAX_ACCOUNTS: Final = 500
_MICRO: Final = 1_000_000
Mark = Annotated[int, msgspec.Meta(ge=0, lt=1 << 31)]
SET, CLEAR = 1, 2


class MembersGet(msgspec.Struct):
    GroupId: str
    Timestamp: Count = 0
    Mark: Annotated[int, msgspec.Meta(ge=0, lt=1 << 31)] | None = None


class Visitor(msgspec.Struct):
    Member_Account: str
    JoinTime: int
    NickName: str
    Avatar: str
    Marks: list[int]


class MembersAnswer(msgspec.Struct):
    MemberList: list[Visitor]
    NextTimestamp: int


@service.command("get_members", errors=COMMON)
async def get_members(call: Call, request: MembersGet) -> MembersAnswer:
    """Read who is in a live room, the newest first, by pages of up to 500; Mark: those with that mark.

    The newest 1000 with the app's setting, the newest 30 without. NextTimestamp is to be sent back as Timestamp; 0 is
    the end. Who has the mark 600 is left out unless asked for by mark. Source: rest-groups.md 2.32.
    """
    rooms = call.services.groups.rooms
    group = await rooms.group(call.app, request.GroupId)
    if not call.admin:
        await call.services.groups.members.check_reader(group, call.caller)
    before = min(request.Timestamp, (1 << 62))
    found, following = await rooms.page(call.app, request.GroupId, before=before, mark=request.Mark)
    accounts = await call.services.accounts.find_many(call.app.sdkappid, {one.user_id for one in found})
    listed = []
    for one in found:
        account = accounts.get(one.user_id)
        nick, image = (account.nick, account.image) if account is not None else ("", "")
        listed.append(Visitor(one.user_id, one.joined_at // _MICRO, nick, image, one.marks))
    return MembersAnswer(listed, following)


class Marked(msgspec.Struct):
    Member_Account: str
    Marks: list[Mark]


class UserInfo(msgspec.Struct):
    GroupId: str
    CommandType: Literal[1, 2]
    MemberList: list[Marked]


class UserInfoAnswer(msgspec.Struct):
    CommandType: int
    MemberList: list[Marked]


@service.command("modify_user_info", errors=(*COMMON, Code.GROUP_TOO_MANY_ACCOUNTS, Code.GROUP_ACCOUNT_NOT_FOUND))
async def modify_user_info(call: Call, request: UserInfo) -> UserInfoAnswer:
    """Mark 1 to 500 users who are in a live room (CommandType 1), or take marks away (2).

    Marks are numbers from 1000 on, at most 10 different ones in a room and 1000 users of each; they vanish when the
    user leaves. An administrator may also set 500, present without a connection, and 600, not listed. The answer names
    those with whom it worked; with nobody, the call fails with 10004. Source: rest-groups.md 2.33.
    """
    at_most(request.MemberList, _MAX_ACCOUNTS, "MemberList")
    wanted = {item.Member_Account: item.Marks for item in request.MemberList if item.Marks}
    done = await call.services.groups.rooms.mark(
        call.app, await operator_of(call), request.GroupId, wanted, remove=request.CommandType == CLEAR
    )
    if not done:
        raise ApiError(Code.GROUP_BAD_PARAMETER, "none of them is in the room, or may have the marks")
    return UserInfoAnswer(request.CommandType, [Marked(user_id, list(wanted[user_id])) for user_id in done])


class AdminsModify(msgspec.Struct):
    GroupId: str
    CommandType: Literal[1, 2]
    Admin_Account: Names


@service.command("modify_admin", errors=(*COMMON, Code.GROUP_ACCOUNT_NOT_FOUND))
async def modify_admin(call: Call, request: AdminsModify) -> None:
    """Make users admins of a live room (CommandType 1), or no longer (2); it has at most 5.

    They need not be in the room, and stay admins when they leave. Source: rest-groups.md 2.34.
    """
    at_most(request.Admin_Account, _MAX_ACCOUNTS, "Admin_Account", Code.GROUP_BAD_PARAMETER)
    await call.services.groups.rooms.staff.appoint(
        call.app, await operator_of(call), request.GroupId, request.Admin_Account, remove=request.CommandType == CLEAR
    )


class Admin(msgspec.Struct):
    Admin_Account: str
    NickName: str
    Avatar: str


class AdminsAnswer(msgspec.Struct):
    Admin_List: list[Admin]


@service.command("get_admin_list", errors=COMMON)
async def get_admin_list(call: Call, request: GroupId) -> AdminsAnswer:
    """Read the admins of a live room. Source: rest-groups.md 2.35."""
    admins = await call.services.groups.rooms.staff.admins(call.app, request.GroupId)
    accounts = await call.services.accounts.find_many(call.app.sdkappid, admins)
    return AdminsAnswer([Admin(u, accounts[u].nick, accounts[u].image) for u in admins if u in accounts])


class MembersCheck(msgspec.Struct):
    GroupId: str
    Member_Account: Names


class Present(msgspec.Struct):
    Member_Account: list[str]


@service.command("check_members", errors=(*COMMON, Code.GROUP_TOO_MANY_ACCOUNTS))
async def check_members(call: Call, request: MembersCheck) -> Present:
    """Which of 1 to 500 users are in a live room now. Source: rest-groups.md 2.36."""
    at_most(request.Member_Account, _MAX_ACCOUNTS, "Member_Account")
    rooms = call.services.groups.rooms
    group = await rooms.group(call.app, request.GroupId)
    return Present(await rooms.present(call.app.sdkappid, group.group_id, request.Member_Account))


@service.command("add_robots", errors=(*COMMON, Code.GROUP_TOO_MANY_ACCOUNTS, Code.GROUP_ACCOUNT_NOT_FOUND))
async def add_robots(call: Call, request: MembersCheck) -> None:
    """Have 1 to 500 accounts count as present in a live room for three days, connected or not.

    Source: rest-groups.md 2.37.
    """
    at_most(request.Member_Account, _MAX_ACCOUNTS, "Member_Account")
    await call.services.groups.rooms.staff.robots(call.app, request.GroupId, request.Member_Account, remove=False)


@service.command("del_robots", errors=(*COMMON, Code.GROUP_TOO_MANY_ACCOUNTS))
async def del_robots(call: Call, request: MembersCheck) -> None:
    """End what add_robots did. Source: rest-groups.md 2.38."""
    at_most(request.Member_Account, _MAX_ACCOUNTS, "Member_Account")
    await call.services.groups.rooms.staff.robots(call.app, request.GroupId, request.Member_Account, remove=True)
