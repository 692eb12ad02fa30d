"""Seats in live rooms that other nodes hold, so that a device which connects to this node sits there at once.

The web SDK does not join its rooms again when it reconnects, and it may reconnect to any node, also because its own was
killed. Every node reports to the others several times a second which seats were taken and left on it; a node that is
new or has missed hints asks for all of them. What it holds itself it writes down as well (seat_journal.py), and finds
it as that of another node when it is started again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import msgspec

from sodam.bus import Bus
from sodam.bus.interface import Subscription
from sodam.groups.seat_journal import KEPT_SECONDS, Device, Seat, SeatJournal
from sodam.groups.seats import Key, Seats

REPORT_SECONDS: Final = 0.2
_PART: Final = 50
"""Seats in one message."""
_SUBJECT: Final = "rooms.seats"
_BEFORE: Final = ""
"""Stands for this node as it was before it was started."""
_encode: Final = msgspec.json.Encoder().encode


class _ReportedSeat(msgspec.Struct, array_like=True, frozen=True):
    app: int
    user_id: str
    instid: int
    room: str
    here: bool


class _Report(msgspec.Struct, array_like=True):
    node: str
    seats: list[_ReportedSeat] = []
    all: bool = False
    """What was known of the node before is void."""
    asks: bool = False
    """Everybody is to report all seats."""


_decode: Final = msgspec.json.Decoder(_Report).decode


class SeatCopies:
    def __init__(self, bus: Bus, seats: Seats) -> None:
        self._bus = bus
        self._seats = seats
        self._node = ""
        self._peers: Callable[[], set[str]] = set
        self._of: dict[str, dict[Device, dict[str, None]]] = {}
        """By node and device, the rooms in which it sits."""
        self._gone: dict[str, float] = {}
        """Nodes that are not heard of, and since when."""
        self._journal: SeatJournal | None = None
        self._news: dict[Seat, bool] = {}
        self._due = False
        self._loop = asyncio.get_running_loop()
        self._subscription: Subscription | None = None

    def connect(self, node: str, peers: Callable[[], set[str]], journal: SeatJournal | None = None) -> None:
        self._node, self._peers, self._journal = node, peers, journal

    def start(self) -> None:
        for device, room in self._journal.open() if self._journal is not None else ():
            self._of.setdefault(_BEFORE, {}).setdefault(device, {})[room] = None
        if self._node and self._bus.clustered:
            self._subscription = self._bus.subscribe(_SUBJECT, self._hear)
            self._bus.on_reconnect(self._ask)
            self._ask()

    def stop(self) -> None:
        if self._subscription is not None:
            self._subscription.cancel()
            self._subscription = None
        if self._journal is not None:
            self._write_down()
            self._journal.close()

    def alive(self) -> None:
        """To be called every few seconds."""
        if self._journal is not None:
            self._journal.alive()

    def note(self, key: Key, user_id: str, instid: int, *, here: bool) -> None:
        """A device has sat down here, or stood up."""
        if self._journal is None and not self._heard():
            return
        self._news[(key[0], user_id, instid), key[1]] = here
        if not self._due:
            self._due = True
            self._loop.call_later(REPORT_SECONDS, self._report)

    def known(self) -> bool:
        """Whether any is known."""
        return any(self._of.values())

    def take(self, app: int, user_id: str, instid: int) -> list[Key]:
        """The rooms in which other nodes hold seats of a device that is here now; they let go of them when notified."""
        device = (app, user_id, instid)
        rooms: dict[str, None] = {}
        for devices in self._of.values():
            rooms |= devices.pop(device, {})
        return [(app, room) for room in rooms]

    def lost(self, now: float) -> Iterator[tuple[Key, str]]:
        """Rooms and users of nodes that have been gone for long, without those who sit there by another node. One of
        the nodes that are left is given them."""
        peers = self._peers()
        for node in list(self._of):
            if node in peers:
                self._gone.pop(node, None)
                continue
            if now - self._gone.setdefault(node, now) < KEPT_SECONDS:
                continue
            devices = self._of.pop(node)
            del self._gone[node]
            if node == _BEFORE and self._journal is not None:
                self._journal.write(((seat, False) for seat in _seats(devices)), self._everything)
            if any(other < self._node for other in peers):
                continue
            known = {
                (d[0], room, d[1]) for others in self._of.values() for d, rooms in others.items() for room in rooms
            }
            for (app, user_id, _), rooms in devices.items():
                for room in rooms:
                    if (app, room, user_id) not in known:
                        yield (app, room), user_id

    def _heard(self) -> bool:
        """Whether there are others to notify."""
        return self._subscription is not None and self._bus.heard()

    def _write_down(self) -> None:
        if self._journal is not None and self._news:
            self._journal.write(self._news.items(), self._everything)

    def _everything(self) -> Iterator[Seat]:
        yield from self._seats.devices()
        yield from _seats(self._of.get(_BEFORE, {}))

    def _ask(self) -> None:
        self._bus.publish(_SUBJECT, _encode(_Report(self._node, asks=True)))
        self._report_all()

    def _report_all(self) -> None:
        self._write_down()
        self._news.clear()
        self._send(((device, room), True) for device, room in self._seats.devices())

    def _report(self) -> None:
        self._due = False
        self._write_down()
        news, self._news = self._news, {}
        if self._heard() and news:
            self._send(news.items(), fresh=False)

    def _send(self, seats: Iterable[tuple[Seat, bool]], *, fresh: bool = True) -> None:
        part: list[_ReportedSeat] = []
        for (device, room), here in seats:
            part.append(_ReportedSeat(*device, room, here))
            if len(part) == _PART:
                self._bus.publish(_SUBJECT, _encode(_Report(self._node, part, fresh)))
                part, fresh = [], False
        if part or fresh:
            self._bus.publish(_SUBJECT, _encode(_Report(self._node, part, fresh)))

    def _hear(self, data: bytes) -> None:
        report = _decode(data)
        if report.asks:
            self._report_all()
            return
        if report.all:
            self._of.pop(report.node, None)
        devices = self._of.setdefault(report.node, {})
        for seat in report.seats:
            device = (seat.app, seat.user_id, seat.instid)
            if not seat.here:
                rooms = devices.get(device, {})
                rooms.pop(seat.room, None)
                if not rooms:
                    devices.pop(device, None)
                continue
            devices.setdefault(device, {})[seat.room] = None
            for node, others in self._of.items():  # a device is in one place
                if node != report.node and device in others:
                    del others[device]
            self._seats.moved(device, seat.room)


def _seats(devices: Mapping[Device, Iterable[str]]) -> Iterator[Seat]:
    return ((device, room) for device, rooms in devices.items() for room in rooms)
