"""A database that takes no writes: its disk is full, or it may only be read. Nothing is acknowledged that is not
stored, callers get the code that means "try again", reading goes on, one line says it, and room is all that is missing.

On SQLite the server may not let its files grow (RLIMIT_FSIZE, from outside and at any moment, as any user); on
PostgreSQL the table of messages raises what a full disk raises, or the database becomes read-only.
"""

from __future__ import annotations

import asyncio
import os
import resource
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from sodam.errors import Code
from sodam.storage import open_database
from tests.gateway.raw_client import RawClient, Refused
from tests.support.server import Engine, ServerFactory, ServerProcess
from tests.support.waiting import eventually

RETRY = {Code.ACCOUNT_INTERNAL, Code.MSG_INTERNAL, Code.C2C_INTERNAL, Code.SERVER_TIMEOUT, Code.PROFILE_INTERNAL}
BEGINS, ENDS = "the database takes no writes", "the database takes writes again"
SECONDS = 60
STEP = 64 * 1024
"""Bytes by which the files may grow when the disk is nearly full: some messages fit, the others do not."""
SMALL = 500
"""More small messages than ``STEP`` bytes, and what a log that begins anew gives back, have room for."""
_FULL = """
CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON c2c_message FOR EACH ROW EXECUTE FUNCTION no_room();
"""


class Disk:
    """The place where a server keeps its state; ``fill`` it and ``free`` it."""

    def __init__(self, server: ServerProcess, kind: str, url: str) -> None:
        self.server, self.kind, self.url = server, kind, url

    async def fill(self) -> None:
        if self.kind == "sqlite":
            biggest = max(file.stat().st_size for file in (self.server.directory / "data").iterdir())
            limit_growth(self.server, biggest + STEP)
        elif self.kind == "postgres full":
            await self._run(_FULL)
        else:
            await self._only_reads("on")

    async def free(self) -> None:
        if self.kind == "sqlite":
            limit_growth(self.server, resource.RLIM_INFINITY)
        elif self.kind == "postgres full":
            await self._run("DROP TRIGGER IF EXISTS full_disk ON c2c_message", "DROP FUNCTION IF EXISTS no_room()")
        else:
            await self._only_reads("off")

    async def _only_reads(self, value: str) -> None:
        """As after a fail-over: who is connected meanwhile is cut, and comes back to a server that only reads."""
        change = f"'ALTER DATABASE %I SET default_transaction_read_only = {value}', current_database()"
        await self._run(
            "SET default_transaction_read_only = off",
            f"DO $$ BEGIN EXECUTE format({change}); END $$",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )

    async def _run(self, *statements: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


def limit_growth(server: ServerProcess, size: int) -> None:
    """No file of the server may grow beyond ``size`` bytes from now on."""
    if not hasattr(resource, "prlimit"):
        pytest.skip("this system cannot limit another process")
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.fixture(params=["sqlite", "postgres full", "postgres read-only"])
def kind(request: pytest.FixtureRequest) -> str:
    value: str = request.param
    return value


@pytest_asyncio.fixture
async def disk(kind: str, server_factory: ServerFactory) -> AsyncIterator[Disk]:
    engine: Engine = "sqlite" if kind == "sqlite" else "postgres"
    server = server_factory(engine)
    server.allow_errors(BEGINS, "does not answer")  # the latter of connections that a fail-over cut
    disk = Disk(server, kind, server.database_url or "")
    for user in ("ann", "bob"):
        await server.rest("im_open_login_svc/account_import", {"UserID": user})
    yield disk
    await disk.free()


def message(number: int) -> dict[str, Any]:
    return {
        "From_Account": "administrator",
        "To_Account": "ann",
        "MsgRandom": number,
        "MsgSeq": number,
        "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": f"{number} ".ljust(3000, "x")}}],
    }


