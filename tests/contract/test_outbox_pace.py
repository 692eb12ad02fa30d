"""A backlog beside messages: small bites, nobody is forgotten; what is written of deliveries is erased in such, too."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Any

import pytest

from sodam.observability.loops import Loops
from sodam.outbox import store, store_ready
from sodam.outbox.model import Entry, New
from sodam.outbox.pace import BURST, Pace
from sodam.outbox.service import BESIDE_SECONDS, GATHER_SECONDS, Outbox
from sodam.storage import Database
from sodam.webhooks import log as log_module
from sodam.webhooks.log import DeliveryLog
from sodam.webhooks.model import Delivery, Wanted
from tests.contract.world import Clock


async def test_a_backlog_is_taken_in_small_bites(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of both apps in turn, in the order of their lanes; another topic is not held up."""
    done: Counter[tuple[str, int]] = Counter()
    order: dict[str, list[int]] = {}
    bites: list[Counter[str]] = []
    quick = asyncio.Event()

    async def consumer(entry: Entry) -> None:
        done[entry.topic, entry.app] += 1
        order.setdefault(entry.lane, []).append(int(entry.body))
        if done["quick", 1] == 300:
            quick.set()

    turn = store.turn

    async def watched(*args: Any) -> list[list[Entry]]:
        taken = await turn(*args)
        bites.append(Counter(entry.topic for group in taken for entry in group))
        return taken

    monkeypatch.setattr(store, "turn", watched)
    outbox, stored = Outbox(database, Loops()), 0

    def messages() -> float:
        nonlocal stored
        stored += 1
        return stored

    outbox.pace = Pace(messages, database.engine)
    outbox.pace._rate = 1.0
    outbox.consume("gentle", consumer, gentle=True)
    outbox.consume("quick", consumer)
    for topic, app in (("gentle", 1), ("gentle", 2), ("quick", 1)):
        rows = [New(app, topic, b"%d" % n, lane=f"{topic} {app} {n % 7}") for n in range(300)]
        await database.write(lambda tx, rows=rows: outbox.put(tx, rows))  # type: ignore[misc]
    outbox.start()
    async with asyncio.timeout(60):
        await quick.wait()
        assert done["gentle", 1] + done["gentle", 2] < 600, "what is not gentle waits for nothing"
        while done["gentle", 1] < 300 or done["gentle", 2] < 300:
            await asyncio.sleep(0.005)
    await outbox.stop()
    assert max(bite["gentle"] for bite in bites) <= BURST[database.engine]
    assert all(numbers == sorted(numbers) for numbers in order.values())


