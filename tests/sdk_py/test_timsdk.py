"""The public package ``timsdk``, unmodified: accounts and profiles. It fixes the vendor's host and asks by GET."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import timsdk

from tests.sdk_py.vendor_host import vendor_host
from tests.support.server import ServerProcess

OK = {"ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 0}
NICK, GENDER, BIRTHDAY = "Tag_Profile_IM_Nick", "Tag_Profile_IM_Gender", "Tag_Profile_IM_BirthDay"


@pytest.fixture
def tim(server: ServerProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    with vendor_host(server.url, tmp_path, monkeypatch):
        yield timsdk.TimClient(server.sdkappid, server.key)


def test_accounts(tim: Any) -> None:
    login = tim.im_open_login_svc
    assert login.account_import("tsdk_kim", nick="Kim", face_url="https://img.example/kim.png") == OK
    assert login.account_import("tsdk_lee") == OK
    assert login.im_open_login_svc(["tsdk_1", "tsdk_2"]) == OK | {"FailAccounts": []}
    checked = login.account_check(["tsdk_kim", "tsdk_1", "tsdk_ghost"])
    assert checked == OK | {
        "ResultItem": [
            {"UserID": "tsdk_kim", "ResultCode": 0, "ResultInfo": "", "AccountStatus": "Imported"},
            {"UserID": "tsdk_1", "ResultCode": 0, "ResultInfo": "", "AccountStatus": "Imported"},
            {"UserID": "tsdk_ghost", "ResultCode": 0, "ResultInfo": "", "AccountStatus": "NotImported"},
        ]
    }
    assert login.kick("tsdk_lee") == OK
    assert login.kick("tsdk_ghost")["ErrorCode"] == 70107
    assert login.account_delete(["tsdk_2", "tsdk_ghost"]) == OK | {
        "ResultItem": [
            {"ResultCode": 0, "ResultInfo": "", "UserID": "tsdk_2"},
            {
                "ResultCode": 70107,
                "ResultInfo": "Err_TLS_PT_Open_Login_Account_Not_Exist",
                "UserID": "tsdk_ghost",
            },
        ]
    }
    assert login.account_check(["tsdk_2"])["ResultItem"][0]["AccountStatus"] == "NotImported"
    state = tim.open_im.query_state(["tsdk_kim"])
    assert state["QueryResult"][0]["State"] == "Offline"


def test_profiles(tim: Any) -> None:
    assert tim.im_open_login_svc.account_import("tsdk_mina", nick="First") == OK
    changed = tim.profile.portrait_set(
        "tsdk_mina",
        [
            {"Tag": NICK, "Value": "미나"},
            {"Tag": GENDER, "Value": "Gender_Type_Female"},
            {"Tag": BIRTHDAY, "Value": 20010131},
        ],
    )
    assert changed == OK | {"ErrorDisplay": ""}
    assert tim.profile.portrait_get(["tsdk_mina", "tsdk_ghost"]) == OK | {
        "ErrorDisplay": "",
        "UserProfileItem": [
            {
                "To_Account": "tsdk_mina",
                "ProfileItem": [
                    {"Tag": NICK, "Value": "미나"},
                    {"Tag": GENDER, "Value": "Gender_Type_Female"},
                    {"Tag": BIRTHDAY, "Value": 20010131},
                ],
                "ResultCode": 0,
                "ResultInfo": "",
            },
            {"To_Account": "tsdk_ghost", "ResultCode": 40003, "ResultInfo": "Err_Profile_Invalid_Account"},
        ],
        "Fail_Account": ["tsdk_ghost"],
    }
    refused = tim.profile.portrait_set("tsdk_mina", [{"Tag": GENDER, "Value": "Gender_Type_Both"}])
    assert (refused["ActionStatus"], refused["ErrorCode"]) == ("FAIL", 40605)


def test_one_to_one_messages(tim: Any) -> None:
    for user_id in ("tsdk_a", "tsdk_b"):
        assert tim.im_open_login_svc.account_import(user_id) == OK
    begin = int(time.time())
    sent = tim.open_im.send_text_msg("tsdk_b", "안녕", from_account="tsdk_a")
    assert (sent["ActionStatus"], sent["ErrorCode"]) == ("OK", 0), sent
    assert begin <= sent["MsgTime"] <= time.time()
    assert tim.open_im.batch_send_text_msg(["tsdk_a", "tsdk_b"], "all", from_account="administrator")["ErrorCode"] == 0
    assert tim.open_im.admin_msg_withdraw("tsdk_b", "tsdk_a", sent["MsgKey"])["ErrorCode"] == 0


def test_a_wrong_key_is_refused(server: ServerProcess, tim: Any) -> None:
    stranger = timsdk.TimClient(server.sdkappid, "0" * 64)
    assert stranger.im_open_login_svc.account_check(["tsdk_kim"])["ErrorCode"] == 70009
