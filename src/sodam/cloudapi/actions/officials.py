"""Official accounts of an app: list, make, edit, remove, followers, a message to all of them."""

from __future__ import annotations

import random
from typing import Annotated, Final

import msgspec

from sodam.accounts.model import MAX_OFFICIAL_ID, MAX_USER_ID
from sodam.apps.model import DEFAULT_ADMIN
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.chat_groups import Person, people
from sodam.cloudapi.actions.chat_messages import MAX_TEXT
from sodam.cloudapi.actions.views import Keyword, Limit, OfApp, UserId
from sodam.messages import outgoing
from sodam.messages.model import Source
from sodam.messages.outgoing import Outgoing
from sodam.officials import refusals
from sodam.officials.model import BYTES, DEFAULT_SUBSCRIBERS, MOST_SUBSCRIBERS, Act, Broadcast, Official
from sodam.officials.service import Results
from sodam.rest.official_account_open_http_svc import check_fields

_encode: Final = msgspec.json.Encoder().encode
AccountId = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_OFFICIAL_ID)]
FewUserIds = Annotated[list[UserId], msgspec.Meta(min_length=1, max_length=100)]
Most = Annotated[int, msgspec.Meta(ge=1, le=MOST_SUBSCRIBERS)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=BYTES["name"])]
Introduction = Annotated[str, msgspec.Meta(max_length=BYTES["introduction"])]
FaceUrl = Annotated[str, msgspec.Meta(max_length=BYTES["face_url"])]
Organization = Annotated[str, msgspec.Meta(max_length=BYTES["organization"])]


def _act(call: Call) -> Act:
    return Act(DEFAULT_ADMIN, Source(client_ip=call.caller.ip))


class OfOfficial(OfApp):
    Account: AccountId


class OfficialRow(msgspec.Struct):
    Account: str
    """Its UserID."""
    Name: str
    FaceUrl: str
    Introduction: str
    Organization: str
    Owner: Person
    """Its UserID is empty where the owner's account is gone."""
    SubscriberNum: int
    MaxSubscriberNum: int
    CreateTime: int
    LastMsgTime: int


class DescribeOfficialAccounts(OfApp):
    Keyword: Keyword = ""
    """How the ID or the name begins."""
    Cursor: Annotated[str, msgspec.Meta(max_length=MAX_OFFICIAL_ID)] = ""
    Limit: Limit = 20


class OfficialAccounts(msgspec.Struct):
    TotalCount: int
    """Of all that the app has."""
    Accounts: list[OfficialRow]
    Cursor: str
    """Of the next page; empty: this was the last."""


@action("im", "DescribeOfficialAccounts", kind="list", level="app")
async def describe_official_accounts(call: Call, request: DescribeOfficialAccounts) -> OfficialAccounts:
    """A page of official accounts by ID."""
    officials, app = call.plane.services.officials, call.the_app.sdkappid
    found = await officials.page(app, request.Cursor, request.Keyword, request.Limit + 1)
    page = found[: request.Limit]
    person = await people(call, (one.owner for one in page))
    rows = [
        OfficialRow(
            one.account,
            one.name,
            one.face_url,
            one.introduction,
            one.organization,
            person(one.owner),
            one.subscribers,
            one.max_subscribers,
            one.created_at,
            one.last_time,
        )
        for one in page
    ]
    cursor = page[-1].account if len(found) > request.Limit else ""
    return OfficialAccounts(await officials.count(app), rows, cursor)


class CreateOfficialAccount(OfApp, kw_only=True):
    Name: Name
    """At most 150 bytes."""
    Owner: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_USER_ID)]
    Account: Annotated[str, msgspec.Meta(max_length=MAX_OFFICIAL_ID)] = ""
    """Begins with @TOA#_; empty: the server makes one."""
    Introduction: Introduction = ""
    FaceUrl: FaceUrl = ""
    Organization: Organization = ""
    MaxSubscriberNum: Most = DEFAULT_SUBSCRIBERS


class OfficialMade(msgspec.Struct):
    Account: str


@action("im", "CreateOfficialAccount", kind="write", level="app")
async def create_official_account(call: Call, request: CreateOfficialAccount) -> OfficialMade:
    """Make an official account: an account that users follow."""
    check_fields(_given(request))
    wanted = Official(
        app=call.the_app.sdkappid,
        account=request.Account,
        owner=request.Owner,
        name=request.Name,
        introduction=request.Introduction,
        face_url=request.FaceUrl,
        organization=request.Organization,
        max_subscribers=request.MaxSubscriberNum,
    )
    call.changed(None, {"Account": request.Account, "Name": request.Name, "Owner": request.Owner})
    made = await call.plane.services.officials.create(call.the_app, _act(call), wanted)
    return OfficialMade(made.account)


_FIELDS: Final = {
    "Name": "name",
    "Introduction": "introduction",
    "FaceUrl": "face_url",
    "Organization": "organization",
}


class ModifyOfficialAccount(OfOfficial, kw_only=True):
    """What is left out stays."""

    Name: Name | None = None
    Introduction: Introduction | None = None
    FaceUrl: FaceUrl | None = None
    Organization: Organization | None = None
    MaxSubscriberNum: Most | None = None


def _given(request: CreateOfficialAccount | ModifyOfficialAccount) -> dict[str, str]:
    return {inner: value for wire, inner in _FIELDS.items() if (value := getattr(request, wire)) is not None}


