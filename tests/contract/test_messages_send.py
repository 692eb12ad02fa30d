"""Sending: order, places without holes, one copy whatever happens, delivery. On both engines."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sodam.bus.local import LocalBus
from sodam.c2c.sending import Sending
from sodam.c2c.service import C2CService
from sodam.errors import ApiError, Code
from sodam.messages.dedupe import WINDOW
from sodam.messages.model import HIDE_RECEIVER, HIDE_SENDER, NO_LAST, NO_UNREAD
from sodam.storage import Database, Tx
from tests.contract.world import START, World, place, text_body
from tests.support.seeds import SEED


async def test_answer_and_history(world: World) -> None:
    sent = await world.send("a", "b", "one", seq=7, random=9)
    account = await world.accounts.find(world.app.sdkappid, "a")
    assert account is not None
    assert sent == (START, 7, 9, account.tiny_id)
    assert sent.key == f"7_9_{START}"
    assert sent.msg_id == f"{account.tiny_id}-{START}-9"
    (found,) = await world.c2c.histories.history(world.app, "b", "a", limit=10)
    assert (found.sender, found.recipient, found.key, found.seq) == ("a", "b", sent.key, 1)
    assert (found.body, found.cloud, found.client_time) == (text_body("one"), b'""', START)
    assert found.tiny_id == account.tiny_id
    assert await world.texts("a", "b") == ["one"]
    assert await world.texts("a", "c") == []


async def test_unknown_accounts(world: World) -> None:
    with pytest.raises(ApiError) as caught:
        await world.send("ghost", "b")
    assert caught.value.code == Code.C2C_ACCOUNT_INVALID
    with pytest.raises(ApiError) as caught:
        await world.send("a", "ghost")
    assert caught.value.code == Code.MSG_RECEIVER_NOT_FOUND
    assert await world.rows("a", "b") == []


async def test_nothing_of_a_send_is_left_for_the_garbage_collection(world: World) -> None:
    """Collections are rare on a server: what only they free stays for long."""
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            await world.send("a", "b")
        async with asyncio.timeout(60):  # the thread that wrote the last one may still be on its way out
            while [found for found in gc.get_objects() if isinstance(found, Sending)]:
                await asyncio.sleep(0.01)
    finally:
        gc.enable()


async def test_concurrent_senders_leave_no_holes(world: World) -> None:
    pairs = [("a", "b"), ("b", "a"), ("a", "c"), ("c", "a"), ("b", "c"), ("c", "b")]
    await world.accounts.find_many(world.app.sdkappid, "abc")  # looking up an account may take its time
    await asyncio.gather(*(world.send(*pairs[n % 6], f"{n}", seq=n + 1) for n in range(300)))
    for one, other, first in (("a", "b", 0), ("a", "c", 2), ("b", "c", 4)):
        rows = await world.rows(one, other)
        assert [row[0] for row in rows] == list(range(1, 101))
        assert sorted(row[1] for row in rows) == sorted(n + 1 for n in range(300) if n % 6 in (first, first + 1))
    # What one sender sent in turn stands in that order.
    seqs = [row[1] for row in await world.rows("a", "b")]
    assert [s for s in seqs if s % 6 == 1] == list(range(1, 300, 6))


async def test_order_within_a_second_is_that_of_arrival(world: World) -> None:
    for seq in (30, 10, 20):
        await world.send("a", "b", f"{seq}", seq=seq)
    await world.send("b", "a", "15", seq=15)
    world.clock.now += 1
    await world.send("a", "b", "5", seq=5)
    assert await world.texts("b", "a") == ["30", "10", "20", "15", "5"]
    assert await world.texts("a", "b") == ["30", "10", "20", "15", "5"]
    assert [row[1] for row in await world.rows("a", "b")] == [30, 10, 20, 15, 5]


async def test_time_does_not_fall_when_the_clock_does(world: World) -> None:
    await world.send("a", "b", "before")
    world.clock.now -= 3600
    sent = await world.send("a", "b", "after")
    assert sent.msg_time == START
    assert (await world.send("a", "c", "elsewhere")).msg_time == START - 3600
    await world.changes.mark_read(world.app, "b", "a", START)
    assert await world.unread("b", "a") == 0


async def test_same_message_is_one(world: World) -> None:
    device = world.device("b")
    first = await world.send("a", "b", "x", seq=1, random=2)
    world.clock.now += 5
    assert await world.send("a", "b", "x", seq=1, random=2) == first
    assert len(await world.rows("a", "b")) == 1
    assert device.texts() == ["x"]
    assert await world.unread("b", "a") == 1


async def test_same_message_at_once_is_one(world: World) -> None:
    device = world.device("b")
    sent = await asyncio.gather(*(world.send("a", "b", "x", seq=1, random=2) for _ in range(20)))
    assert len(set(sent)) == 1
    assert sent[0].msg_time == START
    assert len(await world.rows("a", "b")) == 1
    assert device.texts() == ["x"]


@pytest.mark.parametrize(
    "other",
    [("a", "b", "y", 1, 2), ("a", "b", "x", 3, 2), ("a", "b", "x", 1, 3), ("b", "a", "x", 1, 2), ("a", "c", "x", 1, 2)],
)
async def test_other_messages_are_others(world: World, other: tuple[str, str, str, int, int]) -> None:
    await world.send("a", "b", "x", seq=1, random=2)
    sender, recipient, text, seq, number = other
    await world.send(sender, recipient, text, seq=seq, random=number)
    assert len(await world.rows("a", "b")) + len(await world.rows("a", "c")) == 2


async def test_same_message_after_a_restart_is_one(world: World) -> None:
    first = await world.send("a", "b", "x", seq=1, random=2)
    world.clock.now += 30
    again = await world.restarted()
    sent = await asyncio.gather(*(again.send("a", "b", "x", seq=1, random=2) for _ in range(5)))
    assert set(sent) == {first}
    assert len(await world.rows("a", "b")) == 1
    await again.send("a", "b", "another content", seq=1, random=2)
    await again.send("b", "a", "x", seq=1, random=2)
    assert len(await world.rows("a", "b")) == 3


async def test_same_message_much_later_is_another(world: World) -> None:
    await world.send("a", "b", "x", seq=1, random=2)
    world.clock.now += WINDOW + 1
    again = await world.restarted()
    assert (await again.send("a", "b", "x", seq=1, random=2)).msg_time == START + WINDOW + 1
    assert len(await world.rows("a", "b")) == 2


@pytest.mark.parametrize("seq", [0, 1])
@pytest.mark.parametrize("restarts", [False, True])
async def test_the_window_is_that_long_and_no_longer(world: World, seq: int, restarts: bool) -> None:
    """By the clock of every rule, which a test may move; from the first one on, however often it comes again."""

    async def send() -> int:
        node = await world.restarted() if restarts else world
        return (await node.send("a", "b", "x", seq=seq, random=2)).msg_time

    assert await send() == START
    for second in (1, 60, WINDOW - 1, WINDOW):
        world.clock.now = START + second
        await world.send("a", "c", f"{second}")  # as others go on
        assert await send() == START
    for moved in (WINDOW + 1, 2 * WINDOW + 2, 7200, 7200 + WINDOW + 1, 10**6):
        world.clock.now = START + moved
        assert [await send(), await send()] == [START + moved] * 2
    assert len(await world.rows("a", "b")) == 6


async def test_sender_that_goes_away_leaves_its_message(world: World) -> None:
    """Its connection was lost before the answer: the message is stored, and who sends it again gets its answer."""
    gone = asyncio.create_task(world.send("a", "b", "x", seq=1, random=2))
    await asyncio.sleep(0)
    again = asyncio.create_task(world.send("a", "b", "x", seq=1, random=2))
    await asyncio.sleep(0)
    gone.cancel()
    assert (await again).msg_time == START
    assert len(await world.rows("a", "b")) == 1


class Failing:
    """A database whose writes fail when told to."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.failing = self.failing_after = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    def write(self, fn: Callable[[Tx], Awaitable[Any]], **options: Any) -> Awaitable[Any]:
        if self.failing_after:

            async def unheard(tx: Tx) -> Any:
                value = await fn(tx)
                tx.callbacks.clear()  # type: ignore[attr-defined]  # a driver that gets no answer calls nobody
                return value

            return self._lose(self._db.write(unheard, **options))
        if not self.failing:
            return self._db.write(fn, **options)

        async def fail(tx: Tx) -> Any:
            raise OSError("no space left on device")

        return self._db.write(fail, **options)

    async def _lose(self, written: Awaitable[Any]) -> Any:
        await written
        raise ConnectionResetError("connection lost")


