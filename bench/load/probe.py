"""How quick the machine is meanwhile: the CPU time of a piece of work that is always the same.

A virtual machine shares its cores and their caches with others that nobody here sees. While they work, the same code
takes up to twice the CPU time, for seconds or minutes: then a window says nothing about whoever was measured in it.
The work is a walk through memory, since a server that rests between two messages finds the caches cold; a loop that
only counts takes the same while a message costs half as much again.
"""

from __future__ import annotations

import os
import random
import statistics
import threading
import time
from typing import Final

_EVERY_SECONDS: Final = 0.05
_VALUES: Final = 400_000
"""More than the caches of one core hold."""
_STEPS: Final = 300
"""About a tenth of a millisecond: two thousandths of one core."""


class Walk:
    """Through values in an order that no cache foresees."""

    def __init__(self) -> None:
        order = random.Random(7)
        self._values = [float(number) for number in range(_VALUES)]
        self._paths = [[order.randrange(_VALUES) for _ in range(_STEPS)] for _ in range(100)]
        self._next = 0

    def work(self) -> float:
        """Go a bit; microseconds of CPU that it took."""
        self._next = (self._next + 1) % len(self._paths)
        path, values, total = self._paths[self._next], self._values, 0.0
        began = time.thread_time_ns()
        for number in path:
            total += values[number]
        return (time.thread_time_ns() - began) / 1000


class Probe:
    """Does it again and again on every core, from ``start`` to ``stop``: each core has neighbours of its own."""

    def __init__(self) -> None:
        self._walk = Walk()
        self._taken: dict[int, list[float]] = {core: [] for core in sorted(os.sched_getaffinity(0))}
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(core,), daemon=True) for core in self._taken]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> float:
        """Microseconds that it took on the average, of all cores; it is done once at least."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        return statistics.fmean([statistics.fmean(taken) for taken in self._taken.values()])

    def _run(self, core: int) -> None:
        os.sched_setaffinity(0, {core})  # of this thread alone
        while True:
            self._taken[core].append(self._walk.work())
            if self._stop.wait(_EVERY_SECONDS):
                return
