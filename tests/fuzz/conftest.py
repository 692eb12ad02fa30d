"""A server to be ill-treated, with accounts, custom fields and messages: requests get behind the first check."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from sodam.apps.model import AppSettings, FriendField, UserField
from sodam.apps.service import AppService
from sodam.bus.local import LocalBus
from sodam.storage import open_database
from tests.fuzz.documents import SENT_AT, USERS
from tests.fuzz.wire import Caller
from tests.support.postgres import Postgres
from tests.support.server import Engine, ServerProcess

SEED: Final = int(os.environ.get("SODAM_FUZZ_SEED") or secrets.randbits(32))
"""Of everything random here. A failing test prints it; set SODAM_FUZZ_SEED to have the same again."""
FACTOR: Final = float(os.environ.get("SODAM_FUZZ_FACTOR") or 1)
SETTINGS: Final = AppSettings(
    deleted_id_days=0,
    user_fields=(UserField(name="Text"), UserField(name="Num", type="uint64")),
    friend_fields=(FriendField(name="Text"), FriendField(name="Num", type="uint64")),
)


@pytest.fixture(autouse=True)
def _print_seed() -> None:
    print(f"SODAM_FUZZ_SEED={SEED}")


def configured(directory: Path, env: dict[str, str]) -> ServerProcess:
    """A server whose app has custom fields and lets deleted accounts come back."""
    server = ServerProcess(directory, env)
    assert server.stop() == 0

    async def configure() -> None:
        database = await open_database(env.get("SODAM_DATABASE_URL"), directory / "data")
        apps = AppService(database, LocalBus())
        await apps.start()
        await apps.change(
            server.sdkappid,
            lambda tx: tx.execute(
                "UPDATE app SET settings = $2 WHERE sdkappid = $1", server.sdkappid, msgspec.json.encode(SETTINGS)
            ),
        )
        await database.close()

    asyncio.run(configure())
    server.start()
    return server


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def target_engine(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.param
    return engine


@pytest.fixture(scope="module")
def target(
    target_engine: Engine, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Caller]:
    """A caller of a server that the tests of one file share."""
    env: dict[str, str] = {}
    if target_engine == "postgres":
        pg: Postgres = request.getfixturevalue("postgres")
        env["SODAM_DATABASE_URL"] = pg.create()
    server = configured(tmp_path_factory.mktemp("fuzz"), env)
    caller = Caller(server)
    yield caller
    caller.close()
    code = server.stop()
    server.check_log()
    if env:
        request.getfixturevalue("postgres").drop(env["SODAM_DATABASE_URL"])
    assert code == 0


@pytest.fixture
def caller(target: Caller) -> Iterator[Caller]:
    """`target`, with its accounts in place; alive and without an error in its log after the test."""
    restore(target)
    yield target
    target.server.check_log()
    assert must(target, "im_open_login_svc/account_check", {"CheckItem": [{"UserID": "x"}]})["ErrorCode"] == 0


def must(caller: Caller, command: str, body: Any) -> dict[str, Any]:
    answer: dict[str, Any] = msgspec.json.decode(caller.call(command, msgspec.json.encode(body)).body)
    assert answer["ErrorCode"] == 0, answer
    return answer


def restore(caller: Caller) -> None:
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
            "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": f"message {n}"}}],
        }
        must(caller, "openim/importmsg", body)
