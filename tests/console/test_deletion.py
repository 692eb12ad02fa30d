"""Deleting an app: in the background, with progress, through kill -9, and nothing is left.

``SODAM_TEST_MESSAGES`` sets how many messages the app has (1 000 000 at night).
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import apsw
import msgspec
import pytest

from sodam.groups.model import Profile
from tests.support.console import PASSWORD, ConsoleClient, Refused
from tests.support.server import SDKAPPID, ServerFactory, ServerProcess

MESSAGES = int(os.environ.get("SODAM_TEST_MESSAGES", "60000"))
ACCOUNTS = 2000


PROFILE = msgspec.json.encode(
    Profile(name="x", apply_option="FreeAccess", invite_option="NeedPermission", history_option="On")
)


def database(server: ServerProcess) -> apsw.Connection:
    return apsw.Connection(str(server.directory / "data" / "sodam.db"))


def fill(server: ServerProcess, app: int) -> None:
    """Rows in every table that an app can have, messages most of all."""
    db = database(server)
    with db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            columns = list(db.execute(f"SELECT name, type FROM pragma_table_info('{table}')"))
            names = [name for name, _ in columns]
            key = [row[0] for row in db.execute(f"SELECT name FROM pragma_table_info('{table}') WHERE pk > 0")]
            column = next((c for c in ("app", "sdkappid") if c in names), None)
            if column is None or table in ("app", "app_key"):
                continue
            rows = 1 if key == [column] else MESSAGES if table == "c2c_message" else ACCOUNTS
            values = ", ".join(_value(name, kind, app) for name, kind in columns)
            db.execute(
                f"WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {rows})"
                f" INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM n"
            )
    db.close()
    for kind in ("files", "media"):
        files = server.directory / "data" / kind / str(app)
        files.mkdir(parents=True)
        (files / "picture.png").write_bytes(b"x")


def _value(name: str, kind: str, app: int) -> str:
    if name in ("app", "sdkappid"):
        return str(app)
    if name == "id":
        return "NULL"
    if name == "key":
        return f"CAST(x AS {kind})"
    if name == "profile":  # of a group, which the search index looks at
        return f"x'{PROFILE.hex()}'"
    return "CAST(x AS TEXT)" if kind == "TEXT" else "x'5b5d'" if kind == "BLOB" else "x"


def left(server: ServerProcess, app: int) -> dict[str, int]:
    """Rows of an app, by table."""
    db = database(server)
    found: dict[str, int] = {}
    for (table,) in list(db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")):
        names = [row[0] for row in db.execute(f"SELECT name FROM pragma_table_info('{table}')")]
        for column in ("app", "sdkappid"):
            if column in names:
                if table == "search_progress" and app == SDKAPPID:
                    continue  # periodic work notes there how far it has come
                found[table] = next(iter(db.execute(f"SELECT COUNT(*) FROM {table} WHERE {column} = {app}")))[0]
    db.close()
    return found


async def test_deletion_survives_kill(server_factory: ServerFactory) -> None:
    server = server_factory(env={"SODAM_ROOT_PASSWORD": PASSWORD})
    async with ConsoleClient(server.url) as root:
        await root.login()
        app = (await root.call("im/RegisterIMApp", Name="doomed"))["SDKAppID"]
    server.stop()
    fill(server, app)
    before = left(server, app)
    assert all(before.values()), f"tables without a row: {[t for t, n in before.items() if not n]}"
    kept = left(server, SDKAPPID)
    server.start()
    async with ConsoleClient(server.url) as root:
        await root.login()
        with pytest.raises(Refused, match="AppNotDisabled"):
            await root.call("im/DeleteSdkappid", SDKAppID=app, ConfirmName="doomed")
        await root.call("im/StopSdkAppId", SDKAppID=app)
        job = (await root.call("im/DeleteSdkappid", SDKAppID=app, ConfirmName="doomed"))["JobId"]
        marks = []
        for _ in range(3):
            seen = await root.call("im/DescribeJob", JobId=job)
            goal = max(seen["Done"], marks[-1] if marks else 0) + 1
            end = time.monotonic() + 120
            while seen["Done"] < goal and seen["State"] in ("queued", "running"):
                assert time.monotonic() < end
                seen = await root.call("im/DescribeJob", JobId=job)
            if seen["State"] not in ("queued", "running"):
                break
            marks.append(seen["Done"])
            server.kill()
            server.start()
        assert marks, "the job ended before it could be killed: raise SODAM_TEST_MESSAGES"
        assert marks == sorted(set(marks)), "progress does not go back"
        done = await root.job(job, 600)
        assert done["State"] == "done", done
        assert done["Done"] == done["Total"] >= MESSAGES
        assert app not in [a["SDKAppID"] for a in (await root.call("im/DescribeIMAppList"))["Apps"]]
    server.stop()
    assert not any(left(server, app).values()), left(server, app)
    assert left(server, SDKAPPID) == kept
    assert not (server.directory / "data" / "files" / str(app)).exists()
    assert not list(Path(server.directory / "data").rglob(f"*{app}*"))
    server.start()


async def test_an_app_being_deleted_can_do_nothing(console_server: ServerProcess, root: ConsoleClient) -> None:
    app = (await root.call("im/RegisterIMApp", Name="short-lived"))["SDKAppID"]
    await root.call("im/StopSdkAppId", SDKAppID=app)
    with pytest.raises(Refused, match=r"InvalidParameter\.ConfirmName"):
        await root.call("im/DeleteSdkappid", SDKAppID=app, ConfirmName="other")
    job = (await root.call("im/DeleteSdkappid", SDKAppID=app, ConfirmName="short-lived"))["JobId"]
    with pytest.raises(Refused, match="UnsupportedOperation"):
        await root.call("im/CancelJob", JobId=job)
    assert (await root.job(job))["State"] == "done"
    answer = await root.raw("im/DescribeSdkAppInfo", {"SDKAppID": app})
    assert answer.status_code == 404
