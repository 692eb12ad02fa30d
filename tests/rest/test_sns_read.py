"""Checking and reading friends: rest-accounts-relations.md 6.7 to 6.9 and the old friend_get_all."""

from __future__ import annotations

from typing import Any

import pytest

from sodam.apps.model import FriendField, UserField
from sodam.relations import friends
from tests.support.relations import SOURCE, Host, host

__all__ = ["host"]
OK = {"ActionStatus": "OK", "ErrorCode": 0, "ErrorInfo": "", "ErrorDisplay": ""}
CHECK = "sns/friend_check"
GET = "sns/friend_get"


def relations(answer: dict[str, Any]) -> list[str]:
    return [item["Relation"].removeprefix("CheckResult_Type_") for item in answer["InfoItem"]]


@pytest.mark.parametrize("single", ["CheckResult_Type_Single", "CheckResult_Type_Singal"])
async def test_check(host: Host, single: str) -> None:
    await host.add("u1", "u2")
    await host.add("u1", "u3", AddType="Add_Type_Single")
    await host.add("u4", "u1", AddType="Add_Type_Single")
    peers = ["u2", "u3", "u4", "u5", "u1", "ghost"]
    answer = await host(CHECK, {"From_Account": "u1", "To_Account": peers, "CheckType": "CheckResult_Type_Both"})
    assert relations(answer) == ["BothWay", "AWithB", "BWithA", "NoRelation", "NoRelation", "NoRelation"]
    assert answer["Fail_Account"] == ["ghost"]
    assert answer["InfoItem"][0] == {
        "To_Account": "u2",
        "Relation": "CheckResult_Type_BothWay",
        "ResultCode": 0,
        "ResultInfo": "",
    }
    assert answer["InfoItem"][5] == {
        "To_Account": "ghost",
        "Relation": "CheckResult_Type_NoRelation",
        "ResultCode": 30003,
        "ResultInfo": "Err_SNS_FriendCheck_Invalid_Account",
    }
    answer = await host(CHECK, {"From_Account": "u1", "To_Account": peers[:5], "CheckType": single})
    assert relations(answer) == ["AWithB", "AWithB", "NoRelation", "NoRelation", "NoRelation"]
    assert "Fail_Account" not in answer


@pytest.mark.parametrize("count", [0, 1001])
async def test_check_refuses_counts(host: Host, count: int) -> None:
    body = {"From_Account": "u1", "To_Account": ["u2"] * count, "CheckType": "CheckResult_Type_Both"}
    assert (await host(CHECK, body))["ErrorCode"] == 30001


async def test_check_of_a_thousand(host: Host) -> None:
    ids = [f"n{n:04}" for n in range(1000)]
    await host.accounts(*ids)
    await host.add("u1", *ids[::2])
    body = {"From_Account": "u1", "To_Account": ids, "CheckType": "CheckResult_Type_Both"}
    assert relations(await host(CHECK, body)) == ["BothWay", "NoRelation"] * 500


async def test_pages_and_their_order(host: Host) -> None:
    ids = [f"n{n:03}" for n in range(250)]
    await host.accounts(*ids)
    await host.add("u1", *ids[::-1])
    assert await host.friends("u1") == ids[::-1], "in the order of adding"
    imported = {"To_Account": "u2", "AddSource": SOURCE, "AddTime": 1600000000}
    await host.codes("sns/friend_import", {"From_Account": "u1", "AddFriendItem": [imported]})
    assert await host.friends("u1") == [*ids[::-1], "u2"], "which an import with an older time does not change"
    sizes, start = [], 0
    while True:
        page = await host.ok(GET, {"From_Account": "u1", "StartIndex": start})
        sizes.append((len(page["UserDataItem"]), page["NextStartIndex"], page["CompleteFlag"], page["FriendNum"]))
        start = page["NextStartIndex"]
        if page["CompleteFlag"]:
            break
    assert sizes == [(200, 200, 0, 251), (51, 0, 1, 251)]
    # A place that no page ended at.
    page = await host.ok(GET, {"From_Account": "u1", "StartIndex": 150})
    assert [item["To_Account"] for item in page["UserDataItem"]] == [*ids[::-1], "u2"][150:]
    page = await host.ok(GET, {"From_Account": "u1", "StartIndex": 5000})
    assert (page["UserDataItem"], page["CompleteFlag"], page["NextStartIndex"]) == ([], 1, 0)


