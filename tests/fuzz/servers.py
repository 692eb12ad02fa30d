"""Servers set up for ill-treatment: apps with custom fields, accounts, and messages that `documents` knows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from sodam.apps.model import App, AppSettings, FriendField, UserField
from sodam.server import build
from sodam.settings import load
from tests.fuzz.documents import SENT_AT, USERS
from tests.fuzz.wire import Caller
from tests.support.server import KEY, SDKAPPID, ServerProcess

SETTINGS: Final = AppSettings(
    deleted_id_days=0,
    user_fields=(UserField(name="Text"), UserField(name="Num", type="uint64"), UserField(name="Own", app_read=False)),
    friend_fields=(FriendField(name="Text"), FriendField(name="Num", type="uint64")),
)
"""Deleted accounts may come back at once: a fuzzed deletion must not end the test."""


def configured(directory: Path, env: Mapping[str, str], changes: Mapping[int, Mapping[str, Any]] = {}) -> ServerProcess:
    """A server whose apps have `SETTINGS`; `changes` are those of single apps besides, by SDKAppID."""
    bootstrap = {"SODAM_BOOTSTRAP_APP": f"{SDKAPPID}:{KEY}:Flagship", "SODAM_DATA_DIR": str(directory / "data")}

    async def configure() -> None:
        server = await build(load({}, bootstrap | dict(env)))
        try:
            for app in server.apps.all():
                fields = {"settings": SETTINGS, **changes.get(app.sdkappid, {})}
                await server.apps.edit(app.sdkappid, lambda app, fields=fields: _changed(app, fields))  # type: ignore[misc]
        finally:
            await server.close()

    asyncio.run(configure())
    return ServerProcess(directory, env)


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
