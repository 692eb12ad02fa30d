"""Work in many transactions: how many rows each takes follows the time that they take."""

from __future__ import annotations

from typing import Any

from sodam.storage import Tx
from sodam.storage.background import GOAL, LEAST, Batches


class Machine:
    """A database on which a row takes its time, and the clock beside it."""

    engine = "sqlite"

    def __init__(self, seconds_a_row: float) -> None:
        self.now = 0.0
        self.cost = seconds_a_row
        self.waits = 0.0
        """Before a transaction begins: other writers' time."""
        self.longest = 0.0

    def clock(self) -> float:
        return self.now

    async def write(self, run: Any) -> Any:
        self.now += self.waits
        begun = self.now
        result = await run(None)
        self.longest = max(self.longest, self.now - begun)
        return result

    async def rows(self, _: Tx, size: int) -> int:
        self.now += size * self.cost
        return size


async def sizes(machine: Machine, batches: Batches, turns: int = 40) -> list[int]:
    database: Any = machine
    return [await batches.write(database, machine.rows) for _ in range(turns)]


async def test_the_size_follows_the_time(monkeypatch: Any) -> None:

    async def at_once(_: float) -> None: ...

    monkeypatch.setattr("sodam.storage.background.asyncio.sleep", at_once)
    machine = Machine(1e-9)
    batches = Batches(400, clock=machine.clock)
    assert (await sizes(machine, batches))[-1] == 400, "quick: as many as allowed"
    machine.cost = GOAL[machine.engine] / 100
    machine.waits = 3.0
    found = await sizes(machine, batches)
    assert 100 <= found[-1] <= 200, "what waited for others before is not counted"
    machine.cost, machine.longest = 1.0, 0.0
    found = await sizes(machine, batches)
    assert found[-1] == LEAST
    assert found == sorted(found, reverse=True)
