"""What relations keep at hand on a node: owners' sequences, standings of pairs, encoded pages.

Changes are announced after their commit on the bus subject ``relations``. While the bus is away nothing is taken from
here, and since an announcement may be lost, everything is forgotten every ``MAX_AGE`` seconds in a cluster.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Final, Generic, TypeVar

import msgspec

from sodam.bus import Bus
from sodam.relations.model import BLOCKED, BLOCKS, FRIENDS, Owner, Standing

MAX_AGE: Final = 30.0
_OWNERS: Final = 100_000
_PAIRS: Final = 200_000
PAGE_BYTES: Final = 64 << 20
SUBJECT: Final = "relations"

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
Key = tuple[int, str]
Pair = tuple[int, str, str]
_encode = msgspec.json.Encoder().encode


class Changed(msgspec.Struct, array_like=True):
    """An announcement: whose lists changed, and between whom."""

    app: int
    owners: list[str]
    pairs: list[tuple[str, str]] = []
    erased: list[str] = []
    """Users of whom every pair changed."""


_decode = msgspec.json.Decoder(Changed).decode


class Held(Generic[K, V]):
    """Values by key, of which none is kept that was read before a change and arrived after it."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._loading: dict[K, object] = {}
        self.values: dict[K, V] = {}

    def loading(self, key: K) -> object:
        """Announce a read; give its result to ``keep`` with what this returns."""
        ticket = self._loading[key] = object()
        return ticket

    def keep(self, key: K, value: V, ticket: object) -> None:
        if self._loading.get(key) is not ticket:
            return
        del self._loading[key]
        if len(self.values) >= self._size:
            for old in list(self.values)[: self._size // 10]:
                del self.values[old]
        self.values[key] = value

    def forget(self, key: K) -> None:
        self.values.pop(key, None)
        self._loading.pop(key, None)

    def clear(self) -> None:
        self.values.clear()
        self._loading.clear()


class Pages:
    """Encoded answers of one user's lists, true for the versions that they were made of."""

    __slots__ = ("bytes", "made", "version")

    def __init__(self, version: Hashable) -> None:
        self.version = version
        self.made: dict[Hashable, bytes] = {}
        self.bytes = 0


class RelationCache:
    def __init__(self, bus: Bus, clock: Callable[[], float] = time.monotonic, page_bytes: int = PAGE_BYTES) -> None:
        self._bus = bus
        self._clock = clock
        self._expires = clock() + MAX_AGE
        self._limit = page_bytes
        self._pages: OrderedDict[tuple[int, str, str], Pages] = OrderedDict()
        self.page_bytes = 0
        """Bytes of all encoded pages."""
        self.owners: Held[Key, Owner] = Held(_OWNERS)
        self.pairs: Held[Pair, int] = Held(_PAIRS)
        """Bits of (app, lower UserID, higher UserID), as the lower one sees the other."""
        bus.subscribe(SUBJECT, lambda data: self._forget(_decode(data)))
        bus.on_reconnect(self.clear)

    def fresh(self) -> bool:
        """Whether what is held may be believed."""
        if self._bus.clustered:
            if not self._bus.connected():
                return False
            if self._clock() >= self._expires:
                self.clear()
        return True

    def owner(self, app: int, user_id: str) -> Owner | None:
        """The owner if it is at hand; not to be changed."""
        return self.owners.values.get((app, user_id)) if self.fresh() else None

    def peek_standing(self, app: int, sender: str, recipient: str) -> Standing | None:
        """The standing if it is at hand; None says nothing."""
        if self._bus.clustered and not self.fresh():
            return None
        if sender < recipient:
            bits = self.pairs.values.get((app, sender, recipient))
            return None if bits is None else _STANDINGS[bits]
        bits = self.pairs.values.get((app, recipient, sender))
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

    def changed(self, change: Changed) -> None:
        """Forget what changed here and on every other node. Call after the commit."""
        self._forget(change)
        if self._bus.clustered:
            self._bus.publish(SUBJECT, _encode(change))

    def clear(self) -> None:
        self.owners.clear()
        self.pairs.clear()
        self._expires = self._clock() + MAX_AGE

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
        for key in [k for k in self.pairs.values if k[0] == app and (k[1] in gone or k[2] in gone)]:
            self.pairs.forget(key)
        for user_id in gone:
            self.owners.forget((app, user_id))


def _standing(bits: int, *, mirrored: bool) -> Standing:
    by_peer, by_owner = bool(bits & BLOCKED), bool(bits & BLOCKS)
    if mirrored:
        by_peer, by_owner = by_owner, by_peer
    return Standing(blocked_by_recipient=by_peer, blocked_by_sender=by_owner, friend=bits & FRIENDS == FRIENDS)


_STANDINGS: Final = [_standing(bits, mirrored=False) for bits in range(16)]
_MIRRORED: Final = [_standing(bits, mirrored=True) for bits in range(16)]
