"""What the client hands to an application: messages, conversations, receipts of sending."""

from __future__ import annotations

from typing import Any

import msgspec

_RECALLED = 8


class Element(msgspec.Struct, frozen=True, rename="pascal"):
    """One element of a message body, for example `TIMTextElem` with `{"Text": "hi"}`."""

    msg_type: str
    msg_content: dict[str, Any]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A one-to-one message, from a push or from the history."""

    sender: str = msgspec.field(name="From_Account")
    recipient: str = msgspec.field(name="To_Account", default="")
    seq: int = msgspec.field(name="MsgSeq", default=0)
    """A number that the sender chose; it says nothing about order."""
    random: int = msgspec.field(name="MsgRandom", default=0)
    time: int = msgspec.field(name="MsgTimeStamp", default=0)
    """Unix seconds, the server's clock."""
    client_time: int = msgspec.field(name="MsgClientTime", default=0)
    """Unix seconds, the sender's clock."""
    key: str = msgspec.field(name="MsgKey", default="")
    body: tuple[Element, ...] = msgspec.field(name="MsgBody", default=())
    custom_data: str = msgspec.field(name="CloudCustomData", default="")
    flags: int = msgspec.field(name="MsgFlagBits", default=0)
    version: int = msgspec.field(name="MsgVersion", default=0)
    """How often the message was edited."""
    place: int = msgspec.field(name="ConversationSeq", default=0)
    """Its place in the conversation, counted from 1 in the order of arrival; 0 when it is not stored."""
    life_time: int = msgspec.field(name="MsgLifeTime", default=604800)
    """0 for a message that was only for those online."""

    @property
    def text(self) -> str:
        """The text elements joined; empty when the message has none."""
        return "".join(str(e.msg_content.get("Text", "")) for e in self.body if e.msg_type == "TIMTextElem")

    @property
    def recalled(self) -> bool:
        """Whether it was taken back before we received it; its content should not be shown."""
        return bool(self.flags & _RECALLED)


class Stored(msgspec.Struct, frozen=True):
    """The answer to `openim.sendmsg`."""

    time: int = msgspec.field(name="MsgTime")
    seq: int = msgspec.field(name="MsgSeq")
    key: str = msgspec.field(name="MsgKey", default="")
    place: int = msgspec.field(name="ConversationSeq", default=0)


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """The server's word that a message is stored. With it the message can be recalled."""

    recipient: str
    random: int
    time: int
    """Unix seconds, the server's clock."""
    seq: int
    key: str


class History(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a conversation, its messages oldest first. `Client.history(peer, before=page)` gives the one before."""

    messages: tuple[Message, ...] = msgspec.field(name="MsgList", default=())
    complete: int = msgspec.field(name="Complete", default=1)
    """1 when this page reaches the beginning, else 0."""
    last_time: int = msgspec.field(name="LastMsgTime", default=0)
    """With `last_key`: the oldest message of the page, from where the next page goes back."""
    msg_key: str = msgspec.field(name="MsgKey", default="")
    last_msg_key: str = msgspec.field(name="LastMsgKey", default="")

    @property
    def last_key(self) -> str:
        """The key of the oldest message, which the server calls `MsgKey` here and REST `LastMsgKey`."""
        return self.msg_key or self.last_msg_key


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the conversation list; `type` 1 is one-to-one, 2 a group."""

    type: int = msgspec.field(name="Type", default=1)
    user: str = msgspec.field(name="To_Account", default="")
    """The peer of a one-to-one conversation."""
    group: str = msgspec.field(name="ToAccount", default="")
    time: int = msgspec.field(name="MsgTime", default=0)
    """Unix seconds of the last message."""
    unread: int = msgspec.field(name="UnreadMsgCount", default=0)
    pinned: int = msgspec.field(name="TopFlags", default=0)
