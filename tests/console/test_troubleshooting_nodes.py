"""The troubleshooting log of two real nodes over PostgreSQL and NATS: either tells of both, live, and within bounds."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import httpx

from tests.console.test_troubleshooting import HTTP, OTHER_KEY, refusal, signed
from tests.gateway.raw_client import RawClient
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import SDKAPPID, ServerFactory, ServerProcess
from tests.support.waiting import eventually

CALLS = 90
"""To each node, as quickly as they go: more than are kept of a second."""


async def signed_wrongly(server: ServerProcess, user: str) -> int:
    async with RawClient(server, user) as phone:
        head = {"platform": 7, "identifier": user, "usersig": signed(user, key=OTHER_KEY)}
        return await refusal(phone.call("im_open_status.wslogin", {"State": "Online"}, head=head))


async def said(console: ConsoleClient, **filters: Any) -> dict[str, Any]:
    now = int(time.time() * 1000)
    asked = {"SDKAppID": SDKAPPID, "StartTime": now - 600_000, "EndTime": now + 5000, "Limit": 100}
    return await console.call("im/DescribeTroubleshootingLog", **asked, **filters)


async def test_either_node_tells_of_both(server_factory: ServerFactory) -> None:
    one, two = server_factory("postgres", nodes=2, nats=True, env={"SODAM_ROOT_PASSWORD": PASSWORD}).nodes
    async with ConsoleClient(one.url) as first, ConsoleClient(two.url) as second:
        await first.login()
        second.token = first.token
        second.http.cookies.set("sodam_session", first.http.cookies["sodam_session"], path="/console")
        for server, user in ((one, "ann"), (two, "bob")):
            assert await signed_wrongly(server, user) == 70009
        for console in (first, second):

            async def users(console: ConsoleClient = console) -> set[str]:
                return {one["UserID"] for one in (await said(console, ErrorCode="70009"))["Events"]}

            await eventually(users, {"ann", "bob"})
            events = (await said(console, Event="login", FailedOnly=True))["Events"]
            assert len({event["Node"] for event in events}) == 2
            assert all(event["Cause"] and event["Cure"] for event in events)
        await live(first, two)
        await flood(one, two, first)


async def live(console: ConsoleClient, other: ServerProcess) -> None:
    """A page on one node hears of what happens on the other."""
    cookies = dict(console.http.cookies)
    query = {"SDKAppID": str(SDKAPPID), "UserID": "cho"}
    async with (
        httpx.AsyncClient(base_url=console.url, cookies=cookies, **HTTP) as http,  # type: ignore[arg-type]
        http.stream("GET", "/console/live/troubleshooting", params=query) as stream,
        asyncio.timeout(60),
    ):
        lines = stream.aiter_lines()
        while await anext(lines) != ": open":
            pass
        await signed_wrongly(other, "cho")
        while not (line := await anext(lines)).startswith("data: "):
            pass
        assert json.loads(line.removeprefix("data: "))["ErrorCode"] == "70009"


async def flood(one: ServerProcess, two: ServerProcess, console: ConsoleClient) -> None:
    """What is not kept is counted, whichever node left it out: nothing is missing from the sum."""
    accounts = {"AccountList": [{"UserID": "x"}, {"UserID": "y"}]}
    assert (await one.rest("im_open_login_svc/multiaccount_import", accounts))["ErrorCode"] == 0
    body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hi"}}]
    async with httpx.AsyncClient(**HTTP) as http:  # type: ignore[arg-type]
        sent = [
            server.rest(
                "openim/sendmsg",
                {"From_Account": "x", "To_Account": "y", "MsgRandom": number, "MsgBody": body},
                client=http,
            )
            for number in range(CALLS)
            for server in (one, two)
        ]
        assert {answer["ErrorCode"] for answer in await asyncio.gather(*sent)} == {0}

    async def counted() -> int:
        page = await said(console, Event="c2c_message")
        events, before = len(page["Events"]), page["Next"]
        while before:
            more = await said(console, Event="c2c_message", Before=before)
            events, before = events + len(more["Events"]), more["Next"]
        return events + int(page["Omitted"])

    await eventually(counted, 2 * CALLS)
