"""``group_open_http_svc``: bans (rest-groups.md 2.21 to 2.23)."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from sodam.errors import ApiError, Code
from sodam.rest.group_fields import COMMON, U32, Count, Names, at_most, operator_of
from sodam.rest.group_members import group_of
from sodam.rest.group_open_http_svc import service
from sodam.wire import Call

__all__ = ["service"]

_MAX_ACCOUNTS: Final = 20
_MAX_DESCRIPTION: Final = 1000
_MAX_PAGE: Final = 100
_FAR: Final = 1 << 40


class Ban(msgspec.Struct):
    GroupId: str
    Members_Account: Names
    Duration: U32
    Description: str = ""


@service.command("ban_group_member", errors=(*COMMON, Code.GROUP_TOO_MANY_ACCOUNTS))
async def ban_group_member(call: Call, request: Ban) -> None:
    """Take 1 to 20 users out of a group for Duration seconds: until then they cannot join, nor be added.

    Source: rest-groups.md 2.21.
    """
    at_most(request.Members_Account, _MAX_ACCOUNTS, "Members_Account")
    if not request.Duration:
        raise ApiError(Code.GROUP_BAD_PARAMETER, "Duration is at least 1")
    if len(request.Description.encode()) > _MAX_DESCRIPTION or "\0" in request.Description:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"Description has at most {_MAX_DESCRIPTION} bytes")
    await call.services.groups.bans.ban(
        call.app,
        await operator_of(call),
        request.GroupId,
        request.Members_Account,
        request.Duration,
        request.Description,
    )


class Unban(msgspec.Struct):
    GroupId: str
    Members_Account: Names


@service.command("unban_group_member", errors=(*COMMON, Code.GROUP_TOO_MANY_ACCOUNTS))
async def unban_group_member(call: Call, request: Unban) -> None:
    """End the bans of 1 to 20 users. They are not members again by it. Source: rest-groups.md 2.22."""
    at_most(request.Members_Account, _MAX_ACCOUNTS, "Members_Account")
    operator = await operator_of(call)
    await call.services.groups.bans.unban(call.app, operator, request.GroupId, request.Members_Account)


class BannedGet(msgspec.Struct):
    GroupId: str
    Limit: Annotated[int, msgspec.Meta(ge=1)] = _MAX_PAGE
    Offset: Count = 0


class Banned(msgspec.Struct):
    Member_Account: str
    BannedUntil: int


class BannedAnswer(msgspec.Struct):
    BannedAccountList: list[Banned]
    NextOffset: int


@service.command("get_group_ban_member", errors=COMMON)
async def get_group_ban_member(call: Call, request: BannedGet) -> BannedAnswer:
    """Read who is banned and until when, by pages of up to 100, in the order of the ends.

    NextOffset is to be sent back as Offset; 0 is the end. Source: rest-groups.md 2.23.
    """
    if request.Limit > _MAX_PAGE:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"Limit is at most {_MAX_PAGE}")
    group = await group_of(call, request.GroupId)
    offset = min(request.Offset, _FAR)
    found, following = await call.services.groups.bans.page(group, offset, request.Limit)
    return BannedAnswer([Banned(ban.user_id, ban.until) for ban in found], following)
