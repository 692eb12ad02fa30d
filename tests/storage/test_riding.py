"""A note that rides along: on disk with the change or not at all, once, on both engines."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sodam.storage import Database, Tx, apart, riding

PUT = "INSERT INTO item (app, name, value) VALUES ($1, $2, $3)"


class Refused(Exception):
    pass


async def kept(db: Database) -> list[str]:
    return [row[0] for row in await db.fetch("SELECT name FROM item ORDER BY name")]


def writing(name: str, then: Exception | None = None) -> Callable[[Tx], Awaitable[str]]:
    async def run(tx: Tx) -> str:
        await tx.execute(PUT, 1, name, 0)
        if then is not None:
            raise then
        return name

    return run


async def note(tx: Tx, result: Any) -> bool:
    await tx.execute(PUT, 2, f"note of {result}", 0)
    return True


async def test_the_first_write_takes_the_note(db: Database) -> None:
    with riding(note) as ride:
        assert await db.write(writing("one")) == "one"
        assert ride.kept
        await db.write(writing("two"))
    await db.write(writing("three"))
    assert await kept(db) == ["note of one", "one", "three", "two"]


async def test_a_single_statement_takes_it_too(db: Database) -> None:
    with riding(note) as ride:
        assert await db.execute(PUT, 1, "one", 0) == 1
    assert ride.kept
    with riding(note) as ride:
        await db.write(writing("two"), single=True)
    assert ride.kept
    assert await kept(db) == ["note of 1", "note of two", "one", "two"]


async def test_a_write_that_fails_leaves_the_note_to_the_next(db: Database) -> None:
    with riding(note) as ride:
        with pytest.raises(Refused):
            await db.write(writing("one", Refused()))
        assert not ride.kept
        await db.write(writing("two"))
        assert ride.kept
    assert await kept(db) == ["note of two", "two"]


async def test_a_note_that_fails_undoes_the_write(db: Database) -> None:
    async def failing(tx: Tx, result: Any) -> bool:
        raise Refused

    with riding(failing) as ride, pytest.raises(Refused):
        await db.write(writing("one"))
    assert not ride.kept
    assert await kept(db) == []


async def test_a_write_that_is_not_the_change_is_passed_over(db: Database) -> None:
    async def choosy(tx: Tx, result: Any) -> bool:
        return result != "one" and await note(tx, result)

    with riding(choosy) as ride:
        await db.write(writing("one"))
        assert not ride.kept
        with apart():
            await db.write(writing("two"))
        assert not ride.kept
        await db.write(writing("three"))
    assert ride.kept
    assert await kept(db) == ["note of three", "one", "three", "two"]


async def test_of_writes_at_a_time_one_takes_it(db: Database) -> None:
    with riding(note) as ride:
        await asyncio.gather(*(db.write(writing(f"w{n}")) for n in range(20)))
    assert ride.kept
    assert len([name for name in await kept(db) if name.startswith("note")]) == 1


async def test_what_the_block_started_writes_without_it_later(db: Database) -> None:
    begin = asyncio.Event()

    async def later() -> None:
        await begin.wait()
        await db.write(writing("later"))

    with riding(note) as ride:
        task = asyncio.create_task(later())
        await asyncio.sleep(0)
    begin.set()
    await task
    assert not ride.kept
    assert await kept(db) == ["later"]


async def test_blocks_of_different_tasks_do_not_meet(db: Database) -> None:
    async def act(name: str) -> None:
        async def own(tx: Tx, result: Any) -> bool:
            await tx.execute(PUT, 2, f"{name} of {result}", 0)
            return True

        with riding(own):
            await asyncio.sleep(0)
            await db.write(writing(name))

    await asyncio.gather(*(act(f"w{n}") for n in range(10)))
    assert await kept(db) == sorted([f"w{n}" for n in range(10)] + [f"w{n} of w{n}" for n in range(10)])
