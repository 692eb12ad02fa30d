"""Webhooks: where an app's events go, what was sent there, sending it again (console.md section 6)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from sodam.apps import rules
from sodam.apps.model import App
from sodam.apps.webhooks import COMMANDS, MAX_URL, Failure, Retry, ports_collide
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.settings import AtVersion
from sodam.cloudapi.actions.views import Id, Limit, OfApp
from sodam.cloudapi.paging import cut
from sodam.control import ControlError, invalid, missing
from sodam.webhooks.model import Delivery, Wanted

Name = Annotated[str, msgspec.Meta(max_length=100)]
_FIELDS = {
    "Url": "url",
    "Token": "token",
    "Commands": "commands",
    "C2CFailure": "c2c_failure",
    "GroupFailure": "group_failure",
    "Retry": "retry",
}


class CommandView(msgspec.Struct):
    Command: str
    Switch: str
    """What ``Commands`` of a change names; some commands share one."""
    Kind: Literal["before", "after"]
    On: bool


class CallbackView(msgspec.Struct, kw_only=True):
    Version: Id
    """Of the settings: a change names it."""
    Url: str
    Refused: bool
    """The server never calls that address: link-local and metadata ones, and private ones where its operator denies
    them."""
    TokenSet: bool
    """Whether requests are signed; the token itself is not shown."""
    Commands: list[CommandView]
    C2CFailure: Failure
    GroupFailure: Failure
    Retry: Retry
    Waiting: int
    """Events that wait for delivery."""
    GivenUp: int
    """Events that were tried for as long as they are."""
    PausedUntil: int
    """Unix milliseconds until which nothing is sent, after failures in a row; 0: events go out."""


async def _view(call: Call, app: App) -> CallbackView:
    config = app.settings.webhooks
    waiting, given_up = await call.plane.services.webhooks.waiting(app.sdkappid)
    return CallbackView(
        Version=app.settings_version,
        Url=config.url,
        Refused=call.plane.services.outbound.refuses(config.url),
        TokenSet=bool(config.token),
        Commands=[CommandView(c.name, c.switch, c.kind, c.switch in config.commands) for c in COMMANDS.values()],
        C2CFailure=config.c2c_failure,
        GroupFailure=config.group_failure,
        Retry=config.retry,
        Waiting=waiting,
        GivenUp=given_up,
        PausedUntil=await call.plane.services.webhooks.paused(app),
    )


@action("im", "DescribeCallBack", kind="read", level="app")
async def describe_call_back(call: Call, request: OfApp) -> CallbackView:
    """Where an app's events go, which commands are on, and how many events wait."""
    return await _view(call, call.the_app)


class SetCallBack(AtVersion, kw_only=True):
    """What is left out stays. ``Commands`` names all that are on."""

    Url: Annotated[str, msgspec.Meta(max_length=MAX_URL)] | None = None
    Token: Annotated[str, msgspec.Meta(max_length=256)] | None = None
    Commands: list[Name] | None = None
    C2CFailure: Failure | None = None
    GroupFailure: Failure | None = None
    Retry: Retry | None = None
    Confirmed: bool = False
    """The caller knows that old and new host:port begin alike, which the original service mixes up for some minutes."""


@action("im", "SetCallBack", kind="write", level="app")
async def set_call_back(call: Call, request: SetCallBack) -> CallbackView:
    """Change where an app's events go; in force at once. An empty Url ends them, an empty Token the signatures."""
    changes: dict[str, Any] = {
        name: value for wire, name in _FIELDS.items() if (value := getattr(request, wire)) is not None
    }
    if "commands" in changes:
        changes["commands"] = tuple(changes["commands"])
    old = call.the_app.settings.webhooks.url
    if not request.Confirmed and ports_collide(old, changes.get("url", "")):
        raise ControlError(
            "FailedOperation.NeedsConfirmation",
            "the old and the new host:port begin alike, which receivers and the original service may mix up",
            cure="Choose another port, or confirm.",
            detail="CallbackPorts",
        )
    call.changed_by(_differences)
    _, after = await call.plane.services.apps.edit(
        call.the_app.sdkappid, lambda app: rules.webhooks(app, request.Version, changes)
    )
    return await _view(call, after)


