"""Following, which needs no consent (rest-accounts-relations.md section 7)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple

from sodam.accounts.model import Account
from sodam.apps.model import App
from sodam.errors import Code
from sodam.relations import store_follow
from sodam.relations.cache import Changed
from sodam.relations.events import DomainEvent, FollowAdded, FollowDeleted, FollowTarget, Notices
from sodam.relations.model import MAX_FOLLOWING, Origin, Outcome, Place, refused
from sodam.relations.store_follow import FOLLOWED, FOLLOWS, Counts
from sodam.relations.work import Core, unknown_account
from sodam.storage import Tx

FOLLOWERS, FOLLOWING, MUTUAL = 1, 2, 3
_ADD = "FollowAdd"
_DELETE = "FollowDelete"


class Followed(NamedTuple):
    account: Account
    at: int
    """Unix seconds."""


class _Work:
    """The inside of a change; see ``work.Work``."""

    def __init__(self, tx: Tx, now: int, alive: set[str], counts: dict[str, Counts]) -> None:
        self.tx = tx
        self.now = now
        """Unix milliseconds."""
        self.alive = alive
        self.counts = counts
        self.notices = Notices()
        self.events: list[DomainEvent] = []


class Follows:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def add(
        self,
        app: App,
        origin: Origin,
        user_id: str,
        peers: Sequence[str],
        *,
        times: Mapping[str, int] | None = None,
    ) -> list[Outcome]:
        """Follow peers; following again changes nothing. One outcome a peer, in order.

        ``times``, in unix milliseconds, are those of an import, which no webhook reports.
        30001 oneself, 30003 unknown, 32100 more than 5000. Raises ApiError 30003 when ``user_id`` is unknown.
        """
        known = await self._accounts(app, user_id, peers)

        async def run(work: _Work) -> list[Outcome]:
            bits = await store_follow.between(work.tx, app.sdkappid, user_id, [p for p in peers if p in work.alive])
            me = work.counts[user_id]
            new: list[str] = []
            outcomes = []
            for peer in peers:
                if peer == user_id:
                    outcomes.append(refused(_ADD, peer, Code.SNS_BAD_REQUEST, "Follow_Self"))
                elif peer not in work.alive:
                    outcomes.append(refused(_ADD, peer, Code.SNS_ACCOUNT_NOT_FOUND, "Invalid_Account"))
                elif bits.get(peer, 0) & FOLLOWS or peer in new:
                    outcomes.append(Outcome(peer))
                elif me.following + len(new) >= MAX_FOLLOWING:
                    outcomes.append(refused(_ADD, peer, Code.FOLLOW_FOLLOWING_FULL, "Following_Num_Exceed_Threshold"))
                else:
                    new.append(peer)
                    outcomes.append(Outcome(peer))
            if new:
                mutual = [peer for peer in new if bits.get(peer, 0) & FOLLOWED]
                entries = [(peer, times[peer] if times else work.now, peer in mutual) for peer in new]
                await store_follow.add(work.tx, app.sdkappid, user_id, entries)
                await store_follow.set_mutual(work.tx, app.sdkappid, mutual, user_id, True)
                _count(work, user_id, new, mutual, 1)
                _tell(work, known, user_id, new, mutual, 1)
                if times is None:
                    work.events.append(_added(app, origin, user_id, new, work.now))
            return outcomes

        return await self._change(app, origin, user_id, known, run)

    async def delete(self, app: App, origin: Origin, user_id: str, peers: Sequence[str]) -> list[Outcome]:
        """Stop following; who was not followed is no error. One outcome a peer, in order. Raises ApiError 30003."""
        known = await self._accounts(app, user_id, peers)

        async def run(work: _Work) -> list[Outcome]:
            gone = await store_follow.remove(work.tx, app.sdkappid, user_id, [p for p in peers if p in work.alive])
            if gone:
                mutual = [peer for peer, both in gone.items() if both]
                await store_follow.set_mutual(work.tx, app.sdkappid, mutual, user_id, False)
                _count(work, user_id, list(gone), mutual, -1)
                left = [peer for peer in dict.fromkeys(peers) if peer in gone]
                _tell(work, known, user_id, left, mutual, 0)
                work.events.append(
                    FollowDeleted(
                        app=app.sdkappid,
                        platform=origin.platform,
                        client_ip=origin.client_ip,
                        From_Account=user_id,
                        To_Account=left,
                        EventTime=work.now,
                    )
                )
            return [
                Outcome(peer)
                if peer in known
                else refused(_DELETE, peer, Code.SNS_ACCOUNT_NOT_FOUND, "Invalid_Account")
                for peer in peers
            ]

        return await self._change(app, origin, user_id, known, run)

    async def page(
        self, app: int, user_id: str, kind: int, after: Place | None, limit: int
    ) -> tuple[list[Followed], Place | None]:
        """A page of followers (1), followed (2) or mutual (3), newest first, and where the next begins.

        Raises ApiError 30003 when ``user_id`` is unknown.
        """
        core = self._core
        await core.requester(app, user_id)
        rows = await store_follow.page(core.db, app, user_id, kind, after, limit + 1)
        more = rows[limit - 1] if len(rows) > limit else None
        accounts = await core.accounts.find_many(app, [peer for _, peer in rows[:limit]])
        return [Followed(accounts[peer], at // 1000) for at, peer in rows[:limit] if peer in accounts], more

    async def check(self, app: int, user_id: str, peers: Sequence[str]) -> list[int | None]:
        """0 neither, 1 the peer follows the user, 2 the user follows the peer, 3 both; None unknown account.

        Raises ApiError 30003 when ``user_id`` is unknown.
        """
        core = self._core
        await core.requester(app, user_id)
        known = await core.accounts.find_many(app, peers)
        bits = await store_follow.between(core.db, app, user_id, known)
        types = (0, 2, 1, 3)
        return [types[bits.get(peer, 0)] if peer in known else None for peer in peers]

    async def counts(self, app: int, user_id: str, peers: Sequence[str]) -> list[Counts | None]:
        """Followers, following and mutual of each peer; None for an unknown account. Raises ApiError 30003."""
        core = self._core
        await core.requester(app, user_id)
        known = await core.accounts.find_many(app, peers)
        found = await store_follow.counts(core.db, app, known)
        return [found.get(peer) or Counts(peer) if peer in known else None for peer in peers]

    async def _accounts(self, app: App, user_id: str, peers: Sequence[str]) -> dict[str, Account]:
        await self._core.requester(app.sdkappid, user_id)
        return await self._core.accounts.find_many(app.sdkappid, [user_id, *peers])

    async def _change(
        self,
        app: App,
        origin: Origin,
        user_id: str,
        known: dict[str, Account],
        fn: Callable[[_Work], Awaitable[list[Outcome]]],
    ) -> list[Outcome]:
        core = self._core

        async def run(tx: Tx) -> list[Outcome]:
            alive = await core.accounts.alive(tx, app.sdkappid, sorted(known))
            if user_id not in alive:
                raise unknown_account()
            work = _Work(tx, int(core.clock() * 1000), alive, await store_follow.hold(tx, app.sdkappid, alive))
            result = await fn(work)
            if work.notices:
                await store_follow.save(tx, app.sdkappid, work.counts.values())
            for event in work.events:
                tx.emit(event)
            changed = Changed(app.sdkappid, [])
            tx.after_commit(lambda: core.announcer.announce(app.sdkappid, changed, work.notices, origin))
            return result

        return await core.db.write(run)


def _added(app: App, origin: Origin, user_id: str, peers: Sequence[str], at: int) -> FollowAdded:
    return FollowAdded(
        app=app.sdkappid,
        platform=origin.platform,
        client_ip=origin.client_ip,
        From_Account=user_id,
        FollowList=[FollowTarget(peer) for peer in peers],
        EventTime=at,
    )


def _count(work: _Work, user_id: str, peers: Sequence[str], mutual: Sequence[str], step: int) -> None:
    me = work.counts[user_id]
    me.following += step * len(peers)
    me.mutual += step * len(mutual)
    for peer in peers:
        work.counts[peer].followers += step
    for peer in mutual:
        work.counts[peer].mutual += step


def _tell(
    work: _Work, known: dict[str, Account], user_id: str, peers: Sequence[str], mutual: Sequence[str], added: int
) -> None:
    nick = known[user_id].nick
    for peer in peers:
        also = [(added, MUTUAL)] if peer in mutual else []
        work.notices[user_id].follows.append((peer, known[peer].nick, [(added, FOLLOWING), *also]))
        work.notices[peer].follows.append((user_id, nick, [(added, FOLLOWERS), *also]))
