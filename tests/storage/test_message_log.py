"""Group commit: entries become durable in the order of their appending, together where they came together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from sodam.messages.log import MessageLog
from sodam.storage import Database, Tx
from tests.storage.conftest import INSERT

Step = Callable[[list[int]], None]


class Recorder:
    """A log of numbers into `item`, that remembers its batches and what became of them."""

    def __init__(self, db: Database, max_batch: int = 1024) -> None:
        self.db = db
        self.done: list[tuple[list[int], BaseException | None]] = []
        self.bad: set[int] = set()
        self.when_done: Step = lambda _: None
        self.log: MessageLog[int] = MessageLog(self._write, self._done, max_batch)

    def _write(self, batch: list[int]) -> Awaitable[None]:
        return self.db.write(lambda tx: self._apply(tx, batch), single=True)

    async def _apply(self, tx: Tx, batch: list[int]) -> None:
        await tx.bulk(INSERT, [(1, "taken" if n in self.bad else f"{n:05}", n, None) for n in batch])

    def _done(self, batch: list[int], error: BaseException | None) -> None:
        self.done.append((list(batch), error))
        self.when_done(batch)

    @property
    def stored(self) -> list[int]:
        return [n for batch, error in self.done if error is None for n in batch]

    async def rows(self) -> list[int]:
        rows = await self.db.fetch("SELECT value FROM item WHERE name <> 'taken' ORDER BY name")
        return [row[0] for row in rows]


async def test_entries_of_one_turn_share_a_commit(db: Database) -> None:
    recorder = Recorder(db)
    for n in range(100):
        recorder.log.append(n)
    assert recorder.log.waiting == 100
    await recorder.log.drain()
    assert recorder.done == [(list(range(100)), None)]
    assert await recorder.rows() == list(range(100))
    assert recorder.log.waiting == 0


async def test_what_comes_during_a_commit_joins_the_next(db: Database) -> None:
    recorder = Recorder(db)
    recorder.log.append(0)
    await asyncio.sleep(0)  # the first batch is on its way, the log is busy
    for n in range(1, 200):
        recorder.log.append(n)
    await recorder.log.drain()
    assert [batch for batch, _ in recorder.done] == [[0], list(range(1, 200))]


async def test_order_is_that_of_appending(db: Database) -> None:
    recorder = Recorder(db, max_batch=7)

    async def writer(numbers: range) -> None:
        for n in numbers:
            recorder.log.append(n)
            if n % 3 == 0:
                await asyncio.sleep(0)

    await asyncio.gather(writer(range(100)), writer(range(1000, 1100)))
    await recorder.log.drain()
    assert sorted(recorder.stored) == [*range(100), *range(1000, 1100)]
    for low, high in ((0, 100), (1000, 1100)):
        assert [n for n in recorder.stored if low <= n < high] == list(range(low, high))
    assert max(len(batch) for batch, _ in recorder.done) <= 7


async def test_done_comes_after_the_commit(db: Database) -> None:
    """When an entry is announced, any reader finds it."""
    recorder = Recorder(db)
    seen: list[Awaitable[Any]] = []
    recorder.when_done = lambda batch: seen.append(
        asyncio.ensure_future(db.fetch_one("SELECT value FROM item WHERE app = 1 AND name = $1", f"{batch[-1]:05}"))
    )
    for n in range(20):
        recorder.log.append(n)
        await asyncio.sleep(0.001)
    await recorder.log.drain()
    assert None not in await asyncio.gather(*seen)


async def test_a_batch_that_fails_stores_nothing_and_the_next_goes_on(db: Database) -> None:
    await db.execute("INSERT INTO item (app, name) VALUES (1, 'taken')")
    recorder = Recorder(db, max_batch=10)
    recorder.bad = {15}
    for n in range(40):
        recorder.log.append(n)
    await recorder.log.drain()
    failed = [batch for batch, error in recorder.done if error is not None]
    assert failed == [list(range(10, 20))]
    assert recorder.done[1][1] is not None
    assert await recorder.rows() == [*range(10), *range(20, 40)] == recorder.stored
    recorder.log.append(15 + 100)
    await recorder.log.drain()
    assert recorder.stored[-1] == 115


async def test_appending_from_done(db: Database) -> None:
    recorder = Recorder(db)

    def again(batch: list[int]) -> None:
        if batch[-1] < 5:
            recorder.log.append(batch[-1] + 1)

    recorder.when_done = again
    recorder.log.append(0)
    while len(recorder.done) < 6:
        await recorder.log.drain()
        await asyncio.sleep(0)
    assert recorder.stored == [0, 1, 2, 3, 4, 5]


async def test_drain_of_an_idle_log_returns_at_once(db: Database) -> None:
    recorder = Recorder(db)
    await asyncio.wait_for(recorder.log.drain(), 60)
    assert recorder.done == []


async def test_a_log_on_a_closed_database_tells_its_entries(db: Database) -> None:
    recorder = Recorder(db)
    await db.close()
    recorder.log.append(1)
    await asyncio.wait_for(recorder.log.drain(), 60)
    ((batch, error),) = recorder.done
    assert batch == [1]
    assert isinstance(error, Exception)
