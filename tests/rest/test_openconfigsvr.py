"""``openconfigsvr``: accounts that may not write for a while."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from sodam.accounts.model import FOREVER
from sodam.bus.cache import MAX_AGE
from sodam_client import Client, RequestError
from tests.gateway.raw_client import RawClient, Refused
from tests.rest.conftest import Rest
from tests.support.cases import each
from tests.support.server import ServerFactory, ServerProcess
from tests.support.waiting import eventually

SOON = MAX_AGE - 5
"""Seconds, sooner than a node would look by itself."""
SET, GET = "openconfigsvr/setnospeaking", "openconfigsvr/getnospeaking"


async def left(rest: Rest, user_id: str) -> tuple[int, int]:
    answer = await rest(GET, {"Get_Account": user_id})
    assert answer["ErrorCode"] == 0
    return answer["C2CmsgNospeakingTime"], answer["GroupmsgNospeakingTime"]


async def test_times_run_down_and_end(rest: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    await rest("im_open_login_svc/account_import", {"UserID": "oskar"})
    now = [1_800_000_000.0]
    accounts, c2c = rest.server.services.accounts, rest.server.services.c2c
    monkeypatch.setattr(accounts, "_clock", lambda: now[0])
    monkeypatch.setattr(c2c, "_clock", lambda: now[0])
    assert await left(rest, "oskar") == (0, 0)
    body: dict[str, Any] = {"Set_Account": "oskar", "C2CmsgNospeakingTime": FOREVER, "GroupmsgNospeakingTime": 5400}
    assert await rest.code(SET, body) == 0
    now[0] += 12
    assert await left(rest, "oskar") == (FOREVER, 5388)
    assert await rest.code(SET, {"Set_Account": "oskar", "C2CmsgNospeakingTime": "60"}) == 0
    now[0] += 59
    assert await left(rest, "oskar") == (1, 5329)
    now[0] += 10_000
    assert await left(rest, "oskar") == (0, 0)
    assert await rest.code(SET, {"Set_Account": "oskar", "C2CmsgNospeakingTime": 60}) == 0
    assert await rest.code(SET, {"Set_Account": "oskar", "C2CmsgNospeakingTime": 0}) == 0
    assert await left(rest, "oskar") == (0, 0)


@each(
    ("command", "body", "code"),
    [
        (SET, b"{", 130001),
        (SET, {"C2CmsgNospeakingTime": 1}, 130004),
        (SET, {"Set_Account": 5, "C2CmsgNospeakingTime": 1}, 130005),
        (SET, {"Set_Account": "nobody", "C2CmsgNospeakingTime": 1}, 130005),
        (SET, {"Set_Account": "no\nbody", "C2CmsgNospeakingTime": 1}, 130005),
        (SET, {"Set_Account": "oskar"}, 130008),
        (SET, {"Set_Account": "oskar", "C2CmsgNospeakingTime": -1}, 130001),
        (SET, {"Set_Account": "oskar", "GroupmsgNospeakingTime": FOREVER + 1}, 130001),
        (GET, {}, 130002),
        (GET, {"Get_Account": "nobody"}, 130003),
        (GET, {"Get_Account": ["oskar"]}, 130003),
    ],
)
async def test_refusals(rest: Rest, command: str, body: Any, code: int) -> None:
    await rest("im_open_login_svc/account_import", {"UserID": "oskar"})
    assert await rest.code(command, body) == code


async def test_a_muted_client_may_not_write_on_any_node(server_factory: ServerFactory) -> None:
    one, two = server_factory("postgres", nodes=2, nats=True).nodes
    await one.rest("im_open_login_svc/multiaccount_import", {"Accounts": ["oskar", "ines"]})
    async with _client(two, "oskar") as oskar:
        await oskar.send_text("ines", "before")
        assert (await one.rest(SET, {"Set_Account": "oskar", "C2CmsgNospeakingTime": FOREVER}))["ErrorCode"] == 0

        async def outcome() -> int:
            try:
                await oskar.send_text("ines", "may I?")
            except RequestError as error:
                return error.code
            return 0

        await eventually(outcome, 20012, SOON)
        body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "in his name"}}]
        sent = {"From_Account": "oskar", "To_Account": "ines", "MsgRandom": 1, "MsgBody": body}
        assert (await two.rest("openim/sendmsg", sent))["ErrorCode"] == 0
        async with _client(two, "ines") as ines:
            await ines.send_text("oskar", "others go on")
        assert (await one.rest(SET, {"Set_Account": "oskar", "C2CmsgNospeakingTime": 0}))["ErrorCode"] == 0
        await eventually(outcome, 0, SOON)


async def test_a_muted_account_may_not_write_in_groups(server_factory: ServerFactory) -> None:
    one, two = server_factory("postgres", nodes=2, nats=True).nodes
    await one.rest("im_open_login_svc/multiaccount_import", {"Accounts": ["ines", "oskar"]})
    group = {"Owner_Account": "ines", "Type": "Public", "GroupId": "team", "Name": "Team"}
    made = await one.rest("group_open_http_svc/create_group", {**group, "MemberList": [{"Member_Account": "oskar"}]})
    assert made["ErrorCode"] == 0
    async with RawClient(two, "oskar") as oskar:
        await oskar.sign_in()
        numbers = itertools.count()

        async def outcome() -> int:
            body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "may I?"}}]
            try:
                sent = {"GroupId": "team", "Random": next(numbers), "MsgBody": body}
                await oskar.call("group_open_http_svc.send_group_msg", sent)
            except Refused as error:
                return error.code
            return 0

        assert await outcome() == 0
        assert (await one.rest(SET, {"Set_Account": "oskar", "GroupmsgNospeakingTime": 60}))["ErrorCode"] == 0
        await eventually(outcome, 10017, SOON)
        assert (await one.rest(SET, {"Set_Account": "oskar", "GroupmsgNospeakingTime": 0}))["ErrorCode"] == 0
        await eventually(outcome, 0, SOON)


def _client(server: ServerProcess, user_id: str) -> Client:
    usersig: Callable[[], str] = lambda: server.usersig(user_id)  # noqa: E731
    return Client(server.ws_url, server.sdkappid, user_id, usersig)
