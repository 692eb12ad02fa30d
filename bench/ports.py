"""Ports of this machine for servers that start at one more than once, or that cannot say which they were given.

A port that the kernel gives (0) may go to anybody else while the server that had it is away: a run of the tests starts
hundreds. These lie below what the kernel gives away, and no two processes of tests and benchmarks hold the same one.
"""

from __future__ import annotations

import contextlib
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


class Reserved:
    """A port of 127.0.0.1, until this object is no more."""

    def __init__(self) -> None:
        span = _below() - _LOWEST
        for step in range(span):
            self.number = _LOWEST + (os.getpid() * 37 + step) % span
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
        raise AssertionError(f"no port between {_LOWEST} and {_LOWEST + span} is free")
