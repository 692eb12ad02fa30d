"""Supervised loops: what a turn may do, and that nothing but ``stop`` ends them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from sodam.errors import Unavailable
from sodam.observability import loops as module
from sodam.observability.loops import Loop, Loops
from sodam.observability.metrics import Metrics


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.001)


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.001)


class Work:
    """A turn that raises what it is given, one after the other, and then succeeds."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def __call__(self) -> None:
        self.calls += 1
        await asyncio.sleep(0.001)
        if self.errors:
            raise self.errors.pop(0)


@pytest.mark.parametrize(
    "error", [ValueError("x"), OSError(), TimeoutError(), asyncio.CancelledError(), Unavailable("the database")]
)
async def test_a_turn_that_raises_is_not_the_last(error: BaseException) -> None:
    work = Work(error)
    loop = Loops().start("work", work)
    await until(lambda: loop.turns >= 3)
    assert (loop.failures, loop.state) == (1, "running")
    await loop.stop()
    assert loop.state == "stopped"
    calls = work.calls
    await asyncio.sleep(0.01)
    assert work.calls == calls


async def test_pauses_grow_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.1)
    loop = Loops().start("work", Work(), every=0.5)
    error = ValueError()
    assert [loop._failed(error) for _ in range(9)] == [0.5, 0.5, 0.5, 0.8, 1.6, 3.2, 6.4, 10, 10]
    assert loop.state == "failing"
    loop._succeeded()
    assert (loop._failed(error), loop.failures) == (0.5, 10)
    await loop.stop()


async def test_one_that_ends_otherwise_is_known() -> None:
    class Fatal(BaseException):
        """What no turn should raise."""

    loops = Loops()
    dead, alive = loops.start("dead", Work(Fatal())), loops.start("alive", Work())
    await until(lambda: dead.state == "ended")
    assert loops.ended() == ["dead"]
    assert loops.states() == {"dead": "ended", "alive": "running"}
    metrics = Metrics()
    metrics.register(loops)
    text = metrics.text().decode()
    assert 'sodam_loop_up{loop="dead"} 0.0' in text
    assert 'sodam_loop_up{loop="alive"} 1.0' in text
    assert 'sodam_loop_failures_total{loop="alive"} 0.0' in text
    await alive.stop()


async def test_stopping_waits_for_nobody_for_ever() -> None:
    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                if release.is_set():
                    raise

    release = asyncio.Event()
    loop: Loop = Loops().start("stubborn", stubborn)
    await asyncio.sleep(0)
    async with asyncio.timeout(60):
        await loop.stop(0.01)
    assert loop.state == "running"
    release.set()
    await loop.stop()
    assert loop.state == "stopped"


async def test_a_loop_of_the_same_name_takes_the_place() -> None:
    loops = Loops()
    first = loops.start("work", Work())
    await first.stop()
    second = loops.start("work", Work())
    assert loops.states() == {"work": "running"}
    await second.stop()


async def test_a_loop_with_nothing_due_rests_and_one_that_failed_tries_again() -> None:
    due = asyncio.Event()
    work = Work(ValueError("x"))
    loop = Loops().start("work", work, due=due)
    for _ in range(20):
        await asyncio.sleep(0)
    assert work.calls == 0
    due.set()
    await until(lambda: loop.turns == 1)  # the first turn failed, the second was not asked for
    assert (work.calls, due.is_set()) == (2, False)
    due.set()
    await until(lambda: loop.turns == 2)
    for _ in range(20):
        await asyncio.sleep(0)
    assert work.calls == 3
    await loop.stop()
