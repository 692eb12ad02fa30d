"""What relations are made of, and their limits (rest-accounts-relations.md 6.1 and 7, console.md section 10)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

import msgspec

from sodam.errors import Code

MAX_ITEMS: Final = 1000
"""Items in one call."""
MAX_GROUPS: Final = 32
MAX_GROUP_NAME: Final = 30
MAX_REMARK: Final = 96
MAX_WORDING: Final = 256
MAX_SOURCE: Final = 8
"""Letters of an AddSource after ``AddSource_Type_``."""
MAX_CUSTOM: Final = 500
MAX_PENDING: Final = 100
"""Requests that wait for one user's answer; the oldest roll off."""
PENDENCY_SECONDS: Final = 30 * 86400
"""A request that was not answered for so long is gone."""
PAGE: Final = 200
"""Friends in a page of friend_get. The documents name no size; at 100 the HTTP request costs more than the page."""
OLD_PAGE: Final = 100
"""Friends in a page of friend_get_all, at most."""
MAX_FOLLOWING: Final = 5000

# How an owner and a peer stand to each other, as bits.
HAS: Final = 1
"""The peer is in the owner's friend list."""
HAD: Final = 2
"""The owner is in the peer's friend list."""
BLOCKS: Final = 4
"""The peer is on the owner's blacklist."""
BLOCKED: Final = 8
"""The owner is on the peer's blacklist."""
ASKED: Final = 16
"""The peer's request waits for the owner's answer."""
ASKS: Final = 32
"""The owner's request waits for the peer's answer."""
FRIENDS: Final = HAS | HAD
BLACK: Final = BLOCKS | BLOCKED
PENDING: Final = ASKED | ASKS

Custom = dict[str, str | int]
Place = tuple[int, str]
"""followed_at (unix milliseconds) and UserID: where a page of a follow list ended."""
_encode = msgspec.json.Encoder().encode
_groups = msgspec.json.Decoder(list[tuple[int, str]]).decode


class Standing(NamedTuple):
    """How a sender and a recipient stand to each other, as messages ask for it."""

    blocked_by_recipient: bool
    blocked_by_sender: bool
    friend: bool
    """Each is in the other's friend list."""


class Outcome(NamedTuple):
    """What became of one item of a batch; ``code`` 0 when it worked."""

    to: str
    code: int = 0
    info: str = ""


class AddItem(NamedTuple):
    """A friend to add, not yet checked."""

    to: str
    source: str
    remark: str = ""
    groups: tuple[str, ...] = ()
    wording: str = ""


Answer = Literal["Response_Action_Agree", "Response_Action_AgreeAndAdd", "Response_Action_Reject"]


class Reply(NamedTuple):
    """An answer to the request of ``to``; remark and group are for the new friend's entry in the own list."""

    to: str
    action: Answer
    remark: str = ""
    group: str = ""


class ImportItem(NamedTuple):
    """A friend to import. None: not given, which leaves an existing friend's value alone."""

    to: str
    source: str
    remark: str | None = None
    remark_at: int | None = None
    wording: str | None = None
    added_at: int | None = None
    groups: tuple[str, ...] | None = None
    custom: tuple[tuple[str, object], ...] = ()


class Origin(NamedTuple):
    """Who caused a change, for webhooks and for notices to devices."""

    operator: str
    admin: bool
    platform: str = "RESTAPI"
    client_ip: str = ""
    instid: int = 0


@dataclass(slots=True)
class Owner:
    """A user's counts and sequences. Only who holds the row may change it, through these methods."""

    user_id: str
    friends: int = 0
    blocked: int = 0
    pending: int = 0
    standard_seq: int = 0
    custom_seq: int = 0
    group_seq: int = 0
    black_seq: int = 0
    pending_seq: int = 0
    read_at: int = 0
    groups: list[tuple[int, str]] = field(default_factory=list)
    dirty: bool = False

    def slot(self, name: str) -> int | None:
        return next((slot for slot, known in self.groups if known == name), None)

    def add_group(self, name: str) -> int | None:
        """The slot of a group, made if it is missing; None when there are 32 already."""
        slot = self.slot(name)
        if slot is None and len(self.groups) < MAX_GROUPS:
            taken = {used for used, _ in self.groups}
            slot = next(n for n in range(MAX_GROUPS) if n not in taken)
            self.groups.append((slot, name))
            self.touch_groups()
        return slot

    def room_for(self, names: tuple[str, ...]) -> bool:
        """Whether all of ``names`` are groups or can become such."""
        return len(self.groups) + sum(self.slot(name) is None for name in dict.fromkeys(names)) <= MAX_GROUPS

    def bits(self, names: tuple[str, ...]) -> int:
        """The groups as bits, made where missing; there must be room for them."""
        bits = 0
        for name in names:
            slot = self.add_group(name)
            assert slot is not None
            bits |= 1 << slot
        return bits

    def names(self, bits: int) -> list[str]:
        return [name for slot, name in self.groups if bits >> slot & 1]

    def touch(self) -> int:
        """Count a change of standard friend data; the new sequence."""
        self.standard_seq += 1
        self.dirty = True
        return self.standard_seq

    def touch_custom(self) -> None:
        self.custom_seq += 1
        self.dirty = True

    def touch_groups(self) -> None:
        self.group_seq += 1
        self.dirty = True

    def touch_blacklist(self) -> int:
        self.black_seq += 1
        self.dirty = True
        return self.black_seq

    def touch_pending(self) -> int:
        self.pending_seq += 1
        self.dirty = True
        return self.pending_seq

    def encoded_groups(self) -> bytes:
        return _encode(self.groups) if self.groups else b""


def decode_groups(data: bytes) -> list[tuple[int, str]]:
    return _groups(data) if data else []


class Friend(msgspec.Struct, kw_only=True, gc=False):
    """An entry of a friend list."""

    owner: str
    peer: str
    added_at: int
    """Unix seconds."""
    pos: int = 0
    remark: str = ""
    remark_at: int = 0
    source: str = ""
    wording: str = ""
    groups: int = 0
    custom: Custom = {}


class Pendency(msgspec.Struct, kw_only=True, gc=False):
    """A request by ``peer`` that waits for the answer of ``owner``."""

    owner: str
    peer: str
    asked_at: int
    pos: int = 0
    remark: str = ""
    group: str = ""
    source: str = ""
    wording: str = ""


class Blocked(msgspec.Struct, kw_only=True, gc=False):
    owner: str
    peer: str
    added_at: int
    pos: int


def refused(command: str, to: str, code: Code, reason: str) -> Outcome:
    """A failed item; the text follows the pattern that clients know (rest-accounts-relations.md 6.1)."""
    return Outcome(to, int(code), f"Err_SNS_{command}_{reason}")
