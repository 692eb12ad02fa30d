"""``follow``: following without consent (rest-accounts-relations.md section 7)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from sodam.accounts.model import ProfileValue, valid_user_id
from sodam.errors import ApiError, Code
from sodam.relations.model import Place
from sodam.rest.sns import Names, ResultAnswer, acting, many, origin_of, results
from sodam.wire import Call, Service

service = Service(
    "follow",
    bad_json=Code.SNS_BAD_REQUEST,
    bad_request=Code.SNS_BAD_REQUEST,
    internal=Code.SNS_INTERNAL,
    display=True,
)
_COMMON = (Code.USER_ID_NOT_STRING, Code.SNS_ACCOUNT_NOT_FOUND, Code.SNS_NOT_ADMIN, Code.SNS_TIMEOUT)
_FULL = (
    Code.FOLLOW_FOLLOWING_FULL,
    Code.FOLLOW_PEER_FOLLOWERS_FULL,
    Code.FOLLOW_MUTUAL_FULL,
    Code.FOLLOW_PEER_MUTUAL_FULL,
)
_MAX_CHANGES = 20
_MAX_CHECKS = 100
_MAX_PAGE = 1000
_UNKNOWN = "Err_SNS_{}_Invalid_Account"


class FollowItem(msgspec.Struct):
    To_Account: str


class FollowAdd(msgspec.Struct):
    From_Account: str
    FollowItem: list[FollowItem] | FollowItem


@service.command("follow_add", errors=(*_COMMON, *_FULL))
async def follow_add(call: Call, request: FollowAdd) -> ResultAnswer:
    """Follow 1 to 20 accounts; following again changes nothing. At most 5000 can be followed.

    Source: rest-accounts-relations.md 7.1.
    """
    user_id = acting(call, request.From_Account)
    peers = [item.To_Account for item in many(request.FollowItem, name="FollowItem", most=_MAX_CHANGES)]
    return results(await call.services.relations.follows.add(call.app, origin_of(call), user_id, peers))


class FollowDelete(msgspec.Struct):
    From_Account: str
    To_Account: Names


@service.command("follow_delete", errors=_COMMON)
async def follow_delete(call: Call, request: FollowDelete) -> ResultAnswer:
    """Stop following 1 to 20 accounts; who was not followed is no error. Source: rest-accounts-relations.md 7.2."""
    user_id = acting(call, request.From_Account)
    peers = many(request.To_Account, name="To_Account", most=_MAX_CHANGES)
    return results(await call.services.relations.follows.delete(call.app, origin_of(call), user_id, peers))


class FollowGet(msgspec.Struct):
    From_Account: str
    FollowType: Literal[1, 2, 3]
    StartCursor: str | None = None
    WantNum: Annotated[int, msgspec.Meta(ge=0)] | None = None


class ProfileField(msgspec.Struct):
    Tag: str
    Value: ProfileValue


class Followed(msgspec.Struct):
    To_Account: str
    FollowTime: int
    ProfileItem: list[ProfileField]
    profile_sequence: int
    ProfileSequence: int


class FollowGetAnswer(msgspec.Struct):
    FollowItem: list[Followed]
    NextCursor: str


def _place(cursor: str) -> Place:
    at, found, user_id = cursor.partition(".")
    if not (found and at.isascii() and at.isdigit() and len(at) < 19 and valid_user_id(user_id)):
        raise ApiError(Code.SNS_BAD_REQUEST, "StartCursor is none that was given out")
    return int(at), user_id


@service.command("follow_get", errors=_COMMON)
async def follow_get(call: Call, request: FollowGet) -> FollowGetAnswer:
    """Read who follows (1), is followed (2) or both (3), newest first: up to 1000 a call, 100 if WantNum is not given.

    Profile fields are those that the caller may read. Source: rest-accounts-relations.md 7.3.
    """
    user_id = acting(call, request.From_Account)
    after = _place(request.StartCursor) if request.StartCursor else None
    limit = min(request.WantNum or 100, _MAX_PAGE)
    services = call.services
    page, following = await services.relations.follows.page(
        call.app.sdkappid, user_id, request.FollowType, after, limit
    )
    items = []
    for account, at in page:
        profile = services.profiles.visible(call.app, account, "admin" if call.admin else "app")
        fields = [ProfileField(tag, value) for tag, value in profile.items()]
        sequence = account.standard_seq + account.custom_seq
        items.append(Followed(account.user_id, at, fields, sequence, sequence))
    return FollowGetAnswer(items, f"{following[0]}.{following[1]}" if following else "")


class FollowPeers(msgspec.Struct):
    From_Account: str
    To_Account: Names


class CheckItem(msgspec.Struct):
    To_Account: str
    ResultCode: int
    ResultInfo: str
    FollowType: int


class FollowCheckAnswer(msgspec.Struct, omit_defaults=True):
    ResultItem: list[CheckItem]
    Fail_Account: list[str] | None = None


@service.command("follow_check", errors=_COMMON)
async def follow_check(call: Call, request: FollowPeers) -> FollowCheckAnswer:
    """Tell of 1 to 100 accounts: 0 neither follows, 1 To follows From, 2 From follows To, 3 both.

    Source: rest-accounts-relations.md 7.4.
    """
    user_id = acting(call, request.From_Account)
    peers = many(request.To_Account, name="To_Account", most=_MAX_CHECKS)
    found = await call.services.relations.follows.check(call.app.sdkappid, user_id, peers)
    items = [
        CheckItem(peer, 0, "", kind)
        if kind is not None
        else CheckItem(peer, int(Code.SNS_ACCOUNT_NOT_FOUND), _UNKNOWN.format("FollowCheck"), 0)
        for peer, kind in zip(peers, found, strict=True)
    ]
    return FollowCheckAnswer(items, [item.To_Account for item in items if item.ResultCode] or None)


class FollowCounts(msgspec.Struct):
    To_Account: str
    ResultCode: int
    ResultInfo: str
    FollowerCount: int = 0
    FollowingCount: int = 0
    MutualFollowingCount: int = 0


class FollowGetInfoAnswer(msgspec.Struct, omit_defaults=True):
    FollowInfo: list[FollowCounts]
    Fail_Account: list[str] | None = None


@service.command("follow_get_info", errors=_COMMON)
async def follow_get_info(call: Call, request: FollowPeers) -> FollowGetInfoAnswer:
    """Count followers, followed and mutual of 1 to 20 accounts. Source: rest-accounts-relations.md 7.5."""
    user_id = acting(call, request.From_Account)
    peers = many(request.To_Account, name="To_Account", most=_MAX_CHANGES)
    found = await call.services.relations.follows.counts(call.app.sdkappid, user_id, peers)
    infos = [
        FollowCounts(peer, 0, "", counts.followers, counts.following, counts.mutual)
        if counts is not None
        else FollowCounts(peer, int(Code.SNS_ACCOUNT_NOT_FOUND), _UNKNOWN.format("FollowGetInfo"))
        for peer, counts in zip(peers, found, strict=True)
    ]
    return FollowGetInfoAnswer(infos, [info.To_Account for info in infos if info.ResultCode] or None)
