"""What official accounts said, as their subscribers read it in one-to-one conversations: see ``c2c.beside``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from sodam.accounts.service import AccountService
from sodam.bus import Bus
from sodam.bus.cache import Hints
from sodam.c2c import events
from sodam.c2c.beside import Said, Side
from sodam.c2c.model import Message, Place, Rank
from sodam.messages.model import NO_UNREAD, RECALLED
from sodam.notices import Notice
from sodam.officials import store, store_messages
from sodam.officials.model import BEHIND, Broadcast, is_official
from sodam.storage import Database, Tx

_MISSED: Final = 500
"""Messages of official accounts that a device gets when it comes back; the history has all."""
_RECALLS: Final = 100
_HELD: Final = 10_000


class Reading:
    def __init__(self, db: Database, bus: Bus, accounts: AccountService, clock: Callable[[], float]) -> None:
        self._db = db
        self._accounts = accounts
        self._clock = clock
        self.hints: Hints[int] = Hints(bus, "officials", int, lambda app: self._used.forget(app))
        self._used = self.hints.cache(_HELD)

    def has(self, peer: str) -> bool:
        return is_official(peer)

    async def idle(self, app: int) -> bool:
        used: bool | None = self._used.get(app)
        if used is None:
            used = await self._used.load(app, lambda: store.any_of(self._db, app))
        return not used

    async def sides(
        self, source: Database | Tx, app: int, owner: str, *, oldest: int, peers: Sequence[str] = ()
    ) -> dict[str, Side]:
        found = await store_messages.sides(source, app, owner, oldest, peers)
        return {side.account: side for side in found if peers or side.at}

    async def unread(self, source: Database | Tx, app: int, owner: str, *, oldest: int) -> int:
        return await store_messages.unread(source, app, owner, oldest)

    async def history(self, app: int, owner: str, peer: str, *, oldest: int, limit: int, before: Rank) -> list[Message]:
        found = await store_messages.history(
            self._db, app, owner, peer, oldest=oldest, start=before, limit=limit, down=True
        )
        return [one.to(owner) for one in found]

    async def forward(self, app: int, owner: str, peer: str, *, oldest: int, limit: int, after: Rank) -> list[Message]:
        found = await store_messages.history(
            self._db, app, owner, peer, oldest=oldest, start=after, limit=limit, down=False
        )
        return [one.to(owner) for one in found]

    async def peers(self, app: int, owner: str) -> list[str]:
        return await store.followed_accounts(self._db, app, owner)

    async def at(self, app: int, owner: str, peer: str, ranks: Sequence[Rank], *, oldest: int) -> list[Message]:
        places = {rank[1] - BEHIND: rank for rank in ranks if rank[1] > BEHIND}
        found = await store_messages.seen_of(self._db, app, owner, peer, list(places), oldest=oldest)
        return [one.to(owner) for one in found if one.rank == places[one.seq]]

    async def walk(self, tx: Tx, app: int, account: str, seq: int, limit: int) -> list[Said]:
        return [_said(one) for one in await store_messages.walk(tx, app, account, seq, limit)]

    async def sample(self, tx: Tx, app: int, limit: int) -> list[Said]:
        return [_said(one) for one in await store_messages.sample(tx, app, limit)]

    async def rank(self, app: int, owner: str, peer: str, place: Place) -> Rank | None:
        found = await store_messages.seen(self._db, app, owner, peer, place[1])
        return found.rank if found is not None and (found.msg_time, found.random) == (place[0], place[2]) else None

    async def last(self, app: int, owner: str, peers: Sequence[str], *, oldest: int) -> list[Message]:
        return [one.to(owner) for one in await store_messages.last(self._db, app, owner, peers, oldest)]

    async def since(self, app: int, owner: str, begin: int) -> list[Message]:
        found = await store_messages.since(self._db, app, owner, begin, _MISSED)
        return [one.to(owner) for one in reversed(found)]

    async def recalled_since(self, app: int, owner: str, begin: int) -> list[Notice]:
        found = await store_messages.recalled_since(self._db, app, owner, begin, _RECALLS)
        known = await self._accounts.find_many(app, {one.account for one in found})
        return [
            events.withdrawn(one.to(owner, known[one.account].tiny_id), one.account)
            for one in found
            if one.account in known
        ]

    async def mark_read(self, tx: Tx, app: int, owner: str, peer: str, read_time: int) -> int | None:
        before = await store_messages.lock_one(tx, app, owner, peer)
        if before is None:
            return None
        now = int(self._clock())
        everything = read_time >= now
        seq, msg_time = await store_messages.newest_until(tx, app, peer, 1 << 60 if everything else read_time)
        if seq <= before:
            return None
        await store_messages.put(tx, app, owner, peer, seq, ("read_seq",))
        return msg_time

    async def delete_for(self, tx: Tx, app: int, owner: str, peer: str, places: Sequence[Place]) -> int:
        read = await store_messages.lock_one(tx, app, owner, peer)
        if read is None:
            return 0
        unread = 0
        for msg_time, seq, random in dict.fromkeys(places):
            one = await store_messages.seen(tx, app, owner, peer, seq)
            if one is None or (one.msg_time, one.random) != (msg_time, random):
                continue
            await store_messages.put_hidden(tx, app, owner, peer, [seq])
            unread += seq > read and not one.flags & (NO_UNREAD | RECALLED)
        return unread

    async def hide(self, tx: Tx, app: int, owner: str, peer: str, *, clear: bool, remove: bool) -> bool:
        if await store_messages.lock_one(tx, app, owner, peer) is None:
            return False
        seq, _ = await store_messages.newest_until(tx, app, peer, 1 << 60)
        columns = ["read_seq", *(["clear_seq"] * clear), *(["hide_seq"] * remove)]
        await store_messages.put(tx, app, owner, peer, seq, columns)
        return True


def _said(one: Broadcast) -> Said:
    return Said(one.account, one.seq, one.rank, one.flags, one.body)
