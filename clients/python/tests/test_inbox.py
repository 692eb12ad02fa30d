"""The inbox: once, in order, never silently short. No sockets, no server."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable

import pytest

from sodam_client import ClientClosedError, Message, SlowReaderError
from sodam_client.inbox import Inbox
from tests.support.seeds import SEED

NOW = 1_790_000_000


def made(*places: int, sender: str = "bob", recipient: str = "amy") -> list[Message]:
    """Messages of one conversation; the sender's numbers say nothing about their order."""
    return [
        Message(sender=sender, recipient=recipient, seq=7, random=place * 7919 % 1009, time=NOW, place=place)
        for place in places
    ]


def inbox(limit: int = 10, resume: str | None = None) -> Inbox:
    made = Inbox("amy", limit, resume)
    if not resume:
        made.hold()
        made.missed([], "c0", NOW)
        made.release()
    return made


def answer(box: Inbox, messages: Iterable[Message], cookie: str = "c1") -> bool:
    """A whole pull."""
    box.hold()
    box.missed(messages, cookie, NOW)
    return box.release()


async def drain(box: Inbox, count: int) -> list[int]:
    async with asyncio.timeout(90):
        return [(await box.get()).place for _ in range(count)]


async def test_pushes_in_order_need_no_pull_and_copies_are_dropped() -> None:
    box = inbox()
    assert not box.push(made(1, 2))
    assert not box.push(made(2, 1, 3))
    assert await drain(box, 3) == [1, 2, 3]


async def test_a_gap_holds_what_follows_until_a_pull_fills_it() -> None:
    box = inbox()
    box.push(made(1))
    assert box.push(made(3, 4))
    assert box.push(made(1, sender="cyd"))  # all waits, whoever sent it: the pull is on its way
    assert not answer(box, made(2, 3))
    assert await drain(box, 5) == [1, 2, 3, 4, 1]


async def test_a_gap_that_the_store_does_not_fill_was_not_for_us() -> None:
    box = inbox()
    box.push(made(1))
    assert box.push(made(5))
    assert not answer(box, made(5))
    assert not box.push(made(6))
    assert await drain(box, 3) == [1, 5, 6]


async def test_a_gap_behind_a_pull_needs_another() -> None:
    box = inbox()
    box.push(made(1))
    box.hold()
    assert box.push(made(3))  # after the question: its answer may lack what lies before
    box.missed([], "c1", NOW)
    assert box.release()
    assert not answer(box, made(2))
    assert await drain(box, 3) == [1, 2, 3]


async def test_the_first_message_of_a_known_conversation_is_looked_after() -> None:
    box = inbox()
    assert box.push(made(9))
    assert not answer(box, made(8, 9))
    assert await drain(box, 2) == [8, 9]


async def test_own_messages_make_no_gap_and_do_not_come_back() -> None:
    box = inbox()
    box.push(made(1))
    box.sending("bob", 5, 55)
    box.sending("bob", 6, 66)
    box.sent("bob", 6, 66, NOW, 3)  # answers may overtake each other
    box.sent("bob", 5, 55, NOW, 2)
    assert not box.push(made(4))
    own = [Message(sender="amy", recipient="bob", seq=n, random=n * 11, time=NOW, place=n - 3) for n in (5, 6)]
    assert not answer(box, own)
    elsewhere = Message(sender="amy", recipient="bob", seq=7, random=77, time=NOW, place=5)
    assert not box.push([elsewhere])
    assert await drain(box, 3) == [1, 4, 5]


async def test_an_account_made_anew_counts_from_one_again() -> None:
    box = inbox()
    box.push(made(1, 2))
    again = Message(sender="bob", recipient="amy", seq=1, random=1, time=NOW + 9, place=1)
    assert not box.push([again])
    assert await drain(box, 3) == [1, 2, 1]


async def test_messages_without_a_place_pass() -> None:
    box = inbox()
    assert not box.push([Message(sender="bob", recipient="amy", random=1, time=NOW, life_time=0)])
    assert await drain(box, 1) == [0]


async def test_too_much_held_is_left_to_the_store() -> None:
    box = inbox(limit=3, resume=inbox().position)
    box.hold()
    box.push(made(*range(1, 9)))
    box.missed([], "c1", NOW)
    assert box.release()
    assert not answer(box, made(*range(1, 9)))
    assert await drain(box, 8) == list(range(1, 9))


async def test_without_a_reader_the_oldest_makes_room() -> None:
    box = inbox(limit=2)
    box.push(made(1, 2, 3))
    assert await drain(box, 2) == [2, 3]


async def test_a_reader_that_falls_behind_is_told() -> None:
    box = inbox(limit=2)
    box.push(made(1))
    assert await drain(box, 1) == [1]
    box.push(made(2, 3, 4, 5))
    assert await drain(box, 2) == [2, 3]
    with pytest.raises(SlowReaderError):
        await box.get()


async def test_a_catch_up_waits_for_its_reader() -> None:
    first = inbox()
    box = inbox(limit=4, resume=first.position)
    box.hold()
    box.missed(made(*range(1, 10)), "c1", NOW)
    waiting = asyncio.create_task(box.room())
    assert await drain(box, 6) == list(range(1, 7))
    await asyncio.sleep(0)
    assert not waiting.done()
    assert await drain(box, 3) == [7, 8, 9]
    await waiting


