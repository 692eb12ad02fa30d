"""kill -9 amid changes in the console: what was changed is in the audit log, and what is in the log was changed.

SODAM_TEST_KILLS is the number of kills (3, or 50 in the long run); SODAM_TEST_SEED repeats the moments of a run.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from pathlib import Path

import httpx
import pytest

from sodam.storage import Database, open_database
from tests.conftest import ServerFactory
from tests.fault.kills import kill_amid
from tests.support.amounts import amounts
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.seeds import SEED
from tests.support.server import Engine, ServerProcess

KILLS = amounts("SODAM_TEST_KILLS", usual=3, long=50)


async def _change(server: ServerProcess, name: str, done: list[str], begin: asyncio.Barrier) -> None:
    """Policies and accounts made, one after the other, whether the server lives or not."""
    number = 0
    async with ConsoleClient(server.url) as client:
        await client.login()
        await begin.wait()  # a sign-in that is cut off counts as a wrong one, and those are few
        document = '{"version":"2.0","statement":[{"effect":"allow","action":"im:*","resource":"*"}]}'
        while True:
            number += 1
            unique = f"{name}-{number}"
            if await _tried(client, "cam/CreatePolicy", PolicyName=unique, PolicyDocument=document):
                done.append(unique)
            account = {"SDKAppID": server.sdkappid, "UserID": unique, "Type": "ordinary"}
            if await _tried(client, "im/CreateAccount", **account):
                done.append(unique)


async def _tried(client: ConsoleClient, action: str, **fields: object) -> bool:
    """False: the server was not there, or went away; nobody knows whether it was done."""
    try:
        await client.call(action, **fields)
    except (httpx.TransportError, ValueError):
        await asyncio.sleep(0.01)
        return False
    return True


async def _agree(db: Database, done: list[str]) -> int:
    policies = {str(row[0]) for row in await db.scan("SELECT name FROM cam_policy")}
    accounts = {str(row[0]) for row in await db.scan("SELECT user_id FROM account WHERE user_id LIKE '%-%'")}
    sql = "SELECT action, after FROM audit_event WHERE outcome = 'ok' AND action IN ($1, $2)"
    events = Counter(
        (action, json.loads(after).get("PolicyName") or json.loads(after).get("UserID"))
        for action, after in await db.scan(sql, "cam:CreatePolicy", "im:CreateAccount")
    )
    changes = {("cam:CreatePolicy", name) for name in policies} | {("im:CreateAccount", name) for name in accounts}
    assert changes == events.keys()
    assert set(events.values()) == {1}
    assert set(done) <= policies | accounts, "acknowledged and not there"
    return len(changes)


@pytest.mark.parametrize("kills", KILLS)
async def test_changes_and_their_events_agree(server_factory: ServerFactory, engine: Engine, kills: int) -> None:
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    dice = random.Random(seed)
    server = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD})
    done: list[str] = []
    begin = asyncio.Barrier(4)
    changers = [asyncio.create_task(_change(server, f"w{n}", done, begin)) for n in range(4)]
    await kill_amid(server, changers, done, dice, kills=kills, between=(4, 20), within=0.02)
    database = await open_database(server._env.get("SODAM_DATABASE_URL"), Path(server._env["SODAM_DATA_DIR"]))
    try:
        changes = await _agree(database, done)
    finally:
        await database.close()
    print(f"{engine}: {kills} kills, {len(done)} changes acknowledged, {changes} made, each with its event")
