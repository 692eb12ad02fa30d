"""Events and callbacks of a write: with the commit or not at all, once, in order, on both engines."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import asyncpg
import pytest

from sodam.storage import Database, Tx

PUT = "INSERT INTO item (app, name, value) VALUES ($1, $2, $3)"


class RefusedError(Exception):
    pass


@dataclass(frozen=True)
class Put:
    name: str


@dataclass(frozen=True)
class Noted:
    name: str


async def names(db: Database) -> list[str]:
    return [row[0] for row in await db.fetch("SELECT name FROM item ORDER BY name")]


def putting(*items: str, fail: bool = False, after: list[str] | None = None) -> Callable[[Tx], Awaitable[None]]:
    async def run(tx: Tx) -> None:
        for name in items:
            await tx.execute(PUT, 1, name, 0)
            tx.emit(Put(name))
            if after is not None:
                tx.after_commit(lambda name=name: after.append(name))  # type: ignore[misc]
        if fail:
            raise RefusedError

    return run


async def note(tx: Tx, events: Sequence[Put]) -> None:
    for event in events:
        await tx.execute(PUT, 2, f"note of {event.name}", 0)


async def test_a_subscriber_writes_in_the_same_transaction(db: Database) -> None:
    seen: list[list[str]] = []

    async def look(tx: Tx, events: Sequence[Put]) -> None:
        seen.append([event.name for event in events])
        row = await tx.fetch_one("SELECT COUNT(*) FROM item WHERE app = 1")
        assert row is not None
        assert row[0] == 2  # it runs at the end: all that the write has written is there

    db.events.subscribe(Put, note)
    db.events.subscribe(Put, look)
    await db.write(putting("one", "two"))
    assert await names(db) == ["note of one", "note of two", "one", "two"]
    assert seen == [["one", "two"]]
    assert db.events.wanted(Put)
    assert not db.events.wanted(Noted)


async def test_a_write_that_fails_raises_nothing(db: Database) -> None:
    after: list[str] = []
    db.events.subscribe(Put, note)
    with pytest.raises(RefusedError):
        await db.write(putting("one", fail=True, after=after))
    await db.write(putting("two", after=after))
    assert await names(db) == ["note of two", "two"]
    assert after == ["two"]


async def test_a_subscriber_that_fails_undoes_the_change(db: Database) -> None:
    after: list[str] = []

    async def refuse(tx: Tx, events: Sequence[Put]) -> None:
        bad = any(event.name == "bad" for event in events)
        await tx.execute(PUT, 3 if bad else 2, "half", 0)  # a row of its own: either may come first
        if bad:
            raise RefusedError

    db.events.subscribe(Put, refuse)
    results = await asyncio.gather(
        db.write(putting("bad", after=after)), db.write(putting("good", after=after)), return_exceptions=True
    )
    assert [type(result) for result in results] == [RefusedError, type(None)]
    assert await names(db) == ["good", "half"]
    assert after == ["good"]


async def test_subscribers_may_raise_events_but_not_in_a_circle(db: Database) -> None:
    async def again(tx: Tx, events: Sequence[Put]) -> None:
        for event in events:
            tx.emit(Noted(event.name))

    async def circle(tx: Tx, events: Sequence[Noted]) -> None:
        for event in events:
            if event.name == "round":
                tx.emit(Put("round"))
            else:
                await tx.execute(PUT, 2, f"noted {event.name}", 0)

    db.events.subscribe(Put, again)
    db.events.subscribe(Noted, circle)
    await db.write(putting("one"))
    with pytest.raises(RuntimeError, match="circle"):
        await db.write(putting("round"))
    assert await names(db) == ["noted one", "one"]


async def test_callbacks_run_before_the_writer_goes_on_and_in_the_order_of_commits(db: Database) -> None:
    after: list[str] = []
    for number in range(20):
        await db.write(putting(f"{number:02}", after=after))
        assert after[-1] == f"{number:02}"
    assert after == [f"{number:02}" for number in range(20)]
    await asyncio.gather(*(db.write(putting(f"x{number:02}", after=after)) for number in range(20)))
    assert sorted(after[20:]) == [f"x{number:02}" for number in range(20)]


async def test_a_callback_that_fails_stops_nothing(
    db: Database, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    after: list[str] = []

    async def run(tx: Tx) -> str:
        await tx.execute(PUT, 1, "one", 0)
        tx.after_commit(lambda: [][0])
        tx.after_commit(lambda: after.append("second"))
        return "done"

    assert await db.write(run) == "done"
    assert after == ["second"]
    assert "a callback after a commit failed" in "".join(
        (*capsys.readouterr(), caplog.text)
    )  # the latter where an earlier test set logs up


async def test_a_caller_who_is_gone_does_not_keep_callbacks_from_running(db: Database) -> None:
    after: list[str] = []
    started = asyncio.Event()

    async def run(tx: Tx) -> None:
        await tx.execute(PUT, 1, "one", 0)
        tx.after_commit(lambda: (after.append("told"), started.set()))  # type: ignore[func-returns-value]

    task = asyncio.ensure_future(db.write(run))
    if db.engine == "postgres":
        await task
    else:  # the write is on its way to the disk whoever waits for it
        task.add_done_callback(lambda _: None)
        await asyncio.sleep(0)
        task.cancel()
    await asyncio.wait_for(started.wait(), 60)
    assert after == ["told"]
    assert await names(db) == ["one"]


async def test_what_a_first_try_raised_is_forgotten(db: Database) -> None:
    """PostgreSQL runs a write again after a conflict; on SQLite there is no such thing."""
    if db.engine == "sqlite":
        return
    after: list[int] = []
    tries = 0

    async def run(tx: Tx) -> None:
        nonlocal tries
        tries += 1
        mine = tries
        await tx.execute(PUT, 1, "one", mine)
        tx.emit(Put(f"try {mine}"))
        tx.after_commit(lambda: after.append(mine))
        if tries == 1:
            raise asyncpg.SerializationError("somebody else was faster")

    db.events.subscribe(Put, note)
    await db.write(run)
    assert tries == 2
    assert after == [2]
    assert await names(db) == ["note of try 2", "one"]


async def test_a_conflict_in_a_subscriber_is_tried_again_as_a_whole(db: Database) -> None:
    if db.engine == "sqlite":
        return
    calls = 0

    async def once_in_trouble(tx: Tx, events: Sequence[Put]) -> None:
        nonlocal calls
        calls += 1
        await note(tx, events)
        if calls == 1:
            raise asyncpg.DeadlockDetectedError("deadlock")

    db.events.subscribe(Put, once_in_trouble)
    await db.write(putting("one"))
    assert calls == 2
    assert await names(db) == ["note of one", "one"]
