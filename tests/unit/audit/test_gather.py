"""A flood of refusals costs a bounded number of rows, and is told in full; what is old is erased in bounded pieces."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sodam.audit.gather import MOST, PER_SOURCE, WINDOW_MS, Gatherer
from sodam.audit.model import Event, Filter
from sodam.audit.service import AuditLog
from sodam.cloudapi import build
from sodam.storage import Database
from tests.support.relations import hosting


class Clock:
    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def refused(log: AuditLog, name: str, ip: str = "192.0.2.1") -> Event:
    after = json.dumps({"UserName": name})
    return Event(
        time_ms=log.now(),
        uin=0,
        user_name=name,
        edge="console",
        action="session:Login",
        resource="*",
        outcome="failed",
        error_code="AuthFailure.LoginFailure",
        after=after,
        ip=ip,
    )


async def rows(log: AuditLog) -> list[Event]:
    return await log.search(Filter(), before=0, limit=5000)


async def test_the_first_at_once_and_the_others_as_a_count(database: Database) -> None:
    clock = Clock()
    log = AuditLog(database, clock)
    gatherer = Gatherer(log)
    for _ in range(1000):
        await gatherer.add("192.0.2.1", ("mina",), refused(log, "mina"))
        clock.now += 0.1
    (first,) = await rows(log)
    assert json.loads(first.after) == {"UserName": "mina"}
    clock.now += WINDOW_MS / 1000
    await gatherer.flush()
    counted, _ = await rows(log)
    assert json.loads(counted.after) == {"Count": 999, "Since": 1_800_000_000, "UserName": "mina"}
    assert (counted.user_name, counted.ip, counted.outcome) == ("mina", "192.0.2.1", "failed")
    await gatherer.add("192.0.2.1", ("mina",), refused(log, "mina"))
    assert len(await rows(log)) == 3  # a new window begins


async def test_nothing_is_counted_twice_or_left_out(database: Database) -> None:
    clock = Clock()
    log = AuditLog(database, clock)
    gatherer = Gatherer(log)
    for number in range(3 * PER_SOURCE):
        for _ in range(2):
            await gatherer.add("192.0.2.1", (f"name{number}",), refused(log, f"name{number}"))
    assert len(await rows(log)) == PER_SOURCE + 1
    await gatherer.flush(everything=True)
    found = await rows(log)
    assert len(found) == 2 * (PER_SOURCE + 1)
    counts = [json.loads(event.after).get("Count", 1) for event in found]
    assert sum(counts) == 6 * PER_SOURCE
    (together,) = [event for event in found if event.user_name == ""]
    assert together.ip == "192.0.2.1"
    assert "UserName" not in together.after


async def test_sources_without_end(database: Database) -> None:
    clock = Clock()
    log = AuditLog(database, clock)
    gatherer = Gatherer(log)
    for number in range(MOST + 300):
        await gatherer.add(f"source {number}", ("mina",), refused(log, "mina", f"source {number}"))
    assert len(await rows(log)) == MOST + 1
    clock.now += WINDOW_MS / 1000 + 1
    await gatherer.add("somebody", ("oto",), refused(log, "oto"))
    found = await rows(log)
    assert len(found) == MOST + 3
    assert [json.loads(event.after)["Count"] for event in found if "Count" in event.after] == [299]
    assert len(gatherer._windows) == len(gatherer._kinds) == 1


async def test_some_may_be_recorded_one_by_one(database: Database) -> None:
    log = AuditLog(database, Clock())
    gatherer = Gatherer(log)
    for _ in range(25):
        await gatherer.add("7", ("cam:AddUser",), refused(log, "mina"), at_once=20)
    await gatherer.flush(everything=True)
    found = await rows(log)
    assert [json.loads(event.after).get("Count") for event in found] == [5, *[None] * 20]


async def test_old_events_are_erased_in_pieces(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    url: str | None = request.getfixturevalue("postgres_url") if engine == "postgres" else None
    monkeypatch.setattr(build, "_FORGET_AT_ONCE", 10)
    monkeypatch.setattr(build, "_FORGET_TIMES", 3)
    async with hosting(tmp_path, url) as host:
        plane = host.server.plane
        day = 86_400_000
        before = len(await rows(plane.audit))
        for days in [200] * 35 + [181, 179, 0]:
            event = refused(plane.audit, "mina")
            aged = Event(
                **{name: getattr(event, name) for name in event.__struct_fields__}
                | {"time_ms": event.time_ms - days * day}
            )
            await plane.audit.add(aged)
        assert [await build.forget_events(plane) for _ in range(3)] == [30, 6, 0]
        assert len(await rows(plane.audit)) == before + 2
