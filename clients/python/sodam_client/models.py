"""What the client hands to an application: messages, conversations, receipts of sending."""

from __future__ import annotations

from typing import Any

import msgspec


class Element(msgspec.Struct, frozen=True, rename="pascal"):
    """One element of a message body, for example `TIMTextElem` with `{"Text": "hi"}`."""

    msg_type: str
    msg_content: dict[str, Any]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A one-to-one message, from a push or from the history."""

    sender: str = msgspec.field(name="From_Account")
    recipient: str = msgspec.field(name="To_Account", default="")
    seq: int = msgspec.field(name="MsgSeq", default=0)
    random: int = msgspec.field(name="MsgRandom", default=0)
    time: int = msgspec.field(name="MsgTimeStamp", default=0)
    """Unix seconds, the server's clock."""
    client_time: int = msgspec.field(name="MsgClientTime", default=0)
    key: str = msgspec.field(name="MsgKey", default="")
    body: tuple[Element, ...] = msgspec.field(name="MsgBody", default=())
    custom_data: str = msgspec.field(name="CloudCustomData", default="")
    flags: int = msgspec.field(name="MsgFlagBits", default=0)

    @property
    def text(self) -> str:
        """The text elements joined; empty when the message has none."""
        return "".join(str(e.msg_content.get("Text", "")) for e in self.body if e.msg_type == "TIMTextElem")

    @property
    def identity(self) -> tuple[str, str, int, int, int]:
        """Equal for two copies of one message, whichever way they came."""
        return (self.sender, self.recipient, self.time, self.seq, self.random)


class Stored(msgspec.Struct, frozen=True):
    """The answer to `openim.sendmsg`."""

    time: int = msgspec.field(name="MsgTime")
    seq: int = msgspec.field(name="MsgSeq")
    key: str = msgspec.field(name="MsgKey", default="")


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """The server's word that a message is stored. With it the message can be recalled."""

    recipient: str
    random: int
    time: int
    seq: int
    key: str


class History(msgspec.Struct, frozen=True, kw_only=True):
    """A page of a conversation, newest page first; ask for the next with `last_time` and `last_key`."""

    messages: tuple[Message, ...] = msgspec.field(name="MsgList", default=())
    complete: int = msgspec.field(name="Complete", default=1)
    last_time: int = msgspec.field(name="LastMsgTime", default=0)
    last_key: str = msgspec.field(name="LastMsgKey", default="")


class Conversation(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the conversation list; `type` 1 is one-to-one, 2 a group."""

    type: int = msgspec.field(name="Type", default=1)
    user: str = msgspec.field(name="To_Account", default="")
    group: str = msgspec.field(name="ToAccount", default="")
    time: int = msgspec.field(name="MsgTime", default=0)
    unread: int = msgspec.field(name="UnreadMsgCount", default=0)
    pinned: int = msgspec.field(name="TopFlags", default=0)
