"""Supervised loops: background work that no exception ends.

Whoever needs something done again and again gives an async function, its *turn*, to ``Loops.start``. A turn that raises
is logged, counted and tried again after a pause that grows; the next one that succeeds ends the pause. ``/readyz`` and
``/metrics`` show every loop. A loop ends by ``Loop.stop`` alone: one that ends otherwise is a fault of the server.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Final, Literal

import structlog
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from sodam.errors import Unavailable

log = structlog.get_logger(__name__)
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 10.0
UNAVAILABLE_PAUSE: Final = 1.0
"""Seconds to the next turn after one that failed: 0.1, 0.2, 0.4 ..., at most 10, at most 1 while what it needs is away,
and never less than ``every``."""
_STOP_SECONDS: Final = 2.0

Turn = Callable[[], Awaitable[object]]
State = Literal["running", "failing", "stopped", "ended"]


class Loop:
    """One piece of background work. Made by ``Loops.start``."""

    def __init__(self, name: str, turn: Turn, every: float, due: asyncio.Event | None = None) -> None:
        self.name = name
        self.turns = 0
        """Turns that succeeded."""
        self.failures = 0
        """Turns that raised."""
        self.last_turn = 0.0
        """Unix time at which the last turn that succeeded ended; 0: none has."""
        self._turn = turn
        self._every = every
        self._due = due
        self._row = 0
        self._stopping = False
        self._task = asyncio.create_task(self._run(), name=name)
        self._task.add_done_callback(self._done)

    @property
    def state(self) -> State:
        if self._task.done():
            return "stopped" if self._stopping else "ended"
        return "failing" if self._row else "running"

    async def stop(self, seconds: float = _STOP_SECONDS) -> None:
        """End the loop, in the middle of a turn too. Waits ``seconds`` at most for a turn that does not let itself be
        cancelled."""
        self._stopping = True
        self._task.cancel()
        await asyncio.wait({self._task}, timeout=seconds)

    async def _run(self) -> None:
        while True:
            pause = self._every
            if self._due is not None:
                if not self._row:
                    await self._due.wait()
                    await asyncio.sleep(self._every)
                self._due.clear()
            try:
                await self._turn()
            except asyncio.CancelledError as error:
                task = asyncio.current_task()
                if self._stopping or (task is not None and task.cancelling()):
                    raise
                pause = self._failed(error)  # something that the turn waited for was cancelled, not the loop
            except Exception as error:
                pause = self._failed(error)
            else:
                self._succeeded()
            if self._due is None or self._row:
                await asyncio.sleep(pause)

    def _succeeded(self) -> None:
        if self._row:
            log.info("a background loop works again", loop=self.name, failures=self._row)
            self._row = 0
        self.turns += 1
        self.last_turn = time.time()

    def _failed(self, error: BaseException) -> float:
        """Seconds to wait before the next turn."""
        self.failures += 1
        self._row += 1
        longest = LONGEST_PAUSE
        if isinstance(error, Unavailable):
            longest = UNAVAILABLE_PAUSE
            log.debug("a background loop waits", loop=self.name, error=str(error))  # the outage itself is logged
        elif self._row == 1:
            log.error("a background loop failed and goes on", loop=self.name, exc_info=error)
        else:
            log.warning("a background loop failed again", loop=self.name, failures=self._row, error=repr(error))
        return max(self._every, min(longest, FIRST_PAUSE * float(1 << min(self._row - 1, 10))))

    def _done(self, task: asyncio.Task[None]) -> None:
        if not self._stopping and not task.cancelled():
            log.critical("a background loop has ended for good", loop=self.name, exc_info=task.exception())


class Loops:
    """All loops of a server."""

    def __init__(self) -> None:
        self._loops: list[Loop] = []

    def start(self, name: str, turn: Turn, *, every: float = 0.0, due: asyncio.Event | None = None) -> Loop:
        """Call ``turn`` at once, and again ``every`` seconds after it has returned. ``name`` is for people; a second
        loop of that name takes the place of the first in what is shown. ``every`` 0 is for a turn that waits by itself.

        ``due``: a turn only ``every`` seconds after it was set, which this clears before the turn, or when the turn
        before failed: what has nothing to do most of the time costs nothing then.
        """
        loop = Loop(name, turn, every, due)
        self._loops = [other for other in self._loops if other.name != name]
        self._loops.append(loop)
        return loop

    def states(self) -> dict[str, State]:
        return {loop.name: loop.state for loop in self._loops}

    def ended(self) -> list[str]:
        """Loops that have ended though nobody stopped them."""
        return [loop.name for loop in self._loops if loop.state == "ended"]

    def collect(self) -> Iterator[Metric]:
        """Samples for ``/metrics``."""
        up = GaugeMetricFamily("sodam_loop_up", "1 unless the loop's last turn raised, or it ended", labels=["loop"])
        turns = CounterMetricFamily("sodam_loop_turns", "Turns of the loop that succeeded", labels=["loop"])
        failures = CounterMetricFamily("sodam_loop_failures", "Turns of the loop that raised", labels=["loop"])
        last = GaugeMetricFamily(
            "sodam_loop_last_turn_seconds", "Unix time of the loop's last turn that succeeded", labels=["loop"]
        )
        for loop in self._loops:
            label = (loop.name,)
            up.add_metric(label, float(loop.state == "running"))
            turns.add_metric(label, loop.turns)
            failures.add_metric(label, loop.failures)
            last.add_metric(label, loop.last_turn)
        yield from (up, turns, failures, last)
