"""Reads that are asked for while one is under way go together in the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from sodam.storage import Together
from sodam.storage.together import MOST


class Reader:
    """Each read waits until it may end."""

    def __init__(self) -> None:
        self.reads: list[list[int]] = []
        self.gate = asyncio.Semaphore(0)
        self.error: Exception | None = None

    async def __call__(self, keys: Sequence[int]) -> dict[int, str]:
        self.reads.append(list(keys))
        await self.gate.acquire()
        if self.error is not None:
            raise self.error
        return {key: f"value {key}" for key in keys if key >= 0}

    async def began(self, count: int) -> None:
        async with asyncio.timeout(30):
            while len(self.reads) < count:
                await asyncio.sleep(0)


def asked(together: Together[int, str], *keys: int) -> list[asyncio.Task[str | None]]:
    return [asyncio.create_task(together.ask(key)) for key in keys]


async def test_what_is_asked_meanwhile_goes_together() -> None:
    """A read never answers what was asked for after it began, even of the same key."""
    reader = Reader()
    together = Together(reader)
    first = asked(together, 1, 2)
    await reader.began(1)
    later = asked(together, 2, -3, 2)
    await asyncio.sleep(0)
    reader.gate.release()
    assert await asyncio.gather(*first) == ["value 1", "value 2"]
    assert not any(task.done() for task in later)
    reader.gate.release()
    assert await asyncio.gather(*later) == ["value 2", None, "value 2"]
    assert reader.reads == [[1, 2], [2, -3]]
    reader.gate.release()
    assert await together.ask(4) == "value 4", "a lone one goes at once"


async def test_a_read_is_bounded() -> None:
    reader = Reader()
    together = Together(reader)
    tasks = asked(together, *range(2 * MOST + 1))
    for _ in range(3):
        reader.gate.release()
    assert await asyncio.gather(*tasks) == [f"value {n}" for n in range(2 * MOST + 1)]
    assert [len(read) for read in reader.reads] == [MOST, MOST, 1]


async def test_a_failure_is_that_of_its_own_read() -> None:
    reader = Reader()
    together = Together(reader)
    first = asked(together, 1, 2)
    await reader.began(1)
    later = asked(together, 3)
    await asyncio.sleep(0)
    reader.error = OSError("gone")
    reader.gate.release()
    for task in first:
        with pytest.raises(OSError, match="gone"):
            await task
    await reader.began(2)
    reader.error = None
    reader.gate.release()
    assert await later[0] == "value 3"


async def test_who_goes_takes_nobody_along() -> None:
    """A connection that ends while its read is under way, or waits, leaves the others theirs."""
    reader = Reader()
    together = Together(reader)
    gone, stays = asked(together, 1, 1)
    await reader.began(1)
    gone_too, stays_too = asked(together, 2, 2)
    await asyncio.sleep(0)
    gone.cancel()
    gone_too.cancel()
    reader.gate.release()
    reader.gate.release()
    assert await asyncio.gather(stays, stays_too) == ["value 1", "value 2"]
    assert gone.cancelled()
    assert gone_too.cancelled()
