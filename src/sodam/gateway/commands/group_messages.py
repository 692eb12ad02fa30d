"""Client ``group_open_http_svc``: messages of groups (client-protocol-groups.md section 4)."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from sodam.errors import ApiError, Code
from sodam.gateway.commands.group_open_http_svc import service
from sodam.gateway.commands.openim import ModifyAnswer
from sodam.gateway.commands.openim import service as openim
from sodam.groups.changes import EditConflict
from sodam.groups.model import home_of
from sodam.groups.pushes import wire
from sodam.messages.model import NO_CHECK
from sodam.rest.group_fields import COMMON
from sodam.rest.group_message_changes import (
    MODIFIED,
    Modify,
    Recall,
    RecallAnswer,
    RecallResult,
    Seq,
    check_recall,
    new_content,
)
from sodam.rest.group_messages import GroupOutgoing, message_of, place_of
from sodam.wire import Call

_TOPICAL: Final = (*COMMON, Code.COMMUNITY_DISABLED)
"""Of commands that may name a topic."""
_MAX_PAGE: Final = 100
_MAX_DELETED: Final = 30
_NOTIFY_PAGE: Final = 20
_FINISHED: Final = 2


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
        Code.GROUP_CALLBACK_REFUSED,
        Code.CALLBACK_FAILED,
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


class MsgGet(msgspec.Struct, kw_only=True):
    GroupId: str
    ReqMsgNumber: Seq = 20
    ReqMsgSeq: Seq = 0
    ReqMsgSeqList: list[Seq] | None = None
    TopicId: str | None = None


class MsgGetAnswer(msgspec.Struct):
    GroupId: str
    RspMsgList: list[dict[str, Any]]
    IsFinished: int
    NextReqMsgSeq: int
    InvisibleMsgSeq: list[int]


@service.command("group_msg_get", errors=(*_TOPICAL, Code.GROUP_NO_HISTORY))
async def group_msg_get(call: Call, request: MsgGet) -> MsgGetAnswer:
    """Read the messages of the sequences up to ReqMsgSeq (0: the newest), newest first; IsFinished 2: nothing is older.

    What was written before one joined, was cleared, or is for others is not among them.
    """
    request.GroupId = place_of(call, request.GroupId, request.TopicId)
    async with call.connection.page_turn():
        page = await call.services.groups.histories.page(
            call.app.sdkappid,
            call.caller,
            request.GroupId,
            request.ReqMsgSeq,
            max(1, min(request.ReqMsgNumber, _MAX_PAGE)),
            (request.ReqMsgSeqList or ())[:_MAX_PAGE],
        )
        return MsgGetAnswer(
            home_of(request.GroupId),
            [wire(message, page.group, call.caller) for message in page.messages],
            _FINISHED if page.complete else 1,
            0 if page.complete else page.low - 1,
            page.invisible,
        )


@service.command("group_msg_recall", errors=(*_TOPICAL, Code.GROUP_RECALL_TYPE))
async def group_msg_recall(call: Call, request: Recall) -> RecallAnswer:
    """Recall one's own messages within the app's window, and those of others as one's role allows."""
    seqs = check_recall(call, request)
    codes = await call.services.groups.changes.recall(
        call.app,
        request.GroupId,
        seqs,
        revoker=call.caller,
        reason=request.Reason,
        as_member=True,
        instid=call.instid,
        source=call.source,
    )
    return RecallAnswer([RecallResult(seq, int(code)) for seq, code in zip(seqs, codes, strict=True)])


class ReadReport(msgspec.Struct, kw_only=True):
    GroupId: str
    MsgReadedSeq: Seq
    TopicId: str | None = None


@service.command("msg_read_report", errors=_TOPICAL)
async def msg_read_report(call: Call, request: ReadReport) -> None:
    """Everything in the group up to MsgReadedSeq is read; one's other devices follow."""
    request.GroupId = place_of(call, request.GroupId, request.TopicId)
    await call.services.groups.changes.mark_read(
        call.app.sdkappid, call.caller, request.GroupId, request.MsgReadedSeq, exclude=call.instid
    )


class DeleteBySeq(msgspec.Struct, kw_only=True):
    GroupId: str
    Seqs: list[Seq]
    TopicId: str | None = None


@service.command("delete_group_ramble_msg_by_seq", errors=_TOPICAL)
async def delete_group_ramble_msg_by_seq(call: Call, request: DeleteBySeq) -> None:
    """Delete up to 30 messages for oneself."""
    request.GroupId = place_of(call, request.GroupId, request.TopicId)
    if len(request.Seqs) > _MAX_DELETED:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"more than {_MAX_DELETED} messages")
    await call.services.groups.changes.delete_for(call.app, call.caller, request.GroupId, request.Seqs)


class NotifyAsked(msgspec.Struct, kw_only=True):
    GroupId: str
    BeginTime: Seq = 0


class NotifyGet(msgspec.Struct):
    NotifyReqList: list[NotifyAsked]


class NotifyItem(msgspec.Struct):
    GroupId: str
    NextMsgTime: int
    NotifyMsgList: list[dict[str, Any]]


class NotifyAnswer(msgspec.Struct):
    NotifyRspList: list[NotifyItem]


@service.command("batch_get_group_notify", errors=COMMON)
async def batch_get_group_notify(call: Call, request: NotifyGet) -> NotifyAnswer:
    """What was recalled in up to 10 of one's groups since BeginTime, in microseconds, 20 in a page each.

    NextMsgTime is where the next page begins; 0: that was all.
    """
    app, histories = call.app.sdkappid, call.services.groups.histories
    asked = {item.GroupId: item for item in request.NotifyReqList[:10] if "\0" not in item.GroupId}
    own = await histories.standings(app, call.caller, list(asked)) if asked else {}
    answers = []
    for group_id in own:
        found = await histories.recalled(app, group_id, asked[group_id].BeginTime, _NOTIFY_PAGE + 1)
        items = [
            {
                "MsgSeq": message.seq,
                "MsgRandom": message.random,
                "RevokerInfo": {"Revoker_Account": message.extra.revoker},
            }
            for message, _ in found[:_NOTIFY_PAGE]
        ]
        following = found[_NOTIFY_PAGE][1] if len(found) > _NOTIFY_PAGE else 0
        answers.append(NotifyItem(group_id, following if following > asked[group_id].BeginTime else 0, items))
    return NotifyAnswer(answers)


class ModifyGroupMsg(Modify, kw_only=True):
    MsgVersion: int | None = None


@openim.command("modify_group_msg", errors=MODIFIED)
async def modify_group_msg(call: Call, request: ModifyGroupMsg) -> ModifyAnswer:
    """Replace the content of a message of a group that one is a member of."""
    body, cloud = new_content(call, request, strict=False)
    try:
        message = await call.services.groups.changes.modify(
            call.app,
            request.GroupId,
            request.MsgSeq,
            editor=call.caller,
            body=body,
            cloud=cloud,
            version=request.MsgVersion,
            as_member=True,
            exclude=call.instid,
            source=call.source,
        )
    except EditConflict as conflict:
        call.fail(Code.C2C_EDIT_VERSION)
        message = conflict.stored
    return ModifyAnswer(message.version, msgspec.Raw(message.shown), msgspec.Raw(message.cloud))
