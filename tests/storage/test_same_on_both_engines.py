"""Random transactions on SQLite, on PostgreSQL and on a dictionary: all three must say and hold the same."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import seed
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from sodam.storage import Bulk, Database, Tx, open_database
from tests.fuzz.seeds import chosen
from tests.storage.conftest import INSERT, TYPES, UPSERT, make_table
from tests.support.seeds import SEED

State = dict[tuple[int, str], tuple[int, bytes | None]]
Operation = tuple[str, Any]
LAST = Bulk(INSERT.head, TYPES, "ON CONFLICT (app, name) DO UPDATE SET value = excluded.value, data = excluded.data")
LOW, HIGH = -(2**40), 2**40

# Sorted by bytes on both engines: upper case, digits, umlauts, CJK and beyond the basic plane.
names = st.sampled_from(["", "a", "A", "b", "B", "aa", "1", "10", "9", "_", "ä", "字", "\U0001f600", "z" * 300, "' --"])
values = st.integers(LOW, HIGH)
blobs = st.one_of(st.none(), st.binary(max_size=8))
rows = st.lists(st.tuples(names, values, blobs), max_size=40, unique_by=lambda row: row[0])
operations = st.lists(
    st.one_of(
        st.tuples(st.just("insert"), st.tuples(names, values, blobs)),
        st.tuples(st.just("add"), rows),
        st.tuples(st.just("set"), rows),
        st.tuples(st.just("delete"), names),
        st.tuples(st.just("range"), st.tuples(names, names)),
        st.tuples(st.just("least"), st.integers(LOW, HIGH)),
        st.tuples(st.just("read"), names),
        st.tuples(st.just("page"), st.tuples(names, st.integers(0, 5))),
        st.tuples(st.just("sum"), st.none()),
    ),
    max_size=6,
)


class Aborted(Exception):
    pass


async def perform(tx: Tx, app: int, operation: Operation) -> Any:
    """An operation as SQL; what the caller would see of it."""
    match operation:
        case "insert", (name, value, data):
            sql = "INSERT INTO item VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING"
            return await tx.execute(sql, app, name, value, data)
        case ("add" | "set") as kind, items:
            stmt = UPSERT if kind == "add" else LAST
            return sorted(map(tuple, await tx.bulk(stmt, [(app, *item) for item in items])))
        case "delete", name:
            return await tx.execute("DELETE FROM item WHERE app = $1 AND name = $2", app, name)
        case "range", (low, high):
            sql = "UPDATE item SET value = value + 1 WHERE app = $1 AND name >= $2 AND name < $3"
            return await tx.execute(sql, app, low, high)
        case "least", value:
            sql = "DELETE FROM item WHERE app = $1 AND value < $2 RETURNING name, value"
            return sorted(map(tuple, await tx.fetch(sql, app, value)))
        case "read", name:
            row = await tx.fetch_one("SELECT value, data FROM item WHERE app = $1 AND name = $2", app, name)
            return tuple(row) if row else None
        case "page", (after, limit):
            sql = "SELECT name, value FROM item WHERE app = $1 AND name > $2 ORDER BY name LIMIT $3"
            return list(map(tuple, await tx.fetch(sql, app, after, limit)))
        case "sum", _:
            row = await tx.fetch_one(
                "SELECT CAST(SUM(value) AS BIGINT), COUNT(*), MAX(name) FROM item WHERE app = $1", app
            )
            assert row is not None
            return tuple(row)
    raise AssertionError(operation)


def model(state: State, app: int, operation: Operation) -> Any:
    """The same on a dictionary."""
    mine = {name: kept for (owner, name), kept in sorted(state.items(), key=_by_bytes) if owner == app}
    match operation:
        case "insert", (name, value, data):
            state.setdefault((app, name), (value, data))
            return int(name not in mine)
        case "add", items:
            for name, value, data in items:
                old = mine.get(name, (0, data))
                state[(app, name)] = (old[0] + value, old[1])
            return sorted((name, state[(app, name)][0]) for name, _, _ in items)
        case "set", items:
            state.update({(app, name): (value, data) for name, value, data in items})
            return []
        case "delete", name:
            return int(state.pop((app, name), None) is not None)
        case "range", (low, high):
            chosen = [name for name in mine if low.encode() <= name.encode() < high.encode()]
            for name in chosen:
                state[(app, name)] = (mine[name][0] + 1, mine[name][1])
            return len(chosen)
        case "least", least:
            gone = sorted((name, value) for name, (value, _) in mine.items() if value < least)
            for name, _ in gone:
                del state[(app, name)]
            return gone
        case "read", name:
            return mine.get(name)
        case "page", (after, limit):
            found = [(name, kept[0]) for name, kept in mine.items() if name.encode() > after.encode()]
            return found[:limit]
        case "sum", _:
            return (sum(v for v, _ in mine.values()) if mine else None, len(mine), list(mine)[-1] if mine else None)
    raise AssertionError(operation)


def _by_bytes(item: tuple[tuple[int, str], Any]) -> tuple[int, bytes]:
    (app, name), _ = item
    return app, name.encode()


class Engines(RuleBasedStateMachine):
    """Several apps, so that concurrent transactions have one possible outcome."""

    run: ClassVar[Callable[[Awaitable[Any]], Any]]
    databases: ClassVar[dict[str, Database]]
    reopen: ClassVar[Callable[[], Awaitable[Database]]]

    @initialize()
    def empty(self) -> None:
        self.state: State = {}
        for db in self.databases.values():
            type(self).run(db.execute("DELETE FROM item"))

    @rule(app=st.integers(1, 3), work=operations, abort=st.booleans())
    def transaction(self, app: int, work: list[Operation], abort: bool) -> None:
        self._together({app: (work, abort)})

    @rule(work=st.dictionaries(st.integers(1, 5), st.tuples(operations, st.booleans()), max_size=5))
    def concurrent_transactions(self, work: dict[int, tuple[list[Operation], bool]]) -> None:
        self._together(work)

    @rule()
    def restart(self) -> None:
        type(self).databases["sqlite"] = type(self).run(type(self).reopen())

    def _together(self, work: dict[int, tuple[list[Operation], bool]]) -> None:
        expected = {}
        for app, (wanted, abort) in work.items():
            state = dict(self.state)
            results = [model(state, app, operation) for operation in wanted]
            expected[app] = "aborted" if abort else results
            if not abort:
                self.state = state
        for name, db in self.databases.items():
            assert type(self).run(_write(db, work)) == expected, name

    @invariant()
    def same_rows(self) -> None:
        expected = [(app, name, *kept) for (app, name), kept in sorted(self.state.items(), key=_by_bytes)]
        for engine, db in self.databases.items():
            found = type(self).run(db.fetch("SELECT app, name, value, data FROM item ORDER BY app, name"))
            assert [tuple(row) for row in found] == expected, engine


async def _write(db: Database, work: dict[int, tuple[list[Operation], bool]]) -> dict[int, Any]:
    async def one(app: int, wanted: list[Operation], abort: bool) -> Any:
        async def run(tx: Tx) -> list[Any]:
            results = [await perform(tx, app, operation) for operation in wanted]
            if abort:
                raise Aborted
            return results

        try:
            return await db.write(run)
        except Aborted:
            return "aborted"

    done = await asyncio.gather(*(one(app, *what) for app, what in work.items()))
    return dict(zip(work, done, strict=True))


@pytest.fixture
def machine(postgres_url: str, tmp_path: Path) -> Iterator[type[Engines]]:
    print(f"SODAM_TEST_SEED={SEED}")
    with asyncio.Runner() as runner:

        async def start(url: str | None) -> Database:
            db = await open_database(url, tmp_path)
            await make_table(db)
            return db

        async def reopen() -> Database:
            await Engines.databases["sqlite"].close()
            return await open_database(None, tmp_path)

        async def wait(awaitable: Awaitable[Any]) -> Any:
            return await awaitable

        Engines.run = staticmethod(lambda awaitable: runner.run(wait(awaitable)))
        Engines.databases = {"sqlite": runner.run(start(None)), "postgres": runner.run(start(postgres_url))}
        Engines.reopen = staticmethod(reopen)
        yield Engines
        for db in Engines.databases.values():
            runner.run(db.close())


def test_engines_agree(machine: type[Engines]) -> None:
    run_state_machine_as_test(seed(SEED)(machine), settings=chosen(60, stateful_step_count=15))
