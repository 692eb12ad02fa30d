"""``openim``: sending and importing one-to-one messages (rest-messages.md 2.1 to 2.3)."""

from __future__ import annotations

from typing import Literal

import msgspec

from sodam.apps.model import App
from sodam.c2c.draft import draft, of_content
from sodam.c2c.model import Message
from sodam.errors import ApiError, Code
from sodam.messages import outgoing
from sodam.messages.elements import check_body
from sodam.messages.model import HIDE_SENDER, IMPORTED, NO_UNREAD
from sodam.messages.outgoing import Content, Outgoing, UInt32
from sodam.rest.openim import exists, service
from sodam.wire import Call

_MAX_RECEIVERS = 500
_CLOCK_SLACK = 60  # seconds by which the clock of an importing server may be ahead of ours

_FIELDS = outgoing.FIELDS | {
    "From_Account": Code.MSG_FROM_ACCOUNT,
    "To_Account": Code.MSG_TO_ACCOUNT,
    "SyncOtherMachine": Code.MSG_SYNC_OTHER_MACHINE,
}
_ERRORS = (
    *outgoing.ERRORS,
    Code.MSG_TO_ACCOUNT,
    Code.MSG_FROM_ACCOUNT,
    Code.MSG_NOT_ADMIN,
    Code.MSG_RECEIVER_NOT_FOUND,
    Code.MSG_SYNC_OTHER_MACHINE,
    Code.MSG_ACCOUNT_NOT_FOUND,
    Code.C2C_INTERNAL,
    Code.TEXT_REFUSED,
)


class _Send(Outgoing, kw_only=True):
    From_Account: str | None = None
    SyncOtherMachine: int | None = None


class SendMsg(_Send, kw_only=True):
    To_Account: str


class SendMsgAnswer(msgspec.Struct):
    MsgTime: int
    MsgKey: str
    MsgId: str


async def _sender(call: Call, wanted: str | None) -> str:
    """From_Account, or the administrator who calls. Raises ApiError 90048."""
    sender = wanted or call.caller
    if not await exists(call, sender):
        raise ApiError(Code.MSG_ACCOUNT_NOT_FOUND, f"From_Account {sender[:40]!r} does not exist")
    return sender


def _check_sync(value: int | None) -> None:
    """SyncOtherMachine is 1 or 2; 0 is what SDKs write that leave no field out. Raises ApiError 90031."""
    if value not in (None, 0, 1, 2):
        raise ApiError(Code.MSG_SYNC_OTHER_MACHINE, "SyncOtherMachine is 1 or 2")


def _sides(request: _Send) -> tuple[int, bool]:
    """SyncOtherMachine as a flag of the message and as whether the sender's devices get a copy."""
    return (HIDE_SENDER if request.SyncOtherMachine == 2 else 0), request.SyncOtherMachine == 1


def checked(request: SendMsg) -> Content:
    """What is to be sent. Raises ApiError 90004, 90031 and what ``outgoing.prepare`` raises."""
    if not request.To_Account:
        raise ApiError(Code.MSG_TO_ACCOUNT, "To_Account is empty")
    _check_sync(request.SyncOtherMachine)
    return outgoing.prepare(request, strict_required=True)


def drafted(
    app: App, sender: str, request: SendMsg, content: Content, platform: str, client_ip: str, conv: str = ""
) -> tuple[Message, bool]:
    """The message, and whether the sender's devices get a copy. ``conv`` may be given where it is known."""
    source = content.source(platform, client_ip)
    message = of_content(app, sender, request.To_Account, content, source=source, conv=conv)
    hidden, sync = _sides(request)
    message.flags |= hidden
    return message, sync


@service.command("sendmsg", errors=(*_ERRORS, Code.C2C_ACCOUNT_INVALID, Code.MSG_TOO_LONG), fields=_FIELDS)
async def sendmsg(call: Call, request: SendMsg) -> SendMsgAnswer:
    """Send a message from any account to another; relations are not checked.

    MsgBody and CloudCustomData together take at most 12288 bytes (93000). The same sender, receiver, MsgSeq, MsgRandom
    and body within 120 s are one message, answered as the first was. SyncOtherMachine: 1 copies the message to the
    sender's devices, 2 keeps it from the sender's history, absent does neither. Source: rest-messages.md 2.1.
    """
    content = checked(request)
    sender = await _sender(call, request.From_Account)
    message, sync = drafted(call.app, sender, request, content, call.platform, call.client_ip)
    sent = await call.services.c2c.send(call.app, message, sync=sync, online_only=content.online_only, checked=False)
    return SendMsgAnswer(sent.msg_time, sent.key, sent.msg_id)


class BatchSendMsg(_Send, kw_only=True):
    To_Account: list[str]


class FailedReceiver(msgspec.Struct):
    To_Account: str
    ErrorCode: int


class BatchAnswer(msgspec.Struct, omit_defaults=True):
    MsgKey: str
    ErrorList: list[FailedReceiver] = []


