"""Adding, changing and removing friends: every rule of rest-accounts-relations.md 6.1 to 6.6, field by field."""

from __future__ import annotations

from typing import Any

import pytest

from sodam.apps.model import FriendField
from tests.support.cases import each
from tests.support.relations import SOURCE, Host, host

__all__ = ["host"]
OK = {"ActionStatus": "OK", "ErrorCode": 0, "ErrorInfo": "", "ErrorDisplay": ""}
ADD = "sns/friend_add"
FIELDS = (FriendField(name="Rank"), FriendField(name="Score", type="uint64"), FriendField(name="Raw", type="bytes"))


def item(to: str, code: int = 0, info: str = "") -> dict[str, Any]:
    return {"To_Account": to, "ResultCode": code, "ResultInfo": info}


def adding(*peers: str, **fields: Any) -> dict[str, Any]:
    return {
        "From_Account": "u1",
        "AddFriendItem": [{"To_Account": peer, "AddSource": SOURCE, **fields} for peer in peers],
    }


def without_times(page: dict[str, Any]) -> dict[str, list[list[Any]]]:
    """Friends with their fields as [tag, value], but for AddTime, which must be a number."""
    found = {}
    for user in page["UserDataItem"]:
        values = [[value["Tag"], value["Value"]] for value in user["ValueItem"]]
        assert all(isinstance(value, int) for tag, value in values if tag == "Tag_SNS_IM_AddTime")
        found[user["To_Account"]] = [pair for pair in values if pair[0] != "Tag_SNS_IM_AddTime"]
    return found


async def fields(host: Host, user_id: str = "u1") -> dict[str, list[list[Any]]]:
    return without_times(await host.ok("sns/friend_get", {"From_Account": user_id, "StartIndex": 0}))


async def test_add_both(host: Host) -> None:
    body = adding("u2", Remark="Lee", GroupName="work", AddWording="hi, u1 here")
    body |= {"AddType": "Add_Type_Both", "ForceAddFlags": 0}
    assert await host(ADD, body) == OK | {"ResultItem": [item("u2")]}
    assert await fields(host) == {
        "u2": [
            ["Tag_SNS_IM_AddSource", SOURCE],
            ["Tag_SNS_IM_Remark", "Lee"],
            ["Tag_SNS_IM_Group", ["work"]],
            ["Tag_SNS_IM_AddWording", "hi, u1 here"],
        ]
    }
    assert await fields(host, "u2") == {"u1": [["Tag_SNS_IM_AddSource", SOURCE]]}
    assert await host.relation("u1", "u2") == "BothWay"


async def test_add_single(host: Host) -> None:
    assert await host.add("u1", "u2", AddType="Add_Type_Single") == [0]
    assert (await host.relation("u1", "u2"), await host.relation("u2", "u1")) == ("AWithB", "BWithA")
    assert await host.add("u1", "u2", AddType="Add_Type_Single") == [30001]
    # Both completes the other side, and leaves the own entry alone.
    assert await host.add("u1", "u2", Remark="late") == [0]
    assert await host.relation("u1", "u2") == "BothWay"
    assert await fields(host) == {"u2": [["Tag_SNS_IM_AddSource", SOURCE]]}
    answer = await host(ADD, adding("u2"))
    assert answer == OK | {
        "ResultItem": [item("u2", 30001, "Err_SNS_FriendAdd_Friend_Exist")],
        "Fail_Account": ["u2"],
    }


