"""``group_open_http_svc``: read receipts and pins (rest-messages.md 4.10 to 4.12, 4.14 to 4.16)."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from sodam.errors import ApiError, Code
from sodam.groups.receipts import MAX_MESSAGES, MAX_PAGE
from sodam.rest.group_fields import COMMON, at_most, operator_of
from sodam.rest.group_message_changes import Seq, SeqItem
from sodam.rest.group_messages import place_of, sender_of
from sodam.rest.group_open_http_svc import service
from sodam.wire import Call

__all__ = ["service"]
_RECEIPTS: Final = (*COMMON, Code.GROUP_PLAN_REQUIRED, Code.GROUP_RECEIPT_NOT_FOUND)
_PINS: Final = (*COMMON, Code.COMMUNITY_DISABLED, Code.GROUP_MESSAGE_NOT_FOUND)


class GiveReceipts(msgspec.Struct, kw_only=True):
    GroupId: str
    MsgSeqList: list[SeqItem]
    From_Account: str = ""


@service.command("group_msg_receipt", errors=_RECEIPTS)
async def group_msg_receipt(call: Call, request: GiveReceipts) -> None:
    """Confirm for the member From_Account that it has read 1 to 50 messages that were sent with NeedReadReceipt.

    Their senders are notified. 10062 when none of them has receipts. Source: rest-messages.md 4.10.
    """
    at_most(request.MsgSeqList, MAX_MESSAGES, "MsgSeqList", Code.GROUP_BAD_PARAMETER)
    reader = request.From_Account if call.admin else call.caller
    if not reader or "\0" in reader:
        raise ApiError(Code.GROUP_BAD_PARAMETER, "From_Account is missing")
    seqs = [item.MsgSeq for item in request.MsgSeqList]
    await call.services.groups.receipts.give(call.app, await operator_of(call), request.GroupId, reader, seqs)


class CountReceipts(msgspec.Struct, kw_only=True):
    GroupId: str
    MsgSeqList: list[SeqItem]


class ReceiptItem(msgspec.Struct):
    Code: int
    MsgSeq: int
    ReadNum: int
    UnreadNum: int


class CountAnswer(msgspec.Struct):
    GroupMsgReceiptList: list[ReceiptItem]


@service.command("get_group_msg_receipt", errors=(*COMMON, Code.GROUP_PLAN_REQUIRED))
async def get_group_msg_receipt(call: Call, request: CountReceipts) -> CountAnswer:
    """How many have read each of 1 to 50 messages, and how many members have not.

    Code of an item: 0, or 10062 for a message without receipts, to a client also for one of somebody else.
    Source: rest-messages.md 4.11.
    """
    at_most(request.MsgSeqList, MAX_MESSAGES, "MsgSeqList", Code.GROUP_BAD_PARAMETER)
    seqs = [item.MsgSeq for item in request.MsgSeqList]
    viewer = "" if call.admin else call.caller
    counts = await call.services.groups.receipts.counts(call.app, request.GroupId, seqs, viewer)
    return CountAnswer([ReceiptItem(int(one.code), one.seq, one.read, one.unread) for one in counts])


class DetailReceipts(msgspec.Struct, kw_only=True):
    GroupId: str
    MsgSeq: Seq
    Filter: Literal[0, 1] | None = None
    Flag: Literal[0, 1] | None = None
    Cursor: str = ""
    Count: Seq | None = None
    Num: Seq | None = None


class Reader(msgspec.Struct):
    Read_Account: str


class NonReader(msgspec.Struct):
    Unread_Account: str


class DetailAnswer(msgspec.Struct, kw_only=True):
    Cursor: str
    IsFinish: int
    IsFinished: int
    MsgSeq: int
    ReadList: list[Reader] | msgspec.UnsetType = msgspec.UNSET
    UnreadList: list[NonReader] | msgspec.UnsetType = msgspec.UNSET


@service.command("get_group_msg_receipt_detail", errors=_RECEIPTS)
async def get_group_msg_receipt_detail(call: Call, request: DetailReceipts) -> DetailAnswer:
    """Who has read a message (Filter 0), or who has not (Filter 1), by pages of up to 200.

    Cursor in the answer is to be sent back while IsFinish is 0. Source: rest-messages.md 4.12.
    """
    unread = bool(request.Flag if request.Filter is None else request.Filter)
    number = request.Num if request.Count is None else request.Count
    found, cursor = await call.services.groups.receipts.detail(
        call.app,
        request.GroupId,
        request.MsgSeq,
        request.Cursor,
        max(1, min(number or MAX_PAGE, MAX_PAGE)),
        read=not unread,
        viewer="" if call.admin else call.caller,
    )
    finished = int(not cursor)
    answer = DetailAnswer(Cursor=cursor or "0", IsFinish=finished, IsFinished=finished, MsgSeq=request.MsgSeq)
    if unread:
        answer.UnreadList = [NonReader(user_id) for user_id in found]
    else:
        answer.ReadList = [Reader(user_id) for user_id in found]
    return answer


class PinMessage(msgspec.Struct, kw_only=True):
    GroupId: str
    MsgSeq: Seq
    TopicId: str | None = None
    Pinner_Account: str | None = None


@service.command("pin_message", errors=(*_PINS, Code.GROUP_PIN_LIMIT, Code.GROUP_ALREADY_PINNED))
async def pin_message(call: Call, request: PinMessage) -> None:
    """Pin a message; ten may be pinned at a time. Members that are online are notified.

    Source: rest-messages.md 4.14.
    """
    place = place_of(call, request.GroupId, request.TopicId)
    pinner = await _who(call, request.Pinner_Account)
    await call.services.groups.pins.pin(call.app, await operator_of(call), place, request.MsgSeq, pinner)


class UnpinMessage(msgspec.Struct, kw_only=True):
    GroupId: str
    MsgSeq: Seq
    TopicId: str | None = None
    UnPinner_Account: str | None = None


@service.command("unpin_message", errors=_PINS)
async def unpin_message(call: Call, request: UnpinMessage) -> None:
    """Take a pin off. Source: rest-messages.md 4.15."""
    place = place_of(call, request.GroupId, request.TopicId)
    by = await _who(call, request.UnPinner_Account)
    await call.services.groups.pins.unpin(call.app, await operator_of(call), place, request.MsgSeq, by)


async def _who(call: Call, named: str | None) -> str:
    """Who does it, as members are shown. Raises ApiError 10004, and 10007 for a client that names somebody else."""
    if not call.admin:
        if named and named != call.caller:
            raise ApiError(Code.GROUP_NOT_PERMITTED, "one pins in one's own name")
        return call.caller
    return await sender_of(call, named)


class PinsGet(msgspec.Struct, kw_only=True):
    GroupId: str
    TopicId: str | None = None


class PinnedItem(msgspec.Struct):
    MsgSeq: int
    Pinner_Account: str


class PinsAnswer(msgspec.Struct):
    PinnedMsgList: list[PinnedItem]


@service.command("get_pinned_messages", errors=(*COMMON, Code.COMMUNITY_DISABLED))
async def get_pinned_messages(call: Call, request: PinsGet) -> PinsAnswer:
    """Which messages of a group are pinned, and by whom, the newest pin first. Source: rest-messages.md 4.16."""
    place = place_of(call, request.GroupId, request.TopicId)
    viewer = "" if call.admin else call.caller
    found = await call.services.groups.pins.listed(call.app, place, viewer)
    return PinsAnswer([PinnedItem(*pin) for pin in found])
