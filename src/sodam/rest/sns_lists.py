"""``sns``: blacklists and friend groups (rest-accounts-relations.md 6.10 to 6.16)."""

from __future__ import annotations

from typing import Annotated, Literal, cast

import msgspec

from sodam.errors import ApiError, Code
from sodam.moderation.service import Shown
from sodam.rest.sns import ADDING, COMMON, Names, ResultAnswer, ResultItem, acting, many, origin_of, results, service
from sodam.rest.sns_read import CheckItem, Index, check_items
from sodam.wire import Call

__all__ = ["service"]

_CHANGES = (Code.SNS_OTHER_APP, *COMMON, Code.SNS_WRITE_CONFLICT)
BlackCheckType = Literal["BlackCheckResult_Type_Single", "BlackCheckResult_Type_Both", "BlackCheckResult_Type_Singal"]
_MAX_PAGE = 1000


class BlackListChange(msgspec.Struct):
    From_Account: str
    To_Account: Names


@service.command("black_list_add", errors=(*_CHANGES, Code.SNS_BLACKLIST_FULL))
async def black_list_add(call: Call, request: BlackListChange) -> ResultAnswer:
    """Block 1 to 1000 accounts. Friendships and requests between them end, both ways. At most 1000 can be blocked.

    Source: rest-accounts-relations.md 6.10.
    """
    user_id = acting(call, request.From_Account)
    peers = many(request.To_Account, name="To_Account")
    return results(await call.services.relations.blacklists.add(call.app, origin_of(call), user_id, peers))


@service.command("black_list_delete", errors=_CHANGES)
async def black_list_delete(call: Call, request: BlackListChange) -> ResultAnswer:
    """Unblock 1 to 1000 accounts; friendships of before do not come back. Source: rest-accounts-relations.md 6.11."""
    user_id = acting(call, request.From_Account)
    peers = many(request.To_Account, name="To_Account")
    return results(await call.services.relations.blacklists.delete(call.app, origin_of(call), user_id, peers))


class BlackListGet(msgspec.Struct):
    From_Account: str
    MaxLimited: Annotated[int, msgspec.Meta(ge=1)]
    StartIndex: Index = 0
    LastSequence: Index | None = None


class BlackListItem(msgspec.Struct, gc=False):
    To_Account: str
    AddBlackTimeStamp: int


class BlackListGetAnswer(msgspec.Struct):
    BlackListItem: list[BlackListItem]
    StartIndex: int
    CurruentSequence: int
    CurrentSequence: int


@service.command("black_list_get", errors=COMMON)
async def black_list_get(call: Call, request: BlackListGet) -> BlackListGetAnswer:
    """Read the blacklist by pages of up to 1000, in the order of blocking.

    StartIndex in the answer is the place after which the next page begins, to be sent back as it is; 0 is the end.
    Nothing when StartIndex is 0 and LastSequence, other than 0, is the current one, which is sent under the name that
    the original uses, CurruentSequence, and under the right one. Source: rest-accounts-relations.md 6.12.
    """
    user_id = acting(call, request.From_Account)
    entries, following, seq = await call.services.relations.blacklists.get(
        call.app.sdkappid,
        user_id,
        request.StartIndex,
        min(request.MaxLimited, _MAX_PAGE),
        request.LastSequence or 0,
    )
    return BlackListGetAnswer([BlackListItem(entry.peer, entry.added_at) for entry in entries], following, seq, seq)


class BlackListCheck(msgspec.Struct):
    From_Account: str
    To_Account: Names
    CheckType: BlackCheckType


class BlackListCheckAnswer(msgspec.Struct, omit_defaults=True):
    BlackListCheckItem: list[CheckItem]
    Fail_Account: list[str] | None = None


