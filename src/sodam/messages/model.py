"""A one-to-one message, its conversation, and what its flags mean."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

import msgspec

SEPARATOR = "\x1f"  # not allowed in UserIDs

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

RECALLED_BITS = 8
"""MsgFlagBits of a recalled message on the wire."""
U32 = 0xFFFFFFFF
FIRST_NUMBER = 1 << 31
"""The MsgSeq that the server gives begin behind it in each second: callers who count begin with small ones."""
EMPTY_TEXT = b'""'
BLANK_BODY = b'[{"MsgType":"TIMTextElem","MsgContent":{"Text":""}}]'
"""What is left of a recalled message for everyone but its sender."""
ARRIVALS = 1 << 30
"""Imported messages of one second and MsgSeq that can be told apart by arrival."""


class Numbers(NamedTuple):
    """What the server gave a message."""

    msg_time: int
    msg_seq: int


class Batch(msgspec.Struct, eq=False):
    """One message to many: all copies have one MsgKey, but for those whose conversation stands at a later second."""

    first: Numbers
    """Those of the copies that are stored already; before there are any, MsgTime 0 and the MsgSeq to be used."""
    numbers: Numbers = Numbers(0, 0)
    """Those of the copies that are being stored, set by the log."""


class Message(msgspec.Struct, gc=True, eq=False):
    """A message on its way to the log or out of it. ``body`` and ``cloud`` are JSON as the sender wrote it."""

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
    """Unix seconds, set by the commit unless ``timed``."""
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
    exclude: int = 0
    """InstId of the sending device: it gets an answer, not a copy."""
    silent: bool = False
    """No push to devices: imported history."""
    sync: bool = True
    """Copy to the sender's other devices."""
    timed: bool = False
    """``msg_time`` is given: an import's own time, or the time that a batch shares."""
    batch: Batch | None = None
    """What the message has in common with its copies to others."""
    duplicate: bool = False
    """It was stored before, with this ``msg_time`` and ``msg_seq``; set by the log."""
    future: asyncio.Future[Message] | None = None
    again: list[asyncio.Future[Numbers]] | None = None
    """Whoever sent the same message meanwhile waits here for its MsgTime and MsgSeq."""
    dedupe: int = 0

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
        return self.body, self.cloud

    @property
    def key(self) -> str:
        return f"{self.msg_seq}_{self.msg_random}_{self.msg_time}"


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


def parse_key(text: str) -> tuple[int, int, int] | None:
    """MsgSeq, MsgRandom and time of a MsgKey, or None when it cannot be one (rest-messages.md 1.5)."""
    parts = text.split("_")
    if len(text) > 50 or len(parts) != 3 or not all(p.isascii() and p.isdigit() for p in parts):
        return None
    seq, random, time = (int(p) for p in parts)
    return (seq, random, time) if seq <= U32 and random <= U32 and time < 1 << 40 else None


class Position(NamedTuple):
    """A point in what a user's devices are told."""

    time: int
    """Unix second."""
    newest: int
    """The newest message, by id."""
    change: int
    """The newest recall or edit of a message."""
    at_time: int = 0
    """Of what came after the above, everything up to this second and message was told as well."""
    at_id: int = 0


class Head(msgspec.Struct, frozen=True):
    """A conversation as one of its two users sees it."""

    peer: str
    last_seq: int = 0
    last_time: int = 0
    list_time: int = 0
    unread: int = 0
    read_time: int = 0
    peer_read_time: int = 0
    clear_seq: int = 0
    top_time: int = 0
    mute: int = 0
