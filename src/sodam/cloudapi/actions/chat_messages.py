"""Messages of groups: read, recall, and send to one group or many (console.md section 5)."""

from __future__ import annotations

import random
from typing import Annotated, Any, Final, Literal

import msgspec

from sodam.accounts.model import MAX_USER_ID
from sodam.apps.model import DEFAULT_ADMIN
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.chat_groups import MOST_AT_ONCE, PlaceId, people, told
from sodam.cloudapi.actions.views import Id, Limit, OfApp
from sodam.cloudapi.run import each
from sodam.groups.message import TIP, GroupMessage, of_content
from sodam.messages import outgoing
from sodam.messages.model import RECALLED, Source
from sodam.messages.outgoing import Outgoing
from sodam.rest.group_messages import sender_of
from sodam.storage import without_hook
from sodam.wire import Call as RestCall

MAX_TEXT: Final = 300
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class OfPlace(OfApp):
    GroupId: PlaceId


class DescribeGroupMessages(OfPlace):
    Before: Id = 0
    """Messages with smaller sequences; 0: the newest."""
    Limit: Limit = 20


class ChatMessage(msgspec.Struct, kw_only=True):
    MsgSeq: int
    MsgTime: int
    From: str
    Nick: str
    FaceUrl: str
    Kind: Literal["message", "tip"]
    """tip: what the server says of the group itself."""
    Recalled: bool
    To: list[str]
    """Only these members and the sender have it; empty: all."""
    MsgBody: list[Any]
    """Elements with MsgType and MsgContent; of a tip, what it tells."""


class ChatMessages(msgspec.Struct):
    Messages: list[ChatMessage]
    """Newest first."""
    Next: int
    """Pass it as ``Before`` for what is older; 0 at the end."""


def _message(one: GroupMessage, nick: str, face: str) -> ChatMessage:
    body = _decode(one.body)
    return ChatMessage(
        MsgSeq=one.seq,
        MsgTime=one.msg_time,
        From=one.sender,
        Nick=nick,
        FaceUrl=face,
        Kind="tip" if one.kind == TIP else "message",
        Recalled=bool(one.flags & RECALLED),
        To=one.extra.to,
        MsgBody=body if isinstance(body, list) else [body],
    )


@action("im", "DescribeGroupMessages", kind="list", level="app", audited=True)
async def describe_group_messages(call: Call, request: DescribeGroupMessages) -> ChatMessages:
    """What was said in a group, newest first, recalled messages too. That somebody read it is in the audit log."""
    high = request.Before - 1 if request.Before else None
    if high == 0:
        return ChatMessages([], 0)
    page = await call.plane.services.groups.histories.read(request.SDKAppID, request.GroupId, high, request.Limit)
    person = await people(call, {one.sender for one in page.messages if one.kind != TIP})
    rows = []
    for one in page.messages:
        who = person(one.sender)
        rows.append(_message(one, who.Nick, who.FaceUrl))
    return ChatMessages(rows, 0 if page.complete else page.low)


class RecallGroupMsg(OfPlace, kw_only=True):
    MsgSeqs: Annotated[list[Annotated[int, msgspec.Meta(ge=1, le=2**53)]], msgspec.Meta(min_length=1, max_length=100)]
    Reason: Annotated[str, msgspec.Meta(max_length=100)] = ""


class MessageOutcome(msgspec.Struct):
    MsgSeq: int
    ErrorCode: int
    ErrorInfo: str


class MessageOutcomes(msgspec.Struct):
    Results: list[MessageOutcome]


@action("im", "RecallGroupMsg", kind="write", level="app")
async def recall_group_msg(call: Call, request: RecallGroupMsg) -> MessageOutcomes:
    """Recall messages of a group, of any age; its members' devices are notified."""
    seqs = list(dict.fromkeys(request.MsgSeqs))
    codes = await call.plane.services.groups.changes.recall(
        call.the_app,
        request.GroupId,
        seqs,
        revoker=DEFAULT_ADMIN,
        reason=request.Reason,
        as_member=False,
        source=Source(client_ip=call.caller.ip),
    )
    results = zip(seqs, codes, strict=True)
    return MessageOutcomes([MessageOutcome(seq, int(code), code.meaning if code else "") for seq, code in results])


class SendGroupMsg(OfApp, kw_only=True):
    GroupIds: Annotated[list[PlaceId], msgspec.Meta(min_length=1, max_length=MOST_AT_ONCE)]
    Text: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)]
    From: Annotated[str, msgspec.Meta(max_length=MAX_USER_ID)] = ""
    """Who is shown as the sender; empty: the administrator."""


class SendOutcome(msgspec.Struct):
    GroupId: str
    ErrorCode: int
    ErrorInfo: str
    MsgSeq: int = 0


class SendOutcomes(msgspec.Struct):
    Results: list[SendOutcome]


@action("im", "SendGroupMsg", kind="write", level="app")
async def send_group_msg(call: Call, request: SendGroupMsg) -> SendOutcomes:
    """Send a text to groups, in the name of the administrator or another account; what became of each."""
    services, app = call.plane.services, call.the_app
    rest = RestCall(services, app, DEFAULT_ADMIN, admin=True, client_ip=call.caller.ip)
    sender = await sender_of(rest, request.From or None)
    body = msgspec.Raw(_encode([{"MsgType": "TIMTextElem", "MsgContent": {"Text": request.Text}}]))
    sequences: dict[str, int] = {}

    async def send(group_id: str) -> None:
        asked = Outgoing(MsgRandom=random.getrandbits(32), MsgBody=body)
        message = of_content(app.sdkappid, group_id, sender, outgoing.prepare(asked, strict_required=True))
        with without_hook():  # messages are committed together: that a batch was written says nothing of this one
            sent = await services.groups.sending.send(app, message, as_member=False)
        sequences[group_id] = sent.seq

    facts = {"From": sender, "Text": request.Text}
    found = await each(call, request.GroupIds, lambda group_id: {"GroupId": group_id} | facts, send)
    return SendOutcomes(
        [SendOutcome(group_id, *told(error), sequences.get(group_id, 0)) for group_id, error in found.items()]
    )
