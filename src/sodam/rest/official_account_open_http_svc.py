"""``official_account_open_http_svc``: accounts that users subscribe to (rest-operations-push.md part 3)."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec

from sodam.accounts.model import valid_user_id
from sodam.errors import ApiError, Code
from sodam.officials import refusals
from sodam.officials.model import (
    DEFAULT_SUBSCRIBERS,
    MOST_SUBSCRIBERS,
    PAGE,
    Act,
    Official,
    Subscriber,
)
from sodam.officials.service import too_long
from sodam.wire import Call, Service

BAD: Final = Code.GROUP_BAD_PARAMETER
service = Service("official_account_open_http_svc", bad_json=BAD, bad_request=BAD, internal=Code.GROUP_INTERNAL)
_MAX_USERS: Final = 500
_MAX_INFOS: Final = 100
_FLAGS: Final = ("AcceptAndNotify", "Discard", "AcceptNotNotify")
FIELDS: Final = {
    "Name": "name",
    "Introduction": "introduction",
    "FaceUrl": "face_url",
    "Organization": "organization",
    "CustomString": "custom",
}
Most = Annotated[int, msgspec.Meta(ge=1, le=MOST_SUBSCRIBERS)]
Count = Annotated[int, msgspec.Meta(ge=0)]


def act(call: Call) -> Act:
    return Act(call.caller, call.source)


def check_fields(fields: dict[str, str]) -> None:
    """``fields`` by their names in ``Official``. Raises ApiError 10004."""
    if name := too_long(fields):
        wire = next(one for one, inner in FIELDS.items() if inner == name)
        raise ApiError(BAD, f"{wire} is too long")
    if fields.get("name") == "":
        raise ApiError(BAD, "Name is empty")


class Create(msgspec.Struct, kw_only=True):
    Owner_Account: str
    Name: str
    OfficialAccountUserID: str = ""
    Introduction: str = ""
    FaceUrl: str = ""
    MaxSubscriberNum: Most = DEFAULT_SUBSCRIBERS
    Organization: str = ""
    CustomString: str = ""


class CreateAnswer(msgspec.Struct):
    OfficialAccountUserID: str


@service.command(
    "create_official_account",
    errors=(
        refusals.BAD_ID,
        refusals.IN_USE,
        refusals.TOO_MANY,
        Code.ACCOUNT_NOT_FOUND,
        Code.GROUP_CALLBACK_REFUSED,
        Code.ACCOUNT_TRIAL_QUOTA,
        Code.APP_DISABLED,
    ),
)
async def create_official_account(call: Call, request: Create) -> CreateAnswer:
    """Make an official account: an account whose ID begins with @TOA#_; it is drawn if none is given.

    Up to 5 on the Trial plan, 1000 on others (130010). An ID that is in use: 130008. Users write to it as to anybody.
    """
    fields = {inner: getattr(request, wire) for wire, inner in FIELDS.items()}
    check_fields(fields)
    wanted = Official(
        app=call.app.sdkappid,
        account=request.OfficialAccountUserID,
        owner=request.Owner_Account,
        max_subscribers=request.MaxSubscriberNum,
        **fields,
    )
    made = await call.services.officials.create(call.app, act(call), wanted)
    return CreateAnswer(made.account)


class Named(msgspec.Struct):
    Official_Account: str


@service.command("destroy_official_account", errors=(refusals.NO_SUCH,))
async def destroy_official_account(call: Call, request: Named) -> None:
    """Remove an official account with its subscriptions and everything that it said to subscribers."""
    await call.services.officials.destroy(call.app, act(call), request.Official_Account)


class Modify(msgspec.Struct, kw_only=True):
    Official_Account: str = ""
    OfficialAccount: str = ""
    Name: str | None = None
    Introduction: str | None = None
    FaceUrl: str | None = None
    Organization: str | None = None
    CustomString: str | None = None
    MaxSubscriberNum: Most | None = None


@service.command("modify_official_account_base_info", errors=(refusals.NO_SUCH,))
async def modify_official_account_base_info(call: Call, request: Modify) -> None:
    """Change the fields that are given. OfficialAccount may stand for Official_Account."""
    account = request.Official_Account or request.OfficialAccount
    texts = {inner: getattr(request, wire) for wire, inner in FIELDS.items() if getattr(request, wire) is not None}
    check_fields(texts)
    changes: dict[str, str | int] = dict(texts)
    if request.MaxSubscriberNum is not None:
        changes["max_subscribers"] = request.MaxSubscriberNum
    if not changes:
        raise ApiError(BAD, "nothing is to be changed")
    await call.services.officials.modify(call.app, act(call), account, changes)


class Filter(msgspec.Struct):
    OfficialAccountBaseInfoFilter: list[str] | None = None
    SelfInfoFilter: list[str] | None = None


class GetInfo(msgspec.Struct):
    OfficialAccountIdList: list[Named]
    ResponseFilter: Filter | None = None


class Infos(msgspec.Struct):
    OfficialAccountInfoList: list[dict[str, Any]]


def info_of(one: Official, wanted: list[str] | None) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "CreateTime": one.created_at,
        "Name": one.name,
        "Owner_Account": one.owner,
        "LastMsgTime": one.last_time,
        "SubscriberNum": one.subscribers,
        "MaxSubscriberNum": one.max_subscribers,
        "Introduction": one.introduction,
        "FaceUrl": one.face_url,
        "Organization": one.organization,
        "CustomString": one.custom,
    }
    chosen = fields if not wanted else {name: fields[name] for name in wanted if name in fields}
    return {"Official_Account": one.account, **chosen}


@service.command("get_official_account_info", errors=(refusals.NO_SUCH,))
async def get_official_account_info(call: Call, request: GetInfo) -> Infos:
    """Read up to 100 official accounts, in the order of the request; one that does not exist has ErrorCode 130004."""
    asked = list(dict.fromkeys(item.Official_Account for item in request.OfficialAccountIdList))
    if not 1 <= len(asked) <= _MAX_INFOS:
        raise ApiError(BAD, f"OfficialAccountIdList holds 1 to {_MAX_INFOS} accounts")
    found = await call.services.officials.find(call.app.sdkappid, asked)
    wanted = request.ResponseFilter.OfficialAccountBaseInfoFilter if request.ResponseFilter else None
    items = []
    for account in asked:
        if account in found:
            items.append({**info_of(found[account], wanted), "ErrorCode": 0, "ErrorInfo": ""})
        else:
            error = refusals.no_such(account)
            items.append({"Official_Account": account, "ErrorCode": int(error.code), "ErrorInfo": error.info})
    return Infos(items)


class SubscriberItem(msgspec.Struct):
    Subscriber_Account: str


class Add(msgspec.Struct):
    Official_Account: str
    SubscriberList: list[SubscriberItem]


class Result(msgspec.Struct):
    Subscriber_Account: str
    Result: int


class Results(msgspec.Struct):
    SubscriberList: list[Result]


def _some(user_ids: list[str]) -> list[str]:
    if not 1 <= len(user_ids) <= _MAX_USERS:
        raise ApiError(BAD, f"1 to {_MAX_USERS} subscribers in a call")
    return user_ids


@service.command("add_subscriber", errors=(refusals.NO_SUCH, refusals.FULL, Code.GROUP_CALLBACK_REFUSED))
async def add_subscriber(call: Call, request: Add) -> Results:
    """Have up to 500 users subscribe. Result: 0 not possible (unknown, refused by the app, full), 1 done, 2 did before.

    They get what the account says from now on. 130006 when it has no room for any of them.
    """
    users = _some([item.Subscriber_Account for item in request.SubscriberList])
    found = await call.services.officials.subscribe(call.app, act(call), request.Official_Account, users)
    return Results([Result(user_id, result) for user_id, result in found.items()])


class Delete(msgspec.Struct):
    Official_Account: str
    SubscriberToDel_Account: list[str] = []
    SubscriberList: list[SubscriberItem] = []


@service.command("delete_subscriber", errors=(refusals.NO_SUCH,))
async def delete_subscriber(call: Call, request: Delete) -> Results:
    """End subscriptions of up to 500 users. Result: 0 unknown account, 1 done, 2 had not subscribed.

    SubscriberList, as add_subscriber has it, may stand for SubscriberToDel_Account.
    """
    users = _some(request.SubscriberToDel_Account or [item.Subscriber_Account for item in request.SubscriberList])
    found = await call.services.officials.unsubscribe(call.app, act(call), request.Official_Account, users)
    return Results([Result(user_id, result) for user_id, result in found.items()])


class SetCustom(msgspec.Struct):
    Official_Account: str
    Subscriber_Account: str
    CustomString: str


@service.command("modify_subscriber_info", errors=(refusals.NO_SUCH, refusals.NOT_SUBSCRIBED))
async def modify_subscriber_info(call: Call, request: SetCustom) -> None:
    """Keep a text with a subscription, at most 3000 bytes."""
    check_fields({"custom": request.CustomString})
    await call.services.officials.set_custom(
        call.app, request.Official_Account, request.Subscriber_Account, request.CustomString
    )


class GetSubscribers(msgspec.Struct):
    Official_Account: str
    Limit: Count = PAGE
    Next: str = ""


class SubscriberInfo(msgspec.Struct):
    Subscriber_Account: str
    SubscribeTime: int
    CustomString: str
    MsgFlag: str
    LastSendMsgTime: int


class SubscribersAnswer(msgspec.Struct):
    Next: str
    SubscriberNum: int
    SubscriberList: list[SubscriberInfo]


def _limit(asked: int) -> int:
    if asked > PAGE:
        raise ApiError(BAD, f"Limit is at most {PAGE}")
    return asked or PAGE


@service.command("get_subscriber_info", errors=(refusals.NO_SUCH,))
async def get_subscriber_info(call: Call, request: GetSubscribers) -> SubscribersAnswer:
    """Read the subscribers in pages of up to 200; Next "" begins, and ends."""
    limit, officials = _limit(request.Limit), call.services.officials
    if request.Next and not valid_user_id(request.Next):
        raise ApiError(BAD, "Next is none that was given out")
    one = (await officials.find(call.app.sdkappid, [request.Official_Account])).get(request.Official_Account)
    if one is None:
        raise refusals.no_such(request.Official_Account)
    page = await officials.subscribers(call.app, one.account, request.Next, limit + 1)
    items = [
        SubscriberInfo(
            found.subscriber.user_id,
            found.subscriber.at,
            found.subscriber.custom,
            _FLAGS[found.mute] if found.mute < len(_FLAGS) else _FLAGS[0],
            found.last_sent,
        )
        for found in page[:limit]
    ]
    return SubscribersAnswer(items[-1].Subscriber_Account if len(page) > limit else "", one.subscribers, items)


class GetFollowed(msgspec.Struct):
    Subscriber_Account: str
    Limit: Count = PAGE
    Offset: Count = 0
    ResponseFilter: Filter | None = None


class FollowedAnswer(msgspec.Struct):
    OfficialAccountInfoList: list[dict[str, Any]]
    TotalCount: int
    CompleteFlag: int
    Next: int


def _self_info(one: Subscriber, wanted: list[str] | None) -> dict[str, Any]:
    fields = {"SubscribeTime": one.at, "CustomString": one.custom}
    return fields if not wanted else {name: fields[name] for name in wanted if name in fields}


@service.command("get_subscribed_official_account_list", errors=(Code.ACCOUNT_NOT_FOUND,))
async def get_subscribed_official_account_list(call: Call, request: GetFollowed) -> FollowedAnswer:
    """Read which official accounts a user follows, by ID, in pages of up to 200."""
    limit, number = _limit(request.Limit), call.app.sdkappid
    if request.Offset > MOST_SUBSCRIBERS:
        raise ApiError(BAD, "Offset is too large")
    if await call.services.accounts.find(number, request.Subscriber_Account) is None:
        raise ApiError(Code.ACCOUNT_NOT_FOUND)
    page, total = await call.services.officials.followed(number, request.Subscriber_Account, request.Offset, limit)
    wanted = request.ResponseFilter or Filter()
    items = [
        {
            **info_of(one, wanted.OfficialAccountBaseInfoFilter),
            "SelfInfo": _self_info(subscriber, wanted.SelfInfoFilter),
        }
        for one, subscriber in page
    ]
    complete = request.Offset + len(items) >= total
    return FollowedAnswer(items, total, int(complete), 0 if complete else request.Offset + len(items))
