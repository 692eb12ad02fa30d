"""A conversation as it stands in a user's list, and what the user keeps of it beside the list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final, Literal, NamedTuple, Protocol

import msgspec

from sodam.apps.model import App
from sodam.errors import Code
from sodam.storage import Tx

PAGE: Final = 100
"""Conversations in a page of the list."""
MAX_ITEMS: Final = 100
"""Conversations in a request that changes some."""
MAX_SEARCH: Final = 300
MAX_GROUPS: Final = 20
"""Conversation groups of a user."""
MAX_ENTRIES: Final = 1000
"""Conversations of a user that are in groups; and, counted apart, those that have marks or custom data."""
MAX_GROUP_NAME: Final = 32
"""Bytes."""
MAX_CUSTOM: Final = 256
"""Bytes of custom data."""
MAX_PINNED: Final = 50
"""Conversations that a user may have pinned at a time."""
MARKS: Final = 64

Type = Literal[1, 2]
USER: Final[Type] = 1
GROUP: Final[Type] = 2


class Contact(NamedTuple):
    """What a conversation is with: type 1 and a UserID, or type 2 and a GroupID."""

    type: int
    id: str


class Entry(msgspec.Struct, frozen=True):
    """What a user keeps of a conversation beside the list."""

    marks: int = 0
    """64 bits; bit 0 is the star."""
    custom: str = ""
    groups: tuple[int, ...] = ()
    """GroupIds, ascending."""
    changed_at: int = 0
    """Unix seconds."""

    @property
    def marked(self) -> bool:
        return self.marks != 0 or self.custom != ""

    @property
    def standard_mark(self) -> str:
        """As answers carry it: the bits, bit 0 at the end; empty without any."""
        return f"{self.marks:b}" if self.marks else ""


NOTHING: Final = Entry()


class Group(NamedTuple):
    """A conversation group."""

    id: int
    name: str


class MarkChange(NamedTuple):
    """What is to become of the marks and the custom data of a conversation."""

    contact: Contact
    set: int = 0
    """Bits."""
    clear: int = 0
    """Bits; those that are in ``set``, too, are set."""
    custom: str | None = None
    """None: it stays."""


class Cursor(NamedTuple):
    """Where a page of the list goes on: behind what moved at this microsecond."""

    pinned: bool
    moved_at: int


class Listed(msgspec.Struct):
    """A conversation in a user's list."""

    contact: Contact
    moved_at: int
    """Unix microseconds at which it last moved in the list; no two of a type share one but by chance."""
    pinned_at: int
    """Unix seconds; 0: it is not pinned."""
    msg_time: int = 0
    """Unix seconds of its last message."""
    empty: bool = False
    """Its owner sees no message in it."""
    gone: bool = False
    """Nothing that its owner may see was ever said in it: it is not shown."""
    detail: Any = None
    """What its type's ``Source`` knows of it."""
    entry: Entry = NOTHING


class Page(NamedTuple):
    listed: list[Listed]
    next: Cursor | None
    """None: that was the last page."""
    newest: int
    """MsgTime of the newest conversation of the page; 0 for none."""


class Source(Protocol):
    """The conversations of one type. ``c2c`` has those of type 1; ``groups`` will add those of type 2."""

    async def known(self, app: App, owner: str, ids: Collection[str]) -> Collection[str]:
        """Those of ``ids`` that ``owner`` may have a conversation with."""
        ...

    def unknown(self) -> Code:
        """The code for one that is not."""
        ...

    async def listed(self, app: App, owner: str, limit: int) -> list[Listed]:
        """The conversations that stand in the list, without their last messages: one query, pinned ones first, then
        by ``moved_at``, newest first."""
        ...

    async def fill(self, app: App, owner: str, page: Sequence[Listed]) -> None:
        """Set ``msg_time``, ``empty``, ``gone`` and ``detail``."""
        ...

    async def pinned(self, tx: Tx, app: int, owner: str) -> set[str]:
        """The conversations that are pinned."""
        ...

    async def put_pins(self, tx: Tx, app: int, owner: str, ids: Collection[str], at: int) -> None:
        """Pin at the second ``at``; 0: unpin."""
        ...

    async def hide(self, app: App, owner: str, contact_id: str, *, clear: bool) -> bool:
        """Take it off the list until something new is said; ``clear``: its history, too, for ``owner``. False: there is
        no such conversation."""
        ...
