"""A note that rides along: on disk with the change or not at all, once, on both engines."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sodam.storage import Database, Tx, commit_hook, without_hook

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
    with commit_hook(note) as hook:
        assert await db.write(writing("one")) == "one"
        assert hook.kept
        await db.write(writing("two"))
    await db.write(writing("three"))
    assert await kept(db) == ["note of one", "one", "three", "two"]


async def test_a_single_statement_takes_it_too(db: Database) -> None:
    with commit_hook(note) as hook:
        assert await db.execute(PUT, 1, "one", 0) == 1
    assert hook.kept
    with commit_hook(note) as hook:
        await db.write(writing("two"), single=True)
    assert hook.kept
    assert await kept(db) == ["note of 1", "note of two", "one", "two"]


async def test_a_write_that_fails_leaves_the_note_to_the_next(db: Database) -> None:
    with commit_hook(note) as hook:
        with pytest.raises(Refused):
            await db.write(writing("one", Refused()))
        assert not hook.kept
        await db.write(writing("two"))
        assert hook.kept
    assert await kept(db) == ["note of two", "two"]


async def test_a_note_that_fails_undoes_the_write(db: Database) -> None:
    async def failing(tx: Tx, result: Any) -> bool:
        raise Refused

    with commit_hook(failing) as hook, pytest.raises(Refused):
        await db.write(writing("one"))
    assert not hook.kept
    assert await kept(db) == []


async def test_a_write_that_is_not_the_change_is_passed_over(db: Database) -> None:
    async def choosy(tx: Tx, result: Any) -> bool:
        return result != "one" and await note(tx, result)

    with commit_hook(choosy) as hook:
        await db.write(writing("one"))
        assert not hook.kept
        with without_hook():
            await db.write(writing("two"))
        assert not hook.kept
        await db.write(writing("three"))
    assert hook.kept
    assert await kept(db) == ["note of three", "one", "three", "two"]


async def test_of_writes_at_a_time_one_takes_it(db: Database) -> None:
    with commit_hook(note) as hook:
        await asyncio.gather(*(db.write(writing(f"w{n}")) for n in range(20)))
    assert hook.kept
    assert len([name for name in await kept(db) if name.startswith("note")]) == 1


async def test_what_the_block_started_writes_without_it_later(db: Database) -> None:
    begin = asyncio.Event()

    async def later() -> None:
        await begin.wait()
        await db.write(writing("later"))

    with commit_hook(note) as hook:
        task = asyncio.create_task(later())
        await asyncio.sleep(0)
    begin.set()
    await task
    assert not hook.kept
    assert await kept(db) == ["later"]


async def test_blocks_of_different_tasks_do_not_meet(db: Database) -> None:
    async def act(name: str) -> None:
        async def own(tx: Tx, result: Any) -> bool:
            await tx.execute(PUT, 2, f"{name} of {result}", 0)
            return True

        with commit_hook(own):
            await asyncio.sleep(0)
            await db.write(writing(name))

    await asyncio.gather(*(act(f"w{n}") for n in range(10)))
    assert await kept(db) == sorted([f"w{n}" for n in range(10)] + [f"w{n} of w{n}" for n in range(10)])
