"""Servers set up for ill-treatment: apps with custom fields, accounts, and messages that `documents` knows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from sodam.apps.model import App, AppSettings, FriendField, UserField
from sodam.apps.service import AppService
from sodam.bus.local import LocalBus
from sodam.storage import open_database
from tests.fuzz.documents import SENT_AT, USERS
from tests.fuzz.wire import Caller
from tests.support.server import ServerProcess

SETTINGS: Final = AppSettings(
    deleted_id_days=0,
    user_fields=(UserField(name="Text"), UserField(name="Num", type="uint64"), UserField(name="Own", app_read=False)),
    friend_fields=(FriendField(name="Text"), FriendField(name="Num", type="uint64")),
)
"""Deleted accounts may come back at once: a fuzzed deletion must not end the test."""


def configured(directory: Path, env: Mapping[str, str], changes: Mapping[int, Mapping[str, Any]] = {}) -> ServerProcess:
    """A server whose apps have `SETTINGS`; `changes` are those of single apps besides, by SDKAppID."""
    server = ServerProcess(directory, env)
    assert server.stop() == 0

    async def configure() -> None:
        database = await open_database(env.get("SODAM_DATABASE_URL"), directory / "data")
        try:
            apps = AppService(database, LocalBus())
            await apps.start()
            for app in apps.all():
                fields = {"settings": SETTINGS, **changes.get(app.sdkappid, {})}
                await apps.edit(app.sdkappid, lambda app, fields=fields: _changed(app, fields))  # type: ignore[misc]
            await apps.stop()
        finally:
            await database.close()

    asyncio.run(configure())
    server.start()
    return server


def _changed(app: App, fields: Mapping[str, Any]) -> App:
    return msgspec.structs.replace(app, **fields)


def must(caller: Caller, command: str, body: Any) -> dict[str, Any]:
    """The answer of a call that has to work."""
    answer: dict[str, Any] = msgspec.json.decode(caller.call(command, msgspec.json.encode(body)).body)
    assert answer["ErrorCode"] == 0, f"{command}: {answer}"
    return answer


def restore(caller: Caller, text: str = "message") -> None:
    """The accounts and messages that `documents` knows, whatever became of them."""
    must(caller, "im_open_login_svc/multiaccount_import", {"Accounts": list(USERS)})
    for n in range(3):
        body = {
            "SyncFromOldSystem": 5,
            "From_Account": USERS[n % 2],
            "To_Account": USERS[1 - n % 2],
            "MsgSeq": n,
            "MsgRandom": n,
            "MsgTimeStamp": SENT_AT,
            "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": f"{text} {n}"}}],
        }
        must(caller, "openim/importmsg", body)