async def test_what_cannot_be_stored_is_refused_and_may_come_again(world: World) -> None:
    db = Failing(world.db)
    world.c2c = C2CService(db, LocalBus(), world.live, world.accounts, world.outbox, clock=world.clock)
    device = world.device("b")
    db.failing = True
    sends = [world.send("a", "b", "x", seq=1, random=2) for _ in range(2)]
    answers = await asyncio.gather(*sends, return_exceptions=True)
    assert [getattr(answer, "code", None) for answer in answers] == [Code.C2C_INTERNAL] * 2
    assert await world.rows("a", "b") == []
    assert device.take() == []
    db.failing = False
    await world.send("a", "b", "x", seq=1, random=2)
    assert [row[0] for row in await world.rows("a", "b")] == [1]
    assert device.texts() == ["x"]


async def test_commit_whose_answer_was_lost(world: World) -> None:
    """The connection to the database broke after the commit: refused, and the message sent again is stored once."""
    db = Failing(world.db)
    world.c2c = C2CService(db, LocalBus(), world.live, world.accounts, world.outbox, clock=world.clock)
    device = world.device("b")
    db.failing_after = True
    with pytest.raises(ApiError) as caught:
        await world.send("a", "b", "x", seq=1, random=2)
    assert caught.value.code == Code.C2C_INTERNAL
    db.failing_after = False
    world.clock.now += 5
    assert (await world.send("a", "b", "x", seq=1, random=2)).msg_time == START
    assert len(await world.rows("a", "b")) == 1
    assert device.texts() == ["x"]


