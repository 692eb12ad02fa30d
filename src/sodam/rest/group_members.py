"""``group_open_http_svc``: members and mutes (rest-groups.md 2.4, 2.5, 2.7 to 2.9, 2.12 to 2.15, 2.18)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import msgspec

from sodam.errors import ApiError, Code
from sodam.groups.custom import Pairs
from sodam.groups.model import Group, Member, MemberChanges, MsgFlag, Newcomer
from sodam.groups.types import TYPES, Role
from sodam.moderation.service import Shown
from sodam.rest.group_fields import (
    COMMON,
    U32,
    Count,
    CustomValue,
    Names,
    at_most,
    bounded,
    custom_of,
    member_items,
    operator_of,
    shown_custom,
)
from sodam.rest.group_messages import place_of
from sodam.rest.group_open_http_svc import service
from sodam.wire import Call

__all__ = ["service"]

RoleName = Literal["Owner", "Admin", "Member"]
_MAX_PAGE = 6000
_MAX_NAMED = 50
_MAX_AFTER = 100
_DIGITS = 18
_MAX_ADDED = 500
_MAX_REMOVED = 100
_MAX_IMPORTED = 300
_MAX_ROLES = 500
_ASKED_AT_ONCE = 1000
_ALL_ROLES = (Role.Member, Role.Admin, Role.Owner)


async def group_of(call: Call, group_id: str) -> Group:
    """Raises ApiError 10010, 10015, and 10007 for a client whose user is no member."""
    group = await call.services.groups.get(call.app.sdkappid, group_id)
    if not call.admin:
        await call.services.groups.members.check_reader(group, call.caller)
    return group


async def _custom(
    call: Call, group: Group, fields: Sequence[str] | None, filtered: Sequence[str] | None
) -> Callable[[Member], Pairs] | None:
    """What the caller is shown of members' custom fields: with a filter in use, those that are asked for."""
    if not call.app.settings.group_member_fields:
        return None
    role = Role.AppAdmin if call.admin else await call.services.groups.members.role_of(group, call.caller)
    return shown_custom(call, group, role, filtered, all_shown=fields is None)


async def _show_online(call: Call, items: list[dict[str, Any]], fields: Sequence[str] | None) -> None:
    """OnlineStatus, where it is asked for; left out while the other nodes cannot be asked."""
    if "OnlineStatus" not in (fields or ()):
        return
    ids = [item["Member_Account"] for item in items]
    online: set[str] = set()
    try:
        for at in range(0, len(ids), _ASKED_AT_ONCE):
            online.update(await call.services.presence.status(call.app.sdkappid, ids[at : at + _ASKED_AT_ONCE]))
    except ApiError:
        return
    for item in items:
        item["OnlineStatus"] = "Online" if item["Member_Account"] in online else "Offline"


def _roles(names: list[RoleName] | None) -> list[Role]:
    return [Role[name] for name in dict.fromkeys(names)] if names else list(_ALL_ROLES)


class MemberPage(msgspec.Struct, kw_only=True):
    GroupId: str
    MemberInfoFilter: Names | None = None
    MemberRoleFilter: list[RoleName] | None = None
    AppDefinedDataFilter_GroupMember: Names | None = None
    Limit: Count = _MAX_PAGE
    Offset: Count = 0
    Next: str | int | None = None


class MemberPageAnswer(msgspec.Struct):
    MemberNum: int
    MemberList: list[dict[str, Any]]
    Next: str | int | msgspec.UnsetType = msgspec.UNSET


@service.command("get_group_member_info", errors=(*COMMON, Code.GROUP_ANSWER_TOO_LARGE))
async def get_group_member_info(call: Call, request: MemberPage) -> MemberPageAnswer:
    """Read the members in the order of joining, by pages of up to 6000, all or those with certain roles.

    MemberNum counts all members, whatever the filters. The members of a community are read by pages of up to 100: Next
    of an answer is to be sent back as it is, '' (0 when the request has a number) is the end.

    Source: rest-groups.md 2.4.
    """
    if not 1 <= request.Limit <= _MAX_PAGE:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"Limit is from 1 to {_MAX_PAGE}")
    group, members = await group_of(call, request.GroupId), call.services.groups.members
    if not call.admin and not TYPES[group.type].stores_members:
        return await _visitors(call, group)
    if TYPES[group.type].has_topics:
        return await _after(call, group, request)
    offset = min(request.Offset, (1 << 63) - 1)
    listed = await members.page(group, _roles(request.MemberRoleFilter), offset, request.Limit)
    custom = await _custom(call, group, request.MemberInfoFilter, request.AppDefinedDataFilter_GroupMember)
    items = member_items(listed, await members.mutes(group), request.MemberInfoFilter, custom)
    await _show_online(call, items, request.MemberInfoFilter)
    return MemberPageAnswer(group.members, bounded(items))


