"""Official accounts: who has one, who follows it, and what it says to all who do."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Final, NamedTuple, Protocol

import msgspec

from sodam.accounts.events import AccountsDeleted
from sodam.accounts.model import IMAGE, NICK, OFFICIAL, Profile, Wanted
from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.bus import Bus, Live
from sodam.c2c.service import C2CService
from sodam.clock import now as wall_clock
from sodam.errors import ApiError, Code
from sodam.officials import refusals, store, store_messages
from sodam.officials.broadcasts import Broadcasts
from sodam.officials.events import (
    BroadcastsErased,
    OfficialChanged,
    OfficialCreated,
    OfficialDestroyed,
    OfficialFull,
    SubscribersAdded,
    SubscribersLeft,
)
from sodam.officials.fanout import FanOut
from sodam.officials.model import (
    BYTES,
    MAX_ACCOUNTS,
    MOST_ACCOUNTS,
    Act,
    Official,
    Subscriber,
    is_official,
    valid_id,
)
from sodam.officials.reading import Reading
from sodam.outbox.service import Outbox
from sodam.presence.service import PresenceService
from sodam.push.service import PushService
from sodam.storage import Database, Tx, hold

_DAY: Final = 86_400
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz"
FAILED, DONE, BEFORE = 0, 1, 2


class Results(dict[str, int]):
    """``DONE``, ``BEFORE`` or ``FAILED`` by user."""

    def __init__(self, found: dict[str, int], why: dict[str, Code]) -> None:
        super().__init__(found)
        self.why = why
        """Of those that failed."""


"""Of one user of a call: it did not work, it did, it was so before."""
WIRE: Final = {
    "name": "Name",
    "introduction": "Introduction",
    "face_url": "FaceUrl",
    "organization": "Organization",
}
"""The fields that the app hears of when they change."""


PROFILE: Final = {"name": NICK, "face_url": IMAGE}
"""Fields of an official account that are its account's, too."""
_NOBODY: Final = Act("")


class Guard(Protocol):
    """Asks the app before."""

    async def creating(self, app: App, act: Act, owner: str, name: str) -> None: ...

    async def subscribing(self, app: App, act: Act, account: str, user_ids: Sequence[str]) -> Collection[str]:
        """Who of them may not."""
        ...


class Standing(NamedTuple):
    """A subscriber as the list of them says."""

    subscriber: Subscriber
    mute: int
    last_sent: int
    """Unix seconds of the last message to the account; 0: none."""


