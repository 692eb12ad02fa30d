"""Client ``group_open_http_svc``: profiles of groups, with one's own part in them, and as anybody may read them.

Source: client-protocol-groups.md sections 2.1 and 3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from sodam.errors import ApiError, Code
from sodam.gateway.commands.group_open_http_svc import service
from sodam.groups.custom import STRANGER, group_data
from sodam.groups.model import Group, check_group_id
from sodam.groups.types import TYPES
from sodam.rest.group_fields import Names, at_most, bounded, group_item, member_items, self_item, shown_custom
from sodam.wire import Call

_MAX_GROUPS = 50
_BOTH_MUTES = ("MuteAllMember", "ShutUpAllMember")
_OWN = ("Role", "JoinTime", "MsgFlag", "MsgSeq", "NameCard")


class Filter(msgspec.Struct):
    GroupBaseInfoFilter: Names | None = None
    GroupBasePublicInfoFilter: Names | None = None
    MemberInfoFilter: Names | None = None
    AppDefinedDataFilter_Group: Names | None = None


class GroupsGet(msgspec.Struct):
    GroupIdList: Names
    ResponseFilter: Filter | None = None


class GroupsAnswer(msgspec.Struct):
    GroupInfo: list[dict[str, Any]]


@service.command("get_group_self_member_info", errors=(Code.GROUP_ANSWER_TOO_LARGE,))
async def get_group_self_member_info(call: Call, request: GroupsGet) -> GroupsAnswer:
    """Read the profiles of 1 to 50 groups, and the caller's own part in those that it is a member of.

    Each item has a code of its own: 10007 for a group that only its members may see.
    """
    at_most(request.GroupIdList, _MAX_GROUPS, "GroupIdList", Code.GROUP_BAD_PARAMETER)
    own = await call.services.groups.members.of_user(call.app.sdkappid, call.caller, request.GroupIdList)
    items = await _profiles(call, request, {group_id: member.role for group_id, (member, _) in own.items()})
    fields: tuple[str, ...] = _OWN
    if request.ResponseFilter is not None and request.ResponseFilter.MemberInfoFilter:
        fields = tuple(dict.fromkeys((*request.ResponseFilter.MemberInfoFilter, *_OWN)))
    for group, item in items:
        if group is None:
            continue
        if group.group_id not in own and (visitor := await call.services.groups.rooms.membership(group, call.caller)):
            item["SelfInfo"] = self_item(group, visitor, 0, fields)
        if group.group_id not in own:
            continue
        member, muted = own[group.group_id]
        item["SelfInfo"] = self_item(group, member, muted, fields)
        custom = shown_custom(call, group, member.role, None, all_shown=True)
        item["MemberList"] = member_items([member], {member.user_id: muted}, fields, custom)
    return GroupsAnswer(bounded([item for _, item in items]))


@service.command("get_group_public_info", errors=(Code.GROUP_ANSWER_TOO_LARGE,))
async def get_group_public_info(call: Call, request: GroupsGet) -> GroupsAnswer:
    """Read the profiles of 1 to 50 groups that may be found by their IDs; 10007 in the items of others."""
    at_most(request.GroupIdList, _MAX_GROUPS, "GroupIdList", Code.GROUP_BAD_PARAMETER)
    return GroupsAnswer(bounded([item for _, item in await _profiles(call, request, {})]))


async def _profiles(
    call: Call, request: GroupsGet, roles: Mapping[str, int]
) -> list[tuple[Group | None, dict[str, Any]]]:
    found = await call.services.groups.get_many(call.app.sdkappid, request.GroupIdList)
    items: list[tuple[Group | None, dict[str, Any]]] = []
    for group_id in dict.fromkeys(request.GroupIdList):
        item: dict[str, Any] = {"GroupId": group_id, "ErrorCode": 0, "ErrorInfo": ""}
        group = None
        try:
            check_group_id(group_id)
            group = found.get(group_id)
            if group is None:
                raise ApiError(Code.GROUP_NOT_FOUND)
            if group_id not in roles and not TYPES[group.type].found_by_id:
                raise ApiError(Code.GROUP_NOT_PERMITTED)
            item |= group_item(group, _names(request.ResponseFilter), room=not TYPES[group.type].stores_members)
            role, shown = roles.get(group_id, STRANGER), request.ResponseFilter
            names = (shown.AppDefinedDataFilter_Group or None) if shown else None
            if pairs := group_data(call.app, group.type, group.profile.custom, role, names):
                item["AppDefinedData"] = pairs
        except ApiError as error:
            item |= {"ErrorCode": int(error.code), "ErrorInfo": error.info}
        items.append((group, item))
    return items


def _names(wanted: Filter | None) -> list[str] | None:
    """The fields asked for, the type and both names of the mute, as the SDK reads another than it asks for."""
    names = wanted and (wanted.GroupBaseInfoFilter or wanted.GroupBasePublicInfoFilter)
    return list(dict.fromkeys((*names, "Type", "SupportTopic", *_BOTH_MUTES))) if names else None
