"""What `doctor` looks at. Each check is a function that gives one `Check` and never raises."""

from __future__ import annotations

import asyncio
import ctypes
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import apsw
import asyncpg
import nats.errors
from nats.aio.client import Client

from sodam.cli.preflight import FEW_FILES, address_problem
from sodam.storage import migrations, private
from sodam.storage.address import unreachable

State = Literal["ok", "warn", "fail"]

_SYNC_ROUNDS: Final = 40
_SYNC_BYTES: Final = 4096
_SLOW_SYNC_MS: Final = 10.0
_NO_SYNC_MS: Final = 0.02
"""No device known in 2026 makes 4 KiB durable in 20 microseconds: something answers before the disk does."""
_LOW_SPACE: Final = 1 << 30
_OLDEST_POSTGRES: Final = 14
_CLOCK_SKEW_MS: Final = 2000
_TIMEOUT_S: Final = 5.0
_TIME_ERROR: Final = 5  # adjtimex(2): the kernel's clock is not synchronised


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the report; `detail` says what was found and, unless ok, what to do."""

    name: str
    state: State
    detail: str


def python() -> Check:
    version = f"Python {sys.version.split()[0]}, {os.cpu_count()} CPUs"
    return Check("python", "ok", version)


def address(media: str) -> Check:
    """Where clients upload and download: the address that they came to, unless the settings name one."""
    problem = address_problem(media)
    return Check("files' address", "warn" if problem else "ok", problem or media or "the one that a client came to")


def files() -> Check:
    """Open files: one a connection, and a few dozen for the server itself. `serve` lifts the soft limit by itself."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = f"{soft}, may be raised to {hard}"
    if hard != resource.RLIM_INFINITY and hard < FEW_FILES:
        return Check(
            "file limit", "warn", f"{limit}: allows fewer than {hard} connections; raise it (LimitNOFILE, ulimit)"
        )
    return Check("file limit", "ok", limit)


def rights(directory: Path) -> Check:
    """Who may enter the data directory. Its files are their owner's alone in any case."""
    if not directory.is_dir():
        return Check("rights", "ok", f"{directory} will be made for its owner alone")
    problem = private.exposed(directory)
    return Check("rights", "warn", problem) if problem else Check("rights", "ok", f"{directory} is its owner's alone")


def disk(directory: Path) -> Check:
    """Time to make a write durable: it bounds every acknowledgement. Median and worst of 40 writes of 4 KiB.

    Where the directory is not there yet, in the one that it will be made in; nothing is left behind.
    """
    while not directory.exists() and directory != directory.parent:
        directory = directory.absolute().parent
    try:
        with tempfile.TemporaryFile(dir=directory, buffering=0) as file:
            times = sorted(_sync_ms(file.fileno(), i) for i in range(_SYNC_ROUNDS))
        status = os.statvfs(directory)
    except OSError as error:
        return Check("disk", "fail", f"{directory} cannot be written: {error.strerror}")
    free = status.f_bavail * status.f_frsize
    median = statistics.median(times)
    detail = f"{directory}: sync median {median:.2f} ms, worst {times[-1]:.2f} ms; {free / (1 << 30):.1f} GiB free"
    if free < _LOW_SPACE:
        return Check("disk", "warn", f"{detail}; less than 1 GiB is left")
    if median > _SLOW_SYNC_MS:
        return Check("disk", "warn", f"{detail}; slow: every message waits for it")
    if median < _NO_SYNC_MS:
        return Check("disk", "warn", f"{detail}; too fast to be true: a power cut may lose acknowledged messages")
    return Check("disk", "ok", detail)


def _sync_ms(descriptor: int, turn: int) -> float:
    start = time.perf_counter()
    os.pwrite(descriptor, os.urandom(_SYNC_BYTES), turn * _SYNC_BYTES)
    getattr(os, "fdatasync", os.fsync)(descriptor)
    return (time.perf_counter() - start) * 1000


def sqlite(path: Path) -> Check:
    """Read beside a running server; neither creates nor migrates."""
    library = f"SQLite {apsw.sqlite_lib_version()}"
    if not path.exists():
        return Check("database", "ok", f"{library}; {path} will be created by the first start")
    try:
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            rows = list(connection.execute("SELECT version, oldest FROM schema_version ORDER BY version DESC LIMIT 1"))
        finally:
            connection.close()
    except apsw.Error as error:
        return Check("database", "fail", f"{path}: {error}")
    size = path.stat().st_size / (1 << 20)
    return _schema(f"{library}; {path}, {size:.1f} MiB", rows)


