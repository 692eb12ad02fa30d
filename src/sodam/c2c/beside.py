"""Messages that stand in one-to-one conversations without being in their log: one row each, whoever reads it.

Official accounts have such. ``Histories`` and ``Changes`` ask for them where a conversation may have any, and only
then: an app without official accounts pays nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import msgspec

from sodam.c2c.model import Head, Message, Place, Rank
from sodam.notices import Notice
from sodam.storage import Database, Tx


class Side(NamedTuple):
    """How such messages stand in a user's conversation."""

    account: str
    """The peer."""
    last_time: int
    """MsgTime of the newest one that may stand in the list; 0: there is none."""
    at: int
    """When that was stored, unix microseconds."""
    unread: int


class Said(NamedTuple):
    """Such a message, for the search index, whoever reads it."""

    account: str
    seq: int
    """Its place among those of the account."""
    rank: Rank
    flags: int
    body: bytes


class Beside(Protocol):
    def has(self, peer: str) -> bool:
        """Whether a conversation with ``peer`` may hold any."""
        ...

    async def idle(self, app: int) -> bool:
        """Nobody in the app can have any."""
        ...

    async def sides(
        self, source: Database | Tx, app: int, owner: str, *, oldest: int, peers: Sequence[str] = ()
    ) -> dict[str, Side]:
        """By peer: of ``peers``, or of those that stand in the list."""
        ...

    async def unread(self, source: Database | Tx, app: int, owner: str, *, oldest: int) -> int: ...

    async def history(
        self, app: int, owner: str, peer: str, *, oldest: int, limit: int, before: Rank
    ) -> list[Message]: ...

    async def forward(
        self, app: int, owner: str, peer: str, *, oldest: int, limit: int, after: Rank
    ) -> list[Message]: ...

    async def peers(self, app: int, owner: str) -> list[str]:
        """In whose conversations ``owner`` may find any."""
        ...

    async def at(self, app: int, owner: str, peer: str, ranks: Sequence[Rank], *, oldest: int) -> list[Message]:
        """Those at these places that ``owner`` may see, but for recalled ones."""
        ...

    async def walk(self, tx: Tx, app: int, account: str, seq: int, limit: int) -> list[Said]:
        """Those behind one of an account, account by account, which nobody changes until ``tx`` ends."""
        ...

    async def sample(self, tx: Tx, app: int, limit: int) -> list[Said]:
        """Some of those that came last, as ``walk``."""
        ...

    async def rank(self, app: int, owner: str, peer: str, place: Place) -> Rank | None: ...

    async def last(self, app: int, owner: str, peers: Sequence[str], *, oldest: int) -> list[Message]: ...

    async def since(self, app: int, owner: str, begin: int) -> list[Message]:
        """The newest that came from the second ``begin`` on, oldest first."""
        ...

    async def recalled_since(self, app: int, owner: str, begin: int) -> list[Notice]:
        """What tells of earlier ones that were recalled from then on."""
        ...

    async def mark_read(self, tx: Tx, app: int, owner: str, peer: str, read_time: int) -> int | None:
        """The second up to which everything is read now; None: nothing has changed."""
        ...

    async def delete_for(self, tx: Tx, app: int, owner: str, peer: str, places: Sequence[Place]) -> int:
        """How many of them were unread."""
        ...

    async def hide(self, tx: Tx, app: int, owner: str, peer: str, *, clear: bool, remove: bool) -> bool: ...


def merged(head: Head, side: Side | None) -> Head:
    """The conversation with both kinds of messages."""
    if side is None:
        return head
    at = max(head.list_at, side.at)
    return msgspec.structs.replace(
        head,
        last_time=max(head.last_time, side.last_time),
        list_time=at // 1_000_000,
        list_at=at,
        unread=head.unread + side.unread,
    )
