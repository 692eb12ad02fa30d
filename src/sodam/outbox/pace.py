"""How fast a backlog is worked off while there are messages to store: they must not wait for it. This process stores
them, or another that leaves its entries to this one and says how many come.

While none come nothing holds it up. Otherwise entries are taken a few at a time, evenly: always more than come new, so
that a backlog shrinks, and not so many that the writer and the event loop are busy with them when a message comes.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from sodam.storage.database import Engine

FLOOR: Final[dict[Engine, int]] = {"sqlite": 800, "postgres": 400}
"""Entries a second that a process works off, however few messages come, where the machine is quick enough for that.
PostgreSQL has a processor's work of its own with each, and several processes work."""
BUSY: Final = 0.35
"""Processor seconds a second from which on the process works off fewer, down to ``TIMES_NEW_BUSY``: on a slow machine
a delivery takes what a message waits for."""
_FEWER, _MORE = 0.8, 1.1
TIMES_NEW: Final = 2.0
"""So many times what comes in a second, where that is more."""
TIMES_NEW_BUSY: Final = 1.5
"""The same while the process is busy."""
BURST: Final[dict[Engine, int]] = {"sqlite": 32, "postgres": 64}
"""What may be taken at once after a while without. With SQLite messages wait for the transaction, with PostgreSQL it
takes long by its way to the database and back."""
_SLOWEST: Final = 50.0
"""Entries a second."""
LEAST: Final = 8
"""Fewer are not worth a look of their own."""
_LOOK: Final = 0.5
"""Seconds over which messages are counted."""


class Pace:
    def __init__(
        self,
        stored: Callable[[], float],
        engine: Engine,
        now: Callable[[], float] = time.monotonic,
        worked: Callable[[], float] = time.process_time,
    ) -> None:
        """``stored``: how many messages this process has stored since it began; ``worked``: the processor
        seconds that it has used."""
        self._worked = worked
        self._worked_before = worked()
        self._stored_here = stored
        self._elsewhere = 0.0
        """What others stored, as far as they said."""
        self._said = stored()
        """What was said of ``stored`` to others."""
        self._now = now
        self._counted = stored()
        self._counted_at = self._filled_at = now()
        self._rate = 0.0
        """Messages a second."""
        self._burst = BURST[engine]
        self._floor = self._quick = float(FLOOR[engine])
        self._room = float(self._burst)

    def room(self) -> int | None:
        """How many entries may be taken now; None: as many as there are."""
        now = self._now()
        if (passed := now - self._counted_at) >= _LOOK:
            stored = self._stored_here() + self._elsewhere
            self._rate = (stored - self._counted) / passed
            self._counted, self._counted_at = stored, now
            self._adapt(passed)
        self._room = min(self._burst, self._room + (now - self._filled_at) * self._a_second)
        self._filled_at = now
        return int(self._room) if self._rate else None

    def _adapt(self, passed: float) -> None:
        worked = self._worked()
        busy = (worked - self._worked_before) / passed > BUSY
        self._worked_before = worked
        if not self._rate:  # nobody waits, however busy it is
            self._floor = self._quick
        elif busy:
            self._floor = max(_SLOWEST, self._floor * _FEWER)
        else:
            self._floor = min(self._quick, self._floor * _MORE)

    def new_here(self) -> int:
        """How many messages this process has stored since it was last asked, for others whose backlog it is."""
        stored = self._stored_here()
        new, self._said = int(stored - self._said), stored
        return new

    def stored_elsewhere(self, messages: int) -> None:
        """A process that only writes entries has stored so many messages, which must not wait for them either."""
        self._elsewhere += messages

    @property
    def beside(self) -> bool:
        """Messages come, as far as ``room`` saw."""
        return self._rate > 0

    def took(self, entries: int) -> None:
        self._room = max(0.0, self._room - entries)

    def wait(self) -> float:
        """Seconds until there is room for a few."""
        return max(0.0, LEAST - self._room) / self._a_second + 0.001

    @property
    def _a_second(self) -> float:
        times = TIMES_NEW if self._floor == self._quick else TIMES_NEW_BUSY
        return max(self._floor, times * self._rate)
