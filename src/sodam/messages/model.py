"""What all messages share, one-to-one and in groups: flags, keys, numbers."""

from __future__ import annotations

from typing import NamedTuple

# Flags of a stored message.
RECALLED = 1
NO_UNREAD = 2
NO_LAST = 4
HIDE_SENDER = 8  # SyncOtherMachine 2: the sender's side keeps nothing
HIDE_RECEIVER = 16  # sent to someone who blocked the sender: only the sender sees it
NEED_RECEIPT = 32
PEER_READ = 64
DELETED_LOW = 128  # deleted by the first UserID of the conversation, for itself
DELETED_HIGH = 256
EXTENSIBLE = 512
IMPORTED = 1024
NUMBERED = 2048  # MsgSeq was absent or 0: the server gave it

ONE_TO_ONE = 1
GROUP = 2
"""Types of conversations, as packages that keep something of messages of any type count them."""
NO_CHECK = 4096  # SendMsgControl NoMsgCheck: the word filter leaves it alone
MARKED = 16384  # it holds a word that the app wants marked
GROWS = 32768  # its text comes, or came, in pieces: devices are shown it as messages/growing.py says
MIND_MUTE = 8192  # SendMsgControl WithMuteNotifications: a push minds that its receiver wants none

# What was changed of a message: it was recalled or edited, its key-value pairs, its reactions.
CONTENT = 0
EXTENSIONS = 1
REACTIONS = 2

RECALLED_BITS = 8
"""MsgFlagBits of a recalled message on the wire."""
U32 = 0xFFFFFFFF
FIRST_NUMBER = 1 << 31
"""The MsgSeq that the server gives begin behind it in each second: callers who count begin with small ones."""
EMPTY_TEXT = b'""'
BLANK_BODY = b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":""}}]'
"""What is left of a recalled message for everyone but its sender."""


class Marks(NamedTuple):
    """What of a message is marked for its words."""

    texts: tuple[str, ...]
    words: tuple[str, ...]
    """As the operator wrote them, each once."""
    custom: bool
    """The first of them stands in an app's own data."""


class Source(NamedTuple):
    """Where a message or a change of one came from, and which webhooks its sender wants: what webhooks say of it."""

    platform: str = "RESTAPI"
    client_ip: str = ""
    online_only: bool = False
    before: bool = True
    """Whether the app is asked before the message is sent; ForbidCallbackControl forbids it."""
    after: bool = True
    marks: Marks | None = None
    """Where the app wants to hear of it."""


BY_REST = Source()


class Numbers(NamedTuple):
    """What the server gave a message."""

    msg_time: int
    msg_seq: int


def msg_key(msg_seq: int, msg_random: int, msg_time: int) -> str:
    """The MsgKey of a one-to-one message (rest-messages.md 1.5). Answers to clients have it in their templates."""
    return f"{msg_seq}_{msg_random}_{msg_time}"


def parse_key(text: str) -> tuple[int, int, int] | None:
    """MsgSeq, MsgRandom and time of a MsgKey, or None when it cannot be one (rest-messages.md 1.5)."""
    parts = text.split("_")
    if len(text) > 50 or len(parts) != 3 or not all(p.isascii() and p.isdigit() for p in parts):
        return None
    seq, random, time = (int(p) for p in parts)
    return (seq, random, time) if seq <= U32 and random <= U32 and time < 1 << 40 else None