@service.command("black_list_check", errors=COMMON)
async def black_list_check(call: Call, request: BlackListCheck) -> BlackListCheckAnswer:
    """Tell of 1 to 1000 accounts who blocks whom: NO, AWithB, BWithA or BothWay, A being From_Account.

    With BlackCheckResult_Type_Single only A's list is looked at. Source: rest-accounts-relations.md 6.13.
    """
    user_id = acting(call, request.From_Account)
    peers = many(request.To_Account, name="To_Account")
    both = request.CheckType == "BlackCheckResult_Type_Both"
    found = await call.services.relations.checks.blacklist(call.app.sdkappid, user_id, peers, both=both)
    return BlackListCheckAnswer(*check_items(peers, found, "BlackCheckResult_Type_", "NO", "BlackListCheck"))


class GroupAdd(msgspec.Struct):
    From_Account: str
    GroupName: Names
    To_Account: Names | None = None


class GroupAddAnswer(msgspec.Struct, omit_defaults=True):
    CurrentSequence: int
    ResultItem: list[ResultItem] | None = None
    Fail_Account: list[str] | None = None


@service.command("group_add", errors=(*ADDING, Code.SNS_GROUP_MEMBER_NOT_FRIEND))
async def group_add(call: Call, request: GroupAdd) -> GroupAddAnswer:
    """Make friend groups (at most 32, names of 1 to 30 bytes) and put friends into each; existing ones are kept.

    32216 in the item of who is no friend. 30005: a name holds a word that the app refuses.
    Source: rest-accounts-relations.md 6.14.
    """
    user_id = acting(call, request.From_Account)
    names = many(request.GroupName, name="GroupName")
    peers = [peer for peer in many(request.To_Account, name="To_Account", least=0) if peer]
    about = Shown("RelationChain", user_id, call.source)
    await call.services.words.refuse(call.app.sdkappid, names, Code.SNS_SENSITIVE_WORD, shown=about)
    outcomes, seq = await call.services.relations.groups.add(call.app, origin_of(call), user_id, names, peers)
    if not peers:
        return GroupAddAnswer(seq)
    answer = results(outcomes)
    return GroupAddAnswer(seq, answer.ResultItem, answer.Fail_Account)


class GroupDelete(msgspec.Struct):
    From_Account: str
    GroupName: Names


class GroupDeleteAnswer(msgspec.Struct):
    CurrentSequence: int


@service.command("group_delete", errors=_CHANGES)
async def group_delete(call: Call, request: GroupDelete) -> GroupDeleteAnswer:
    """Remove friend groups; their friends stay friends. A name that does not exist refuses the call with 30001.

    Source: rest-accounts-relations.md 6.15.
    """
    user_id = acting(call, request.From_Account)
    names = many(request.GroupName, name="GroupName")
    if not all(names):
        raise ApiError(Code.SNS_BAD_REQUEST, "a friend group needs a name")
    return GroupDeleteAnswer(await call.services.relations.groups.delete(call.app, origin_of(call), user_id, names))


class GroupGet(msgspec.Struct):
    From_Account: str
    LastSequence: Index | None = None
    NeedFriend: Literal["Need_Friend_Type_Yes", "Need_Friend_Type_No", ""] | None = None
    GroupName: Names | None = None


class FriendGroup(msgspec.Struct, omit_defaults=True):
    GroupName: str
    FriendNumber: int
    To_Account: list[str] | None = None


class GroupGetAnswer(msgspec.Struct):
    ResultItem: list[FriendGroup]
    CurrentSequence: int


@service.command("group_get", errors=COMMON)
async def group_get(call: Call, request: GroupGet) -> GroupGetAnswer:
    """Read all friend groups or those named, with their members if Need_Friend_Type_Yes asks for them.

    Nothing when no group is named and LastSequence is the current one. Source: rest-accounts-relations.md 6.16.
    """
    user_id = acting(call, request.From_Account)
    names = [name for name in many(request.GroupName, name="GroupName", least=0) if name]
    body = await call.services.relations.groups.get(
        call.app.sdkappid, user_id, names, request.LastSequence, members=request.NeedFriend == "Need_Friend_Type_Yes"
    )
    return cast(GroupGetAnswer, msgspec.Raw(body))
