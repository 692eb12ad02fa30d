"""The bodies of after-callbacks, made of the domain's events (webhooks.md 3 to 6). Pure."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from sodam.c2c.domain_events import MessageModified, MessageRecalled, ReceiptsSent
from sodam.c2c.model import Message
from sodam.extensions.events import MessageExtended
from sodam.messages.model import EMPTY_TEXT, msg_key
from sodam.profiles.events import PortraitSet
from sodam.relations.events import DomainEvent
from sodam.webhooks.model import StoredMessage

Body = dict[str, Any]
_OF_EVERY_RELATION: Final = frozenset({"app", "platform", "client_ip"})
SENT: Final = "send msg succeed"


def sent(stored: StoredMessage, msg_time: int, msg_seq: int, unread: int) -> Body:
    """C2C.CallbackAfterSendMsg, Bot.OnC2CMessage. ``unread``: of the receiver, in all conversations; -1 where it got
    nothing."""
    body: Body = {
        "CallbackCommand": stored.command,
        "From_Account": stored.sender,
        "To_Account": stored.recipient,
        "MsgSeq": msg_seq,
        "MsgRandom": stored.random,
        "MsgTime": msg_time,
        "MsgKey": stored.key(msg_time, msg_seq),
        "OnlineOnlyFlag": stored.online_only,
        "SendMsgResult": stored.result,
        "ErrorInfo": SENT if not stored.result else "the message was not delivered",
        "UnreadMsgNum": unread if not stored.result else -1,
        "MsgBody": msgspec.Raw(stored.body),
    }
    if stored.tiny_id:
        body["MsgId"] = f"{stored.tiny_id}-{msg_time}-{stored.random}"
    if stored.cloud != EMPTY_TEXT:
        body["CloudCustomData"] = msgspec.Raw(stored.cloud)
    return body | {"EventTime": stored.at}


def signalled(stored: StoredMessage, msg_time: int, msg_seq: int) -> Body:
    """Chatbot.OnC2CSignalMessage."""
    return {
        "CallbackCommand": stored.command,
        "From_Account": stored.sender,
        "To_Account": stored.recipient,
        "MsgSeq": msg_seq,
        "MsgRandom": stored.random,
        "MsgKey": stored.key(msg_time, msg_seq),
        "EventTime": stored.at,
        "Data": msgspec.Raw(stored.body),
    }


def before(message: Message, msg_time: int, at: int) -> Body:
    """C2C.CallbackBeforeSendMsg, with the numbers as far as they are known then."""
    assert message.source is not None
    body: Body = {
        "From_Account": message.sender,
        "To_Account": message.recipient,
        "MsgSeq": message.msg_seq,
        "MsgRandom": message.msg_random,
        "MsgTime": msg_time,
        "MsgKey": msg_key(message.msg_seq, message.msg_random, msg_time),
        "MsgId": f"{message.tiny_id}-{msg_time}-{message.msg_random}" if message.tiny_id else "",
        "OnlineOnlyFlag": int(message.source.online_only),
        "MsgBody": msgspec.Raw(message.body),
    }
    if not body["MsgId"]:
        del body["MsgId"]
    if message.cloud != EMPTY_TEXT:
        body["CloudCustomData"] = msgspec.Raw(message.cloud)
    return body | {"EventTime": at}


def recalled(event: MessageRecalled, unread: int) -> Body:
    return {
        "From_Account": event.sender,
        "To_Account": event.recipient,
        "MsgKey": event.key,
        "UnreadMsgNum": unread,
    }


def modified(event: MessageModified, at: int) -> Body:
    message = event.message
    return {
        "Operator_Account": event.operator,
        "From_Account": message.sender,
        "To_Account": message.recipient,
        "MsgSeq": message.msg_seq,
        "MsgRandom": message.msg_random,
        "MsgTime": message.msg_time,
        "MsgKey": message.key,
        "MsgBody": msgspec.Raw(message.body),
        "CloudCustomData": msgspec.Raw(message.cloud),
        "EventTime": at,
    }


def receipts(event: ReceiptsSent, at: int) -> Body:
    infos = [
        {
            "From_Account": message.sender,
            "To_Account": message.recipient,
            "MsgKey": message.key,
            "MsgId": f"{event.tiny_id}-{message.msg_time}-{message.msg_random}",
        }
        for message in event.messages
    ]
    return {"Operator_Account": event.reader, "Peer_Account": event.peer, "C2CMsgInfo": infos, "EventTime": at}


def extended(event: MessageExtended, sender: str, recipient: str, key: str, at: int) -> Body:
    return {
        "From_Account": sender,
        "To_Account": recipient,
        "MsgKey": key,
        "OperateType": int(event.operation),
        "ExtensionList": [{"Key": one.key, "Value": one.value, "Seq": one.seq} for one in event.extensions],
        "Seq": event.last_seq,
        "EventTime": at,
    }


def portrait(event: PortraitSet) -> Body:
    return {
        "Operator_Account": event.operator,
        "From_Account": event.user_id,
        "EventTime": event.at,
        "ProfileItem": [{"Tag": tag, "Value": value} for tag, value in event.changes.items()],
    }


def relation(event: DomainEvent) -> Body:
    """The fields in capitals are the callback's own."""
    names = [name for name in event.__struct_fields__ if name not in _OF_EVERY_RELATION]
    return {name: msgspec.to_builtins(getattr(event, name)) for name in names}


def state(action: str, user_id: str, reason: str, kicked: tuple[str, ...], at: int) -> Body:
    body: Body = {"EventTime": at, "Info": {"Action": action, "To_Account": user_id, "Reason": reason}}
    if kicked:
        body["KickedDevice"] = [{"Platform": platform} for platform in kicked]
    return body
