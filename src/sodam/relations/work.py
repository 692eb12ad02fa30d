"""A change of relations: one transaction that holds the owners it changes, and what follows its commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from sodam.accounts.model import Account
from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.bus import Bus, Live
from sodam.clock import now as wall_clock
from sodam.errors import ApiError, Code
from sodam.relations import store, store_friends, store_lists
from sodam.relations.cache import Changed, RelationCache
from sodam.relations.events import Announcer, DomainEvent, Notices
from sodam.relations.guard import Guard
from sodam.relations.model import MAX_PENDING, PENDENCY_SECONDS, Friend, Origin, Owner, Pendency
from sodam.storage import Database, Tx

T = TypeVar("T")
INVALID_ACCOUNT = "Err_Sns_Invalid_Account"


class Work:
    """The inside of a change. Nothing in here has an effect before the transaction is committed."""

    __slots__ = ("_friends", "_requests", "app", "changed", "events", "notices", "now", "origin", "owners", "tx")

    def __init__(self, tx: Tx, app: App, origin: Origin, now: int) -> None:
        self.tx = tx
        self.app = app
        self.origin = origin
        self.now = now
        self.owners: dict[str, Owner] = {}
        self.notices = Notices()
        self.events: list[DomainEvent] = []
        self.changed = Changed(app.sdkappid, [])
        self._friends: dict[tuple[str, str], Friend] = {}
        self._requests: dict[tuple[str, str], Pendency] = {}

    @property
    def cutoff(self) -> int:
        """Requests made at or before this second have expired."""
        return self.now - PENDENCY_SECONDS

    async def hold(self, *user_ids: str) -> None:
        """Keep others from changing these users' lists until the end. Once in a change, with all that it needs."""
        self.owners.update(await store.hold_owners(self.tx, self.app.sdkappid, user_ids))

    def between(self, owner: str, peers: Iterable[str], kinds: int) -> Awaitable[dict[str, int]]:
        return store.between(self.tx, self.app.sdkappid, owner, peers, kinds, self.cutoff)

    def pair(self, a: str, b: str) -> None:
        """Note that a standing changed."""
        self.changed.pairs.append((a, b))

    # Friends

    def befriend(self, friend: Friend) -> None:
        """Add an entry to a list that has room for it."""
        owner = self.owners[friend.owner]
        friend.pos = owner.touch()
        owner.friends += 1
        if friend.groups:
            owner.touch_groups()
        if friend.custom:
            owner.touch_custom()
        self._friends[(friend.owner, friend.peer)] = friend
        self.notices[friend.owner].added.append(friend.peer)
        self.pair(friend.owner, friend.peer)

    def save(self, friend: Friend) -> None:
        """Write a changed entry; the caller counts the change."""
        self._friends[(friend.owner, friend.peer)] = friend

    def entry(self, owner: str, peer: str) -> Friend | None:
        """An entry that this change wrote."""
        return self._friends.get((owner, peer))

    async def unfriend(self, owner: str, peers: list[str], others: list[str]) -> list[tuple[str, str]]:
        """Take ``peers`` off the owner's list and the owner off those of ``others``; (owner, peer) of each entry."""
        tx, app = self.tx, self.app.sdkappid
        gone = await store_friends.remove(tx, app, owner, peers) if peers else []
        if others:
            gone += await store_friends.remove_from(tx, app, others, owner)
        for holder, peer, groups, custom in gone:
            state = self.owners[holder]
            state.friends -= 1
            state.touch()
            if groups:
                state.touch_groups()
            if custom:
                state.touch_custom()
            self.notices[holder].deleted.append(peer)
            self.pair(holder, peer)
        return [(holder, peer) for holder, peer, _, _ in gone]

    # Requests

    def ask(self, request: Pendency, *, again: bool) -> None:
        """Store a request; ``again``: it replaces one that still waits."""
        owner = self.owners[request.owner]
        request.pos = owner.touch_pending()
        if not again:
            owner.pending += 1
        self.owners[request.peer].touch_pending()
        self._requests[(request.owner, request.peer)] = request

    async def remove_requests(self, owner: str, peers: list[str], others: list[str]) -> tuple[set[str], set[str]]:
        """Remove requests of ``peers`` to the owner, and of the owner to ``others``; those for whom there was one."""
        tx, app = self.tx, self.app.sdkappid
        came = await store_lists.remove_requests(tx, app, owner, peers) if peers else set()
        went = await store_lists.withdraw(tx, app, others, owner) if others else set()
        for peer in came:
            self._removed(owner, peer)
        for peer in went:
            self._removed(peer, owner)
        return came, went

    def _removed(self, owner: str, peer: str) -> None:
        self.owners[owner].pending -= 1
        for user_id, other in ((owner, peer), (peer, owner)):
            if state := self.owners.get(user_id):
                state.touch_pending()
            if other not in self.notices[user_id].requests_gone:
                self.notices[user_id].requests_gone.append(other)

    # The end

    async def finish(self, announcer: Announcer) -> None:
        """Write what was gathered, raise the events, and have the devices notified after the commit."""
        tx, app = self.tx, self.app.sdkappid
        if self._friends:
            await store_friends.save(tx, app, self._friends.values())
        if self._requests:
            await self._store_requests()
        dirty = [owner for owner in self.owners.values() if owner.dirty]
        if dirty:
            await store.save_owners(tx, app, dirty)
            self.changed.owners.extend(owner.user_id for owner in dirty)
        for event in self.events:
            tx.emit(event)
        tx.after_commit(lambda: announcer.announce(app, self.changed, self.notices, self.origin))

    async def _store_requests(self) -> None:
        tx, app = self.tx, self.app.sdkappid
        for user_id in {owner for owner, _ in self._requests}:
            self.owners[user_id].pending -= await store_lists.expire(tx, app, user_id, self.cutoff)
        await store_lists.ask(tx, app, self._requests.values())
        for user_id in {owner for owner, _ in self._requests}:
            owner = self.owners[user_id]
            excess = owner.pending - MAX_PENDING
            if excess > 0:
                for peer in await store_lists.roll_off(tx, app, user_id, excess):
                    self._removed(user_id, peer)


