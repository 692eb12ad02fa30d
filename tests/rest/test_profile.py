"""``profile``: whole answers as rest-accounts-relations.md 5.3 and 5.4 show them, and every code."""

from __future__ import annotations

from typing import Any

import pytest

from sodam.apps.model import AppSettings, UserField
from tests.rest.conftest import Rest
from tests.support.cases import each

SET, GET = "profile/portrait_set", "profile/portrait_get"
NICK, GENDER = "Tag_Profile_IM_Nick", "Tag_Profile_IM_Gender"
LEVEL, ALLOW = "Tag_Profile_IM_Level", "Tag_Profile_IM_AllowType"
OK: dict[str, Any] = {"ActionStatus": "OK", "ErrorCode": 0, "ErrorInfo": "", "ErrorDisplay": ""}


async def test_the_examples(rest: Rest) -> None:
    await rest("im_open_login_svc/account_import", {"UserID": "u1"})
    body = {
        "From_Account": "u1",
        "ProfileItem": [
            {"Tag": NICK, "Value": "Mina"},
            {"Tag": ALLOW, "Value": "AllowType_Type_NeedConfirm"},
            {"Tag": LEVEL, "Value": 3},
        ],
    }
    assert await rest(SET, body) == OK
    assert await rest(GET, {"To_Account": ["u1", "ghost"], "TagList": [NICK, GENDER]}) == OK | {
        "UserProfileItem": [
            {
                "To_Account": "u1",
                "ProfileItem": [{"Tag": NICK, "Value": "Mina"}],
                "ResultCode": 0,
                "ResultInfo": "",
            },
            {"To_Account": "ghost", "ResultCode": 40003, "ResultInfo": "Err_Profile_Invalid_Account"},
        ],
        "Fail_Account": ["ghost"],
    }
    answer = await rest(GET, {"To_Account": ["u1"], "TagList": [LEVEL, ALLOW]})
    assert answer == OK | {
        "UserProfileItem": [
            {
                "To_Account": "u1",
                "ProfileItem": [
                    {"Tag": LEVEL, "Value": 3},
                    {"Tag": ALLOW, "Value": "AllowType_Type_NeedConfirm"},
                ],
                "ResultCode": 0,
                "ResultInfo": "",
            }
        ]
    }


async def test_digits_as_a_text_are_kept_as_a_number(rest: Rest) -> None:
    """The vendor's Java SDK writes every value as a text; answers stay numbers."""
    await rest("im_open_login_svc/account_import", {"UserID": "u1"})
    items = [{"Tag": "Tag_Profile_IM_BirthDay", "Value": "19900101"}, {"Tag": LEVEL, "Value": "007"}]
    assert await rest(SET, {"From_Account": "u1", "ProfileItem": items}) == OK
    answer = await rest(GET, {"To_Account": ["u1"], "TagList": ["Tag_Profile_IM_BirthDay", LEVEL]})
    assert answer["UserProfileItem"][0]["ProfileItem"] == [
        {"Tag": "Tag_Profile_IM_BirthDay", "Value": 19900101},
        {"Tag": LEVEL, "Value": 7},
    ]


async def test_when_all_fail_the_call_does(rest: Rest) -> None:
    answer = await rest(GET, {"To_Account": ["ghost", "nul\x00"], "TagList": [NICK], "From_Account": "ignored"})
    assert (answer["ActionStatus"], answer["ErrorCode"]) == ("FAIL", 40003)
    assert answer["Fail_Account"] == ["ghost", "nul\x00"]
    assert [item["ResultCode"] for item in answer["UserProfileItem"]] == [40003, 40003]


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"Tag": NICK, "Value": "n" * 501}, 40601),
        ({"Tag": "Tag_Profile_IM_Location", "Value": "l" * 17}, 40601),
        ({"Tag": NICK, "Value": 5}, 40610),
        ({"Tag": NICK, "Value": None}, 40610),
        ({"Tag": LEVEL, "Value": "three"}, 40610),
        ({"Tag": LEVEL, "Value": ""}, 40610),
        ({"Tag": LEVEL, "Value": "9" * 20}, 40605),
        ({"Tag": LEVEL, "Value": 10**30}, 40605),
        ({"Tag": GENDER, "Value": "Gender_Type_X"}, 40605),
        ({"Tag": "Tag_Profile_IM_Shoe", "Value": 42}, 40009),
        ({"Tag": "Tag_Profile_Custom_None", "Value": "x"}, 40009),
        ({"Tag": "Tag_SNS_IM_Remark", "Value": "x"}, 40009),
        ({"Tag": "Tag_Profile_Custom_Locked", "Value": "x"}, 40008),
        ({"Tag": "Tag_Profile_Custom_Big", "Value": -1}, 40605),
        ({"Tag": NICK}, 40001),
        ({"Value": "x"}, 40001),
        ({"Tag": 5, "Value": "x"}, 40001),
    ],
)
async def test_a_wrong_item_changes_nothing(rest: Rest, item: dict[str, Any], code: int) -> None:
    await rest.configure(
        settings=AppSettings(
            user_fields=(UserField(name="Locked", admin_write=False), UserField(name="Big", type="uint64"))
        )
    )
    await rest("im_open_login_svc/account_import", {"UserID": "u1", "Nick": "before"})
    body = {"From_Account": "u1", "ProfileItem": [{"Tag": NICK, "Value": "after"}, item]}
    assert await rest.code(SET, body) == code
    answer = await rest(GET, {"To_Account": "u1", "TagList": [NICK]})
    assert answer["UserProfileItem"][0]["ProfileItem"] == [{"Tag": NICK, "Value": "before"}]


