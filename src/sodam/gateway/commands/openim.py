"""Client ``openim``, sending: messages, recall, one-sided deletion (docs/protocol.md sections 5 and 10)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam.apps.model import App
from sodam.c2c.draft import of_content
from sodam.c2c.model import Message
from sodam.c2c.modify import EditConflict
from sodam.errors import ApiError, Code
from sodam.messages import outgoing
from sodam.messages.elements import check_body
from sodam.messages.model import NO_CHECK, parse_key
from sodam.messages.outgoing import Outgoing, UInt32
from sodam.wire import Call, Service

service = Service(
    "openim",
    bad_json=Code.C2C_BAD_PACKET,
    bad_request=Code.C2C_BAD_PACKET,
    internal=Code.C2C_INTERNAL,
)
_MAX_KEYS = 30


class SendMsg(Outgoing, kw_only=True):
    To_Account: str
    From_Account: str | None = None
    MsgClientTime: int | None = None


class SendMsgAnswer(msgspec.Struct, gc=False):
    MsgTime: int
    MsgSeq: int
    MsgKey: str
    MsgId: str
    ConversationSeq: int


@service.command(
    "sendmsg",
    errors=(
        *outgoing.ERRORS,
        Code.C2C_ACCOUNT_INVALID,
        Code.C2C_BLOCKED,
        Code.C2C_MUTED,
        Code.C2C_NOT_FRIENDS,
        Code.MSG_RECEIVER_NOT_FOUND,
        Code.MSG_TOO_LONG,
        Code.TEXT_REFUSED,
    ),
    fields={**outgoing.FIELDS, "To_Account": Code.MSG_TO_ACCOUNT},
    eager=lambda services, app: not services.c2c.waits(app),
    keeps_text=True,
)
async def sendmsg(call: Call, request: SendMsg) -> SendMsgAnswer:
    """Send a one-to-one message as oneself. Answered when it is on disk.

    Its fields are those of the REST command, with the same limits and codes; only elements may lack what a REST sender
    must give.
    """
    message, online_only = drafted(call.app, call.caller, request, call.platform, call.client_ip)
    sent = await call.services.c2c.send(call.app, message, exclude=call.instid, online_only=online_only)
    return SendMsgAnswer(sent.msg_time, sent.msg_seq, sent.key, sent.msg_id, message.seq)


def drafted(
    app: App, caller: str, request: SendMsg, platform: str, client_ip: str, conv: str = ""
) -> tuple[Message, bool]:
    """The message that is asked for, and whether it is for those online now alone. ``conv``: the conversation, where
    it is known. Raises ApiError."""
    if request.From_Account and request.From_Account != caller:
        raise ApiError(Code.C2C_ACCOUNT_INVALID, "From_Account is not the signed-in account")
    if not request.To_Account:
        raise ApiError(Code.MSG_TO_ACCOUNT, "To_Account is empty")
    content = outgoing.prepare(request, strict_required=False)
    source = content.source(platform, client_ip)
    message = of_content(
        app,
        caller,
        request.To_Account,
        content,
        client_time=request.MsgClientTime or 0,
        source=source,
        conv=conv,
    )
    message.flags &= ~NO_CHECK  # only an administrator may say that a message needs no check
    return message, content.online_only


def text(raw: msgspec.Raw) -> bytes:
    """An optional JSON string, kept as it is. Raises ApiError 20001 when it is anything else."""
    if not raw or raw == b"null":
        return b'""'
    data = bytes(raw)
    if data[:1] != b'"':
        raise ApiError(Code.C2C_BAD_PACKET, "CloudCustomData is not a string")
    return data


Seconds = Annotated[int, msgspec.Meta(ge=0, le=1 << 40)]


class MsgInfo(msgspec.Struct):
    From_Account: str
    To_Account: str
    MsgSeq: UInt32
    MsgRandom: UInt32
    MsgTimeStamp: Seconds = 0
    MsgTime: Seconds = 0


class MsgWithdraw(msgspec.Struct):
    MsgInfo: MsgInfo


@service.command("msgwithdraw", errors=(Code.C2C_RECALL_EXPIRED, Code.C2C_MESSAGE_NOT_FOUND, Code.C2C_ALREADY_RECALLED))
async def msgwithdraw(call: Call, request: MsgWithdraw) -> None:
    """Recall one's own message within the app's window (console.md section 3)."""
    info = request.MsgInfo
    if info.From_Account != call.caller:
        raise ApiError(Code.C2C_BAD_PACKET, "only the sender may recall a message")
    await call.services.c2c_changes.withdraw(
        call.app,
        call.caller,
        info.To_Account,
        (info.MsgTimeStamp or info.MsgTime, info.MsgSeq, info.MsgRandom),
        revoker=call.caller,
        limit=True,
        exclude=call.instid,
        source=call.source,
    )


class ModifyC2cMsg(msgspec.Struct):
    From_Account: str
    To_Account: str
    MsgSeq: UInt32
    MsgRandom: UInt32
    MsgTime: Seconds
    MsgVersion: int | None = None
    MsgBody: msgspec.Raw = msgspec.Raw()
    CloudCustomData: msgspec.Raw = msgspec.Raw()


class ModifyAnswer(msgspec.Struct):
    """The message as it is now, also when another edit came first (20027)."""

    MsgVersion: int
    MsgBody: msgspec.Raw
    CloudCustomData: msgspec.Raw


@service.command(
    "modify_c2c_msg",
    errors=(
        Code.C2C_MESSAGE_NOT_FOUND,
        Code.C2C_ALREADY_RECALLED,
        Code.C2C_EDIT_VERSION,
        Code.MSG_BODY_MALFORMED,
        Code.MSG_BODY_NOT_ARRAY,
        Code.MSG_FORMAT,
        Code.MSG_TOO_LONG,
        Code.TEXT_REFUSED,
    ),
)
async def modify_c2c_msg(call: Call, request: ModifyC2cMsg) -> ModifyAnswer:
    """Replace the content of a message of a conversation that one takes part in."""
    if call.caller not in (request.From_Account, request.To_Account):
        raise ApiError(Code.C2C_BAD_PACKET, "only the two of a conversation may edit its messages")
    body = cloud = None
    if len(request.MsgBody) > 4:
        body = check_body(bytes(request.MsgBody), strict_required=False).raw
    if request.CloudCustomData:
        cloud = text(request.CloudCustomData)
    try:
        message = await call.services.c2c_changes.modify(
            call.app,
            request.From_Account,
            request.To_Account,
            (request.MsgTime, request.MsgSeq, request.MsgRandom),
            body=body,
            cloud=cloud,
            version=request.MsgVersion,
            exclude=call.instid,
            operator=call.caller,
            source=call.source,
        )
    except EditConflict as conflict:
        call.fail(Code.C2C_EDIT_VERSION)
        message = conflict.stored
    return ModifyAnswer(message.version, *map(msgspec.Raw, message.content_for(message.sender)))


class DeleteRamble(msgspec.Struct):
    To_Account: str
    MsgKeyList: list[str]
    From_Account: str = ""


@service.command("delete_c2c_msg_ramble", errors=(Code.MSG_KEY,))
async def delete_c2c_msg_ramble(call: Call, request: DeleteRamble) -> None:
    """Delete up to 30 messages for oneself; the peer keeps them."""
    if len(request.MsgKeyList) > _MAX_KEYS:
        raise ApiError(Code.C2C_BAD_PACKET, f"more than {_MAX_KEYS} messages")
    peer = request.To_Account if request.To_Account != call.caller else request.From_Account
    places = []
    for key in request.MsgKeyList:
        parsed = parse_key(key)
        if parsed is None:
            raise ApiError(Code.MSG_KEY, f"{key[:60]!r} is no MsgKey")
        places.append((parsed[2], parsed[0], parsed[1]))
    await call.services.c2c_changes.delete_for(call.app, call.caller, peer, places, exclude=call.instid)


class Receipts(msgspec.Struct):
    Peer_Account: str
    C2CMsgInfo: list[MsgInfo]


@service.command("c2c_msg_read_receipt")
async def c2c_msg_read_receipt(call: Call, request: Receipts) -> None:
    """Tell the sender that these messages were read."""
    places = [(m.MsgTime or m.MsgTimeStamp, m.MsgSeq, m.MsgRandom) for m in request.C2CMsgInfo[:100]]
    await call.services.c2c_changes.receipt(call.app, call.caller, request.Peer_Account, places, source=call.source)


class PushAck(msgspec.Struct):
    SessionData: str = ""


@service.command("ws_msg_push_ack")
async def ws_msg_push_ack(call: Call, request: PushAck) -> None:
    """Acknowledge a push. Only recalls ask for it: those are sent once; what else a client misses, it pulls."""
    call.connection.recalls.acknowledged(request.SessionData)
