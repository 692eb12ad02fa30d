"""The barrier kit itself: what asks and then inserts is caught by it, what locks passes, and a hollow test says so."""

from __future__ import annotations

import asyncio

import pytest

from sodam.storage import Database, Tx
from tests.support import barrier
from tests.support.barrier import Call, Gate, Outcome

POSTGRES = pytest.mark.parametrize("engine", ["postgres"], indirect=True)


class Full(Exception):
    pass


async def add(tx: Tx, name: str, *, locked: bool, most: int = 1) -> None:
    """At most so many rows of app 1: with a lock on the row of app 0, or just asked."""
    if locked and tx.engine == "postgres":
        await tx.fetch("SELECT 1 FROM item WHERE app = 0 FOR UPDATE")
    row = await tx.fetch_one("SELECT COUNT(*) FROM item WHERE app = 1")
    if row is not None and row[0] >= most:
        raise Full
    await tx.execute("INSERT INTO item VALUES (1, $1, 0, NULL)", name)


async def count(db: Database, app: int = 1) -> int:
    row = await db.fetch_one("SELECT COUNT(*) FROM item WHERE app = $1", app)
    assert row is not None
    return int(row[0])


async def parent(db: Database) -> None:
    await db.execute("DELETE FROM item")
    await db.execute("INSERT INTO item VALUES (0, 'parent', 0, NULL)")


@POSTGRES
async def test_who_asks_and_then_inserts_is_caught(gate: Gate, db: Database) -> None:
    await parent(db)
    calls: list[Call] = [lambda n=n: gate.write(lambda tx: add(tx, n, locked=False)) for n in "abc"]  # type: ignore[misc]
    got = await gate.together(*calls)
    assert got.held
    assert got.errors == []
    assert await count(db) == 3


async def test_who_locks_first_passes(gate: Gate, db: Database) -> None:
    await parent(db)
    calls: list[Call] = [lambda n=n: gate.write(lambda tx: add(tx, n, locked=True)) for n in "abc"]  # type: ignore[misc]
    got = await gate.together(*calls)
    assert [type(error) for error in got.errors] == [Full, Full]
    assert await count(db) == 1
    assert got.repeated == [0, 0, 0]


async def test_a_read_before_the_write_is_caught_on_both_engines(gate: Gate, db: Database) -> None:
    await parent(db)

    async def ask_then_add(name: str) -> None:
        if await count(gate):
            raise Full
        await gate.execute("INSERT INTO item VALUES (1, $1, 0, NULL)", name)

    got = await gate.together(lambda: ask_then_add("a"), lambda: ask_then_add("b"))
    assert got.errors == []
    assert await count(db) == 2


async def delete_parent(tx: Tx) -> None:
    if tx.engine == "postgres":
        await tx.fetch("SELECT 1 FROM item WHERE app = 0 FOR UPDATE")
    await tx.execute("DELETE FROM item WHERE app = 1")
    await tx.execute("DELETE FROM item WHERE app = 0")


async def add_child(tx: Tx, lock: str) -> None:
    if await tx.fetch_one(f"SELECT 1 FROM item WHERE app = 0 {lock if tx.engine == 'postgres' else ''}") is None:
        raise Full
    await tx.execute("INSERT INTO item VALUES (1, 'child', 0, NULL)")


async def interleaved(gate: Gate, db: Database, lock: str) -> int:
    async def prepare() -> tuple[Call, Call]:
        await parent(db)
        return lambda: gate.write(lambda tx: add_child(tx, lock)), lambda: gate.write(delete_parent)

    async def check(got: Outcome) -> None:
        got.only(Full)
        assert await count(db, 0) or not await count(db, 1), "a child without its parent"

    return await gate.interleave(prepare, check)


@POSTGRES
async def test_a_delete_that_leaves_a_child_is_caught(gate: Gate, db: Database) -> None:
    with pytest.raises(AssertionError, match="a child without its parent") as caught:
        await interleaved(gate, db, "")
    assert "held before statement" in "".join(caught.value.__notes__)


async def test_a_delete_that_locks_passes(gate: Gate, db: Database) -> None:
    ways = await interleaved(gate, db, "FOR UPDATE")
    assert ways == (9 if gate.engine == "postgres" else 4)  # each statement, each COMMIT, and one after the other


@POSTGRES
async def test_a_deadlock_is_a_failure_unless_it_is_allowed(gate: Gate, db: Database) -> None:
    async def both(tx: Tx, first: int, second: int) -> None:
        await tx.execute("UPDATE item SET value = value + 1 WHERE app = $1", first)
        await tx.execute("UPDATE item SET value = value + 1 WHERE app = $1", second)

    async def prepare() -> tuple[Call, Call]:
        await parent(db)
        await db.execute("INSERT INTO item VALUES (1, 'other', 0, NULL)")
        return lambda: gate.write(lambda tx: both(tx, 0, 1)), lambda: gate.write(lambda tx: both(tx, 1, 0))

    async def check(got: Outcome) -> None:
        got.only()
        rows = await db.fetch("SELECT value FROM item")
        assert [row[0] for row in rows] == [2, 2]

    with pytest.raises(AssertionError, match="repeated after a deadlock"):
        await gate.interleave(prepare, check)
    await gate.interleave(prepare, check, deadlocks=True)


@POSTGRES
async def test_a_place_that_nobody_comes_to_is_a_failure(gate: Gate, db: Database) -> None:
    with pytest.raises(AssertionError, match="no party came to statement 1 like 'INSERT INTO nothing'"):
        await gate.together(lambda: gate.fetch("SELECT 1"), lambda: gate.fetch("SELECT 1"), at="INSERT INTO nothing")


async def test_parties_that_wait_for_each_other_in_memory_are_named(
    gate: Gate, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(barrier, "SECONDS", 0.3)
    done = asyncio.Event()

    async def first() -> None:
        await gate.fetch("SELECT 1")
        done.set()

    with pytest.raises(AssertionError, match="party 1 held before 'SELECT 1'; party 2 busy with") as caught:
        await gate.preempt(first, done.wait, before=1)
    assert "service of its own" in str(caught.value)


async def test_what_is_no_party_passes(gate: Gate, db: Database) -> None:
    await parent(gate)
    assert await count(gate, 0) == 1
    assert await gate.write(lambda tx: tx.execute("DELETE FROM item")) == 1
    assert (await gate.version()) == (await db.version())
