"""Lists longer than a page: whoever is in a list throughout a walk is seen once, whatever others do meanwhile."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from sodam.relations import friends
from tests.support.relations import SOURCE, Host, host
from tests.support.seeds import SEED

__all__ = ["host"]

GET = "sns/friend_get"
ALL = "sns/friend_get_all"
BLACK = "sns/black_list_get"
FOLLOW = "follow/follow_get"
PENDENCY = "sns/pendency_get"
Page = tuple[list[str], Any]
"""UserIDs, and what to send for the next page; falsy at the end."""


def peers(items: list[dict[str, Any]], name: str = "To_Account") -> list[str]:
    return [item[name] for item in items]


async def friend_page(host: Host, client: str, after: Any, seen: dict[str, Any]) -> Page:
    """As the official web SDK asks: the sequences of one page go with the request for the next."""
    page = await host.ok(GET, {"From_Account": "u1", "StartIndex": after or 0, **seen}, client=client)
    seen.update(StandardSequence=page["StandardSequence"], CustomSequence=page["CustomSequence"])
    assert page["CompleteFlag"] == (page["NextStartIndex"] == 0)
    return peers(page["UserDataItem"]), page["NextStartIndex"]


async def old_page(host: Host, client: str, after: Any, seen: dict[str, Any]) -> Page:
    body = {"From_Account": "u1", "StartIndex": after or 0, "GetCount": 40, "TagList": ["Tag_SNS_IM_Remark"], **seen}
    page = await host.ok(ALL, body, client=client)
    seen["LastStandardSequence"] = page["CurrentStandardSequence"]
    assert page["NeedUpdateAll"] == "GetAll_Type_YES"
    return peers(page["InfoItem"], "Info_Account"), page["StartIndex"]


async def black_page(host: Host, client: str, after: Any, seen: dict[str, Any]) -> Page:
    page = await host.ok(
        BLACK, {"From_Account": "u1", "StartIndex": after or 0, "MaxLimited": 30, **seen}, client=client
    )
    seen["LastSequence"] = page["CurruentSequence"]
    return peers(page["BlackListItem"]), page["StartIndex"]


async def follow_page(host: Host, client: str, after: Any, seen: dict[str, Any]) -> Page:
    body = {"From_Account": "u1", "FollowType": 2, "StartCursor": after or "", "WantNum": 30}
    page = await host.ok(FOLLOW, body, client=client)
    return peers(page["FollowItem"]), page["NextCursor"]


async def fans_page(host: Host, client: str, after: Any, seen: dict[str, Any]) -> Page:
    body = {"From_Account": "u1", "FollowType": 1, "StartCursor": after or "", "WantNum": 30}
    page = await host.ok(FOLLOW, body, client=client)
    return peers(page["FollowItem"]), page["NextCursor"]


async def pendency_page(host: Host, client: str, after: Any, seen: dict[str, Any]) -> Page:
    body = {"From_Account": "u1", "StartTime": after or 0, "MaxLimited": 7}
    page = await host.ok(PENDENCY, body, client="u1")
    assert len(page["PendencyItem"]) <= 7
    return peers(page["PendencyItem"]), page["StartTime"]


async def befriend(host: Host, ids: list[str]) -> None:
    items = [{"To_Account": peer, "AddSource": SOURCE} for peer in ids]
    await host.ok("sns/friend_import", {"From_Account": "u1", "AddFriendItem": items})


async def import_older(host: Host, ids: list[str], chance: random.Random) -> None:
    """Import friends with other times: those that are in the list already, and new ones."""
    items = [
        {"To_Account": peer, "AddSource": SOURCE, "AddTime": chance.randrange(1, 2_000_000_000), "Remark": "r"}
        for peer in ids
    ]
    await host.ok("sns/friend_import", {"From_Account": "u1", "AddFriendItem": items})


async def unfriend(host: Host, ids: list[str]) -> None:
    await host.ok("sns/friend_delete", {"From_Account": "u1", "To_Account": ids})


async def block(host: Host, ids: list[str]) -> None:
    await host.ok("sns/black_list_add", {"From_Account": "u1", "To_Account": ids})


async def unblock(host: Host, ids: list[str]) -> None:
    await host.ok("sns/black_list_delete", {"From_Account": "u1", "To_Account": ids})


async def follow(host: Host, ids: list[str]) -> None:
    for at in range(0, len(ids), 20):
        items = [{"To_Account": peer} for peer in ids[at : at + 20]]
        await host.ok("follow/follow_add", {"From_Account": "u1", "FollowItem": items})


async def unfollow(host: Host, ids: list[str]) -> None:
    for at in range(0, len(ids), 20):
        await host.ok("follow/follow_delete", {"From_Account": "u1", "To_Account": ids[at : at + 20]})


async def be_followed(host: Host, ids: list[str]) -> None:
    for peer in ids:
        await host.ok("follow/follow_add", {"From_Account": peer, "FollowItem": [{"To_Account": "u1"}]})


async def be_left(host: Host, ids: list[str]) -> None:
    for peer in ids:
        await host.ok("follow/follow_delete", {"From_Account": peer, "To_Account": ["u1"]})


async def be_asked(host: Host, ids: list[str]) -> None:
    for peer in ids:
        await host.add(peer, "u1")


async def be_asked_no_more(host: Host, ids: list[str]) -> None:
    body = {"From_Account": "u1", "To_Account": ids, "PendencyType": "Pendency_Type_ComeIn"}
    await host.ok("sns/pendency_delete", body, client="u1")


@dataclass
class Listed:
    """A paged list: its size in the test, how to read a page of it, to join it and to leave it."""

    size: int
    page: Callable[[Host, str, Any, dict[str, Any]], Awaitable[Page]]
    join: Callable[[Host, list[str]], Awaitable[None]]
    leave: Callable[[Host, list[str]], Awaitable[None]]


LISTS = {
    "friend_get": Listed(60, friend_page, befriend, unfriend),
    "friend_get_all": Listed(120, old_page, befriend, unfriend),
    "black_list_get": Listed(120, black_page, block, unblock),
    "follow_get following": Listed(120, follow_page, follow, unfollow),
    "follow_get followers": Listed(80, fans_page, be_followed, be_left),
    "pendency_get": Listed(60, pendency_page, be_asked, be_asked_no_more),
}


@pytest.mark.parametrize("name", LISTS)
async def test_walks_amid_changes(host: Host, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Walks by REST and by a client while others join and leave: who was there throughout is seen exactly once."""
    listed = LISTS[name]
    monkeypatch.setattr(friends, "PAGE", 17)
    seed = SEED
    print(f"SODAM_TEST_SEED={seed}")
    chance = random.Random(seed)
    ids = [f"n{n:03}" for n in range(listed.size)]
    await host.accounts(*ids)
    await host.accounts("u1", AllowType="AllowType_Type_NeedConfirm")
    await listed.join(host, chance.sample(ids, len(ids)))
    there = set(ids)
    for turn in range(6):
        client = "u1" if turn % 2 else ""
        throughout = set(there)
        touched: set[str] = set()
        found: list[str] = []
        after: Any = None
        seen: dict[str, Any] = {}
        for _ in range(2 * len(ids)):
            page, after = await listed.page(host, client, after, seen)
            found += page
            if not after:
                break
            going = chance.sample(sorted(there), min(len(there) - 5, chance.randrange(8)))
            coming = [peer for peer in chance.sample(ids, 3) if peer not in there]
            changes = [listed.leave(host, going)] if going else []
            if coming:
                changes.append(listed.join(host, coming))
            if name.startswith("friend"):
                changes.append(import_older(host, chance.sample(sorted(there - set(going)), 3), chance))
            await asyncio.gather(*changes)
            touched |= {*going, *coming}
            there = (there - set(going)) | set(coming)
        else:
            pytest.fail("the walk does not end")
        counted = Counter(found)
        missed = sorted(peer for peer in throughout - touched if not counted[peer])
        twice = sorted(peer for peer in throughout - touched if counted[peer] > 1)
        assert (missed, twice) == ([], []), f"seed {seed}, turn {turn}"


