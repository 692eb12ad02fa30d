"""Certificates, devices, and a push on its way."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import msgspec

from sodam.messages.offline_push import OfflinePushInfo, Wish

DECIDE: Final = "push"
"""Topic of the outbox: a stored message, of which is decided who gets a push."""
SEND: Final = "push.device"
"""Topic of the outbox: a push to one device."""
TAKE_BACK: Final = "push.back"
"""Topic of the outbox: a message was recalled."""
READ: Final = "push.read"
"""Topic of the outbox: a user has read something."""
PLANNED: Final = "push.planned"
"""Topic of the outbox: a push to many that begins at its time."""
Kind = Literal["c2c", "group", "task", "badge"]
"""``badge``: nothing but the number on the app's icon."""
Result = Literal["ok", "gone", "wait", "auth", "ours", "payload"]
"""``gone``: the token is no device's any more. ``wait``: the vendor is busy. ``auth``: the access token is not taken.
``ours``: the credentials are at fault. ``payload``: this push is."""
TTL: Final = 86_400
"""Seconds for which a push of a message is worth sending."""


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    app: int
    id: int
    vendor: str
    name: str
    fields: dict[str, str]
    created_at: int
    trouble: str = ""
    trouble_at: int = 0


class Device(msgspec.Struct, frozen=True):
    """A token as it was reported; the fields are the table's columns, in order."""

    app: int
    certificate: int
    token: str
    registration: str
    user_id: str
    instid: int = 0
    brand: int = 0
    model: str = ""
    system: str = ""
    language: str = ""
    muted: int = 0
    background: int = 0
    badge: int = 0
    reported_at: int = 0


class Queued(msgspec.Struct, array_like=True):
    """What the outbox holds of a stored message."""

    sender: str
    recipient: str
    """A user, or a group."""
    nick: str
    random: int
    counts: bool
    """Whether the message counts as unread."""
    minds: bool
    """Whether the receiver's mute of the conversation holds the push back."""
    wish: Wish
    at: list[str] = []
    """Mentioned members of a group."""
    at_all: bool = False
    to: list[str] = []
    """Only these members."""


def ttl_of(wish: Wish | None) -> int:
    """Seconds after a message within which its push reaches a device, or does not."""
    return min(TTL, wish.life) if wish is not None and wish.life else TTL


class Pushed(msgspec.Struct, array_like=True):
    """What is kept of the pushes of a message, for when it is taken back."""

    kind: Kind
    collapse: str
    expires: int
    title: str
    sender: str
    nick: str
    devices: list[str]
    """Their RegistrationIDs."""


class Answered(NamedTuple):
    """A kind of answer of a vendor to a push to many."""

    vendor: str
    outcome: str
    """ok, gone, wait (each attempt), ours, payload."""
    code: str
    """The vendor's; empty where it took the push."""
    reason: str
    """Its words, of one of them."""
    pushes: int


class Delivery(msgspec.Struct, omit_defaults=True):
    """A push to one device."""

    certificate: int
    token: str
    registration: str
    user_id: str
    kind: Kind
    wish: Wish
    collapse: str
    """The same when it is sent again: the device shows it once."""
    expires: int
    """Unix seconds."""
    title: str = ""
    """What stands above the text where the sender gave no title."""
    plain: str = ""
    """The one line that Apple's devices show of a message whose sender gave no info."""
    language: str = ""
    badge: int | None = None
    """The number on the app's icon; None: it stays."""
    add: int = 0
    """By how much it grows, for vendors that add."""
    sender: str = ""
    place: str = ""
    """MsgKey of a one-to-one message, MsgSeq of a group's, the number of a task."""
    group: str = ""
    task: str = ""
    data_id: str = ""
    task_time: int = 0
    conv: str = ""
    seq: int = 0
    """With ``conv``: the place of the message."""
    quiet: bool = False
    """Without a sound; it is no push that is counted or told of."""

    @property
    def once(self) -> str:
        """Names this push to this device; a vendor that knows it may take it for a repetition."""
        return f"{self.collapse} {self.registration}{' quiet' * self.quiet}"

    @property
    def info(self) -> OfflinePushInfo:
        return self.wish.info or _NO_INFO


_NO_INFO: Final = OfflinePushInfo()


class Request(NamedTuple):
    """A POST to a vendor."""

    url: str
    body: bytes
    headers: list[tuple[str, str]]


class Outcome(NamedTuple):
    result: Result
    code: str = ""
    reason: str = ""
    wait: float = 0
    """Seconds that the vendor asked for."""
    status: int = 0
    """Of the HTTP answer; 0: there was none."""


class Access(NamedTuple):
    """An access token."""

    token: str
    expires: int
    """Unix seconds."""


class Words(NamedTuple):
    """What a push shows and carries."""

    title: str
    body: str
    ext: str


class Filter(msgspec.Struct, omit_defaults=True):
    """Whom a push is for; attributes by number. Everything given must hold."""

    tags_or: list[str] = []
    tags_and: list[str] = []
    tags_not: list[str] = []
    attrs_or: list[tuple[int, str]] = []
    attrs_and: list[tuple[int, str]] = []

    @property
    def empty(self) -> bool:
        return not (self.tags_or or self.tags_and or self.tags_not or self.attrs_or or self.attrs_and)

    @property
    def only_not(self) -> bool:
        """It says whom it is not for, and nothing else."""
        return bool(self.tags_not) and not (self.tags_or or self.tags_and)


class Task(msgspec.Struct, frozen=True):
    """A push to many and how far it is."""

    app: int
    task: str
    what: str
    created_at: int
    """Unix milliseconds; the others are seconds."""
    started_at: int
    ended_at: int
    total: int
    done: int
    devices: int
    revoked_at: int
