"""Ports of this machine for servers that start at one more than once, or that cannot say which they were given.

A port that the kernel gives (0) may go to anybody else while the server that had it is away: a run of the tests starts
hundreds. These lie below what the kernel gives away; no two processes of tests and benchmarks hold the same one; and a
run does not use one twice, as what waits to be told to a receiver that is gone (callbacks are tried for days) must not
reach another.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import socket
import weakref
from pathlib import Path
from typing import Final

_LOWEST, _HIGHEST = 22_000, 32_000
_RANGE: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")


def _below() -> int:
    """The first port that the kernel gives away, as far as it is known and leaves room."""
    with contextlib.suppress(OSError, ValueError):
        first = int(_RANGE.read_text().split()[0])
        if first > _LOWEST + 1000:
            return min(first, _HIGHEST)
    return _HIGHEST


def _first(span: int) -> int:
    """Where to begin: each process of a run of tests in a part of its own, each run elsewhere."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return os.getppid() * 37 + int(worker) * span // workers


_SPAN: Final = _below() - _LOWEST
_turns: Final = itertools.count(_first(_SPAN))


class Reserved:
    """A port of 127.0.0.1, until this object is no more."""

    def __init__(self) -> None:
        for turn in itertools.islice(_turns, _SPAN):
            self.number = _LOWEST + turn % _SPAN
            # A name that one socket of the machine can have, and that is free when its process ends, however it does.
            name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                name.bind(f"\0sodam test port {self.number}")
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", self.number))
            except OSError:
                name.close()
                continue
            weakref.finalize(self, name.close)
            return
        raise AssertionError(f"no port between {_LOWEST} and {_LOWEST + _SPAN} is free")
