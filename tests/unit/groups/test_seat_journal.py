"""Seats in live rooms outlast the process: what is written down, by whom it is found, and for how long."""

from __future__ import annotations

import asyncio
import io
import os
from pathlib import Path

import pytest
from typing_extensions import Buffer

from sodam.groups import seat_copies, seat_journal
from sodam.groups.seat_copies import SeatCopies
from sodam.groups.seat_journal import KEPT_SECONDS, Seat, SeatJournal
from sodam.groups.seats import Seats
from tests.contract.world import Device
from tests.unit.presence.test_presence import NodeBus, Wire

AMY: Seat = ((1, "amy", 7), "room")
BOB: Seat = ((1, "bob", 8), "room\n2")


def kept(place: Path, *, ago: float = 0) -> list[Seat]:
    """What a process that starts there finds."""
    for path in place.iterdir():
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - ago))
    journal = SeatJournal(place)
    found = journal.open()
    journal.close()
    return found


def test_what_was_taken_and_not_left_is_there(tmp_path: Path) -> None:
    journal = SeatJournal(tmp_path / "new")
    assert journal.open() == []
    journal.write([(AMY, True), (BOB, True)], list)
    journal.write([(AMY, False)], list)
    journal.alive()
    journal.close()
    (path,) = (tmp_path / "new").iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open("ab") as file:
        file.write(b'[1,"cid",9,"ro')
    assert kept(tmp_path / "new") == [BOB]
    assert kept(tmp_path / "new", ago=KEPT_SECONDS - 5) == [BOB]
    assert kept(tmp_path / "new", ago=KEPT_SECONDS + 1) == [], "its devices have given up"


def test_a_disk_that_takes_a_part_is_given_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Short(io.FileIO):
        def write(self, data: Buffer) -> int:
            return super().write(bytes(data)[:7])

    monkeypatch.setattr(seat_journal.io, "FileIO", Short)
    journal = SeatJournal(tmp_path)
    journal.open()
    journal.write([(AMY, True)], list)
    journal.write([(BOB, True)], list)
    journal.close()
    monkeypatch.undo()
    assert kept(tmp_path) == [AMY, BOB]


def test_each_process_has_a_file_of_its_own(tmp_path: Path) -> None:
    one, two = SeatJournal(tmp_path), SeatJournal(tmp_path)
    assert one.open() == two.open() == []
    one.write([(AMY, True)], list)
    two.write([(BOB, True)], list)
    two.close()
    third = SeatJournal(tmp_path)
    assert third.open() == [BOB]
    one.close()
    third.close()
    assert len(list(tmp_path.iterdir())) == 2


def test_the_file_does_not_grow_with_what_has_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seat_journal, "_SLACK", 10)
    journal = SeatJournal(tmp_path)
    journal.open()
    journal.write([(BOB, True)], list)
    for _ in range(100):
        journal.write([(AMY, True), (AMY, False)], lambda: [BOB])
    (path,) = tmp_path.iterdir()
    assert path.read_bytes().count(b"\n") <= 12
    journal.close()
    assert kept(tmp_path) == [BOB]


def test_a_disk_that_takes_nothing_costs_the_seats_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    journal = SeatJournal(tmp_path / "file")
    assert journal.open() == []
    journal.write([(AMY, True)], list)
    journal.alive()
    journal.close()


async def test_a_node_that_was_started_again_has_its_seats_for_its_devices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seat_copies, "REPORT_SECONDS", 0.0)

    def start() -> tuple[Seats, SeatCopies]:
        seats = Seats()
        copies = SeatCopies(NodeBus(Wire()), seats)
        copies.connect("a", set, SeatJournal(tmp_path))
        copies.start()
        return seats, copies

    seats, copies = start()
    key, amy, bob = (1, "room"), Device(), Device()
    for user_id, device in (("amy", amy), ("bob", bob)):
        seats.take(key, user_id, device.instid, device, 1, 0.0)
        copies.note(key, user_id, device.instid, here=True)
    await asyncio.sleep(0.01)  # killed: nothing is closed, but the kernel lets go of its file
    copies._journal._file.close()  # type: ignore[union-attr]
    seats, copies = start()
    assert copies.take(1, "amy", bob.instid) == [], "another device"
    assert copies.take(1, "amy", amy.instid) == [key]
    copies.note(key, "amy", amy.instid, here=True)
    seats.take(key, "amy", amy.instid, amy, 1, 0.0)
    assert list(copies.lost(0.0)) == list(copies.lost(KEPT_SECONDS - 1)) == []
    assert list(copies.lost(KEPT_SECONDS)) == [(key, "bob")]
    copies.alive()
    copies.stop()
    assert [seat[0][1] for seat in kept(tmp_path)] == ["amy"]
