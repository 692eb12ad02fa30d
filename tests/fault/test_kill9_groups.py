"""kill -9 amid creates, joins, removals and sends, of the one process and of one of two nodes: groups are whole,
sequences have no holes, counts equal a recount, and what was acknowledged is there once, in its place.

Who gets no answer asks again, any of the nodes, as an app's server does. SODAM_TEST_KILLS is the number of kills
(2, or 60 in the long run); SODAM_TEST_SEED repeats the moments of a run.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest

from sodam.storage import Database, open_database
from tests.conftest import ServerFactory
from tests.fault.kills import kill_amid
from tests.support.amounts import amounts
from tests.support.seeds import SEED
from tests.support.server import ServerProcess

KILLS = amounts("SODAM_TEST_KILLS", usual=2, long=60)
CHANGERS = 4
OWNER = "owner"
OWN = {changer: [f"user{changer}{n}" for n in range(9)] for changer in range(CHANGERS)}
"""Whom each changer alone brings into the group that is kept, and takes out of it."""
USERS = [user for some in OWN.values() for user in some]
KEPT = "group0"
"""Is never dissolved."""
GROUPS = [KEPT, *(f"group{n}" for n in range(1, 4))]
SVC = "group_open_http_svc/"
EXPECTED = {0, 10007, 10010, 10014, 10021, 10025, 10037, 10058}
"""Codes that a random order of calls may cause."""
Setup = Literal["sqlite", "postgres", "cluster"]


@dataclass
class Ledger:
    """What was acknowledged of the group that is kept."""

    counted: list[int] = field(default_factory=list)
    """All calls that were answered."""
    sent: dict[int, int] = field(default_factory=dict)
    """MsgSeq by Random."""
    order: dict[int, list[int]] = field(default_factory=dict)
    """Randoms of each changer, each sent after the one before it was acknowledged."""
    inside: dict[str, bool] = field(default_factory=dict)
    """Who is a member by the last answer."""
    asked: dict[int, set[str]] = field(default_factory=dict)
    """Whom the changer's call without an answer so far brings in or takes out."""


def _people(users: list[str]) -> list[dict[str, str]]:
    return [{"Member_Account": user} for user in users]


def _request(dice: random.Random, changer: int, number: int) -> tuple[str, dict[str, Any]]:
    group = dice.choice([KEPT, *GROUPS])
    of = {"GroupId": group}
    kind = dice.choices(("create", "join", "remove", "send", "destroy"), (3, 5, 3, 20, 1))[0]
    some = dice.sample(OWN[changer] if group == KEPT else USERS, 6)
    match kind:
        case "create" if group != KEPT:
            made = {"Type": "Public", "Name": "g", "Owner_Account": OWNER, "MemberList": _people(some)}
            return SVC + "create_group", of | made
        case "join":
            return SVC + "add_group_member", of | {"MemberList": _people(some)}
        case "remove":
            return SVC + "delete_group_member", of | {"MemberToDel_Account": some[:3]}
        case "destroy" if group != KEPT:
            return SVC + "destroy_group", of
    body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": f"m{number}"}}]
    return SVC + "send_group_msg", of | {"From_Account": OWNER, "Random": number, "MsgBody": body}


async def _change(nodes: list[ServerProcess], seed: float, changer: int, ledger: Ledger) -> None:
    """Call after call, whether a node lives or not."""
    dice = random.Random(seed)
    async with httpx.AsyncClient(timeout=60) as client:
        for turn in itertools.count(1):
            number = turn * CHANGERS + changer
            command, body = _request(dice, changer, number)
            if body["GroupId"] == KEPT:
                people = {one["Member_Account"] for one in body.get("MemberList", [])}
                ledger.asked[changer] = people | set(body.get("MemberToDel_Account", []))
            while True:
                try:
                    answer = await dice.choice(nodes).rest(command, body, client=client)
                    break
                except httpx.TransportError:
                    await asyncio.sleep(0.01)
            assert answer["ErrorCode"] in EXPECTED, (command, answer)
            if body["GroupId"] == KEPT:
                _note(ledger, changer, command, body, answer)
                ledger.asked[changer] = set()
            ledger.counted.append(1)


