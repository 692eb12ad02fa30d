"""Who sits in live rooms: devices, short breaks, and nothing left over."""

from __future__ import annotations

from sodam.bus import Kick
from sodam.groups.seats import GRACE_SECONDS, HIDDEN, Seats
from sodam.notices import Notice

ROOM = (1, "room")


class Session:
    platform = 7
    login = 0

    def __init__(self, instid: int) -> None:
        self.instid = instid

    def deliver(self, notice: Notice) -> None: ...

    def kicked(self, kick: Kick) -> None: ...


def empty(seats: Seats) -> bool:
    return not (seats._rooms or seats._of or seats._away)


def test_a_user_leaves_with_the_last_device() -> None:
    seats, phone, browser = Seats(), Session(1), Session(2)
    assert seats.take(ROOM, "amy", 1, phone, 5, 0.0) is not None
    assert seats.take(ROOM, "amy", 1, phone, 6, 0.0) is None, "again"
    assert seats.take(ROOM, "amy", 2, browser, 7, 0.0) is None
    assert seats.number(ROOM) == 1
    assert not seats.leave(ROOM, "amy", 1, phone)
    assert seats.here(ROOM, "amy")
    assert seats.leave(ROOM, "amy", 2, browser)
    assert not seats.leave(ROOM, "amy", 2, browser)
    assert empty(seats)


def test_a_short_break_keeps_the_seat_and_a_long_one_does_not() -> None:
    seats, first, again = Seats(), Session(1), Session(1)
    seats.take(ROOM, "amy", 1, first, 5, 0.0)
    assert seats.lost(first, 10.0) == [ROOM]
    assert seats.here(ROOM, "amy")
    assert seats.overdue(10.0 + GRACE_SECONDS - 1) == []
    assert seats.back(1, "amy", again) == [ROOM]
    assert seats.rooms_of(again) == [ROOM]
    assert seats.overdue(1000.0) == []
    seats.lost(again, 1000.0)
    assert seats.overdue(1000.0 + GRACE_SECONDS) == [(ROOM, "amy", 1)]
    assert seats.leave(ROOM, "amy", 1, None)
    assert seats.back(1, "amy", Session(1)) == []
    assert empty(seats)


def test_who_joins_while_connecting_sits_there_once_connected() -> None:
    seats, session = Seats(), Session(3)
    assert seats.take(ROOM, "amy", 3, None, 5, 0.0) is not None
    assert seats.back(1, "amy", session) == [ROOM]
    assert seats.user_in(session, ROOM) == "amy"


def test_the_newest_first_and_the_hidden_by_mark_only() -> None:
    seats = Seats()
    for number in range(5):
        seats.take(ROOM, f"u{number}", number, Session(number), 100, 0.0)
    listed = seats.newest(ROOM, 10, None, 0)
    assert [one.user_id for one in listed] == ["u4", "u3", "u2", "u1", "u0"]
    assert len({one.joined_at for one in listed}) == 5
    assert [one.user_id for one in seats.newest(ROOM, 10, None, listed[2].joined_at)] == ["u1", "u0"]
    listed[0].marks.add(HIDDEN)
    assert [one.user_id for one in seats.newest(ROOM, 2, None, 0)] == ["u3", "u2"]
    assert [one.user_id for one in seats.newest(ROOM, 2, HIDDEN, 0)] == ["u4"]


def test_a_room_that_is_gone_leaves_nothing() -> None:
    seats, here, away = Seats(), Session(1), Session(2)
    seats.take(ROOM, "amy", 1, here, 5, 0.0)
    seats.take(ROOM, "bob", 2, away, 5, 0.0)
    seats.lost(away, 1.0)
    seats.empty(ROOM)
    assert empty(seats)