@service.command(
    "batchsendmsg",
    errors=(
        *_ERRORS,
        Code.ACCOUNT_NOT_FOUND,
        Code.MSG_TOO_MANY_ACCOUNTS,
        Code.MSG_TO_ACCOUNT_NOT_ARRAY,
        Code.MSG_TO_ACCOUNT_EMPTY,
        Code.MSG_BATCH_TOO_LONG,
        Code.MSG_BATCH_QUOTA,
    ),
    fields={**_FIELDS, "To_Account": Code.MSG_TO_ACCOUNT_NOT_ARRAY},
)
async def batchsendmsg(call: Call, request: BatchSendMsg) -> BatchAnswer:
    """Send a message to 1 to 500 accounts; all copies have one MsgKey. An account named twice gets it once.

    SomeError with an ErrorList (70107) when some accounts do not exist; 90012 when none does. With rate limits on,
    12 000 copies a minute and app (90057). Source: rest-messages.md 2.2.
    """
    if not request.To_Account:
        raise ApiError(Code.MSG_TO_ACCOUNT_EMPTY)
    if len(request.To_Account) > _MAX_RECEIVERS:
        raise ApiError(Code.MSG_TOO_MANY_ACCOUNTS)
    recipients = list(dict.fromkeys(request.To_Account))
    _check_sync(request.SyncOtherMachine)
    content = outgoing.prepare(request, strict_required=True, too_long=Code.MSG_BATCH_TOO_LONG)
    sender = await _sender(call, request.From_Account)
    if call.services.settings.rate_limits:
        call.services.c2c.batch_quota.take(call.app.sdkappid, len(recipients))
    hidden, sync = _sides(request)
    content.flags |= hidden
    messages = [of_content(call.app, sender, recipient, content) for recipient in recipients]
    batch = await call.services.c2c.send_batch(call.app, messages, sync=sync, online_only=content.online_only)
    if len(batch.failed) == len(recipients):
        raise ApiError(Code.MSG_RECEIVER_NOT_FOUND, "none of To_Account exists")
    if batch.failed:
        call.status = "SomeError"
    return BatchAnswer(batch.sent.key, [FailedReceiver(r, int(code)) for r, code in batch.failed.items()])


class ImportMsg(msgspec.Struct, kw_only=True):
    SyncFromOldSystem: Literal[2, 5, "2", "5"]
    From_Account: str
    To_Account: str
    MsgRandom: UInt32
    MsgTimeStamp: UInt32
    MsgBody: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    MsgSeq: UInt32 | None = None
    CloudCustomData: str | None = None
    SyncOtherMachine: int | None = None


@service.command(
    "importmsg",
    errors=(
        Code.MSG_BODY_MALFORMED,
        Code.MSG_TO_ACCOUNT,
        Code.MSG_SEQ,
        Code.MSG_RANDOM,
        Code.MSG_TIMESTAMP,
        Code.MSG_BODY_NOT_ARRAY,
        Code.MSG_FROM_ACCOUNT,
        Code.MSG_NOT_ADMIN,
        Code.MSG_FORMAT,
        Code.MSG_RECEIVER_NOT_FOUND,
        Code.MSG_SYNC_FROM_OLD_SYSTEM,
        Code.MSG_SYNC_OTHER_MACHINE,
        Code.MSG_ACCOUNT_NOT_FOUND,
        Code.C2C_INTERNAL,
        Code.MSG_TOO_LONG,
    ),
    fields={
        "SyncFromOldSystem": Code.MSG_SYNC_FROM_OLD_SYSTEM,
        "From_Account": Code.MSG_FROM_ACCOUNT,
        "To_Account": Code.MSG_TO_ACCOUNT,
        "MsgSeq": Code.MSG_SEQ,
        "MsgRandom": Code.MSG_RANDOM,
        "MsgTimeStamp": Code.MSG_TIMESTAMP,
        "CloudCustomData": Code.MSG_FORMAT,
        "SyncOtherMachine": Code.MSG_SYNC_OTHER_MACHINE,
    },
)
async def importmsg(call: Call, request: ImportMsg) -> None:
    """Store a message with the time that it had elsewhere: 2 as history that was read, 5 as one that arrives now.

    The same MsgSeq, MsgRandom and MsgTimeStamp again between the two accounts, in either direction, change nothing.
    A time more than a minute in the future, or before the history that the app keeps, is refused with 90006: nobody
    could read such a message. SyncOtherMachine is checked as in sendmsg and means nothing here: both sides keep the
    message. Source: rest-messages.md 2.3.
    """
    c2c = call.services.c2c
    for name, user_id, code in (
        ("From_Account", request.From_Account, Code.MSG_FROM_ACCOUNT),
        ("To_Account", request.To_Account, Code.MSG_TO_ACCOUNT),
    ):
        if not user_id:
            raise ApiError(code, f"{name} is empty")
    if request.MsgTimeStamp > c2c.now + _CLOCK_SLACK:
        raise ApiError(Code.MSG_TIMESTAMP, "MsgTimeStamp is in the future; it is in seconds")
    if request.MsgTimeStamp < c2c.histories.oldest(call.app):
        days = call.app.settings.history_days
        raise ApiError(
            Code.MSG_TIMESTAMP,
            f"MsgTimeStamp is older than the history that this app keeps ({days} days): nobody could read the message",
        )
    _check_sync(request.SyncOtherMachine)
    cloud = outgoing.cloud_json(request.CloudCustomData)
    # The imported ones are as their first server took them: old clients left fields out (rest-messages.md 1.1).
    info = check_body(bytes(request.MsgBody), strict_required=False, extra_bytes=len(cloud) - 2)
    message = draft(
        call.app,
        request.From_Account,
        request.To_Account,
        seq=request.MsgSeq or 0,
        random=request.MsgRandom,
        body=info.raw,
        cloud=cloud,
    )
    history = request.SyncFromOldSystem in (2, "2")
    message.flags |= IMPORTED | (NO_UNREAD if history else 0)
    message.msg_time = request.MsgTimeStamp
    await c2c.import_message(call.app, message, silent=history)