async def _after(call: Call, group: Group, request: MemberPage) -> MemberPageAnswer:
    """A page of a community's members. A cursor names the place of the last one that was given."""
    members, number = call.services.groups.members, isinstance(request.Next, int)
    text = str(request.Next or 0)
    if not (text.isascii() and text.isdigit() and len(text) < _DIGITS):
        raise ApiError(Code.GROUP_BAD_PARAMETER, "Next is that of the answer before")
    limit = min(request.Limit, _MAX_AFTER)
    found = await members.after(group, _roles(request.MemberRoleFilter), int(text), limit + 1)
    listed = found[:limit]
    muted = await members.mutes_of(group, [member.user_id for member in listed])
    following = listed[-1].pos if len(found) > limit else 0
    custom = await _custom(call, group, request.MemberInfoFilter, request.AppDefinedDataFilter_GroupMember)
    items = member_items(listed, muted, request.MemberInfoFilter, custom)
    await _show_online(call, items, request.MemberInfoFilter)
    answer = MemberPageAnswer(group.members, bounded(items))
    answer.Next = following if number else str(following or "")
    return answer


async def _visitors(call: Call, group: Group) -> MemberPageAnswer:
    """The newest in a live room, for clients that know no other command for it."""
    rooms = call.services.groups.rooms
    found, _ = await rooms.page(call.app, group.group_id, before=0, mark=None)
    items = [{"Member_Account": one.user_id, "Role": "Member", "JoinTime": one.joined_at // 1_000_000} for one in found]
    return MemberPageAnswer(await rooms.number(group.app, group.group_id), bounded(items))


class NamedMembers(msgspec.Struct, kw_only=True):
    GroupId: str
    Member_List_Account: Names
    MemberInfoFilter: Names | None = None
    MemberRoleFilter: list[RoleName] | None = None
    AppDefinedDataFilter_GroupMember: Names | None = None


class NamedMembersAnswer(msgspec.Struct):
    GroupId: str
    MemberList: list[dict[str, Any]]


@service.command("get_specified_group_member_info", errors=COMMON)
async def get_specified_group_member_info(call: Call, request: NamedMembers) -> NamedMembersAnswer:
    """Read 1 to 50 members by their UserIDs; who is no member is left out. Source: rest-groups.md 2.5."""
    at_most(request.Member_List_Account, _MAX_NAMED, "Member_List_Account", Code.GROUP_BAD_PARAMETER)
    group, members = await group_of(call, request.GroupId), call.services.groups.members
    found = await members.named(group, request.Member_List_Account)
    roles = _roles(request.MemberRoleFilter)
    listed = [found[u] for u in dict.fromkeys(request.Member_List_Account) if u in found and found[u].role in roles]
    custom = await _custom(call, group, request.MemberInfoFilter, request.AppDefinedDataFilter_GroupMember)
    items = member_items(listed, await members.mutes(group), request.MemberInfoFilter, custom)
    await _show_online(call, items, request.MemberInfoFilter)
    return NamedMembersAnswer(group.group_id, bounded(items))


class AddedMember(msgspec.Struct):
    Member_Account: str


class MembersAdd(msgspec.Struct, kw_only=True):
    GroupId: str
    MemberList: list[AddedMember]
    Silence: Literal[0, 1] = 0


class MemberResult(msgspec.Struct):
    Member_Account: str
    Result: int


class MemberResults(msgspec.Struct):
    MemberList: list[MemberResult]


@service.command(
    "add_group_member",
    errors=(
        *COMMON,
        Code.GROUP_TOO_MANY_ACCOUNTS,
        Code.GROUP_FULL,
        Code.GROUP_ACCOUNT_NOT_FOUND,
        Code.GROUP_JOINED_QUOTA,
        Code.GROUP_TOO_FREQUENT,
    ),
)
async def add_group_member(call: Call, request: MembersAdd) -> MemberResults:
    """Make 1 to 500 users members, without their consent.

    Result is 1 for who was added, 2 for who is a member already, 0 for who could not be; when nobody could be, the
    call is refused with the reason of the first. With Silence 1 nobody is notified. Source: rest-groups.md 2.7.
    """
    at_most(request.MemberList, _MAX_ADDED, "MemberList")
    ids = [item.Member_Account for item in request.MemberList]
    operator, silent = await operator_of(call), call.admin and request.Silence == 1
    results = await call.services.groups.members.add(call.app, operator, request.GroupId, ids, silent=silent)
    return MemberResults([MemberResult(*pair) for pair in zip(ids, results, strict=True)])


class ImportedMember(msgspec.Struct):
    Member_Account: str
    Role: Literal["Admin", "Member", ""] = ""
    JoinTime: Count = 0
    UnreadMsgNum: Count = 0


class MembersImport(msgspec.Struct):
    GroupId: str
    MemberList: list[ImportedMember]


@service.command("import_group_member", errors=(*COMMON, Code.GROUP_TOO_MANY_ACCOUNTS))
async def import_group_member(call: Call, request: MembersImport) -> MemberResults:
    """Make 1 to 300 users members with their roles and times of joining, for migration; nobody is notified.

    Result is 1, 2 for who is a member already, 0 for who could not be added or whose JoinTime is not between the
    group's creation and now. Who has a JoinTime may read what came since, also in a group that hides what came before
    joining. Source: rest-groups.md 2.18.
    """
    at_most(request.MemberList, _MAX_IMPORTED, "MemberList")
    newcomers = [
        Newcomer(
            item.Member_Account,
            Role.Admin if item.Role == "Admin" else Role.Member,
            item.JoinTime,
            item.UnreadMsgNum,
        )
        for item in request.MemberList
    ]
    results = await call.services.groups.members.import_(call.app, request.GroupId, newcomers)
    return MemberResults([MemberResult(n.user_id, r) for n, r in zip(newcomers, results, strict=True)])


class MembersDelete(msgspec.Struct):
    GroupId: str
    MemberToDel_Account: Names
    Reason: str = ""
    Silence: Literal[0, 1] = 0


@service.command("delete_group_member", errors=(*COMMON, Code.GROUP_TOO_MANY_ACCOUNTS))
async def delete_group_member(call: Call, request: MembersDelete) -> None:
    """Remove 1 to 100 members; who is none is passed over. The owner cannot be removed.

    A group that loses its last member is disbanded. Source: rest-groups.md 2.8.
    """
    at_most(request.MemberToDel_Account, _MAX_REMOVED, "MemberToDel_Account")
    await call.services.groups.members.remove(
        call.app,
        await operator_of(call),
        request.GroupId,
        request.MemberToDel_Account,
        request.Reason,
        silent=call.admin and request.Silence == 1,
    )


class MemberModify(msgspec.Struct, kw_only=True):
    GroupId: str
    Member_Account: str
    Role: Literal["Admin", "Member"] | None = None
    MsgFlag: MsgFlag | None = None
    NameCard: str | None = None
    AppMemberDefinedData: list[CustomValue] | None = None
    MuteTime: U32 | None = None
    ShutUpTime: U32 | None = None
    TopicId: str | None = None


@service.command("modify_group_member_info", errors=(*COMMON, Code.TEXT_REFUSED, Code.COMMUNITY_DISABLED))
async def modify_group_member_info(call: Call, request: MemberModify) -> None:
    """Write role, message option, name card, custom fields or mute of one member; of a topic, the option and the mute.

    Source: rest-groups.md 2.9.
    """
    about = Shown("GroupMemberInfo", call.caller, call.source)
    await call.services.words.refuse(call.app.sdkappid, (request.NameCard,), shown=about)
    await call.services.groups.members.edit(
        call.app,
        await operator_of(call),
        place_of(call, request.GroupId, request.TopicId),
        request.Member_Account,
        MemberChanges(
            role=Role[request.Role] if request.Role else None,
            msg_flag=request.MsgFlag,
            name_card=request.NameCard,
            mute_seconds=request.ShutUpTime if request.MuteTime is None else request.MuteTime,
            custom=custom_of(request.AppMemberDefinedData),
        ),
    )


class RolesGet(msgspec.Struct):
    GroupId: str
    User_Account: Names


class RoleItem(msgspec.Struct):
    Member_Account: str
    Role: str


class RolesAnswer(msgspec.Struct):
    UserIdList: list[RoleItem]


@service.command("get_role_in_group", errors=COMMON)
async def get_role_ingroup_of(call: Call, request: RolesGet) -> RolesAnswer:
    """Tell the roles of 1 to 500 users in a group; NotMember for who is none. Source: rest-groups.md 2.12."""
    at_most(request.User_Account, _MAX_ROLES, "User_Account", Code.GROUP_BAD_PARAMETER)
    group = await group_of(call, request.GroupId)
    found = await call.services.groups.members.named(group, request.User_Account)
    return RolesAnswer([RoleItem(u, found[u].role.name if u in found else "NotMember") for u in request.User_Account])