async def send(server: ServerProcess, http: httpx.AsyncClient, numbers: range) -> tuple[list[int], list[int]]:
    """Which were acknowledged and which refused."""
    answers = await asyncio.gather(*(server.rest("openim/sendmsg", message(n), client=http) for n in numbers))
    codes = {answer["ErrorCode"] for answer in answers}
    assert codes <= {0, *RETRY}, codes
    stored = [n for n, answer in zip(numbers, answers, strict=True) if answer["ErrorCode"] == 0]
    return stored, [n for n in numbers if n not in set(stored)]


async def until_refused(client: RawClient) -> int:
    """The code with which a message is refused at last: small ones may find room where large ones did not."""
    for number in range(SMALL):
        try:
            await client.send_text("ann", f"small {number}")
        except Refused as refused:
            return refused.code
    raise AssertionError(f"{SMALL} small messages found room")


async def history(server: ServerProcess, http: httpx.AsyncClient) -> list[int]:
    found: list[int] = []
    body = {"Operator_Account": "ann", "Peer_Account": "administrator", "MaxCnt": 100, "MinTime": 0, "MaxTime": 1 << 33}
    while True:
        page = await server.rest("openim/admin_getroammsg", body, client=http)
        assert page["ErrorCode"] == 0, page
        found += [int(m["MsgBody"][0]["MsgContent"]["Text"].split()[0]) for m in page["MsgList"]]
        if page["Complete"]:
            return sorted(found)
        body.update(MaxTime=page["LastMsgTime"], LastMsgKey=page["LastMsgKey"])


def said(server: ServerProcess, event: str) -> int:
    return sum(line.get("event") == event for line in server.log_lines())


def assert_no_traceback(server: ServerProcess) -> None:
    bad = [str(line)[:600] for line in server.log_lines() if "Traceback" in str(line)]
    assert not bad, bad


async def test_messages_while_it_takes_no_writes(disk: Disk, http: httpx.AsyncClient) -> None:
    server = disk.server
    acknowledged, refused = await send(server, http, range(1, 21))
    assert not refused
    async with RawClient(server, "bob") as bob, RawClient(server, "ann") as ann:
        await bob.sign_in()
        await ann.sign_in()
        await disk.fill()
        failed: list[int] = []
        for first in range(100, 400, 50):
            stored, refused = await send(server, http, range(first, first + 50))
            acknowledged += stored
            failed += refused
        assert len(failed) > 100, "it was never full"
        assert await until_refused(bob) in RETRY
        assert await history(server, http) == sorted(acknowledged), "what is acknowledged is there, and nothing else"
        told = {int(text.split()[0]) for text in ann.texts() if not text.startswith("small")}
        assert told <= set(acknowledged), "devices were told of messages that are not stored"

        await disk.free()

        async def again() -> bool:
            try:
                await bob.send_text("ann", "0 there is room")
            except Refused:
                return False
            return True

        await eventually(again, True, SECONDS, what="messages are stored again")
        await ann.wait(lambda: "0 there is room" in ann.texts())
    stored, refused = await send(server, http, range(failed[0], failed[0] + 50))  # the sender tries again
    assert not refused
    assert await history(server, http) == sorted({*acknowledged, *stored}), "each once"
    print(f"{disk.kind}: {len(acknowledged)} acknowledged, {len(failed)} refused, each acknowledged one stored once")
    # A small write may find room where others do not (what is written every few seconds, too), so that it may be told
    # more than once, but not for each message.
    begins = said(server, BEGINS)
    assert 1 <= begins <= len(failed) // 10, [line.get("event") for line in server.log_lines()]
    assert said(server, ENDS) == begins
    assert_no_traceback(server)
    assert "messages could not be stored" not in server.log.read_text()