def _differences(edited: tuple[App, App]) -> tuple[dict[str, object], dict[str, object]]:
    """Without the token: the audit log keeps no secrets."""
    old, new = (msgspec.to_builtins(app.settings.webhooks) for app in edited)
    for config in (old, new):
        config["token"] = "set" if config["token"] else ""
    names = [name for name in new if old[name] != new[name]]
    return {name: old[name] for name in names}, {name: new[name] for name in names}


class DeliveryView(msgspec.Struct, kw_only=True):
    DeliveryId: Id
    """0: it is not in the log yet."""
    Time: int
    """Unix milliseconds."""
    EventId: str
    Command: str
    Attempt: int
    Outcome: str
    """delivered and answered are good; status, timeout, dns, address, connect, tls, broken and others say why not."""
    Status: int
    """Of HTTP; 0: there was no answer."""
    Millis: int
    Url: str
    Request: str
    """Empty where it was too long to be kept: then it cannot be sent again."""
    Answer: str
    """Its beginning, or what went wrong."""


def _delivery(number: int, one: Delivery) -> DeliveryView:
    return DeliveryView(
        DeliveryId=number,
        Time=one.at,
        EventId=one.event,
        Command=one.command,
        Attempt=one.attempt,
        Outcome=one.outcome,
        Status=one.status,
        Millis=one.millis,
        Url=one.url,
        Request=one.request.decode(errors="replace"),
        Answer=one.answer.decode(errors="replace"),
    )


class DescribeCallbackLog(OfApp, kw_only=True):
    Before: Id = 0
    Limit: Limit = 20
    Command: Name = ""
    FailedOnly: bool = False
    Outcome: Name = ""
    """One of the words that a delivery's Outcome may be."""
    EventId: Name = ""
    """All requests of one event."""
    Url: Annotated[str, msgspec.Meta(max_length=MAX_URL)] = ""
    """What the URL begins with."""
    Since: Id = 0
    """Unix milliseconds, as Until."""
    Until: Id = 0
    """0: now."""


class DeliveryList(msgspec.Struct):
    Deliveries: list[DeliveryView]
    Next: int
    """Pass it as ``Before`` for what is older; 0 at the end."""


@action("im", "DescribeCallbackLog", kind="read", level="app")
async def describe_callback_log(call: Call, request: DescribeCallbackLog) -> DeliveryList:
    """What was sent and what came back, newest first: the last 10 000 requests of at most seven days."""
    found = await call.plane.services.webhooks.log.page(
        call.the_app.sdkappid,
        before=request.Before,
        limit=request.Limit + 1,
        wanted=Wanted(
            command=request.Command,
            failed=request.FailedOnly,
            outcome=request.Outcome,
            event=request.EventId,
            url=request.Url,
            since=request.Since,
            until=request.Until,
        ),
    )
    page, more = cut(found, request.Limit)
    return DeliveryList([_delivery(number, one) for number, one in page], page[-1][0] if more else 0)


class ResendCallback(OfApp, kw_only=True):
    """One request of the log, or everything since a time."""

    DeliveryId: Id = 0
    Since: Id = 0
    """Unix milliseconds."""


class Resent(msgspec.Struct):
    Events: int


@action("im", "ResendCallback", kind="write", level="app")
async def resend_callback(call: Call, request: ResendCallback) -> Resent:
    """Send events again, with the IDs that they had. With Since also those that were given up; at most 10 000."""
    webhooks, app = call.plane.services.webhooks, call.the_app.sdkappid
    if not request.DeliveryId:
        return Resent(await webhooks.resend_since(app, request.Since))
    if not await webhooks.resend(app, request.DeliveryId):
        raise missing(f"there is no delivery {request.DeliveryId}", detail="NoSuchDelivery")
    return Resent(1)


class SendTestCallback(OfApp, kw_only=True):
    Command: Name


@action("im", "SendTestCallback", kind="write", level="app")
async def send_test_callback(call: Call, request: SendTestCallback) -> DeliveryView:
    """Send a sample of a command now, whether it is on or not; what came of it."""
    if request.Command not in COMMANDS:
        raise invalid(f"{request.Command[:60]!r} is no callback", detail="CallbackCommand", Field="Command")
    if not call.the_app.settings.webhooks.url:
        raise ControlError("FailedOperation.NoCallbackUrl", "the app has no callback URL", cure="Set it first.")
    return _delivery(0, await call.plane.services.webhooks.test(call.the_app, request.Command))
