"""Messages of one second: the order of arrival, whoever asks and however. On both engines."""

from __future__ import annotations

import random
from collections import Counter

from sodam.c2c.model import FIRST, NEWEST
from sodam.messages.model import IMPORTED
from tests.contract.world import START, World, place, text_of
from tests.support.seeds import SEED

COUNT = 40


async def _pages(world: World, owner: str, peer: str, limit: int) -> list[str]:
    """The history as a client follows it by keys, oldest first."""
    found: list[str] = []
    before = NEWEST
    for _ in range(200):
        page, complete = await world.c2c.histories.page(world.app, owner, peer, limit=limit, before=before)
        found = [*map(text_of, reversed(page)), *found]
        if complete:
            break
        end = (page[-1].msg_time, page[-1].msg_seq, page[-1].msg_random)
        before = await world.c2c.histories.rank(world.app, owner, peer, end, backward=True)
    return found


async def _pages_forward(world: World, owner: str, peer: str, limit: int) -> list[str]:
    found: list[str] = []
    after = (0, FIRST)
    for _ in range(200):
        page, complete = await world.c2c.histories.page_forward(world.app, owner, peer, after=after, limit=limit)
        found += map(text_of, page)
        if complete:
            break
        end = (page[-1].msg_time, page[-1].msg_seq, page[-1].msg_random)
        after = await world.c2c.histories.rank(world.app, owner, peer, end, backward=False)
    return found


async def test_every_view_has_the_order_of_arrival(world: World) -> None:
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    dice = random.Random(seed)
    said = []
    for number in range(COUNT):
        sender, recipient = dice.choice(["ab", "ba"])
        said.append(f"{number}")
        await world.send(
            sender, recipient, said[-1], seq=dice.choice([0, 0, dice.randrange(1 << 32), 5]), random=dice.randrange(3)
        )
    for owner, peer in ("ab", "ba"):
        assert await world.texts(owner, peer) == said
        for limit in (1, 3, 15, 39, 40):
            assert await _pages(world, owner, peer, limit) == said, limit
            assert await _pages_forward(world, owner, peer, limit) == said, limit
        (head,) = await world.heads(owner)
        last = await world.c2c.histories.last(world.app, owner, [head])
        assert text_of(last[peer]) == said[-1]


async def test_numbers_of_the_server_follow_arrival(world: World) -> None:
    """Clients that sort by (time, MsgSeq) see the order of arrival where the server numbers."""
    sent = [await world.send(*("ab" if n % 2 else "ba"), f"{n}", seq=0) for n in range(10)]
    chosen = await world.send("a", "b", "chosen", seq=3_500_000_000)
    after = await world.send("b", "a", "after", seq=0)
    numbers = [one.msg_seq for one in sent]
    assert numbers == list(range(numbers[0], numbers[0] + 10))
    assert after.msg_seq == chosen.msg_seq + 1
    small = await world.send("a", "c", "small", seq=5)
    assert small.msg_seq == 5
    assert (await world.send("c", "a", "next", seq=0)).msg_seq == 6
    highest = await world.send("a", "c", "highest", seq=(1 << 32) - 1)
    assert (await world.send("c", "a", "no next", seq=0)).msg_seq == highest.msg_seq
    world.clock.now += 1
    assert (await world.send("c", "a", "new second", seq=0)).msg_seq == numbers[0]
    for found in await world.rows("a", "b"):
        assert found[1] in [*numbers, chosen.msg_seq, after.msg_seq]


async def test_a_cursor_that_is_gone_skips_nothing(world: World) -> None:
    sent = [await world.send("a", "b", f"{n}", seq=7, random=n) for n in range(9)]
    before = await world.c2c.histories.rank(world.app, "b", "a", place(sent[5]), backward=True)
    page, _ = await world.c2c.histories.page(world.app, "b", "a", limit=2, before=before)
    assert [text_of(m) for m in page] == ["4", "3"]
    await world.changes.delete_for(world.app, "b", "a", [place(sent[3])])
    before = await world.c2c.histories.rank(world.app, "b", "a", place(sent[3]), backward=True)
    assert [text_of(m) for m in (await world.c2c.histories.page(world.app, "b", "a", limit=9, before=before))[0]] == [
        *("2", "1", "0")
    ]
    unknown = (START, 999, 999)
    before = await world.c2c.histories.rank(world.app, "b", "a", unknown, backward=True)
    assert [text_of(m) for m in (await world.c2c.histories.page(world.app, "b", "a", limit=2, before=before))[0]] == [
        *("8", "7")
    ]
    after = await world.c2c.histories.rank(world.app, "b", "a", unknown, backward=False)
    assert [text_of(m) for m in await world.c2c.histories.forward(world.app, "b", "a", after=after, limit=2)] == [
        "0",
        "1",
    ]


