"""What devices are notified of about one-to-one messages (client-protocol.md section 6)."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from sodam.c2c.model import Message
from sodam.messages.model import (
    EXTENSIBLE,
    IMPORTED,
    NEED_RECEIPT,
    NO_LAST,
    NO_UNREAD,
    NUMBERED,
    PEER_READ,
    RECALLED,
    RECALLED_BITS,
)
from sodam.notices import Kind, Notice, Place

encode = msgspec.json.Encoder().encode


class Control(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a delivered message does not do at its receiver: numbers here, where a request has names."""

    NoUnread: int = 0
    NoLastMsg: int = 0


class Revoker(msgspec.Struct, frozen=True):
    Revoker_Account: str
    Reason: str = ""


# Imported history counts as read without having asked for it: the flags with IMPORTED are not listed.
_CONTROLS: Final = {
    flags: Control(1 if flags & NO_UNREAD else 0, 1 if flags & NO_LAST else 0)
    for flags in (NO_UNREAD, NO_LAST, NO_UNREAD | NO_LAST)
}


class WireMessage(msgspec.Struct, omit_defaults=True, gc=False):
    """A one-to-one message as pushes, history and catch-up carry it."""

    From_Account: str
    To_Account: str
    MsgSeq: int
    MsgRandom: int
    MsgTimeStamp: int
    MsgTime: int
    MsgClientTime: int
    TinyId: str
    MsgKey: str
    MsgBody: msgspec.Raw
    CloudCustomData: msgspec.Raw
    From_AccountNick: str = ""
    From_AccountHeadurl: str = ""
    IsNeedReadReceipt: int = 0
    IsPeerRead: int = 0
    MsgFlagBits: int = 0
    MsgVersion: int = 0
    MsgLifeTime: int = 604800
    SendMsgControl: Control | None = None
    IsSupportExtension: int = 0
    RevokerInfo: Revoker | None = None
    ConversationSeq: int = 0


def wire(message: Message, *, viewer: str = "", online_only: bool = False) -> WireMessage:
    """A message for the devices of ``viewer``; empty: for whichever of its two users."""
    flags = message.flags
    body, cloud = message.content_for(viewer) if flags else (message.body, message.cloud)
    return WireMessage(
        message.sender,
        message.recipient,
        message.msg_seq,
        message.msg_random,
        message.msg_time,
        message.msg_time,
        message.client_time or message.msg_time,
        str(message.tiny_id),
        message.key,
        msgspec.Raw(body),
        msgspec.Raw(cloud),
        message.nick,
        message.image,
        1 if flags & NEED_RECEIPT else 0,
        1 if flags & PEER_READ else 0,
        RECALLED_BITS if flags & RECALLED else 0,
        message.version,
        0 if online_only else 604800,
        _CONTROLS.get(flags & (NO_UNREAD | NO_LAST | IMPORTED)) if flags else None,
        1 if flags & EXTENSIBLE else 0,
        Revoker(message.recalled_by) if flags & RECALLED else None,
        message.seq,
    )


SHOWING: Final = ~NUMBERED
"""Flags of which a pushed message shows something."""
_MESSAGE: Final = Kind.MESSAGE  # to look it up takes as long as to make a notice
_MARK: Final = b'"the body"'


class _Messages(msgspec.Struct, gc=False):
    Event: int
    C2cMsgArray: list[WireMessage]


def place(message: Message) -> Place:
    return Place(
        message.sender,
        message.recipient,
        message.msg_seq,
        message.msg_random,
        message.msg_time,
        message.seq,
        message.flags & (NO_UNREAD | IMPORTED) != NO_UNREAD,
    )


def arrived(message: Message, *, online_only: bool = False) -> Notice:
    """Event 9: a message for one of its two users."""
    body = encode(_Messages(9, [wire(message, online_only=online_only)]))
    return Notice(body, Kind.TRANSIENT if online_only else Kind.MESSAGE, place(message))


class Template:
    """``arrived`` for the messages of one sender to one receiver, with the parts that are the same in each made before.

    Of messages without flags that show (``SHOWING``): what they have more is not in it.
    """

    __slots__ = ("_begin", "_end", "_middle")

    def __init__(self, sender: str, recipient: str, tiny_id: int, nick: str, image: str) -> None:
        sample = Message(0, "", sender, recipient, 0, 0, 0, _MARK, tiny_id=tiny_id, nick=nick, image=image)
        # Cut where the encoder writes what differs, so that there is one place that says how a message looks.
        whole = encode(_Messages(9, [wire(sample)]))
        begin, _, rest = whole.partition(b'"MsgSeq":0,')
        end = rest.partition(_MARK + b',"CloudCustomData":""')[2]
        self._begin = begin
        self._middle = b'"TinyId":"%d","MsgKey":"' % tiny_id
        self._end = end.removesuffix(b"}]}")

    def arrived(self, message: Message) -> Notice:
        seq, random, at = message.msg_seq, message.msg_random, message.msg_time
        body = (
            b'%b"MsgSeq":%d,"MsgRandom":%d,"MsgTimeStamp":%d,"MsgTime":%d,"MsgClientTime":%d,%b%d_%d_%d",'
            b'"MsgBody":%b,"CloudCustomData":%b%b,"ConversationSeq":%d}]}'
        ) % (
            self._begin, seq, random, at, at, message.client_time or at, self._middle, seq, random, at,
            message.body, message.cloud, self._end, message.seq,
        )  # fmt: skip
        counts = not message.flags & NO_UNREAD
        place = Place(message.sender, message.recipient, seq, random, at, message.seq, counts)
        return Notice(body, _MESSAGE, place)