@action("im", "ModifyOfficialAccount", kind="write", level="app")
async def modify_official_account(call: Call, request: ModifyOfficialAccount) -> None:
    """Change the profile of an official account, and how many may follow it."""
    officials = call.plane.services.officials
    before = (await officials.find(call.the_app.sdkappid, [request.Account])).get(request.Account)
    if before is None:
        raise refusals.no_such(request.Account)
    texts = _given(request)
    check_fields(texts)
    changes: dict[str, str | int] = dict(texts)
    if request.MaxSubscriberNum is not None:
        changes["max_subscribers"] = request.MaxSubscriberNum
    wire = {inner: name for name, inner in _FIELDS.items()} | {"max_subscribers": "MaxSubscriberNum"}
    named: dict[str, object] = {"Account": request.Account}
    call.changed(
        named | {wire[inner]: getattr(before, inner) for inner in changes},
        named | {wire[inner]: value for inner, value in changes.items()},
    )
    await officials.modify(call.the_app, _act(call), request.Account, changes)


@action("im", "DestroyOfficialAccount", kind="write", level="app")
async def destroy_official_account(call: Call, request: OfOfficial) -> None:
    """Remove an official account with everything that it said and everybody who follows it; there is no way back."""
    call.changed({"Account": request.Account}, None)
    await call.plane.services.officials.destroy(call.the_app, _act(call), request.Account)


class DescribeOfficialSubscribers(OfOfficial):
    Cursor: Annotated[str, msgspec.Meta(max_length=MAX_OFFICIAL_ID)] = ""
    Limit: Limit = 20


class SubscriberRow(msgspec.Struct):
    UserID: str
    Nick: str
    FaceUrl: str
    SubscribeTime: int
    Muted: bool
    """The user wants no notifications of it."""


class OfficialSubscribers(msgspec.Struct):
    TotalCount: int
    Subscribers: list[SubscriberRow]
    Cursor: str
    """Of the next page; empty: this was the last."""


@action("im", "DescribeOfficialSubscribers", kind="list", level="app")
async def describe_official_subscribers(call: Call, request: DescribeOfficialSubscribers) -> OfficialSubscribers:
    """A page of those who follow an official account, by UserID."""
    officials, app = call.plane.services.officials, call.the_app
    one = (await officials.find(app.sdkappid, [request.Account])).get(request.Account)
    if one is None:
        raise refusals.no_such(request.Account)
    found = await officials.subscribers(app, request.Account, request.Cursor, request.Limit + 1)
    page = found[: request.Limit]
    person = await people(call, (standing.subscriber.user_id for standing in page))
    rows = []
    for standing in page:
        who = person(standing.subscriber.user_id)
        rows.append(SubscriberRow(who.UserID, who.Nick, who.FaceUrl, standing.subscriber.at, standing.mute > 0))
    cursor = page[-1].subscriber.user_id if len(found) > request.Limit else ""
    return OfficialSubscribers(one.subscribers, rows, cursor)


class OfSubscribers(OfOfficial):
    UserIDs: FewUserIds


class SubscriberOutcome(msgspec.Struct):
    UserID: str
    Result: int
    """0 not possible, 1 done, 2 it was so before."""
    ErrorCode: int = 0
    """Why it was not possible."""


class SubscriberOutcomes(msgspec.Struct):
    Results: list[SubscriberOutcome]


def _outcomes(found: Results) -> SubscriberOutcomes:
    return SubscriberOutcomes(
        [SubscriberOutcome(user, one, int(found.why.get(user, 0))) for user, one in found.items()]
    )


@action("im", "AddOfficialSubscribers", kind="write", level="app")
async def add_official_subscribers(call: Call, request: OfSubscribers) -> SubscriberOutcomes:
    """Have users follow an official account."""
    call.changed(None, {"Account": request.Account, "UserIDs": request.UserIDs})
    officials = call.plane.services.officials
    found = await officials.subscribe(call.the_app, _act(call), request.Account, request.UserIDs)
    return _outcomes(found)


@action("im", "DeleteOfficialSubscribers", kind="write", level="app")
async def delete_official_subscribers(call: Call, request: OfSubscribers) -> SubscriberOutcomes:
    """Have users follow an official account no longer."""
    call.changed({"Account": request.Account, "UserIDs": request.UserIDs}, None)
    officials = call.plane.services.officials
    found = await officials.unsubscribe(call.the_app, _act(call), request.Account, request.UserIDs)
    return _outcomes(found)


class SendOfficialMsg(OfOfficial, kw_only=True):
    Text: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)]


class OfficialMsgSent(msgspec.Struct):
    MsgKey: str


@action("im", "SendOfficialMsg", kind="write", level="app")
async def send_official_msg(call: Call, request: SendOfficialMsg) -> OfficialMsgSent:
    """Say a text to everybody who follows an official account."""
    body = msgspec.Raw(_encode([{"MsgType": "TIMTextElem", "MsgContent": {"Text": request.Text}}]))
    content = outgoing.prepare(Outgoing(MsgRandom=random.getrandbits(32), MsgBody=body), strict_required=True)
    message = Broadcast(
        app=call.the_app.sdkappid,
        account=request.Account,
        random=content.random,
        body=content.body,
        source=Source(client_ip=call.caller.ip),
        wish=content.wish,
    )
    call.changed(None, {"Account": request.Account, "Text": request.Text})
    sent = await call.plane.services.officials.broadcasts.send(call.the_app, message)
    return OfficialMsgSent(sent.key)
