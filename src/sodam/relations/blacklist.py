"""Blacklists (rest-accounts-relations.md 6.10 to 6.12)."""

from __future__ import annotations

from collections.abc import Sequence

from sodam.apps.model import App
from sodam.errors import Code
from sodam.relations import store_lists
from sodam.relations.events import BlackListAdded, BlackListDeleted, Pair
from sodam.relations.model import (
    ASKED,
    ASKS,
    BLOCKS,
    HAD,
    HAS,
    PENDING,
    Blocked,
    Origin,
    Outcome,
    refused,
)
from sodam.relations.work import Core, Work

_ADD = "BlackListAdd"
_DELETE = "BlackListDelete"


class Blacklists:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def add(self, app: App, origin: Origin, user_id: str, peers: Sequence[str]) -> list[Outcome]:
        """Block peers: friendships and requests between them and the user end, both ways, and cannot come back while
        the block stands. One outcome a peer, in order. Raises ApiError 30003 when ``user_id`` is unknown.
        """
        core = self._core
        known = await core.accounts.find_many(app.sdkappid, [user_id, *peers])
        if user_id not in known:
            await core.requester(app.sdkappid, user_id)
        wanted = [peer for peer in peers if peer in known and peer != user_id]
        if not wanted:
            return [self._hopeless(user_id, peer) for peer in peers]

        async def run(work: Work, alive: set[str]) -> list[Outcome]:
            bits = await work.between(user_id, [p for p in wanted if p in alive], BLOCKS | HAS | HAD | PENDING)
            me = work.owners[user_id]
            outcomes: list[Outcome] = []
            new: list[Blocked] = []
            for peer in peers:
                if peer not in alive or peer == user_id:
                    outcomes.append(self._hopeless(user_id, peer))
                elif bits.get(peer, 0) & BLOCKS:
                    outcomes.append(refused(_ADD, peer, Code.SNS_BAD_REQUEST, "Already_Exist"))
                elif me.blocked >= app.limits.blacklist:
                    outcomes.append(refused(_ADD, peer, Code.SNS_BLACKLIST_FULL, "Black_List_Full"))
                else:
                    bits[peer] = bits.get(peer, 0) | BLOCKS
                    me.blocked += 1
                    new.append(Blocked(owner=user_id, peer=peer, added_at=work.now, pos=me.touch_blacklist()))
                    outcomes.append(Outcome(peer))
            if new:
                await self._block(work, user_id, new, bits)
            return outcomes

        return await core.change(app, origin, user_id, wanted, run)

    @staticmethod
    def _hopeless(user_id: str, peer: str) -> Outcome:
        if peer == user_id:
            return refused(_ADD, peer, Code.SNS_BAD_REQUEST, "Add_Self")
        return refused(_ADD, peer, Code.SNS_ACCOUNT_NOT_FOUND, "Invalid_Account")

    async def _block(self, work: Work, user_id: str, new: list[Blocked], bits: dict[str, int]) -> None:
        blocked = [entry.peer for entry in new]

        def of(bit: int) -> list[str]:
            return [peer for peer in blocked if bits[peer] & bit]

        await work.unfriend(user_id, of(HAS), of(HAD))
        await work.remove_requests(user_id, of(ASKED), of(ASKS))
        await store_lists.block(work.tx, work.app.sdkappid, new)
        work.notices[user_id].blocked.extend(blocked)
        for peer in blocked:
            work.pair(user_id, peer)
        work.events.append(
            BlackListAdded(
                app=work.app.sdkappid,
                platform=work.origin.platform,
                client_ip=work.origin.client_ip,
                PairList=[Pair(user_id, peer) for peer in blocked],
            )
        )

    async def delete(self, app: App, origin: Origin, user_id: str, peers: Sequence[str]) -> list[Outcome]:
        """Unblock peers; a friendship of before does not come back. One outcome a peer, in order.

        Raises ApiError 30003 when ``user_id`` is unknown.
        """
        core = self._core
        await core.requester(app.sdkappid, user_id)
        known = await core.accounts.find_many(app.sdkappid, peers)

        async def run(work: Work, alive: set[str]) -> list[Outcome]:
            gone = await store_lists.unblock(work.tx, app.sdkappid, user_id, peers)
            freed = [peer for peer in dict.fromkeys(peers) if peer in gone]
            me = work.owners[user_id]
            me.blocked -= len(freed)
            for peer in freed:
                me.touch_blacklist()
                work.pair(user_id, peer)
            if freed:
                work.notices[user_id].unblocked.extend(freed)
                work.events.append(
                    BlackListDeleted(
                        app=app.sdkappid,
                        platform=work.origin.platform,
                        client_ip=work.origin.client_ip,
                        PairList=[Pair(user_id, peer) for peer in freed],
                    )
                )
            outcomes = []
            for peer in peers:
                if peer in gone:
                    gone.discard(peer)
                    outcomes.append(Outcome(peer))
                elif peer not in known:
                    outcomes.append(refused(_DELETE, peer, Code.SNS_ACCOUNT_NOT_FOUND, "Invalid_Account"))
                else:
                    outcomes.append(refused(_DELETE, peer, Code.SNS_BAD_REQUEST, "Not_Exist"))
            return outcomes

        return await core.change(app, origin, user_id, (), run)

    async def get(
        self, app: int, user_id: str, start: int, limit: int, last_seq: int = 0
    ) -> tuple[list[Blocked], int, int]:
        """A page in the order of blocking, beyond the place ``start``; the next page's place (0: none); the sequence.

        A place is the ``pos`` of an entry, which others that come and go do not move. Nothing when ``start`` is 0 and
        ``last_seq`` is the sequence already. Raises ApiError 30003 when ``user_id`` is unknown.
        """
        await self._core.requester(app, user_id)
        owner = await self._core.owner(app, user_id)
        if not owner.blocked or (start == 0 and last_seq == owner.black_seq):
            return [], 0, owner.black_seq
        entries = await store_lists.blacklist(self._core.db, app, user_id, start, limit + 1)
        more = len(entries) > limit
        del entries[limit:]
        return entries, entries[-1].pos if more else 0, owner.black_seq
