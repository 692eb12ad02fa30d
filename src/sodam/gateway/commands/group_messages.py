"""Client ``group_open_http_svc``: messages of groups (client-protocol-groups.md section 4)."""

from __future__ import annotations

import msgspec

from sodam.errors import ApiError, Code
from sodam.gateway.commands.group_open_http_svc import service
from sodam.messages.model import NO_CHECK
from sodam.rest.group_fields import COMMON
from sodam.rest.group_messages import GroupOutgoing, message_of
from sodam.wire import Call


class SendGroupMsg(GroupOutgoing, kw_only=True):
    MsgClientTime: int = 0


class SendAnswer(msgspec.Struct):
    MsgTime: int
    MsgSeq: int


@service.command(
    "send_group_msg",
    errors=(
        *COMMON,
        Code.GROUP_MUTED,
        Code.GROUP_TOO_MANY_MENTIONS,
        Code.GROUP_PLAN_REQUIRED,
        Code.GROUP_RECEIPT_TOO_LARGE,
        Code.GROUP_RECEIPT_ONLINE_ONLY,
        Code.MESSAGE_TOO_LONG,
        Code.TEXT_REFUSED,
        Code.COMMUNITY_DISABLED,
    ),
    keeps_text=True,
)
async def send_group_msg(call: Call, request: SendGroupMsg) -> SendAnswer:
    """Write to a group as one of its members. Answered when it is on disk; the same message again is stored once."""
    if request.From_Account and request.From_Account != call.caller:
        raise ApiError(Code.GROUP_NOT_PERMITTED, "From_Account is not the signed-in account")
    message, online_only = message_of(call, request, call.caller, strict=False, client_time=request.MsgClientTime)
    message.flags &= ~NO_CHECK  # only an administrator may say that a message needs no check
    sent = await call.services.groups.sending.send(call.app, message, exclude=call.instid, online_only=online_only)
    return SendAnswer(sent.msg_time, sent.seq)