@pytest.mark.parametrize(
    ("fields", "code", "info"),
    [
        ({"AddSource": "Web"}, 30001, "Source_Illegal"),
        ({"AddSource": "AddSource_Type_"}, 30001, "Source_Illegal"),
        ({"AddSource": "AddSource_Type_EightLtr"}, 0, ""),
        ({"AddSource": "AddSource_Type_NineChars"}, 30001, "Source_Illegal"),
        ({"AddSource": "AddSource_Type_We2"}, 30001, "Source_Illegal"),
        ({"Remark": "r" * 96}, 0, ""),
        ({"Remark": "r" * 97}, 30001, "Remark_Illegal"),
        ({"Remark": "한" * 32}, 0, ""),
        ({"Remark": "한" * 33}, 30001, "Remark_Illegal"),
        ({"AddWording": "w" * 256}, 0, ""),
        ({"AddWording": "w" * 257}, 30001, "AddWording_Illegal"),
        ({"GroupName": "g" * 30}, 0, ""),
        ({"GroupName": "g" * 31}, 30011, "Group_Num_Exceed_Threshold"),
        ({"Remark": "", "GroupName": "", "AddWording": ""}, 0, ""),
        ({"Remark": None, "GroupName": None, "AddWording": None}, 0, ""),
        ({"GroupName": ["a", "b"]}, 0, ""),
        ({"To_Account": "u1"}, 30001, "Add_Self"),
        ({"To_Account": "ghost"}, 30003, "Invalid_Account"),
        ({"To_Account": ""}, 30003, "Invalid_Account"),
        ({"To_Account": "x" * 33}, 30003, "Invalid_Account"),
        ({"To_Account": "u1", "AddSource": "bad"}, 30001, "Add_Self"),
    ],
)
async def test_item_checks(host: Host, fields: dict[str, Any], code: int, info: str) -> None:
    body = adding("u2")
    body["AddFriendItem"][0] |= fields
    to = body["AddFriendItem"][0]["To_Account"]
    expected = item(to, code, f"Err_SNS_FriendAdd_{info}" if info else "")
    answer = await host(ADD, body)
    assert answer["ResultItem"] == [expected]
    assert answer.get("Fail_Account") == ([to] if code else None)


@each(
    "body",
    [
        {},
        {"From_Account": "u1"},
        {"From_Account": "u1", "AddFriendItem": []},
        {"From_Account": "u1", "AddFriendItem": [{"To_Account": "u2"}]},
        {"From_Account": "u1", "AddFriendItem": [{"AddSource": SOURCE}]},
        {"From_Account": "u1", "AddFriendItem": "u2"},
        {**adding("u2"), "AddType": "Add_Type_Triple"},
        {**adding("u2"), "ForceAddFlags": 7},
        adding(*(f"x{n}" for n in range(1001))),
    ],
)
async def test_refused_as_a_whole(host: Host, body: dict[str, Any]) -> None:
    answer = await host(ADD, body)
    assert answer.pop("ErrorInfo")
    assert answer == {"ActionStatus": "FAIL", "ErrorCode": 30001, "ErrorDisplay": ""}


@pytest.mark.parametrize(
    "body",
    [
        {"From_Account": "u1", "AddFriendItem": [{"To_Account": 5, "AddSource": SOURCE}]},
        {"From_Account": 1, "AddFriendItem": [{"To_Account": "u2", "AddSource": SOURCE}]},
    ],
)
async def test_user_ids_are_strings(host: Host, body: dict[str, Any]) -> None:
    assert (await host(ADD, body))["ErrorCode"] == 60015


@each(
    ("path", "body"),
    [
        (ADD, {"AddFriendItem": [{"To_Account": "u2", "AddSource": SOURCE}]}),
        ("sns/friend_import", {"AddFriendItem": [{"To_Account": "u2", "AddSource": SOURCE}]}),
        ("sns/friend_update", {"UpdateItem": [{"To_Account": "u2", "SnsItem": []}]}),
        ("sns/friend_update", {"UpdateItem": [{"To_Account": "u2", "SnsItem": [{"Tag": "x", "Value": 1}]}]}),
        ("sns/friend_delete", {"To_Account": ["u2"]}),
        ("sns/friend_delete_all", {}),
        ("sns/friend_check", {"To_Account": ["u2"], "CheckType": "CheckResult_Type_Both"}),
        ("sns/friend_get", {"StartIndex": 0}),
        ("sns/friend_get_list", {"To_Account": ["u2"], "TagList": ["Tag_SNS_IM_Remark"]}),
        ("sns/friend_get_all", {}),
        ("sns/black_list_add", {"To_Account": ["u2"]}),
        ("sns/black_list_delete", {"To_Account": ["u2"]}),
        ("sns/black_list_get", {"StartIndex": 0, "MaxLimited": 10}),
        ("sns/black_list_check", {"To_Account": ["u2"], "CheckType": "BlackCheckResult_Type_Both"}),
        ("sns/group_add", {"GroupName": ["g"]}),
        ("sns/group_delete", {"GroupName": ["g"]}),
        ("sns/group_get", {}),
        ("follow/follow_add", {"FollowItem": [{"To_Account": "u2"}]}),
        ("follow/follow_delete", {"To_Account": ["u2"]}),
        ("follow/follow_get", {"FollowType": 1}),
        ("follow/follow_check", {"To_Account": ["u2"]}),
        ("follow/follow_get_info", {"To_Account": ["u2"]}),
    ],
)
async def test_unknown_requester(host: Host, path: str, body: dict[str, Any]) -> None:
    expected = 30001 if body.get("UpdateItem", [{}])[0].get("SnsItem") == [] else 30003
    for ghost in ("ghost", "", "x" * 33):
        answer = await host(path, {"From_Account": ghost, **body})
        assert (answer["ActionStatus"], answer["ErrorCode"]) == ("FAIL", expected)
        if expected == 30003:
            assert answer["ErrorInfo"] == "Err_Sns_Invalid_Account"
    # A client acts for itself alone.
    answer = await host(path, {"From_Account": "u3", **body}, client="u4")
    assert (answer["ActionStatus"], answer["ErrorCode"]) == ("FAIL", 30004)


