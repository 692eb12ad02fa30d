"""Distributions: how often something took how long, or was how large, as histograms in the Prometheus format.

A part of the server owns its ``Series`` and adds to it: one search among a dozen bounds and two additions. Whoever does
so for every message appends to ``waiting`` instead, which takes no call of its own. The server names a series
(``Metrics.histogram``); a part that nobody shows counts all the same.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Final

from prometheus_client.core import HistogramMetricFamily

SECONDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
CALL_SECONDS: Final = (0.001, 0.0025, 0.01, 0.025, 0.1, 0.25, 1.0, 5.0)
"""Fewer, for there are hundreds of commands."""
MANY: Final = 64
"""Values that wait to be counted, at the most."""
SIZES: Final = (1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 5000.0)


class Series:
    """One line of a histogram: the values of one set of labels."""

    __slots__ = ("_bounds", "_counts", "_sum", "waiting")

    def __init__(self, bounds: Sequence[float] = SECONDS) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0
        self.waiting: list[float] = []
        """Values that are not counted yet. Who appends ``MANY`` or more calls ``count_waiting``; readers do, too."""

    def observe(self, value: float) -> None:
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def observe_all(self, values: Sequence[float]) -> None:
        """As ``observe`` for each of them."""
        bounds, counts = self._bounds, self._counts
        if len(values) <= len(bounds):
            for value in values:
                counts[bisect_left(bounds, value)] += 1
        else:  # a search a bound instead of one a value
            ordered, below = sorted(values), 0
            for at, bound in enumerate(bounds):
                upto = bisect_right(ordered, bound)
                counts[at] += upto - below
                below = upto
            counts[-1] += len(ordered) - below
        self._sum += sum(values)

    def observe_many(self, value: float, times: int) -> None:
        """The same value so many times."""
        self._counts[bisect_left(self._bounds, value)] += times
        self._sum += value * times

    def count_waiting(self) -> None:
        values = self.waiting[:]
        self.waiting.clear()  # the same list: who appends to it may hold it
        self.observe_all(values)

    @property
    def count(self) -> int:
        self.count_waiting()
        return sum(self._counts)

    @property
    def sum(self) -> float:
        """Of all values."""
        self.count_waiting()
        return self._sum

    def samples(self) -> tuple[list[tuple[str, float]], float]:
        """What was counted up to each bound, the last one being infinity, and the sum of all values."""
        self.count_waiting()
        names = [*(repr(bound) for bound in self._bounds), "+Inf"]
        return list(zip(names, (float(count) for count in accumulate(self._counts)), strict=True)), self._sum


class SeriesBy(dict[tuple[str, ...], Series]):
    """Series by the values of their labels, which come from the code or its tables, never from callers."""

    def __init__(self, bounds: Sequence[float] = SECONDS) -> None:
        super().__init__()
        self._bounds = bounds

    def __missing__(self, labels: tuple[str, ...]) -> Series:
        made = self[labels] = Series(self._bounds)
        return made


def family(
    name: str, help: str, labels: Sequence[str], series: Mapping[tuple[str, ...], Series]
) -> HistogramMetricFamily:
    made = HistogramMetricFamily(name, help, labels=labels)
    for values, one in list(series.items()):
        buckets, total = one.samples()
        made.add_metric(values, buckets, total)
    return made
