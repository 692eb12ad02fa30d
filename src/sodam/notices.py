"""What devices are notified of: elements of a push's EventArray, typed and encoded once.

A domain package makes a notice when something has happened and hands it to ``Live``; the client gateway sends it. The
kind says how it is sent, so that nobody reads JSON that was written here. A notice and its frame are made once, however
many devices and nodes receive it.
"""

from __future__ import annotations

from enum import IntEnum

import msgspec


class Kind(IntEnum):
    """How a notice is sent. The numbers go over the bus between nodes: add, never change."""

    OTHER = 0
    """As it is."""
    MESSAGE = 1
    """A stored message. A device that catches up may have it from a page already: ``place`` tells."""
    TRANSIENT = 2
    """A message for devices that are online now. It is stored nowhere."""
    RECALL = 3
    """The message at ``place`` was recalled. A device must learn of it exactly once."""
    RELATION = 4
    """A change of friends, requests or blacklist. The web SDK may fail on one and then drops the rest of its frame, so
    each goes in a frame of its own."""
    GROUP = 5
    """A stored message or tip of a group, which ``place`` names as recipient. Devices get them in the order of ``seq``
    (groups/feed.py)."""
    GROUP_SKIP = 6
    """A sequence of a group that is not for everyone: it goes to no device."""
    FOLLOW = 7
    """The user is a member of the group ``place.recipient`` from now on; what came up to ``place.seq``,
    and the changes up to ``place.msg_seq``, are not for it.
    For the gateway: it goes to no device."""
    UNFOLLOW = 8
    """The user is a member no longer."""
    CLOSED = 9
    """The group ``place.recipient`` is gone: nobody follows it any longer. For the feed: it goes to no device."""
    GROUP_CHANGE = 10
    """What happened to stored messages of a group; ``place.seq`` is the number of the change. As with ``GROUP``."""


class Place(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """Which message a notice is about; that of a group has the GroupID as ``recipient``."""

    sender: str
    recipient: str
    msg_seq: int
    msg_random: int
    msg_time: int
    """Unix seconds."""
    seq: int = 0
    """In its conversation; 0 where it is not known, as for a message that is announced once more."""
    counts: bool = False
    """The unread number of its recipient counts it."""

    @property
    def key(self) -> Key:
        return (self.sender, self.recipient, self.msg_seq, self.msg_random, self.msg_time)

    def peer(self, owner: str) -> str:
        """With whom ``owner`` has the conversation."""
        return self.recipient if self.sender == owner else self.sender


Key = tuple[str, str, int, int, int]
"""What names a one-to-one message everywhere: sender, recipient, MsgSeq, MsgRandom, MsgTime."""


class Notice(msgspec.Struct, gc=False):
    """``body`` is the JSON of one element of EventArray."""

    body: bytes
    kind: Kind = Kind.OTHER
    place: Place | None = None
    frame: bytes = b""
    """The whole WebSocket frame, once a gateway has made it for the first device."""
