"""Accounts: look-up through a cache, import, deletion, kick. Other packages follow a deletion by its event (events.py).

``peek`` answers from the cache without waiting, ``find`` asks the database.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Literal

from sodam.accounts import store
from sodam.accounts.events import AccountsAdded, AccountsDeleted, AccountSignedOut, AccountsNamed
from sodam.accounts.model import NICK, Account, Imported, Mark, Profile, Updated, Wanted, mute_end, valid_user_id
from sodam.apps.model import App
from sodam.apps.service import AppService
from sodam.bus import Bus, Kick, Live, of_user
from sodam.bus.cache import Cache, Facts, Hints, Read
from sodam.clock import now as wall_clock
from sodam.errors import ApiError, Code
from sodam.storage import Database, Tx, without_hook

_DAY = 86400
KICKED_BY_REST = 3
_FORGOTTEN_AT_ONCE = 200
_READS = 3
_HELD = 200_000
"""Accounts at hand, at the most."""

Key = tuple[int, str]

Within = Callable[[Tx, Account, Profile], Awaitable[None]]


Order = Literal["UserID", "-UserID", "CreateTime", "-CreateTime"]
"""Of a list of accounts; ``-``: the last first."""


class AccountService:
    def __init__(
        self,
        db: Database,
        bus: Bus,
        apps: AppService,
        clock: Callable[[], float] = wall_clock,
        *,
        live: Live | None = None,
    ) -> None:
        self._db = db
        self._apps = apps
        self._clock = clock
        self._live = live
        self._hints: Hints[Key] = Hints(bus, "accounts", Key, lambda key: self._held.forget(key))
        self._held: Cache[Key, Account] = self._hints.cache(_HELD)
        self.facts: Facts = self._held
        """Of what ``peek`` says."""
        self._load = store.loader(db)
        self._flights: dict[Key, asyncio.Task[Account | None]] = {}
        apps.on_change(self._app_changed)

    def app(self, sdkappid: int) -> App | None:
        return self._apps.get(sdkappid)

    def peek(self, app: int, user_id: str) -> Account | None:
        """The account if it is at hand; None says nothing."""
        return self._held.get((app, user_id))

    async def find(self, app: int, user_id: str) -> Account | None:
        """The account, or None. An administrator's is made when it is first asked for."""
        account = self.peek(app, user_id)
        if account is not None or not valid_user_id(user_id):
            return account
        if self._db.engine == "sqlite":
            return await self._find(app, user_id)
        # Whoever asks meanwhile waits for the same answer: two messages of one sender must not overtake each other.
        flight = self._flights.get((app, user_id))
        if flight is None:
            flight = self._flights[(app, user_id)] = asyncio.create_task(self._find(app, user_id))
            flight.add_done_callback(lambda _: self._flights.pop((app, user_id), None))
        return await asyncio.shield(flight)

    async def _find(self, app: int, user_id: str) -> Account | None:
        account: Account | None = None
        key = (app, user_id)
        for _ in range(_READS):
            ticket = self._held.loading(key)
            current = False
            try:
                account = await self._load(app, user_id)
            finally:
                current = self._held.keep(key, account, ticket)
            if current:
                break
            # Changed meanwhile: a login must not act on what was true before a kick.
            if held := self.peek(app, user_id):
                return held
        return account or await self._administrator(app, user_id)

    async def find_many(self, app: int, user_ids: Iterable[str]) -> dict[str, Account]:
        """Those that exist."""
        found: dict[str, Account] = {}
        missing: dict[str, Read] = {}
        loaded: dict[str, Account] = {}
        for user_id in user_ids:
            if account := self.peek(app, user_id):
                found[user_id] = account
            elif user_id not in missing and valid_user_id(user_id):
                missing[user_id] = self._held.loading((app, user_id))
        if not missing:
            return found
        try:
            loaded = {a.user_id: a for a in await store.load_many(self._db, app, list(missing))}
        finally:
            for user_id, ticket in missing.items():
                self._held.keep((app, user_id), loaded.get(user_id), ticket)
        for user_id in missing:
            if account := loaded.get(user_id) or await self._administrator(app, user_id):
                found[user_id] = account
        return found

    async def marks(self, app: int, user_ids: Iterable[str]) -> dict[str, Mark]:
        """What open sessions are measured by, from the database and not from what is at hand."""
        return await store.load_marks(self._db, app, sorted(set(user_ids)))

    async def alive(self, tx: Tx, app: int, user_ids: Iterable[str]) -> set[str]:
        """Those that exist, for a write that must not outlive them: none is deleted before ``tx`` ends."""
        return await store.alive(tx, app, [u for u in set(user_ids) if valid_user_id(u)])

    async def _administrator(self, app: int, user_id: str) -> Account | None:
        """An administrator may act without having been imported."""
        owner = self._apps.get(app)
        if owner is None or not owner.is_admin(user_id):
            return None
        with without_hook():
            return (await self.ensure(app, [user_id]))[user_id]

    async def ensure(self, app: int, user_ids: Iterable[str]) -> dict[str, Account]:
        """All of these accounts, made where they do not exist.

        Raises ApiError 70402 for a UserID that cannot be, 70398 and 70399 as an import does.
        """
        ids = list(dict.fromkeys(user_ids))
        found = {a.user_id: a for a in await store.load_many(self._db, app, [u for u in ids if valid_user_id(u)])}
        absent = [Wanted(user_id) for user_id in ids if user_id not in found]
        if absent:
            owner = self._apps.get(app)
            if owner is None:
                raise ApiError(Code.SDKAPPID_NOT_FOUND)
            imported = await self.import_accounts(owner, absent)
            for user_id, code in imported.failed.items():
                raise ApiError(code, f"UserID {user_id[:40]!r}: {code.meaning}")
            found |= {a.user_id: a for a in await store.load_many(self._db, app, [w.user_id for w in absent])}
        return found

    async def import_accounts(self, app: App, wanted: Sequence[Wanted]) -> Imported:
        """Create accounts, all in one transaction; write the profile fields given for those that exist.

        A UserID that is there twice gets the fields of both, the later ones where both give one.
        ``failed`` names those that cannot be (70402) or may not come back yet (70399). Raises ApiError 70398, and
        imports nothing, when the app's plan has no room for the new ones. Profile fields must be valid.
        """
        return await self._db.write(lambda tx: self.import_in(tx, app, wanted))

    async def import_in(self, tx: Tx, app: App, wanted: Sequence[Wanted]) -> Imported:
        """As ``import_accounts``, in the caller's transaction."""
        items: dict[str, Wanted] = {}
        for item in sorted(wanted, key=lambda item: item.user_id):  # one order: no deadlock
            before = items.get(item.user_id)
            items[item.user_id] = Wanted(item.user_id, before.profile | item.profile) if before else item
        failed = {user_id: Code.ACCOUNT_BAD_PARAMETER for user_id in items if not valid_user_id(user_id)}
        for user_id in failed:
            del items[user_id]
        imported = await self._import(tx, app, items)
        return Imported(failed | imported.failed, imported.updated, imported.added)

    async def _import(self, tx: Tx, app: App, items: dict[str, Wanted]) -> Imported:
        now = int(self._clock())
        known = await store.alive(tx, app.sdkappid, list(items))  # and they stay, or were gone before
        new = [user_id for user_id in items if user_id not in known]
        failed: dict[str, Code] = {}
        if new and app.plan != "Trial":
            away = await store.deleted_since(tx, app.sdkappid, new, now - _away(app) + 1)
            failed = {u: Code.ACCOUNT_DELETED_RECENTLY for u in away if not app.is_admin(u)}
            new = [user_id for user_id in new if user_id not in failed]
        added: set[str] = set()
        if new:
            if not await self._apps.stays(tx, app.sdkappid):
                raise ApiError(Code.APP_DISABLED)
            shard = await self._room(tx, app, [u for u in new if not app.is_admin(u)])
            added = await store.insert(tx, [_new(app.sdkappid, items[u], now) for u in new])
            await store.add_count(tx, app.sdkappid, shard, len(added))
            if added:
                tx.emit(AccountsAdded(app=app.sdkappid, number=len(added)))
        updated = []
        for user_id, item in items.items():
            if item.profile and user_id not in added and user_id not in failed:
                result = await _merge(tx, app.sdkappid, user_id, item.profile)
                if result is not None and result.changes:
                    updated.append(result)
                    self._hints.changed_by(tx, (app.sdkappid, user_id))
        nicks = {u: str(items[u].profile.get(NICK, "")) for u in sorted(added)}
        nicks |= {result.account.user_id: result.account.nick for result in updated if NICK in result.changes}
        if nicks:
            tx.emit(AccountsNamed(app=app.sdkappid, nicks=nicks))
        return Imported(failed, updated, frozenset(added))

    async def _room(self, tx: Tx, app: App, new: Sequence[str]) -> int:
        """The shard to count new accounts in. Raises ApiError 70398 when the plan has no room for them."""
        limit = app.limits.accounts
        if limit is None:
            return random.randrange(store.SHARDS) if tx.engine == "postgres" else 0  # noqa: S311 - no secret
        # Everyone who must not exceed a limit counts in the same row, and holds it from before the check.
        await store.add_count(tx, app.sdkappid, 0, 0)
        if new and await store.count(tx, app.sdkappid) + len(new) > limit:
            made = await store.alive(tx, app.sdkappid, new)  # by somebody else, before it was our turn
            if await store.count(tx, app.sdkappid) + len(new) - len(made) <= limit:
                return 0
            raise ApiError(Code.ACCOUNT_TRIAL_QUOTA, f"the plan {app.plan} allows {limit} accounts")
        return 0

    async def update_profile(self, app: int, user_id: str, changes: Profile, within: Within) -> Updated | None:
        """Write profile fields, already checked; None when there is no such account.

        ``within`` runs in the same transaction, with the account as it becomes and the values that differ. When none
        does, nothing is written.
        """
        stored = await store.load(self._db, app, user_id) if valid_user_id(user_id) else None
        if stored is None:
            return None
        if not _different(stored.profile, changes):
            return Updated(stored, {})

        async def run(tx: Tx) -> Updated | None:
            result = await _merge(tx, app, user_id, changes)
            if result is not None and result.changes:
                await within(tx, result.account, result.changes)
                self._hints.changed_by(tx, (app, user_id))
                if NICK in result.changes:
                    tx.emit(AccountsNamed(app=app, nicks={user_id: result.account.nick}))
            return result

        return await self._db.write(run)

    async def delete(self, app: App, user_ids: Sequence[str]) -> dict[str, Code]:
        """Delete accounts with everything that other packages keep of them, in one transaction; sign them out.

        Raises the event AccountsDeleted in it.

        The outcome for each: 0, 70107 unknown, 70402 an administrator or a UserID that cannot be. Raises ApiError
        71000 when the app's settings forbid deletion.
        """
        if not app.settings.allow_account_deletion:
            raise ApiError(Code.ACCOUNT_DELETE_FORBIDDEN)
        outcome = {u: Code.ACCOUNT_BAD_PARAMETER for u in user_ids if app.is_admin(u) or not valid_user_id(u)}
        ids = sorted(set(user_ids) - outcome.keys())

        gone = await self._db.write(lambda tx: self.delete_in(tx, app, ids)) if ids else set()
        for user_id in ids:
            outcome[user_id] = Code.OK if user_id in gone else Code.ACCOUNT_NOT_FOUND
        return outcome

    async def delete_in(self, tx: Tx, app: App, ids: Sequence[str]) -> set[str]:
        """As ``delete``, in the caller's transaction and whatever the app's settings say; those that existed."""
        now = int(self._clock())
        gone = await store.delete(tx, app.sdkappid, ids, now)
        if gone:
            await store.add_count(tx, app.sdkappid, 0, -len(gone))
            await store.forget_deleted(tx, app.sdkappid, now - _away(app), _FORGOTTEN_AT_ONCE)
            tx.emit(AccountsDeleted(app=app.sdkappid, user_ids=sorted(gone)))
            tx.after_commit(lambda: self._deleted(app.sdkappid, sorted(gone)))
        return gone

    def _deleted(self, app: int, user_ids: Sequence[str]) -> None:
        for user_id in user_ids:
            self._hints.changed((app, user_id))
            self._sign_out(app, user_id, "the account was deleted")

    async def kick(self, app: int, user_id: str) -> None:
        """Make every signature issued until now invalid and sign the user out. Raises ApiError 70107.

        A signature made later in this same second counts as old (rest-accounts-relations.md 3.5).
        """
        now = int(self._clock())

        async def run(tx: Tx) -> bool:
            if not await store.invalidate(tx, app, user_id, now):
                return False
            self._hints.changed_by(tx, (app, user_id))
            tx.emit(AccountSignedOut(app=app, user_id=user_id))
            tx.after_commit(lambda: self._sign_out(app, user_id, "signed out by an administrator"))
            return True

        if await self.find(app, user_id) is None or not await self._db.write(run):
            raise ApiError(Code.ACCOUNT_NOT_FOUND)

    async def mute(self, app: App, user_id: str, *, c2c: int | None = None, group: int | None = None) -> None:
        """Keep an account from writing one-to-one or group messages for so many seconds: 0 ends it, ``FOREVER`` has no
        end, None changes nothing. Raises ApiError 70107.
        """
        now = int(self._clock())
        ends = [None if seconds is None else mute_end(now, seconds) for seconds in (c2c, group)]
        if await self.find(app.sdkappid, user_id) is None:
            raise ApiError(Code.ACCOUNT_NOT_FOUND)
        await self._update(app.sdkappid, user_id, lambda tx: store.mute(tx, app.sdkappid, user_id, *ends))

    async def set_custom_status(self, app: int, user_id: str, text: str) -> None:
        """Keep what a user's clients say of the user. Raises ApiError 70107."""
        await self._update(app, user_id, lambda tx: store.set_custom_status(tx, app, user_id, text))

    async def _update(self, app: int, user_id: str, write: Callable[[Tx], Awaitable[bool]]) -> None:
        """Change an account's row, and forget everywhere what is held of it. Raises ApiError 70107 without one."""

        async def run(tx: Tx) -> bool:
            if not await write(tx):
                return False
            self._hints.changed_by(tx, (app, user_id))
            return True

        if not await self._db.write(run):
            raise ApiError(Code.ACCOUNT_NOT_FOUND)

    async def list_accounts(self, app: int, *, after: str = "", limit: int = 100, prefix: str = "") -> list[Account]:
        """A page of accounts by UserID, in byte order: at most ``limit`` (1..1000) that follow ``after``.

        A page costs one range of the primary key, however many accounts there are.
        """
        if not _printable(after) or not _printable(prefix):
            return []
        return await store.page(self._db, app, after, prefix, max(1, min(limit, 1000)))

    async def list_sorted(
        self, app: int, order: Order, *, after: str = "", limit: int = 100, prefix: str = ""
    ) -> list[Account]:
        """As ``list_accounts`` in another order. ``after``: what ``place_in`` says of the last account before.

        By time there is no ``prefix``: nothing keeps both. Each page is one range of an index.
        """
        limit = max(1, min(limit, 1000))
        if order in ("UserID", "-UserID"):
            if not _printable(after) or not _printable(prefix):
                return []
            read = store.page if order == "UserID" else store.page_down
            return await read(self._db, app, after, prefix, limit)
        at, _, user_id = after.partition(":")
        if after and not (at.isascii() and at.isdigit() and len(at) < 16 and valid_user_id(user_id)):
            return []
        place = (int(at), user_id) if after else None
        return await store.page_by_time(self._db, app, place, limit, newest_first=order == "-CreateTime")

    async def walk(self, tx: Tx, app: int, after: str, limit: int) -> dict[str, str]:
        """Nicknames by UserID behind ``after``, which nobody changes until ``tx`` ends: for the search index."""
        return await store.walk(tx, app, after, limit)

    async def count(self, app: int) -> int:
        """How many accounts an app has, from a maintained counter."""
        return await store.count(self._db, app)

    def _app_changed(self, app: int) -> None:
        if self._apps.get(app) is None:
            self._held.forget_where(lambda key: key[0] == app)  # its number may be given to another

    def _sign_out(self, app: int, user_id: str, reason: str) -> None:
        if self._live is not None:
            self._live.kick(of_user(app, user_id), Kick(kind=KICKED_BY_REST, reason=reason))


def place_in(order: Order, account: Account) -> str:
    """Where a list in that order goes on after an account."""
    return account.user_id if order in ("UserID", "-UserID") else f"{account.created_at}:{account.user_id}"


def _away(app: App) -> int:
    """Seconds for which a deleted UserID may not come back (rest-accounts-relations.md 3.1, code 70399)."""
    return app.settings.deleted_id_days * _DAY


def _printable(text: str) -> bool:
    return text == "" or valid_user_id(text)


def _new(app: int, wanted: Wanted, now: int) -> Account:
    blank = Account(app=app, user_id=wanted.user_id, tiny_id=store.new_tiny_id(), created_at=now)
    return blank.with_profile(wanted.profile) if wanted.profile else blank


def _different(profile: Profile, changes: Profile) -> Profile:
    return {tag: value for tag, value in changes.items() if profile.get(tag) != value}


async def _merge(tx: Tx, app: int, user_id: str, changes: Profile) -> Updated | None:
    account = await store.lock(tx, app, user_id)
    if account is None:
        return None
    different = _different(account.profile, changes)
    if different:
        account = account.with_profile(different)
        await store.save_profile(tx, account)
    return Updated(account, different)
