"""Whether a figure that should level off keeps rising: a robust slope over the second half of a run.

The first half is warm-up: caches fill, tables get their first pages. Of the rest, the Theil-Sen slope (the median of
the slopes between all pairs of samples) says how the figure moves; single outliers, such as the moment of a cut, do
not matter. A figure fails when all of these hold:

- over the second half the slope adds more than `share` of the figure's median, and more than `floor`;
- of ten slopes between pairs at least eight rise: a figure that swings does not fail, nor does one that steps once.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

_RISING = 0.8
_FEWEST = 8
"""Samples in the second half below which nothing can be said."""


@dataclass(frozen=True)
class Limit:
    """What a figure may gain in the second half of a run: `floor` in its own unit, or `share` of its median."""

    floor: float
    share: float


@dataclass(frozen=True)
class Trend:
    """What became of one figure."""

    gain: float
    """What the slope adds over the second half."""
    level: float
    """The median of the second half."""
    rising: float
    """The share of pairs of samples of which the later is higher."""
    failed: bool


def judge(samples: Sequence[tuple[float, float]], limit: Limit) -> Trend | None:
    """Judge samples of (seconds, value), in order; None when there are too few to say anything."""
    half = samples[len(samples) // 2 :]
    if len(half) < _FEWEST:
        return None
    slopes = [(b - a) / (end - begin) for (begin, a), (end, b) in combinations(half, 2) if end > begin]
    gain = statistics.median(slopes) * (half[-1][0] - half[0][0])
    level = statistics.median(value for _, value in half)
    rising = sum(slope > 0 for slope in slopes) / len(slopes)
    failed = gain > max(limit.floor, limit.share * level) and rising >= _RISING
    return Trend(gain, level, rising, failed)
