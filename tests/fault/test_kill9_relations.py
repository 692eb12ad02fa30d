"""kill -9 amid batches of relations: each item is wholly there or wholly not, and both sides and the counts agree.

SODAM_TEST_KILLS is the number of kills (3, or 100 in the long run); SODAM_TEST_SEED repeats the moments of a run.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from typing import Any

import httpx
import pytest

from sodam.storage import Database, open_database
from tests.conftest import ServerFactory
from tests.fault.kills import kill_amid
from tests.support.amounts import amounts
from tests.support.seeds import SEED
from tests.support.server import Engine, ServerProcess

KILLS = amounts("SODAM_TEST_KILLS", usual=3, long=100)
OWNERS = [f"owner{n}" for n in range(3)]
PEERS = [f"peer{n:03}" for n in range(300)]
BATCH = 100


def _request(dice: random.Random) -> tuple[str, dict[str, Any]]:
    owner, peers = dice.choice(OWNERS), dice.sample(PEERS, BATCH)
    kind = dice.choices(("friend_add", "friend_delete", "black_list_add", "black_list_delete"), (5, 2, 2, 2))[0]
    body: dict[str, Any] = {"From_Account": owner}
    if kind == "friend_add":
        items = [{"To_Account": peer, "AddSource": "AddSource_Type_Test", "GroupName": "g"} for peer in peers]
        body |= {"AddFriendItem": items, "AddType": "Add_Type_Both", "ForceAddFlags": 1}
    else:
        body |= {"To_Account": peers}
        if kind == "friend_delete":
            body |= {"DeleteType": "Delete_Type_Both"}
    return f"sns/{kind}", body


async def _change(server: ServerProcess, seed: float, counted: list[int]) -> None:
    """Batch after batch, whether the server lives or not."""
    dice = random.Random(seed)
    async with httpx.AsyncClient(timeout=60) as client:
        while True:
            command, body = _request(dice)
            try:
                answer = await server.rest(command, body, client=client)
            except httpx.TransportError:
                await asyncio.sleep(0.01)
                continue
            assert answer["ErrorCode"] == 0, answer
            counted.append(1)


async def _whole(db: Database) -> None:
    friends = {(row[0], row[1]) for row in await db.scan("SELECT owner, peer FROM friend")}
    blocked = {(row[0], row[1]) for row in await db.scan("SELECT owner, peer FROM blacklist")}
    one_sided = [pair for pair in friends if pair[::-1] not in friends]
    assert not one_sided, f"only one side has the other: {one_sided[:5]}"
    assert not (both := [pair for pair in friends if pair in blocked or pair[::-1] in blocked]), f"friends: {both[:5]}"
    for user_id, count, black in await db.scan("SELECT user_id, friends, blocked FROM relation_owner"):
        assert count == sum(owner == user_id for owner, _ in friends), f"{user_id} counts {count} friends"
        assert black == sum(owner == user_id for owner, _ in blocked), f"{user_id} counts {black} blocked"


@pytest.mark.parametrize("kills", KILLS)
async def test_relations_stay_whole(server_factory: ServerFactory, engine: Engine, kills: int) -> None:
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    dice = random.Random(seed)
    server = server_factory(engine)
    for at in range(0, len(PEERS), BATCH):
        await server.rest("im_open_login_svc/multiaccount_import", {"Accounts": [*OWNERS, *PEERS][at : at + BATCH]})
    await server.rest("im_open_login_svc/multiaccount_import", {"Accounts": PEERS[-len(OWNERS) :]})
    counted: list[int] = []
    changers = [asyncio.create_task(_change(server, dice.random(), counted)) for _ in range(4)]
    await kill_amid(server, changers, counted, dice, kills=kills, between=(1, 8), within=0.05)
    database = await open_database(server._env.get("SODAM_DATABASE_URL"), Path(server._env["SODAM_DATA_DIR"]))
    try:
        await _whole(database)
    finally:
        await database.close()
    assert len(counted) >= kills
    print(f"{engine}: {kills} kills, {len(counted)} batches of {BATCH} acknowledged")
