"""What has no transaction of its own, gathered in memory: each process writes it some seconds later.

A process that is killed loses what it gathered since, ``service.FLUSH_SECONDS`` at most; but for the stored messages
among it, which are counted again from their rows (``recount.py``).
"""

from __future__ import annotations

from typing import NamedTuple

from sodam.statistics.tally import Counts, Sights, Tally


class Taken(NamedTuple):
    counts: Counts
    sights: Sights
    most: Counts
    """Values of which the greatest counts."""
    last: int
    """The number of the last message that is among the counts, as its table numbers them; 0: none is."""


class Gathered:
    def __init__(self, tally: Tally, *, on: bool) -> None:
        self._tally = tally
        self.on = on
        """False: nothing is gathered."""
        self.counts: Counts = {}
        self.sights: Sights = {}
        self.most: Counts = {}
        self.last = 0
        """See ``Taken``."""
        self._noted: dict[tuple[int, str], tuple[int, int]] = {}
        """The minute, and the greatest value of it so far."""

    def count(self, app: int, what: str, second: float, times: int = 1) -> None:
        if not self.on:
            return
        key = (app, what, int(second) // 60 * 60)
        self.counts[key] = self.counts.get(key, 0) + times

    def stored(self, counts: Counts, last: int) -> None:
        """Messages were, of which ``last`` is the newest."""
        for key, times in counts.items():
            self.counts[key] = self.counts.get(key, 0) + times
        self.last = last

    def see(self, app: int, name: str, bits: int, second: float) -> None:
        if self.on:
            self._tally.sight(self.sights, app, int(second), name, bits)

    def at_most(self, app: int, what: str, value: int, second: float) -> None:
        """A value of which the greatest of a minute and of a day counts."""
        minute = int(second) // 60 * 60
        if (minute, value) > self._noted.get((app, what), (0, 0)) and value:
            self._noted[app, what] = (minute, value)
            self.most[app, what, minute] = max(value, self.most.get((app, what, minute), 0))

    def take(self) -> Taken:
        taken = Taken(self.counts, self.sights, self.most, self.last)
        self.counts, self.sights, self.most, self.last = {}, {}, {}, 0
        return taken

    def give_back(self, taken: Taken) -> None:
        """They could not be written."""
        counts, sights, most, last = taken
        self.last = self.last or last
        for key, value in counts.items():
            self.counts[key] = self.counts.get(key, 0) + value
        for who, bits in sights.items():
            self.sights[who] = self.sights.get(who, 0) | bits
        for key, value in most.items():
            self.most[key] = max(value, self.most.get(key, 0))