async def test_pages_are_kept_until_a_change(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    await host.add("u1", "u2", "u3")
    first = await host.ok(GET, {"From_Account": "u1", "StartIndex": 0})

    async def never(*args: object) -> Any:
        raise AssertionError("the database is asked")

    with monkeypatch.context() as patch:
        patch.setattr(friends.store_friends, "page", never)
        assert await host.ok(GET, {"From_Account": "u1", "StartIndex": 0}) == first
    await host.add("u1", "u4")
    second = await host.ok(GET, {"From_Account": "u1", "StartIndex": 0})
    assert second["FriendNum"] == 3
    assert second["StandardSequence"] > first["StandardSequence"]
    await host.codes(
        "sns/friend_delete", {"From_Account": "u4", "To_Account": ["u1"], "DeleteType": "Delete_Type_Both"}
    )
    assert await host.friends("u1") == ["u2", "u3"]


async def test_sequences(host: Host) -> None:
    await host.configure(friend_fields=(FriendField(name="Rank"),))
    empty = await host.ok(GET, {"From_Account": "u1", "StartIndex": 0, "StandardSequence": 0, "CustomSequence": 0})
    assert empty == {
        "UserDataItem": [],
        "StandardSequence": 0,
        "CustomSequence": 0,
        "FriendNum": 0,
        "CompleteFlag": 1,
        "NextStartIndex": 0,
    }
    await host.add("u1", "u2")
    entry = {"To_Account": "u3", "AddSource": SOURCE, "CustomItem": [{"Tag": "Tag_SNS_Custom_Rank", "Value": "A"}]}
    await host.codes("sns/friend_import", {"From_Account": "u1", "AddFriendItem": [entry]})
    now = await host.ok(GET, {"From_Account": "u1", "StartIndex": 0})
    standard, custom = now["StandardSequence"], now["CustomSequence"]
    assert (standard, custom) == (2, 1)

    async def tags(standard: int, custom: int) -> list[list[str]] | None:
        body = {"From_Account": "u1", "StartIndex": 0, "StandardSequence": standard, "CustomSequence": custom}
        items = (await host.ok(GET, body))["UserDataItem"]
        return [[v["Tag"].split("_", 2)[2] for v in item["ValueItem"]] for item in items]

    source = ["IM_AddSource", "IM_AddTime"]
    assert await tags(0, 0) == [source, [*source, "Custom_Rank"]]
    assert await tags(standard, 0) == [[], ["Custom_Rank"]]
    assert await tags(0, custom) == [source, source]
    assert await tags(standard, custom) == []
    update = [{"To_Account": "u2", "SnsItem": [{"Tag": "Tag_SNS_Custom_Rank", "Value": "B"}]}]
    await host.codes("sns/friend_update", {"From_Account": "u1", "UpdateItem": update})
    assert await tags(standard, custom) == [["Custom_Rank"], ["Custom_Rank"]]
    update[0]["SnsItem"] = [{"Tag": "Tag_SNS_IM_Remark", "Value": "B"}]
    await host.codes("sns/friend_update", {"From_Account": "u1", "UpdateItem": update})
    after = await host.ok(GET, {"From_Account": "u1", "StartIndex": 0})
    assert (after["StandardSequence"], after["CustomSequence"]) == (standard + 1, custom + 1)
    # Nothing changes: nothing is counted.
    await host.codes("sns/friend_update", {"From_Account": "u1", "UpdateItem": update})
    assert (await host.ok(GET, {"From_Account": "u1", "StartIndex": 0}))["StandardSequence"] == standard + 1


async def test_get_list(host: Host) -> None:
    await host.configure(
        friend_fields=(FriendField(name="Rank"),),
        user_fields=(UserField(name="Open"), UserField(name="Shut", admin_read=False)),
    )
    await host.accounts("pal", Nick="Minho")
    await host.add("u1", "pal", Remark="Lee", GroupName="work")
    body = {
        "From_Account": "u1",
        "To_Account": ["pal", "u5", "ghost"],
        "TagList": [
            "Tag_Profile_IM_Nick",
            "Tag_SNS_IM_Remark",
            "Tag_SNS_IM_Group",
            "Tag_Profile_IM_Image",
            "Tag_SNS_Custom_Rank",
            "Tag_Profile_Custom_Open",
            "Tag_Profile_Custom_Shut",
        ],
    }
    assert await host("sns/friend_get_list", body) == OK | {
        "InfoItem": [
            {
                "To_Account": "pal",
                "SnsProfileItem": [
                    {"Tag": "Tag_SNS_IM_Remark", "Value": "Lee"},
                    {"Tag": "Tag_SNS_IM_Group", "Value": ["work"]},
                    {"Tag": "Tag_Profile_IM_Nick", "Value": "Minho"},
                ],
                "ResultCode": 0,
                "ResultInfo": "",
            },
            {"To_Account": "u5", "ResultCode": 30001, "ResultInfo": "Err_SNS_FriendGetList_Friend_Not_Exist"},
            {"To_Account": "ghost", "ResultCode": 30003, "ResultInfo": "Err_SNS_FriendGetList_Invalid_Account"},
        ],
        "Fail_Account": ["u5", "ghost"],
    }
    for tags in ([], ["Tag_Other"], ["Tag_SNS_Custom_None"], ["Tag_Profile_Custom_None"], ["Tag_Profile_IM_None"]):
        answer = await host("sns/friend_get_list", body | {"TagList": tags})
        assert (answer["ActionStatus"], answer["ErrorCode"]) == ("FAIL", 30001), tags


async def test_old_get_all(host: Host) -> None:
    await host.accounts("pal", Nick="Minho")
    await host.add("u1", "pal", Remark="Lee")
    await host.add("u1", "u3")
    body = {
        "From_Account": "u1",
        "TimeStamp": 0,
        "StartIndex": 0,
        "TagList": ["Tag_SNS_IM_Remark", "Tag_Profile_IM_Nick"],
        "LastStandardSequence": 0,
        "GetCount": 1,
    }
    answer = await host("sns/friend_get_all", body)
    assert isinstance(answer.pop("TimeStampNow"), int)
    lee = [{"Tag": "Tag_SNS_IM_Remark", "Value": "Lee"}, {"Tag": "Tag_Profile_IM_Nick", "Value": "Minho"}]
    assert answer == OK | {
        "NeedUpdateAll": "GetAll_Type_YES",
        "StartIndex": 1,
        "InfoItem": [{"Info_Account": "pal", "SnsProfileItem": lee}],
        "CurrentStandardSequence": 2,
        "FriendNum": 2,
    }
    answer = await host("sns/friend_get_all", body | {"StartIndex": 1, "GetCount": 100})
    assert (answer["StartIndex"], answer["InfoItem"]) == (0, [{"Info_Account": "u3", "SnsProfileItem": []}])
    answer = await host("sns/friend_get_all", body | {"LastStandardSequence": 2})
    assert (answer["NeedUpdateAll"], answer["InfoItem"], answer["FriendNum"]) == ("GetAll_Type_NO", [], 2)
