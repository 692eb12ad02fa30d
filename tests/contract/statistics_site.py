"""Two whole nodes over PostgreSQL and NATS in this process, whose clock the test moves: every door is a real socket."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from sodam import clock, usersig
from sodam.server import Server, build
from sodam.serving import bind, listening
from sodam.settings import BootstrapApp, Settings
from tests.support.console import PASSWORD, ConsoleClient

KEY = "7e" * 32
BERLIN, KATHMANDU = 1_600_000_901, 1_600_000_902
MONTH = 30 * 86_400


@dataclass
class Door:
    """One app on one node, as clients and the app's own server reach it."""

    server: Server
    port: int
    sdkappid: int
    http: httpx.AsyncClient = field(repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def usersig(self, user_id: str, key: str = KEY) -> str:
        return usersig.generate(self.sdkappid, key, user_id, expire=MONTH, now=int(clock.now()))

    async def rest(self, command: str, body: Any) -> dict[str, Any]:
        query = {"sdkappid": str(self.sdkappid), "identifier": "administrator", "contenttype": "json"}
        query["usersig"] = self.usersig("administrator")
        answer: dict[str, Any] = (await self.http.post(f"{self.url}/v4/{command}", params=query, json=body)).json()
        return answer

    async def console(self, action: str, **fields: Any) -> dict[str, Any]:
        async with ConsoleClient(self.url) as root:
            await root.login()  # a moved clock ends sessions
            return await root.call(f"im/{action}", SDKAppID=self.sdkappid, **fields)


def at(moment: float) -> None:
    """Move the clock to a unix second."""
    clock.set_ahead(moment - time.time())


class Site:
    """``nodes[n][app]`` is a door."""

    def __init__(self, directory: Path, database: str, nats: str) -> None:
        self._settings = [
            Settings(
                port=0,
                data_dir=directory / f"node{number}",
                database_url=database,
                nats_url=nats,
                root_password=PASSWORD,
                password_memory=12,
                secret_key="ab" * 32,
                bootstrap_apps=tuple(BootstrapApp(app, KEY, "Flagship") for app in (BERLIN, KATHMANDU)),
            )
            for number in range(2)
        ]
        for settings in self._settings:
            settings.data_dir.mkdir()
        self.nodes: list[dict[int, Door]] = []

    @property
    def servers(self) -> list[Server]:
        return [node[BERLIN].server for node in self.nodes]

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self.nodes = []
        async with contextlib.AsyncExitStack() as stack:
            http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False, timeout=60))
            for settings in self._settings:
                server = await build(settings)
                stack.push_async_callback(server.close)
                await server.start()
                sock = bind(settings)
                await stack.enter_async_context(listening(server, sock))
                server.hub.start()
                stack.push_async_callback(server.hub.drain)
                port = sock.getsockname()[1]
                self.nodes.append({app: Door(server, port, app, http) for app in (BERLIN, KATHMANDU)})
            yield

    async def settled(self) -> None:
        """Nothing waits to be sent outside, and what was gathered is written."""
        left = (
            "SELECT due, lease_until, topic, error FROM outbox WHERE dead = 0 UNION ALL "
            "SELECT 0, 0, topic, '' FROM outbox_bundle ORDER BY 1"
        )
        end = time.monotonic() + 60
        while rows := await self.servers[0].db.scan(left):
            assert time.monotonic() < end, rows
            if all(due > clock.now() * 1000 >= lease for due, lease, _, _ in rows):
                clock.set_ahead(clock.ahead() + rows[0][0] / 1000 - clock.now())  # what failed is tried again
                for server in self.servers:
                    server.services.outbox.wake()
            await asyncio.sleep(0.02)
        for server in self.servers:
            for _ in range(2):  # a flush raises what the next one writes
                await server.services.push.sending.flush()
                await server.services.webhooks.log.flush()
                await server.services.statistics.flush()