async def test_a_key_is_found_quickly_in_a_full_second(world: World) -> None:
    """The index has all that is asked for: no row is read but that of the message."""
    sent = await world.send("a", "b", "needle", seq=77, random=88)
    found = await world.c2c.histories.find(world.app, "a", "b", place(sent))
    assert text_of(found) == "needle"
    if world.db.engine == "sqlite":
        from sodam.c2c.store_reads import _KEYS

        plan = await world.db.fetch("EXPLAIN QUERY PLAN " + _KEYS, 1, "a\x1fb", START, 77, 88)
        searches = [row[3] for row in plan if "SEARCH" in row[3]]
        assert len(searches) == 3
        assert all("c2c_message_place (app=? AND conv=? AND msg_time=? AND ord" in step for step in searches), plan


async def _import(world: World, text: str, *, seq: int, time: int = START - 100, sender: str = "a") -> None:
    message = world.draft(sender, "b" if sender == "a" else "a", text, seq=seq, random=1, flags=IMPORTED)
    message.msg_time = time
    await world.c2c.import_message(world.app, message, silent=True)


async def test_imports_stand_by_time_number_and_arrival(world: World) -> None:
    for text, seq in (("3", 30), ("1", 10), ("2", 20)):
        await _import(world, text, seq=seq)
    for number in range(5):
        await _import(world, f"x{number}", seq=0, time=START - 50)
    await _import(world, "earlier", seq=1, time=START - 200)
    await world.send("b", "a", "live")
    await _import(world, "same second", seq=1 << 31, time=START)
    expected = ["earlier", "1", "2", "3", "x0", "x1", "x2", "x3", "x4", "same second", "live"]
    assert await world.texts("a", "b") == expected
    assert await _pages(world, "b", "a", 2) == expected
    found = await world.c2c.histories.history(world.app, "a", "b", limit=20)
    assert [(m.msg_time, m.msg_seq) for m in found[2:]] == sorted([(m.msg_time, m.msg_seq) for m in found[2:]])[::-1]


async def test_imports_without_a_number_are_told_apart_by_their_content(world: World) -> None:
    for text in ("one", "two", "one", "two", "one"):
        await _import(world, text, seq=0)
    await _import(world, "one", seq=0, sender="b")
    assert await world.texts("a", "b") == ["one", "two", "one"]


async def test_more_senders_than_a_page_in_one_second(world: World) -> None:
    names = [f"s{n:03}" for n in range(130)]
    await world.accounts.ensure(world.app.sdkappid, [*names, "zed"])
    dice = random.Random(7)
    dice.shuffle(names)
    for name in names:
        await world.send(name, "zed", "hi")
    heads = await world.c2c.histories.heads(world.app, "zed", 100)
    assert [head.peer for head in heads] == names[::-1][:100]
    await world.send("zed", names[0], "again")
    assert (await world.listed("zed"))[:2] == [names[0], names[-1]]


async def test_a_batch_is_not_before_what_was_said(world: World) -> None:
    world.clock.now += 500
    await world.send("a", "b", "from a clock that was ahead")
    world.clock.now -= 500
    await world.send("b", "a", "before")
    sent = await world.c2c.send_batch(
        world.app, [world.draft("a", peer, "batch", seq=0, random=9) for peer in ("b", "c")]
    )
    await world.send("b", "a", "after")
    assert (await world.texts("a", "b"))[1:] == ["before", "batch", "after"]
    assert sent.sent.msg_time == START + 500
    for peer in ("b", "c"):
        found = await world.c2c.histories.find(world.app, "a", peer, place(sent.sent))
        assert text_of(found) == "batch"
    again = await world.c2c.send_batch(
        world.app, [world.draft("a", peer, "batch", seq=0, random=9) for peer in ("b", "c")]
    )
    assert again == sent
    assert Counter(await world.texts("a", "b"))["batch"] == 1


async def test_a_batch_that_comes_again_to_one_more(world: World) -> None:
    first = await world.c2c.send_batch(world.app, [world.draft("a", "b", "x", seq=0, random=9)])
    world.clock.now += 30
    restarted = await world.restarted()
    drafts = [restarted.draft("a", peer, "x", seq=0, random=9) for peer in ("b", "c")]
    again = await restarted.c2c.send_batch(restarted.app, drafts)
    assert again.sent == first.sent
    assert (await world.texts("a", "b"), await world.texts("a", "c")) == (["x"], ["x"])
