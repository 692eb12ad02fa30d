"""A message as a line of a file. Consumers read line by line: header, one message a line, ``]}``."""

from __future__ import annotations

import msgspec

from sodam.c2c.model import Message
from sodam.groups.message import GroupMessage
from sodam.messages.model import EMPTY_TEXT, U32
from sodam.officials.model import Broadcast


class OneToOneLine(msgspec.Struct, omit_defaults=True):
    From_Account: str
    To_Account: str
    MsgTimestamp: int
    MsgSeq: int
    MsgRandom: int
    MsgBody: msgspec.Raw
    MsgKey: str
    CloudCustomData: msgspec.Raw | None = None


class GroupLine(msgspec.Struct, omit_defaults=True):
    From_Account: str
    GroupId: str
    MsgTimestamp: int
    MsgSeq: int
    MsgBody: msgspec.Raw
    CloudCustomData: msgspec.Raw | None = None


_encode = msgspec.json.Encoder().encode


def header(app: int, chat_type: str, hour: str) -> bytes:
    return b'{"SdkAppId":%d,"ChatType":"%b","MsgTime":"%b","MsgList":[\n' % (app, chat_type.encode(), hour.encode())


def line(message: Message | GroupMessage | Broadcast) -> bytes:
    """JSON without a line break: between the tokens of what a client wrote there may be some. What an official account
    says to all who follow it is one line, to nobody by name, with the MsgKey that its sender knows."""
    cloud = msgspec.Raw(message.cloud) if message.cloud != EMPTY_TEXT else None
    body = msgspec.Raw(message.body)
    if isinstance(message, GroupMessage):
        one: OneToOneLine | GroupLine = GroupLine(
            message.sender, message.group_id, message.msg_time, message.seq, body, cloud
        )
    elif isinstance(message, Broadcast):
        numbers = message.msg_time, message.seq & U32, message.random
        one = OneToOneLine(message.account, "", *numbers, body, message.key, cloud)
    else:
        numbers = message.msg_time, message.msg_seq, message.msg_random
        one = OneToOneLine(message.sender, message.recipient, *numbers, body, message.key, cloud)
    return _encode(one).replace(b"\n", b" ").replace(b"\r", b" ")
