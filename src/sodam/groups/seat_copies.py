"""Seats in live rooms that other nodes hold, so that a device which connects to this node sits there at once.

The web SDK does not join its rooms again when it reconnects, and it may reconnect to any node, also because its own was
killed. Every node tells the others several times a second which seats were taken and left on it; a node that is new or
has missed hints asks for all of them. Memory only: a seat is lost when all nodes that know of it are.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

from sodam.bus import Bus
from sodam.bus.interface import Subscription
from sodam.groups.seats import Key, Seats

TELL_SECONDS: Final = 0.2
KEPT_SECONDS: Final = 60.0
"""For so long the seats of a node that is gone wait for their devices."""
_PART: Final = 50
"""Seats in one message."""
_SUBJECT: Final = "rooms.seats"
_encode: Final = msgspec.json.Encoder().encode
Device = tuple[int, str, int]
"""App, user and InstId."""


class _Seat(msgspec.Struct, array_like=True, frozen=True):
    app: int
    user_id: str
    instid: int
    room: str
    here: bool


class _Told(msgspec.Struct, array_like=True):
    node: str
    seats: list[_Seat] = []
    all: bool = False
    """What was known of the node before is void."""
    asks: bool = False
    """Everybody is to tell all seats."""


_decode: Final = msgspec.json.Decoder(_Told).decode


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
        self._news: dict[tuple[Device, str], bool] = {}
        self._due = False
        self._loop = asyncio.get_running_loop()
        self._subscription: Subscription | None = None

    def connect(self, node: str, peers: Callable[[], set[str]]) -> None:
        self._node, self._peers = node, peers

    def start(self) -> None:
        if self._node and self._bus.clustered:
            self._subscription = self._bus.subscribe(_SUBJECT, self._hear)
            self._bus.on_reconnect(self._ask)
            self._ask()

    def stop(self) -> None:
        if self._subscription is not None:
            self._subscription.cancel()
            self._subscription = None

    def note(self, key: Key, user_id: str, instid: int, *, here: bool) -> None:
        """A device has sat down here, or stood up."""
        if self._subscription is None or not self._bus.heard():
            return
        self._news[(key[0], user_id, instid), key[1]] = here
        if not self._due:
            self._due = True
            self._loop.call_later(TELL_SECONDS, self._tell)

    def take(self, app: int, user_id: str, instid: int) -> list[Key]:
        """The rooms in which other nodes hold seats of a device that is here now; they let go of them when told."""
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
            if any(other < self._node for other in peers):
                continue
            known = {
                (d[0], room, d[1]) for others in self._of.values() for d, rooms in others.items() for room in rooms
            }
            for (app, user_id, _), rooms in devices.items():
                for room in rooms:
                    if (app, room, user_id) not in known:
                        yield (app, room), user_id

    def _ask(self) -> None:
        self._bus.publish(_SUBJECT, _encode(_Told(self._node, asks=True)))
        self._tell_all()

    def _tell_all(self) -> None:
        self._news.clear()
        self._send(((device, room), True) for device, room in self._seats.devices())

    def _tell(self) -> None:
        self._due = False
        news, self._news = self._news, {}
        if self._subscription is not None and news:
            self._send(news.items(), fresh=False)

    def _send(self, seats: Iterable[tuple[tuple[Device, str], bool]], *, fresh: bool = True) -> None:
        part: list[_Seat] = []
        for (device, room), here in seats:
            part.append(_Seat(*device, room, here))
            if len(part) == _PART:
                self._bus.publish(_SUBJECT, _encode(_Told(self._node, part, fresh)))
                part, fresh = [], False
        if part or fresh:
            self._bus.publish(_SUBJECT, _encode(_Told(self._node, part, fresh)))

    def _hear(self, data: bytes) -> None:
        told = _decode(data)
        if told.asks:
            self._tell_all()
            return
        if told.all:
            self._of.pop(told.node, None)
        devices = self._of.setdefault(told.node, {})
        for seat in told.seats:
            device = (seat.app, seat.user_id, seat.instid)
            if not seat.here:
                rooms = devices.get(device, {})
                rooms.pop(seat.room, None)
                if not rooms:
                    devices.pop(device, None)
                continue
            devices.setdefault(device, {})[seat.room] = None
            for node, others in self._of.items():  # a device is in one place
                if node != told.node and device in others:
                    del others[device]
            self._seats.moved(device, seat.room)
