"""A clock for open loops: the event loop's own timers are rounded to milliseconds, which would show in latencies."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable


class Ticker:
    """Calls `tick(due)` in the loop, `rate` times a second; `due` is the perf_counter time it was meant for."""

    def __init__(self, rate: float, tick: Callable[[float], None]) -> None:
        self._interval = 1 / rate
        self._tick = tick
        self._stop = threading.Event()
        self._signal = os.eventfd(0, os.EFD_NONBLOCK)
        self._next = time.perf_counter() + self._interval
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._signal, self._wake)
        self._thread = threading.Thread(target=self._count, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """No tick comes after this."""
        self._stop.set()
        self._thread.join()
        self._loop.remove_reader(self._signal)
        os.close(self._signal)

    def _count(self) -> None:
        due = self._next
        while not self._stop.is_set():
            time.sleep(max(0.0, due - time.perf_counter()))
            os.eventfd_write(self._signal, 1)
            due += self._interval

    def _wake(self) -> None:
        os.eventfd_read(self._signal)
        # Late wake-ups catch up: what was due is sent, and counted from when it was due.
        while self._next <= time.perf_counter():
            self._tick(self._next)
            self._next += self._interval
