"""Client groups: the list of one's own.

The web SDK asks both lists at every sign-in and leaves an error answer to nobody, which ends a Node process that does
not handle it (docs/protocol.md section 15).
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec

from sodam.errors import Code
from sodam.groups.custom import group_data
from sodam.groups.types import TYPES
from sodam.rest.group_fields import Count, Names, bounded, group_item, self_item
from sodam.wire import Call, Service

_MAX_JOINED: Final = 200
_BOTH_MUTES: Final = ("MuteAllMember", "ShutUpAllMember")
_OWN: Final = ("Role", "JoinTime", "MsgFlag", "MsgSeq", "NameCard")
_BASICS: Final = (
    *("Type", "Name", "Introduction", "Notification", "FaceUrl", "Owner_Account", "CreateTime", "InfoSeq"),
    *("LastInfoTime", "LastMsgTime", "NextMsgSeq", "MemberNum", "MaxMemberNum", "ApplyJoinOption", "InviteJoinOption"),
)
service = Service(
    "group_open_http_svc",
    bad_json=Code.GROUP_BODY_NOT_JSON,
    bad_request=Code.GROUP_BAD_PARAMETER,
    internal=Code.GROUP_INTERNAL,
)
communities = Service(
    "million_group_open_http_svc",
    bad_json=Code.GROUP_BODY_NOT_JSON,
    bad_request=Code.GROUP_BAD_PARAMETER,
    internal=Code.GROUP_INTERNAL,
)


class JoinedFilter(msgspec.Struct):
    GroupBaseInfoFilter: Names | None = None
    SelfInfoFilter: Names | None = None


class JoinedGet(msgspec.Struct):
    Limit: Count = 200
    Offset: Count = 0
    ResponseFilter: JoinedFilter | None = None


class CommunitiesGet(JoinedGet):
    SupportTopic: Annotated[int, msgspec.Meta(ge=0, le=1)] = 0


class JoinedGroups(msgspec.Struct):
    TotalCount: int = 0
    GroupIdList: list[dict[str, Any]] = []


@service.command("get_joined_group_list", errors=(Code.GROUP_ANSWER_TOO_LARGE,))
async def get_joined_group_list(call: Call, request: JoinedGet) -> JoinedGroups:
    """The groups of the caller, with the caller's own part in them, by pages of up to 200. Without communities."""
    joined = await call.services.groups.joined(call.app.sdkappid, call.caller)
    return await _listed(call, request, [g for g, type_, active in joined if active and not TYPES[type_].has_topics])


@communities.command("get_joined_group_list", errors=(Code.GROUP_ANSWER_TOO_LARGE,))
async def get_joined_community_list(call: Call, request: CommunitiesGet) -> JoinedGroups:
    """The communities of the caller, those with topics (SupportTopic 1) or those without (0)."""
    app, groups = call.app.sdkappid, call.services.groups
    joined = [g for g, type_, _ in await groups.joined(app, call.caller) if TYPES[type_].has_topics]
    found = await groups.get_many(app, joined)
    wanted = [g for g in joined if g in found and found[g].profile.support_topic == request.SupportTopic]
    return await _listed(call, request, wanted)


async def _listed(call: Call, request: JoinedGet, joined: list[str]) -> JoinedGroups:
    app, groups = call.app.sdkappid, call.services.groups
    page = joined[request.Offset : request.Offset + min(request.Limit, _MAX_JOINED)]
    found = await groups.get_many(app, page)
    own = await groups.members.of_user(app, call.caller, page)
    shown = request.ResponseFilter or JoinedFilter()
    items = []
    for group_id in page:
        if (group := found.get(group_id)) is None or group_id not in own:
            continue  # dissolved or left meanwhile
        names = (*(shown.GroupBaseInfoFilter or _BASICS), *_BOTH_MUTES, "Type", "Name", "NextMsgSeq", "SupportTopic")
        item = {"GroupId": group_id, **group_item(group, dict.fromkeys(names), room=False)}
        item["SelfInfo"] = self_item(group, *own[group_id], _OWN)
        role = own[group_id][0].role
        if pairs := group_data(call.app, group.type, group.profile.custom, role, None):
            item["AppDefinedData"] = pairs
        items.append(item)
    return JoinedGroups(len(joined), bounded(items))
