"""``group_open_http_svc``: the groups of a user (rest-groups.md 2.11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from sodam.errors import ApiError, Code
from sodam.groups.histories import shown_unread
from sodam.groups.model import Group, Member
from sodam.groups.types import COMMUNITY_PREFIX, TYPES, type_name
from sodam.rest.group_fields import Count, Names, bounded, group_item, self_item
from sodam.rest.group_open_http_svc import service
from sodam.wire import Call

__all__ = ["service"]

_MAX_JOINED: Final = 5000
_OF_TOPICS: Final = ("Type", "SupportTopic")
"""What an answer says of communities with topics, where those are asked for, whatever the filter."""


class JoinedFilter(msgspec.Struct):
    GroupBaseInfoFilter: Names | None = None
    SelfInfoFilter: Names | None = None


class JoinedGet(msgspec.Struct, kw_only=True):
    Member_Account: str
    WithHugeGroups: int = 0
    WithNoActiveGroups: int = 0
    Limit: Count = _MAX_JOINED
    Offset: Count = 0
    GroupType: str = ""
    Type: str = ""
    SupportTopic: int | None = None
    ResponseFilter: JoinedFilter | None = None


class JoinedAnswer(msgspec.Struct):
    TotalCount: int
    GroupIdList: list[dict[str, Any]]


@service.command("get_joined_group_list", errors=(Code.GROUP_ANSWER_TOO_LARGE,))
async def get_joined_group_list(call: Call, request: JoinedGet) -> JoinedAnswer:
    """Read the groups that a user is a member of, in the order of joining, by pages of up to 5000.

    Private groups whose owner has not written yet are left out unless WithNoActiveGroups is 1, live rooms in which the
    user is now unless WithHugeGroups is 1; those come last. SupportTopic 1: communities with topics alone, each with
    the sums of what was written and of what the user has read there; 0: all the other groups. Without a filter an item
    is the ID alone. Source: rest-groups.md 2.11.
    """
    if request.Limit > _MAX_JOINED:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"Limit is at most {_MAX_JOINED}")
    ids = await _ids(call, request)
    page = ids[request.Offset : request.Offset + request.Limit]
    items: list[dict[str, Any]] = [{"GroupId": group_id} for group_id in page]
    with_sums = bool(request.SupportTopic)
    shown = request.ResponseFilter or (JoinedFilter() if with_sums else None)
    if shown is not None:
        await _fill(call, request.Member_Account, items, shown, with_sums=with_sums)
    return JoinedAnswer(len(ids), bounded(items))


async def _ids(call: Call, request: JoinedGet) -> list[str]:
    """The groups that the request is about, all pages of them."""
    app, user_id, groups = call.app.sdkappid, request.Member_Account, call.services.groups
    wanted = request.GroupType or request.Type
    kind = type_name(wanted) if wanted else ""
    if "\0" in user_id:
        return []
    ids = [
        group_id
        for group_id, type_, active in await groups.joined(app, user_id)
        if (active or request.WithNoActiveGroups) and (not kind or kind == type_)
    ]
    if request.SupportTopic is not None:
        communities = await groups.get_many(app, [g for g in ids if g.startswith(COMMUNITY_PREFIX)])
        with_topics = {g for g, community in communities.items() if community.profile.support_topic}
        ids = [g for g in ids if (g in with_topics) == bool(request.SupportTopic)]
    if request.WithHugeGroups and not request.SupportTopic and (not kind or not TYPES[kind].stores_members):
        ids += await groups.rooms.of_user(app, user_id)
    return ids


async def _fill(call: Call, user_id: str, items: list[dict[str, Any]], shown: JoinedFilter, *, with_sums: bool) -> None:
    """What the filter names, into the items. Of a group that was dissolved meanwhile there is nothing."""
    app, groups = call.app.sdkappid, call.services.groups
    page = [item["GroupId"] for item in items]
    found = await groups.get_many(app, page)
    names = shown.SelfInfoFilter or []
    own = await _standing(call, user_id, found) if names else {}
    standings = await groups.histories.standings(app, user_id, page) if "UnreadMsgNum" in names else {}
    sums = await groups.topics.sums(app, list(found), user_id) if with_sums else {}
    base: Sequence[str] = [*(_OF_TOPICS if with_sums else ()), *(shown.GroupBaseInfoFilter or ())]
    for item in items:
        if (group := found.get(item["GroupId"])) is None:
            continue
        item |= group_item(group, base, room=not TYPES[group.type].stores_members)
        about: dict[str, Any] = {}
        if names and (standing := own.get(group.group_id)):
            messages = standings.get(group.group_id)
            about |= self_item(group, *standing, names, shown_unread(group, messages) if messages else 0)
        if with_sums:
            written, read = sums.get(group.group_id, (0, 0))
            item["GrossTopicNextMsgSeq"] = written
            about["GrossTopicReadSeq"] = read
        if about:
            item["SelfInfo"] = about


async def _standing(call: Call, user_id: str, groups: Mapping[str, Group]) -> dict[str, tuple[Member, int]]:
    """What the user is in these groups, and until when muted; of a live room, as far as this node knows."""
    service = call.services.groups
    found = await service.members.of_user(call.app.sdkappid, user_id, list(groups))
    for group_id, group in groups.items():
        if not TYPES[group.type].stores_members and (member := await service.rooms.membership(group, user_id)):
            found[group_id] = (member, (await service.members.mutes_of(group, [user_id])).get(user_id, 0))
    return found