async def test_devices(world: World) -> None:
    mine, other, peer = world.device("a"), world.device("a"), world.device("b")
    message = world.draft("a", "b", "x", seq=1, random=2)
    sent = await world.c2c.send(world.app, message, exclude=mine.instid, checked=False)
    assert mine.take() == []
    (event,) = peer.take()
    assert event == {
        "Event": 9,
        "C2cMsgArray": [
            {
                "From_Account": "a",
                "To_Account": "b",
                "MsgSeq": 1,
                "MsgRandom": 2,
                "MsgTimeStamp": START,
                "MsgTime": START,
                "MsgClientTime": START,
                "TinyId": str(sent.tiny_id),
                "MsgKey": sent.key,
                "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "x"}}],
                "CloudCustomData": "",
                "ConversationSeq": 1,
            }
        ],
    }
    assert other.take() == [event]
    message = world.draft("a", "b", "no copy")
    await world.c2c.send(world.app, message, sync=False, checked=False)
    assert (mine.texts(), other.texts(), peer.texts()) == ([], [], ["no copy"])


async def test_wishes_reach_devices(world: World) -> None:
    device = world.device("b")
    for flags in (NO_UNREAD, NO_LAST, NO_UNREAD | NO_LAST):
        await world.send("a", "b", flags=flags)
    controls = [event["C2cMsgArray"][0]["SendMsgControl"] for event in device.take()]
    assert controls == [{"NoUnread": 1}, {"NoLastMsg": 1}, {"NoUnread": 1, "NoLastMsg": 1}]


async def test_online_only(world: World) -> None:
    device = world.device("b")
    message = world.draft("a", "b", "now or never")
    sent = await world.c2c.send(world.app, message, online_only=True, checked=False)
    assert sent.msg_time == START
    assert device.take()[0]["C2cMsgArray"][0]["MsgLifeTime"] == 0
    assert await world.rows("a", "b") == []
    assert await world.heads("b") == []


async def test_hidden_sides(world: World) -> None:
    mine, peer = world.device("a"), world.device("b")
    await world.send("a", "b", "only b", flags=HIDE_SENDER)
    assert (await world.texts("a", "b"), await world.texts("b", "a")) == ([], ["only b"])
    assert (await world.listed("a"), await world.listed("b")) == ([], ["a"])
    assert await world.unread("b", "a") == 1
    mine.take(), peer.take()
    await world.send("b", "c", "only b", flags=HIDE_RECEIVER)  # c has blocked b
    assert (await world.texts("b", "c"), await world.texts("c", "b")) == (["only b"], [])
    assert (await world.listed("b"), await world.listed("c")) == (["c", "a"], [])
    assert await world.unread("c", "b") == 0
    blocked = world.device("c")
    await world.send("b", "c", "still", flags=HIDE_RECEIVER)
    assert blocked.take() == []


async def test_to_oneself(world: World) -> None:
    mine, other = world.device("a"), world.device("a")
    message = world.draft("a", "a", "note")
    await world.c2c.send(world.app, message, exclude=mine.instid, checked=False)
    assert await world.texts("a", "a") == ["note"]
    assert (await world.listed("a"), await world.unread("a", "a")) == (["a"], 0)
    assert (mine.texts(), other.texts()) == ([], ["note"])


async def test_random_traffic_in_order(world: World) -> None:
    """Whatever the interleaving, places follow arrival and times never fall."""
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    dice = random.Random(seed)

    async def one(number: int) -> None:
        for _ in range(dice.randrange(3)):
            await asyncio.sleep(0)
        world.clock.now += dice.random() / 20
        sender, recipient = dice.choice([("a", "b"), ("b", "a")])
        await world.send(sender, recipient, seq=number)

    await asyncio.gather(*(one(n) for n in range(200)))
    rows = await world.rows("a", "b")
    assert [row[0] for row in rows] == list(range(1, 201))
    assert [row[2] for row in rows] == sorted(row[2] for row in rows)


async def test_recall_of_equal_places(world: World) -> None:
    """Senders choose the numbers of a MsgKey: two messages may have one key, and both can be recalled."""
    one = await world.send("a", "b", "one", seq=1, random=1)
    two = await world.send("a", "b", "two", seq=1, random=1)
    assert one.key == two.key
    for _ in range(2):
        await world.changes.withdraw(world.app, "a", "b", place(one), revoker="a", limit=False)
    with pytest.raises(ApiError) as caught:
        await world.changes.withdraw(world.app, "a", "b", place(one), revoker="a", limit=False)
    assert caught.value.code == Code.C2C_ALREADY_RECALLED
    assert await world.unread("b", "a") == 0
