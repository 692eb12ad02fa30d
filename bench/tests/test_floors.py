"""The floors do what they are said to: a floor that leaves its work out would make everybody look dear."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import apsw
import asyncpg
import msgspec
import pytest

from bench.load.errors import LoadError
from bench.load.sodam import SodamDriver
from bench.processes import run_folder
from bench.targets.base import KEY, Started
from bench.targets.floor import Floor, FloorOnPostgres, Least


@contextlib.asynccontextmanager
async def _sending(started: Started, first: int) -> AsyncIterator[list[int]]:
    """u0 sends u1 three messages; the numbers of those that arrived."""
    received: list[int] = []
    driver = SodamDriver(started.address)
    sender = await driver.connect(0, lambda _, __: None)
    receiver = await driver.connect(1, lambda _, number: received.append(number))
    try:
        for number in (first, first + 1, first + 2):
            sender.send(1, number)
        async with asyncio.timeout(20):
            while len(received) < 3 or sender.unanswered:
                await asyncio.sleep(0.005)
        yield received
    finally:
        await sender.close()
        await receiver.close()


async def test_the_least_keeps_conversations_and_checks_who_signs_in() -> None:
    with run_folder(Path("/var/tmp")) as folder, Least().start(folder, "c2c_300") as started:
        async with _sending(started, 1) as received:
            assert sorted(received) == [1, 2, 3]
        database = apsw.Connection(str(folder / "f.db"))
        assert database.execute("SELECT place, unread_low, unread_high FROM head").fetchall() == [(3, 0, 3)]
        places = database.execute("SELECT conv, place, seq FROM message ORDER BY id").fetchall()
        assert places == [("u0\x1fu1", number, number) for number in (1, 2, 3)]
        stranger = SodamDriver(msgspec.structs.replace(started.address, key=KEY[::-1]))
        with pytest.raises(LoadError):
            await stranger.connect(2, lambda _, __: None)


async def test_the_floor_on_postgres_stores_rows() -> None:
    with run_folder(Path("/var/tmp")) as folder, FloorOnPostgres().start(folder, "c2c_300") as started:
        async with _sending(started, 1) as received:
            assert sorted(received) == [1, 2, 3]
        url = _url(started)
        connection = await asyncpg.connect(url)
        rows = await connection.fetch("SELECT sender, recipient, seq FROM message ORDER BY id")
        await connection.close()
        assert [tuple(row) for row in rows] == [("u0", "u1", number) for number in (1, 2, 3)]


async def test_the_floor_lets_everybody_in() -> None:
    with run_folder(Path("/var/tmp")) as folder, Floor().start(folder, "login") as started:
        stranger = SodamDriver(msgspec.structs.replace(started.address, key=KEY[::-1]))
        session = await stranger.connect(2, lambda _, __: None)
        await session.close()


def _url(started: Started) -> str:
    """Of the database that the target has started."""
    command = Path(f"/proc/{started.server[0]}/cmdline").read_bytes().split(b"\0")
    return next(part.decode() for part in command if part.startswith(b"postgresql://"))
