"""``group_open_http_svc``: mutes of members, in a group or in one of its topics (rest-groups.md 2.13 to 2.15)."""

from __future__ import annotations

from typing import Final

import msgspec

from sodam.errors import ApiError, Code
from sodam.rest.group_fields import COMMON, U32, Names, at_most, operator_of
from sodam.rest.group_members import group_of
from sodam.rest.group_messages import place_of
from sodam.rest.group_open_http_svc import service
from sodam.wire import Call

__all__ = ["service"]

_MAX_MUTED: Final = 500


class Mute(msgspec.Struct, kw_only=True):
    GroupId: str
    Members_Account: Names
    MuteTime: U32 | None = None
    ShutUpTime: U32 | None = None
    TopicId: str = ""


@service.command("forbid_send_msg", errors=(*COMMON, Code.GROUP_TOO_MANY_ACCOUNTS, Code.COMMUNITY_DISABLED))
async def forbid_send_msg(call: Call, request: Mute) -> None:
    """Mute 1 to 500 users for MuteTime seconds, members or not; 0 ends it, 4294967295 is for ever.

    Source: rest-groups.md 2.13.
    """
    seconds = request.ShutUpTime if request.MuteTime is None else request.MuteTime
    place = place_of(call, request.GroupId, request.TopicId)
    if seconds is None:
        await group_of(call, request.GroupId)
        raise ApiError(Code.GROUP_BAD_PARAMETER, "MuteTime is missing")
    at_most(request.Members_Account, _MAX_MUTED, "Members_Account")
    await call.services.groups.members.mute(call.app, await operator_of(call), place, request.Members_Account, seconds)


class MutedGet(msgspec.Struct):
    GroupId: str
    TopicId: str | None = None


class Muted(msgspec.Struct):
    Member_Account: str
    MutedUntil: int


class MutedAnswer(msgspec.Struct):
    GroupId: str
    MutedAccountList: list[Muted]


@service.command("get_group_muted_account", errors=(*COMMON, Code.COMMUNITY_DISABLED))
async def get_group_muted_account(call: Call, request: MutedGet) -> MutedAnswer:
    """Read who is muted in a group or one of its topics, and until when. Source: rest-groups.md 2.14."""
    group = await group_of(call, request.GroupId)
    place = place_of(call, request.GroupId, request.TopicId)
    muted = await call.services.groups.members.muted(group, place)
    return MutedAnswer(group.group_id, [Muted(*entry) for entry in muted])


class Shutted(msgspec.Struct):
    Member_Account: str
    ShuttedUntil: int


class ShuttedAnswer(msgspec.Struct):
    GroupId: str
    ShuttedUinList: list[Shutted]


@service.command("get_group_shutted_uin", errors=(*COMMON, Code.COMMUNITY_DISABLED))
async def get_group_shutted_uin(call: Call, request: MutedGet) -> ShuttedAnswer:
    """``get_group_muted_account`` under its older name, with older field names. Source: rest-groups.md 2.15."""
    answer = await get_group_muted_account(call, request)
    return ShuttedAnswer(answer.GroupId, [Shutted(m.Member_Account, m.MutedUntil) for m in answer.MutedAccountList])
