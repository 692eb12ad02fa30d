"""Whoever is refused a thousand times leaves a few rows in the audit log, and the count."""

from __future__ import annotations

import asyncio
import json

from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import ServerFactory

TRIES = 300


async def test_refused_logins_are_gathered(server_factory: ServerFactory) -> None:
    server = server_factory(env={"SODAM_ROOT_PASSWORD": PASSWORD})
    async with ConsoleClient(server.url) as client:

        async def guess(number: int) -> int:
            body = {"UserName": f"name{number % 3}", "Password": "wrong"}
            return (await client.raw("session/Login", body)).status_code

        found = set(await asyncio.gather(*(guess(number) for number in range(TRIES))))
        assert found <= {401, 429}
        await client.login()
        events = (await client.call("cloudaudit/DescribeEvents", Limit=100, Outcome="failed"))["Events"]
        assert 3 <= len(events) <= 9  # three names, each refused in up to three ways
        server.restart()  # what was counted is recorded at the end
        events = (await client.call("cloudaudit/DescribeEvents", Limit=100, Outcome="failed"))["Events"]
        assert sum(json.loads(event["After"]).get("Count", 1) for event in events) == TRIES
        assert len(events) <= 18
