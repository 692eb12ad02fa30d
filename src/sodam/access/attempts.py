"""Attempts to sign in, counted before the password is looked at: many at a time get no more guesses than one by one.

Three counts, each over an hour: of a name from one address (the limit is the password rules'), of one address for any
names, and of a name from all addresses. The first two lock out whoever guesses and nobody else. The third is a brake on
guessing from many places; from where its owner signed in last it does not count, so that nobody can be locked out by
others. Names that do not exist are counted alike: a lock says nothing about who exists.
"""

from __future__ import annotations

import ipaddress
from typing import Final

import msgspec

from sodam.access import store_attempts as store
from sodam.control import ControlError
from sodam.storage import Database, Tx, without_hook

WINDOW_SECONDS: Final = 3600
LOCK_SECONDS: Final = 900
MOMENT_SECONDS: Final = 5
PER_ADDRESS: Final = 100
PER_NAME: Final = 300
SIGNED_IN: Final = "signed in"
"""Stands for the address of somebody who proves a password inside a session."""


class Attempt(msgspec.Struct, frozen=True):
    """One that was counted, and the last of its kind that is allowed when ``last`` is set."""

    name: str
    address: str
    keys: tuple[tuple[str, str], ...]
    last: bool


class Attempts:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def begin(self, name: str, ip: str, most: int, now: int, *, at_home: bool = False) -> Attempt:
        """Count an attempt. ``most`` is how many may fail within an hour; ``at_home``: the owner was here before.

        Raises ControlError AuthFailure.AccountLocked.
        """
        name, address = name.lower()[:128], place(ip)
        limits = [((name, address), most)]
        if address != SIGNED_IN:
            limits.append((("", address), PER_ADDRESS))
            if not at_home:
                limits.append(((name, ""), PER_NAME))

        async def run(tx: Tx) -> tuple[int, bool]:
            last = False
            for key, limit in limits:
                attempts, locked_until, since = await store.count(tx, key, now, now - WINDOW_SECONDS)
                if locked_until > now:
                    raise locked(locked_until - now)  # and count nothing: the lock ends when it was said to
                if attempts > limit and key == limits[0][0] and now - since < LOCK_SECONDS:
                    # All that are allowed are being checked: they may be right, and the last wrong one locks. What a
                    # crash has left uncounted locks later.
                    raise locked(MOMENT_SECONDS)
                if attempts > limit:
                    await store.lock(tx, key, now + LOCK_SECONDS)
                    return LOCK_SECONDS, False
                last = last or attempts == limit
            return 0, last

        with without_hook():  # no event of what is refused here
            seconds, last = await self._db.write(run)
        if seconds:
            raise locked(seconds)
        return Attempt(name, address, tuple(key for key, _ in limits), last)

    async def failed(self, attempt: Attempt, now: int) -> None:
        """Raises ControlError AuthFailure.AccountLocked after the last attempt that was allowed."""
        if not attempt.last:
            return
        with without_hook():
            await self._db.write(lambda tx: store.lock(tx, (attempt.name, attempt.address), now + LOCK_SECONDS))
        raise locked(LOCK_SECONDS)

    async def give_back(self, attempt: Attempt) -> None:
        """It was no failure, and no success yet: a code is still to come."""
        with without_hook():
            await self._db.write(lambda tx: store.uncount(tx, attempt.keys))

    async def forget_old(self, now: int) -> int:
        """Drop what no longer counts; how many."""
        return await store.forget_old(self._db, now - WINDOW_SECONDS, now)


async def succeeded(tx: Tx, attempt: Attempt) -> None:
    """In the transaction of the sign-in: failures from here are forgotten."""
    await store.uncount(tx, attempt.keys)
    await store.forget_unlocked(tx, (attempt.name, attempt.address))


async def forgive(tx: Tx, name: str) -> None:
    """In the transaction that gives a new password: every count and lock of the name ends."""
    await store.forget_name(tx, name.lower())


def place(ip: str) -> str:
    """An address as it is counted: of IPv6 the network of 64 bits, which one household has."""
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def locked(seconds: int) -> ControlError:
    return ControlError(
        "AuthFailure.AccountLocked",
        f"too many failures; locked for {max(1, -(-seconds // 60))} more minutes",
        cure="Wait, or ask an administrator to reset the password.",
        extra={"RetryAfter": seconds},
        Minutes=max(1, -(-seconds // 60)),
    )
