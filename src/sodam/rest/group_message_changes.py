"""``group_open_http_svc``: reading, importing, recalling, clearing messages of groups, and ``openim/modify_group_msg``
(rest-messages.md 4.4 to 4.9, 4.13).
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec

from sodam.errors import ApiError, Code
from sodam.groups.changes import Imported
from sodam.groups.message import GroupMessage
from sodam.groups.pushes import hole, item_of
from sodam.messages.elements import check_body
from sodam.messages.model import RECALLED
from sodam.messages.outgoing import UInt32, cloud_json
from sodam.rest.group_fields import COMMON, at_most
from sodam.rest.group_messages import group_error, place_of
from sodam.rest.group_open_http_svc import service
from sodam.rest.openim import service as openim
from sodam.wire import Call

Seq = Annotated[int, msgspec.Meta(ge=0, le=(1 << 53) - 1)]
_MAX_IMPORTED: Final = 20
_MAX_READ: Final = 20
_MAX_RECALLED: Final = 10
_MAX_REASON: Final = 100
_MORE: Final = (*COMMON, Code.COMMUNITY_DISABLED)


class ImportItem(msgspec.Struct, kw_only=True):
    From_Account: str
    SendTime: Seq
    Random: UInt32 = 0
    MsgBody: msgspec.Raw
    CloudCustomData: str | None = None


class ImportMsg(msgspec.Struct, kw_only=True):
    GroupId: str
    RecentContactFlag: int = 0
    TopicId: str | None = None
    MsgList: list[ImportItem]


class ImportResult(msgspec.Struct):
    MsgSeq: int
    MsgTime: int
    Result: int


class ImportAnswer(msgspec.Struct):
    ImportMsgResult: list[ImportResult]


@service.command("import_group_msg", errors=(*_MORE, Code.GROUP_IMPORT_TOO_LONG, Code.MESSAGE_TOO_LONG))
async def import_group_msg(call: Call, request: ImportMsg) -> ImportAnswer:
    """Append up to 20 messages with their own times, which ascend from the group's newest message on and are past.

    Nobody is notified, and afterwards nothing is unread for any member. RecentContactFlag 1 moves the conversation in
    lists. Result of an item: 0, 10004 (time, sender or body), 80002 (too long). Source: rest-messages.md 4.4.
    """
    request.GroupId = place_of(call, request.GroupId, request.TopicId)
    at_most(request.MsgList, _MAX_IMPORTED, "MsgList", Code.GROUP_BAD_PARAMETER)
    known = await call.services.accounts.find_many(call.app.sdkappid, [item.From_Account for item in request.MsgList])
    items: list[GroupMessage | Code] = []
    for item in request.MsgList:
        try:
            cloud = cloud_json(item.CloudCustomData)
            room = len(cloud) if item.CloudCustomData else 0
            raw = bytes(item.MsgBody)
            body = check_body(raw, strict_required=False, too_long=Code.MESSAGE_TOO_LONG, extra_bytes=room).raw
        except ApiError as error:
            items.append(Code(group_error(error).code))
            continue
        if item.From_Account not in known:
            items.append(Code.GROUP_BAD_PARAMETER)
            continue
        items.append(
            GroupMessage(
                app=call.app.sdkappid,
                group_id=request.GroupId,
                sender=item.From_Account,
                random=item.Random,
                client_time=item.SendTime,
                body=body,
                cloud=cloud,
                msg_time=item.SendTime,
            )
        )
    changes = call.services.groups.changes
    results = await changes.import_(call.app, request.GroupId, items, listed=request.RecentContactFlag == 1)
    return ImportAnswer([_result(result) for result in results])


def _result(result: Imported) -> ImportResult:
    return ImportResult(result.seq, result.msg_time, int(result.code))


class GetSimple(msgspec.Struct, kw_only=True):
    GroupId: str
    ReqMsgNumber: Seq
    ReqMsgSeq: Seq | None = None
    WithRecalledMsg: int = 0
    TopicId: str | None = None


class GetSimpleAnswer(msgspec.Struct):
    GroupId: str
    IsFinished: int
    RspMsgList: list[dict[str, Any]]


@service.command("group_msg_get_simple", errors=(*_MORE, Code.GROUP_NO_HISTORY))
async def group_msg_get_simple(call: Call, request: GetSimple) -> GetSimpleAnswer:
    """Read up to 20 messages downwards from ReqMsgSeq (absent: the newest), also those that were cleared for clients.

    Recalled ones are left out unless WithRecalledMsg is 1; what was erased for its age stands as a place without a body
    (IsPlaceMsg 1), and so does one of a page that holds recalled messages alone. IsFinished 0: more were asked for than
    a page holds; 2: all of these are erased, and what is older.
    Source: rest-messages.md 4.5.
    """
    request.GroupId = place_of(call, request.GroupId, request.TopicId)
    number = min(request.ReqMsgNumber, _MAX_READ)
    if not number:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"ReqMsgNumber is from 1 to {_MAX_READ}")
    high = request.ReqMsgSeq or None
    page = await call.services.groups.histories.read(call.app.sdkappid, request.GroupId, high, number)
    with_recalled = request.WithRecalledMsg == 1
    stored = {message.seq: message for message in page.messages}
    items = [
        item_of(stored[seq]) if seq in stored else hole(seq)
        for seq in range(page.high, page.low - 1, -1)
        if seq not in stored or with_recalled or not stored[seq].flags & RECALLED
    ]
    if not items and page.low > 1:  # all recalled: the caller goes on below the lowest that it is given
        items = [hole(page.low)]
    cut = request.ReqMsgNumber > _MAX_READ and page.low > 1
    erased = not stored and page.high >= page.low
    return GetSimpleAnswer(request.GroupId, 2 if erased else 0 if cut else 1, items)


class SeqItem(msgspec.Struct):
    MsgSeq: Seq


class Recall(msgspec.Struct, kw_only=True):
    GroupId: str
    MsgSeqList: list[SeqItem]
    Reason: str = ""
    TopicId: str | None = None


class RecallResult(msgspec.Struct):
    MsgSeq: int
    RetCode: int


class RecallAnswer(msgspec.Struct):
    RecallRetList: list[RecallResult]


def check_recall(call: Call, request: Recall) -> list[int]:
    """The sequences to be recalled. Raises ApiError 10004, 11000."""
    request.GroupId = place_of(call, request.GroupId, request.TopicId)
    at_most(request.MsgSeqList, _MAX_RECALLED, "MsgSeqList", Code.GROUP_BAD_PARAMETER)
    if len(request.Reason.encode()) > _MAX_REASON:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"Reason has at most {_MAX_REASON} bytes")
    return [item.MsgSeq for item in request.MsgSeqList]


@service.command("group_msg_recall", errors=(*_MORE, Code.GROUP_RECALL_TYPE))
async def group_msg_recall(call: Call, request: Recall) -> RecallAnswer:
    """Recall up to 10 messages of any age; members' devices are notified.

    RetCode of an item: 0, 10030 there is no such message, 10032 it cannot be recalled. Source: rest-messages.md 4.6.
    """
    seqs = check_recall(call, request)
    codes = await call.services.groups.changes.recall(
        call.app,
        request.GroupId,
        seqs,
        revoker=call.caller,
        reason=request.Reason,
        as_member=False,
        source=call.source,
    )
    return RecallAnswer([RecallResult(seq, int(code)) for seq, code in zip(seqs, codes, strict=True)])


class BySender(msgspec.Struct, kw_only=True):
    GroupId: str
    Sender_Account: str
    TopicId: str | None = None


@service.command("delete_group_msg_by_sender", errors=_MORE)
async def delete_group_msg_by_sender(call: Call, request: BySender) -> None:
    """Recall what an account wrote of the group's newest 1000 messages. No device is notified.

    Source: rest-messages.md 4.7.
    """
    request.GroupId = place_of(call, request.GroupId, request.TopicId)
    if "\0" in request.Sender_Account:
        raise ApiError(Code.GROUP_BAD_PARAMETER, "text with a NUL character")
    await call.services.groups.changes.recall_silently(call.app, request.GroupId, request.Sender_Account, call.caller)


class Clear(msgspec.Struct, kw_only=True):
    GroupId: str
    MsgSeq: Seq | None = None


@service.command("clear_group_msg", errors=COMMON)
async def clear_group_msg(call: Call, request: Clear) -> None:
    """Hide the history up to MsgSeq (absent: all of it) from all clients; group_msg_get_simple still reads it.

    Source: rest-messages.md 4.8.
    """
    await call.services.groups.changes.clear(call.app, request.GroupId, request.MsgSeq)


class SetUnread(msgspec.Struct, kw_only=True):
    GroupId: str
    Member_Account: str
    UnreadMsgNum: Seq


@service.command("set_unread_msg_num", errors=COMMON)
async def set_unread_msg_num(call: Call, request: SetUnread) -> None:
    """Set the unread number of a member, at most the number of messages that count. Nobody is notified.

    Without effect in ChatRoom and AVChatRoom groups, which count none. Source: rest-messages.md 4.13.
    """
    groups = call.services.groups
    group = await groups.get(call.app.sdkappid, request.GroupId)
    if "\0" in request.Member_Account:
        raise ApiError(Code.GROUP_NOT_PERMITTED, "not a member")
    await groups.changes.set_unread(call.app, group, request.Member_Account, min(request.UnreadMsgNum, 1 << 31))


class Modify(msgspec.Struct, kw_only=True):
    GroupId: str
    MsgSeq: Seq
    MsgBody: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    CloudCustomData: str | None = None
    TopicId: str | None = None


MODIFIED: Final = (
    *_MORE,
    Code.C2C_MESSAGE_NOT_FOUND,
    Code.C2C_ALREADY_RECALLED,
    Code.C2C_EDIT_VERSION,
    Code.MSG_BODY_MALFORMED,
    Code.MSG_BODY_NOT_ARRAY,
    Code.MSG_FORMAT,
    Code.MSG_TOO_LONG,
    Code.TEXT_REFUSED,
)


def new_content(call: Call, request: Modify, *, strict: bool) -> tuple[bytes | None, bytes | None]:
    """Body and CloudCustomData as they are to be; None: as it is."""
    request.GroupId = place_of(call, request.GroupId, request.TopicId)
    body = None
    if len(request.MsgBody) > 4:
        body = check_body(bytes(request.MsgBody), strict_required=strict).raw
    cloud = None if request.CloudCustomData is None else cloud_json(request.CloudCustomData)
    return body, cloud


@openim.command("modify_group_msg", errors=MODIFIED)
async def modify_group_msg(call: Call, request: Modify) -> None:
    """Replace body or CloudCustomData of a stored group message; the members' devices are notified.

    Source: rest-messages.md 4.9.
    """
    body, cloud = new_content(call, request, strict=True)
    await call.services.groups.changes.modify(
        call.app,
        request.GroupId,
        request.MsgSeq,
        editor=call.caller,
        body=body,
        cloud=cloud,
        as_member=False,
        source=call.source,
    )