async def test_order_of_decisions(host: Host) -> None:
    """Each condition is seen before those that follow it in the table of 6.2."""
    await host.accounts("mute", AdminForbidType="AdminForbid_Type_SendOut")
    await host.accounts("deny", AllowType="AllowType_Type_DenyAny")
    await host.accounts("ask", AllowType="AllowType_Type_NeedConfirm")
    assert await host.add("mute", "u2", ForceAddFlags=1) == [30009]
    assert await host.add("mute", "ghost") == [30003]
    assert await host.add("mute", "u2", AddSource="bad") == [30001]
    assert await host.add("u1", "deny") == [30516]
    assert await host.add("u1", "deny", AddType="Add_Type_Single") == [30516]
    assert await host.add("u1", "ask") == [30539]
    assert await host.add("u1", "ask", AddType="Add_Type_Single") == [0]
    assert await host.add("u1", "deny", ForceAddFlags=1) == [0]
    assert await host.add("u1", "deny") == [30001], "already friends, before DenyAny"
    assert await host.relation("deny", "u1") == "BothWay"
    # Blacklists come before the answer's AllowType, the own one first, and force does not pass them.
    assert await host.codes("sns/black_list_add", {"From_Account": "ask", "To_Account": ["u2"]}) == [0]
    assert await host.add("u2", "ask") == [30525]
    assert await host.add("ask", "u2") == [30515]
    assert await host.codes("sns/black_list_add", {"From_Account": "u2", "To_Account": ["ask"]}) == [0]
    assert await host.add("u2", "ask", ForceAddFlags=1) == [30515]


async def test_default_allow_type(host: Host) -> None:
    await host.configure(default_allow_type="AllowType_Type_NeedConfirm")
    answer = await host(ADD, adding("u2"))
    assert answer == OK | {
        "ResultItem": [item("u2", 30539, "Err_SNS_FriendAdd_Need_Confirm")],
        "Fail_Account": ["u2"],
    }
    await host.accounts("open", AllowType="AllowType_Type_AllowAny")
    assert await host.add("u1", "open") == [0]
    await host.configure(default_allow_type="AllowType_Type_DenyAny")
    assert await host.add("u1", "u3") == [30516]


async def test_who_asked_is_accepted(host: Host) -> None:
    """A adds B, whose request waits for A: both ways at once, with what B had asked for."""
    await host.configure(default_allow_type="AllowType_Type_NeedConfirm")
    body = {"From_Account": "u2", "AddFriendItem": [{"To_Account": "u1", "AddSource": "AddSource_Type_QR"}]}
    body["AddFriendItem"][0] |= {"Remark": "boss", "GroupName": "office", "AddWording": "please"}  # type: ignore[index]
    assert await host.codes(ADD, body) == [30539]
    assert await host.add("u1", "u2", AddType="Add_Type_Single") == [0]
    assert await host.relation("u1", "u2") == "BothWay"
    assert await fields(host, "u2") == {
        "u1": [
            ["Tag_SNS_IM_AddSource", "AddSource_Type_QR"],
            ["Tag_SNS_IM_Remark", "boss"],
            ["Tag_SNS_IM_Group", ["office"]],
            ["Tag_SNS_IM_AddWording", "please"],
        ]
    }
    pending = await host.ok("sns/pendency_get", {"From_Account": "u1"}, client="u1")
    assert pending["PendencyItem"] == []


