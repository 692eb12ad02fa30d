"""An app's own server in a process of its own, for measurements: it takes no time from who sends or measures beside it.

What it got is in a file, a line a request, written before the answer. Its end is SIGKILL: whatever is under way breaks.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from tests.support.ports import Reserved
from tests.support.receiver import Got, Receiver, Reply, agree


class Taken(msgspec.Struct, frozen=True, array_like=True):
    """A request, as far as tests want it."""

    id: str
    """``webhook-id``: the same for each attempt."""
    request: str
    """``RequestId`` of the query."""
    body: dict[str, Any]


_LINES = msgspec.json.Decoder(Taken)


class ReceiverProcess:
    """What ``got`` holds grows by `look` alone."""

    def __init__(self, folder: Path) -> None:
        self.got: list[Taken] = []
        self._file = folder / "taken"
        self._file.touch()
        self._read = 0
        self._reserved = Reserved()
        self._process: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> ReceiverProcess:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._reserved.number}"

    async def start(self) -> None:
        """Listen, on the same port as before."""
        command = [sys.executable, "-m", __name__, str(self._reserved.number), str(self._file)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
        assert self._process.stdout is not None
        assert await asyncio.to_thread(self._process.stdout.readline) == b"listening\n"

    async def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            await asyncio.to_thread(self._process.communicate)
            self._process = None

    def look(self) -> int:
        """Read what has come since the last look; how much there is now. A line that is being written waits."""
        with self._file.open("rb") as file:
            file.seek(self._read)
            found, end, _ = file.read().rpartition(b"\n")
        self.got += map(_LINES.decode, found.splitlines())
        self._read += len(found) + len(end)
        return len(self.got)


async def _take(port: int, file: Path) -> None:
    to = os.open(file, os.O_WRONLY | os.O_APPEND)

    async def note(got: Got) -> Reply | None:
        os.write(to, msgspec.json.encode(Taken(got.id, got.query["RequestId"], got.body)) + b"\n")
        receiver.got.clear()
        return await agree(got)

    receiver = Receiver(at=port)
    receiver.answer = note
    async with receiver:
        print("listening", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(_take(int(sys.argv[1]), Path(sys.argv[2])))
