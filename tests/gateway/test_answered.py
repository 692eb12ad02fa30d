"""Messages are counted some at a time: whoever reads metrics, statistics or the troubleshooting log finds them all."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from sodam.gateway.answered import TOGETHER
from sodam.troubleshooting.model import Event, Search
from tests.gateway.test_fast_path import APP, BODIES, Side, open_side

_CALLS = re.compile(rb'sodam_calls_total\{code="0",command="openim/sendmsg",edge="client"\} (\d+)')
_SECONDS = re.compile(rb'sodam_call_duration_seconds_count\{command="openim/sendmsg",edge="client"\} (\d+)')
_SENDS = "SELECT COALESCE(SUM(value), 0) FROM statistic WHERE app = $1 AND span = 1 AND what = 'send.c2c.Web.ok'"


@pytest.fixture
async def side(tmp_path: Path) -> AsyncIterator[Side]:
    async with AsyncExitStack() as stack:
        yield await open_side(stack, tmp_path / "side", fast=True)


async def _send(side: Side, number: int) -> None:
    """From amy to bob, one after the other."""
    for _ in range(number):
        at = side.seq
        body = b'{"To_Account":"bob","MsgSeq":%d,"MsgRandom":%d,"MsgBody":%b}' % (at, at, BODIES[0])
        await side.answered(0, [side.send(0, body)])


async def _told(side: Side) -> list[Event]:
    """The messages in the troubleshooting log, oldest first."""
    found = await side.server.services.troubleshooting.search(APP, Search(since=0, until=1 << 50, event="c2c_message"))
    return [event for _, event in reversed(found)]


@pytest.mark.parametrize("number", [1, 3, TOGETHER + 5])
async def test_metrics_have_all_of_them(side: Side, number: int) -> None:
    await _send(side, number)
    assert side.taken >= number - 1, "but the first, before which nothing is at hand"
    text = side.server.metrics.text()
    for pattern in (_CALLS, _SECONDS):
        found = pattern.search(text)
        assert found is not None
        assert int(found[1]) == number


async def test_statistics_have_all_of_them(side: Side) -> None:
    await _send(side, TOGETHER + 3)
    await side.server.services.statistics.flush()
    [row] = await side.server.db.fetch(_SENDS, APP)
    assert row[0] == TOGETHER + 3


async def test_the_troubleshooting_log_tells_when_each_was(side: Side) -> None:
    moments = []
    for _ in range(3):
        begun = time.time()
        await _send(side, 1)
        moments.append((int(begun * 1000), round(time.time() * 1000)))
    told = await _told(side)
    assert [(event.user_id, event.peer, event.code) for event in told] == [("amy", "bob", "0")] * 3
    for event, (first, last) in zip(told, moments, strict=True):
        assert first <= event.at <= last + 1


async def test_nothing_of_a_deleted_account_comes_after_it(side: Side) -> None:
    await _send(side, 2)
    await side.server.accounts.delete(side.app, ["amy"])
    assert await _told(side) == []
