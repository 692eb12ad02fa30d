"""What `Database.write` promises, on both engines: all or nothing, on disk when it returns, seen by every read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest

from sodam.storage import Bulk, Database, StorageError, Tx
from tests.storage.conftest import INSERT, UPSERT

GET = "SELECT value FROM item WHERE app = $1 AND name = $2"
PUT = "INSERT INTO item (app, name, value) VALUES ($1, $2, $3)"


class Refused(Exception):
    pass


async def names(db: Database) -> list[str]:
    return [row[0] for row in await db.fetch("SELECT name FROM item ORDER BY name")]


async def put(db: Database, name: str, value: int = 0, *, then: Exception | None = None) -> str:
    async def run(tx: Tx) -> str:
        await tx.execute(PUT, 1, name, value)
        if then is not None:
            raise then
        return name

    return await db.write(run)


async def test_values_come_back_as_they_were(db: Database) -> None:
    rows = [
        (1, "empty", 0, b""),
        (1, "bytes", 2**63 - 1, bytes(range(256))),
        (1, "null", -(2**63), None),
        (1, "text: 字 \U0001f600 ' \" \\ %s $1 ?1 :x \x01", 1, b"\0"),
    ]
    for row in rows:
        await db.execute("INSERT INTO item VALUES ($1, $2, $3, $4)", *row)
    found = await db.fetch("SELECT app, name, value, data FROM item ORDER BY name")
    assert sorted(map(tuple, found)) == sorted(rows)
    assert {type(row[3]) for row in found} == {bytes, type(None)}


async def test_write_returns_what_its_function_does(db: Database) -> None:
    assert await put(db, "a") == "a"

    async def run(tx: Tx) -> tuple[int, int, object, object]:
        changed = await tx.execute("UPDATE item SET value = 5 WHERE app = $1", 1)
        missed = await tx.execute("UPDATE item SET value = 5 WHERE app = $1", 2)
        return changed, missed, await tx.fetch_one(GET, 1, "b"), (await tx.fetch(GET, 1, "a"))[0][0]

    assert await db.write(run) == (1, 0, None, 5)
    assert await db.execute("DELETE FROM item WHERE app = $1", 1) == 1
    assert await db.fetch_one(GET, 1, "a") is None


async def test_a_placeholder_may_be_used_twice_and_in_any_order(db: Database) -> None:
    row = await db.fetch_one(
        "SELECT CAST($2 AS BIGINT) - CAST($1 AS BIGINT), CAST($1 AS BIGINT) + CAST($1 AS BIGINT)", 3, 10
    )
    assert tuple(row or ()) == (7, 6)


async def test_a_transaction_reads_its_own_writes_and_nobody_else_does(db: Database) -> None:
    async def run(tx: Tx) -> int:
        await tx.execute(PUT, 1, "a", 1)
        row = await tx.fetch_one(GET, 1, "a")
        assert row is not None
        raise Refused(row[0])

    with pytest.raises(Refused) as caught:
        await db.write(run)
    assert caught.value.args == (1,)
    assert await names(db) == []


async def test_reads_see_a_write_as_soon_as_it_returns(db: Database) -> None:
    for n in range(100):
        await put(db, f"{n:03}", n)
        row = await db.fetch_one(GET, 1, f"{n:03}")
        assert row is not None
        assert row[0] == n
        if n % 10 == 0:
            assert (await db.scan("SELECT COUNT(*) FROM item"))[0][0] == n + 1


async def test_every_kind_of_read_sees_a_write_from_another_task(db: Database) -> None:
    done = asyncio.Event()

    async def writer() -> None:
        await put(db, "a")
        done.set()

    task = asyncio.create_task(writer())
    await done.wait()
    assert await db.fetch_one(GET, 1, "a") is not None
    assert await db.fetch(GET, 1, "a") != []
    assert await db.scan(GET, 1, "a") != []
    await task


async def test_a_failed_write_does_not_hurt_its_neighbours(db: Database) -> None:
    """Many at once, so that they share commits: every third raises, every fifth breaks a constraint."""
    await put(db, "taken")
    writes = []
    for n in range(200):
        name = "taken" if n % 5 == 0 else f"{n:03}"
        writes.append(put(db, name, n, then=Refused(n) if n % 3 == 0 else None))
    results = await asyncio.gather(*writes, return_exceptions=True)
    for n, result in enumerate(results):
        if n % 5 == 0:
            assert isinstance(result, Exception)
            assert not isinstance(result, Refused), "the broken constraint comes first"
        elif n % 3 == 0:
            assert isinstance(result, Refused)
            assert result.args == (n,)
        else:
            assert result == f"{n:03}"
    assert await names(db) == sorted(["taken", *(f"{n:03}" for n in range(200) if n % 3 and n % 5)])


async def test_a_write_that_was_undone_leaves_the_next_one_alone(db: Database) -> None:
    for n in range(5):
        with pytest.raises(Refused):
            await put(db, f"{n}", then=Refused())
        await put(db, f"{n}")
    assert await names(db) == ["0", "1", "2", "3", "4"]


async def test_bad_sql_fails_alone(db: Database) -> None:
    results = await asyncio.gather(
        put(db, "a"), db.execute("INSERT INTO nothing VALUES (1)"), put(db, "b"), return_exceptions=True
    )
    assert isinstance(results[1], Exception)
    assert await names(db) == ["a", "b"]
    with pytest.raises(Exception, match="nothing"):
        await db.fetch("SELECT * FROM nothing")


async def test_a_sender_that_goes_away_leaves_the_others_alone(db: Database) -> None:
    tasks = [asyncio.ensure_future(put(db, f"{n:02}")) for n in range(30)]
    await asyncio.sleep(0)
    for task in tasks[::3]:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    kept = await names(db)
    assert {f"{n:02}" for n in range(30) if n % 3} <= set(kept)
    assert all(isinstance(r, asyncio.CancelledError) or r in kept for r in results)
    await put(db, "after")


async def test_increments_are_not_lost(db: Database) -> None:
    await put(db, "n")

    async def run(tx: Tx) -> None:
        lock = " FOR UPDATE" if tx.engine == "postgres" else ""
        row = await tx.fetch_one(GET + lock, 1, "n")
        assert row is not None
        await tx.execute("UPDATE item SET value = $3 WHERE app = $1 AND name = $2", 1, "n", row[0] + 1)

    await asyncio.gather(*(db.write(run) for _ in range(100)))
    row = await db.fetch_one(GET, 1, "n")
    assert row is not None
    assert row[0] == 100


async def test_deadlocked_writes_are_run_again(db: Database) -> None:
    """Two that take the same rows in opposite orders: both end well, whichever had to start anew."""
    for name in ("a", "b"):
        await put(db, name)
    runs: list[str] = []
    held: set[str] = set()
    both_hold_one = asyncio.Event()

    def swap(first: str, second: str) -> Awaitable[None]:
        async def run(tx: Tx) -> None:
            runs.append(first)
            for name in (first, second):
                await tx.execute("UPDATE item SET value = value + 1 WHERE app = $1 AND name = $2", 1, name)
                if tx.engine == "postgres":
                    held.add(first)
                    if len(held) == 2:
                        both_hold_one.set()
                    await both_hold_one.wait()

        return db.write(run)

    await asyncio.gather(swap("a", "b"), swap("b", "a"))
    assert [row[0] for row in await db.fetch("SELECT value FROM item ORDER BY name")] == [2, 2]
    # Whoever starts anew may take its first row before the other gets it, and so meet it once more.
    assert len(runs) == 2 if db.engine == "sqlite" else 3 <= len(runs) <= 8


async def test_a_write_function_that_waits_for_something_else(db: Database) -> None:
    """SQLite's writer cannot wait: it says so, and the write leaves nothing."""

    async def run(tx: Tx) -> None:
        await tx.execute(PUT, 1, "a", 1)
        await asyncio.sleep(0)

    if db.engine == "postgres":
        await db.write(run)
        return
    neighbour = asyncio.ensure_future(put(db, "b"))
    with pytest.raises(RuntimeError, match="may await only its transaction"):
        await db.write(run)
    await neighbour
    assert await names(db) == ["b"]