def _note(ledger: Ledger, changer: int, command: str, body: dict[str, Any], answer: dict[str, Any]) -> None:
    assert answer["ErrorCode"] == 0, (command, answer)
    if command.endswith("send_group_msg"):
        ledger.sent[body["Random"]] = answer["MsgSeq"]
        ledger.order.setdefault(changer, []).append(body["Random"])
    elif command.endswith("add_group_member"):
        for person in answer["MemberList"]:
            assert person["Result"] in (1, 2), answer
            ledger.inside[person["Member_Account"]] = True
    elif command.endswith("delete_group_member"):
        ledger.inside |= dict.fromkeys(body["MemberToDel_Account"], False)


async def _whole(db: Database, ledger: Ledger) -> None:
    groups = {row[0]: row[1:] for row in await db.scan("SELECT group_id, owner, members, next_seq FROM chat_group")}
    members: dict[str, list[str]] = {group_id: [] for group_id in groups}
    for group_id, user_id in await db.scan("SELECT group_id, user_id FROM group_member"):
        members[group_id].append(user_id)
    joined = Counter(user_id for some in members.values() for user_id in some)
    for group_id, (owner, count, _) in groups.items():
        assert count == len(members[group_id]), f"{group_id} counts {count} members"
        assert owner in members[group_id]
    for user_id, count in await db.scan("SELECT user_id, joined FROM group_user"):
        assert count == joined[user_id], f"{user_id} counts {count} groups"
    seqs: dict[str, list[int]] = {group_id: [] for group_id in groups}
    places: dict[int, list[int]] = {}
    for group_id, seq, number in await db.scan("SELECT group_id, seq, random FROM group_message ORDER BY seq"):
        seqs[group_id].append(seq)
        if group_id == KEPT:
            places.setdefault(number, []).append(seq)
    for group_id, found in seqs.items():
        assert found == list(range(1, groups[group_id][2])), f"{group_id} has holes"
    for number, seq in ledger.sent.items():
        assert places.get(number) == [seq], f"acknowledged at {seq}, stored at {places.get(number)}"
    for changer, numbers in ledger.order.items():
        at = [ledger.sent[number] for number in numbers]
        assert at == sorted(at), f"messages of changer {changer} stand in another order"
    wrong = {user for user, inside in ledger.inside.items() if (user in members[KEPT]) != inside}
    assert wrong <= {user for some in ledger.asked.values() for user in some}, "acknowledged joins or removals are lost"


@pytest.mark.parametrize("setup", ["sqlite", "postgres", "cluster"])
@pytest.mark.parametrize("kills", KILLS)
async def test_groups_stay_whole(server_factory: ServerFactory, setup: Setup, kills: int) -> None:
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    dice = random.Random(seed)
    if setup == "cluster":
        server = server_factory("postgres", nodes=2, nats=True)
    else:
        server = server_factory(setup)
    await server.rest("im_open_login_svc/multiaccount_import", {"Accounts": [OWNER, *USERS]})
    made = {"Type": "Public", "Name": "g", "GroupId": KEPT, "Owner_Account": OWNER}
    assert (await server.rest(SVC + "create_group", made))["ErrorCode"] == 0
    ledger = Ledger()
    changers = [
        asyncio.create_task(_change(server.nodes, dice.random(), changer, ledger)) for changer in range(CHANGERS)
    ]
    await kill_amid(server, changers, ledger.counted, dice, kills=kills, between=(5, 40), within=0.05)
    database = await open_database(server._env.get("SODAM_DATABASE_URL"), Path(server._env["SODAM_DATA_DIR"]))
    try:
        await _whole(database, ledger)
    finally:
        await database.close()
    assert len(ledger.counted) >= kills
    assert ledger.sent, "nothing was sent"
    print(f"{setup}: {kills} kills, {len(ledger.counted)} calls and {len(ledger.sent)} messages acknowledged")
