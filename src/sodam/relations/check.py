"""Checks: who is whose friend, who blocks whom (rest-accounts-relations.md 6.7, 6.13); standings for messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sodam.relations import store
from sodam.relations.model import BLACK, BLOCKS, FRIENDS, HAS, Standing
from sodam.relations.work import Core

_RELATIONS: Final = ("NoRelation", "AWithB", "BWithA", "BothWay")


class Checks:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def friends(self, app: int, user_id: str, peers: Sequence[str], *, both: bool) -> list[str | None]:
        """For each peer NoRelation, AWithB, BWithA or BothWay, A being ``user_id``; None for an unknown account.

        Unless ``both``, only A's list is looked at. Raises ApiError 30003 when ``user_id`` is unknown.
        """
        return await self._check(app, user_id, peers, FRIENDS if both else HAS, shift=0)

    async def blacklist(self, app: int, user_id: str, peers: Sequence[str], *, both: bool) -> list[str | None]:
        """As ``friends``, of blacklists; NoRelation means that neither blocks the other."""
        return await self._check(app, user_id, peers, BLACK if both else BLOCKS, shift=2)

    async def _check(self, app: int, user_id: str, peers: Sequence[str], kinds: int, *, shift: int) -> list[str | None]:
        core = self._core
        await core.requester(app, user_id)
        known = await core.accounts.find_many(app, peers)
        bits = await store.between(core.db, app, user_id, known, kinds)
        return [_RELATIONS[bits.get(peer, 0) >> shift & 3] if peer in known else None for peer in peers]

    def peek_standing(self, app: int, sender: str, recipient: str) -> Standing | None:
        """The standing if it is at hand; None says nothing."""
        return self._core.cache.peek_standing(app, sender, recipient)

    async def standing(self, app: int, sender: str, recipient: str) -> Standing:
        """How two users stand to each other: the one place where messages ask about relations."""
        cache = self._core.cache
        known = cache.peek_standing(app, sender, recipient)
        if known is not None:
            return known
        low, high = (sender, recipient) if sender < recipient else (recipient, sender)

        async def read() -> int:
            return (await store.between(self._core.db, app, low, (high,), FRIENDS | BLACK)).get(high, 0)

        return cache.standing(await cache.pairs.load((app, low, high), read), mirrored=sender != low)
