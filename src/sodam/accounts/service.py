"""Accounts: look-up through a cache, creation, and the hooks by which other packages follow a deletion.

``peek`` answers from the cache without waiting, ``find`` asks the database. Only existing accounts are cached; a
change is announced to the other nodes, and while the bus is away nothing is taken from the cache.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable

import msgspec

from sodam.accounts import store
from sodam.accounts.model import Account, Profile, valid_user_id
from sodam.apps.service import AppService
from sodam.bus import Bus
from sodam.errors import ApiError, Code
from sodam.storage import Database, Tx

Key = tuple[int, str]
_CACHE = 200_000
_encode = msgspec.json.Encoder().encode
_decode_key = msgspec.json.Decoder(Key).decode


class AccountService:
    def __init__(self, db: Database, bus: Bus, apps: AppService, clock: Callable[[], float] = time.time) -> None:
        self._db = db
        self._bus = bus
        self._apps = apps
        self._clock = clock
        self._cache: dict[Key, Account] = {}
        self.on_delete: list[Callable[[Tx, int, list[str]], Awaitable[None]]] = []
        """Run inside the deleting transaction: each package erases what it keeps of these accounts."""
        bus.subscribe("accounts", self._forget)
        bus.on_reconnect(self._cache.clear)

    def peek(self, app: int, user_id: str) -> Account | None:
        """The account if it is at hand; None says nothing."""
        account = self._cache.get((app, user_id))
        if account is not None and self._bus.clustered and not self._bus.connected():
            return None
        return account

    async def find(self, app: int, user_id: str) -> Account | None:
        account = self.peek(app, user_id)
        if account is None:
            account = await store.load(self._db, app, user_id)
            if account is None:
                owner = self._apps.get(app)
                if owner is None or not owner.is_admin(user_id):
                    return None
                # An administrator may act without having been imported.
                account = (await self.ensure(app, [user_id]))[user_id]
            self._remember(account)
        return account

    async def find_many(self, app: int, user_ids: Iterable[str]) -> dict[str, Account]:
        """Those that exist."""
        found: dict[str, Account] = {}
        for user_id in user_ids:
            if user_id not in found and (account := await self.find(app, user_id)):
                found[user_id] = account
        return found

    async def ensure(self, app: int, user_ids: Iterable[str]) -> dict[str, Account]:
        """Create the accounts that do not exist yet; all of them. UserIDs must be valid."""
        now = int(self._clock())
        wanted = [new_account(app, user_id, now) for user_id in dict.fromkeys(user_ids)]
        await self._db.write(lambda tx: store.insert(tx, wanted))
        found = {}
        for account in wanted:
            stored = await store.load(self._db, app, account.user_id)
            assert stored is not None
            found[account.user_id] = stored
        return found

    def changed(self, app: int, user_id: str) -> None:
        """Forget what is cached of an account, on every node. Call after the commit."""
        self._cache.pop((app, user_id), None)
        self._bus.publish("accounts", _encode((app, user_id)))

    def _remember(self, account: Account) -> None:
        if len(self._cache) >= _CACHE:
            for key in list(self._cache)[: _CACHE // 10]:
                del self._cache[key]
        self._cache[(account.app, account.user_id)] = account

    def _forget(self, data: bytes) -> None:
        self._cache.pop(_decode_key(data), None)


def new_account(app: int, user_id: str, now: int, profile: Profile | None = None) -> Account:
    """An account not yet stored. Raises ApiError 70402 for a UserID that cannot be."""
    if not valid_user_id(user_id):
        raise ApiError(Code.ACCOUNT_BAD_PARAMETER, f"UserID {user_id[:40]!r} is not 1 to 32 printable ASCII bytes")
    return Account(
        app=app,
        user_id=user_id,
        tiny_id=store.new_tiny_id(),
        created_at=now,
        profile=profile or {},
        standard_seq=1 if profile else 0,
    )
