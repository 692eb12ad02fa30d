"""``sns``: checking and reading friends (rest-accounts-relations.md 6.7 to 6.9 and section 10)."""

from __future__ import annotations

from typing import Annotated, Literal, cast

import msgspec

from sodam.errors import Code
from sodam.relations.fields import Value
from sodam.rest.sns import COMMON, Names, acting, many, service
from sodam.wire import Call

__all__ = ["service"]

Index = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
CheckType = Literal["CheckResult_Type_Single", "CheckResult_Type_Both", "CheckResult_Type_Singal"]
_UNKNOWN = "Err_SNS_{}_Invalid_Account"


class FriendCheck(msgspec.Struct):
    From_Account: str
    To_Account: Names
    CheckType: CheckType


class CheckItem(msgspec.Struct, gc=False):
    To_Account: str
    Relation: str
    ResultCode: int
    ResultInfo: str


class FriendCheckAnswer(msgspec.Struct, omit_defaults=True):
    InfoItem: list[CheckItem]
    Fail_Account: list[str] | None = None


def check_items(
    peers: list[str], relations: list[str | None], prefix: str, none: str, command: str
) -> tuple[list[CheckItem], list[str] | None]:
    """Items of a check's answer, and who failed. ``none`` is how the service spells NoRelation."""
    words = {word: prefix + word for word in ("AWithB", "BWithA", "BothWay")} | {"NoRelation": prefix + none}
    unknown = _UNKNOWN.format(command)
    items = [
        CheckItem(peer, words[relation], 0, "")
        if relation is not None
        else CheckItem(peer, prefix + none, int(Code.SNS_ACCOUNT_NOT_FOUND), unknown)
        for peer, relation in zip(peers, relations, strict=True)
    ]
    return items, [item.To_Account for item in items if item.ResultCode] or None


@service.command("friend_check", errors=COMMON)
async def friend_check(call: Call, request: FriendCheck) -> FriendCheckAnswer:
    """Tell how 1 to 1000 accounts stand to From_Account: NoRelation, AWithB, BWithA or BothWay.

    With CheckResult_Type_Single only the list of From_Account (A) is looked at; the old spelling Singal means the same.
    Source: rest-accounts-relations.md 6.7.
    """
    user_id = acting(call, request.From_Account)
    peers = many(request.To_Account, name="To_Account")
    both = request.CheckType == "CheckResult_Type_Both"
    found = await call.services.relations.checks.friends(call.app.sdkappid, user_id, peers, both=both)
    return FriendCheckAnswer(*check_items(peers, found, "CheckResult_Type_", "NoRelation", "FriendCheck"))


class FriendGet(msgspec.Struct):
    From_Account: str
    StartIndex: Index = 0
    StandardSequence: Index | None = None
    CustomSequence: Index | None = None


class FieldValue(msgspec.Struct):
    Tag: str
    Value: str | int | list[str]


class UserData(msgspec.Struct):
    To_Account: str
    ValueItem: list[FieldValue]


class FriendGetAnswer(msgspec.Struct):
    UserDataItem: list[UserData]
    StandardSequence: int
    CustomSequence: int
    FriendNum: int
    CompleteFlag: int
    NextStartIndex: int


@service.command("friend_get", errors=COMMON)
async def friend_get(call: Call, request: FriendGet) -> FriendGetAnswer:
    """Read the friend list by pages of 200 in the order of arrival; no profile fields.

    NextStartIndex is the place after which the next page begins, to be sent back as it is: not a count. At StartIndex
    0 standard or custom fields whose sequence the caller knows already are left out, and when it knows both, so are
    all friends; a later page is whole. Source: rest-accounts-relations.md 6.8.
    """
    user_id = acting(call, request.From_Account)
    body = await call.services.relations.friends.page(
        call.app.sdkappid, user_id, request.StartIndex, request.StandardSequence or 0, request.CustomSequence or 0
    )
    return cast(FriendGetAnswer, msgspec.Raw(body))


