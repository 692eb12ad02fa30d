"""``stream_msg``: messages that grow, one-to-one and in groups (rest-messages.md 3.1, 3.2)."""

from __future__ import annotations

from typing import Final

import msgspec

from sodam.errors import ApiError, Code
from sodam.messages.growing import asked
from sodam.messages.model import HIDE_SENDER
from sodam.messages.outgoing import UInt32, cloud_json
from sodam.rest.group_fields import COMMON
from sodam.rest.group_messages import sender_of
from sodam.rest.openim import exists
from sodam.streams.service import Wanted
from sodam.wire import Call, Service

service = Service(
    "stream_msg",
    bad_json=Code.MSG_BODY_NOT_JSON,
    bad_request=Code.MSG_FORMAT,
    internal=Code.MSG_INTERNAL,
)
_ERRORS: Final = (
    Code.C2C_ALREADY_RECALLED,
    Code.C2C_EDIT_CONFLICT,
    Code.C2C_MESSAGE_NOT_FOUND,
    Code.MSG_BODY_NOT_ARRAY,
    Code.MSG_FORMAT,
    Code.MSG_RANDOM,
    Code.MSG_TOO_LONG,
    Code.RATE_LIMITED,
    Code.TEXT_REFUSED,
)


class SendC2C(msgspec.Struct, kw_only=True):
    To_Account: str
    MsgRandom: UInt32
    MsgBody: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    From_Account: str | None = None
    SyncOtherMachine: int | None = None
    MsgSeq: UInt32 | None = None
    CloudCustomData: str | None = None


class C2CAnswer(msgspec.Struct):
    MsgTime: int
    MsgKey: str
    MsgId: str
    StreamMsgID: str


@service.command(
    "send_c2c_stream_msg",
    errors=(
        *_ERRORS,
        Code.C2C_ACCOUNT_INVALID,
        Code.C2C_INTERNAL,
        Code.MSG_ACCOUNT_NOT_FOUND,
        Code.MSG_FROM_ACCOUNT,
        Code.MSG_RECEIVER_NOT_FOUND,
        Code.MSG_SEQ,
        Code.MSG_SYNC_OTHER_MACHINE,
        Code.MSG_TO_ACCOUNT,
    ),
    fields={
        "From_Account": Code.MSG_FROM_ACCOUNT,
        "To_Account": Code.MSG_TO_ACCOUNT,
        "MsgSeq": Code.MSG_SEQ,
        "MsgRandom": Code.MSG_RANDOM,
        "MsgBody": Code.MSG_BODY_NOT_ARRAY,
        "SyncOtherMachine": Code.MSG_SYNC_OTHER_MACHINE,
        "CloudCustomData": Code.MSG_FORMAT,
    },
)
async def send_c2c_stream_msg(call: Call, request: SendC2C) -> C2CAnswer:
    """Send a one-to-one message in pieces; relations and mutes are not checked.

    MsgBody is one TIMStreamElem. The first call is answered with the StreamMsgID that every later one names, between
    the same accounts; Index rises, Markdown is the new text alone, IsLast ends the message. So do 15 s without a
    piece; further ones are refused (90010). At most 131072 bytes (93000), and with rate limits on 5 pieces a second
    (60007). Clients see a custom message whose Data grows by edits. Source: rest-messages.md 3.1.
    """
    if not request.To_Account:
        raise ApiError(Code.MSG_TO_ACCOUNT, "To_Account is empty")
    if request.SyncOtherMachine not in (None, 0, 1, 2):
        raise ApiError(Code.MSG_SYNC_OTHER_MACHINE, "SyncOtherMachine is 1 or 2")
    sender = request.From_Account or call.caller
    if not await exists(call, sender):
        raise ApiError(Code.MSG_ACCOUNT_NOT_FOUND, f"From_Account {sender[:40]!r} does not exist")
    wanted = Wanted(
        sender=sender,
        receiver=request.To_Account,
        random=request.MsgRandom,
        content=asked(bytes(request.MsgBody)),
        seq=request.MsgSeq or 0,
        cloud=cloud_json(request.CloudCustomData),
        flags=HIDE_SENDER if request.SyncOtherMachine == 2 else 0,
        sync=request.SyncOtherMachine == 1,
        source=call.source,
    )
    begun = await call.services.streams.to_user(call.app, wanted)
    return C2CAnswer(begun.msg_time, begun.key, begun.msg_id, begun.id)


class SendGroup(msgspec.Struct, kw_only=True):
    GroupId: str
    MsgBody: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    MsgRandom: UInt32 | None = None
    Random: UInt32 | None = None
    From_Account: str | None = None
    CloudCustomData: str | None = None


class GroupAnswer(msgspec.Struct):
    MsgTime: int
    MsgSeq: int
    StreamMsgID: str


@service.command(
    "send_group_stream_msg",
    errors=(*COMMON, *_ERRORS, Code.GROUP_MUTED, Code.GROUP_CALLBACK_REFUSED, Code.CALLBACK_FAILED),
    fields={
        "GroupId": Code.GROUP_BAD_PARAMETER,
        "From_Account": Code.GROUP_BAD_PARAMETER,
        "MsgRandom": Code.MSG_RANDOM,
        "Random": Code.MSG_RANDOM,
        "MsgBody": Code.MSG_BODY_NOT_ARRAY,
        "CloudCustomData": Code.MSG_FORMAT,
    },
)
async def send_group_stream_msg(call: Call, request: SendGroup) -> GroupAnswer:
    """Send a group's message in pieces, as send_c2c_stream_msg; live rooms, which keep no messages, have none (10007).

    MsgRandom may be called Random. Source: rest-messages.md 3.2.
    """
    random = request.Random if request.MsgRandom is None else request.MsgRandom
    if random is None:
        raise ApiError(Code.MSG_RANDOM)
    wanted = Wanted(
        sender=await sender_of(call, request.From_Account),
        receiver=request.GroupId,
        random=random,
        content=asked(bytes(request.MsgBody)),
        cloud=cloud_json(request.CloudCustomData),
        source=call.source,
    )
    begun = await call.services.streams.to_group(call.app, wanted)
    return GroupAnswer(begun.msg_time, begun.msg_seq, begun.id)
