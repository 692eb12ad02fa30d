"""What is being uploaded lies in a directory of its own until all of it is there; a cut upload leaves nothing."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import os
import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, Final

from sodam.media.model import MediaError
from sodam.storage import private

STALE_SECONDS: Final = 3600
"""Nothing is written to a file for so long: the process that received it is gone."""
_WRITE: Final = 256 * 1024
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Cut(Exception):
    """The client went away within its upload."""


def no_room(error: OSError) -> bool:
    """Whether the disk is full, or as full as it may be."""
    return error.errno in _FULL


class Incoming:
    """One upload: a file that is gone when the ``with`` block ends, unless it was moved away, and all beside it."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.path = directory / secrets.token_hex(16)
        self.size = 0
        self.head = b""

    def __enter__(self) -> Incoming:
        return self

    def __exit__(self, *exc: object) -> None:
        for left in self._directory.glob(f"{self.path.name}*"):
            with contextlib.suppress(OSError):
                left.unlink()

    async def take(self, body: AsyncIterator[bytes], most: int, head: int) -> None:
        """Write a body to disk, in pieces. Raises MediaError 413 as soon as it has more than ``most`` bytes, OSError,
        and Cut."""
        for directory in (self._directory.parent, self._directory):
            private.make_directory(directory)
        file = await asyncio.to_thread(open, self.path, "wb", 0, opener=private.opener)
        try:
            waiting, held = list[bytes](), 0
            async for piece in body:
                self.size += len(piece)
                if self.size > most:
                    raise MediaError(413, f"at most {most} bytes may be uploaded")
                if len(self.head) < head:
                    self.head += piece[: head - len(self.head)]
                waiting.append(piece)
                held += len(piece)
                if held >= _WRITE:
                    await asyncio.to_thread(_write, file, waiting)
                    waiting, held = [], 0
            await asyncio.to_thread(_finish, file, waiting)
        finally:
            file.close()

    def md5(self) -> str:
        with open(self.path, "rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _write(file: IO[bytes], pieces: list[bytes]) -> None:
    left = memoryview(b"".join(pieces))
    while left:  # a raw file may take less than it is given
        left = left[file.write(left) :]


def _finish(file: IO[bytes], pieces: list[bytes]) -> None:
    _write(file, pieces)
    os.fsync(file.fileno())


def tidy(directory: Path, older_than: float) -> int:
    """Remove what processes that were killed had begun to receive; how many files."""
    gone, before = 0, time.time() - older_than
    for path in directory.glob("*"):
        with contextlib.suppress(OSError):
            if path.stat().st_mtime <= before:
                path.unlink()
                gone += 1
    return gone