async def test_a_later_page_is_whole_whatever_sequence_comes_with_it(host: Host) -> None:
    ids = [f"n{n:03}" for n in range(430)]
    await host.accounts(*ids)
    await befriend(host, ids)
    for client in ("", "u1"):
        seen: dict[str, Any] = {}
        found, after = await friend_page(host, client, 0, seen)
        while after:
            page, after = await friend_page(host, client, after, seen)
            found += page
        assert found == ids, "all, in the order of adding"
        again, after = await friend_page(host, client, 0, seen)
        assert (again, after) == ([], 0), "nothing is new"
        page, _ = await friend_page(host, client, 200, seen)
        assert page == ids[200:400], "only the beginning may say so"
    body = {"From_Account": "u1", "StartIndex": 0, "LastStandardSequence": 430}
    assert (await host.ok(ALL, body))["NeedUpdateAll"] == "GetAll_Type_NO"
    answer = await host.ok(ALL, body | {"StartIndex": 100})
    assert (answer["NeedUpdateAll"], len(answer["InfoItem"]), answer["StartIndex"]) == ("GetAll_Type_YES", 100, 200)


async def test_leavers_take_nobody_with_them(host: Host) -> None:
    ids = [f"n{n:03}" for n in range(260)]
    await host.accounts(*ids)
    await befriend(host, ids)
    first, after = await friend_page(host, "", 0, {})
    await unfriend(host, first[10:15])
    second, end = await friend_page(host, "", after, {})
    assert (first + second, end) == (ids, 0)