class Officials:
    def __init__(
        self,
        db: Database,
        bus: Bus,
        live: Live,
        apps: AppService,
        accounts: AccountService,
        presence: PresenceService,
        c2c: C2CService,
        push: PushService,
        outbox: Outbox,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._db = db
        self._apps = apps
        self._accounts = accounts
        self._c2c = c2c
        self._outbox = outbox
        self._clock = clock
        self.reading = Reading(db, bus, accounts, clock)
        self.broadcasts = Broadcasts(db, outbox, c2c.screens, clock)
        self.fanout = FanOut(db, live, apps, accounts, presence, c2c.histories, push, outbox, clock)
        self.guard: Guard | None = None
        c2c.histories.beside = self.reading
        db.events.subscribe(AccountsDeleted, self.forget_accounts)

    @property
    def _now(self) -> int:
        return int(self._clock())

    # Accounts

    async def create(self, app: App, act: Act, wanted: Official) -> Official:
        """Make an official account; an empty ID is drawn.

        Raises ApiError 130007 (ID), 130008 (in use), 130010 (as many as the plan allows), 70107 (owner), 10016.
        """
        if wanted.account and not valid_id(wanted.account):
            raise ApiError(refusals.BAD_ID)
        if await self._accounts.find(app.sdkappid, wanted.owner) is None:
            raise ApiError(Code.ACCOUNT_NOT_FOUND, f"Owner_Account {wanted.owner[:40]!r} does not exist")
        if self.guard is not None:
            await self.guard.creating(app, act, wanted.owner, wanted.name)
        number, limit = app.sdkappid, MAX_ACCOUNTS.get(app.plan, MOST_ACCOUNTS)
        account = wanted.account or OFFICIAL + OFFICIAL[:5] + "".join(secrets.choice(_LETTERS) for _ in range(8))
        one = msgspec.structs.replace(wanted, app=number, account=account, created_at=self._now)
        event = OfficialCreated(
            app=number, account=account, operator=act.operator, source=act.source, owner=one.owner, name=one.name
        )

        async def run(tx: Tx) -> None:
            await hold(tx, f"officials:{number}")
            if await store.count(tx, number) >= limit:
                raise refusals.too_many(limit)
            if not await self._accounts.alive(tx, number, [one.owner]):
                raise ApiError(Code.ACCOUNT_NOT_FOUND, f"Owner_Account {one.owner[:40]!r} does not exist")
            made = await self._accounts.import_in(tx, app, [Wanted(account, _profile(one))])
            if account not in made.added:
                raise refusals.in_use(account)
            await store.insert(tx, one)
            self.reading.hints.changed_by(tx, number)
            tx.emit(event)

        await self._db.write(run)
        return one

    async def destroy(self, app: App, act: Act, account: str) -> None:
        """Remove an official account with its messages and subscriptions. Raises ApiError 130004."""

        async def run(tx: Tx) -> None:
            if account not in await store.load(tx, app.sdkappid, [account]):
                raise refusals.no_such(account)
            await self._accounts.delete_in(tx, app, [account])
            await self._erase(tx, app.sdkappid, [account], act)

        await self._db.write(run)

    async def modify(self, app: App, act: Act, account: str, changes: Mapping[str, str | int]) -> None:
        """Change fields of an official account, by their names in ``Official``. Raises ApiError 130004."""

        profile = {PROFILE[name]: value for name, value in changes.items() if name in PROFILE}

        async def run(tx: Tx) -> None:
            if account not in await store.load(tx, app.sdkappid, [account]):
                raise refusals.no_such(account)
            if profile:  # the account's row first, as whoever deletes it: no deadlock
                await self._accounts.import_in(tx, app, [Wanted(account, profile)])
            found = (await store.lock(tx, app.sdkappid, [account])).get(account)
            if found is None:
                raise refusals.no_such(account)
            different = {name: value for name, value in changes.items() if getattr(found, name) != value}
            if different:
                await store.save(tx, msgspec.structs.replace(found, **different))
            fields = {WIRE[name]: str(value) for name, value in different.items() if name in WIRE}
            if fields:
                tx.emit(
                    OfficialChanged(
                        app=app.sdkappid, account=account, operator=act.operator, source=act.source, changes=fields
                    )
                )

        await self._db.write(run)

    async def find(self, app: int, accounts: Iterable[str]) -> dict[str, Official]:
        return await store.load(self._db, app, accounts)

    async def page(self, app: int, after: str, prefix: str, limit: int) -> list[Official]:
        """By ID, behind ``after``; of those whose ID or name begins with ``prefix``."""
        return await store.page(self._db, app, after, prefix, limit)

    async def count(self, app: int) -> int:
        return await store.count(self._db, app)

    # Subscribers

    async def subscribe(self, app: App, act: Act, account: str, user_ids: Sequence[str]) -> Results:
        """By user ``DONE``, ``BEFORE`` or ``FAILED``: unknown, refused by the app, or no room.

        Raises ApiError 130004, 130006 when there is no room for any of them, 10016.
        """
        number, ids = app.sdkappid, list(dict.fromkeys(user_ids))
        if account not in await self.find(number, [account]):
            raise refusals.no_such(account)
        before = await store.subscribed(self._db, number, account, ids)
        known = await self._accounts.find_many(number, ids)
        new = [user_id for user_id in ids if user_id in known and user_id not in before]
        refused: Collection[str] = ()
        if self.guard is not None and new:
            refused = await self.guard.subscribing(app, act, account, new)
        new = sorted(user_id for user_id in new if user_id not in refused)

        async def run(tx: Tx) -> Results:
            alive = await self._accounts.alive(tx, number, new) if new else set()
            one = (await store.lock(tx, number, [account])).get(account)
            if one is None:
                raise refusals.no_such(account)
            there = await store.subscribed(tx, number, account, ids)
            joining = [user_id for user_id in new if user_id in alive and user_id not in there]
            room = max(0, one.max_subscribers - one.subscribers)
            if joining and not room and not there:
                raise ApiError(refusals.FULL)
            added = await store.subscribe(tx, one, joining[:room], self._now)
            if added:
                one.subscribers += len(added)
                await store.save(tx, one)
                common = {"app": number, "account": account, "operator": act.operator, "source": act.source}
                tx.emit(SubscribersAdded(**common, user_ids=sorted(added)))  # type: ignore[arg-type]
                if one.subscribers >= one.max_subscribers:
                    tx.emit(OfficialFull(**common))  # type: ignore[arg-type]
            found = {user: DONE if user in added else BEFORE if user in there else FAILED for user in ids}
            why = {
                user: Code.ACCOUNT_NOT_FOUND
                if user not in known
                else refusals.REFUSED
                if user in refused
                else refusals.FULL
                for user, result in found.items()
                if result == FAILED
            }
            return Results(found, why)

        return await self._db.write(run)

    async def unsubscribe(self, app: App, act: Act, account: str, user_ids: Sequence[str]) -> Results:
        """By user ``DONE``, ``BEFORE`` (it did not follow) or ``FAILED`` (unknown). Raises ApiError 130004."""
        number, ids = app.sdkappid, list(dict.fromkeys(user_ids))
        known = await self._accounts.find_many(number, ids)

        async def run(tx: Tx) -> set[str]:
            one = (await store.lock(tx, number, [account])).get(account)
            if one is None:
                raise refusals.no_such(account)
            gone = await store.unsubscribe(tx, number, account, ids)
            await self._left(tx, one, gone, act)
            return gone

        gone = await self._db.write(run)
        found = {user: DONE if user in gone else BEFORE if user in known else FAILED for user in ids}
        return Results(found, {user: Code.ACCOUNT_NOT_FOUND for user, result in found.items() if result == FAILED})

    async def _left(self, tx: Tx, one: Official, gone: Collection[str], act: Act) -> None:
        if gone:
            one.subscribers -= len(gone)
            await store.save(tx, one)
            tx.emit(
                SubscribersLeft(
                    app=one.app, account=one.account, operator=act.operator, source=act.source, user_ids=sorted(gone)
                )
            )

    async def set_custom(self, app: App, account: str, user_id: str, custom: str) -> None:
        """Keep a text of the app's with a subscription. Raises ApiError 130004, 131003."""

        async def run(tx: Tx) -> None:
            if account not in await store.load(tx, app.sdkappid, [account]):
                raise refusals.no_such(account)
            if not await store.set_custom(tx, app.sdkappid, account, user_id, custom):
                raise refusals.not_subscribed(user_id)

        await self._db.write(run)

    async def subscribers(self, app: App, account: str, after: str, limit: int) -> list[Standing]:
        """A page by UserID, behind ``after``."""
        found = await store.subscribers(self._db, app.sdkappid, account, after, limit)
        ids = [one.user_id for one in found]
        mutes = await self._c2c.histories.mutes(app.sdkappid, ids, account)
        sent = await self._c2c.histories.last_sent(app.sdkappid, ids, account)
        return [Standing(one, mutes.get(one.user_id, 0), sent.get(one.user_id, 0)) for one in found]

    async def followed(
        self, app: int, user_id: str, offset: int, limit: int
    ) -> tuple[list[tuple[Official, Subscriber]], int]:
        """A page of the accounts that a user follows, and how many there are."""
        found, total = await store.followed(self._db, app, user_id, offset, limit)
        known = await store.load(self._db, app, [account for account, _ in found])
        return [(known[account], one) for account, one in found if account in known], total

    # With others

    async def forget_accounts(self, tx: Tx, deleted: Sequence[AccountsDeleted]) -> None:
        """Part of deleting accounts: their subscriptions end, official accounts among them go with what they said."""
        for event in deleted:
            await self._erase(tx, event.app, [user_id for user_id in event.user_ids if is_official(user_id)])
            by_account = await store.accounts_of(tx, event.app, event.user_ids)
            for account, one in (await store.lock(tx, event.app, by_account)).items():
                gone = await store.unsubscribe(tx, event.app, account, by_account[account])
                await self._left(tx, one, gone, _NOBODY)
            await store_messages.hidden_of(tx, event.app, event.user_ids)
            await store.disown(tx, event.app, event.user_ids)

    async def _erase(self, tx: Tx, app: int, accounts: Sequence[str], act: Act = _NOBODY) -> None:
        if not accounts:
            return
        for account, one in (await store.lock(tx, app, accounts)).items():
            await store.erase(tx, app, account)
            self.reading.hints.changed_by(tx, app)
            tx.emit(
                OfficialDestroyed(
                    app=app, account=account, operator=act.operator, source=act.source, owner=one.owner, name=one.name
                )
            )

    async def sweep(self) -> int:
        """Periodic work: erase messages that apps keep no longer; how many."""
        total = 0
        for app in self._apps.all():
            if await self.reading.idle(app.sdkappid):
                continue
            before = self._now - app.settings.history_days * _DAY
            while gone := await self._db.write(partial(_purge, app=app.sdkappid, before=before)):
                total += gone
        return total


async def _purge(tx: Tx, app: int, before: int) -> int:
    gone = await store_messages.purge(tx, app, before)
    for account, seqs in gone.items():
        tx.emit(BroadcastsErased(app=app, account=account, seqs=seqs))
    return sum(map(len, gone.values()))


def _profile(one: Official) -> Profile:
    return {field: getattr(one, name) for name, field in PROFILE.items()}


def too_long(fields: Mapping[str, str]) -> str:
    """The first field that is longer than it may be; '' none."""
    return next((name for name, text in fields.items() if len(text.encode()) > BYTES[name]), "")
