"""The inbox of development mode: callbacks and pushes as they would have gone out (docs/guide.md 13)."""

from __future__ import annotations

from typing import Literal

import msgspec

from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.views import Id, Keyword, Limit, OfApp
from sodam.control import ControlError
from sodam.outbound.inbox import Inbox


class DescribeDevelopmentInbox(OfApp, kw_only=True):
    Kind: Literal["", "callback", "push"] = ""
    """Empty: both."""
    Text: Keyword = ""
    """What stands in the name, the receiver, the address or the body, in upper or lower case."""
    After: Id = 0
    """Only requests with a higher number: ``Number`` of the newest that is known."""
    Limit: Limit = 50


class HeaderView(msgspec.Struct):
    Name: str
    Value: str


class CaughtView(msgspec.Struct, kw_only=True):
    Number: Id
    """Rises by every request of the server."""
    Time: Id
    """Unix milliseconds."""
    Kind: str
    Name: str
    """The callback's command, or the push service."""
    UserID: str
    """Whom a push is for."""
    Url: str
    Headers: list[HeaderView]
    Body: str
    """Its first 64 KiB."""


class CaughtList(msgspec.Struct):
    Requests: list[CaughtView]
    Oldest: Id
    """Requests with a lower number are no longer there."""
    Began: Id
    """Another value: the server has started anew, and numbers count from 1 again."""


def _inbox(call: Call) -> Inbox:
    inbox = call.plane.services.inbox
    if inbox is None:
        raise ControlError(
            "FailedOperation.NotInDevelopment",
            "the server is not in development mode: callbacks and pushes go to their receivers",
            cure="",
        )
    return inbox


@action("im", "DescribeDevelopmentInbox", kind="read", level="app")
async def describe_development_inbox(call: Call, request: DescribeDevelopmentInbox) -> CaughtList:
    """Callbacks and pushes that development mode (``serve --dev``) kept instead of sending them, newest first."""
    inbox, app = _inbox(call), call.the_app.sdkappid
    found = inbox.of(app, request.Limit, request.Kind or None, text=request.Text.strip(), after=request.After)
    shown = [
        CaughtView(
            Number=one.number,
            Time=one.at,
            Kind=one.kind,
            Name=one.name,
            UserID=one.user_id,
            Url=one.url,
            Headers=[HeaderView(name, value) for name, value in one.headers],
            Body=one.body,
        )
        for one in found
    ]
    return CaughtList(shown, inbox.oldest(app), inbox.began)


class ClearedInbox(msgspec.Struct):
    Count: Id
    """Requests that were there."""


@action("im", "ClearDevelopmentInbox", kind="write", level="app")
async def clear_development_inbox(call: Call, request: OfApp) -> ClearedInbox:
    """Forget what the inbox of development mode holds of the app."""
    inbox = _inbox(call)
    gone = inbox.clear(call.the_app.sdkappid)
    call.changed({"Requests": gone}, {"Requests": 0})
    return ClearedInbox(gone)