async def test_batch_keeps_order_and_repeats(host: Host) -> None:
    assert await host.add("u1", "u3", "ghost", "u2", "u3", "u1") == [0, 30003, 0, 30001, 30001]
    assert await host.friends("u1") == ["u3", "u2"]


async def test_limit_of_the_plan(host: Host) -> None:
    await host.configure("Trial")
    await host.accounts(*(f"f{n:02}" for n in range(25)))
    codes = await host.add("u1", *(f"f{n:02}" for n in range(25)))
    assert codes == [0] * 20 + [30010] * 5
    assert await host.add("u2", "u1") == [30014]
    assert await host.add("u2", "u1", AddType="Add_Type_Single") == [0]
    answer = await host(
        "sns/friend_import", {"From_Account": "u1", "AddFriendItem": [{"To_Account": "u5", "AddSource": SOURCE}]}
    )
    info = "Err_SNS_FriendImport_My_Friend_Num_Exceed_Threshold"
    assert answer["ResultItem"] == [item("u5", 30010, info)]
    await host.configure("Pro")
    assert await host.add("u1", "f24") == [0]


async def test_groups_of_new_friends(host: Host) -> None:
    await host.accounts(*(f"f{n:02}" for n in range(40)))
    body = {
        "From_Account": "u1",
        "AddFriendItem": [{"To_Account": f"f{n:02}", "AddSource": SOURCE, "GroupName": f"g{n}"} for n in range(33)],
    }
    assert await host.codes(ADD, body) == [0] * 32 + [30011]
    assert await host.add("u1", "f33", GroupName="g5") == [0]
    assert await host.add("u1", "f34", GroupName="another") == [30011]
    assert len(await host.friends("u1")) == 33


async def test_import(host: Host) -> None:
    await host.configure(friend_fields=FIELDS)
    entry = {
        "To_Account": "u3",
        "AddSource": SOURCE,
        "Remark": "Three",
        "RemarkTime": 1680000000,
        "GroupName": ["work", "golf"],
        "AddWording": "hello",
        "AddTime": 1690000000,
        "CustomItem": [
            {"Tag": "Tag_SNS_Custom_Rank", "Value": "A"},
            {"Tag": "Tag_SNS_Custom_Score", "Value": 2**64 - 1},
        ],
    }
    answer = await host("sns/friend_import", {"From_Account": "u1", "AddFriendItem": [entry]})
    assert answer == OK | {"ResultItem": [item("u3")]}
    page = await host.ok("sns/friend_get", {"From_Account": "u1", "StartIndex": 0})
    values = [[value["Tag"], value["Value"]] for value in page["UserDataItem"][0]["ValueItem"]]
    assert values == [
        ["Tag_SNS_IM_AddSource", SOURCE],
        ["Tag_SNS_IM_Remark", "Three"],
        ["Tag_SNS_IM_Group", ["work", "golf"]],
        ["Tag_SNS_IM_AddTime", 1690000000],
        ["Tag_SNS_IM_AddWording", "hello"],
        ["Tag_SNS_Custom_Rank", "A"],
        ["Tag_SNS_Custom_Score", 2**64 - 1],
    ]
    assert await host.relation("u1", "u3") == "AWithB"
    # Again: only what is given changes; nothing is checked of the other side.
    again = {"To_Account": "u3", "AddSource": "AddSource_Type_App", "Remark": "3"}
    assert await host.codes("sns/friend_import", {"From_Account": "u1", "AddFriendItem": again}) == [0]
    assert (await fields(host))["u3"] == [
        ["Tag_SNS_IM_AddSource", "AddSource_Type_App"],
        ["Tag_SNS_IM_Remark", "3"],
        ["Tag_SNS_IM_Group", ["work", "golf"]],
        ["Tag_SNS_IM_AddWording", "hello"],
        ["Tag_SNS_Custom_Rank", "A"],
        ["Tag_SNS_Custom_Score", 2**64 - 1],
    ]
    chosen = {"From_Account": "u1", "To_Account": ["u3"], "TagList": ["Tag_SNS_IM_RemarkTime"]}
    info = (await host.ok("sns/friend_get_list", chosen))["InfoItem"][0]
    assert info["SnsProfileItem"] == [{"Tag": "Tag_SNS_IM_RemarkTime", "Value": 1680000000}]


