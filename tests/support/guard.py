"""Ends what a test process started when that process ends without doing so: interrupted, killed or crashed.

A small process of its own waits for the end of a pipe that only the test process holds open. It ends the processes
that were named to it, by their descriptors (so that a number used anew harms nobody), and removes directories.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import IO


class Guard:
    def __init__(self) -> None:
        # A session of its own: an interrupt at the keyboard is for the tests, this one comes after them.
        command = [sys.executable, "-S", "-E", __file__]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def watch(self, pid: int, directory: Path | None = None, how: signal.Signals = signal.SIGKILL) -> None:
        """Send process `pid` the signal `how`, then remove `directory`, when this process is no more."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{pid} {int(how)} {directory or ''}\n".encode())
        self._process.stdin.flush()


@cache
def guarded() -> Guard:
    """The guard of this process, started when first asked for."""
    return Guard()


def _runs(process: int) -> bool:
    return not select.select([process], [], [], 0)[0]  # a descriptor of a process can be read when it has ended


def _wait(commands: IO[str]) -> None:
    found: list[tuple[int, int, str]] = []
    for line in commands:
        for one in [one for one in found if not one[2] and not _runs(one[0])]:
            found.remove(one)
            os.close(one[0])
        pid, number, directory = line.rstrip("\n").split(" ", 2)
        with contextlib.suppress(OSError):
            found.append((os.pidfd_open(int(pid)), int(number), directory))
    for process, how, directory in reversed(found):
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(process, how)
        if directory:
            select.select([process], [], [], 20)  # until then it may still write there
            shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    _wait(sys.stdin)
