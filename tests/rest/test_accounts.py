"""``im_open_login_svc``: whole answers as rest-accounts-relations.md section 3 shows them, and every code."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import msgspec
import pytest

from sodam import usersig
from sodam.accounts.model import IMAGE, NICK
from sodam.apps.model import PLAN_LIMITS, AppSettings
from tests.rest.conftest import KEY, SDKAPPID, Rest
from tests.support.cases import each

IMPORT = "im_open_login_svc/account_import"
MULTI = "im_open_login_svc/multiaccount_import"
DELETE = "im_open_login_svc/account_delete"
CHECK = "im_open_login_svc/account_check"
KICK = "im_open_login_svc/kick"
OK: dict[str, Any] = {"ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 0}
GONE = "Err_TLS_PT_Open_Login_Account_Not_Exist"


async def profile(rest: Rest, user_id: str) -> dict[str, Any]:
    account = await rest.server.accounts.find(SDKAPPID, user_id)
    assert account is not None, user_id
    return dict(account.profile)


async def test_account_import(rest: Rest) -> None:
    assert await rest(IMPORT, {"UserID": "u_kim", "Nick": "Kim", "FaceUrl": "https://img.example/kim.png"}) == OK
    assert await profile(rest, "u_kim") == {NICK: "Kim", IMAGE: "https://img.example/kim.png"}
    assert await rest(IMPORT, {"UserID": "u_kim"}) == OK
    assert await rest(IMPORT, {"UserID": "u_kim", "Nick": "", "FaceUrl": None}) == OK
    assert await profile(rest, "u_kim") == {NICK: "Kim", IMAGE: "https://img.example/kim.png"}
    assert await rest(IMPORT, {"UserID": "u_kim", "Nick": "Kim II"}) == OK
    assert await profile(rest, "u_kim") == {NICK: "Kim II", IMAGE: "https://img.example/kim.png"}


async def test_the_old_name_of_the_user_id(rest: Rest) -> None:
    assert await rest(IMPORT, {"Identifier": "old", "Type": 1, "Nick": "n"}) == OK
    assert await rest(IMPORT, {"Identifier": "loses", "UserID": "wins"}) == OK
    status = await rest(CHECK, {"CheckItem": [{"UserID": u} for u in ("old", "wins", "loses")]})
    assert [item["AccountStatus"] for item in status["ResultItem"]] == ["Imported", "Imported", "NotImported"]


@each(
    ("body", "code"),
    [
        ({}, 70402),
        ({"UserID": None}, 70402),
        ({"UserID": ""}, 70402),
        ({"UserID": "x" * 33}, 70402),
        ({"UserID": "nul\x00"}, 70402),
        ({"UserID": "한"}, 70402),
        ({"UserID": 12}, 60015),
        ({"UserID": ["a"]}, 60015),
        ({"UserID": {}}, 60015),
        ({"Identifier": 12}, 60015),
        ({"UserID": "u", "Nick": 5}, 70402),
        ({"UserID": "u", "Nick": "n" * 501}, 40601),
        ({"UserID": "u", "FaceUrl": "한" * 167}, 40601),
        ([], 70402),
        (b"", 70402),
        (b"{", 70402),
        (b'{"UserID":"\xff"}', 70402),
        (b'{"UserID":"\\ud800"}', 70402),
        (b"[" * 100_000, 70402),
    ],
)
async def test_refusals_of_account_import(rest: Rest, body: Any, code: int) -> None:
    assert await rest.code(IMPORT, body) == code
    assert await rest.server.accounts.count(SDKAPPID) == 1  # the administrator, who called


async def test_multiaccount_import(rest: Rest) -> None:
    assert await rest(MULTI, {"AccountList": [{"UserID": "u1", "Nick": "One"}, {"UserID": "u2"}]}) == OK | {
        "FailAccounts": []
    }
    assert await rest(MULTI, {"AccountList": [{"UserID": "u1", "Nick": "Uno"}, {"UserID": "u3", "Nick": "Tres"}]}) == (
        OK | {"FailAccounts": []}
    )
    assert [await profile(rest, u) for u in ("u1", "u2", "u3")] == [{NICK: "Uno"}, {}, {NICK: "Tres"}]


async def test_the_old_form_and_its_variants(rest: Rest) -> None:
    body = {"Accounts": ["a1", {"UserID": "a2", "Nick": "Two"}, {"Identifier": "a3"}, "a1"]}
    assert await rest(MULTI, body) == OK | {"FailAccounts": []}
    assert await profile(rest, "a2") == {NICK: "Two"}
    assert await rest.server.accounts.count(SDKAPPID) == 4  # with the administrator


async def test_a_userid_that_is_there_twice(rest: Rest) -> None:
    """As if each were a call of its own, in order: nothing of either is lost, and the later value counts."""
    face = "Tag_Profile_IM_Image"
    for nick in ("One", "Two"):  # a new account, then one that exists
        items = [{"UserID": "u1", "Nick": "Zero"}, {"UserID": "u2"}, {"UserID": "u1", "Nick": nick, "FaceUrl": "f1"}]
        items += [{"UserID": "u1", "Nick": ""}, {"UserID": "u2", "FaceUrl": "f2"}]
        assert await rest(MULTI, {"AccountList": items}) == OK | {"FailAccounts": []}
        assert await profile(rest, "u1") == {NICK: nick, face: "f1"}
        assert await profile(rest, "u2") == {face: "f2"}
    body = {"Accounts": [{"UserID": "u3", "Nick": "Tres"}, "u3", {"Identifier": "u3", "FaceUrl": "f3"}]}
    assert await rest(MULTI, body) == OK | {"FailAccounts": []}
    assert await profile(rest, "u3") == {NICK: "Tres", face: "f3"}


async def test_accounts_that_fail_are_named(rest: Rest) -> None:
    items = [{"UserID": "good"}, {"UserID": ""}, {"UserID": "x" * 33}, {"UserID": "long", "Nick": "n" * 501}]
    assert await rest(MULTI, {"AccountList": items}) == OK | {"FailAccounts": ["", "x" * 33, "long"]}
    assert await profile(rest, "good") == {}
    assert await rest(MULTI, {"AccountList": items[3:]}) == OK | {"FailAccounts": ["long"]}
    assert await rest.code(MULTI, {"AccountList": items[1:3]}) == 70402


@each(
    ("body", "code"),
    [
        ({}, 70402),
        ({"Accounts": []}, 70402),
        ({"AccountList": []}, 70402),
        ({"Accounts": [str(n) for n in range(101)]}, 70402),
        ({"AccountList": [{"UserID": str(n)} for n in range(101)]}, 70402),
        ({"AccountList": [{"Nick": "n"}]}, 70402),
        ({"AccountList": [{"UserID": 5}]}, 60015),
        ({"Accounts": [5]}, 60015),
        ({"Accounts": [True]}, 60015),
        ({"Accounts": "u1"}, 70402),
    ],
)
async def test_refusals_of_multiaccount_import(rest: Rest, body: Any, code: int) -> None:
    assert await rest.code(MULTI, body) == code


async def test_a_hundred_at_once(rest: Rest) -> None:
    ids = [f"h{n}" for n in range(100)]
    assert await rest(MULTI, {"Accounts": ids}) == OK | {"FailAccounts": []}
    checked = await rest(CHECK, {"CheckItem": [{"UserID": u} for u in ids]})
    assert {item["AccountStatus"] for item in checked["ResultItem"]} == {"Imported"}
    deleted = await rest(DELETE, {"DeleteItem": [{"UserID": u} for u in ids]})
    assert {item["ResultCode"] for item in deleted["ResultItem"]} == {0}


async def test_the_plan_s_number_of_accounts(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PLAN_LIMITS, "Trial", msgspec.structs.replace(PLAN_LIMITS["Trial"], accounts=20))
    await rest(CHECK, {"CheckItem": [{"UserID": "u"}]})  # makes the administrator's account
    codes = await asyncio.gather(*(rest.code(IMPORT, {"UserID": f"u{n}"}) for n in range(30)))
    assert sorted(codes) == [0] * 19 + [70398] * 11
    assert await rest.code(MULTI, {"Accounts": ["v1", "v2"]}) == 70398
    assert await rest.server.accounts.count(SDKAPPID) == 20


async def test_account_check(rest: Rest) -> None:
    await rest(IMPORT, {"UserID": "u1"})
    expected = OK | {
        "ResultItem": [
            {"UserID": "u1", "ResultCode": 0, "ResultInfo": "", "AccountStatus": "Imported"},
            {"UserID": "u9", "ResultCode": 0, "ResultInfo": "", "AccountStatus": "NotImported"},
        ]
    }
    body = {"CheckItem": [{"UserID": "u1"}, {"UserID": "u9"}]}
    assert await rest(CHECK, body) == expected
    assert await rest(CHECK, body, method="GET") == expected


@pytest.mark.parametrize("command", [CHECK, DELETE])
async def test_refusals_of_lists(rest: Rest, command: str) -> None:
    name = "CheckItem" if command == CHECK else "DeleteItem"
    assert await rest.code(command, {}) == 70402
    assert await rest.code(command, {name: []}) == 70402
    assert await rest.code(command, {name: [{"UserID": str(n)} for n in range(101)]}) == 70402
    assert await rest.code(command, {name: [{}]}) == 70402
    assert await rest.code(command, {name: [{"UserID": 5}]}) == 60015
    answer = await rest(command, {name: [{"UserID": "nul\x00"}]})
    assert answer["ResultItem"][0]["ResultCode"] == 70402


async def test_account_delete(rest: Rest) -> None:
    await rest(IMPORT, {"UserID": "u1", "Nick": "One"})
    assert await rest(DELETE, {"DeleteItem": [{"UserID": "u1"}, {"UserID": "ghost"}]}) == OK | {
        "ResultItem": [
            {"ResultCode": 0, "ResultInfo": "", "UserID": "u1"},
            {"ResultCode": 70107, "ResultInfo": GONE, "UserID": "ghost"},
        ]
    }
    status = await rest(CHECK, {"CheckItem": [{"UserID": "u1"}]})
    assert status["ResultItem"][0]["AccountStatus"] == "NotImported"
    assert await rest(IMPORT, {"UserID": "u1"}) == OK
    assert await profile(rest, "u1") == {}


async def test_administrators_stay(rest: Rest) -> None:
    answer = await rest(DELETE, {"DeleteItem": [{"UserID": "administrator"}]})
    assert answer["ResultItem"][0]["ResultCode"] == 70402
    assert await rest.server.accounts.find(SDKAPPID, "administrator") is not None


async def test_deletion_outside_trial(rest: Rest) -> None:
    await rest.configure(plan="Flagship")
    await rest(MULTI, {"Accounts": ["u1", "u2"]})
    assert (await rest(DELETE, {"DeleteItem": [{"UserID": "u1"}]}))["ErrorCode"] == 0
    assert await rest.code(IMPORT, {"UserID": "u1"}) == 70399
    assert await rest(MULTI, {"Accounts": ["u1", "u3"]}) == OK | {"FailAccounts": ["u1"]}
    assert await rest(MULTI, {"Accounts": ["u1"]}) == OK | {"FailAccounts": ["u1"]}
    await rest.configure(settings=AppSettings(allow_account_deletion=False))
    assert await rest.code(DELETE, {"DeleteItem": [{"UserID": "u2"}]}) == 71000


async def test_kick(rest: Rest) -> None:
    await rest(IMPORT, {"UserID": "u_bad"})
    old = usersig.generate(SDKAPPID, KEY, "u_bad", now=int(time.time()))
    assert (await rest.server.auth.check(rest.app, "u_bad", old)).user_id == "u_bad"
    assert await rest(KICK, {"UserID": "u_bad"}) == OK
    assert await rest(KICK, {"Identifier": "u_bad"}) == OK
    with pytest.raises(Exception, match="70052"):
        await rest.server.auth.check(rest.app, "u_bad", old)


@pytest.mark.parametrize(
    ("body", "code"), [({}, 70402), ({"UserID": "ghost"}, 70107), ({"UserID": 1}, 60015), ({"UserID": ""}, 70402)]
)
async def test_refusals_of_kick(rest: Rest, body: Any, code: int) -> None:
    assert await rest.code(KICK, body) == code


async def test_only_administrators_call(rest: Rest) -> None:
    await rest(IMPORT, {"UserID": "u1"})
    for command in (IMPORT, MULTI, DELETE, CHECK, KICK):
        assert (await rest(command, {"UserID": "u1"}, identifier="u1"))["ErrorCode"] == 60010