async def test_import_ignores_wishes_and_blocks(host: Host) -> None:
    await host.accounts("deny", AllowType="AllowType_Type_DenyAny")
    await host.codes("sns/black_list_add", {"From_Account": "deny", "To_Account": ["u1"]})
    entries = [{"To_Account": to, "AddSource": SOURCE} for to in ("deny", "ghost", "u1")]
    assert await host.codes("sns/friend_import", {"From_Account": "u1", "AddFriendItem": entries}) == [0, 30003, 30001]
    answer = await host("sns/friend_import", {"From_Account": "u1", "AddFriendItem": entries}, client="u1")
    assert answer["ErrorCode"] == 30004


@pytest.mark.parametrize(
    ("custom", "code"),
    [
        ([{"Tag": "Tag_SNS_Custom_Rank", "Value": "v" * 500}], 0),
        ([{"Tag": "Tag_SNS_Custom_Rank", "Value": "v" * 501}], 30001),
        ([{"Tag": "Tag_SNS_Custom_Rank", "Value": 5}], 30001),
        ([{"Tag": "Tag_SNS_Custom_1400000042_Rank", "Value": "old spelling"}], 0),
        ([{"Tag": "Tag_SNS_Custom_Score", "Value": 0}], 0),
        ([{"Tag": "Tag_SNS_Custom_Score", "Value": -1}], 30001),
        ([{"Tag": "Tag_SNS_Custom_Score", "Value": 2**64}], 30001),
        ([{"Tag": "Tag_SNS_Custom_Score", "Value": "7"}], 0),
        ([{"Tag": "Tag_SNS_Custom_Score", "Value": str(2**64)}], 30001),
        ([{"Tag": "Tag_SNS_Custom_Score", "Value": "seven"}], 30001),
        ([{"Tag": "Tag_SNS_Custom_Score", "Value": True}], 30001),
        ([{"Tag": "Tag_SNS_Custom_Raw", "Value": "bytes"}], 0),
        ([{"Tag": "Tag_SNS_Custom_None", "Value": "not declared"}], 30001),
        ([{"Tag": "Tag_SNS_IM_Remark", "Value": "no custom field"}], 30001),
    ],
)
async def test_custom_values(host: Host, custom: list[dict[str, Any]], code: int) -> None:
    await host.configure(friend_fields=FIELDS)
    entry = {"To_Account": "u2", "AddSource": SOURCE, "CustomItem": custom}
    assert await host.codes("sns/friend_import", {"From_Account": "u1", "AddFriendItem": [entry]}) == [code]
    await host.add("u1", "u3")
    update = {"From_Account": "u1", "UpdateItem": [{"To_Account": "u3", "SnsItem": custom}]}
    if custom[0]["Tag"] != "Tag_SNS_IM_Remark":
        assert await host.codes("sns/friend_update", update) == [code]


