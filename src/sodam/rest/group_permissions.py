"""``group_open_http_svc``: permission groups of communities with topics (rest-groups.md 2.45 to 2.55)."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec

from sodam.errors import ApiError, Code
from sodam.groups.model import check_group_id
from sodam.groups.permissions import Listed
from sodam.rest.group_fields import COMMON, Count, Names, at_most, operator_of
from sodam.rest.group_open_http_svc import service
from sodam.wire import Call

__all__ = ["service"]
Mask = Annotated[int, msgspec.Meta(ge=0, le=(1 << 63) - 1)]
_MAX_NAMED: Final = 20
_MAX_TOPICS: Final = 50
_MAX_MEMBERS: Final = 100
_MAX_MEMBER_PAGE: Final = 50
_USER: Final = "u"
"""Before the UserID in a cursor, so that none looks like an end."""
_OF_ALL: Final = (*COMMON, Code.COMMUNITY_DISABLED)
_OF_ONE: Final = (*_OF_ALL, Code.PERMISSION_GROUP_NOT_FOUND)


class Create(msgspec.Struct, kw_only=True):
    GroupId: str
    PermissionGroupId: str | None = None
    PermissionGroupName: str
    Permission: Mask | None = None
    CustomString: str | None = None


class CreateAnswer(msgspec.Struct):
    PermissionGroupId: str


@service.command("create_permission_group", errors=(*_OF_ALL, Code.GROUP_ID_TAKEN_BY_SELF))
async def create_permission_group(call: Call, request: Create) -> CreateAnswer:
    """Make a permission group in a community whose EnablePermission is 1; it may have 50.

    An ID of one's own begins with ``@PMG#_``. Permission is the sum of what its members may in the community.
    Source: rest-groups.md 2.45.
    """
    _check(call, request.GroupId)
    made = await call.services.groups.permissions.create(
        call.app,
        await operator_of(call),
        request.GroupId,
        request.PermissionGroupId or "",
        request.PermissionGroupName,
        request.Permission or 0,
        request.CustomString or "",
    )
    return CreateAnswer(made)


class Named(msgspec.Struct):
    GroupId: str
    PermissionGroupIdList: Names


class ResultItem(msgspec.Struct):
    ErrorCode: int
    ErrorInfo: str
    PermissionGroupId: str


class DestroyAnswer(msgspec.Struct):
    PermissionGroupResultList: list[ResultItem]


@service.command("destroy_permission_group", errors=(*_OF_ALL, Code.PERMISSION_GROUP_DELETED))
async def destroy_permission_group(call: Call, request: Named) -> DestroyAnswer:
    """Remove 1 to 20 permission groups; items of those that do not exist have 110008. Source: rest-groups.md 2.46."""
    _check(call, request.GroupId)
    ids = request.PermissionGroupIdList
    at_most(ids, _MAX_NAMED, "PermissionGroupIdList", Code.GROUP_BAD_PARAMETER)
    codes = await call.services.groups.permissions.destroy(call.app, await operator_of(call), request.GroupId, ids)
    return DestroyAnswer([ResultItem(*_said(code), one) for one, code in zip(ids, codes, strict=True)])


class Modify(msgspec.Struct, kw_only=True):
    GroupId: str
    PermissionGroupId: str
    PermissionGroupName: str | None = None
    Permission: Mask | None = None
    CustomString: str | None = None


@service.command("modify_permission_group", errors=_OF_ONE)
async def modify_permission_group(call: Call, request: Modify) -> None:
    """Write the fields of a permission group that are given. Source: rest-groups.md 2.47."""
    _check(call, request.GroupId)
    await call.services.groups.permissions.edit(
        call.app,
        await operator_of(call),
        request.GroupId,
        request.PermissionGroupId,
        name=request.PermissionGroupName,
        mask=request.Permission,
        custom=request.CustomString,
    )


class Get(msgspec.Struct, kw_only=True):
    GroupId: str
    PermissionGroupIdList: Names | None = None
    Limit: Count = _MAX_NAMED
    Next: str | int = ""


class GetAnswer(msgspec.Struct):
    PermissionGroupInfoList: list[dict[str, Any]]
    Next: str


@service.command("get_permission_group", errors=_OF_ONE)
async def get_permission_group(call: Call, request: Get) -> GetAnswer:
    """Read up to 20 permission groups that are named, or all in pages of up to 20, in the order of their making.

    Next in the answer is to be sent back; empty: the end. Items of those that do not exist have 110006.
    Source: rest-groups.md 2.48.
    """
    _check(call, request.GroupId)
    permissions = call.services.groups.permissions
    if wanted := request.PermissionGroupIdList:
        at_most(wanted, _MAX_NAMED, "PermissionGroupIdList", Code.GROUP_BAD_PARAMETER)
        found = await permissions.named(call.app, request.GroupId, wanted)
        missing = dict(zip(("ErrorCode", "ErrorInfo"), _said(Code.PERMISSION_GROUP_NOT_FOUND), strict=True))
        items = [_shown(found[one]) if one in found else {**missing, "PermissionGroupId": one} for one in wanted]
        return GetAnswer(items, "")
    after = str(request.Next)
    if after and not (after.isdecimal() and len(after) < 16):
        raise ApiError(Code.GROUP_BAD_PARAMETER, "Next is not one of ours")
    limit = max(1, min(request.Limit or _MAX_NAMED, _MAX_NAMED))
    page, following = await permissions.page(call.app, request.GroupId, int(after or 0), limit)
    return GetAnswer([_shown(one) for one in page], str(following or ""))


def _shown(one: Listed) -> dict[str, Any]:
    return {
        "ErrorCode": 0,
        "ErrorInfo": "",
        "PermissionGroupId": one.group.permission_id,
        "PermissionGroupName": one.group.name,
        "CustomString": one.group.custom_string,
        "Permission": one.group.permission,
        "MemberCount": one.members,
        "MemberNum": one.members,
        "CreateTime": one.group.created_at,
    }


class TopicPermission(msgspec.Struct):
    TopicId: str
    Permission: Mask


class TopicsPut(msgspec.Struct):
    GroupId: str
    PermissionGroupId: str
    TopicPermissionList: list[TopicPermission]


class TopicItem(msgspec.Struct):
    ErrorCode: int
    ErrorInfo: str
    TopicId: str


class TopicsAnswer(msgspec.Struct):
    TopicPermissionResultList: list[TopicItem]


@service.command(
    "add_topic_permission_group", errors=(*_OF_ONE, Code.PERMISSION_TOPIC_GIVEN, Code.PERMISSION_TOPIC_INVALID)
)
async def add_topic_permission_group(call: Call, request: TopicsPut) -> TopicsAnswer:
    """Give the members of a permission group rights in 1 to 50 topics, beside those in the whole community.

    Items have 110010 where it has rights already, 110013 for a topic that does not exist. Source: rest-groups.md 2.49.
    """
    return await _put(call, request, change=False)


@service.command(
    "set_topic_permission_group", errors=(*_OF_ONE, Code.PERMISSION_TOPIC_NOT_GIVEN, Code.PERMISSION_TOPIC_INVALID)
)
async def set_topic_permission_group(call: Call, request: TopicsPut) -> TopicsAnswer:
    """Change rights that were given in topics; items have 110011 where there are none. Source: rest-groups.md 2.50."""
    return await _put(call, request, change=True)


async def _put(call: Call, request: TopicsPut, *, change: bool) -> TopicsAnswer:
    _check(call, request.GroupId)
    at_most(request.TopicPermissionList, _MAX_TOPICS, "TopicPermissionList", Code.GROUP_BAD_PARAMETER)
    wanted = {item.TopicId: item.Permission for item in request.TopicPermissionList}
    permissions = call.services.groups.permissions
    put = permissions.change if change else permissions.give
    codes = await put(call.app, await operator_of(call), request.GroupId, request.PermissionGroupId, wanted)
    return TopicsAnswer([TopicItem(*_said(code), topic_id) for topic_id, code in codes.items()])


class TopicsDelete(msgspec.Struct):
    GroupId: str
    PermissionGroupId: str
    TopicIdList: Names


@service.command("delete_topic_permission_group", errors=(*_OF_ONE, Code.PERMISSION_TOPIC_DELETED))
async def delete_topic_permission_group(call: Call, request: TopicsDelete) -> TopicsAnswer:
    """Take rights in topics back; items have 110014 where there are none. Source: rest-groups.md 2.51."""
    _check(call, request.GroupId)
    at_most(request.TopicIdList, _MAX_TOPICS, "TopicIdList", Code.GROUP_BAD_PARAMETER)
    codes = await call.services.groups.permissions.withdraw(
        call.app, await operator_of(call), request.GroupId, request.PermissionGroupId, request.TopicIdList
    )
    return TopicsAnswer([TopicItem(*_said(code), topic_id) for topic_id, code in codes.items()])


class TopicsGet(msgspec.Struct, kw_only=True):
    GroupId: str
    PermissionGroupId: str
    TopicIdList: Names | None = None


class TopicRight(TopicItem):
    Permission: int


class TopicsGetAnswer(msgspec.Struct):
    TopicPermissionResultList: list[TopicRight]


@service.command("get_topic_permission_group", errors=(*_OF_ONE, Code.PERMISSION_TOPIC_NOT_GIVEN))
async def get_topic_permission_group(call: Call, request: TopicsGet) -> TopicsGetAnswer:
    """Read the rights in the topics named, or in all where there are any; items have 110011 where there are none.

    Source: rest-groups.md 2.52.
    """
    _check(call, request.GroupId)
    held = await call.services.groups.permissions.in_topics(call.app, request.GroupId, request.PermissionGroupId)
    wanted = dict.fromkeys(request.TopicIdList or held)
    codes = {one: Code.OK if one in held else Code.PERMISSION_TOPIC_NOT_GIVEN for one in wanted}
    return TopicsGetAnswer([TopicRight(*_said(code), one, held.get(one, 0)) for one, code in codes.items()])


class MemberItem(msgspec.Struct):
    Member_Account: str


class MembersPut(msgspec.Struct):
    GroupId: str
    PermissionGroupId: str
    MemberList: list[MemberItem]


class MemberResult(msgspec.Struct):
    Member_Account: str
    Result: int


class MembersAnswer(msgspec.Struct):
    MemberList: list[MemberResult]


@service.command(
    "add_permission_group_member", errors=(*_OF_ONE, Code.GROUP_ALREADY_MEMBER, Code.PERMISSION_GROUP_FULL)
)
async def add_permission_group_member(call: Call, request: MembersPut) -> MembersAnswer:
    """Put 1 to 100 members of the community into a permission group, which may have 10 000.

    Result of an item: 0 done, 10013 it is in, 10007 it is no member of the community, 110012 there is no room.
    Source: rest-groups.md 2.53.
    """
    user_ids = _users(call, request)
    codes = await call.services.groups.permissions.add(
        call.app, await operator_of(call), request.GroupId, request.PermissionGroupId, user_ids
    )
    return MembersAnswer([MemberResult(one, int(code)) for one, code in zip(user_ids, codes, strict=True)])


@service.command("delete_permission_group_member", errors=_OF_ONE)
async def delete_permission_group_member(call: Call, request: MembersPut) -> MembersAnswer:
    """Take users out of a permission group; who is not in it succeeds as well. Source: rest-groups.md 2.54."""
    user_ids = _users(call, request)
    await call.services.groups.permissions.remove(
        call.app, await operator_of(call), request.GroupId, request.PermissionGroupId, user_ids
    )
    return MembersAnswer([MemberResult(one, 0) for one in user_ids])


def _users(call: Call, request: MembersPut) -> list[str]:
    _check(call, request.GroupId)
    at_most(request.MemberList, _MAX_MEMBERS, "MemberList", Code.GROUP_BAD_PARAMETER)
    return [item.Member_Account for item in request.MemberList]


class MembersGet(msgspec.Struct, kw_only=True):
    GroupId: str
    PermissionGroupId: str
    Limit: Count = _MAX_MEMBER_PAGE
    Next: str = ""


class MembersGetAnswer(msgspec.Struct):
    MemberList: list[MemberItem]
    Next: str


@service.command("get_permission_group_member_list", errors=_OF_ONE)
async def get_permission_group_member_list(call: Call, request: MembersGet) -> MembersGetAnswer:
    """Read the members of a permission group in pages of up to 50. Next is to be sent back; empty: the end.

    Source: rest-groups.md 2.55.
    """
    _check(call, request.GroupId)
    after = request.Next[1:] if request.Next.startswith(_USER) and "\0" not in request.Next else ""
    limit = max(1, min(request.Limit or _MAX_MEMBER_PAGE, _MAX_MEMBER_PAGE))
    found, following = await call.services.groups.permissions.members(
        call.app, request.GroupId, request.PermissionGroupId, after, limit
    )
    return MembersGetAnswer([MemberItem(user_id) for user_id in found], following and _USER + following)


def _check(call: Call, group_id: str) -> None:
    """Raises ApiError 10015, and 11000 where the app has no topics."""
    check_group_id(group_id)
    if not (call.app.settings.community and call.app.settings.community_topics):
        raise ApiError(Code.COMMUNITY_DISABLED)


def _said(code: Code) -> tuple[int, str]:
    return int(code), code.meaning if code else ""
