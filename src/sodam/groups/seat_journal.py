"""Seats of live rooms on this node's disk: its devices still sit there after it was killed and started again.

A few hundred bytes several times a second, whatever the rooms' size; nothing waits for it and nothing is synced. What a
killed process has written is there; after a power cut visitors have to enter again. Each process has a file of its own,
which it holds locked, and whoever starts takes the first that nobody holds.
"""

from __future__ import annotations

import fcntl
import io
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

import msgspec
import structlog

from sodam.storage.private import opener

log = structlog.get_logger(__name__)
KEPT_SECONDS: Final = 60.0
"""For so long the seats of a node that is gone wait for their devices."""
MOST_FILES: Final = 64
MOST_BYTES: Final = 256 * 1024 * 1024
_SLACK: Final = 20_000
"""So many lines more than there are seats are written before the file is written anew."""
Device = tuple[int, str, int]
"""App, user and InstId."""
Seat = tuple[Device, str]
"""Of a device, in a room."""
_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(tuple[int, str, int, str, bool]).decode


class SeatJournal:
    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file: io.FileIO | None = None
        self._path = directory
        self._lines = 0

    def open(self) -> list[Seat]:
        """Begin, or go on where a process ended less than ``KEPT_SECONDS`` ago: the seats that there were."""
        try:
            self._take_file()
            found = self._read()
            self._rewrite(found)
        except OSError as error:
            self._give_up(error)
            return []
        return found

    def write(self, news: Iterable[tuple[Seat, bool]], everything: Callable[[], Iterable[Seat]]) -> None:
        """Note that these seats were taken (True) or left. ``everything``: the seats that there are then."""
        if self._file is None:
            return
        lines = [_line(seat, here) for seat, here in news]
        try:
            _write(self._file, b"".join(lines))
            self._lines += len(lines)
            if self._lines > _SLACK and self._lines > 4 * len(all_seats := list(everything())):
                self._rewrite(all_seats)
        except OSError as error:
            self._give_up(error)

    def alive(self) -> None:
        """To be called every few seconds: by the file's age the next process knows when this one ended."""
        if self._file is not None:
            os.utime(self._file.fileno())

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _take_file(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        for number in range(MOST_FILES):
            path = self._directory / f"room-seats.{number}"
            if (file := _locked(path)) is not None:
                self._file, self._path = file, path
                return
        raise OSError(f"{MOST_FILES} processes use {self._directory}")

    def _read(self) -> list[Seat]:
        assert self._file is not None
        status = os.fstat(self._file.fileno())
        if not 0 < status.st_size <= MOST_BYTES or time.time() - status.st_mtime > KEPT_SECONDS:
            return []
        self._file.seek(0)
        seats: dict[Seat, None] = {}
        for line in self._file.readall().splitlines():
            try:
                app, user_id, instid, room, here = _decode(line)
            except msgspec.DecodeError:
                continue  # the process ended amid it
            seat = ((app, user_id, instid), room)
            if here:
                seats[seat] = None
            else:
                seats.pop(seat, None)
        return list(seats)

    def _rewrite(self, seats: list[Seat]) -> None:
        """With these seats alone, in a file that takes the place of the one before."""
        assert self._file is not None
        fresh = self._path.with_suffix(self._path.suffix + ".new")
        fresh.unlink(missing_ok=True)
        file = _locked(fresh)
        if file is None:
            raise OSError(f"{fresh} is in use")
        _write(file, b"".join(_line(seat, here=True) for seat in seats))
        fresh.replace(self._path)
        self._file.close()
        self._file, self._lines = file, len(seats)

    def _give_up(self, error: OSError) -> None:
        self.close()
        log.warning("seats in live rooms are not kept for the next start", error=str(error))


def _line(seat: Seat, here: bool) -> bytes:
    return _encode([*seat[0], seat[1], here]) + b"\n"


def _write(file: io.FileIO, data: bytes) -> None:
    """All of it: a disk that is nearly full takes a part, and the next line would be joined to that."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _locked(path: Path) -> io.FileIO | None:
    """A file of this process alone; None: another one has it."""
    file = io.FileIO(path, "a+", opener=opener)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