class Core:
    """What every part of the relation service works with."""

    def __init__(
        self,
        db: Database,
        bus: Bus,
        live: Live,
        accounts: AccountService,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self.db = db
        self.accounts = accounts
        self.clock = clock
        self.cache = RelationCache(bus)
        self.announcer = Announcer(live, self.cache)
        self.guard: Guard | None = None

    def now(self) -> int:
        return int(self.clock())

    async def change(
        self,
        app: App,
        origin: Origin,
        user_id: str,
        others: Iterable[str],
        fn: Callable[[Work, set[str]], Awaitable[T]],
        *,
        hold_others: bool = True,
    ) -> T:
        """Run ``fn`` in a transaction that holds the lists of ``user_id`` and ``others``; then notify whom it concerns.

        ``fn`` receives those of all these that exist: an account that is deleted at the same time is either gone
        for it, or its deletion finds what ``fn`` wrote. Raises ApiError 30003 when ``user_id`` does not exist.
        """
        ids = sorted({user_id, *others})

        async def run(tx: Tx) -> T:
            work = Work(tx, app, origin, self.now())
            alive = await self.accounts.alive(tx, app.sdkappid, ids)
            if user_id not in alive:
                raise unknown_account()
            await work.hold(*(alive if hold_others else (user_id,)))
            result = await fn(work, alive)
            await work.finish(self.announcer)
            return result

        return await self.db.write(run)

    async def owner(self, app: int, user_id: str) -> Owner:
        """A user's counts and sequences, from the cache if they are at hand. Not to be changed."""
        owner = self.cache.owner(app, user_id)
        if owner is None:
            owner = await self.cache.owners.load((app, user_id), lambda: store.load_owner(self.db, app, user_id))
        return owner

    async def requester(self, app: int, user_id: str) -> Account:
        """The account acted for. Raises ApiError 30003."""
        account = self.accounts.peek(app, user_id) or await self.accounts.find(app, user_id)
        if account is None:
            raise unknown_account()
        return account


def unknown_account() -> ApiError:
    return ApiError(Code.SNS_ACCOUNT_NOT_FOUND, INVALID_ACCOUNT)
