"""kill -9 amid creates, joins, removals and sends: groups are whole, sequences have no holes, counts equal a recount.

SODAM_TEST_KILLS is the number of kills (2, or 60 in the long run); SODAM_TEST_SEED repeats the moments of a run.
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

KILLS = amounts("SODAM_TEST_KILLS", usual=2, long=60)
USERS = [f"user{n:02}" for n in range(40)]
GROUPS = [f"group{n}" for n in range(4)]
KEPT = GROUPS[0]
"""Is never dissolved."""
SVC = "group_open_http_svc/"
EXPECTED = {0, 10007, 10010, 10014, 10021, 10025, 10037, 10058}
"""Codes that a random order of calls may cause."""


def _people(users: list[str]) -> list[dict[str, str]]:
    return [{"Member_Account": user} for user in users]


def _request(dice: random.Random, number: int) -> tuple[str, dict[str, Any]]:
    of = {"GroupId": dice.choice(GROUPS)}
    kind = dice.choices(("create", "join", "remove", "send", "destroy"), (3, 5, 3, 20, 1))[0]
    some = dice.sample(USERS[1:], 8)
    match kind:
        case "create":
            made = {"Type": "Public", "Name": "g", "Owner_Account": USERS[0], "MemberList": _people(some)}
            return SVC + "create_group", of | made
        case "join":
            return SVC + "add_group_member", of | {"MemberList": _people(some)}
        case "remove":
            return SVC + "delete_group_member", of | {"MemberToDel_Account": some[:3]}
        case "destroy":
            return SVC + "destroy_group", {"GroupId": dice.choice(GROUPS[1:])}
    body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": f"m{number}"}}]
    return SVC + "send_group_msg", of | {"From_Account": USERS[0], "Random": number, "MsgBody": body}


async def _change(server: ServerProcess, seed: float, counted: list[int], sent: set[int]) -> None:
    """Call after call, whether the server lives or not."""
    dice = random.Random(seed)
    async with httpx.AsyncClient(timeout=5) as client:
        while True:
            number = dice.randrange(1 << 31)
            command, body = _request(dice, number)
            try:
                answer = await server.rest(command, body, client=client)
            except httpx.TransportError:
                await asyncio.sleep(0.01)
                continue
            assert answer["ErrorCode"] in EXPECTED, (command, answer)
            if command.endswith("send_group_msg") and body["GroupId"] == KEPT and not answer["ErrorCode"]:
                sent.add(number)
            counted.append(1)


async def _whole(db: Database, sent: set[int]) -> None:
    groups = {row[0]: row[1:] for row in await db.scan("SELECT group_id, owner, members, next_seq FROM chat_group")}
    members: dict[str, list[str]] = {group_id: [] for group_id in groups}
    joined: dict[str, int] = {}
    for group_id, user_id in await db.scan("SELECT group_id, user_id FROM group_member"):
        members[group_id].append(user_id)
        joined[user_id] = joined.get(user_id, 0) + 1
    for group_id, (owner, count, _) in groups.items():
        assert count == len(members[group_id]), f"{group_id} counts {count} members"
        assert owner in members[group_id]
    for user_id, count in await db.scan("SELECT user_id, joined FROM group_user"):
        assert count == joined.get(user_id, 0), f"{user_id} counts {count} groups"
    seqs: dict[str, list[int]] = {group_id: [] for group_id in groups}
    randoms = set()
    for group_id, seq, number in await db.scan("SELECT group_id, seq, random FROM group_message ORDER BY seq"):
        seqs[group_id].append(seq)
        randoms.add(number)
    for group_id, found in seqs.items():
        assert found == list(range(1, groups[group_id][2])), f"{group_id} has holes"
    assert sent <= randoms, "acknowledged messages are lost"


@pytest.mark.parametrize("kills", KILLS)
async def test_groups_stay_whole(server_factory: ServerFactory, engine: Engine, kills: int) -> None:
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    dice = random.Random(seed)
    server = server_factory(engine)
    await server.rest("im_open_login_svc/multiaccount_import", {"Accounts": USERS})
    counted: list[int] = []
    sent: set[int] = set()
    changers = [asyncio.create_task(_change(server, dice.random(), counted, sent)) for _ in range(4)]
    await kill_amid(server, changers, counted, dice, kills=kills, between=(5, 40), within=0.05)
    database = await open_database(server._env.get("SODAM_DATABASE_URL"), Path(server._env["SODAM_DATA_DIR"]))
    try:
        await _whole(database, sent)
    finally:
        await database.close()
    assert len(counted) >= kills
    print(f"{engine}: {kills} kills, {len(counted)} calls acknowledged")