async def test_a_long_backlog_goes_on_in_full_bites(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """With two processes on it: what stands behind entries at work is not in the way of what may be taken."""
    done = 0

    async def consumer(entry: Entry) -> None:
        nonlocal done
        done += 1

    bites: list[int] = []
    turn = store.turn

    async def watched(*args: Any) -> list[list[Entry]]:
        taken = await turn(*args)
        bites.append(sum(map(len, taken)))
        return taken

    monkeypatch.setattr(store, "turn", watched)
    both = [Outbox(database, Loops()) for _ in range(2)]
    rows = [New(1, "topic", b"", lane=f"lane {n % 60}") for n in range(6000)]
    await database.write(lambda tx: store.put(tx, rows, both[0].now))
    for outbox in both:
        outbox.consume("topic", consumer)
        outbox.start()
    async with asyncio.timeout(60):
        while done < 6000 and len(bites) < 600:
            await asyncio.sleep(0.005)
    for outbox in both:
        await outbox.stop()
    assert done == 6000
    assert len(bites) <= 300, "three times the 94 that full ones are: some only forget"


async def test_the_log_of_deliveries_is_erased_in_small_bites(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_module, "KEPT", 100)
    monkeypatch.setattr(log_module, "_PAUSE", 0)
    clock = Clock()
    log = DeliveryLog(database, Loops(), clock)

    def add(app: int, count: int) -> None:
        for n in range(count):
            told = {"command": "c", "attempt": 1, "outcome": "delivered", "status": 200, "millis": 1, "platform": ""}
            more = {"client_ip": "", "url": "", "request": b"{}", "answer": b""}
            log.add(Delivery(app=app, at=int(clock() * 1000), event=f"{app} {n}", **told, **more))  # type: ignore[arg-type]

    add(1, 30)
    await log.flush()
    clock.now += log_module.KEPT_DAYS * 86400 + 1
    add(1, 40)
    add(2, 750)
    writes: list[int] = []
    write = database.write

    async def counted(fn: Any, **more: Any) -> Any:
        writes.append(found := await write(fn, **more))
        return found

    monkeypatch.setattr(database, "write", counted)
    await log.flush()
    assert len(writes) == 13, "790 rows, 64 at a time"
    writes.clear()
    assert await log.purge([1, 2, 3]) == 30 + 650
    assert max(writes) <= 200
    everything = Wanted()
    assert len(await log.page(1, before=0, limit=1000, wanted=everything)) == 40
    kept = await log.page(2, before=0, limit=1000, wanted=everything)
    assert [one.event for _, one in kept] == [f"2 {n}" for n in range(749, 649, -1)]


@pytest.mark.parametrize("beside", [True, False], ids=["messages come", "none come"])
async def test_looks_are_rarer_while_messages_come(
    database: Database, monkeypatch: pytest.MonkeyPatch, beside: bool
) -> None:
    """What comes in a twentieth of a second goes together; on a server with nothing else to do in a fiftieth."""
    looks: list[float] = []
    ready = store_ready.ready

    async def watched(*args: Any) -> Any:
        looks.append(time.monotonic())
        return await ready(*args)

    monkeypatch.setattr(store_ready, "ready", watched)
    done, stored = 0, 0

    async def consumer(entry: Entry) -> None:
        nonlocal done
        done += 1

    def messages() -> float:
        nonlocal stored
        stored += beside
        return stored

    outbox = Outbox(database, Loops())
    outbox.pace = Pace(messages, database.engine)
    outbox.pace._rate = float(beside)
    outbox.consume("topic", consumer, gentle=True)
    began = time.monotonic()
    outbox.start()
    async with asyncio.timeout(60):
        for number in range(1, 21):
            await database.write(lambda tx: outbox.put(tx, [New(1, "topic", b"")]))
            while done < number:
                await asyncio.sleep(0.001)
    await outbox.stop()
    gap = BESIDE_SECONDS if beside else GATHER_SECONDS
    assert len(looks) - 1 <= (looks[-1] - began) / (gap - 0.002), "a timer may end a little early"


async def test_a_lane_goes_on_in_the_look_that_forgets_what_it_did(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where new entries come all the time: what stands behind in the lane was not due before."""
    order: list[str] = []
    turn, ready = store.turn, store_ready.ready
    looks: list[tuple[list[str], list[str]]] = []

    async def comes(*args: Any) -> Any:
        """Something new at every look, whatever was done by then."""
        await database.write(lambda tx: outbox.put(tx, [New(1, "topic", b"", lane="two")]))
        return await ready(*args)

    async def watched(*args: Any) -> list[list[Entry]]:
        taken = await turn(*args)
        looks.append(([group[0].lane for group in args[2]], [group[0].lane for group in taken]))
        return taken

    async def consumer(entry: Entry) -> None:
        order.append(entry.lane)

    monkeypatch.setattr(store, "turn", watched)
    monkeypatch.setattr(store_ready, "ready", comes)
    outbox = Outbox(database, Loops())
    outbox.consume("topic", consumer)
    await database.write(lambda tx: outbox.put(tx, [New(1, "topic", b"", lane="one")] * 60))
    outbox.start()
    async with asyncio.timeout(60):
        while order.count("one") < 60:
            await asyncio.sleep(0.005)
    await outbox.stop()
    finished = [taken for finished, taken in looks if "one" in finished]
    assert len(finished) >= 2, looks
    assert all(taken[:1] == ["one"] for taken in finished[:-1]), looks
