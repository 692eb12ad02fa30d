"""What was taken together begins in a turn of the loop each."""

from __future__ import annotations

import asyncio

from sodam.outbox.turns import Turns


async def test_others_have_their_turn_in_between() -> None:
    made: list[str] = []
    turns = Turns()
    for name in "abc":
        turns.add(lambda name=name: made.append(name))  # type: ignore[misc]
    assert len(turns) == 3
    for beside in "123":
        await asyncio.sleep(0)
        made.append(beside)
    assert made == ["a", "1", "b", "2", "c", "3"]
    assert not turns


async def test_one_that_fails_stops_no_other_and_what_is_added_meanwhile_follows() -> None:
    made: list[str] = []
    failed: list[BaseException | None] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failed.append(context.get("exception")))
    turns = Turns()

    def fails() -> None:
        turns.add(lambda: made.append("added"))
        raise ValueError("on purpose")

    turns.add(fails)
    turns.add(lambda: made.append("next"))
    while len(made) < 2:
        await asyncio.sleep(0)
    assert made == ["next", "added"]
    assert [str(error) for error in failed] == ["on purpose"]


async def test_what_is_cleared_is_not_made() -> None:
    made: list[str] = []
    turns = Turns()
    turns.add(lambda: made.append("a"))
    turns.add(lambda: made.append("b"))
    await asyncio.sleep(0)
    turns.clear()
    for _ in range(3):
        await asyncio.sleep(0)
    assert made == ["a"]
    turns.add(lambda: made.append("c"))
    await asyncio.sleep(0)
    assert made == ["a", "c"]
