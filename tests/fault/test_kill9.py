"""An acknowledged message survives kill -9: once, in order, without holes, and the server is back at once.

SODAM_TEST_KILLS is the number of kills (10, or 200 in the long run); SODAM_TEST_SEED repeats the moments of a run.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from sodam.storage import Database, open_database
from tests.conftest import ServerFactory
from tests.fault.writers import Ledger, write_over_rest, write_over_websocket
from tests.support.amounts import amounts
from tests.support.server import Engine, ServerProcess

KILLS = amounts("SODAM_TEST_KILLS", usual=10, long=200)
START_SECONDS = 2.0
WRITERS = 4
READERS = ["r0", "r1", "r2"]


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _live_through(
    server: ServerProcess, dice: random.Random, kills: int
) -> tuple[Ledger, list[tuple[float, float]]]:
    """Write, and kill the server at random moments.

    What was acknowledged, and what each start took: seconds by the clock, and of the processor.
    """
    ledger = Ledger()
    rest = [f"rest{n}" for n in range(WRITERS)]
    bots = [f"bot{n}" for n in range(WRITERS)]
    await server.rest("im_open_login_svc/multiaccount_import", {"Accounts": [*rest, *bots, *READERS]})
    work = [
        *(write_over_rest(server, ledger, name, [*READERS, bots[0]], random.Random(dice.random())) for name in rest),
        *(write_over_websocket(server, ledger, name, READERS, random.Random(dice.random())) for name in bots),
    ]
    writers = [asyncio.create_task(one) for one in work]
    starts = []
    try:
        for _ in range(kills):
            await ledger.wait_for(len(ledger.acknowledged) + dice.randrange(1, 200), writers)
            await asyncio.sleep(dice.random() * 0.01)  # somewhere between two acknowledgements
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


async def _check_conversations(db: Database) -> None:
    places: dict[str, list[int]] = {}
    times: dict[str, list[int]] = {}
    incoming: Counter[tuple[str, int]] = Counter()
    for conv, seq, time, high in await db.scan("SELECT conv, seq, msg_time, high FROM c2c_message ORDER BY conv, seq"):
        places.setdefault(conv, []).append(seq)
        times.setdefault(conv, []).append(time)
        incoming[conv, 1 - high] += 1
    for conv, last_seq, last_time, in_low, in_high in await db.scan(
        "SELECT conv, last_seq, last_time, in_low, in_high FROM c2c_head"
    ):
        assert places[conv] == list(range(1, last_seq + 1)), f"holes in {conv!r}"
        assert times[conv] == sorted(times[conv]), f"time falls in {conv!r}"
        assert times[conv][-1] == last_time
        assert (incoming[conv, 0], incoming[conv, 1]) == (in_low, in_high)
        places.pop(conv)
    assert not places, "messages of conversations without a head"


@pytest.mark.parametrize("kills", KILLS)
async def test_acknowledged_messages_survive(server_factory: ServerFactory, engine: Engine, kills: int) -> None:
    seed = int(os.environ.get("SODAM_TEST_SEED", random.randrange(1 << 32)))
    print(f"SODAM_TEST_SEED={seed}")
    server = server_factory(engine)
    ledger, starts = await _live_through(server, random.Random(seed), kills)
    server.stop()
    database = await open_database(server._env.get("SODAM_DATABASE_URL"), Path(server._env["SODAM_DATA_DIR"]))
    try:
        await _check_messages(database, ledger)
        await _check_conversations(database)
    finally:
        await database.close()
    clock, cpu = ([start[n] for start in starts] for n in (0, 1))
    print(
        f"{engine}: {kills} kills, {len(ledger.acknowledged)} acknowledged, {len(ledger.unknown)} without an answer, "
        f"start-up {min(clock):.2f} to {max(clock):.2f} s, {statistics.median(cpu):.2f} s of the processor"
    )
    assert len(ledger.acknowledged) > kills * 10
    # Other work on the machine makes some starts wait; a server that is slow to start is slow every time.
    assert min(clock) < START_SECONDS
    assert statistics.median(cpu) < START_SECONDS
