"""A breaker for each app's URL: after some failures in a row nothing is sent there for a while, then one try.

It is the gate of the outbox's topic, so that events for a dead receiver stay where they are and cost nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sodam.clock import now as wall_clock

FAILURES: Final = 5
"""In a row, until the breaker opens."""
PAUSES_MS: Final = (1_000, 2_000, 5_000, 10_000, 30_000)
"""How long it stays open, the first time and after each try that fails; the last one from then on."""
LANES: Final = 16
"""Lanes of one app that a node works on at a time."""


class _State:
    __slots__ = ("failures", "opened", "opens_at", "url")

    def __init__(self, url: str) -> None:
        self.url = url
        self.failures = 0
        self.opened = 0
        self.opens_at = 0


class Breaker:
    def __init__(self, lanes: int = LANES, clock: Callable[[], float] = wall_clock) -> None:
        self._lanes = lanes
        self._clock = clock
        self._states: dict[int, _State] = {}

    def room(self, app: int) -> int:
        state = self._states.get(app)
        if state is None or not state.opened:
            return self._lanes
        return 1 if state.opens_at <= self._now() else 0

    def opens(self, app: int) -> int:
        state = self._states.get(app)
        return state.opens_at if state is not None else 0

    def good(self, app: int) -> bool:
        """A request was answered. True: it had been closed to requests until now."""
        state = self._states.pop(app, None)
        return state is not None and state.opened > 0

    def bad(self, app: int, url: str) -> int:
        """A request failed. Until when nothing is sent, where that is new; else 0."""
        state = self._states.get(app)
        if state is None or state.url != url:
            state = self._states[app] = _State(url)
        state.failures += 1
        if state.failures >= FAILURES and state.opens_at <= self._now():
            state.opens_at = self._now() + PAUSES_MS[min(state.opened, len(PAUSES_MS) - 1)]
            state.opened += 1
            return state.opens_at
        return 0

    def heard_good(self, app: int) -> bool:
        """Another node was answered: one try is due here, too. True: requests had been held back."""
        state = self._states.get(app)
        if state is None or not state.opened:
            return False
        state.opens_at = min(state.opens_at, self._now())
        return True

    def changed(self, app: int, url: str) -> bool:
        """The app is another now: a new URL begins anew. True: requests had been held back."""
        state = self._states.get(app)
        if state is None or state.url == url:
            return False
        del self._states[app]
        return state.opened > 0

    def _now(self) -> int:
        return int(self._clock() * 1000)
