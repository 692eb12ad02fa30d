"""Following: rest-accounts-relations.md section 7."""

from __future__ import annotations

from typing import Any

import pytest

from sodam.relations import follow
from tests.support.relations import Host, host

__all__ = ["host"]
OK = {"ActionStatus": "OK", "ErrorCode": 0, "ErrorInfo": "", "ErrorDisplay": ""}


def item(to: str, code: int = 0, info: str = "") -> dict[str, Any]:
    return {"To_Account": to, "ResultCode": code, "ResultInfo": info}


async def add(host: Host, user_id: str, *peers: str) -> list[int]:
    body = {"From_Account": user_id, "FollowItem": [{"To_Account": peer} for peer in peers]}
    return await host.codes("follow/follow_add", body)


async def listed(host: Host, user_id: str, kind: int, size: int = 100) -> list[str]:
    found: list[str] = []
    cursor = ""
    while True:
        body = {"From_Account": user_id, "FollowType": kind, "StartCursor": cursor, "WantNum": size}
        page = await host.ok("follow/follow_get", body)
        assert len(page["FollowItem"]) <= size
        found += [entry["To_Account"] for entry in page["FollowItem"]]
        cursor = page["NextCursor"]
        if not cursor:
            return found


async def counts(host: Host, *peers: str) -> list[tuple[int, int, int]]:
    found = (await host.ok("follow/follow_get_info", {"From_Account": "u1", "To_Account": list(peers)}))["FollowInfo"]
    return [(i["FollowerCount"], i["FollowingCount"], i["MutualFollowingCount"]) for i in found]


async def test_follow(host: Host) -> None:
    body = {"From_Account": "u1", "FollowItem": [{"To_Account": to} for to in ("u2", "ghost", "u1", "u2")]}
    assert await host("follow/follow_add", body) == OK | {
        "ResultItem": [
            item("u2"),
            item("ghost", 30003, "Err_SNS_FollowAdd_Invalid_Account"),
            item("u1", 30001, "Err_SNS_FollowAdd_Follow_Self"),
            item("u2"),
        ],
        "Fail_Account": ["ghost", "u1"],
    }
    assert await add(host, "u1", "u2") == [0], "following again"
    assert await counts(host, "u1", "u2", "u3") == [(0, 1, 0), (1, 0, 0), (0, 0, 0)]
    assert await add(host, "u2", "u1") == [0]
    assert await counts(host, "u1", "u2") == [(1, 1, 1), (1, 1, 1)]
    body = {"From_Account": "u1", "To_Account": ["u2", "u5", "ghost"]}
    assert await host("follow/follow_delete", body) == OK | {
        "ResultItem": [item("u2"), item("u5"), item("ghost", 30003, "Err_SNS_FollowDelete_Invalid_Account")],
        "Fail_Account": ["ghost"],
    }
    assert await counts(host, "u1", "u2") == [(1, 0, 0), (0, 1, 0)]
    assert await listed(host, "u2", 3) == []


async def test_check(host: Host) -> None:
    await add(host, "u1", "u2", "u3")
    await add(host, "u2", "u1")
    await add(host, "u4", "u1")
    body = {"From_Account": "u1", "To_Account": ["u2", "u3", "u4", "u5", "ghost"]}
    answer = await host("follow/follow_check", body)
    expected = [item(to) | {"FollowType": kind} for to, kind in (("u2", 3), ("u3", 2), ("u4", 1), ("u5", 0))]
    expected.append(item("ghost", 30003, "Err_SNS_FollowCheck_Invalid_Account") | {"FollowType": 0})
    assert answer == OK | {"ResultItem": expected, "Fail_Account": ["ghost"]}


async def test_lists(host: Host) -> None:
    await host.accounts("star", Nick="Star")
    await add(host, "u1", "star")
    answer = await host("follow/follow_get", {"From_Account": "u1", "FollowType": 2, "StartCursor": "", "WantNum": 50})
    entry = answer["FollowItem"][0]
    assert isinstance(entry.pop("FollowTime"), int)
    assert entry == {
        "To_Account": "star",
        "ProfileItem": [{"Tag": "Tag_Profile_IM_Nick", "Value": "Star"}],
        "profile_sequence": 1,
        "ProfileSequence": 1,
    }
    assert answer["NextCursor"] == ""
    ids = [f"n{n:02}" for n in range(40)]
    await host.accounts(*ids)
    for user_id in ids:
        assert await add(host, user_id, "star") == [0]
    for at in (0, 20):
        assert await add(host, "star", *ids[at : at + 20]) == [0] * 20
    followers = await listed(host, "star", 1, 7)
    assert (set(followers), len(followers)) == ({"u1", *ids}, 41)
    assert followers[-1] == "u1", "newest first"
    for kind in (2, 3):
        found = await listed(host, "star", kind, 7)
        assert sorted(found) == ids
    body = {"From_Account": "star", "FollowType": 2, "StartCursor": "nonsense"}
    assert (await host("follow/follow_get", body))["ErrorCode"] == 30001
    assert (await host("follow/follow_get", body | {"StartCursor": "", "FollowType": 4}))["ErrorCode"] == 30001


@pytest.mark.parametrize(
    ("command", "field", "most"),
    [
        ("add", "FollowItem", 20),
        ("delete", "To_Account", 20),
        ("check", "To_Account", 100),
        ("get_info", "To_Account", 20),
    ],
)
async def test_counts_of_items(host: Host, command: str, field: str, most: int) -> None:
    for count, code in ((0, 30001), (1, 0), (most, 0), (most + 1, 30001)):
        value = [{"To_Account": "u2"} if field == "FollowItem" else "u2"] * count
        answer = await host(f"follow/follow_{command}", {"From_Account": "u1", field: value})
        assert answer["ErrorCode"] == code


async def test_limit(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "MAX_FOLLOWING", 3)
    assert await add(host, "u1", "u2", "u3", "u4", "u5", "u2") == [0, 0, 0, 32100, 0]
    assert await add(host, "u1", "u5") == [32100]
    await host.ok("follow/follow_delete", {"From_Account": "u1", "To_Account": "u2"})
    assert await add(host, "u1", "u5") == [0]
