"""What a cache that the bus keeps true promises: on every kind of bus, with servers that go away and come back."""

from __future__ import annotations

import random
from typing import Any

import pytest

from sodam.bus import Bus
from sodam.bus.cache import MAX_AGE, Cache, Hints
from sodam.bus.local import LocalBus
from sodam.storage import Database
from tests.support.buses import Pair, until
from tests.support.seeds import SEED

Key = tuple[int, str]
SUBJECT = "things"
ONE: Key = (1, "a")
TWO: Key = (2, "b")


class Things:
    """A node's cache of numbers by app and name."""

    def __init__(self, bus: Bus, size: int = 100) -> None:
        self.now = 0.0
        self.hints: Hints[Key] = Hints(bus, SUBJECT, Key, lambda key: self.cache.forget(key), lambda: self.now)
        self.cache: Cache[Key, int] = self.hints.cache(size)

    def fill(self, *keys: Key) -> None:
        for key in keys or (ONE, TWO):
            assert self.cache.keep(key, 7, self.cache.loading(key))


async def test_what_changed_is_forgotten_at_once_and_nothing_else(bus: Bus) -> None:
    things = Things(bus)
    things.fill()
    things.hints.changed(ONE)
    assert (things.cache.get(ONE), things.cache.get(TWO)) == (None, 7)


async def test_a_watcher_hears_of_every_change_of_what_is_held_or_not(bus: Bus) -> None:
    things = Things(bus)
    heard: list[int] = []
    things.cache.watch(lambda: heard.append(1))
    things.fill()
    assert heard == []
    things.hints.changed((3, "not held"))
    assert len(heard) == 1
    things.cache.forget_where(lambda key: key == ONE)
    things.cache.clear()
    assert len(heard) == 3
    things.now = MAX_AGE + 1
    assert things.cache.fresh()
    assert len(heard) == (4 if bus.clustered else 3), "where hints may be lost everything is forgotten now and then"
    assert things.cache.clustered == bus.clustered


async def test_zero_and_false_are_values(bus: Bus) -> None:
    things = Things(bus)
    assert things.cache.keep(ONE, 0, things.cache.loading(ONE))
    assert things.cache.get(ONE) == 0


async def test_a_read_that_a_change_overtook_is_not_held(bus: Bus) -> None:
    things = Things(bus)
    early, same = things.cache.loading(ONE), things.cache.loading(ONE)
    things.hints.changed(ONE)
    late = things.cache.loading(ONE)
    assert not things.cache.keep(ONE, 1, early)
    assert things.cache.keep(ONE, 2, late)
    assert not things.cache.keep(ONE, 1, same)
    assert (things.cache.get(ONE), things.cache.reads) == (2, 0)


async def test_of_two_readers_at_a_time_both_are_believed(bus: Bus) -> None:
    things = Things(bus)
    one, two = things.cache.loading(ONE), things.cache.loading(ONE)
    assert things.cache.keep(ONE, None, one)  # it has failed, or found nothing
    assert things.cache.keep(ONE, 7, two)
    assert (things.cache.get(ONE), things.cache.reads) == (7, 0)


async def test_forgetting_everything_overtakes_reads(bus: Bus) -> None:
    things = Things(bus)
    for forget in (things.hints.clear, lambda: things.cache.forget_where(lambda key: key[0] == 1)):
        read = things.cache.loading(ONE)
        things.fill(ONE, TWO)
        forget()
        assert things.cache.get(ONE) is None
        assert not things.cache.keep(ONE, 1, read)
        assert things.cache.reads == 0
    assert things.cache.get(TWO) == 7, "the second way forgot the first app's alone"


async def test_it_never_holds_more_than_its_size_and_keeps_what_is_used(bus: Bus) -> None:
    things = Things(bus, size=100)
    used: Key = (0, "used")
    things.fill(used)
    for n in range(1000):
        things.fill((n + 1, "x"))
        assert len(things.cache) <= 100
        if n % 40 == 0:
            assert things.cache.get(used) == 7, f"asked for every 40 values, and gone after {n}"
    assert len(things.cache) >= 50
    assert sorted(things.cache)[-1] == (1000, "x")


async def test_against_a_model(bus: Bus) -> None:
    """Whatever is asked in whatever order: only what was kept and not forgotten since is answered."""
    seed = SEED
    rng = random.Random(seed)
    things, truth = Things(bus, size=20), dict[Key, int]()
    reads: list[tuple[Key, int, Any]] = []
    for step in range(3000):
        key = (rng.randrange(3), rng.choice("abcdefghijkl"))
        what = rng.randrange(6)
        if what == 0:
            truth[key] = step
            things.hints.changed(key)
        elif what == 1:
            reads.append((key, truth.get(key, -1), things.cache.loading(key)))
        elif what == 2 and reads:
            key, value, read = reads.pop(rng.randrange(len(reads)))
            things.cache.keep(key, value, read)
        elif what == 3 and rng.random() < 0.05:
            things.hints.clear()
        else:
            assert things.cache.get(key) in (None, truth.get(key, -1)), f"seed {seed}, step {step}"
        assert len(things.cache) <= 20
    for key, value, read in reads:
        things.cache.keep(key, value, read)
    assert things.cache.reads == 0, f"seed {seed}"


async def test_invalidated_after_the_commit_and_not_after_a_rollback(bus: Bus, database: Database) -> None:
    things = Things(bus)
    things.fill()

    async def change(tx: Any) -> None:
        things.hints.changed_by(tx, ONE)

    async def fails(tx: Any) -> None:
        things.hints.changed_by(tx, TWO)
        raise ValueError

    await database.write(change)
    assert (things.cache.get(ONE), things.cache.get(TWO)) == (None, 7)
    with pytest.raises(ValueError):
        await database.write(fails)
    assert things.cache.get(TWO) == 7


async def test_a_change_reaches_the_other_node(pair: Pair) -> None:
    here, there = Things(pair.one), Things(pair.two)
    await pair.settled()
    here.fill()
    there.fill()
    read = there.cache.loading(ONE)
    here.hints.changed(ONE)
    await until(lambda: there.cache.get(ONE) is None, "the hint")
    assert there.cache.get(TWO) == 7
    assert not there.cache.keep(ONE, 7, read), "read before the change was heard of"


async def test_nothing_is_believed_while_the_bus_is_away_or_after(pair: Pair) -> None:
    things = Things(pair.two)
    things.fill()
    pair.stop()
    try:
        await until(lambda: not pair.two.connected(), "noticing that the server is gone")
        assert things.cache.get(ONE) is None
    finally:
        pair.start()
    await until(pair.two.connected, "the connection")
    await until(lambda: len(things.cache) == 0, "forgetting")
    things.fill()
    assert things.cache.get(ONE) == 7


async def test_a_lost_hint_is_made_up_for(pair: Pair) -> None:
    things = Things(pair.one)
    things.fill()
    things.now = MAX_AGE - 1
    assert things.cache.get(ONE) == 7
    things.now = MAX_AGE
    assert (things.cache.get(ONE), len(things.cache)) == (None, 0)
    things.fill()
    things.now += 1
    assert things.cache.get(ONE) == 7


async def test_alone_nothing_grows_old() -> None:
    things = Things(LocalBus())
    things.fill()
    things.now = 10 * MAX_AGE
    assert things.cache.get(ONE) == 7
