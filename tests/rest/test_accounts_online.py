"""``openim`` online status: whole answers as rest-accounts-relations.md section 4 shows them, and every code."""

from __future__ import annotations

from typing import Any

import pytest

from sodam.bus import of_user
from tests.rest.conftest import SDKAPPID, Rest
from tests.support.cases import each
from tests.unit.accounts.conftest import Device

QUERY, OLD = "openim/query_online_status", "openim/querystate"
OK: dict[str, Any] = {"ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 0}


def both(value: str) -> dict[str, str]:
    """Pages and SDKs differ on the name: both are there."""
    return {"Status": value, "State": value}


async def test_status_with_and_without_detail(rest: Rest) -> None:
    await rest("im_open_login_svc/multiaccount_import", {"Accounts": ["u1", "u2"]})
    live = rest.server.live
    live.add(of_user(SDKAPPID, "u1"), Device(41))
    live.add(of_user(SDKAPPID, "u1"), Device(42))
    failed = [{"To_Account": "ghost", "ErrorCode": 70107}]
    web = {"Platform": "Web"} | both("Online")
    assert await rest(QUERY, {"To_Account": ["u1", "u2", "ghost"], "IsNeedDetail": 1}) == OK | {
        "QueryResult": [
            {"To_Account": "u1", "Detail": [web]} | both("Online"),
            {"To_Account": "u2"} | both("Offline"),
        ],
        "ErrorList": failed,
    }
    assert await rest(OLD, {"To_Account": ["u1"]}) == OK | {"QueryResult": [{"To_Account": "u1"} | both("Online")]}
    answer = await rest(
        QUERY, {"To_Account": ["u1"], "IsNeedDetail": "1", "IsReturnInstid": 1, "IsReturnCustomStatus": 1}
    )
    assert answer["QueryResult"] == [
        {"To_Account": "u1", "Detail": [web | {"Instid": 41}, web | {"Instid": 42}], "CustomStatus": ""}
        | both("Online")
    ]


async def test_a_client_that_leaves_is_offline(rest: Rest) -> None:
    await rest("im_open_login_svc/account_import", {"UserID": "u1"})
    device = Device(1)
    rest.server.live.add(of_user(SDKAPPID, "u1"), device)
    assert (await rest(QUERY, {"To_Account": ["u1"]}))["QueryResult"] == [{"To_Account": "u1"} | both("Online")]
    rest.server.live.remove(of_user(SDKAPPID, "u1"), device)
    assert (await rest(QUERY, {"To_Account": ["u1"]}))["QueryResult"] == [{"To_Account": "u1"} | both("Offline")]


async def test_when_nobody_is_known_the_call_fails(rest: Rest) -> None:
    answer = await rest(QUERY, {"To_Account": ["ghost", "nul\x00"]})
    assert (answer["ActionStatus"], answer["ErrorCode"]) == ("FAIL", 70107)
    assert [item["To_Account"] for item in answer["ErrorList"]] == ["ghost", "nul\x00"]


async def test_five_hundred(rest: Rest) -> None:
    ids = [f"u{n}" for n in range(500)]
    for at in range(0, 500, 100):
        await rest("im_open_login_svc/multiaccount_import", {"Accounts": ids[at : at + 100]})
    answer = await rest(QUERY, {"To_Account": ids})
    assert [item["To_Account"] for item in answer["QueryResult"]] == ids


@pytest.mark.parametrize("command", [QUERY, OLD])
@each(
    ("body", "code"),
    [
        ({}, 90003),
        ({"To_Account": []}, 90003),
        ({"To_Account": None}, 90003),
        ({"To_Account": [1]}, 90003),
        ({"To_Account": {}}, 90003),
        ({"To_Account": [str(n) for n in range(501)]}, 90011),
        ({"To_Account": ["u1"], "IsNeedDetail": "yes"}, 90001),
        (b"{", 90001),
    ],
)
async def test_refusals(rest: Rest, command: str, body: Any, code: int) -> None:
    assert await rest.code(command, body) == code
