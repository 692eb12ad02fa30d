"""Blacklists and friend groups: rest-accounts-relations.md 6.10 to 6.16."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.relations import SOURCE, Host, host

__all__ = ["host"]
OK = {"ActionStatus": "OK", "ErrorCode": 0, "ErrorInfo": "", "ErrorDisplay": ""}
BLACK = "sns/black_list_"
GROUP = "sns/group_"


def item(to: str, code: int = 0, info: str = "") -> dict[str, Any]:
    return {"To_Account": to, "ResultCode": code, "ResultInfo": info}


async def blacklist(host: Host, user_id: str = "u1") -> list[str]:
    body = {"From_Account": user_id, "StartIndex": 0, "MaxLimited": 1000, "LastSequence": 0}
    return [entry["To_Account"] for entry in (await host.ok(BLACK + "get", body))["BlackListItem"]]


async def test_block(host: Host) -> None:
    answer = await host(BLACK + "add", {"From_Account": "u1", "To_Account": ["u7", "ghost", "u1", "u7"]})
    assert answer == OK | {
        "ResultItem": [
            item("u7"),
            item("ghost", 30003, "Err_SNS_BlackListAdd_Invalid_Account"),
            item("u1", 30001, "Err_SNS_BlackListAdd_Add_Self"),
            item("u7", 30001, "Err_SNS_BlackListAdd_Already_Exist"),
        ],
        "Fail_Account": ["ghost", "u1", "u7"],
    }
    answer = await host(BLACK + "add", {"From_Account": "u1", "To_Account": ["ghost", "u1"]})
    assert [i["ResultCode"] for i in answer["ResultItem"]] == [30003, 30001]
    assert await blacklist(host) == ["u7"]


@pytest.mark.parametrize("kind", ["Add_Type_Both", "Add_Type_Single", "reverse", "none"])
async def test_block_ends_friendship_and_bars_requests(host: Host, kind: str) -> None:
    if kind == "reverse":
        await host.add("u2", "u1", AddType="Add_Type_Single")
    elif kind != "none":
        await host.add("u1", "u2", AddType=kind)
    assert await host.codes(BLACK + "add", {"From_Account": "u1", "To_Account": "u2"}) == [0]
    assert await host.relation("u1", "u2") == "NoRelation"
    assert (await host.friends("u1"), await host.friends("u2")) == ([], [])
    assert await host.add("u1", "u2") == [30515]
    assert await host.add("u2", "u1") == [30525]
    assert await host.codes(BLACK + "delete", {"From_Account": "u1", "To_Account": ["u2"]}) == [0]
    assert await host.relation("u1", "u2") == "NoRelation", "not restored"
    assert await host.add("u2", "u1") == [0]


@pytest.mark.parametrize(("asker", "blocker"), [("u2", "u1"), ("u1", "u2")])
async def test_block_ends_requests(host: Host, asker: str, blocker: str) -> None:
    await host.configure(default_allow_type="AllowType_Type_NeedConfirm")
    asked = blocker if asker == "u2" else "u2"
    assert await host.add(asker, asked) == [30539]
    assert await host.codes(BLACK + "add", {"From_Account": "u1", "To_Account": "u2"}) == [0]
    for user_id in ("u1", "u2"):
        pending = await host.ok("sns/pendency_get", {"From_Account": user_id}, client=user_id)
        assert (pending["PendencyItem"], pending["UnreadPendencyCount"]) == ([], 0)


async def test_unblock(host: Host) -> None:
    await host.codes(BLACK + "add", {"From_Account": "u1", "To_Account": ["u7", "u8"]})
    answer = await host(BLACK + "delete", {"From_Account": "u1", "To_Account": ["u7", "u2", "ghost", "u7"]})
    assert answer == OK | {
        "ResultItem": [
            item("u7"),
            item("u2", 30001, "Err_SNS_BlackListDelete_Not_Exist"),
            item("ghost", 30003, "Err_SNS_BlackListDelete_Invalid_Account"),
            item("u7", 30001, "Err_SNS_BlackListDelete_Not_Exist"),
        ],
        "Fail_Account": ["u2", "ghost", "u7"],
    }
    assert await blacklist(host) == ["u8"]


async def test_blacklist_limit_and_pages(host: Host) -> None:
    ids = [f"n{n:04}" for n in range(1005)]
    await host.accounts(*ids)
    assert set(await host.codes(BLACK + "add", {"From_Account": "u1", "To_Account": ids[:995]})) == {0}
    codes = await host.codes(BLACK + "add", {"From_Account": "u1", "To_Account": ids[990:]})
    assert codes == [30001] * 5 + [0] * 5 + [30013] * 5
    found, start, sizes = [], 0, []
    while True:
        body = {"From_Account": "u1", "StartIndex": start, "MaxLimited": 400, "LastSequence": 0}
        page = await host.ok(BLACK + "get", body)
        found += [entry["To_Account"] for entry in page["BlackListItem"]]
        sizes.append((len(page["BlackListItem"]), page["StartIndex"]))
        start = page["StartIndex"]
        if not start:
            break
    assert found == ids[:1000], "in the order of blocking"
    assert sizes == [(400, 400), (400, 800), (200, 0)]
    assert page["CurruentSequence"] == page["CurrentSequence"] == 1000
    body = {"From_Account": "u1", "StartIndex": 0, "MaxLimited": 5000, "LastSequence": 999}
    page = await host.ok(BLACK + "get", body)
    assert (len(page["BlackListItem"]), page["StartIndex"]) == (1000, 0)
    page = await host.ok(BLACK + "get", body | {"LastSequence": 1000})
    assert (page["BlackListItem"], page["StartIndex"], page["CurruentSequence"]) == ([], 0, 1000)
    assert (await host(BLACK + "get", body | {"MaxLimited": 0}))["ErrorCode"] == 30001
    assert (await host(BLACK + "get", {"From_Account": "u1"}))["ErrorCode"] == 30001


@pytest.mark.parametrize("single", ["BlackCheckResult_Type_Single", "BlackCheckResult_Type_Singal"])
async def test_blacklist_check(host: Host, single: str) -> None:
    await host.codes(BLACK + "add", {"From_Account": "u1", "To_Account": ["u2", "u3"]})
    await host.codes(BLACK + "add", {"From_Account": "u2", "To_Account": ["u1"]})
    await host.codes(BLACK + "add", {"From_Account": "u4", "To_Account": ["u1"]})
    peers = ["u2", "u3", "u4", "u5", "ghost"]
    answer = await host(
        BLACK + "check", {"From_Account": "u1", "To_Account": peers, "CheckType": "BlackCheckResult_Type_Both"}
    )
    words = ["BothWay", "AWithB", "BWithA", "NO", "NO"]
    expected = [
        {"To_Account": p, "Relation": f"BlackCheckResult_Type_{w}", "ResultCode": 0, "ResultInfo": ""}
        for p, w in zip(peers, words, strict=True)
    ]
    expected[4] |= {"ResultCode": 30003, "ResultInfo": "Err_SNS_BlackListCheck_Invalid_Account"}
    assert answer == OK | {"BlackListCheckItem": expected, "Fail_Account": ["ghost"]}
    answer = await host(BLACK + "check", {"From_Account": "u1", "To_Account": peers[:4], "CheckType": single})
    found = [i["Relation"].removeprefix("BlackCheckResult_Type_") for i in answer["BlackListCheckItem"]]
    assert found == ["AWithB", "AWithB", "NO", "NO"]


async def groups(host: Host, user_id: str = "u1") -> dict[str, list[str]]:
    body = {"From_Account": user_id, "NeedFriend": "Need_Friend_Type_Yes"}
    found = (await host.ok(GROUP + "get", body))["ResultItem"]
    assert all(group["FriendNumber"] == len(group["To_Account"]) for group in found)
    return {group["GroupName"]: group["To_Account"] for group in found}


async def test_groups(host: Host) -> None:
    await host.add("u1", "u2", "u3")
    answer = await host(
        GROUP + "add", {"From_Account": "u1", "GroupName": ["work", "golf"], "To_Account": ["u2", "u9", "ghost"]}
    )
    sequence = answer.pop("CurrentSequence")
    assert answer == OK | {
        "ResultItem": [
            item("u2"),
            item("u9", 32216, "Err_SNS_GroupAdd_ToTinyId_Not_Friend"),
            item("ghost", 30003, "Err_SNS_GroupAdd_Invalid_Account"),
        ],
        "Fail_Account": ["u9", "ghost"],
    }
    assert await groups(host) == {"work": ["u2"], "golf": ["u2"]}
    # An existing name is no error, and what is the same already is not counted.
    answer = await host(GROUP + "add", {"From_Account": "u1", "GroupName": "work", "To_Account": []})
    assert answer == OK | {"CurrentSequence": sequence}
    answer = await host(GROUP + "add", {"From_Account": "u1", "GroupName": "golf", "To_Account": "u3"})
    assert answer["CurrentSequence"] > sequence
    assert await groups(host) == {"work": ["u2"], "golf": ["u2", "u3"]}
    answer = await host(GROUP + "delete", {"From_Account": "u1", "GroupName": ["golf"]})
    assert answer == OK | {"CurrentSequence": answer["CurrentSequence"]}
    assert await groups(host) == {"work": ["u2"]}
    assert await host.friends("u1") == ["u2", "u3"], "friends stay"
    info = {"From_Account": "u1", "To_Account": ["u2", "u3"], "TagList": ["Tag_SNS_IM_Group"]}
    values = [i["SnsProfileItem"] for i in (await host.ok("sns/friend_get_list", info))["InfoItem"]]
    assert values == [[{"Tag": "Tag_SNS_IM_Group", "Value": ["work"]}], []]


async def test_group_get(host: Host) -> None:
    await host.add("u1", "u2", GroupName="work")
    await host.ok(GROUP + "add", {"From_Account": "u1", "GroupName": ["golf"]})
    answer = await host(GROUP + "get", {"From_Account": "u1", "LastSequence": 0, "NeedFriend": "Need_Friend_Type_Yes"})
    sequence = answer["CurrentSequence"]
    assert answer == OK | {
        "ResultItem": [
            {"GroupName": "work", "FriendNumber": 1, "To_Account": ["u2"]},
            {"GroupName": "golf", "FriendNumber": 0, "To_Account": []},
        ],
        "CurrentSequence": sequence,
    }
    plain = {"ResultItem": [{"GroupName": "work", "FriendNumber": 1}, {"GroupName": "golf", "FriendNumber": 0}]}
    for body in ({}, {"NeedFriend": "Need_Friend_Type_No"}, {"NeedFriend": ""}, {"GroupName": []}, {"GroupName": ""}):
        assert await host.ok(GROUP + "get", {"From_Account": "u1", **body}) == plain | {"CurrentSequence": sequence}
    known = {"From_Account": "u1", "LastSequence": sequence}
    assert await host.ok(GROUP + "get", known) == {"ResultItem": [], "CurrentSequence": sequence}
    named = await host.ok(GROUP + "get", known | {"GroupName": ["golf", "none"], "NeedFriend": "Need_Friend_Type_Yes"})
    assert named["ResultItem"] == [{"GroupName": "golf", "FriendNumber": 0, "To_Account": []}]
    await host.codes("sns/friend_delete", {"From_Account": "u1", "To_Account": ["u2"]})
    assert await groups(host) == {"work": [], "golf": []}


@pytest.mark.parametrize(
    ("command", "names", "code"),
    [
        ("add", [], 30001),
        ("add", [""], 30001),
        ("add", [" "], 30001),
        ("add", ["x", ""], 30001),
        ("add", ["\0"], 30001),
        ("add", ["a\0b"], 30001),
        ("add", ["g" * 30], 0),
        ("add", ["g" * 31], 30011),
        ("add", ["분" * 10], 0),
        ("add", ["분" * 11], 30011),
        ("add", [f"x{n}" for n in range(31)], 0),
        ("add", [f"x{n}" for n in range(32)], 30011),
        ("delete", [], 30001),
        ("delete", [""], 30001),
        ("delete", ["none"], 30001),
        ("delete", ["there", "none"], 30001),
        ("delete", ["there", "there"], 0),
    ],
)
async def test_group_names(host: Host, command: str, names: list[str], code: int) -> None:
    await host.ok(GROUP + "add", {"From_Account": "u1", "GroupName": "there"})
    answer = await host(GROUP + command, {"From_Account": "u1", "GroupName": names})
    assert answer["ErrorCode"] == code
    if code:
        assert list(await groups(host)) == ["there"], "all or nothing"


async def test_slots_of_deleted_groups_are_used_again(host: Host) -> None:
    await host.add("u1", "u2", "u3")
    for turn in range(40):
        names = [f"t{turn}"]
        await host.ok(GROUP + "add", {"From_Account": "u1", "GroupName": names, "To_Account": ["u2"]})
        assert await groups(host) == {f"t{turn}": ["u2"]}
        await host.ok(GROUP + "delete", {"From_Account": "u1", "GroupName": names})
    entry = {"To_Account": "u3", "AddSource": SOURCE, "GroupName": [f"g{n}" for n in range(32)]}
    assert await host.codes("sns/friend_import", {"From_Account": "u1", "AddFriendItem": entry}) == [0]
    assert list((await groups(host)).values()) == [["u3"]] * 32