async def test_update(host: Host) -> None:
    await host.configure(friend_fields=FIELDS)
    await host.add("u1", "u2", "u3", GroupName="work", Remark="old")
    body = {
        "From_Account": "u1",
        "UpdateItem": [
            {
                "To_Account": "u3",
                "SnsItem": [
                    {"Tag": "Tag_SNS_IM_Remark", "Value": "Boss"},
                    {"Tag": "Tag_SNS_IM_Group", "Value": ["vip"]},
                    {"Tag": "Tag_SNS_Custom_Rank", "Value": "A"},
                ],
            },
            {"To_Account": "u2", "SnsItem": {"Tag": "Tag_SNS_IM_Remark", "Value": ""}},
            {"To_Account": "u4", "SnsItem": [{"Tag": "Tag_SNS_IM_Remark", "Value": "x"}]},
            {"To_Account": "ghost", "SnsItem": [{"Tag": "Tag_SNS_IM_Remark", "Value": "x"}]},
            {"To_Account": "u2", "SnsItem": [{"Tag": "Tag_SNS_IM_AddSource", "Value": SOURCE}]},
            {"To_Account": "u2", "SnsItem": [{"Tag": "Tag_SNS_IM_Remark", "Value": "r" * 97}]},
            {"To_Account": "u2", "SnsItem": [{"Tag": "Tag_SNS_IM_Group", "Value": [f"g{n}" for n in range(31)]}]},
            {"To_Account": "u2", "SnsItem": [{"Tag": "Tag_SNS_IM_Group", "Value": [7]}]},
        ],
    }
    answer = await host("sns/friend_update", body)
    assert answer == OK | {
        "ResultItem": [
            item("u3"),
            item("u2"),
            item("u4", 30001, "Err_SNS_FriendUpdate_Friend_Not_Exist"),
            item("ghost", 30003, "Err_SNS_FriendUpdate_Invalid_Account"),
            item("u2", 30001, "Err_SNS_FriendUpdate_Tag_Illegal"),
            item("u2", 30001, "Err_SNS_FriendUpdate_Remark_Illegal"),
            item("u2", 30011, "Err_SNS_FriendUpdate_Group_Num_Exceed_Threshold"),
            item("u2", 30001, "Err_SNS_FriendUpdate_Group_Illegal"),
        ],
        "Fail_Account": ["u4", "ghost", "u2", "u2", "u2", "u2"],
    }
    assert await fields(host) == {
        "u2": [["Tag_SNS_IM_AddSource", SOURCE], ["Tag_SNS_IM_Group", ["work"]]],
        "u3": [
            ["Tag_SNS_IM_AddSource", SOURCE],
            ["Tag_SNS_IM_Remark", "Boss"],
            ["Tag_SNS_IM_Group", ["vip"]],
            ["Tag_SNS_Custom_Rank", "A"],
        ],
    }


@pytest.mark.parametrize(
    ("kind", "left"),
    [(None, "BWithA"), ("", "BWithA"), ("Delete_Type_Single", "BWithA"), ("Delete_Type_Both", "NoRelation")],
)
async def test_delete(host: Host, kind: str | None, left: str) -> None:
    await host.add("u1", "u3", "u4")
    answer = await host(
        "sns/friend_delete", {"From_Account": "u1", "To_Account": ["u3", "u9", "ghost", "u3"], "DeleteType": kind}
    )
    assert answer == OK | {
        "ResultItem": [
            item("u3"),
            item("u9", 31704, "Err_SNS_FriendDelete_Not_Friend"),
            item("ghost", 30003, "Err_SNS_FriendDelete_Invalid_Account"),
            item("u3", 31704, "Err_SNS_FriendDelete_Not_Friend"),
        ],
        "Fail_Account": ["u9", "ghost", "u3"],
    }
    assert await host.relation("u1", "u3") == left
    assert await host.friends("u1") == ["u4"]


async def test_delete_one_item_for_a_list(host: Host) -> None:
    await host.add("u1", "u3")
    assert await host.codes("sns/friend_delete", {"From_Account": "u1", "To_Account": "u3"}) == [0]


@pytest.mark.parametrize(("kind", "left"), [(None, "BWithA"), ("Delete_Type_Both", "NoRelation")])
async def test_delete_all(host: Host, kind: str | None, left: str) -> None:
    await host.add("u1", "u3", "u4", GroupName="work")
    assert await host("sns/friend_delete_all", {"From_Account": "u1", "DeleteType": kind}) == OK
    assert await host.friends("u1") == []
    assert await host.relation("u1", "u3") == left
    groups = await host.ok("sns/group_get", {"From_Account": "u1"})
    assert groups["ResultItem"] == [{"GroupName": "work", "FriendNumber": 0}]
    assert await host("sns/friend_delete_all", {"From_Account": "u1", "DeleteType": kind}) == OK