async def test_close_while_busy(db: Database) -> None:
    """What was handed over before is written or refused, never left hanging; what comes after is refused."""
    writes = [asyncio.ensure_future(put(db, f"{n}")) for n in range(50)]
    await asyncio.sleep(0)
    await asyncio.wait_for(db.close(), 60)
    results = await asyncio.wait_for(asyncio.gather(*writes, return_exceptions=True), 60)
    assert all(isinstance(result, str | Exception) for result in results)
    if db.engine == "sqlite":
        assert all(isinstance(result, str) for result in results), "SQLite writes what it has taken"
    with pytest.raises(StorageError if db.engine == "sqlite" else Exception):
        await put(db, "late")
    await db.close()


COUNTS = (0, 1, 2, 3, 7, 8, 9, 31, 32, 33, 127, 128, 129, 171, 300, 1000)


async def test_bulk(db: Database) -> None:
    """Every row arrives once, whatever chunks the engine makes; RETURNING gives a row for each."""
    for count in COUNTS:
        await db.execute("DELETE FROM item")
        rows = [(1, f"{n:04}", n, b"%d" % n) for n in range(count)]
        assert await db.write(lambda tx, rows=rows: tx.bulk(INSERT, rows)) == []  # type: ignore[misc]
        assert sorted(map(tuple, await db.fetch("SELECT * FROM item"))) == rows
        returned = await db.write(lambda tx, rows=rows: tx.bulk(UPSERT, rows))  # type: ignore[misc]
        assert sorted(map(tuple, returned)) == [(f"{n:04}", 2 * n) for n in range(count)]
        more = [(1, f"{n:04}", 1, b"") for n in range(count // 2, count + 5)]
        returned = await db.write(lambda tx, rows=more: tx.bulk(UPSERT, rows))  # type: ignore[misc]
        expected = {f"{n:04}": 1 + (2 * n if n < count else 0) for n in range(count // 2, count + 5)}
        assert {row[0]: row[1] for row in returned} == expected


async def test_bulk_is_undone_as_a_whole(db: Database) -> None:
    await put(db, "0150")
    rows = [(1, f"{n:04}", n, None) for n in range(200)]
    with pytest.raises(Exception, match=r"(?i)unique"):
        await db.write(lambda tx: tx.bulk(INSERT, rows))
    assert await names(db) == ["0150"]


async def test_last_id_is_the_number_of_the_newest_row(db: Database) -> None:
    numbered = "BIGINT GENERATED ALWAYS AS IDENTITY" if db.engine == "postgres" else "INTEGER"
    await db.execute(f"CREATE TABLE numbered (id {numbered} PRIMARY KEY, name TEXT NOT NULL)")
    stmt = Bulk("INSERT INTO numbered (name)", ("text",))

    async def write(tx: Tx, names: list[str]) -> int:
        await tx.bulk(stmt, [(name,) for name in names])
        return await tx.last_id()

    for last in ("a", "e", "z"):
        found = await db.write(lambda tx, last=last: write(tx, ["x", "y", last]))  # type: ignore[misc]
        [[newest, name]] = await db.fetch("SELECT id, name FROM numbered ORDER BY id DESC LIMIT 1")
        assert (found, name) == (newest, last)


async def test_scan_does_not_hold_the_loop(db: Database) -> None:
    """While a long read runs, the loop serves others."""
    slow = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 300000) SELECT COUNT(*) FROM n"
    scan = asyncio.ensure_future(db.scan(slow))
    await asyncio.sleep(0)
    await put(db, "meanwhile")
    assert await names(db) == ["meanwhile"]
    assert (await scan)[0][0] == 300000


async def test_text_with_nul_finds_nothing(db: Database) -> None:
    await put(db, "a")
    for name in ("\0", "a\0", "\0a"):
        assert await db.fetch_one(GET, 1, name) is None
        assert await db.fetch(GET, 1, name) == []
        assert await db.scan(GET, 1, name) == []


async def test_version(db: Database) -> None:
    name, number = (await db.version()).split(" ", 1)
    assert name == {"sqlite": "SQLite", "postgres": "PostgreSQL"}[db.engine]
    assert int(number.split(".")[0]) >= 3
