"""Statistics in the console: a page of days, and a page that is told what is new."""

from __future__ import annotations

import datetime
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.console.test_apps import new_app
from tests.support.console import ConsoleClient, Refused
from tests.support.server import ServerProcess

LIVE = "/console/live/statistics"


async def _events(response: httpx.Response) -> AsyncIterator[tuple[str, int, dict[str, Any]]]:
    name, number = "", 0
    async for line in response.aiter_lines():
        key, _, value = line.partition(": ")
        if key == "event":
            name, number = value, 0
        elif key == "id":
            number = int(value)
        elif key == "data":
            yield name, number, json.loads(value)


async def test_days_and_what_is_new(root: ConsoleClient, console_server: ServerProcess) -> None:
    rest = await new_app(root, console_server, "statistics")
    hours = 12 - datetime.datetime.now(datetime.UTC).hour  # midnight is far
    zone = f"{'-' if hours < 0 else '+'}{abs(hours):02}:00"
    await root.call("im/SetAbilityConfInfo", SDKAppID=rest.app, Version=1, TimeZone=zone)
    for user in ("ann", "bob"):
        await root.call("im/CreateAccount", SDKAppID=rest.app, UserID=user)
    body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hi"}}]
    message = {"From_Account": "ann", "To_Account": "bob", "MsgRandom": 1, "MsgBody": body}
    await rest.call("openim/sendmsg", message)
    today = (await root.call("im/DescribeRealtimeStatistics", SDKAppID=rest.app))["Day"]
    period = {"SDKAppID": rest.app, "From": today, "To": today}
    found = await root.call("im/DescribeDailyStatistics", Kind="messages", **period)
    assert (found["Today"], found["TimeZone"], found["Since"]) == (today, zone, today)
    assert [(one["Name"], one["Value"], one["Before"]) for one in found["Overview"]] == [
        ("Messages", 0, None),
        ("C2CMessages", 0, None),
        ("GroupMessages", 0, None),
    ]
    assert found["Days"] == [
        {
            "Date": today,
            "State": "open",
            "Messages": 1,
            "C2CMessages": 1,
            "GroupMessages": 0,
            "Senders": 1,
            "OfflinePushes": 0,
        }
    ]
    users = await root.call("im/DescribeDailyStatistics", Kind="users", **period)
    assert [(day["Users"], day["NewUsers"]) for day in users["Days"]] == [(3, 3)]  # with the administrator
    groups = await root.call("im/DescribeDailyStatistics", Kind="groups", **period)
    assert groups["Days"] == [
        {"Date": today, "State": "open", "NewGroups": 0, "ActiveGroups": 0, "Groups": 0, "PeakGroups": 0}
    ]
    for wrong in (
        {"From": "2026-02-30"},
        {"From": "2020-01-01"},
        {"To": "2020-01-01"},
        {"From": "yesterday"},
        {"To": "9999-12-31"},
    ):
        with pytest.raises(Refused, match="InvalidParameter"):
            await root.call("im/DescribeDailyStatistics", Kind="users", **period | wrong)

    async with root.http.stream("GET", LIVE, params={"SDKAppID": rest.app}) as response:
        assert (response.status_code, response.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        events = _events(response)
        name, number, first = await anext(events)
        assert (name, number, first["Overview"]["C2CToday"]) == ("statistics", first["Settled"], 1)
        await rest.call("openim/sendmsg", message | {"MsgRandom": 2})
        stranger = {"sdkappid": rest.app, "identifier": "administrator", "usersig": "none", "contenttype": "json"}
        refused = await root.http.post("/v4/openim/sendmsg", params=stranger, json={})
        assert refused.json()["ErrorCode"] != 0
        while True:
            name, number, news = await anext(events)
            assert name == "statistics"
            calls = [line["Points"] for line in news["Lines"] if line["Series"] == "RestCalls"]  # some seconds later
            if calls and sum(total - good for _, total, good in calls[0]) == 1:
                break
        assert news["Overview"]["C2CToday"] == 2
        sends = {(line["Series"], line["Line"]): line["Points"] for line in news["Lines"]}
        assert sum(total for _, total, _ in sends["C2CSends", "RESTAPI"]) in (1, 2)
    again = {"last-event-id": str(number + 10)}
    async with root.http.stream("GET", LIVE, params={"SDKAppID": rest.app}, headers=again) as response:
        _, _, later = await anext(_events(response))
        assert (later["Lines"], later["Overview"]["C2CToday"]) == ([], 2)


async def test_a_stream_is_for_those_who_may_read(root: ConsoleClient, console_server: ServerProcess) -> None:
    rest = await new_app(root, console_server, "live")
    async with httpx.AsyncClient(base_url=console_server.url, trust_env=False, timeout=60) as stranger:
        assert (await stranger.get(LIVE, params={"SDKAppID": rest.app})).status_code == 401
    assert (await root.http.get(LIVE, params={"SDKAppID": 1})).status_code == 404
    assert (await root.http.get(LIVE)).status_code == 400
    async with ConsoleClient(console_server.url) as other:
        await other.login()
        async with other.http.stream("GET", LIVE, params={"SDKAppID": rest.app}) as response:
            events = _events(response)
            assert (await anext(events))[0] == "statistics"
            await other.call("session/Logout")
            last = [event async for event in events][-1]
            assert (last[0], last[2]["Code"]) == ("refused", "AuthFailure.NotSignedIn")
