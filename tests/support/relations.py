"""A server inside the test's own process, asked through its command tables, with devices that record what they hear."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
import pytest_asyncio

from sodam import server as composition
from sodam.accounts.model import Profile, Wanted
from sodam.apps.model import App, Plan
from sodam.bus import of_user
from sodam.bus.live import Kick
from sodam.errors import ApiError
from sodam.gateway import table as client_table
from sodam.notices import Notice
from sodam.rest import table
from sodam.server import Server
from sodam.settings import BootstrapApp, Settings
from sodam.wire import Call, decode_request, failure, success
from tests.support.sqlite import prepare

APP: Final = 1400000042
SOURCE: Final = "AddSource_Type_Web"


class Device:
    """A signed-in device that keeps every event."""

    def __init__(self, instid: int) -> None:
        self.instid = instid
        self.platform = 7
        self.login = 0
        self.client_ip = ""
        self.events: list[dict[str, Any]] = []

    def deliver(self, notice: Notice) -> None:
        self.events.append(json.loads(notice.body))

    def kicked(self, kick: Kick) -> None:
        return

    def heard(self) -> list[dict[str, Any]]:
        """FriendListMod and FollowChangeList items since the last call."""
        found = [item for e in self.events for item in [*e.get("FriendListMod", []), *e.get("FollowChangeList", [])]]
        self.events.clear()
        return found


class Host:
    """One in-process server with one app."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.relations = server.services.relations
        self._rest = {command.path: command for command in table.commands()}
        self._client = client_table.commands()
        self._instid = 0

    async def raw(self, path: str, body: bytes, *, client: str = "", instid: int = 0) -> dict[str, Any]:
        command = self._client[path.replace("/", ".")] if client else self._rest[path]
        app = self.server.apps.get(APP)
        assert app is not None
        call = Call(
            self.server.services,
            app,
            client or "administrator",
            admin=not client,
            instid=instid,
            platform="Web" if client else "RESTAPI",
        )
        try:
            answer = success(command, call, await command.handler(call, decode_request(command, body)))
        except ApiError as error:
            answer = failure(error, display=command.service.display)
        decoded: dict[str, Any] = json.loads(answer)
        return decoded

    async def __call__(self, path: str, body: dict[str, Any], *, client: str = "", instid: int = 0) -> dict[str, Any]:
        """The answer to an administrator over REST or, with ``client``, to that user's device."""
        return await self.raw(path, json.dumps(body).encode(), client=client, instid=instid)

    async def ok(self, path: str, body: dict[str, Any], *, client: str = "") -> dict[str, Any]:
        """The answer's own fields, of a call that must work."""
        answer = await self(path, body, client=client)
        assert (answer.pop("ActionStatus"), answer.pop("ErrorCode"), answer.pop("ErrorInfo")) == ("OK", 0, ""), answer
        answer.pop("ErrorDisplay", None)
        return answer

    async def codes(self, path: str, body: dict[str, Any], *, client: str = "") -> list[int]:
        """The item codes of a batch."""
        return [item["ResultCode"] for item in (await self.ok(path, body, client=client))["ResultItem"]]

    async def accounts(self, *user_ids: str, **profile: str) -> None:
        app = self.server.apps.get(APP)
        assert app is not None
        fields: Profile = {f"Tag_Profile_IM_{tag}": value for tag, value in profile.items()}
        for at in range(0, len(user_ids), 500):
            await self.server.accounts.import_accounts(app, [Wanted(u, fields) for u in user_ids[at : at + 500]])

    async def configure(self, plan: Plan | None = None, **settings: Any) -> None:
        """Change the app's plan and settings."""

        def change(app: App) -> App:
            kept = msgspec.structs.replace(app.settings, **settings)
            return msgspec.structs.replace(app, plan=plan or app.plan, settings=kept)

        await self.server.apps.edit(APP, change)

    async def add(self, user_id: str, *peers: str, **fields: Any) -> list[int]:
        """friend_add by an administrator; item fields and call fields together."""
        top: dict[str, Any] = {name: fields.pop(name) for name in ("AddType", "ForceAddFlags") if name in fields}
        items = [{"To_Account": peer, "AddSource": SOURCE, **fields} for peer in peers]
        return await self.codes("sns/friend_add", {"From_Account": user_id, "AddFriendItem": items, **top})

    async def friends(self, user_id: str) -> list[str]:
        """The friend list, read to its end."""
        found: list[str] = []
        start = 0
        while True:
            page = await self.ok("sns/friend_get", {"From_Account": user_id, "StartIndex": start})
            found += [item["To_Account"] for item in page["UserDataItem"]]
            start = page["NextStartIndex"]
            if page["CompleteFlag"]:
                assert start == 0
                assert page["FriendNum"] == len(found)
                return found

    async def relation(self, a: str, b: str) -> str:
        body = {"From_Account": a, "To_Account": [b], "CheckType": "CheckResult_Type_Both"}
        relation: str = (await self.ok("sns/friend_check", body))["InfoItem"][0]["Relation"]
        return relation.removeprefix("CheckResult_Type_")

    def device(self, user_id: str) -> Device:
        self._instid += 1
        device = Device(self._instid)
        self.server.live.add(of_user(APP, user_id), device)
        return device


@asynccontextmanager
async def hosting(directory: Path, database_url: str | None, user_ids: Iterable[str] = ()) -> AsyncIterator[Host]:
    """A server with the accounts ``user_ids``, until the block ends."""
    settings = Settings(
        data_dir=prepare(directory),
        database_url=database_url,
        bootstrap_apps=(BootstrapApp(APP, "5a3c0e1b7d9f2468ace013579bdf0246" * 2),),
    )
    server = await composition.build(settings)
    host = Host(server)
    try:
        await host.accounts(*user_ids)
        yield host
    finally:
        await server.close()


@pytest_asyncio.fixture
async def host(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Host]:
    """A server on each engine with the accounts u1 to u9. Import it where it is used."""
    url: str | None = request.getfixturevalue("postgres_url") if engine == "postgres" else None
    async with hosting(tmp_path, url, [f"u{n}" for n in range(1, 10)]) as opened:
        yield opened