async def test_it_ends_and_starts_without_room(disk: Disk, http: httpx.AsyncClient) -> None:
    """SIGTERM ends it in time; what was acknowledged is there after the next start, which room is enough for."""
    server = disk.server
    acknowledged, _ = await send(server, http, range(1, 21))
    await disk.fill()
    for first in range(100, 300, 50):
        stored, refused = await send(server, http, range(first, first + 50))
        acknowledged += stored
    assert refused
    assert await asyncio.to_thread(server.stop) == 0
    assert_no_traceback(server)
    if disk.kind == "sqlite":
        for size in (0, 16, 64):
            await asyncio.to_thread(start_without_room, server, size)
    elif disk.kind == "postgres read-only":
        done = await asyncio.to_thread(serve, server, [])
        assert_one_line(done)
    await asyncio.to_thread(server.start) if disk.kind == "sqlite" else await disk.free()
    if disk.kind != "sqlite":
        await asyncio.to_thread(server.start)
    assert await history(server, http) == sorted(acknowledged)
    stored, refused = await send(server, http, range(1000, 1010))
    assert not refused


def serve(server: ServerProcess, before: list[str]) -> subprocess.CompletedProcess[str] | None:
    """Start it; what it printed when it ended by itself within seconds, None when it serves (and was ended then)."""
    command = [*before, sys.executable, "-m", "sodam", "serve", "--port", "0"]
    with subprocess.Popen(
        command, cwd=server.directory, env=server.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        errors, serves = b"", False
        for line in process.stderr:
            errors += line
            if b'"serving"' in line:
                serves = True
                process.terminate()
        code = process.wait(SECONDS)
    text = errors.decode()
    assert "Traceback" not in text, text
    assert not serves or code == 0, text
    return None if serves else subprocess.CompletedProcess(command, code, "", text)


def start_without_room(server: ServerProcess, kib: int) -> None:
    """It serves, or says in one line why it cannot. Its log goes to a pipe, which has no limit."""
    done = serve(server, ["sh", "-c", f'ulimit -f {kib * 2}; exec "$@"', "sh"])
    print(f"files of {kib} KiB at most: {'it serves' if done is None else done.stderr.strip()[:300]}")
    if done is not None:
        assert_one_line(done)


def assert_one_line(done: subprocess.CompletedProcess[str] | None) -> None:
    assert done is not None, "it serves"
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("sodam: ")]
    assert len(lines) == 1, done.stderr


@pytest.mark.parametrize("kind", ["sqlite"])
async def test_an_upload_that_finds_no_room(disk: Disk, http: httpx.AsyncClient) -> None:
    server = disk.server
    who = {"sdkappid": str(server.sdkappid), "identifier": "ann", "usersig": server.usersig("ann")}
    await disk.fill()
    large = bytes(8 * 1024 * 1024)
    answer = await http.post(f"{server.url}/media/upload", params=who, content=large)
    assert (answer.status_code, answer.json()["ErrorCode"]) == (507, Code.SERVER_TIMEOUT)
    assert not [path for path in (server.directory / "data" / "media").rglob("*") if path.is_file()]
    await disk.free()
    answer = await http.post(f"{server.url}/media/upload", params=who, content=large)
    assert answer.status_code == 200
    assert_no_traceback(server)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_data_directory_that_may_only_be_read(server_factory: ServerFactory) -> None:
    server = server_factory()
    server.stop()
    data = server.directory / "data"
    for changed in (data, data / "sodam.db"):
        mode = changed.stat().st_mode
        changed.chmod(0o500 if changed.is_dir() else 0o400)
        try:
            assert_one_line(serve(server, []))
        finally:
            changed.chmod(mode)
    server.start()


async def test_a_read_only_sqlite(tmp_path: Path) -> None:
    """The disk was mounted anew for reading only: as SQLite says it, in the middle of work."""
    database = await open_database(None, tmp_path)
    try:
        database._writer.execute("PRAGMA query_only = 1")  # type: ignore[attr-defined]
        with pytest.raises(Exception, match="readonly") as caught:
            await database.execute("DELETE FROM c2c_recent")
        assert type(caught.value).__name__ == "DatabaseUnavailable"
        assert await database.fetch("SELECT 1") == [(1,)]
        database._writer.execute("PRAGMA query_only = 0")  # type: ignore[attr-defined]
        await database.execute("DELETE FROM c2c_recent")
    finally:
        await database.close()
