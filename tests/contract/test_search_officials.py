"""What official accounts say is found by those who follow them, and by nobody else; on both engines."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from sodam.bus import Live
from sodam.bus.local import LocalBus
from sodam.c2c.model import Message
from sodam.messages.model import Source
from sodam.observability.loops import Loops
from sodam.officials.broadcasts import Sent
from sodam.officials.model import Act, Broadcast, Official
from sodam.officials.service import Officials
from sodam.outbox.service import Outbox
from sodam.search import building
from sodam.search.grams import terms
from sodam.search.messages import Asked
from sodam.storage import Database
from tests.contract.search_world import SearchWorld
from tests.contract.world import text_body, text_of

ACT = Act("administrator")
NOTHING: Any = None
"""Nobody is notified or pushed here."""


class Newsroom(SearchWorld):
    officials: Officials
    randoms: itertools.count[int]

    async def make(self, name: str, *followers: str) -> str:
        wanted = Official(app=0, account=f"@TOA#_{name}", owner="a", name=name, max_subscribers=1000)
        account = (await self.officials.create(self.app, ACT, wanted)).account
        await self.officials.subscribe(self.app, ACT, account, followers)
        return account

    async def announce(self, account: str, text: str, *, online_only: bool = False) -> Sent:
        source = Source(after=False)  # what webhooks are told decides nothing here
        message = Broadcast(self.sdkappid, account, next(self.randoms), text_body(text), source=source)
        return await self.officials.broadcasts.send(self.app, message, online_only=online_only)


@pytest_asyncio.fixture
async def world(database: Database) -> AsyncIterator[Newsroom]:
    opened = await Newsroom.open(database)
    assert isinstance(opened, Newsroom)
    bus, outbox = LocalBus(), Outbox(database, Loops())
    parts = (database, bus, Live(bus), opened.apps, opened.accounts, NOTHING, opened.c2c, NOTHING, outbox)
    opened.officials, opened.randoms = Officials(*parts), itertools.count(1)
    yield opened
    await opened.close()


async def test_who_follows_finds_what_was_said_since(world: Newsroom) -> None:
    news, other = await world.make("news", "a", "b"), await world.make("other", "a")
    await world.announce(news, "杭州 harvest, the first")
    await world.say("a", "b", "harvest between us")
    await world.officials.subscribe(world.app, ACT, news, ["c"])
    await world.announce(news, "harvest, the second")
    await world.announce(news, "harvest for those online", online_only=True)
    await world.announce(other, "harvest elsewhere")
    await world.say(news, "b", "harvest for you alone")
    for_b = ["harvest for you alone", "harvest, the second", "杭州 harvest, the first"]
    assert sorted(await world.found("b", "harvest", peer=news)) == for_b
    assert await world.found("c", "harvest", peer=news) == ["harvest, the second"]
    assert await world.found("b", "州 har") == ["杭州 harvest, the first"]
    assert await world.found("b", "harvest", peer=other) == []
    page = await world.page("b", "harvest")
    assert [(one.peer, one.number) for one in page.hits] == [(news, 3), ("a", 1)]
    assert {one.peer for one in (await world.page("a", "harvest")).hits} == {news, other, "b"}
    assert [(one.peer, one.number) for one in (await world.page("c", "harvest")).hits] == [(news, 1)]
    assert await _by_pages(world, "b", news) == for_b
    (first,) = (await world.page("b", "first", peer=news)).hits[0].messages
    assert isinstance(first, Message)
    await world.changes.delete_for(world.app, "b", news, [(first.msg_time, first.msg_seq, first.msg_random)])
    assert await _by_pages(world, "b", news) == for_b[:2]
    assert await world.found("a", "first", peer=news) == ["杭州 harvest, the first"]


async def _by_pages(world: Newsroom, who: str, peer: str) -> list[str]:
    """One to a page."""
    asked, found = Asked(terms(["harvest"]), peer=peer, size=1), list[str]()
    while True:
        page = await world.search.messages.search(world.app, who, asked)
        found += [text_of(m) for hits in page.hits for m in hits.messages]  # type: ignore[arg-type]
        if not page.following:
            return sorted(found)
        asked = asked._replace(before=page.following, total=page.total)


async def test_what_is_gone_is_found_no_more(world: Newsroom) -> None:
    news = await world.make("news", "a", "b")
    said = [await world.announce(news, f"needle {number}") for number in range(3)]
    await world.officials.broadcasts.recall(world.app, ACT, news, [said[0].key])
    assert await world.found("b", "needle") == ["needle 2", "needle 1"]
    await world.officials.unsubscribe(world.app, ACT, news, ["b"])
    assert await world.found("b", "needle") == []
    assert await world.found("b", "needle", peer=news) == []
    assert await world.found("a", "needle") == ["needle 2", "needle 1"]
    stranger = await SearchWorld.open(world.db)
    assert await stranger.found("a", "needle") == []
    assert await stranger.found("a", "needle", peer=news) == []
    await stranger.close()
    await world.officials.destroy(world.app, ACT, news)
    assert await world.found("a", "needle") == []
    rows = await world.db.fetch("SELECT COUNT(*) FROM search_doc WHERE app = $1 AND kind = 5", world.sdkappid)
    assert rows[0][0] == 0


async def test_the_index_takes_in_what_was_said_before_it(world: Newsroom, monkeypatch: Any) -> None:
    monkeypatch.setattr(building, "_PAUSE", 0)
    monkeypatch.setattr(building, "PAGE", 2)
    await world.switch(on=False)
    news, other = await world.make("news", "b"), await world.make("other", "b")
    for number in range(3):
        await world.announce(news, f"needle {number}")
        await world.announce(other, f"needle of others {number}")
    recalled = await world.announce(news, "needle by mistake")
    await world.officials.broadcasts.recall(world.app, ACT, news, [recalled.key])
    assert await world.found("b", "needle") == []
    await world.switch(on=True)
    await world.search.building.app(world.app, now=True)
    await world.search.building.app(world.app, now=True)
    assert (await world.search.building.progress(world.sdkappid)).messages_done
    everything = sorted(await world.found("b", "needle"))
    assert everything == [*(f"needle {n}" for n in range(3)), *(f"needle of others {n}" for n in range(3))]
    await world.db.write(lambda tx: tx.execute("DELETE FROM search_doc WHERE kind = 5"))
    assert not await world.search.building.check(world.app)
    await world.search.building.app(world.app, now=True)
    assert sorted(await world.found("b", "needle")) == everything
    assert (await world.search.building.again(world.app)).messages == 6
    await world.switch(on=False)
    await world.search.building.app(world.app)
    assert await world.found("b", "needle") == []
