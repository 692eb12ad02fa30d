"""An acknowledged message survives kill -9: once, in order, without holes, and the server is back at once.

SODAM_TEST_KILLS is the number of kills (3, or 200 in the long run); SODAM_TEST_SEED repeats the moments of a run.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from sodam.storage import Database, open_database
from tests.conftest import ServerFactory
from tests.fault.writers import Ledger, change_over_rest, write_over_rest, write_over_websocket
from tests.gateway.raw_client import RawClient
from tests.support.amounts import amounts
from tests.support.seeds import SEED
from tests.support.server import Engine, ServerProcess

KILLS = amounts("SODAM_TEST_KILLS", usual=3, long=200)
START_SECONDS = 2.0
WRITERS = 4
READERS = ["r0", "r1", "r2"]
RECALLED_BITS = 8


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _live_through(
    servers: Sequence[ServerProcess], dice: random.Random, kills: int
) -> tuple[Ledger, list[tuple[float, float]]]:
    """Write, and kill one of the servers at random moments.

    What was acknowledged, and what each start took: seconds by the clock, and of the processor.
    """
    ledger = Ledger()
    rest = [f"rest{n}" for n in range(WRITERS)]
    bots = [f"bot{n}" for n in range(WRITERS)]
    for server in servers:
        await server.rest("im_open_login_svc/multiaccount_import", {"Accounts": [*rest, *bots, *READERS]})
    peers = [*READERS, bots[0], rest[0]]

    def own() -> random.Random:
        return random.Random(dice.random())

    work = [
        *(write_over_rest(servers, ledger, name, [p for p in peers if p != name], own()) for name in rest),
        *(write_over_rest(servers, ledger, name, rest[:2], own()) for name in READERS),  # the other way round
        *(
            write_over_websocket(servers[n % len(servers)], ledger, name, [*READERS, rest[0]], own())
            for n, name in enumerate(bots)
        ),
        change_over_rest(servers, ledger, own()),
    ]
    writers = [asyncio.create_task(one) for one in work]
    starts = []
    try:
        for _ in range(kills):
            await ledger.wait_for(len(ledger.acknowledged) + dice.randrange(1, 200), writers)
            await asyncio.sleep(dice.random() * 0.01)  # somewhere between two acknowledgements
            server = dice.choice(servers)
            server.kill()
            await asyncio.to_thread(server.start)
            starts.append((server.started_in, _cpu_seconds(server.pid)))
        await ledger.wait_for(len(ledger.acknowledged) + 100, writers)
        ledger.stopping = True
        await asyncio.gather(*writers)
    finally:
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers, return_exceptions=True)
    return ledger, starts


async def _check_messages(db: Database, ledger: Ledger) -> None:
    rows = await db.scan("SELECT conv, seq, high, msg_time, body FROM c2c_message ORDER BY conv, seq")
    texts = []
    found: dict[tuple[str, str], list[str]] = {}
    for conv, _, high, time, body in rows:
        text = msgspec.json.decode(body)[0]["MsgContent"]["Text"]
        texts.append(text)
        low_user, high_user = conv.split("\x1f")
        found.setdefault((high_user, low_user) if high else (low_user, high_user), []).append(text)
        assert ledger.acknowledged.get(text, time) == time, f"{text}: acknowledged with another time"
    count = Counter(texts)
    assert not (lost := ledger.acknowledged.keys() - count.keys()), f"lost: {sorted(lost)[:10]}"
    assert not (twice := [text for text, times in count.items() if times > 1]), f"twice: {twice[:10]}"
    assert not (strange := count.keys() - ledger.acknowledged.keys() - ledger.unknown), f"never sent: {strange}"
    for pair, order in ledger.order.items():
        assert [text for text in found[pair] if text in ledger.acknowledged] == order, f"order of {pair}"


def _check_order(ledger: Ledger, seen: Sequence[str]) -> None:
    """What was acknowledged before another message was sent stands before it, whoever sent the two."""
    acknowledged = {text: place for place, text in enumerate(ledger.acknowledged)}
    latest, by = 0, ""
    for text in seen:
        if text in acknowledged:
            assert acknowledged[text] >= latest, f"{text!r} stands behind {by!r}, which was sent after its answer"
        if ledger.began[text] > latest:
            latest, by = ledger.began[text], text


async def _check_from_outside(server: ServerProcess, ledger: Ledger) -> tuple[dict[str, int], dict[str, list[str]]]:
    """Histories and conversation lists, as users of the running server see them; unread numbers and lists by user."""
    pairs = {tuple(sorted(pair)) for pair in ledger.order}
    histories = {pair: await _history(server, *pair) for pair in pairs}
    for pair, seen in histories.items():
        _check_order(ledger, seen)
        mirrored = await _history(server, *pair[::-1])
        both = set(seen) & set(mirrored)  # some were deleted by one of the two
        assert [t for t in seen if t in both] == [t for t in mirrored if t in both], pair
    unread, lists = {}, {}
    for user in sorted({user for pair in pairs for user in pair}):
        answer = await server.rest("openim/get_c2c_unread_msg_num", {"To_Account": user})
        unread[user] = answer["AllC2CUnreadMsgNum"]
        async with RawClient(server, user) as client:
            await client.sign_in(sync=False)
            page = await client.call("recentcontact.page_get", {"From_Account": user})
            counted = await client.call("openim.getmsg", {"Cookie": "", "SyncFlag": 0})
        assert sum(one["UnreadCount"] for one in counted["C2CPairUnreadCount"]) == unread[user], user
        others = {other for pair in pairs if user in pair for other in pair if other != user}
        own = {other: await _history(server, user, other) for other in others}
        peers = lists[user] = [item["To_Account"] for item in page["SessionItem"]]
        # One whose messages were all deleted by this reader may be listed, empty.
        assert {other for other, texts in own.items() if texts} <= set(peers) <= others, user
        assert len(set(peers)) == len(peers), user
        for item in page["SessionItem"]:
            texts, last = own[item["To_Account"]], item.get("LastMsg") or {}
            if not texts:
                assert "MsgBody" not in last, (user, item)
            elif item.get("LastMsgFlags") != RECALLED_BITS:
                assert last["MsgBody"][0]["MsgContent"]["Text"] == texts[-1], (user, item)
    return unread, lists


async def _history(server: ServerProcess, owner: str, peer: str) -> list[str]:
    """The texts of a conversation, oldest first, page by page."""
    body = {"Operator_Account": owner, "Peer_Account": peer, "MaxCnt": 100, "MinTime": 0, "MaxTime": 1 << 33}
    found: list[str] = []
    while True:
        page = await server.rest("openim/admin_getroammsg", body)
        assert page["ErrorCode"] == 0, page
        found = [*(m["MsgBody"][0]["MsgContent"]["Text"] for m in page["MsgList"]), *found]
        if page["Complete"]:
            return found
        body.update(MaxTime=page["LastMsgTime"], LastMsgKey=page["LastMsgKey"])


async def _check_lists(db: Database, ledger: Ledger, lists: dict[str, list[str]]) -> None:
    """Conversations stand by their newest message: none above one whose newest was sent after its own was answered."""
    newest = {}
    for conv, body in await db.scan("SELECT conv, body FROM c2c_message ORDER BY conv, seq"):
        newest[conv] = msgspec.json.decode(body)[0]["MsgContent"]["Text"]
    acknowledged = {text: place for place, text in enumerate(ledger.acknowledged)}
    for user, peers in lists.items():
        texts = [newest["\x1f".join(sorted((user, peer)))] for peer in peers]
        for at, above in enumerate(texts):
            for below in texts[at + 1 :]:
                answered = acknowledged.get(above, len(acknowledged))
                assert answered >= ledger.began[below], f"{user}: {above!r} above {below!r}"


async def _check_unread(db: Database, unread: dict[str, int]) -> None:
    """What users were told is what the rows say, up to 250 in each conversation.

    Flags: 1 recalled, 2 not to be counted, 16 hidden, 128 and 256 deleted by one of the two.
    """
    rows = await db.scan(
        "SELECT owner, SUM(CASE WHEN n < 250 THEN n ELSE 250 END) FROM ("
        "SELECT m.owner, COUNT(x.id) AS n FROM c2c_member m "
        "LEFT JOIN c2c_message x ON x.app = m.app AND x.conv = m.conv AND x.high <> m.high "
        "AND (x.seq > m.read_seq OR x.msg_time > m.read_time) "
        "AND (x.flags & (CASE WHEN m.high = 1 THEN 275 ELSE 147 END)) = 0 GROUP BY m.owner, m.peer"
        ") AS each_one GROUP BY owner"
    )
    assert {row[0]: int(row[1]) for row in rows} == unread


async def _check_conversations(db: Database) -> None:
    places: dict[str, list[int]] = {}
    times: dict[str, list[int]] = {}
    for conv, seq, time, place in await db.scan("SELECT conv, seq, msg_time, ord FROM c2c_message ORDER BY conv, seq"):
        places.setdefault(conv, []).append(seq)
        times.setdefault(conv, []).append(time)
        assert place == seq
    for conv, last_seq, last_time in await db.scan("SELECT conv, last_seq, last_time FROM c2c_head"):
        assert places[conv] == list(range(1, last_seq + 1)), f"holes in {conv!r}"
        assert times[conv] == sorted(times[conv]), f"time falls in {conv!r}"
        assert times[conv][-1] == last_time
        places.pop(conv)
    assert not places, "messages of conversations without a head"


@pytest.mark.parametrize("kills", KILLS)
async def test_acknowledged_messages_survive(server_factory: ServerFactory, engine: Engine, kills: int) -> None:
    await _try(server_factory(engine), kills)


@pytest.mark.parametrize("kills", KILLS)
async def test_on_two_nodes(server_factory: ServerFactory, kills: int) -> None:
    """Each message to any of them, and again to any of them where one was killed; they share the database alone."""
    await _try(server_factory("postgres", nodes=2), kills)


async def _try(server: ServerProcess, kills: int) -> None:
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    ledger, starts = await _live_through(server.nodes, random.Random(seed), kills)
    unread, lists = await _check_from_outside(server.nodes[-1], ledger)
    for node in server.nodes:
        node.stop()
    database = await open_database(server._env.get("SODAM_DATABASE_URL"), Path(server._env["SODAM_DATA_DIR"]))
    try:
        await _check_messages(database, ledger)
        await _check_conversations(database)
        await _check_unread(database, unread)
        await _check_lists(database, ledger, lists)
    finally:
        await database.close()
    clock, cpu = ([start[n] for start in starts] for n in (0, 1))
    print(
        f"{database.engine}: {kills} kills, {ledger.changed} changes, "
        f"{len(ledger.acknowledged)} acknowledged, {len(ledger.unknown)} without an answer, "
        f"start-up {min(clock):.2f} to {max(clock):.2f} s, {statistics.median(cpu):.2f} s of the processor"
    )
    assert len(ledger.acknowledged) > kills * 10
    # The clock is printed, not judged: beside other tests it says how busy the machine is.
    assert statistics.median(cpu) < START_SECONDS
