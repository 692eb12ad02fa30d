"""CPU and memory of process trees, from /proc."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")
# Positions in /proc/PID/stat counted from after the command's closing parenthesis.
_PARENT, _OWN_TIMES, _END_OF_TIMES = 1, 11, 15


def _stat(pid: str) -> list[str] | None:
    try:
        return (_PROC / pid / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def tree(roots: Iterable[int]) -> set[int]:
    """The given processes and all their descendants that live now."""
    parents: dict[int, int] = {}
    for entry in os.listdir(_PROC):
        if entry.isdigit() and (fields := _stat(entry)) is not None:
            parents[int(entry)] = int(fields[_PARENT])
    found = set(roots) & parents.keys()
    grown = True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return found


def cpu_seconds(roots: Iterable[int]) -> float:
    """User plus system time of the trees, with that of children which have ended and were waited for.

    A child that lives at the first reading and is gone at the second moves from its own times into its parent's, so
    the difference of two readings is right either way. Raises `ProcessLookupError` when a root is gone.
    """
    wanted = set(roots)
    found = tree(wanted)
    if wanted - found:
        raise ProcessLookupError(f"server process {sorted(wanted - found)} is gone")
    ticks = 0
    for pid in found:
        if (fields := _stat(str(pid))) is not None:
            ticks += sum(int(value) for value in fields[_OWN_TIMES:_END_OF_TIMES])
    return ticks / _TICKS


def serving(client: int, database: Iterable[int]) -> set[int]:
    """Processes of a PostgreSQL on this machine that serve connections of this one process now.

    Each says in its title to which port it talks: `postgres: user database 127.0.0.1(33936) idle`.
    """
    folder = _PROC / str(client)
    sockets = set[str]()
    for name in (folder / "fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed meanwhile
            if (link := os.readlink(name)).startswith("socket:["):
                sockets.add(link[8:-1])
    ports = set[int]()
    for table in ("tcp", "tcp6"):
        for line in (folder / "net" / table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in sockets:
                ports.add(int(fields[1].rpartition(":")[2], 16))
    found = set[int]()
    for pid in tree(database):
        try:
            title = (_PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if (port := re.match(r"postgres: .*\((\d+)\)", title)) and int(port[1]) in ports:
            found.add(pid)
    return found


def machine_busy_seconds() -> float:
    """CPU seconds that all processes of the machine have used since it started."""
    fields = (_PROC / "stat").read_text().splitlines()[0].split()[1:]
    user, nice, system, _idle, _iowait, irq, softirq = (int(value) for value in fields[:7])
    return (user + nice + system + irq + softirq) / _TICKS


def memory_bytes(roots: Iterable[int]) -> int:
    """Resident memory of the trees without shared memory, which PostgreSQL's processes would count many times."""
    total = 0
    for pid in tree(roots):
        try:
            lines = (_PROC / str(pid) / "status").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon", "RssFile")))
    return total * 1024