@each(
    ("body", "code"),
    [
        ({}, 40001),
        ({"From_Account": "u1"}, 40001),
        ({"From_Account": "u1", "ProfileItem": []}, 40001),
        ({"From_Account": "u1", "ProfileItem": {}}, 40001),
        ({"From_Account": 1, "ProfileItem": [{"Tag": NICK, "Value": "x"}]}, 60015),
        ({"From_Account": "ghost", "ProfileItem": [{"Tag": NICK, "Value": "x"}]}, 40003),
        ({"From_Account": "nul\x00", "ProfileItem": [{"Tag": NICK, "Value": "x"}]}, 40003),
        ({"From_Account": "", "ProfileItem": [{"Tag": NICK, "Value": "x"}]}, 40003),
        (b"not json", 40001),
    ],
)
async def test_refusals_of_portrait_set(rest: Rest, body: Any, code: int) -> None:
    answer = await rest(SET, body)
    assert answer["ErrorCode"] == code
    assert answer["ErrorDisplay"] == ""


@each(
    ("body", "code"),
    [
        ({"TagList": [NICK]}, 40002),
        ({"To_Account": [], "TagList": [NICK]}, 40002),
        ({"To_Account": ["u1"]}, 40001),
        ({"To_Account": [1], "TagList": [NICK]}, 60015),
        ({"To_Account": ["u1"], "TagList": "x"}, 40001),
        ({"To_Account": ["u1"], "TagList": ["Tag_Profile_IM_Shoe"]}, 40009),
        ({"To_Account": ["u1"], "TagList": ["Tag_SNS_IM_Remark"]}, 40009),
        ({"To_Account": ["u1"], "TagList": [NICK, "Tag_Profile_Custom_Hidden"]}, 40007),
        ({"To_Account": ["u1"] * 501, "TagList": [NICK]}, 40001),
    ],
)
async def test_refusals_of_portrait_get(rest: Rest, body: Any, code: int) -> None:
    await rest.configure(settings=AppSettings(user_fields=(UserField(name="Hidden", admin_read=False),)))
    await rest("im_open_login_svc/account_import", {"UserID": "u1"})
    answer = await rest(GET, body)
    assert (answer["ActionStatus"], answer["ErrorCode"]) == ("FAIL", code)


async def test_custom_fields_of_all_types(rest: Rest) -> None:
    fields = (UserField(name="Num", type="uint64"), UserField(name="Text"), UserField(name="Bytes", type="bytes"))
    await rest.configure(settings=AppSettings(user_fields=fields))
    await rest("im_open_login_svc/account_import", {"UserID": "u1"})
    items: list[dict[str, Any]] = [
        {"Tag": "Tag_Profile_Custom_Num", "Value": 2**64 - 1},
        {"Tag": "Tag_Profile_Custom_Text", "Value": '한글 "\\\u2028\u0000'},
        {"Tag": "Tag_Profile_Custom_Bytes", "Value": ""},
    ]
    assert await rest(SET, {"From_Account": "u1", "ProfileItem": items}) == OK
    answer = await rest(GET, {"To_Account": ["u1"], "TagList": [item["Tag"] for item in items]})
    assert answer["UserProfileItem"][0]["ProfileItem"] == items
