"""A disk that can lose power: it keeps what SQLite did to its files, in order, and tells what would survive a cut.

SQLite writes through a VFS that passes everything on and notes it. A cut at any moment then leaves of each file what
was synced before; of what was written since, each 512-byte sector may have reached the disk or not.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

import apsw

SECTOR: Final = 512
Kind = Literal["write", "truncate", "sync", "delete"]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done to a file: bytes at a place, a new length (`place`), a sync, or its end."""

    kind: Kind
    file: str
    place: int = 0
    data: bytes = b""


@dataclass(frozen=True)
class Disk:
    steps: list[Step] = field(default_factory=list)

    def now(self) -> int:
        """The present moment, as `survivors` counts."""
        return len(self.steps)

    def survivors(self, moment: int, rng: random.Random) -> dict[str, bytes]:
        """The files after a power cut at `moment`, by name. What was never synced may be gone as a whole."""
        durable: dict[str, bytearray] = {}
        pending: dict[str, list[Step]] = {}
        for step in self.steps[:moment]:
            if step.kind == "delete":
                durable.pop(step.file, None)
                pending.pop(step.file, None)
            elif step.kind == "sync":
                content = durable.setdefault(step.file, bytearray())
                for earlier in pending.pop(step.file, []):
                    _apply(content, earlier)
            else:
                pending.setdefault(step.file, []).append(step)
        kept = rng.choice((0.0, 0.0, 0.5, 0.9, 1.0))  # a disk without a cache loses little, one with a large one all
        for file, steps in pending.items():
            content = durable.get(file, bytearray())
            for step in steps:
                _apply_in_part(content, step, kept, rng)
            if file in durable or content:
                durable[file] = content
        return {file: bytes(content) for file, content in durable.items()}


def _apply(content: bytearray, step: Step) -> None:
    if step.kind == "truncate":
        del content[step.place :]
        return
    if len(content) < step.place:
        content.extend(bytes(step.place - len(content)))
    content[step.place : step.place + len(step.data)] = step.data


def _apply_in_part(content: bytearray, step: Step, kept: float, rng: random.Random) -> None:
    """Sectors of a write reach the disk one by one; a truncation does or does not."""
    if step.kind == "truncate":
        if rng.random() < kept:
            _apply(content, step)
        return
    end = step.place + len(step.data)
    place = step.place
    while place < end:
        after = min(end, (place // SECTOR + 1) * SECTOR)
        if rng.random() < kept:
            part = step.data[place - step.place : after - step.place]
            _apply(content, replace(step, place=place, data=part))
        place = after


def _file_class(disk: Disk, directory: Path) -> type[apsw.VFSFile]:
    class NotedFile(apsw.VFSFile):
        def __init__(self, name: Any, flags: list[int]) -> None:
            text = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
            self._name = Path(text).name if Path(text).parent == directory else ""
            super().__init__("unix", name, flags)

        def _note(self, kind: Kind, place: int = 0, data: bytes = b"") -> None:
            if self._name:
                disk.steps.append(Step(kind, self._name, place, data))

        def xWrite(self, data: bytes, offset: int) -> None:
            self._note("write", offset, bytes(data))
            super().xWrite(data, offset)

        def xTruncate(self, newsize: int) -> None:
            self._note("truncate", newsize)
            super().xTruncate(newsize)

        def xSync(self, flags: int) -> None:
            super().xSync(flags)
            self._note("sync")

    return NotedFile


@contextmanager
def noted(directory: Path) -> Iterator[Disk]:
    """While the block runs, databases opened in `directory` are on a disk that keeps notes."""
    disk = Disk()
    file_class = _file_class(disk, directory)

    class NotedVFS(apsw.VFS):
        def __init__(self) -> None:
            super().__init__("noted", "unix", makedefault=True, maxpathname=0)

        def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
            return file_class(name, flags)  # type: ignore[call-arg]  # the stub names it otherwise

        def xDelete(self, filename: str, syncdir: bool) -> None:
            super().xDelete(filename, syncdir)
            if Path(filename).parent == directory:
                disk.steps.append(Step("delete", Path(filename).name))

    vfs = NotedVFS()
    try:
        yield disk
    finally:
        apsw.set_default_vfs("unix")
        vfs.unregister()
