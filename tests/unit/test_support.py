"""The test machinery itself: a check that cannot fail would hide what it should find."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from sodam.storage import Database, open_database
from tests.support.nats import Nats
from tests.support.postgres import Postgres
from tests.support.server import ServerFactory, ServerProcess
from tests.support.tree import ROOT


async def test_database_is_open_and_migrated(database: Database) -> None:
    rows = await database.fetch("SELECT version FROM schema_version")
    assert rows


def test_nats_keeps_its_address(nats_server: Nats) -> None:
    before = nats_server.url
    nats_server.stop()
    nats_server.start()
    assert nats_server.url == before


async def test_shared_server_answers(server: ServerProcess) -> None:
    answer = await server.rest("im_open_login_svc/account_check", {"CheckItem": [{"UserID": "nobody"}]})
    assert answer["ErrorCode"] == 0


def test_a_forked_server_is_what_a_command_is(server_factory: ServerFactory) -> None:
    seen = []
    for fresh in (True, False):
        server = server_factory(fresh=fresh)
        assert server.stop() == 0
        server.files = 300
        server.start()
        process = Path(f"/proc/{server.pid}")
        limits = [line.split()[3:5] for line in (process / "limits").read_text().splitlines() if "open files" in line]
        kinds = sorted(os.readlink(one).partition(":")[0] for one in (process / "fd").iterdir() if one.exists())
        files = [kind.replace(str(server.directory), "") for kind in kinds]
        assert (process / "cwd").resolve() == server.directory
        server.kill()
        seen.append((limits, files, server.exit_code))
    command, forked = seen
    assert forked == command
    assert command[0] == [["300", "300"]]
    assert command[2] == -signal.SIGKILL


def test_a_server_that_cannot_start_says_why(server_factory: ServerFactory) -> None:
    with pytest.raises(AssertionError, match=r"ended with [12]: .*SODAM_LOG_LEVEL"):
        server_factory(env={"SODAM_LOG_LEVEL": "no such level"})


async def test_a_database_given_back_is_as_new(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.migrated()
    left_open = await asyncpg.connect(url)
    versions = await left_open.fetch("SELECT version, oldest FROM schema_version ORDER BY version")
    assert versions
    await left_open.execute("INSERT INTO server_state (name, value) VALUES ('left', 'x')")
    await left_open.execute("DELETE FROM schema_version")
    await asyncio.to_thread(postgres.give_back, url)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await left_open.fetch("SELECT 1")
    again = postgres.migrated()
    assert again == url
    connection = await asyncpg.connect(again)
    assert await connection.fetch("SELECT * FROM server_state") == []
    assert await connection.fetch("SELECT version, oldest FROM schema_version ORDER BY version") == versions
    await connection.close()
    await (await open_database(again, tmp_path)).close()
    postgres.give_back(again)


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TABLE stray (x BIGINT)",
        "DROP TABLE server_state",
        "ALTER TABLE server_state ADD COLUMN stray BIGINT",
        "CREATE INDEX stray ON server_state (value)",
        "CREATE FUNCTION stray() RETURNS BIGINT LANGUAGE sql AS 'SELECT 1::BIGINT'",
    ],
)
async def test_a_database_with_another_schema_is_not_given_again(postgres: Postgres, change: str) -> None:
    url = postgres.migrated()
    connection = await asyncpg.connect(url)
    await connection.execute(change)
    await connection.close()
    await asyncio.to_thread(postgres.give_back, url)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(url)


def test_what_a_killed_test_process_started_is_ended(tmp_path: Path) -> None:
    """kill -9 leaves no time to stop anything: the guard does."""
    directory = tmp_path / "data"
    directory.mkdir()
    script = (
        "import subprocess, sys, time; from pathlib import Path; from tests.support.guard import guarded\n"
        "child = subprocess.Popen(['sleep', '600']); guarded().watch(child.pid, Path(sys.argv[1]))\n"
        "print(child.pid, flush=True); time.sleep(600)"
    )
    command = [sys.executable, "-c", script, str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        child = os.pidfd_open(int(process.stdout.readline()))
        process.kill()
    ended, _, _ = select.select([child], [], [], 20)
    os.close(child)
    assert ended, "it goes on"
    end = time.monotonic() + 20
    while directory.exists():
        assert time.monotonic() < end, "its directory is still there"
        time.sleep(0.01)


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_kill_and_restart_keep_port(server_factory: ServerFactory, kind: str) -> None:
    server = server_factory(engine="postgres" if kind == "postgres" else "sqlite")
    url = server.url
    server.kill()
    assert server.exit_code == -signal.SIGKILL
    server.start()
    assert server.url == url
    assert server.stop() == 0


def test_log_errors_are_found(server_factory: ServerFactory) -> None:
    server = server_factory()
    server.check_log()
    with Path(server.log).open("a") as log:
        log.write('{"event": "boom", "level": "error"}\n')
    with pytest.raises(AssertionError, match="boom"):
        server.check_log()
    with Path(server.log).open("a") as log:
        log.write("Traceback (most recent call last):\n")
    server.allow_errors("Traceback")
    server.check_log()