async def test_the_last_page_is_full(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """No empty page follows it."""
    monkeypatch.setattr(friends, "PAGE", 5)
    ids = [f"n{n:02}" for n in range(10)]
    await host.accounts(*ids)
    await befriend(host, ids)
    first, after = await friend_page(host, "", 0, {})
    assert (first, after) == (ids[:5], 5)
    assert await friend_page(host, "", after, {}) == (ids[5:], 0)


@pytest.mark.parametrize("kind", ["Pendency_Type_ComeIn", "Pendency_Type_SendOut", "Pendency_Type_Both"])
async def test_requests_of_one_second(host: Host, kind: str) -> None:
    """A page ends within a second, too: each request once, never more than were wanted."""
    host.relations._core.clock = lambda: 1_700_000_000.0
    ids = [f"n{n:02}" for n in range(50)]
    await host.accounts(*ids, "u1", AllowType="AllowType_Type_NeedConfirm")
    for peer in ids[:25]:
        await host.add(peer, "u1")
    await host.add("u1", *ids[25:])
    expected = {"Pendency_Type_ComeIn": ids[:25], "Pendency_Type_SendOut": ids[25:]}.get(kind, ids)
    found: list[str] = []
    after = 0
    for _ in range(50):
        body = {"From_Account": "u1", "PendencyType": kind, "StartTime": after, "MaxLimited": 4}
        page = await host.ok(PENDENCY, body, client="u1")
        found += peers(page["PendencyItem"])
        after = page["StartTime"]
        if not after:
            break
    assert sorted(found) == sorted(expected)
    assert [peer for peer in found if peer in ids[:25]] in ([], ids[:25][::-1]), "what came in: the last first"


async def test_places_go_on_after_a_lost_row(host: Host) -> None:
    """A restored database without an owner's row: repairing must not give out a place for the second time."""
    await host.add("u1", "u2", "u3", "u4")
    await block(host, ["u8"])
    await host.server.db.execute("DELETE FROM relation_owner WHERE user_id = $1", "u1")
    host.relations._core.cache.hints.clear()
    app = host.server.apps.get(1400000042)
    assert app is not None
    assert (await host.relations.repair.check(app, repair=True)).repaired
    await host.add("u1", "u5")
    await block(host, ["u9"])
    for table, expected in (("friend", ["u2", "u3", "u4", "u5"]), ("blacklist", ["u8", "u9"])):
        rows = await host.server.db.fetch(f"SELECT peer, pos FROM {table} WHERE owner = 'u1' ORDER BY pos")
        assert [row[0] for row in rows] == expected
        assert len({row[1] for row in rows}) == len(rows)
    assert await host.friends("u1") == ["u2", "u3", "u4", "u5"]
