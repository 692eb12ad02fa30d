"""Two writers held at the same place at the same time: what "ask, then insert" does wrong becomes a plain failure.

A ``Gate`` stands for the database: give it to the services under test. Calls that it runs as *parties* can be held
before any of their statements, inside transactions too; everything else passes through it untouched. A party that
waits for a lock of PostgreSQL counts as arrived (the server itself is asked, nobody sleeps for luck), so correct code,
which makes the second writer wait, passes the same test.

**Limits and uniqueness: all at the same statement.** Every party is held before its first INSERT, UPDATE or DELETE (or
what ``at`` matches), so that all of them have asked before any of them writes::

    async def test_a_user_has_two_keys_at_most(gate: Gate) -> None:
        users = make_users(gate)                        # any service: it takes the gate as its Database
        uin = await new_user(users)
        got = await gate.together(*[lambda: users.create_key(uin, "")] * 4)
        assert len(got.values) == 2 and len(await users.keys(uin)) == 2
        assert [error.code for error in got.errors] == ["OperationDenied.AccessKeyOverLimit"] * 2

**Deletes, and any two changes beside each other: every interleaving.** One call is held before each of its statements
and before its COMMIT in turn, while the other one runs to its end (or to a lock); then the other way round. ``prepare``
makes things anew for each run, ``check`` says what must be true after it, whoever was first::

    async def test_nothing_refers_to_a_deleted_policy(gate: Gate) -> None:
        async def prepare() -> tuple[Call, Call]:
            policy = await policies.create(...)
            return lambda: policies.attach(policy, "user", [uin], 0), lambda: policies.delete([policy])

        async def check(got: Outcome) -> None:
            assert await orphans(gate) == []
            got.only(ControlError)                      # an InternalError is no refusal

        await gate.interleave(prepare, check)

It fails when a write had to be repeated for a deadlock, too: lock in one order (``deadlocks=True`` allows it).

**One function alone** needs no service: ``gate.together(lambda: gate.write(a), lambda: gate.write(b))``.

What a service holds in memory is shared by its callers: where it matters (caches, look-ups that wait for each other),
give every party a service of its own over the same gate, as two processes have it.

On SQLite, with its one writer, a write is one statement that is held as a whole; reads outside of it are held as they
are on PostgreSQL. So the same test runs on both engines: ask for the fixture ``gate``; for PostgreSQL alone add
``@pytest.mark.parametrize("engine", ["postgres"], indirect=True)``.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sodam.storage import Bulk, Database, Row, Tx, Value
from sodam.storage.database import Engine, Lane

T = TypeVar("T")
Call = Callable[[], Awaitable[Any]]
CHANGES = r"^\s*(INSERT|UPDATE|DELETE|WITH)\b"
"""Statements that change something."""
COMMIT = "COMMIT"
"""The last place where a write can be held, on PostgreSQL."""
WRITE = "WRITE"
"""The only place where a write can be held on SQLite: before it."""
SECONDS = 60.0
"""How long the parties may take to come to their places, and then to their ends."""
_POLL = 0.002
_MOST_PARTIES = 8  # the pool has ten connections, and the gate needs one to look
_PARTY: ContextVar[_Party | None] = ContextVar("party", default=None)


@dataclass(eq=False)
class _Party:
    number: int
    stop: Callable[[_Party], bool]
    """Whether to hold before the newest of ``statements``; asked until the party was held once."""
    statements: list[str] = field(default_factory=list)
    pids: set[int] = field(default_factory=set)
    repeated: int = 0
    held: bool = False
    reached: bool = False
    go: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[Any] | None = None

    async def reach(self, sql: str) -> None:
        self.statements.append(" ".join(sql.split()))
        if not self.go.is_set() and not self.reached and self.stop(self):
            self.held = self.reached = True
            await self.go.wait()
            self.held = False

    def done(self) -> bool:
        assert self.task is not None
        return self.task.done()

    def __str__(self) -> str:
        state = "ended" if self.done() else "held before" if self.held else "busy with"
        return f"party {self.number} {state} {self.statements[-1][:100] if self.statements else 'nothing yet'!r}"


@dataclass(frozen=True)
class Outcome:
    """What became of the parties, in the order in which they were given."""

    results: list[Any]
    """What each returned or raised."""
    statements: list[list[str]]
    """What each ran, white space made even."""
    repeated: list[int]
    """How often each had to begin a write again, which is after a deadlock."""
    held: bool
    """A party has come to the place where it was to be held."""

    @property
    def errors(self) -> list[Exception]:
        return [result for result in self.results if isinstance(result, Exception)]

    @property
    def values(self) -> list[Any]:
        return [result for result in self.results if not isinstance(result, Exception)]

    def only(self, *kinds: type[Exception]) -> None:
        """Raises the first error that is of none of these kinds: what is refused on purpose is no fault."""
        for error in self.errors:
            if not isinstance(error, kinds):
                raise error


class _GatedTx:
    """A transaction of a party."""

    def __init__(self, inner: Tx, party: _Party) -> None:
        self.engine: Engine = inner.engine
        self._inner = inner
        self._party = party

    async def fetch(self, sql: str, *args: Value) -> list[Row]:
        await self._party.reach(sql)
        return await self._inner.fetch(sql, *args)

    async def fetch_one(self, sql: str, *args: Value) -> Row | None:
        await self._party.reach(sql)
        return await self._inner.fetch_one(sql, *args)

    async def execute(self, sql: str, *args: Value) -> int:
        await self._party.reach(sql)
        return await self._inner.execute(sql, *args)

    async def bulk(self, stmt: Bulk, rows: Sequence[Sequence[Value]]) -> list[Row]:
        if rows:
            await self._party.reach(f"{stmt.head} {stmt.tail}")
        return await self._inner.bulk(stmt, rows)

    async def last_id(self) -> int:
        return await self._inner.last_id()

    def emit(self, event: object) -> None:
        self._inner.emit(event)

    def after_commit(self, callback: Callable[[], None]) -> None:
        self._inner.after_commit(callback)


class Gate:
    """A ``Database`` before another one. See the module."""

    def __init__(self, inner: Database) -> None:
        self.engine: Engine = inner.engine
        self.events = inner.events
        self._inner = inner

    # The database's interface

    async def fetch(self, sql: str, *args: Value) -> list[Row]:
        await _reach(sql)
        return await self._inner.fetch(sql, *args)

    async def fetch_one(self, sql: str, *args: Value) -> Row | None:
        await _reach(sql)
        return await self._inner.fetch_one(sql, *args)

    async def scan(self, sql: str, *args: Value) -> list[Row]:
        await _reach(sql)
        return await self._inner.scan(sql, *args)

    def write(
        self, fn: Callable[[Tx], Awaitable[T]], *, single: bool = False, lane: Lane = "short", alone: bool = False
    ) -> Awaitable[T]:
        party = _PARTY.get()
        if party is None:
            return self._inner.write(fn, single=single, lane=lane, alone=alone)
        return self._write(fn, single, party)

    async def execute(self, sql: str, *args: Value) -> int:
        return await self.write(lambda tx: tx.execute(sql, *args), single=True)

    async def ping(self) -> None:
        await self._inner.ping()

    def healthy(self) -> bool:
        return self._inner.healthy()

    def abandon(self) -> None:
        self._inner.abandon()

    async def version(self) -> str:
        return await self._inner.version()

    async def close(self) -> None:
        await self._inner.close()

    async def _write(self, fn: Callable[[Tx], Awaitable[T]], single: bool, party: _Party) -> T:
        if self.engine == "sqlite":  # its functions run in the writer's thread and may not wait
            await party.reach(WRITE)
            return await self._inner.write(fn, single=single)
        mine: set[int] = set()

        async def gated(tx: Tx) -> T:
            if mine:
                party.repeated += 1
                party.pids -= mine
            row = await tx.fetch_one("SELECT pg_backend_pid()")
            assert row is not None
            mine.add(int(row[0]))
            party.pids.add(int(row[0]))
            result = await fn(_GatedTx(tx, party))
            if not single:
                await party.reach(COMMIT)
            return result

        try:
            return await self._inner.write(gated, single=single)
        finally:
            party.pids -= mine

    # Running parties

    async def together(self, *calls: Call, at: str = CHANGES, nth: int = 1) -> Outcome:
        """Hold every call before its ``nth`` statement that ``at`` matches; let all go once nobody can get further.

        ``at`` is a regular expression, any case. Raises AssertionError when nobody came to such a statement: the test
        would prove nothing. On SQLite the place is the write as a whole.
        """
        pattern = re.compile(WRITE if self.engine == "sqlite" else at, re.I)
        if self.engine == "sqlite":
            nth = 1

        def stop(party: _Party) -> bool:
            return bool(pattern.search(party.statements[-1])) and nth == sum(
                bool(pattern.search(sql)) for sql in party.statements
            )

        parties = [self._start(number, call, stop) for number, call in enumerate(calls, 1)]
        outcome = await self._run(parties, parties, parties)
        if not outcome.held:
            ran = "; ".join(sql[:100] for statements in outcome.statements for sql in statements)
            raise AssertionError(f"no party came to statement {nth} like {pattern.pattern!r}; they ran: {ran}")
        return outcome

    async def preempt(self, first: Call, second: Call, *, before: int | str) -> Outcome:
        """Hold ``first`` before its statement of that number (from 1) or that matches; ``second`` runs meanwhile, until
        it ends or waits for a lock; then ``first`` goes on. ``Outcome.held``: ``first`` got that far."""

        def stop(party: _Party) -> bool:
            if isinstance(before, int):
                return len(party.statements) >= before
            return bool(re.search(before, party.statements[-1], re.I))

        one = self._start(1, first, stop)
        await self._settle([one], [one])
        two = self._start(2, second, lambda party: False)
        return await self._run([one, two], [two], [one])

    async def interleave(
        self,
        prepare: Callable[[], Awaitable[tuple[Call, Call]]],
        check: Callable[[Outcome], Awaitable[None]],
        *,
        deadlocks: bool = False,
    ) -> int:
        """Run two calls in every way in which one interrupts the other once; how many ways there were. See the module.

        ``check`` gets the outcomes in the order of ``prepare``'s calls. Unless ``deadlocks`` is set, a write that had
        to be repeated for one is a failure.
        """
        ways = 0
        for swapped in (False, True):
            place = 1
            while True:
                calls = await prepare()
                got = await self.preempt(*(calls[::-1] if swapped else calls), before=place)
                where = got.statements[0][place - 1] if got.held else "its end"
                got = _turned(got) if swapped else got
                ways += 1
                try:
                    if any(got.repeated) and not deadlocks:
                        raise AssertionError(f"a write was repeated after a deadlock: {got.statements}")
                    await check(got)
                except BaseException as error:
                    error.add_note(f"call {2 if swapped else 1} of 2 was held before statement {place}: {where}")
                    error.add_note(f"outcomes: {got.results!r}")
                    raise
                if not got.held:
                    break
                place += 1
                assert place < 200, "a call that never ends its statements cannot be interleaved"
        return ways

    def _start(self, number: int, call: Call, stop: Callable[[_Party], bool]) -> _Party:
        assert number <= _MOST_PARTIES, f"at most {_MOST_PARTIES} parties: each holds a connection of the pool"
        party = _Party(number, stop)

        async def run() -> Any:
            _PARTY.set(party)  # a task has its own context, and so have the tasks that it starts
            return await call()

        coroutine: Coroutine[Any, Any, Any] = run()
        party.task = asyncio.create_task(coroutine)
        return party

    async def _run(self, parties: list[_Party], awaited: list[_Party], released: list[_Party]) -> Outcome:
        try:
            await self._settle(awaited, parties)
            for party in released:
                party.go.set()
            tasks = [party.task for party in parties if party.task is not None]
            _, pending = await asyncio.wait(tasks, timeout=SECONDS)
            if pending:
                raise AssertionError(f"they did not end within {SECONDS:g} s: " + "; ".join(map(str, parties)))
        finally:
            for party in parties:
                party.go.set()
                assert party.task is not None
                party.task.cancel()
            results = await asyncio.gather(*(p.task for p in parties if p.task is not None), return_exceptions=True)
        return Outcome(
            results,
            [party.statements for party in parties],
            [party.repeated for party in parties],
            any(party.reached for party in parties),
        )

    async def _settle(self, awaited: list[_Party], parties: list[_Party]) -> None:
        """Wait until each of ``awaited`` is held, has ended, or waits for a lock."""
        clock = asyncio.get_running_loop().time
        end = clock() + SECONDS
        while True:
            busy = [party for party in awaited if not party.held and not party.done()]
            if not busy:
                return
            if self.engine == "postgres" and all(party.pids for party in busy):
                waiting = await self._waiting({pid for party in busy for pid in party.pids})
                if all(party.pids & waiting for party in busy):
                    return
            if clock() > end:
                for party in parties:
                    party.go.set()
                raise AssertionError(
                    f"after {SECONDS:g} s somebody neither ended, nor was held, nor waited for a lock: "
                    + "; ".join(map(str, parties))
                    + ". Do they wait for each other in memory? Give each a service of its own."
                )
            await asyncio.sleep(_POLL)

    async def _waiting(self, pids: set[int]) -> set[int]:
        """Those backends that wait for a lock which another holds."""
        numbers = ", ".join(str(pid) for pid in pids)
        rows = await self._inner.fetch(
            f"SELECT pid FROM pg_stat_activity WHERE pid IN ({numbers}) AND cardinality(pg_blocking_pids(pid)) > 0"
        )
        return {int(row[0]) for row in rows}


async def _reach(sql: str) -> None:
    party = _PARTY.get()
    if party is not None:
        await party.reach(sql)


def _turned(got: Outcome) -> Outcome:
    return Outcome(got.results[::-1], got.statements[::-1], got.repeated[::-1], got.held)
