"""Lists of accounts by a keyword that many of them hold are what the accounts say, in each order, page after page."""

from __future__ import annotations

import pytest

from sodam.accounts.model import NICK
from sodam.accounts.service import Account, Order, Wanted
from sodam.search import people, store
from sodam.search.grams import normal
from sodam.search.index import name_text
from sodam.storage import Database
from tests.contract.search_world import SearchWorld

ORDERS: tuple[Order, ...] = ("UserID", "-UserID", "CreateTime", "-CreateTime")
MANY = 90


async def pages(world: SearchWorld, order: Order, keyword: str, limit: int) -> list[Account]:
    found: list[Account] = []
    after = ""
    for _ in range(MANY):
        page = await world.search.people.list(
            world.sdkappid, order, keyword, after=after, limit=limit, fits=lambda one: one.user_id != "user0003"
        )
        found += page.found
        after = page.following
        assert page.total <= MANY
        if not after:
            return found
    raise AssertionError("a list without an end")


async def test_what_many_hold_is_listed_as_it_is(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "LOOK", 20)
    monkeypatch.setattr(people, "_SMALLEST", 2)
    monkeypatch.setattr(store, "_SAMPLE", 10)
    world = await SearchWorld.open(database, "")
    try:
        # "edge": at both ends by UserID, as many as the sample sees, and nowhere between.
        wanted = [
            Wanted(f"user{n:04}", {NICK: f"河流 {'edge' if not 10 <= n < MANY - 10 else 'middle'} {n % 3}"})
            for n in range(MANY)
        ]
        await world.accounts.import_accounts(world.app, wanted)
        every = list((await world.accounts.find_many(world.sdkappid, [one.user_id for one in wanted])).values())
        walks: list[bool] = []
        walk = world.search.people._walk

        async def seen(*args: object, **more: object) -> object:
            walked = await walk(*args, **more)  # type: ignore[arg-type]
            walks.append(walked is not None)
            return walked

        monkeypatch.setattr(world.search.people, "_walk", seen)
        for keyword in ("user", "河流", "edge", "middle", "流 mid", "er000", "er0042", "4", "none of them"):
            for order in ORDERS:
                held = [
                    one
                    for one in every
                    if normal(keyword) in name_text(one.user_id, one.nick) and one.user_id != "user0003"
                ]
                by_time = order.endswith("CreateTime")
                held.sort(key=lambda a: (a.created_at if by_time else 0, a.user_id), reverse=order.startswith("-"))
                found = await pages(world, order, keyword, 7)
                assert [one.user_id for one in found] == [one.user_id for one in held], (keyword, order)
        assert True in walks, "frequent words are walked for"
        assert False in walks, "a walk that finds nothing where it should gives up"
    finally:
        await world.close()
