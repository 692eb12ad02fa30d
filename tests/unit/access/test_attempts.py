"""Attempts to sign in: how many guesses there are, who is locked out, and who never is. On both engines."""

from __future__ import annotations

import asyncio
import contextlib

from sodam.access.attempts import (
    LOCK_SECONDS,
    PER_ADDRESS,
    PER_NAME,
    SIGNED_IN,
    WINDOW_SECONDS,
    Attempts,
    place,
    succeeded,
)
from sodam.control import ControlError
from sodam.storage import Database

MOST, NOW = 5, 1_700_000_000


async def guess(attempts: Attempts, name: str = "root", ip: str = "192.0.2.1", now: int = NOW, **options: bool) -> str:
    """One wrong password: ``checked``, or ``locked`` before it was looked at."""
    try:
        attempt = await attempts.begin(name, ip, MOST, now, **options)
    except ControlError:
        return "locked"
    with contextlib.suppress(ControlError):  # after the last one
        await attempts.failed(attempt, now)
    return "checked"


async def test_many_at_a_time_get_no_more_guesses(database: Database) -> None:
    attempts = Attempts(database)
    answers = await asyncio.gather(*(guess(attempts) for _ in range(40)))
    assert answers.count("checked") == MOST
    assert await guess(attempts, now=NOW + LOCK_SECONDS - 1) == "locked"
    assert await guess(attempts, now=NOW + LOCK_SECONDS) == "checked"


async def test_many_who_are_right_at_a_time_are_not_locked_out(database: Database) -> None:
    attempts = Attempts(database)
    begun = [await attempts.begin("root", "192.0.2.1", MOST, NOW) for _ in range(MOST)]
    assert await guess(attempts) == "locked"  # for a moment
    for attempt in begun:
        await database.write(lambda tx, one=attempt: succeeded(tx, one))  # type: ignore[misc]
    assert await guess(attempts) == "checked"


async def test_what_a_crash_left_uncounted_ends(database: Database) -> None:
    attempts = Attempts(database)
    for _ in range(MOST):
        await attempts.begin("root", "192.0.2.1", MOST, NOW)
    assert await guess(attempts, now=NOW + LOCK_SECONDS) == "locked"
    assert await guess(attempts, now=NOW + 2 * LOCK_SECONDS) == "checked"


async def test_who_guesses_locks_out_nobody_else(database: Database) -> None:
    attempts = Attempts(database)
    for _ in range(MOST + 1):
        await guess(attempts)
    assert await guess(attempts) == "locked"
    assert await guess(attempts, ip="192.0.2.2") == "checked"
    assert await guess(attempts, name="other") == "checked"


async def test_names_that_do_not_exist_are_locked_alike(database: Database) -> None:
    attempts = Attempts(database)
    assert [await guess(attempts, name="nobody") for _ in range(MOST + 1)] == ["checked"] * MOST + ["locked"]


async def test_one_address_cannot_try_all_names(database: Database) -> None:
    attempts = Attempts(database)
    answers = [await guess(attempts, name=f"user{n}") for n in range(PER_ADDRESS + 1)]
    assert answers == ["checked"] * PER_ADDRESS + ["locked"]


async def test_a_brake_on_many_addresses_spares_the_owners(database: Database) -> None:
    attempts = Attempts(database)
    answers = [await guess(attempts, ip=f"198.51.{n // 200}.{n % 200}") for n in range(PER_NAME + 1)]
    assert answers == ["checked"] * PER_NAME + ["locked"]
    assert await guess(attempts, ip="203.0.113.9") == "locked"
    assert await guess(attempts, ip="203.0.113.9", at_home=True) == "checked"


async def test_failures_age_and_success_forgets_them(database: Database) -> None:
    attempts = Attempts(database)
    for _ in range(MOST - 1):
        await guess(attempts)
    assert [await guess(attempts, now=NOW + WINDOW_SECONDS) for _ in range(MOST - 1)] == ["checked"] * (MOST - 1)
    attempt = await attempts.begin("root", "192.0.2.1", MOST, NOW + WINDOW_SECONDS)
    await database.write(lambda tx: succeeded(tx, attempt))
    assert [await guess(attempts, now=NOW + WINDOW_SECONDS) for _ in range(MOST)] == ["checked"] * MOST
    assert await attempts.forget_old(NOW + 10 * WINDOW_SECONDS) > 0
    assert not await database.fetch("SELECT * FROM login_attempt")


async def test_what_is_no_failure_is_given_back(database: Database) -> None:
    attempts = Attempts(database)
    for _ in range(3 * MOST):
        await attempts.give_back(await attempts.begin("root", "192.0.2.1", MOST, NOW))


def test_places() -> None:
    assert place("2001:db8:1:2:3:4:5:6") == place("2001:db8:1:2::1") == "2001:db8:1:2::/64"
    assert place("::ffff:192.0.2.1") == place("192.0.2.1") == "192.0.2.1"
    assert place(SIGNED_IN) == SIGNED_IN