async def test_an_end_is_seen_after_the_last_message() -> None:
    box = inbox()
    box.push(made(1))
    box.fail(ClientClosedError("over"))
    assert await drain(box, 1) == [1]
    with pytest.raises(ClientClosedError):
        await box.get()


async def test_what_the_first_answer_repeats_is_not_delivered() -> None:
    box = Inbox("amy", 10, None)
    box.hold()
    box.begin(made(1, 2), "c0", NOW)
    box.release()
    assert not box.push(made(3)), "its place is known"
    assert not answer(box, made(1, 2, 3, 4))
    assert await drain(box, 2) == [3, 4]
    later = inbox(resume=box.position)
    answer(later, made(1, 2, 3, 4, 5))
    assert await drain(later, 1) == [5]


async def test_a_position_covers_what_was_read_and_no_more() -> None:
    box = inbox()
    box.push(made(1, 2, 3))
    assert await drain(box, 2) == [1, 2]
    next_one = inbox(resume=box.position)
    assert next_one.cookie == "c0"
    answer(next_one, made(1, 2, 3, 4))
    assert await drain(next_one, 2) == [3, 4]


async def test_a_position_moves_to_a_new_cookie_when_all_before_it_was_read() -> None:
    box = inbox()
    answer(box, made(1, 2), "c1")
    await drain(box, 1)
    assert inbox(resume=box.position).cookie == "c0"
    await drain(box, 1)
    assert inbox(resume=box.position).cookie == "c1"


async def test_a_position_stays_short() -> None:
    box = inbox()
    for number in range(200):
        messages = [
            Message(sender="bob", recipient="amy", random=n, time=NOW + number, place=number * 10 + n + 1)
            for n in range(10)
        ]
        box.hold()
        box.missed(messages, f"c{number}", NOW + number)
        box.release()
        await drain(box, 10)
    assert len(box.position) < 11 * 10 * 33


@pytest.mark.parametrize("text", ["", "x", "!!!", "AAAA", "ä", "lAGjYW15oMQA"])
async def test_what_is_no_position_is_refused(text: str) -> None:
    if text:
        with pytest.raises(ValueError, match="position"):
            Inbox("amy", 10, text)
    else:
        assert Inbox("amy", 10, text).cookie == ""
    with pytest.raises(ValueError, match="'amy'"):
        Inbox("bob", 10, inbox().position)


class Store:
    """A server in a few lines: it stores, loses and mixes up pushes, and answers pulls truly."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.log: list[Message] = []
        self.under_way: list[Message] = []
        self.places: dict[str, int] = {}
        self.quiet = False

    def write(self) -> None:
        if self.quiet:
            return
        peer = self.dice.choice(["bob", "cyd", "dan"])
        self.places[peer] = place = self.places.get(peer, 0) + 1
        hidden = self.dice.random() < 0.05
        message = Message(sender=peer, recipient="amy", random=len(self.log), time=NOW, place=place)
        if hidden:
            return
        self.log.append(message)
        if self.dice.random() < 0.85:
            self.under_way.append(message)

    def pushes(self) -> list[Message]:
        count = self.dice.randrange(len(self.under_way) + 1)
        going, self.under_way = self.under_way[:count], self.under_way[count:]
        if self.dice.random() < 0.3:
            self.dice.shuffle(going)
        return going

    def page(self, cookie: str) -> tuple[list[Message], str, bool]:
        begin = max(0, int(cookie) - self.dice.randrange(4))  # the last before the cookie may come again
        end = min(len(self.log), int(cookie) + self.dice.randrange(1, 20))
        return self.log[begin:end], str(end), end == len(self.log)


@pytest.mark.parametrize("run", range(40))
async def test_each_once_and_in_order_whatever_happens(run: int) -> None:
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    dice = random.Random(f"{seed}-{run}")
    store = Store(dice)
    box = Inbox("amy", 1000, None)
    box.hold()
    for _ in range(dice.randrange(8)):
        store.write()
    before = len(store.log)
    box.begin(store.log[max(0, before - 3) :], str(before), NOW)  # as far as an answer repeats
    store.under_way.clear()
    pull = box.release()
    got: list[Message] = []
    stored = box.position

    async def pulled(box: Inbox) -> bool:
        box.hold()
        while True:
            messages, cookie, complete = store.page(box.cookie)
            for _ in range(dice.randrange(3)):
                store.write()
            box.push(store.pushes())
            box.missed(messages, cookie, NOW)
            if complete:
                return box.release()

    for _ in range(200):
        for _ in range(dice.randrange(4)):
            store.write()
        pull = box.push(store.pushes()) or pull
        if pull and dice.random() < 0.7:
            pull = await pulled(box)
        for _ in range(dice.randrange(box._count + 1)):
            got.append(await box.get())
            stored = box.position
        if dice.random() < 0.03:  # another process, with what this one has stored
            box, pull = Inbox("amy", 1000, stored), True
            box.hold()
            store.under_way.clear()
    store.quiet = True
    while await pulled(box) or store.under_way:
        pass
    while box._count:
        got.append(await box.get())
    store.log = store.log[before:]
    assert len(got) == len(store.log)
    for peer in ("bob", "cyd", "dan"):
        assert [m.place for m in got if m.sender == peer] == [m.place for m in store.log if m.sender == peer]
