"""Half an emoji, as a script that cuts texts makes it: taken for U+FFFD wherever text may stand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.rest.conftest import Rest
from tests.rest.openim import OK, SEND, history, message, people, text

HALVES = ["\\ud83d", "\\uDE00", "\\ude00\\ud83d"]


@pytest.mark.parametrize("half", HALVES)
async def test_text_and_custom_data(rest: Rest, half: str) -> None:
    await people(rest)
    plain = message("cut@", MsgSeq=1, CloudCustomData="data@", **{"key@": "@"})
    plain["MsgBody"].append({"MsgType": "TIMCustomElem", "MsgContent": {"Data": "@", "Later@": ["@"]}})
    answer = await rest(SEND, json.dumps(plain).replace("@", half).encode())
    assert answer["ErrorCode"] == 0, answer
    (found,) = (await history(rest))["MsgList"]
    whole = "\ufffd" * (len(half) // 6)
    assert found["MsgBody"][0] == text(f"cut{whole}")[0]
    assert found["MsgBody"][1]["MsgContent"] == {"Data": whole, f"Later{whole}": [whole]}
    assert found["CloudCustomData"] == f"data{whole}"


async def test_one_such_nick_does_not_refuse_a_hundred_accounts(rest: Rest) -> None:
    accounts: list[dict[str, Any]] = [{"UserID": f"u{n}", "Nick": f"nick {n}"} for n in range(100)]
    accounts[41]["Nick"] = "cut@"
    body = json.dumps({"AccountList": accounts}).replace("@", "\\ud83d").encode()
    answer = await rest("im_open_login_svc/multiaccount_import", body)
    assert (answer["ErrorCode"], answer.get("FailAccounts", [])) == (0, []), answer
    found = await rest("profile/portrait_get", {"To_Account": ["u41"], "TagList": ["Tag_Profile_IM_Nick"]})
    assert found["UserProfileItem"][0]["ProfileItem"][0]["Value"] == "cut\ufffd"


async def test_profiles_and_friend_lists(rest: Rest) -> None:
    await people(rest)
    bodies = {
        "profile/portrait_set": {
            "From_Account": "lena",
            "ProfileItem": [{"Tag": "Tag_Profile_IM_Nick", "Value": "n@"}],
        },
        "sns/friend_add": {
            "From_Account": "lena",
            "AddFriendItem": [
                {"To_Account": "omar", "AddSource": "AddSource_Type_Web", "Remark": "r@", "AddWording": "w@"}
            ],
        },
        "sns/group_add": {"From_Account": "lena", "GroupName": ["g@"]},
    }
    for command, body in bodies.items():
        answer = await rest(command, json.dumps(body).replace("@", "\\udc00").encode())
        assert answer["ErrorCode"] == 0, (command, answer)


@pytest.mark.parametrize(
    "raw", [b"\xed\xa0\xbd", b"\xed\xa0\xbd\xed\xb8\x80", b"\xff", b"\xc0\x80", b"\xf5\x80\x80\x80"]
)
async def test_bytes_that_are_no_utf_8_are_malformed(rest: Rest, raw: bytes) -> None:
    """Also where nothing is read: in a field that the command does not know."""
    await people(rest)
    for name in ("CloudCustomData", "Unknown"):
        body = json.dumps(message(**{name: "@"})).encode().replace(b"@", raw)
        assert await rest.code(SEND, body) == 90001
    assert await rest.code("profile/portrait_set", b'{"x":"%b"}' % raw) == 40001
    assert await rest.code("im_open_login_svc/account_import", b'{"UserID":"u","Nick":"%b"}' % raw) == 70402


async def test_whole_emoji_and_escaped_backslashes_stay(rest: Rest) -> None:
    await people(rest)
    body = json.dumps(message("@")).replace("@", "\\ud83d\\ude00 \\\\ud83d").encode()
    assert {**await rest(SEND, body), "MsgTime": 0, "MsgKey": "", "MsgId": ""} == {
        **OK,
        "MsgTime": 0,
        "MsgKey": "",
        "MsgId": "",
    }
    assert (await history(rest))["MsgList"][0]["MsgBody"] == text("\U0001f600 \\ud83d")