async def test_clients_add_for_themselves(host: Host) -> None:
    await host.accounts("ask", AllowType="AllowType_Type_NeedConfirm")
    body = {"From_Account": "u1", "AddFriendItem": [{"To_Account": "ask", "AddSource": SOURCE}], "ForceAddFlags": 1}
    assert await host.codes(ADD, body, client="u1") == [30539], "only an administrator can force"


@pytest.mark.parametrize("odd", ["\0", "a\0b", "\n", "사용자", "x" * 5000, " "])
async def test_odd_names_are_unknown_accounts(host: Host, odd: str) -> None:
    """Whatever stands for a UserID: a documented code, never a failure of the store."""
    await host.add("u1", "u2")
    tags = [{"Tag": "Tag_SNS_IM_Remark", "Value": "x"}]
    check = {"To_Account": [odd], "CheckType": "CheckResult_Type_Both"}
    for path, body in (
        (ADD, {"AddFriendItem": {"To_Account": odd, "AddSource": SOURCE}}),
        ("sns/friend_import", {"AddFriendItem": {"To_Account": odd, "AddSource": SOURCE}}),
        ("sns/friend_update", {"UpdateItem": {"To_Account": odd, "SnsItem": tags}}),
        ("sns/friend_delete", {"To_Account": [odd], "DeleteType": "Delete_Type_Both"}),
        ("sns/friend_check", check),
        ("sns/black_list_check", check | {"CheckType": "BlackCheckResult_Type_Both"}),
        ("sns/friend_get_list", {"To_Account": [odd], "TagList": ["Tag_SNS_IM_Remark"]}),
        ("sns/black_list_add", {"To_Account": [odd]}),
        ("sns/black_list_delete", {"To_Account": [odd]}),
        ("sns/group_add", {"GroupName": ["g"], "To_Account": [odd]}),
        ("follow/follow_add", {"FollowItem": {"To_Account": odd}}),
        ("follow/follow_delete", {"To_Account": [odd]}),
        ("follow/follow_check", {"To_Account": [odd]}),
        ("follow/follow_get_info", {"To_Account": [odd]}),
    ):
        answer = await host.ok(path, {"From_Account": "u1", **body})
        [items] = [value for name, value in answer.items() if isinstance(value, list) and name != "Fail_Account"]
        assert [entry["ResultCode"] for entry in items] == [30003], path
    pendency = {"From_Account": "u1", "To_Account": [odd], "PendencyType": "Pendency_Type_Both"}
    assert await host.codes("sns/pendency_delete", pendency, client="u1") == [30003]
    reply = {"To_Account": odd, "ResponseAction": "Response_Action_Agree"}
    assert await host.codes(
        "sns/friend_response", {"From_Account": "u1", "ResponseFriendItem": reply}, client="u1"
    ) == [30614]
    cursor = {"From_Account": "u1", "FollowType": 1, "StartCursor": f"5.{odd}"}
    assert (await host("follow/follow_get", cursor))["ErrorCode"] in (0, 30001)


@pytest.mark.parametrize("odd", ["\0", "a\0b"])
async def test_odd_texts_are_refused(host: Host, odd: str) -> None:
    for field in ("AddSource", "Remark", "AddWording"):
        entry = {"To_Account": "u2", "AddSource": SOURCE, field: odd}
        assert await host.codes(ADD, {"From_Account": "u1", "AddFriendItem": entry}) == [30001]
    entry = {"To_Account": "u2", "AddSource": SOURCE, "GroupName": odd}
    assert await host.codes(ADD, {"From_Account": "u1", "AddFriendItem": entry}) == [30001]


async def test_half_a_character_is_taken_for_an_unknown_one(host: Host) -> None:
    surrogate = (
        b'{"From_Account":"u1","AddFriendItem":{"To_Account":"u2","AddSource":"AddSource_Type_A","Remark":"\\ud800"}}'
    )
    answer = await host.raw(ADD, surrogate)
    assert (answer["ErrorCode"], answer["ResultItem"][0]["ResultCode"]) == (0, 0)
    friends = await host.ok("sns/friend_get", {"From_Account": "u1", "StartIndex": 0})
    (item,) = friends["UserDataItem"]
    assert {"Tag": "Tag_SNS_IM_Remark", "Value": "\ufffd"} in item["ValueItem"]
