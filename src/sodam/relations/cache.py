"""What relations keep at hand on a node: owners' sequences, standings of pairs, encoded pages.

Owners and pairs follow the bus subject ``relations``, as ``bus/cache.py`` promises; pages are true for a version.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Final

import msgspec

from sodam.bus import Bus
from sodam.bus.cache import Cache, Hints
from sodam.relations.model import BLOCKED, BLOCKS, FRIENDS, Owner, Standing

_OWNERS: Final = 100_000
_PAIRS: Final = 200_000
PAGE_BYTES: Final = 64 << 20
SUBJECT: Final = "relations"

Key = tuple[int, str]
Pair = tuple[int, str, str]


class Changed(msgspec.Struct, array_like=True):
    """An announcement: whose lists changed, and between whom."""

    app: int
    owners: list[str]
    pairs: list[tuple[str, str]] = []
    erased: list[str] = []
    """Users of whom every pair changed."""


class Pages:
    """Encoded answers of one user's lists, true for the versions that they were made of."""

    __slots__ = ("bytes", "made", "version")

    def __init__(self, version: Hashable) -> None:
        self.version = version
        self.made: dict[Hashable, bytes] = {}
        self.bytes = 0


class RelationCache:
    def __init__(self, bus: Bus, clock: Callable[[], float] = time.monotonic, page_bytes: int = PAGE_BYTES) -> None:
        self._limit = page_bytes
        self._pages: OrderedDict[tuple[int, str, str], Pages] = OrderedDict()
        self.page_bytes = 0
        """Bytes of all encoded pages."""
        self.hints: Hints[Changed] = Hints(bus, SUBJECT, Changed, self._forget, clock)
        self.owners: Cache[Key, Owner] = self.hints.cache(_OWNERS)
        self.pairs: Cache[Pair, int] = self.hints.cache(_PAIRS)
        """Bits of (app, lower UserID, higher UserID), as the lower one sees the other."""

    def owner(self, app: int, user_id: str) -> Owner | None:
        """The owner if it is at hand; not to be changed."""
        return self.owners.get((app, user_id))

    def peek_standing(self, app: int, sender: str, recipient: str) -> Standing | None:
        """The standing if it is at hand; None says nothing."""
        if sender < recipient:
            bits = self.pairs.get((app, sender, recipient))
            return None if bits is None else _STANDINGS[bits]
        bits = self.pairs.get((app, recipient, sender))
        return None if bits is None else _MIRRORED[bits]

    @staticmethod
    def standing(bits: int, *, mirrored: bool) -> Standing:
        """What ``bits`` mean for a sender who is their owner or, mirrored, their peer."""
        return (_MIRRORED if mirrored else _STANDINGS)[bits]

    def pages(self, app: int, user_id: str, kind: str, version: Hashable) -> Pages:
        """The encoded pages of a list as it is at ``version``."""
        key = (app, user_id, kind)
        pages = self._pages.get(key)
        if pages is not None:
            if pages.version == version:
                self._pages.move_to_end(key)
                return pages
            self.page_bytes -= pages.bytes
        pages = self._pages[key] = Pages(version)
        self._pages.move_to_end(key)
        return pages

    def keep_page(self, pages: Pages, name: Hashable, answer: bytes) -> bytes:
        """Keep an encoded page; the least recently used are dropped when all together are too many."""
        if name not in pages.made:
            pages.made[name] = answer
            pages.bytes += len(answer)
            self.page_bytes += len(answer)
            while self.page_bytes > self._limit and self._pages:
                _, old = self._pages.popitem(last=False)
                self.page_bytes -= old.bytes
                old.bytes = 0
        return answer

    def _forget(self, change: Changed) -> None:
        app = change.app
        for owner in change.owners:
            self.owners.forget((app, owner))
        for a, b in change.pairs:
            self.pairs.forget((app, a, b) if a < b else (app, b, a))
        if change.erased:
            self._erase(app, set(change.erased))

    def _erase(self, app: int, users: Iterable[str]) -> None:
        gone = set(users)
        self.pairs.forget_where(lambda key: key[0] == app and (key[1] in gone or key[2] in gone))
        for user_id in gone:
            self.owners.forget((app, user_id))


def _standing(bits: int, *, mirrored: bool) -> Standing:
    by_peer, by_owner = bool(bits & BLOCKED), bool(bits & BLOCKS)
    if mirrored:
        by_peer, by_owner = by_owner, by_peer
    return Standing(blocked_by_recipient=by_peer, blocked_by_sender=by_owner, friend=bits & FRIENDS == FRIENDS)


_STANDINGS: Final = [_standing(bits, mirrored=False) for bits in range(16)]
_MIRRORED: Final = [_standing(bits, mirrored=True) for bits in range(16)]
