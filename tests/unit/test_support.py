"""The test machinery itself: a check that cannot fail would hide what it should find."""

from __future__ import annotations

import ast
import asyncio
import contextlib
import inspect
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from bench import ports
from sodam.storage import Database, open_database
from tests.support.cases import each
from tests.support.nats import Nats
from tests.support.ports import Reserved
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
    command, forked = servers = [server_factory(fresh=fresh) for fresh in (True, False)]
    for server in servers:
        assert server.stop() == 0
        server.files = 300
        server.start()
        process = Path(f"/proc/{server.pid}")
        limits = [line.split()[3:5] for line in (process / "limits").read_text().splitlines() if "open files" in line]
        assert limits == [["300", "300"]]
        assert (process / "cwd").resolve() == server.directory

    def files(server: ServerProcess) -> list[str]:
        kinds = []
        for one in Path(f"/proc/{server.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed meanwhile
                kinds.append(os.readlink(one).partition(":")[0].replace(str(server.directory), ""))
        return sorted(kinds)

    end = time.monotonic() + 60
    while (one := files(command)) != (other := files(forked)):  # either may have a file open for a moment
        assert time.monotonic() < end, f"{one} and {other}"
        time.sleep(0.01)
    for server in servers:
        server.kill()
        assert server.exit_code == -signal.SIGKILL


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
        "DROP TABLE server_state",
        "ALTER TABLE server_state ADD COLUMN stray BIGINT",
        "ALTER TABLE server_state ALTER COLUMN value DROP NOT NULL",
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


async def test_every_case_is_tried_and_all_that_fail_are_told() -> None:
    tried = []

    @each(("number", "even"), [(1, False), (2, False), (3, True), (4, True)])
    async def parity(kept: list[int], number: int, even: bool) -> None:
        kept.append(number)
        assert (number % 2 == 0) == even

    with pytest.raises(ExceptionGroup, match="2 of 4 cases") as failed:
        await parity(kept=tried)
    assert tried == [1, 2, 3, 4]
    assert [error.__notes__ for error in failed.value.exceptions] == [
        ["of {'number': 2, 'even': False}"],
        ["of {'number': 3, 'even': True}"],
    ]
    assert list(inspect.signature(parity).parameters) == ["kept"]


async def test_tables_of_a_test_go_with_it(postgres: Postgres) -> None:
    url = postgres.migrated()
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE TABLE stray (x BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, y TEXT)")
    await connection.close()
    await asyncio.to_thread(postgres.give_back, url)
    assert postgres.migrated() == url
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT to_regclass('stray')") is None
    await connection.close()
    await asyncio.to_thread(postgres.give_back, url)


@pytest.mark.parametrize("rows", [3, 5_000])
async def test_rows_and_their_numbers_begin_anew(postgres: Postgres, rows: int) -> None:
    """Of a few rows, which are deleted, and of many, whose files are."""
    url = postgres.migrated()
    connection = await asyncpg.connect(url)
    insert = "INSERT INTO c2c_change (app, conv, message) SELECT 1, 'x', n FROM generate_series(1, $1::BIGINT) n"
    await connection.execute(insert, rows)
    pages = "SELECT pg_relation_size('c2c_change') / 8192"
    assert (await connection.fetchval(pages) > 8) == (rows > 1000)
    await connection.close()
    await asyncio.to_thread(postgres.give_back, url)
    assert postgres.migrated() == url
    connection = await asyncpg.connect(url)
    assert await connection.fetchval(pages) <= 8
    assert await connection.fetch("SELECT id FROM c2c_change") == []
    await connection.execute(insert, 1)
    assert await connection.fetchval("SELECT id FROM c2c_change") == 1
    await connection.close()
    await asyncio.to_thread(postgres.give_back, url)


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
    ended, _, _ = select.select([child], [], [], 60)
    os.close(child)
    assert ended, "it goes on"
    end = time.monotonic() + 60
    while directory.exists():
        assert time.monotonic() < end, "its directory is still there"
        time.sleep(0.01)


def test_a_port_is_held_by_one_process_alone() -> None:
    mine = [Reserved() for _ in range(20)]
    script = "import itertools; from bench import ports; "
    script += f"ports._turns = itertools.count({mine[0].number - ports._LOWEST}); "  # the same place to begin at
    script += "print([ports.Reserved().number for _ in range(20)])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    others = set(ast.literal_eval(done.stdout))
    assert len({one.number for one in mine}) == 20
    assert not others & {one.number for one in mine}


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
