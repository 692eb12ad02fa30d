"""The list over several types of conversations, and what a page of it costs. The second type is one of this test's own:
what a package with group conversations has to bring.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import pytest

from sodam.apps.model import App
from sodam.conversations import service
from sodam.conversations.model import GROUP, USER, Contact, Listed, MarkChange
from sodam.conversations.one_to_one import OneToOne
from sodam.conversations.service import Conversations
from sodam.conversations.sources import Sources
from sodam.errors import ApiError, Code
from sodam.storage import Database, Tx
from tests.contract.world import START, World


class Rooms:
    """Conversations of type 2, in memory: by ID, the microsecond of the newest message."""

    def __init__(self) -> None:
        self.moved: dict[str, int] = {}
        self.pins: dict[str, int] = {}

    async def known(self, app: App, owner: str, ids: Collection[str]) -> Collection[str]:
        return set(ids) & set(self.moved)

    def unknown(self) -> Code:
        return Code.CONV_GROUP_UNRESOLVED

    async def listed(self, app: App, owner: str, limit: int) -> list[Listed]:
        found = [Listed(Contact(GROUP, name), at, self.pins.get(name, 0)) for name, at in self.moved.items()]
        return sorted(found, key=lambda one: (one.pinned_at > 0, one.moved_at), reverse=True)[:limit]

    async def fill(self, app: App, owner: str, page: Sequence[Listed]) -> None:
        for one in page:
            one.msg_time = one.moved_at // 1_000_000

    async def pinned(self, tx: Tx, app: int, owner: str) -> set[str]:
        return {name for name, at in self.pins.items() if at}

    async def put_pins(self, tx: Tx, app: int, owner: str, ids: Collection[str], at: int) -> None:
        self.pins |= dict.fromkeys(ids, at)

    async def hide(self, app: App, owner: str, contact_id: str, *, clear: bool) -> bool:
        return self.moved.pop(contact_id, None) is not None


class Counting:
    """A database that counts what is read from it."""

    def __init__(self, inner: Database) -> None:
        self._inner = inner
        self.reads = 0

    def __getattr__(self, name: str) -> Any:
        if name in ("fetch", "fetch_one", "scan"):
            self.reads += 1
        return getattr(self._inner, name)


def conversations(world: World, rooms: Rooms | None = None, db: Any = None) -> Conversations:
    sources = Sources()
    sources.add(USER, OneToOne(world.accounts, world.c2c.histories, world.changes))
    if rooms is not None:
        sources.add(GROUP, rooms)
    return Conversations(db or world.db, world.live, world.accounts, sources, world.clock)


async def names(made: Conversations, world: World, size: int = 100) -> list[list[str]]:
    """The pages of the list of user a."""
    pages, cursor = [], None
    while True:
        page = await made.page(world.app, "a", cursor, size=size)
        pages.append([one.contact.id for one in page.listed])
        cursor = page.next
        if cursor is None:
            return pages


async def test_types_are_mixed_by_what_was_said_last(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = Rooms()
    made = conversations(world, rooms)
    await world.send("a", "b")
    world.clock.now += 1
    rooms.moved["one"] = (START + 1) * 1_000_000
    world.clock.now += 1
    await world.send("c", "a")
    rooms.moved["two"] = (START + 9) * 1_000_000
    assert await names(made, world) == [["two", "c", "one", "b"]]
    assert await names(made, world, size=1) == [["two"], ["c"], ["one"], ["b"]]
    assert await names(made, world, size=3) == [["two", "c", "one"], ["b"]]

    await made.pin(world.app, "a", [Contact(GROUP, "one"), Contact(USER, "b")], pinned=True)
    assert await names(made, world, size=1) == [["one"], ["b"], ["two"], ["c"]]
    monkeypatch.setattr(service, "MAX_PINNED", 2)
    with pytest.raises(ApiError) as full:
        await made.pin(world.app, "a", [Contact(GROUP, "two")], pinned=True)
    assert full.value.code == Code.CONV_TOP_FULL, "all types count together"
    assert await made.marks.mark(world.app, "a", [MarkChange(Contact(GROUP, "two"), set=1)]) == [None]
    listed = (await made.page(world.app, "a")).listed
    assert {one.contact: one.entry.marks for one in listed if one.entry.marked} == {Contact(GROUP, "two"): 1}
    gone = [Contact(GROUP, "two"), Contact(GROUP, "none"), Contact(USER, "c")]
    assert await made.delete(world.app, "a", gone, clear=False) == [None, Code.CONV_GROUP_UNRESOLVED, None]
    assert await names(made, world) == [["one", "b"]]


async def test_two_of_one_microsecond_stand_in_one_page(world: World) -> None:
    rooms = Rooms()
    rooms.moved = {"first": 9_000_000, "second": 7_000_001, "third": 7_000_001, "last": 7_000_000}
    pages = await names(conversations(world, rooms), world, size=2)
    assert pages == [["first", "third", "second"], ["last"]]


async def test_a_page_costs_the_same_whatever_it_holds(database: Database) -> None:
    counting = Counting(database)
    world = await World.open(counting, "abc")  # type: ignore[arg-type]
    made = conversations(world, db=counting)
    peers = [f"p{n:02}" for n in range(90)]
    await world.accounts.ensure(world.app.sdkappid, peers)
    costs = []
    for some in (peers[:5], peers[5:]):
        for peer in some:
            await world.send(peer, "a")
        await made.page(world.app, "a")  # accounts are kept in memory from here on
        before = counting.reads
        page = await made.page(world.app, "a")
        costs.append((len(page.listed), counting.reads - before))
    await world.c2c.drain()
    print("conversations and reads a page:", costs)
    assert [size for size, _ in costs] == [5, 90]
    assert costs[0][1] == costs[1][1] <= 4
