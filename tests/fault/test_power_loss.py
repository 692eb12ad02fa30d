"""Power goes at a random moment: every acknowledged message is there, once, in order; the database is sound.

SODAM_FAULT_CUTS is the number of cuts (12, or 500 in the long run), SODAM_TEST_SEED chooses them.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from pathlib import Path
from typing import Any, Final

import apsw
import msgspec
import pytest

from sodam.c2c.model import conversation
from sodam.storage import Database, open_database, sqlite
from sodam.storage.pace import Pace
from tests.contract.world import World, text_body
from tests.fault.disk import Disk, noted
from tests.support.amounts import amounts
from tests.support.seeds import SEED

CUTS: Final = amounts("SODAM_FAULT_CUTS", usual=12, long=500)
USERS: Final = "abcdef"
PAIRS: Final = [(one, other) for one in USERS for other in USERS if one != other]
MESSAGES: Final = 5400
"""Enough, at their size, for the write-ahead log to be carried over into the database more than once."""


class Acknowledged(msgspec.Struct):
    moment: int
    """When the answer was given; what is acknowledged later says nothing of an earlier cut."""
    sender: str
    conv: str
    number: int
    """MsgSeq and MsgRandom, which no other message has."""
    body: bytes


async def _work(directory: Path, disk: Disk) -> tuple[int, list[Acknowledged]]:
    """Users write to each other, several at once, then one alone; what was acknowledged when. The power stays on."""
    db = await open_database(None, directory)
    world = await World.open(db, USERS)
    rng = random.Random(SEED)
    acknowledged: list[Acknowledged] = []

    async def user(pairs: list[tuple[str, str]], first: int) -> None:
        for number in range(first + 1, first + 1 + MESSAGES // len(USERS)):  # 0 would have the server choose one
            sender, recipient = rng.choice(pairs)
            text = f"{number} " + "x" * rng.choice((0, 100, 3000, 9000))
            await world.send(sender, recipient, text, seq=number, random=number)
            acknowledged.append(
                Acknowledged(disk.now(), sender, conversation(sender, recipient), number, text_body(text))
            )

    users = [user([p for p in PAIRS if p[0] == u], i * MESSAGES) for i, u in enumerate(USERS)]
    await asyncio.gather(*users[1:])
    await users[0]  # whose messages share no commit
    end = disk.now()
    await db.close()
    del disk.steps[end:]  # a clean end is not what this is about
    return world.app.sdkappid, acknowledged


async def _check(directory: Path, app: int, acknowledged: list[Acknowledged]) -> None:
    """Open what survived; raises AssertionError when a promise is broken."""
    db = await open_database(None, directory)
    try:
        assert [row[0] for row in await db.scan("PRAGMA integrity_check")] == ["ok"]
        rows = await db.scan(
            "SELECT conv, seq, msg_seq, body FROM c2c_message WHERE app = $1 ORDER BY conv, seq, id", app
        )
        stored: dict[str, list[int]] = defaultdict(list)
        bodies = {}
        for conv, seq, number, body in rows:
            stored[conv].append(number)
            assert seq == len(stored[conv]), f"{conv}: a hole or a twin before place {seq}"
            assert number not in bodies, f"message {number} is stored twice"
            bodies[number] = bytes(body)
        heads = await db.scan("SELECT conv, last_seq FROM c2c_head WHERE app = $1", app)
        assert {row[0]: row[1] for row in heads} == {conv: len(numbers) for conv, numbers in stored.items()}
        _compare(stored, bodies, acknowledged)
        await _goes_on(db, app, stored)
    finally:
        await db.close()


def _compare(stored: dict[str, list[int]], bodies: dict[int, bytes], acknowledged: list[Acknowledged]) -> None:
    order: dict[tuple[str, str], list[int]] = defaultdict(list)
    for message in acknowledged:
        assert bodies.get(message.number) == message.body, f"acknowledged message {message.number} is lost or changed"
        order[(message.conv, message.sender)].append(message.number)
    for (conv, _), numbers in order.items():
        wanted = set(numbers)
        assert [n for n in stored[conv] if n in wanted] == numbers, f"{conv} is out of order"


async def _goes_on(db: Database, app: int, stored: dict[str, list[int]]) -> None:
    """A message sent now takes the next place."""
    world = await World.open(db, "")
    world.app = msgspec.structs.replace(world.app, sdkappid=app)
    if await world.accounts.find(app, "a") is None or await world.accounts.find(app, "b") is None:
        return  # the cut came before anybody could write
    await world.send("a", "b", "after", seq=1 << 30)
    places = [row[0] for row in await world.rows("a", "b")]
    assert places == list(range(1, len(stored[conversation("a", "b")]) + 2))
    await world.c2c.drain()


def _moments(disk: Disk, rng: random.Random, cuts: int) -> list[int]:
    """Half of them anywhere, half where the log is carried over into the database."""
    carried = [n for n, step in enumerate(disk.steps) if step.file == "sodam.db" and step.data]
    syncs = sum(step.file == "sodam.db" and step.kind == "sync" for step in disk.steps)
    assert syncs >= 3, "the log was never carried over: too little was written"
    return [rng.choice(carried) + rng.randint(0, 3) if n % 2 else rng.randrange(len(disk.steps)) for n in range(cuts)]


def _lay_out(files: dict[str, bytes], directory: Path) -> Path:
    directory.mkdir()
    for name, content in files.items():
        (directory / name).write_bytes(content)
    return directory


def _cut_and_check(tmp_path: Path, cuts: int) -> None:
    """Work once, then cut the power at many moments of that work. Raises AssertionError for what is broken."""
    print(f"SODAM_TEST_SEED={SEED}")
    rng = random.Random(SEED)
    place = tmp_path / "disk"
    place.mkdir()
    with noted(place) as disk:
        app, acknowledged = asyncio.run(_work(place, disk))
    assert len(acknowledged) == MESSAGES
    for n, moment in enumerate(_moments(disk, rng, cuts)):
        due = [message for message in acknowledged if message.moment <= moment]
        survived = _lay_out(disk.survivors(moment, rng), tmp_path / f"cut{n}")
        try:
            asyncio.run(_check(survived, app, due))
        except Exception as error:
            text = f"cut {n} at {moment} of {disk.now()}, {len(due)} acknowledged: {str(error)[:300]}"
            raise AssertionError(text) from error


@pytest.mark.parametrize("cuts", CUTS)
def test_power_loss(tmp_path: Path, cuts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commits of one message are made now in the event loop, now in the thread."""
    rng, here = random.Random(SEED), 0

    def fast(_: Pace) -> bool:
        nonlocal here
        here += (found := rng.random() < 0.5)
        return found

    monkeypatch.setattr(Pace, "fast", property(fast))
    _cut_and_check(tmp_path, cuts)
    assert here > 200


def test_less_than_full_synchronisation_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: without a sync at each commit the same cuts lose what was acknowledged."""
    connect = sqlite._connect

    def careless(path: Path, *, read_only: bool, **options: Any) -> apsw.Connection:
        connection = connect(path, read_only=read_only, **options)
        if not read_only:
            connection.execute("PRAGMA synchronous=NORMAL")
        return connection

    monkeypatch.setattr(sqlite, "_connect", careless)
    with pytest.raises(AssertionError, match="is lost"):
        _cut_and_check(tmp_path, 20)