class FriendGetList(msgspec.Struct):
    From_Account: str
    To_Account: Names
    TagList: Names


class FriendInfo(msgspec.Struct, omit_defaults=True):
    To_Account: str
    ResultCode: int
    ResultInfo: str
    SnsProfileItem: list[FieldValue] | None = None


class FriendGetListAnswer(msgspec.Struct, omit_defaults=True):
    InfoItem: list[FriendInfo]
    Fail_Account: list[str] | None = None


def fields_of(items: list[tuple[str, Value]]) -> list[FieldValue]:
    return [FieldValue(tag, value) for tag, value in items]


async def friend_infos(call: Call, user_id: str, peers: list[str], tags: list[str] | None) -> FriendGetListAnswer:
    """Chosen fields (None: all) of friends and of their profiles."""
    side: Literal["admin", "app"] = "admin" if call.admin else "app"
    found = await call.services.relations.friends.chosen(call.app, user_id, peers, tags, side)
    infos = []
    for peer, fields, known in found:
        if fields is not None:
            infos.append(FriendInfo(peer, 0, "", fields_of(fields)))
        elif known:
            infos.append(FriendInfo(peer, int(Code.SNS_BAD_REQUEST), "Err_SNS_FriendGetList_Friend_Not_Exist"))
        else:
            infos.append(FriendInfo(peer, int(Code.SNS_ACCOUNT_NOT_FOUND), _UNKNOWN.format("FriendGetList")))
    return FriendGetListAnswer(infos, [info.To_Account for info in infos if info.ResultCode] or None)


@service.command("friend_get_list", errors=COMMON)
async def friend_get_list(call: Call, request: FriendGetList) -> FriendGetListAnswer:
    """Read chosen friend and profile fields of 1 to 1000 friends (100 are advised); unset fields are absent.

    30001 in the item of who is no friend. Source: rest-accounts-relations.md 6.9.
    """
    user_id = acting(call, request.From_Account)
    tags = many(request.TagList, name="TagList", most=200)
    return await friend_infos(call, user_id, many(request.To_Account, name="To_Account"), tags)


class FriendGetAll(msgspec.Struct):
    From_Account: str
    TimeStamp: int = 0
    StartIndex: Index = 0
    TagList: Names | None = None
    LastStandardSequence: Index | None = None
    GetCount: int | None = None


class OldFriendInfo(msgspec.Struct):
    Info_Account: str
    SnsProfileItem: list[FieldValue]


class FriendGetAllAnswer(msgspec.Struct):
    NeedUpdateAll: str
    TimeStampNow: int
    StartIndex: int
    InfoItem: list[OldFriendInfo]
    CurrentStandardSequence: int
    FriendNum: int


@service.command("friend_get_all", errors=COMMON)
async def friend_get_all(call: Call, request: FriendGetAll) -> FriendGetAllAnswer:
    """Read the friend list in the old way, up to 100 at once. StartIndex in the answer is the place after which the
    next page begins, to be sent back as it is; 0 is the end.

    GetAll_Type_NO and no friends when StartIndex is 0 and LastStandardSequence is the current one.
    Source: rest-accounts-relations.md 10.
    """
    user_id = acting(call, request.From_Account)
    tags = many(request.TagList, name="TagList", least=0, most=200)
    page = await call.services.relations.friends.old_page(
        call.app,
        user_id,
        tags or None,
        "admin" if call.admin else "app",
        start=request.StartIndex,
        limit=request.GetCount or 100,
        last_seq=request.LastStandardSequence or 0,
    )
    infos = [OldFriendInfo(peer, fields_of(fields)) for peer, fields in page.friends]
    need = "GetAll_Type_YES" if page.all else "GetAll_Type_NO"
    return FriendGetAllAnswer(need, page.now, page.following, infos, page.standard_seq, page.total)
