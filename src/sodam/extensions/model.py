"""A message to which something is added, key-value pairs, reactions, and their limits (rest-messages.md 2.11, 6.11)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import IntEnum
from typing import Final, NamedTuple

import msgspec

from sodam.errors import Code
from sodam.notices import Notice
from sodam.storage import Tx

MAX_KEYS: Final = 300
"""Keys of a message."""
MAX_TOMBSTONES: Final = 300
"""Deleted keys that are remembered, for devices that have them still; of more, the oldest are forgotten."""
MAX_ITEMS: Final = 20
"""Keys of one write."""
MAX_KEY: Final = 100
MAX_VALUE: Final = 1000
"""Bytes."""
MAX_WRITES: Final = 200
"""Writes to a message in a minute."""
PAGE: Final = 200
"""Keys of one read."""
MAX_REACTIONS: Final = 10
"""Different reactions to a message."""
MAX_USERS: Final = 100
"""Users of one reaction to a message."""
MAX_REACTION: Final = 100
"""Bytes of a reaction's ID; the documents name no limit."""


class Operation(IntEnum):
    """OperateType."""

    SET = 1
    DELETE = 2
    CLEAR = 3


class Ref(NamedTuple):
    """What names a message in storage: see migration 0029."""

    app: int
    type: int
    conv: str
    seq: int


class Subject(NamedTuple):
    """A message to which something is to be added, as its type of conversation describes it."""

    ref: Ref
    tiny_id: int
    """Of its sender; with the two below it makes the ID that clients know the message by."""
    client_time: int
    random: int
    extensible: bool
    """It was sent with SupportMessageExtension 1."""
    hold: Callable[[Tx], Awaitable[bool]]
    """Lock the message until the transaction ends; False: it is there no more, or it was recalled."""
    record: Callable[[Tx, int, str, int], Awaitable[None]]
    """Have devices that are away learn of a change: its kind, detail and size as in ``c2c_change``."""
    notify: Callable[[Notice], None]
    """Give a notice to the devices of everyone who has the message."""


class Extension(msgspec.Struct, frozen=True):
    """A key with its value; ``seq`` is the number of the write that set it. An empty value: the key was deleted."""

    key: str
    value: str
    seq: int


class Item(NamedTuple):
    """What a write wants of a key; ``seq`` is what the writer holds of it, 0 for nothing."""

    key: str
    value: str
    seq: int


class Result(NamedTuple):
    """What became of a key: the code of a refusal, and the pair as it is stored now."""

    code: Code | None
    stored: Extension


class Changed(NamedTuple):
    """What became of a write; ``last_seq`` is the number of the message's last accepted one."""

    results: list[Result]
    last_seq: int


class Page(NamedTuple):
    """Pairs in the order of their numbers."""

    extensions: list[Extension]
    complete: bool
    latest_seq: int
    clear_seq: int


class Reaction(NamedTuple):
    """A reaction to a message, with the users who gave it, the first one first."""

    id: str
    users: list[str]
