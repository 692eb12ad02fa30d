"""SQLite's process counts messages some seconds after it stored them: one that is killed in between counts them when it
starts again, each once."""

from __future__ import annotations

import asyncio

import pytest

from sodam.errors import Unavailable
from sodam.messages.model import HIDE_RECEIVER, IMPORTED
from sodam.statistics.recount import recount
from sodam.storage import Database
from tests.contract.counting import NOON, Node, raw
from tests.contract.world import Clock

_VALUE = "SELECT COALESCE(SUM(value), 0) FROM statistic WHERE app = $1 AND span = $2 AND what = $3"
_MINUTE, _DAY = 1, 3


class _Site:
    """A node that writes what it counts when it is asked to."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.clock = node.clock
        node.counts_later = True

    async def begin(self, users: str) -> None:
        self.app = await self.node.app(users)
        assert await self.start_again() == 0

    async def send(self, number: int, *, flags: int = 0) -> None:
        for _ in range(number):
            await self.node.send(self.app, "a", "b", flags=flags)

    async def counted(self) -> tuple[int, int, int]:
        """Messages of minutes and of days, and the days' hidden ones, as they are on disk."""
        wanted = ((_MINUTE, "c2c"), (_DAY, "c2c"), (_DAY, "c2c.hidden"))
        minutes, days, hidden = [await raw(self.node.db, _VALUE, self.app.sdkappid, *one) for one in wanted]
        return minutes, days, hidden

    async def start_again(self, *, on: bool = True) -> int:
        """As a process that was killed does: what it had gathered is lost. How many messages it counts."""
        statistics = self.node.statistics
        statistics._gathered.take()
        return await recount(self.node.db, statistics.tally, self.clock, on=on)


@pytest.fixture
async def site(database: Database) -> _Site:
    if database.engine != "sqlite":
        pytest.skip("PostgreSQL counts a message in the statement that stores it")
    made = _Site(await Node.open(database, Clock(NOON)))
    await made.begin("ab")
    return made


async def test_what_was_not_written_is_counted_at_the_next_start_once(site: _Site) -> None:
    await site.send(5)
    await site.node.statistics.flush()
    assert await site.counted() == (5, 5, 0)
    await site.send(3)
    site.clock.now += 60
    await site.send(2)
    await site.send(1, flags=HIDE_RECEIVER)
    assert await site.counted() == (5, 5, 0), "nothing is written beside a message"
    assert await site.start_again() == 6
    assert await site.counted() == (11, 11, 1)
    minutes = "SELECT COUNT(*) FROM statistic WHERE app = $1 AND span = 1 AND what = 'c2c'"
    assert await raw(site.node.db, minutes, site.app.sdkappid) == 2, "each in its own minute"
    assert await site.start_again() == 0
    await site.send(1)
    await site.node.statistics.flush()
    assert await site.start_again() == 0
    assert await site.counted() == (12, 12, 1)


async def test_what_was_imported_or_restored_is_not_counted(site: _Site) -> None:
    await site.send(1)
    await site.node.statistics.flush()
    await site.send(2, flags=IMPORTED)
    await site.send(2)
    older = "UPDATE c2c_message SET msg_time = msg_time - 3600 WHERE app = $1 AND flags = 0"
    await site.node.db.execute(older, site.app.sdkappid)  # as what a backup holds
    await site.send(1)
    assert await site.start_again() == 1
    assert await site.counted() == (2, 2, 0)


async def test_who_ended_by_itself_misses_nothing(site: _Site) -> None:
    await site.send(2)
    await site.node.statistics.stop()
    assert (await site.counted())[0] == 2
    await site.send(3)  # as a program that restores an app meanwhile
    assert await site.start_again() == 0
    await site.send(1)
    assert await site.start_again() == 1
    assert (await site.counted())[0] == 3


async def test_who_reads_waits_for_what_is_just_being_written(site: _Site) -> None:
    await site.send(2)
    writing = asyncio.create_task(site.node.statistics.flush())
    await asyncio.sleep(0)
    assert await site.node.statistics.reading.messages_today(site.app.sdkappid) == (2, 0, 0)
    await writing


async def test_a_time_without_statistics_is_left_out(site: _Site) -> None:
    await site.send(2)
    assert await site.start_again(on=False) == 0
    await site.send(2)
    assert await site.start_again() == 0, "counting begins anew"
    await site.send(1)
    assert await site.start_again() == 1
    assert (await site.counted())[0] == 1


async def test_a_message_that_failed_is_not_counted(site: _Site, monkeypatch: pytest.MonkeyPatch) -> None:
    await site.send(1)

    async def fails(*_: object) -> None:
        raise RuntimeError("after the row")

    with monkeypatch.context() as patched:
        patched.setattr(site.node.statistics.c2c, "count", fails)
        with pytest.raises(Exception):  # noqa: B017 - whatever the log makes of it
            await site.send(1)
    await site.send(1)
    await site.node.statistics.flush()
    assert await site.counted() == (2, 2, 0)
    assert await site.start_again() == 0


async def test_what_could_not_be_written_is_written_later(site: _Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise Unavailable

    await site.send(2)
    with monkeypatch.context() as patched:
        patched.setattr(site.node.db, "write", refuse)
        with pytest.raises(Unavailable):
            await site.node.statistics.flush()
        assert await site.node.statistics.reading.messages_today(site.app.sdkappid) == (0, 0, 0), "reading goes on"
    await site.send(1)
    await site.node.statistics.flush()
    assert await site.counted() == (3, 3, 0)
    assert await site.start_again() == 0
