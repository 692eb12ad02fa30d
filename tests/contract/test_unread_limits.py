"""What counts as unread: 250 messages of a conversation, 100 conversations, 7 days. All that is older or more is there
to be read all the same, and whoever tells a number tells the same one (rest-messages.md 6.5). Both engines."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from sodam.c2c.changes import EVERYTHING
from sodam.messages.model import IMPORTED
from sodam.storage import Database
from tests.contract.world import START, World, place

DAY = 86400
PEERS = [f"p{n:03}" for n in range(120)]


async def numbers(world: World, owner: str, peers: Iterable[str]) -> dict[str, int]:
    """By peer, the numbers above 0: of lists, of single conversations, of all in all."""
    histories = world.c2c.histories
    listed = {head.peer: head.unread for head in await histories.heads(world.app, owner, 500) if head.unread}
    single = await histories.unread_from(world.app, owner, list(peers))
    assert {peer: count for peer, count in single.items() if count} == listed
    total = sum(listed.values())
    assert await histories.unread(world.app, owner) == total
    assert await world.db.write(lambda tx: histories.unread_in(tx, world.app, owner)) == total
    return listed


async def _many(world: World, count: int) -> list[tuple[int, int, int]]:
    return [place(one) for one in await asyncio.gather(*(world.send("a", "b", f"{n}") for n in range(count)))]


async def test_of_one_conversation(world: World) -> None:
    places = await _many(world, 249)
    assert await numbers(world, "b", "ac") == {"a": 249}
    places += await _many(world, 11)
    assert await numbers(world, "b", "ac") == {"a": 250}
    assert len(await world.texts("b", "a", 300)) == 260
    device = world.device("b")
    await world.changes.delete_for(world.app, "b", "a", places[:6])  # 254 are left
    assert (await numbers(world, "b", "a"), device.take()) == ({"a": 250}, [])
    await world.changes.delete_for(world.app, "b", "a", places[6:14])  # 246
    (event,) = device.take()
    assert len(event["C2cNotifyMsgArray"][0]["WithdrawC2cMsgNotify"]["C2cWithdrawInfoArray"]) == 4
    assert await numbers(world, "b", "a") == {"a": 246}
    await world.changes.mark_read(world.app, "b", "a", EVERYTHING)
    assert await numbers(world, "b", "a") == {}
    await world.send("a", "b")
    assert await numbers(world, "b", "a") == {"a": 1}


async def test_of_many_conversations(database: Database) -> None:
    world = await World.open(database, "ab")
    await world.accounts.ensure(world.app.sdkappid, PEERS)
    for peer in PEERS:
        world.clock.now += 1
        await world.send(peer, "b")
        await world.send(peer, "b")
    newest = dict.fromkeys(PEERS[20:], 2)
    assert await numbers(world, "b", PEERS) == newest
    assert len(await world.texts("b", PEERS[0])) == 2  # and can be read

    # A pinned one stands in front of newer ones, and counts as little as before.
    await world.pin("b", PEERS[0], pinned=True)
    short = await world.c2c.histories.heads(world.app, "b", 60)
    assert [head.peer for head in short] == [PEERS[0], *reversed(PEERS[61:])]
    assert [head.unread for head in short] == [0, *[2] * 59]
    assert await numbers(world, "b", PEERS) == newest

    # Where one is read or written to, another takes its place.
    await world.changes.mark_read(world.app, "b", PEERS[50], EVERYTHING)
    world.clock.now += 1
    await world.send(PEERS[10], "b")
    await world.send("a", "b")
    counted = dict.fromkeys([*PEERS[21:50], *PEERS[51:]], 2)
    assert await numbers(world, "b", [*PEERS, "a"]) == {**counted, PEERS[10]: 3, "a": 1}
    other = world.device("b")
    assert sorted(await world.changes.mark_all_read(world.app, "b")) == sorted({*PEERS, "a"} - {PEERS[50]})
    assert await numbers(world, "b", PEERS) == {}
    assert other.take()


async def _import(world: World, time: int) -> None:
    message = world.draft("a", "b", flags=IMPORTED)
    message.msg_time = time
    await world.c2c.import_message(world.app, message)


@pytest.mark.parametrize("days", [7, 30])
async def test_of_the_last_days(world: World, days: int) -> None:
    """Whether the app keeps messages for longer or not."""
    world.app = replace(world.app, settings=replace(world.app.settings, history_days=days))
    old = [place(await world.send("a", "b", "old")) for _ in range(3)]
    world.clock.now += 7 * DAY
    assert await numbers(world, "b", "a") == {"a": 3}
    world.clock.now += 1
    kept = ["old"] * 3 if days > 7 else []
    assert (await world.texts("b", "a"), await numbers(world, "b", "a")) == (kept, {})
    device = world.device("b")
    await world.send("a", "b", "new")
    await world.send("b", "a", "answer")
    assert await numbers(world, "b", "ac") == {"a": 1}
    device.take()
    await world.changes.delete_for(world.app, "b", "a", old[:1])
    assert (await numbers(world, "b", "a"), device.take()) == ({"a": 1}, [])
    await world.changes.mark_read(world.app, "b", "a", START + 7 * DAY)  # but not the new one
    assert await numbers(world, "b", "a") == {"a": 1}
    world.clock.now += 8 * DAY
    await world.send("a", "b")
    assert await numbers(world, "b", "a") == {"a": 1}
    if days > 7:
        await _import(world, int(world.clock.now) - 9 * DAY)
        await _import(world, int(world.clock.now) - DAY)
        assert await numbers(world, "b", "a") == {"a": 2}
    await world.changes.mark_read(world.app, "b", "a", EVERYTHING)
    await world.send("a", "b")
    assert await numbers(world, "b", "a") == {"a": 1}