def c2c(name: str, content: Any) -> Notice:
    """Event 10: about one-to-one messages; ``name`` names its content."""
    return Notice(_c2c(name, content))


def _c2c(name: str, content: Any) -> bytes:
    return encode({"Event": 10, "C2cNotifyMsgArray": [{name: content}]})


def withdrawn(message: Message, revoker: str) -> Notice:
    """A message was recalled."""
    body = _c2c(
        "WithdrawC2cMsgNotify",
        {
            "C2cWithdrawInfoArray": [
                {
                    "From_Account": message.sender,
                    "To_Account": message.recipient,
                    "MsgSeq": message.msg_seq,
                    "MsgRandom": message.msg_random,
                    "MsgTimeStamp": message.msg_time,
                    "MsgTime": message.msg_time,
                    "TinyId": str(message.tiny_id),
                    "MsgClientTime": message.client_time or message.msg_time,
                    "MsgKey": message.key,
                    "RevokerInfo": {"Revoker_Account": revoker, "Reason": ""},
                }
            ]
        },
    )
    return Notice(body, Kind.RECALL, place(message))


def changed(message: Message) -> Notice:
    """How a message that was recalled or edited is made known to a device that was away."""
    return withdrawn(message, message.recalled_by) if message.flags & RECALLED else modified(message)


def modified(message: Message) -> Notice:
    """Event 17: a message has new content."""
    return _notice(
        {
            "Event": 17,
            "C2cMsgModNotifys": [
                {
                    "From_Account": message.sender,
                    "To_Account": message.recipient,
                    "MsgSeq": message.msg_seq,
                    "MsgRandom": message.msg_random,
                    "MsgTime": message.msg_time,
                    "MsgTimeStamp": message.msg_time,  # by which lite-chat finds the message
                    "MsgVersion": message.version,
                    "MsgBody": msgspec.Raw(message.content_for(message.sender)[0]),
                    "CloudCustomData": msgspec.Raw(message.cloud),
                }
            ],
        }
    )


def all_read() -> Notice:
    """Event 14: every one-to-one conversation is read."""
    return _notice({"Event": 14, "C2CReadAllMsg": 1})


def muted(peer: str, option: int) -> Notice:
    """To the other devices of a user: MsgRecvOption of the conversation with ``peer``."""
    return c2c("MuteNotificationsSync", {"To_Account": peer, "MuteNotifications": option})


def _notice(event: dict[str, Any]) -> Notice:
    return Notice(encode(event))


def peer_read(reader: str, peer: str, read_time: int) -> Notice:
    """To ``peer``: ``reader`` has read everything up to ``read_time``."""
    return c2c(
        "C2cReadedReceipt",
        {
            "To_Account": reader,
            "From_Account": peer,
            "UinPairReadArray": [{"From_Account": reader, "To_Account": peer, "LastReadTime": read_time}],
        },
    )


def self_read(reader: str, peer: str, read_time: int) -> Notice:
    """To the reader's other devices: the conversation with ``peer`` is read up to ``read_time``."""
    return c2c(
        "ReadC2cMsgNotify",
        {
            "From_Account": reader,
            "To_Account": peer,
            "UinPairReadArray": [
                {"From_Account": peer, "To_Account": reader, "Peer_Account": peer, "LastReadTime": read_time}
            ],
        },
    )


def fewer_unread(owner: str, peer: str, count: int, left: int, read_time: int) -> Notice:
    """To the devices of ``owner``: ``count`` unread messages of ``peer`` are gone, ``left`` are still unread.

    There is no event for this. Where nothing is left, the conversation is read up to ``read_time``; otherwise recalls
    of messages that never were take 1 each off a device's number and change nothing else (docs/protocol.md 10).
    """
    if not left:
        return self_read(owner, peer, read_time)
    gone = {
        "From_Account": peer,
        "To_Account": owner,
        "MsgSeq": 0,
        "MsgRandom": 0,
        "RevokerInfo": {"Revoker_Account": owner, "Reason": ""},
    }
    return c2c("WithdrawC2cMsgNotify", {"C2cWithdrawInfoArray": [gone] * count})


def receipts(reader: str, now: int, messages: list[Message], tiny_id: int) -> Notice:
    """Event 16, to the sender: these messages were read one by one. ``tiny_id`` is the sender's."""
    return _notice(
        {
            "Event": 16,
            "Peer_Account": reader,
            "PeerReadTime": now,
            "C2cMsgInfo": [
                {
                    "From_Account": m.sender,
                    "To_Account": m.recipient,
                    "MsgSeq": m.msg_seq,
                    "MsgRandom": m.msg_random,
                    "MsgTime": m.msg_time,
                    "MsgClientTime": m.client_time or m.msg_time,
                    "TinyId": str(tiny_id),
                }
                for m in messages
            ],
        }
    )
