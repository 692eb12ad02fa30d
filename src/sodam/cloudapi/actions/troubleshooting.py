"""The troubleshooting log, and REST commands tried from the console (console.md section 8)."""

from __future__ import annotations

import time
from collections.abc import MutableMapping
from typing import Annotated, Any, Final, Literal
from urllib.parse import quote

import msgspec

from sodam.apps.model import DEFAULT_ADMIN
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.keys import sign, signing_key
from sodam.cloudapi.actions.views import Id, Limit, OfApp
from sodam.cloudapi.paging import cut
from sodam.cloudapi.run import each
from sodam.control import ControlError, invalid
from sodam.errors import ApiError
from sodam.storage import without_hook
from sodam.troubleshooting.advice import advice
from sodam.troubleshooting.model import Event, Search

Name = Annotated[str, msgspec.Meta(max_length=64)]
Kind = Literal["", "login", "c2c_message", "group_message", "relation", "group", "callback", "push", "other"]
_SECONDS: Final = 60
"""Lifetime of a signature that is made for one call."""
_ANSWER: Final = 512 * 1024


class DescribeTroubleshootingLog(OfApp, kw_only=True):
    """Empty texts ask for nothing."""

    StartTime: Id
    """Unix milliseconds, as EndTime; both belong to the range."""
    EndTime: Id
    Event: Kind = ""
    UserID: Name = ""
    Receiver: Name = ""
    """UserID of the receiver, or GroupID."""
    ErrorCode: Name = ""
    """A number, or the word of a push service or of a callback that was not answered."""
    FailedOnly: bool = False
    Before: Annotated[str, msgspec.Meta(pattern=r"^(\d{1,15}\.\d{1,15})?$")] = ""
    """``Next`` of the page before."""
    Limit: Limit = 50


class TroubleView(msgspec.Struct, kw_only=True):
    EventId: Id
    Time: Id
    """Unix milliseconds."""
    Event: str
    Command: str
    """Of REST, of clients or of a callback; a push service and what became of the push."""
    UserID: str
    Receiver: str
    ErrorCode: str
    """0: it went well."""
    ErrorInfo: str
    Platform: str
    Address: str
    """Of the client, or of the server that called."""
    Millis: Id
    Node: str
    Failed: bool
    Advice: str
    """Where the console has cause and cure: a number, or the name of a word; empty: nothing is known."""
    Cause: str
    Cure: str


class TroubleList(msgspec.Struct):
    Events: list[TroubleView]
    Next: str
    """Pass it as ``Before`` for what is older; empty at the end."""
    Omitted: Id
    """Events of the period that were too many within a second to be kept."""


def _view(number: int, one: Event) -> TroubleView:
    known = advice(one.event, one.command, one.code)
    return TroubleView(
        EventId=number,
        Time=one.at,
        Event=one.event,
        Command=one.command,
        UserID=one.user_id,
        Receiver=one.peer,
        ErrorCode=one.code,
        ErrorInfo=one.reason,
        Platform=one.platform,
        Address=one.address,
        Millis=one.millis,
        Node=one.node,
        Failed=bool(one.failed),
        Advice=known.key,
        Cause=known.cause,
        Cure=known.cure,
    )


@action("im", "DescribeTroubleshootingLog", kind="read", level="app")
async def describe_troubleshooting_log(call: Call, request: DescribeTroubleshootingLog) -> TroubleList:
    """What happened to calls, callbacks and pushes in the last three days, newest first, of all nodes.

    Each error code comes with cause and cure.
    """
    log, app = call.plane.services.troubleshooting, call.the_app.sdkappid
    at, _, number = request.Before.partition(".")
    search = Search(
        since=request.StartTime,
        until=request.EndTime,
        event=request.Event,
        user_id=_plain(request.UserID),
        peer=_plain(request.Receiver),
        code=_plain(request.ErrorCode),
        failed=request.FailedOnly,
        before=(int(at or 0), int(number or 0)),
        limit=request.Limit + 1,
    )
    page, more = cut(await log.search(app, search), request.Limit)
    left_out = 0 if request.Before else await log.omitted(app, request.StartTime, request.EndTime)
    return TroubleList(
        [_view(number, one) for number, one in page], f"{page[-1][1].at}.{page[-1][0]}" if more else "", left_out
    )


def _plain(text: str) -> str:
    return text.strip()


class CallRestApi(OfApp, kw_only=True):
    Command: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z_0-9]{1,60}/[A-Za-z_0-9]{1,60}$")]
    """Service and command: ``openim/sendmsg``."""
    Body: Annotated[str, msgspec.Meta(max_length=256 * 1024)]
    """A JSON object, as text."""


class RestAnswer(msgspec.Struct, kw_only=True):
    Answer: str
    """As it came."""
    ErrorCode: int
    Millis: Id
    Advice: str
    Cause: str
    Cure: str


class _Envelope(msgspec.Struct):
    ErrorCode: int = 0


_decode: Final = msgspec.json.Decoder(_Envelope).decode


@action("im", "CallRestApi", kind="write", level="app")
async def call_rest_api(call: Call, request: CallRestApi) -> RestAnswer:
    """Send a REST command as the app's administrator.

    The signature is made for this call. Whoever may do this may do all that the app's own server may.
    """
    if call.plane.rest is None:
        raise ControlError("FailedOperation.NotServing", "this process serves no REST commands", cure="")
    try:
        msgspec.json.decode(request.Body, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, RecursionError):
        raise invalid("the body is no JSON object", detail="NotJson") from None
    token = sign(call.the_app.sdkappid, await signing_key(call), DEFAULT_ADMIN, _SECONDS, int(call.plane.clock()))
    query = (
        f"sdkappid={call.the_app.sdkappid}&identifier={DEFAULT_ADMIN}&usersig={quote(token, safe='')}&contenttype=json"
    )
    answer, began = b"", time.perf_counter()

    async def send(_: str) -> None:
        nonlocal answer
        with without_hook():  # what it changes is the chat plane's own; the audit log says that it was called
            answer = await _post(call, f"/v4/{request.Command}", query, request.Body.encode())
        if code := _decode(answer).ErrorCode:
            raise ApiError(code)

    facts = {"Command": request.Command, "Identifier": DEFAULT_ADMIN}
    await each(call, [request.Command], lambda _: facts, send)
    code = _decode(answer).ErrorCode
    known = advice("", request.Command, str(code))
    return RestAnswer(
        Answer=answer[:_ANSWER].decode(errors="replace"),
        ErrorCode=code,
        Millis=int((time.perf_counter() - began) * 1000),
        Advice=known.key,
        Cause=known.cause,
        Cure=known.cure,
    )


async def _post(call: Call, path: str, query: str, body: bytes) -> bytes:
    """The answer of the REST edge, which checks, limits and notes this call as any other."""
    scope = {
        "type": "http",
        "scheme": "http",
        "method": "POST",
        "path": path,
        "query_string": query.encode(),
        "headers": [(b"content-length", b"%d" % len(body))],
        "client": (call.caller.ip, 0),
    }
    parts: list[bytes] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        parts.append(message.get("body", b""))

    assert call.plane.rest is not None
    await call.plane.rest(scope, receive, send)
    return b"".join(parts)