async def postgres(url: str) -> Check:
    """Server version, durability settings and schema. Neither creates nor migrates."""
    try:
        connection = await asyncpg.connect(url, timeout=_TIMEOUT_S)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError, TimeoutError) as error:
        return Check("database", "fail", unreachable(url, error))
    try:
        version = connection.get_server_version()
        base = f"PostgreSQL {version.major}.{version.minor}"
        lazy = [
            name
            for name in ("fsync", "synchronous_commit", "full_page_writes")
            if await connection.fetchval("SELECT current_setting($1, true)", name) == "off"
        ]
        skew = int(await connection.fetchval("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"))
        skew -= time.time_ns() // 1_000_000
        table = await connection.fetchval("SELECT to_regclass('schema_version')::text")
        query = "SELECT version, oldest FROM schema_version ORDER BY version DESC LIMIT 1"
        rows = [tuple(row) for row in await connection.fetch(query)] if table else []
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
        return Check("database", "fail", f"PostgreSQL answered with an error: {str(error).splitlines()[0]}")
    finally:
        await connection.close()
    if version.major < _OLDEST_POSTGRES:
        return Check("database", "fail", f"{base} is too old; {_OLDEST_POSTGRES} or newer is needed")
    if lazy:
        return Check("database", "warn", f"{base}: {', '.join(lazy)} off: a power cut may lose acknowledged messages")
    if abs(skew) > _CLOCK_SKEW_MS:
        return Check("database", "warn", f"{base}: its clock differs from this machine's by {skew / 1000:.1f} s")
    return _schema(base, rows)


def _schema(base: str, rows: Sequence[Sequence[int]]) -> Check:
    newest = migrations.known()[-1].version
    if not rows:
        return Check("database", "ok", f"{base}; no schema yet, the first start makes it")
    have, oldest = rows[0]
    if have > newest and oldest > newest:
        return Check("database", "fail", f"{base}; schema {have} is newer than this version of Sodam knows ({newest})")
    after = "" if have >= newest else f", the next start brings it to {newest}"
    return Check("database", "ok", f"{base}; schema {have}{after}")


async def bus(url: str | None) -> Check:
    """Round trip to the NATS servers."""
    if url is None:
        return Check("bus", "ok", "none: one process alone")
    servers = [server.strip() for server in url.split(",")]
    client = Client()
    try:
        # The library retries the first connection for ever; the time-out ends it.
        async with asyncio.timeout(_TIMEOUT_S):
            await client.connect(servers=servers, error_cb=_ignore, max_reconnect_attempts=1, reconnect_time_wait=0)
            start = time.perf_counter()
            await client.flush()
            trip = (time.perf_counter() - start) * 1000
            version = client.connected_server_version
            await client.close()
        return Check("bus", "ok", f"NATS {version}, round trip {trip:.2f} ms")
    except (OSError, nats.errors.Error, TimeoutError) as error:
        return Check("bus", "fail", f"NATS cannot be reached: {' '.join(str(error).split()) or type(error).__name__}")


async def _ignore(_: Exception) -> None:
    """What went wrong comes as the exception of the call."""


def clock(build_year: int = 2026) -> Check:
    """UserSigs expire by this clock. Asks the kernel whether something keeps it right."""
    now = time.gmtime()
    shown = time.strftime("%Y-%m-%d %H:%M:%S UTC", now)
    if now.tm_year < build_year:
        return Check("clock", "fail", f"{shown} is in the past; UserSigs cannot be checked with it")
    try:
        # struct timex is smaller than 256 bytes everywhere; all zero only asks.
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(256))
    except (OSError, AttributeError):
        return Check("clock", "ok", f"{shown}; this system does not tell whether it is synchronised")
    if state == _TIME_ERROR:
        return Check("clock", "warn", f"{shown}, not synchronised as far as the kernel knows; run chrony or timesyncd")
    return Check("clock", "ok", f"{shown}, synchronised" if state >= 0 else shown)
