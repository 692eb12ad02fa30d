"""A one-to-one message and its conversation."""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

from sodam.messages.growing import shown
from sodam.messages.model import BLANK_BODY, EMPTY_TEXT, GROWS, IMPORTED, NUMBERED, RECALLED, U32, Source, msg_key
from sodam.messages.offline_push import Wish

SEPARATOR = "\x1f"  # not allowed in UserIDs
ARRIVALS = 1 << 30
"""Imported messages of one second and MsgSeq that arrival distinguishes."""


Place = tuple[int, int, int]
"""(MsgTime, MsgSeq, MsgRandom): what names a message. Senders choose the last two, so that several may share them."""
Rank = tuple[int, int]
"""(MsgTime, ord): where a message stands in the history of its conversation; no two stand in one place."""
FIRST: Final = -(1 << 63)
LAST: Final = (1 << 63) - 1
"""The places before and behind all messages of a second."""
NEWEST: Final = (1 << 62, 0)


class Message(msgspec.Struct, gc=False, eq=False):
    """A one-to-one message. ``body`` and ``cloud`` are JSON as the sender wrote it."""

    app: int
    conv: str
    sender: str
    recipient: str
    msg_seq: int
    msg_random: int
    client_time: int
    body: bytes
    cloud: bytes = EMPTY_TEXT
    flags: int = 0
    msg_time: int = 0
    """Unix seconds, set by the commit unless it was given (``Sending.timed``)."""
    seq: int = 0
    """Place in the conversation by arrival, from 1 without holes."""
    ord: int = 0
    """Place among the messages of its second: ``place_in_second``."""
    version: int = 0
    id: int = 0
    revoker: str = ""
    """Who recalled it; empty where that is not known, or it was not recalled."""
    tiny_id: int = 0
    nick: str = ""
    image: str = ""
    source: Source | None = None
    """Of a message that is being sent, for webhooks; None: there are none for it."""
    wish: Wish | None = None
    """What its receiver is pushed, while it is being sent."""

    @property
    def high(self) -> bool:
        """Sent by the second UserID of the conversation."""
        return self.sender > self.recipient

    @property
    def recalled_by(self) -> str:
        """The revoker of a recalled message; empty for any other."""
        return (self.revoker or self.sender) if self.flags & RECALLED else ""

    def content_for(self, viewer: str) -> tuple[bytes, bytes]:
        """MsgBody and CloudCustomData as the devices of ``viewer`` may have them (rest-messages.md 2.4).

        A recalled message is blank but for its sender, who may want to write it anew.
        """
        if self.flags & RECALLED and viewer != self.sender:
            return BLANK_BODY, EMPTY_TEXT
        if self.flags & GROWS:
            return shown(self.body), self.cloud
        return self.body, self.cloud

    @property
    def place(self) -> Place:
        """What names the message in its conversation."""
        return (self.msg_time, self.msg_seq, self.msg_random)

    @property
    def rank(self) -> Rank:
        """Where it stands in its conversation."""
        return (self.msg_time, self.ord)

    @property
    def key(self) -> str:
        return msg_key(self.msg_seq, self.msg_random, self.msg_time)


def place_in_second(flags: int, msg_seq: int, seq: int) -> int:
    """``ord``: live messages stand by arrival, imported ones before them, by the MsgSeq that their importer gave (0:
    none) and then by arrival.
    """
    if not flags & IMPORTED:
        return seq
    given = 0 if flags & NUMBERED else msg_seq
    return (given - (U32 + 1)) * ARRIVALS + seq % ARRIVALS


def conversation(one: str, other: str) -> str:
    """The key of the conversation of two users, the same from both sides."""
    return one + SEPARATOR + other if one <= other else other + SEPARATOR + one


class Change(NamedTuple):
    """What happened to a message: ``kind`` as in messages/model.py, ``detail`` for whoever made the change."""

    message: Message
    kind: int
    detail: str


class Position(NamedTuple):
    """A point in what a user's devices are sent."""

    time: int
    """Unix second."""
    newest: int
    """The newest message, by id."""
    change: int
    """The newest change of a message."""
    at_time: int = 0
    """Of what came after the above, everything up to this second and message was sent as well."""
    at_id: int = 0


MAX_UNREAD: Final = 250
"""More messages of a conversation do not count as unread, however many were not read."""
MAX_UNREAD_CONVERSATIONS: Final = 100
"""Only the messages of so many conversations count as unread: of those that were written to last."""
UNREAD_DAYS: Final = 7
"""Older messages do not count as unread, however long the app keeps them."""


class Window(NamedTuple):
    """Which messages there are, and which of them may count as unread: unix seconds."""

    oldest: int
    """Earlier ones are past the app's retention."""
    unread: int
    """Earlier ones are too old to count; 0: all that there are may."""


class Head(msgspec.Struct, frozen=True):
    """A conversation as one of its two users sees it."""

    peer: str
    last_seq: int = 0
    last_time: int = 0
    list_time: int = 0
    unread: int = 0
    """At most MAX_UNREAD."""
    read_time: int = 0
    peer_read_time: int = 0
    clear_seq: int = 0
    top_time: int = 0
    mute: int = 0
    list_at: int = 0
    """Unix microseconds at which it last moved in the list."""
