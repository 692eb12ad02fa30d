"""An official account, its subscribers and its messages."""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

from sodam.accounts.model import OFFICIAL, valid_user_id
from sodam.c2c.model import Message, Rank, conversation
from sodam.messages.model import BY_REST, EMPTY_TEXT, EXTENSIBLE, NEED_RECEIPT, U32, Source
from sodam.messages.offline_push import Wish

TOPIC: Final = "official"
"""Of the outbox: what subscribers are to be notified of."""
MAX_ACCOUNTS: Final = {"Trial": 5}
"""Official accounts of an app by plan; of other plans ``MOST_ACCOUNTS``."""
MOST_ACCOUNTS: Final = 1000
DEFAULT_SUBSCRIBERS: Final = 100_000
MOST_SUBSCRIBERS: Final = (1 << 53) - 1
PAGE: Final = 200
WINDOW: Final = 300
"""Seconds within which the same content with the same Random is one message."""
BYTES: Final = {"name": 150, "introduction": 400, "face_url": 500, "organization": 500, "custom": 3000}
BEHIND: Final = 1 << 40
"""Broadcasts stand behind all one-to-one messages of their second."""
UNFIT: Final = NEED_RECEIPT | EXTENSIBLE
"""What asks one receiver for an answer is nothing for all of them."""


class Act(NamedTuple):
    """Who does something, and from where."""

    operator: str
    source: Source = BY_REST


class Official(msgspec.Struct, kw_only=True):
    app: int
    account: str
    owner: str
    name: str
    introduction: str = ""
    face_url: str = ""
    organization: str = ""
    custom: str = ""
    max_subscribers: int = DEFAULT_SUBSCRIBERS
    subscribers: int = 0
    created_at: int = 0
    last_seq: int = 0
    last_time: int = 0


class Subscriber(NamedTuple):
    user_id: str
    at: int
    custom: str


class Broadcast(msgspec.Struct, gc=False):
    """A message of an official account to all its subscribers. ``body`` and ``cloud`` are JSON as it was sent."""

    app: int
    account: str
    random: int
    body: bytes
    cloud: bytes = EMPTY_TEXT
    flags: int = 0
    seq: int = 0
    """0: it is for those online, and not stored."""
    msg_time: int = 0
    at: int = 0
    """Unix microseconds."""
    recalled_at: int = 0
    source: Source | None = None
    """While it is being sent."""
    wish: Wish | None = None

    @property
    def key(self) -> str:
        """MsgKey, as this service writes it."""
        return f"{self.msg_time}_{self.seq}_{self.random}"

    @property
    def rank(self) -> Rank:
        """Where it stands in a subscriber's conversation."""
        return (self.msg_time, BEHIND + self.seq)

    def to(self, user_id: str, tiny_id: int = 0, nick: str = "", image: str = "") -> Message:
        """As a message of the one-to-one conversation of a subscriber."""
        return Message(
            app=self.app,
            conv=conversation(self.account, user_id),
            sender=self.account,
            recipient=user_id,
            msg_seq=self.seq & U32,
            msg_random=self.random,
            client_time=self.msg_time,
            body=self.body,
            cloud=self.cloud,
            flags=self.flags,
            msg_time=self.msg_time,
            ord=BEHIND + self.seq,
            tiny_id=tiny_id,
            nick=nick,
            image=image,
        )


def key_of(text: str) -> tuple[int, int, int] | None:
    """MsgTime, sequence and Random of a MsgKey; None: it is none."""
    parts = text.split("_")
    if len(text) > 50 or len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    at, seq, random = (int(part) for part in parts)
    return (at, seq, random) if seq < 1 << 62 and at < 1 << 40 else None


def is_official(user_id: str) -> bool:
    return user_id.startswith(OFFICIAL)


def valid_id(account: str) -> bool:
    return is_official(account) and len(account) > len(OFFICIAL) and valid_user_id(account)
