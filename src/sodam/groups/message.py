"""A message of a group: what a member or the app wrote, or a tip of the server, which takes a sequence as well."""

from __future__ import annotations

from typing import Final

import msgspec

from sodam.messages.growing import shown
from sodam.messages.model import BLANK_BODY, EMPTY_TEXT, GROWS, NO_LAST, NO_UNREAD, RECALLED, Source
from sodam.messages.offline_push import Wish
from sodam.messages.outgoing import Content

MESSAGE: Final = 0
TIP: Final = 1
SYSTEM: Final = "@TIM#SYSTEM"
"""Whom tips are from."""
PRIORITIES: Final = {"High": 1, "Normal": 2, "Low": 3, "Lowest": 4}
NORMAL: Final = PRIORITIES["Normal"]
_MAX_CLIENT_TIME: Final = 1 << 40


class Extra(msgspec.Struct, omit_defaults=True):
    """What few messages have."""

    at_all: bool = False
    at: list[str] = []
    """Mentioned members, in the order of the text."""
    to: list[str] = []
    """Only these and the sender get the message; empty: all."""
    revoker: str = ""
    reason: str = ""


class GroupMessage(msgspec.Struct, gc=False, eq=False, kw_only=True):
    """``body`` and ``cloud`` are JSON; the body of a tip is an object, that of a message an array."""

    app: int
    group_id: str
    sender: str
    random: int
    client_time: int
    body: bytes
    cloud: bytes = EMPTY_TEXT
    kind: int = MESSAGE
    priority: int = NORMAL
    flags: int = 0
    extra: Extra = msgspec.field(default_factory=Extra)
    msg_time: int = 0
    """Unix seconds, set by the commit unless it was given (imports)."""
    seq: int = 0
    """MsgSeq; 0: not stored."""
    version: int = 0
    counted: int = 0
    """Messages of the group up to this one that count as unread."""
    wish: Wish | None = None
    """What members who are away are pushed, while it is being sent."""
    tiny_id: int = 0
    """These four are the sender's, looked up when the message is delivered."""
    nick: str = ""
    image: str = ""
    card: str = ""
    source: Source | None = None
    """Where it came from and which webhooks its sender wants; None: nobody is to hear of it. Not stored."""
    operator: str = ""
    """Who sends it in the sender's name; '': the sender. Not stored."""
    group_type: str = ""
    """Known once the group was looked at, for steps that ask. Not stored."""

    @property
    def counts(self) -> bool:
        """Whether it counts as unread for everyone but its sender."""
        return not self.flags & NO_UNREAD and not self.extra.to

    @property
    def shows(self) -> bool:
        """Whether it is the last message of its conversation in lists."""
        return not self.flags & NO_LAST and not self.extra.to

    def for_user(self, user_id: str) -> bool:
        """Whether the message is one for ``user_id``."""
        return not self.extra.to or user_id == self.sender or user_id in self.extra.to

    def content_for(self, viewer: str) -> tuple[bytes, bytes]:
        """MsgBody and CloudCustomData as ``viewer`` may have them: a recalled message is blank but for its sender."""
        if self.flags & RECALLED and viewer != self.sender:
            return BLANK_BODY, EMPTY_TEXT
        return self.shown, self.cloud

    @property
    def shown(self) -> bytes:
        """The body that devices are given."""
        return shown(self.body) if self.flags & GROWS else self.body


class Standing(msgspec.Struct, frozen=True):
    """How a group's messages stand for one member."""

    group_id: str
    read_seq: int
    top_at: int
    msg_flag: str
    join_seq: int
    cleared: int
    all_cleared: int
    shown_seq: int
    counts: int

    @property
    def unread(self) -> int:
        return max(0, int(self.counts))

    @property
    def floor(self) -> int:
        """Nothing up to it is the member's to read."""
        return max(self.join_seq, self.cleared, self.all_cleared)


def of_content(
    app: int, group_id: str, sender: str, content: Content, *, client_time: int = 0, priority: int = NORMAL
) -> GroupMessage:
    """A message that is not yet sent. ``client_time`` 0: the sender's clock is not known."""
    return GroupMessage(
        app=app,
        group_id=group_id,
        sender=sender,
        random=content.random,
        client_time=client_time if 0 < client_time < _MAX_CLIENT_TIME else 0,
        body=content.body,
        cloud=content.cloud if content.cloud and content.cloud != b"null" else EMPTY_TEXT,
        priority=priority,
        flags=content.flags,
        wish=content.wish,
    )
