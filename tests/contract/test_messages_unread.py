"""Unread counts, read marks and conversation lists. On both engines."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sodam.c2c.changes import EVERYTHING
from sodam.errors import ApiError, Code
from sodam.messages.model import HIDE_RECEIVER, IMPORTED, NO_LAST, NO_UNREAD
from sodam.storage import Database
from tests.contract.world import START, World, place, text_of


async def _withdraw(world: World, sender: str, recipient: str, where: tuple[int, int, int]) -> None:
    await world.changes.withdraw(world.app, sender, recipient, where, revoker=sender, limit=False)


async def _import(world: World, sender: str, recipient: str, time: int, flags: int = 0) -> None:
    message = world.draft(sender, recipient, flags=flags | IMPORTED)
    message.msg_time = time
    await world.c2c.import_message(world.app, message, silent=True)


async def test_counts_what_counts(world: World) -> None:
    await world.send("a", "b")
    await world.send("a", "b", flags=NO_UNREAD)
    await world.send("a", "b", flags=NO_LAST)
    await world.send("a", "b", flags=HIDE_RECEIVER)
    await world.send("b", "a")
    assert (await world.unread("b", "a"), await world.unread("a", "b")) == (2, 1)
    await world.send("c", "b")
    assert await world.c2c.histories.unread(world.app, "b") == 3
    assert await world.c2c.histories.unread(world.app, "c") == 0


async def test_read_mark_divides_by_time(world: World) -> None:
    for second in range(5):
        world.clock.now = START + second
        await world.send("a", "b")
        await world.send("b", "a")
    await world.changes.mark_read(world.app, "b", "a", START + 2)
    assert await world.unread("b", "a") == 2
    await world.changes.mark_read(world.app, "b", "a", START + 1)
    assert await world.unread("b", "a") == 2
    head = await world.c2c.histories.head(world.app, "a", "b")
    assert (head.peer_read_time, head.read_time, head.unread) == (START + 2, 0, 5)
    await world.changes.mark_read(world.app, "b", "a", EVERYTHING)
    head = await world.c2c.histories.head(world.app, "b", "a")
    assert (head.unread, head.read_time) == (0, START + 4)
    await world.send("a", "b")
    assert await world.unread("b", "a") == 1
    assert await world.unread("a", "b") == 5


async def test_read_mark_is_told(world: World) -> None:
    mine, other, peer = world.device("b"), world.device("b"), world.device("a")
    await world.send("a", "b")
    for device in (mine, other, peer):
        device.take()
    await world.changes.mark_read(world.app, "b", "a", START, exclude=mine.instid)
    assert mine.take() == []
    (event,) = other.take()
    assert event["C2cNotifyMsgArray"][0]["ReadC2cMsgNotify"]["UinPairReadArray"] == [
        {"From_Account": "a", "To_Account": "b", "Peer_Account": "a", "LastReadTime": START}
    ]
    (event,) = peer.take()
    receipt = event["C2cNotifyMsgArray"][0]["C2cReadedReceipt"]
    assert receipt["To_Account"] == "b"  # who has read
    assert receipt["UinPairReadArray"][0]["LastReadTime"] == START
    await world.changes.mark_read(world.app, "b", "c", START)  # they never wrote
    assert other.take() == []


async def test_recall_of_unread_messages_counts_down(world: World) -> None:
    first = await world.send("a", "b")
    quiet = await world.send("a", "b", flags=NO_UNREAD)
    second = await world.send("a", "b")
    await _withdraw(world, "a", "b", place(quiet))
    assert await world.unread("b", "a") == 2
    await _withdraw(world, "a", "b", place(first))
    assert await world.unread("b", "a") == 1
    await world.changes.mark_read(world.app, "b", "a", START)
    await _withdraw(world, "a", "b", place(second))
    assert await world.unread("b", "a") == 0
    await world.send("a", "b")
    assert await world.unread("b", "a") == 1


async def test_recall_in_the_second_of_the_read_mark(world: World) -> None:
    await world.send("a", "b", "read")
    await world.changes.mark_read(world.app, "b", "a", START)
    late = await world.send("a", "b", "came after the mark, within its second")
    assert await world.unread("b", "a") == 1
    await _withdraw(world, "a", "b", place(late))
    assert await world.unread("b", "a") == 0
    await world.send("a", "b")
    assert await world.unread("b", "a") == 1


async def test_read_mark_passes_over_the_recalled(world: World) -> None:
    sent = []
    for second in range(4):
        world.clock.now = START + second
        sent.append(await world.send("a", "b"))
    await _withdraw(world, "a", "b", place(sent[3]))
    await world.changes.mark_read(world.app, "b", "a", START)
    assert await world.unread("b", "a") == 2
    await _withdraw(world, "a", "b", place(sent[0]))
    assert await world.unread("b", "a") == 2


async def test_imports(world: World) -> None:
    await _import(world, "a", "b", START - 100)
    await _import(world, "a", "b", START - 50)
    await _import(world, "a", "b", START - 20, NO_UNREAD)
    assert await world.unread("b", "a") == 2
    assert (await world.heads("b"))[0].list_time == START - 20
    await world.changes.mark_read(world.app, "b", "a", START - 80)
    assert await world.unread("b", "a") == 1
    await world.changes.hide(world.app, "b", "a", clear=False)
    assert (await world.unread("b", "a"), await world.listed("b")) == (0, [])
    await _import(world, "a", "b", START - 10)
    assert (await world.unread("b", "a"), await world.listed("b")) == (1, ["a"])


async def test_marks_at_once(world: World) -> None:
    """Whatever order they come in, the latest mark holds, and the count fits it."""
    for second in range(20):
        world.clock.now = START + second
        await world.send("a", "b")
    times = [(n * 7) % 20 for n in range(20)]
    await asyncio.gather(*(world.changes.mark_read(world.app, "b", "a", START + t) for t in times))
    head = await world.c2c.histories.head(world.app, "b", "a")
    assert (head.read_time, head.unread) == (START + 19, 0)


async def test_marks_recalls_and_messages_at_once(world: World) -> None:
    """The counters never drift: in the end they say what the rows say."""
    sent = [await world.send("a", "b") for _ in range(30)]
    await asyncio.gather(
        *(world.send("a", "b") for _ in range(30)),
        *(world.changes.mark_read(world.app, "b", "a", START) for _ in range(10)),
        *(_withdraw(world, "a", "b", place(s)) for s in sent[::3]),
        world.changes.hide(world.app, "b", "a", clear=False),
    )
    unread = await world.unread("b", "a")
    head_row = await world.db.fetch_one(
        "SELECT read_seq FROM c2c_member WHERE app = $1 AND owner = 'b' AND peer = 'a'", world.app.sdkappid
    )
    assert head_row is not None
    rest = await world.db.fetch_one(
        "SELECT COUNT(*) FROM c2c_message WHERE app = $1 AND seq > $2 AND (flags & 1) = 0",
        world.app.sdkappid,
        head_row[0],
    )
    assert rest is not None
    assert unread == rest[0]
    await world.changes.mark_read(world.app, "b", "a", EVERYTHING)
    await world.send("a", "b")
    assert await world.unread("b", "a") == 1


async def test_all_read(world: World) -> None:
    device = world.device("c")
    await world.send("a", "c")
    await world.send("b", "c")
    device.take()
    assert sorted(await world.changes.mark_all_read(world.app, "c")) == ["a", "b"]
    assert await world.c2c.histories.unread(world.app, "c") == 0
    assert device.take()[-1] == {"Event": 14, "C2CReadAllMsg": 1}


async def test_list_order(world: World) -> None:
    await world.send("a", "b")
    world.clock.now += 1
    await world.send("c", "a")
    assert await world.listed("a") == ["c", "b"]
    world.clock.now += 1
    await world.send("a", "b", flags=NO_LAST)
    assert await world.listed("a") == ["c", "b"]
    head = await world.c2c.histories.head(world.app, "a", "b")
    last = (await world.c2c.histories.last(world.app, "a", [head])).get("b")
    assert last is not None
    assert last.msg_time == START
    await world.pin("a", "b", pinned=True)
    assert await world.listed("a") == ["b", "c"]
    assert (await world.heads("a"))[0].top_time == START + 2
    await world.pin("a", "b", pinned=False)
    await world.changes.mute(world.app, "a", ["b"], 2)
    assert [(h.peer, h.top_time, h.mute) for h in await world.heads("a")] == [("c", 0, 0), ("b", 0, 2)]


async def test_pinned_before_the_first_message(world: World) -> None:
    await world.pin("a", "b", pinned=True)
    assert await world.listed("a") == []
    await world.send("b", "a")
    assert [(h.peer, h.top_time > 0, h.unread) for h in await world.heads("a")] == [("b", True, 1)]


async def test_hidden_conversation_comes_back_with_a_message(world: World) -> None:
    await world.send("a", "b", "one")
    await world.changes.hide(world.app, "b", "a", clear=False)
    assert (await world.listed("b"), await world.unread("b", "a")) == ([], 0)
    assert await world.listed("a") == ["b"]
    assert await world.texts("b", "a") == ["one"]
    await world.send("a", "b", "quiet", flags=NO_LAST)
    await world.send("a", "b", "blocked", flags=HIDE_RECEIVER)
    assert await world.listed("b") == []
    await world.send("b", "a", "two")
    assert await world.listed("b") == ["a"]
    assert await world.texts("b", "a") == ["one", "quiet", "two"]


async def test_cleared_history(world: World) -> None:
    await world.send("a", "b", "one")
    await world.changes.hide(world.app, "b", "a", clear=True, remove=False)
    assert (await world.listed("b"), await world.texts("b", "a"), await world.unread("b", "a")) == (["a"], [], 0)
    head = await world.c2c.histories.head(world.app, "b", "a")
    assert await world.c2c.histories.last(world.app, "b", [head]) == {}
    assert await world.texts("a", "b") == ["one"]
    await world.send("a", "b", "two")
    assert await world.texts("b", "a") == ["two"]
    assert await world.unread("b", "a") == 1


async def test_deleted_account(world: World) -> None:
    await world.send("a", "b", "one")
    outcome = await world.accounts.delete(world.app, ["a"])
    assert list(outcome.values()) == [0]
    assert await world.texts("b", "a") == ["one"]
    assert await world.texts("a", "b") == []
    assert (await world.listed("a"), await world.unread("b", "a")) == ([], 1)


async def test_retention(world: World) -> None:
    old = await world.send("a", "b", "old")
    world.clock.now += 7 * 86400
    await world.send("a", "b", "edge")
    assert await world.texts("b", "a") == ["old", "edge"]
    world.clock.now += 1
    assert await world.texts("b", "a") == ["edge"]
    forward = await world.c2c.histories.forward(world.app, "b", "a", after=(0, 0), limit=10)
    assert [m.msg_time for m in forward] == [START + 7 * 86400]
    with pytest.raises(ApiError) as caught:
        await world.c2c.histories.find(world.app, "a", "b", place(old))
    assert caught.value.code == Code.C2C_MESSAGE_NOT_FOUND


async def test_the_last_messages_of_a_list_cost_one_query(
    world: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many conversations a page has; each shows its own last message."""
    peers = [f"peer{n}" for n in range(30)]
    await world.accounts.ensure(world.app.sdkappid, peers)
    for n, peer in enumerate(peers):
        await world.send(*(("a", peer) if n % 2 else (peer, "a")), f"first {n}")
        await world.send(peer, "a", f"last {n}", seq=4_000_000_000)
    await world.send("a", "a", "to oneself")
    heads = await world.heads("a")
    await world.c2c.histories.last(world.app, "a", heads)  # accounts are at hand from here on
    asked: list[str] = []

    def spy(read: Any) -> Any:
        def asks(sql: str, *args: Any) -> Any:
            asked.append(sql)
            return read(sql, *args)

        return asks

    for name in ("fetch", "fetch_one", "scan"):
        monkeypatch.setattr(database, name, spy(getattr(database, name)))
    lasts = await world.c2c.histories.last(world.app, "a", heads)
    assert {peer: text_of(message) for peer, message in lasts.items()} == {
        "a": "to oneself",
        **{peer: f"last {n}" for n, peer in enumerate(peers)},
    }
    assert len(asked) == 1, asked
