"""The whole server inside the test's process, asked over HTTP without a socket, on both engines."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import pytest_asyncio

from sodam import usersig
from sodam.apps.model import App, AppSettings, Plan
from sodam.server import Server, build
from sodam.serving import application
from sodam.settings import BootstrapApp, Settings
from tests.support.sqlite import prepare

SDKAPPID = 1400000007
KEY = "9f" * 32


@dataclass
class Rest:
    """A server and a caller of its REST API."""

    server: Server
    client: httpx.AsyncClient

    @property
    def app(self) -> App:
        app = self.server.apps.get(SDKAPPID)
        assert app is not None
        return app

    async def __call__(
        self, command: str, body: Any, *, identifier: str = "administrator", method: str = "POST"
    ) -> dict[str, Any]:
        query = {
            "sdkappid": str(SDKAPPID),
            "identifier": identifier,
            "usersig": usersig.generate(SDKAPPID, KEY, identifier, now=int(time.time())),
            "contenttype": "json",
        }
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = await self.client.request(method, f"/v4/{command}", params=query, content=content)
        assert answer.status_code == 200
        decoded = answer.json()
        assert isinstance(decoded, dict)
        return decoded

    async def code(self, command: str, body: Any) -> int:
        """The ErrorCode of a call that must be refused, or 0."""
        answer = await self(command, body)
        assert answer["ActionStatus"] == ("FAIL" if answer["ErrorCode"] else "OK")
        return int(answer["ErrorCode"])

    async def configure(self, *, plan: Plan | None = None, settings: AppSettings | None = None) -> None:
        app = self.app
        document = msgspec.json.encode(settings or app.settings)
        await self.server.apps.change(
            SDKAPPID,
            lambda tx: tx.execute(
                "UPDATE app SET plan = $2, settings = $3 WHERE sdkappid = $1", SDKAPPID, plan or app.plan, document
            ),
        )


@pytest_asyncio.fixture
async def rest(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Rest]:
    url: str | None = request.getfixturevalue("postgres_url") if engine == "postgres" else None
    server = await build(
        Settings(data_dir=prepare(tmp_path), database_url=url, bootstrap_apps=(BootstrapApp(SDKAPPID, KEY, "Trial"),))
    )
    transport = httpx.ASGITransport(app=application(server))
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://sodam") as client:
            yield Rest(server, client)
    finally:
        await server.close()
