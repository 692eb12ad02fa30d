"""The soak in small: it runs, it counts rightly, and it can fail. `make soak` runs the ten minutes."""

from __future__ import annotations

import math
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.soak.ledger import Ledger
from bench.soak.run import Plan, soak
from bench.soak.trend import Limit, judge
from bench.soak.watch import LIMITS, MIB
from tests.support.amounts import amounts
from tests.support.seeds import SEED


@pytest.fixture
def place() -> Iterator[Path]:
    """Open to PostgreSQL, which does not run as root: pytest's own directories are for their owner alone."""
    with tempfile.TemporaryDirectory(prefix="sodam-soak-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("seconds", amounts("SODAM_TEST_SOAK_SECONDS", usual=8, long=120))
@pytest.mark.parametrize("setup", ["sqlite", "cluster"])
async def test_mixed_traffic_beside_cuts_loses_nothing(setup: str, seconds: int, place: Path) -> None:
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    outcome = await soak(setup, Plan(seconds, bots=6, rate=30, seed=seed, whole=True), place)
    print(outcome.text())
    assert outcome.faults == []
    assert outcome.messages > seconds
    assert outcome.reconnects
    assert set(outcome.calls) >= {"relations", "client calls", "console calls"}
    assert bool(outcome.cuts) == (setup == "cluster")
    # Nothing levels off within seconds, so that no trend counts here; but every figure is taken.
    names = ["sqlite"] if setup == "sqlite" else ["one", "two"]
    figures = {f"{name} {kind}" for name in names for kind in ("rss", "fds", "lag ms")} | {"wal", "bytes/message"}
    assert set(outcome.watch.samples) >= figures
    assert all(value > 0 for figure in figures for _, value in outcome.watch.samples[figure][-1:])


def series(value: object, count: int = 60, seconds: float = 600.0) -> list[tuple[float, float]]:
    return [(at, value(at)) for at in (seconds * n / count for n in range(count))]  # type: ignore[operator]


RSS = LIMITS["rss"]
dice = random.Random(7)
HELD = {
    "level": lambda at: 120 * MIB,
    "noise": lambda at: (120 + dice.uniform(-15, 15)) * MIB,
    "filling a cache in the first half": lambda at: min(160, 60 + at) * MIB,
    "levelling off": lambda at: (160 - 100 * math.exp(-at / 120)) * MIB,
    "one step": lambda at: (120 + (30 if at > 450 else 0)) * MIB,
    "peaks": lambda at: (120 + (200 if int(at) % 7 == 0 else 0)) * MIB,
    "falling": lambda at: (300 - at / 10) * MIB,
}
RISING = {
    "a leak": lambda at: (60 + at / 5) * MIB,
    "a leak under noise": lambda at: (60 + at / 5 + dice.uniform(-8, 8)) * MIB,
    "a leak behind warm-up": lambda at: (60 + max(0, at - 250) / 4) * MIB,
    "faster and faster": lambda at: (60 + (at / 60) ** 2) * MIB,
}


@pytest.mark.parametrize("name", HELD)
def test_what_levels_off_holds(name: str) -> None:
    dice.seed(7)  # the same noise in whichever order tests run
    trend = judge(series(HELD[name]), RSS)
    assert trend is not None
    assert not trend.failed, trend


@pytest.mark.parametrize("name", RISING)
def test_what_keeps_rising_fails(name: str) -> None:
    dice.seed(7)
    trend = judge(series(RISING[name]), RSS)
    assert trend is not None
    assert trend.failed, trend


def test_too_few_samples_say_nothing() -> None:
    assert judge(series(lambda at: at, count=14), Limit(0, 0)) is None


def test_descriptors_that_leak_fail() -> None:
    trend = judge(series(lambda at: 40 + at / 20), LIMITS["fds"])
    assert trend is not None
    assert trend.failed


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ([1, 2, 4], ""),
        ([1, 2, 3, 4], ""),
        ([1, 4], "lost [2]"),
        ([1, 2, 2, 4], "twice [2]"),
        ([1, 2, 4, 5], "never sent [5]"),
        ([2, 1, 4], "out of order"),
    ],
)
def test_the_ledger_sees_what_is_wrong(found: list[int], says: str) -> None:
    ledger = Ledger()
    for number in (1, 2, 4):
        ledger.stored(("a", "b"), number)
    ledger.unknown["a", "b"].add(3)
    faults = ledger.faults(("a", "b"), found, "stored")
    assert [says in fault for fault in faults] == ([True] if says else [])
