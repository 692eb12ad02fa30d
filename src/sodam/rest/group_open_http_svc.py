"""``group_open_http_svc``: making, reading, editing, dissolving groups (rest-groups.md section 2).

Members and mutes stand in ``group_members``. Communities are switched off.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from sodam.errors import ApiError, Code
from sodam.groups.custom import group_data
from sodam.groups.model import ApplyOption, Changes, Group, InviteOption, Newcomer, Switch, Wanted, check_group_id
from sodam.groups.types import TYPES, Role, type_name, type_of
from sodam.moderation.service import Shown
from sodam.rest.group_fields import (
    COMMON,
    Count,
    CustomValue,
    Names,
    at_most,
    bounded,
    custom_of,
    group_item,
    member_items,
    operator_of,
    shown_custom,
)
from sodam.wire import Call, Service

service = Service(
    "group_open_http_svc",
    bad_json=Code.GROUP_BODY_NOT_JSON,
    bad_request=Code.GROUP_BAD_PARAMETER,
    internal=Code.GROUP_INTERNAL,
)
_MAX_GROUPS = 50
_MAX_PAGE = 10_000
_MAX_FIRST_MEMBERS = 100
_ALL_ROLES = (Role.Member, Role.Admin, Role.Owner)
_MADE = (
    Code.GROUP_NOT_PERMITTED,
    Code.GROUP_ID_INVALID,
    Code.GROUP_ACCOUNT_NOT_FOUND,
    Code.GROUP_ID_TAKEN,
    Code.GROUP_ID_TAKEN_BY_SELF,
    Code.GROUP_JOINED_QUOTA,
    Code.GROUP_TRIAL_QUOTA,
    Code.COMMUNITY_DISABLED,
)


class GroupList(msgspec.Struct):
    Limit: Count = _MAX_PAGE
    Next: Count = 0
    GroupType: str = ""
    Type: str = ""


class GroupId(msgspec.Struct):
    GroupId: str


class GroupListAnswer(msgspec.Struct):
    TotalCount: int
    GroupIdList: list[GroupId]
    Next: int


@service.command("get_appid_group_list", rate=1)
async def get_appid_group_list(call: Call, request: GroupList) -> GroupListAnswer:
    """Read the IDs of all groups, or those of one type, by pages of up to 10 000 in the order of creation.

    Next in the answer is to be sent back as it is; 0 is the end. Source: rest-groups.md 2.1.
    """
    if not 1 <= request.Limit <= _MAX_PAGE:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"Limit is from 1 to {_MAX_PAGE}")
    wanted = request.GroupType or request.Type
    kind = type_name(wanted) if wanted else ""
    after = min(request.Next, (1 << 63) - 1)
    total, ids, following = await call.services.groups.page(call.app.sdkappid, kind, after, request.Limit)
    return GroupListAnswer(total, [GroupId(group_id) for group_id in ids], following)


class FirstMember(msgspec.Struct):
    Member_Account: str
    Role: Literal["Admin", "Member", ""] = ""
    AppMemberDefinedData: list[CustomValue] | None = None


Permission = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
TypeName = Literal["Public", "Private", "Work", "ChatRoom", "Meeting", "AVChatRoom", "Community"]


class GroupMade(msgspec.Struct, kw_only=True):
    Owner_Account: str = ""
    Type: TypeName
    GroupId: str = ""
    Name: str
    Introduction: str | None = None
    Notification: str | None = None
    FaceUrl: str | None = None
    MaxMemberCount: Count = 0
    ApplyJoinOption: ApplyOption | None = None
    InviteJoinOption: InviteOption | None = None
    AppDefinedData: list[CustomValue] | None = None
    SupportTopic: Literal[0, 1] = 0
    EnablePermission: Literal[0, 1] | None = None
    DefaultPermission: Permission | None = None


class GroupImport(GroupMade, kw_only=True):
    CreateTime: Count = 0


class GroupCreate(GroupMade, kw_only=True):
    MemberList: list[FirstMember] = []


class CreateAnswer(msgspec.Struct):
    GroupId: str
    Type: str | msgspec.UnsetType = msgspec.UNSET
    HugeGroupFlag: int | msgspec.UnsetType = msgspec.UNSET
    """These two of a community with topics."""


def _wanted(request: GroupMade, newcomers: tuple[Newcomer, ...] = (), created_at: int = 0) -> Wanted:
    changes = Changes(
        name=request.Name,
        introduction=request.Introduction,
        notification=request.Notification,
        face_url=request.FaceUrl,
        apply_option=request.ApplyJoinOption,
        invite_option=request.InviteJoinOption,
        custom=custom_of(request.AppDefinedData),
        permissions=request.EnablePermission,
        default_permission=request.DefaultPermission,
    )
    return Wanted(
        kind=type_of(request.Type),
        group_id=request.GroupId,
        owner=request.Owner_Account,
        max_members=request.MaxMemberCount,
        changes=changes,
        newcomers=newcomers,
        created_at=created_at,
        support_topic=request.SupportTopic,
    )


async def _screen(call: Call, request: GroupMade | GroupModify) -> None:
    """Raises ApiError 80001 where a text of a group holds a word that the app refuses."""
    shown = request.Name, request.Introduction, request.Notification
    about = Shown("GroupInfo", call.caller, call.source)
    await call.services.words.refuse(call.app.sdkappid, shown, shown=about)


@service.command(
    "create_group",
    errors=(
        *_MADE,
        Code.GROUP_TOO_MANY_ACCOUNTS,
        Code.GROUP_AVCHATROOM_QUOTA,
        Code.GROUP_MEMBER_QUOTA,
        Code.TEXT_REFUSED,
    ),
)
async def create_group(call: Call, request: GroupCreate) -> CreateAnswer:
    """Make a group, with an owner or without, and up to 100 members.

    Types: Private (Work), Public, ChatRoom (Meeting), AVChatRoom, which takes no members here, and Community,
    if the app has them (11000).
    Source: rest-groups.md 2.2.
    """
    if len(request.MemberList) > _MAX_FIRST_MEMBERS:
        raise ApiError(Code.GROUP_TOO_MANY_ACCOUNTS, f"MemberList has at most {_MAX_FIRST_MEMBERS} entries")
    await _screen(call, request)
    newcomers = tuple(
        Newcomer(
            item.Member_Account,
            Role.Admin if item.Role == "Admin" else Role.Member,
            custom=custom_of(item.AppMemberDefinedData) or {},
        )
        for item in request.MemberList
    )
    if not call.admin:
        request.Owner_Account = call.caller
    operator = await operator_of(call)
    made = await call.services.groups.create(call.app, operator, _wanted(request, newcomers))
    return CreateAnswer(made, request.Type, 0) if request.SupportTopic else CreateAnswer(made)


@service.command("import_group", errors=(*_MADE, Code.TEXT_REFUSED))
async def import_group(call: Call, request: GroupImport) -> GroupId:
    """Make a group with its own time of creation, for migration; nobody is notified. Source: rest-groups.md 2.17."""
    await _screen(call, request)
    wanted = _wanted(request, created_at=request.CreateTime)
    return GroupId(await call.services.groups.create(call.app, await operator_of(call), wanted, imported=True))


class InfoFilter(msgspec.Struct):
    GroupBaseInfoFilter: Names | None = None
    MemberInfoFilter: Names | None = None
    AppDefinedDataFilter_Group: Names | None = None
    AppDefinedDataFilter_GroupMember: Names | None = None


class GroupInfoGet(msgspec.Struct):
    GroupIdList: Names
    ResponseFilter: InfoFilter | None = None


class GroupInfoAnswer(msgspec.Struct):
    GroupInfo: list[dict[str, Any]]


@service.command("get_group_info", errors=(*COMMON, Code.GROUP_ANSWER_TOO_LARGE))
async def get_group_info(call: Call, request: GroupInfoGet) -> GroupInfoAnswer:
    """Read the profiles of 1 to 50 groups, with their members unless a filter leaves them out.

    Each item has a code of its own. A live room and a community have a profile only. Source: rest-groups.md 2.3.
    """
    at_most(request.GroupIdList, _MAX_GROUPS, "GroupIdList", Code.GROUP_BAD_PARAMETER)
    found = await call.services.groups.get_many(call.app.sdkappid, request.GroupIdList)
    items = []
    for group_id in request.GroupIdList:
        try:
            check_group_id(group_id)
            if group_id not in found:
                raise ApiError(Code.GROUP_NOT_FOUND)
        except ApiError as error:
            items.append({"GroupId": group_id, "ErrorCode": int(error.code), "ErrorInfo": error.info})
        else:
            items.append(await _info(call, found[group_id], request.ResponseFilter))
    return GroupInfoAnswer(bounded(items))


async def _info(call: Call, group: Group, wanted: InfoFilter | None) -> dict[str, Any]:
    item: dict[str, Any] = {"GroupId": group.group_id, "ErrorCode": 0, "ErrorInfo": ""}
    room = not TYPES[group.type].stores_members
    names = None if wanted is None else wanted.GroupBaseInfoFilter or []
    item |= group_item(group, names, room=room)
    shown = None if wanted is None else wanted.AppDefinedDataFilter_Group
    pairs = group_data(call.app, group.type, group.profile.custom, Role.AppAdmin, shown)
    if pairs and (shown is not None or wanted is None):
        item["AppDefinedData"] = pairs
    by_member = wanted.AppDefinedDataFilter_GroupMember if wanted is not None else None
    if (
        room
        or TYPES[group.type].has_topics
        or (wanted is not None and wanted.MemberInfoFilter is None and by_member is None)
    ):
        return item
    members = call.services.groups.members
    listed = await members.page(group, _ALL_ROLES, 0, _MAX_PAGE)
    fields = None if wanted is None else wanted.MemberInfoFilter or []
    custom = shown_custom(call, group, Role.AppAdmin, by_member, all_shown=wanted is None)
    return item | {"MemberList": member_items(listed, await members.mutes(group), fields, custom)}


class GroupModify(msgspec.Struct, kw_only=True):
    GroupId: str
    Name: str | None = None
    Introduction: str | None = None
    Notification: str | None = None
    FaceUrl: str | None = None
    MaxMemberNum: Count | None = None
    ApplyJoinOption: ApplyOption | None = None
    InviteJoinOption: InviteOption | None = None
    MuteAllMember: Switch | None = None
    ShutUpAllMember: Switch | None = None
    HistoryMsgBeforeJoin: Switch | None = None
    AppDefinedData: list[CustomValue] | None = None
    EnablePermission: Literal[0, 1] | None = None
    DefaultPermission: Permission | None = None
    From_Account: str | None = None


@service.command("modify_group_base_info", errors=(*COMMON, Code.TEXT_REFUSED))
async def modify_group_base_info(call: Call, request: GroupModify) -> None:
    """Write the profile fields that are given; join options only where the type has a choice.

    Source: rest-groups.md 2.6.
    """
    if request.MaxMemberNum == 0:
        raise ApiError(Code.GROUP_BAD_PARAMETER, "MaxMemberNum is at least 1")
    await _screen(call, request)
    changes = Changes(
        name=request.Name,
        introduction=request.Introduction,
        notification=request.Notification,
        face_url=request.FaceUrl,
        apply_option=request.ApplyJoinOption,
        invite_option=request.InviteJoinOption,
        mute_all=request.MuteAllMember or request.ShutUpAllMember,
        history_option=request.HistoryMsgBeforeJoin,
        custom=custom_of(request.AppDefinedData),
        permissions=request.EnablePermission,
        default_permission=request.DefaultPermission,
    )
    operator = await operator_of(call, request.From_Account)
    await call.services.groups.edit(call.app, operator, request.GroupId, changes, request.MaxMemberNum)


@service.command("destroy_group", errors=COMMON)
async def destroy_group(call: Call, request: GroupId) -> None:
    """Dissolve a group; nothing of it stays, and its ID is free again. Source: rest-groups.md 2.10."""
    await call.services.groups.destroy(call.app, await operator_of(call), request.GroupId)


class OwnerChange(msgspec.Struct):
    GroupId: str
    NewOwner_Account: str
    From_Account: str | None = None


@service.command("change_group_owner", errors=COMMON)
async def change_group_owner(call: Call, request: OwnerChange) -> None:
    """Make a member the owner, also of a group without one; the old owner stays as a plain member.

    Source: rest-groups.md 2.16.
    """
    operator = await operator_of(call, request.From_Account)
    await call.services.groups.change_owner(call.app, operator, request.GroupId, request.NewOwner_Account)
