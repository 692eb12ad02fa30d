"""The inbox: once, in order, never silently short."""

from __future__ import annotations

import msgspec
import pytest
from fake_server import message

from sodam_client import ClientClosedError, Message, SlowReaderError
from sodam_client.inbox import Inbox


def made(*numbers: int) -> list[Message]:
    return [msgspec.convert(message(number), Message) for number in numbers]


async def drain(inbox: Inbox, count: int) -> list[int]:
    return [(await inbox.get()).seq for _ in range(count)]


async def test_a_copy_is_dropped() -> None:
    inbox = Inbox(10)
    inbox.put(made(1, 2))
    inbox.put(made(2, 3))
    assert await drain(inbox, 3) == [1, 2, 3]


async def test_what_was_missed_comes_before_what_was_pushed_meanwhile() -> None:
    inbox = Inbox(10)
    inbox.hold()
    inbox.put(made(3))
    inbox.release(made(1, 2, 3))
    assert await drain(inbox, 3) == [1, 2, 3]


async def test_a_second_hold_drops_what_the_first_gathered() -> None:
    inbox = Inbox(10)
    inbox.hold()
    inbox.put(made(3))
    inbox.hold()
    inbox.release(made(2, 3))
    assert await drain(inbox, 2) == [2, 3]


async def test_without_a_reader_the_oldest_makes_room() -> None:
    inbox = Inbox(2)
    inbox.put(made(1, 2, 3))
    assert await drain(inbox, 2) == [2, 3]


async def test_a_reader_that_falls_behind_is_told() -> None:
    inbox = Inbox(2)
    inbox.put(made(1))
    assert await drain(inbox, 1) == [1]
    inbox.put(made(2, 3, 4, 5))
    assert await drain(inbox, 2) == [2, 3]
    with pytest.raises(SlowReaderError):
        await inbox.get()


async def test_an_end_is_seen_after_the_last_message() -> None:
    inbox = Inbox(2)
    inbox.put(made(1))
    inbox.fail(ClientClosedError("over"))
    assert await drain(inbox, 1) == [1]
    with pytest.raises(ClientClosedError):
        await inbox.get()
