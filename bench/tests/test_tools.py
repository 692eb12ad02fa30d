"""The instruments: a wrong reading would be a wrong result."""

from __future__ import annotations

import asyncio
import itertools
import os
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from bench import procstat
from bench.load.errors import LoadError
from bench.load.http import HttpConnection, post
from bench.load.probe import Probe
from bench.load.ticker import Ticker
from bench.plan import Figure
from bench.processes import TargetError, run_folder, running, wait_until
from bench.runner import Results
from bench.targets import postgres

_BURN = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass\n"


def test_cpu_of_children_counts_also_after_they_ended() -> None:
    before = procstat.cpu_seconds([os.getpid()])
    subprocess.run([sys.executable, "-c", _BURN], check=True)
    assert 0.28 <= procstat.cpu_seconds([os.getpid()]) - before < 2.0


def test_a_server_that_died_is_no_zero() -> None:
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait()
    with pytest.raises(ProcessLookupError):
        procstat.cpu_seconds([process.pid])


async def test_what_a_database_does_for_a_process_is_told_apart() -> None:
    """By the backend's own word, which process of the database serves whom."""
    other = (
        "import asyncio, asyncpg, sys\n"
        "async def main():\n"
        "    database = await asyncpg.connect(sys.argv[1])\n"
        "    print(await database.fetchval('SELECT pg_backend_pid()'), flush=True)\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    with run_folder(Path("/var/tmp")) as folder, postgres.postgres(folder) as server:
        mine = await asyncpg.connect(server.url)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", other, server.url, stdout=asyncio.subprocess.PIPE
        )
        try:
            assert process.stdout is not None
            theirs = int(await process.stdout.readline())
            assert procstat.serving(process.pid, (server.pid,)) == {theirs}
            assert procstat.serving(os.getpid(), (server.pid,)) == {await mine.fetchval("SELECT pg_backend_pid()")}
        finally:
            process.kill()
            await process.wait()
            await mine.close()


def test_memory_grows_with_what_is_allocated() -> None:
    before = procstat.memory_bytes([os.getpid()])
    block = b"x" * 50_000_000
    assert procstat.memory_bytes([os.getpid()]) - before > 0.9 * len(block)


def test_the_probe_runs_on_every_core() -> None:
    probe = Probe()
    probe.start()
    assert 1 < probe.stop() < 100_000
    assert os.sched_getaffinity(0) == os.sched_getaffinity(os.getpid()), "only its own threads are bound"


def test_a_run_on_a_slowed_machine_is_seen() -> None:
    def run(name: str, probe: float) -> list[Figure]:
        return [Figure(name=name, title="", unit="", ops=1, seconds=1.0, probe_us=probe)]

    results = Results()
    assert not results.slow(run("a", 120.0)), "the first is the quickest so far"
    assert not results.slow(run("a", 100.0))
    assert results.slow(run("a", 120.0)) == "the probe took 120 microseconds, 100 at the best"
    assert not results.slow(run("a", 114.0))
    assert not results.slow(run("b", 200.0)), "another workload leaves other things in the caches"
    assert not results.slow(run("idle", 0.0)), "not measured"


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    log = tmp_path / "log"
    command = [sys.executable, "-c", "print('no such setting'); raise SystemExit(3)"]
    with running(command, log) as process, pytest.raises(TargetError, match=r"ended with 3:\nno such setting"):
        wait_until(lambda: False, process, log)


def test_a_server_that_ignores_the_signal_is_stopped_with_its_children(tmp_path: Path) -> None:
    script = "trap '' TERM; sleep 60 & echo $!; wait; wait"
    log = tmp_path / "log"
    with running(["sh", "-c", script], log, grace=0.2) as process:
        wait_until(lambda: log.read_text().strip() != "", process, log)
        child = int(log.read_text())
    assert process.returncode is not None
    deadline = time.monotonic() + 5
    while _lives(child) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not _lives(child)


def _lives(pid: int) -> bool:
    """Whether it runs: a killed process stays as a zombie until somebody collects it."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and ") Z " not in stat.read_text()


def test_a_memory_file_system_is_refused() -> None:
    shared = Path("/dev/shm")
    if not shared.is_dir():
        pytest.skip("no /dev/shm here")
    with pytest.raises(TargetError, match="memory file system"), run_folder(shared):
        pass


async def test_an_answer_in_pieces_is_put_together_and_a_bad_status_is_an_error() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        for piece in (b"HTTP/1.1 200 OK\r\nContent-", b"Length: 4\r\n\r", b"\nab", b"cd"):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.001)
        await reader.readuntil(b"{}")
        writer.write(b"HTTP/1.1 500 Oh\r\ncontent-length: 2\r\n\r\nno")
        await reader.readuntil(b"{}")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    connection = await HttpConnection.open("127.0.0.1", server.sockets[0].getsockname()[1])
    assert await connection.ask(post("/x", b"{}")) == b"abcd"
    with pytest.raises(LoadError, match="500 Oh"):
        await connection.ask(post("/x", b"{}"))
    with pytest.raises(LoadError, match="closed"):
        await connection.ask(post("/x", b"{}"))
    server.close()


async def test_an_open_loop_catches_up_after_a_pause_and_counts_from_when_it_was_due() -> None:
    due: list[float] = []
    ticker = Ticker(1000, due.append)
    time.sleep(0.05)  # noqa: ASYNC251 - the loop is held up on purpose
    async with asyncio.timeout(5):
        while len(due) < 40:
            await asyncio.sleep(0.001)
    ticker.stop()
    gaps = {round(later - earlier, 6) for earlier, later in itertools.pairwise(due)}
    assert gaps == {0.001}
