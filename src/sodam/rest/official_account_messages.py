"""``official_account_open_http_svc``: what official accounts say (rest-operations-push.md part 3)."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec

from sodam.errors import ApiError, Code
from sodam.messages import outgoing
from sodam.messages.model import RECALLED
from sodam.messages.outgoing import Outgoing
from sodam.officials import refusals
from sodam.officials.model import UNFIT, Broadcast
from sodam.rest.official_account_open_http_svc import BAD, act, service
from sodam.wire import Call

_MAX_RECALLED: Final = 10
_MAX_READ: Final = 20
_MAX_REASON: Final = 100
_NORMAL: Final = 2


class Send(Outgoing, kw_only=True):
    Official_Account: str
    Random: outgoing.UInt32
    MsgRandom: outgoing.UInt32 = 0


class SendAnswer(msgspec.Struct):
    MsgKey: str
    MsgTime: int


@service.command(
    "send_official_account_msg",
    errors=(refusals.NO_SUCH, Code.GROUP_CALLBACK_REFUSED, Code.TEXT_REFUSED, *outgoing.ERRORS, Code.MSG_TOO_LONG),
    fields=outgoing.FIELDS,
)
async def send_official_account_msg(call: Call, request: Send) -> SendAnswer:
    """Say something to all subscribers. It is stored once and stands in each one's conversation.

    The same content with the same Random within 5 minutes is one message. OnlineOnlyFlag 1: only for those online now,
    and not together with SendMsgControl NoLastMsg. Those who are away get a push, unless they muted the account.
    """
    request.MsgRandom = request.Random
    content = outgoing.prepare(request, strict_required=True)
    control = request.SendMsgControl or ()
    if content.online_only and "NoLastMsg" in ([control] if isinstance(control, str) else control):
        raise ApiError(BAD, "NoLastMsg is nothing for a message that is not stored")
    message = Broadcast(
        app=call.app.sdkappid,
        account=request.Official_Account,
        random=request.Random,
        body=content.body,
        cloud=content.cloud,
        flags=content.flags & ~UNFIT,
        source=content.source(call.platform, call.client_ip),
        wish=content.wish,
    )
    sent = await call.services.officials.broadcasts.send(call.app, message, online_only=content.online_only)
    return SendAnswer(sent.key, sent.msg_time)


class Recall(msgspec.Struct):
    Official_Account: str
    MsgKeyList: list[str]
    Reason: str = ""


class RecallResult(msgspec.Struct):
    MsgKey: str
    RetCode: int


class RecallAnswer(msgspec.Struct):
    RecallRetList: list[RecallResult]


@service.command("official_account_msg_recall", errors=(refusals.NO_SUCH,))
async def official_account_msg_recall(call: Call, request: Recall) -> RecallAnswer:
    """Recall up to 10 messages of any age; one that is not there, or was recalled before, has RetCode 10030."""
    if not 1 <= len(request.MsgKeyList) <= _MAX_RECALLED:
        raise ApiError(BAD, f"MsgKeyList holds 1 to {_MAX_RECALLED} keys")
    if len(request.Reason.encode()) > _MAX_REASON:
        raise ApiError(BAD, f"Reason has at most {_MAX_REASON} bytes")
    broadcasts = call.services.officials.broadcasts
    found = await broadcasts.recall(call.app, act(call), request.Official_Account, request.MsgKeyList)
    return RecallAnswer([RecallResult(key, int(code)) for key, code in found.items()])


class GetSimple(msgspec.Struct):
    Official_Account: str
    ReqMsgNumber: Annotated[int, msgspec.Meta(ge=1)]
    LastMsgKey: str = ""
    WithRecalledMsg: int = 0


class GetSimpleAnswer(msgspec.Struct):
    IsFinished: int
    RspMsgList: list[dict[str, Any]]
    LastMsgKey: str


@service.command("official_account_msg_get_simple", errors=(refusals.NO_SUCH,))
async def official_account_msg_get_simple(call: Call, request: GetSimple) -> GetSimpleAnswer:
    """Read up to 20 messages of an official account, newest first, from behind LastMsgKey on.

    Recalled ones are left out unless WithRecalledMsg is 1. IsFinished: 0 ask again with LastMsgKey, 1 that was all,
    2 what was said before is kept no longer.
    """
    broadcasts = call.services.officials.broadcasts
    number = min(request.ReqMsgNumber, _MAX_READ)
    page, last = await broadcasts.messages(call.app, request.Official_Account, request.LastMsgKey, number)
    items = [_item(one) for one in page if request.WithRecalledMsg == 1 or not one.flags & RECALLED]
    expired = last and bool(page) and page[-1].seq > 1
    return GetSimpleAnswer(2 if expired else int(last), items, page[-1].key if page else "")


def _item(one: Broadcast) -> dict[str, Any]:
    recalled = bool(one.flags & RECALLED)
    return {
        "From_Account": one.account,
        "IsPlaceMsg": 2 if recalled else 0,
        "IsSystemMsg": 0,
        "MsgBody": [] if recalled else msgspec.Raw(one.body),
        "CloudCustomData": msgspec.Raw(one.cloud),
        "MsgKey": one.key,
        "MsgPriority": _NORMAL,
        "MsgRandom": one.random,
        "MsgSeq": one.seq,
        "MsgTimeStamp": one.msg_time,
    }
