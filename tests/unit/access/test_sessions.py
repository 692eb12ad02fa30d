"""When sessions end, by a clock of the test's own."""

from __future__ import annotations

import pytest
import pytest_asyncio

from sodam.access import user_store
from sodam.access.model import User
from sodam.access.security import SecuritySettings, SessionRules
from sodam.access.sessions import Sessions
from sodam.control import ControlError
from sodam.storage import Database

HOUR = 3600


@pytest_asyncio.fixture
async def someone(database: Database) -> User:
    user = User(uin=7, root=False, name="mina", uid=7, console_login=True, password="hash")
    assert await database.write(lambda tx: user_store.insert(tx, user))
    return user


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


async def test_idle_and_longest(database: Database, someone: User) -> None:
    clock = Clock()
    security = SecuritySettings(database, clock)
    sessions = Sessions(database, security, clock)
    token, session = await sessions.open(someone, mfa=False, ip="", user_agent="")
    assert session.expires_at == clock.now + 7 * 24 * HOUR
    clock.now += 12 * HOUR
    assert await sessions.find(token, seen=False)
    clock.now += 1
    assert await sessions.find(token) is None
    assert await sessions.of(someone.uin) == []

    token, _ = await sessions.open(someone, mfa=False, ip="", user_agent="")
    for _ in range(14):
        clock.now += 12 * HOUR
        assert await sessions.find(token)
    clock.now += 1
    assert await sessions.find(token) is None
    assert await sessions.of(someone.uin) == []


async def test_a_page_that_nobody_touches_does_not_keep_its_session(database: Database, someone: User) -> None:
    clock = Clock()
    security = SecuritySettings(database, clock)
    sessions = Sessions(database, security, clock)
    await security.set_sessions(SessionRules(IdleMinutes=5), "root")
    token, _ = await sessions.open(someone, mfa=False, ip="", user_agent="")
    for _ in range(5):
        clock.now += 60
        assert await sessions.find(token, seen=False)
    clock.now += 1
    assert await sessions.find(token, seen=False) is None


async def test_a_shorter_rule_counts_for_those_that_run(database: Database, someone: User) -> None:
    clock = Clock()
    security = SecuritySettings(database, clock)
    sessions = Sessions(database, security, clock)
    token, first = await sessions.open(someone, mfa=False, ip="", user_agent="")
    clock.now += 2 * HOUR
    await security.set_sessions(SessionRules(IdleMinutes=60, MaxHours=3), "root")
    assert await sessions.find(token) is None
    await security.set_sessions(SessionRules(IdleMinutes=180, MaxHours=3), "root")
    found = await sessions.find(token)
    assert found
    assert found.expires_at == first.created_at + 3 * HOUR
    await security.set_sessions(SessionRules(MaxHours=720), "root")
    found = await sessions.find(token)
    assert found
    assert found.expires_at == first.expires_at  # what was promised when it began


@pytest.mark.parametrize(
    "rules",
    [
        SessionRules(IdleMinutes=4),
        SessionRules(IdleMinutes=1441),
        SessionRules(MaxHours=0),
        SessionRules(MaxHours=721),
        SessionRules(IdleMinutes=61, MaxHours=1),
    ],
)
async def test_times_out_of_range(database: Database, rules: SessionRules) -> None:
    with pytest.raises(ControlError) as refused:
        await SecuritySettings(database).set_sessions(rules, "root")
    assert refused.value.code == "InvalidParameter"
