"""Seats of live rooms as other nodes know them: told, asked for by who is new, taken by the device that comes."""

from __future__ import annotations

import asyncio

from sodam.groups import seat_copies
from sodam.groups.seat_copies import KEPT_SECONDS, SeatCopies
from sodam.groups.seats import Seats
from tests.contract.world import Device
from tests.unit.presence.test_presence import NodeBus, Wire

APP = 1
ROOM = (APP, "room")


class Node:
    def __init__(self, wire: Wire, name: str, peers: set[str]) -> None:
        self.bus = NodeBus(wire)
        self.seats = Seats()
        self.copies = SeatCopies(self.bus, self.seats)
        self.name, self.peers = name, peers
        self.copies.connect(name, lambda: self.peers - {name})
        self.copies.start()

    def sit(self, user_id: str, device: Device, room: str = "room") -> None:
        self.seats.take((APP, room), user_id, device.instid, device, 1, 0.0)
        self.copies.note((APP, room), user_id, device.instid, here=True)


async def told() -> None:
    await asyncio.sleep(seat_copies.REPORT_SECONDS * 1.5)


async def test_a_device_finds_its_rooms_on_any_node() -> None:
    wire, peers = Wire(), {"a", "b", "c"}
    a = Node(wire, "a", peers)
    amy, bob, cid = Device(), Device(), Device()
    for user_id, device in (("amy", amy), ("bob", bob), ("cid", cid)):
        a.sit(user_id, device)
    a.sit("amy", amy, "other")
    b = Node(wire, "b", peers)  # is new, and asks
    await told()
    a.copies.note(ROOM, "cid", cid.instid, here=False)
    await told()
    assert b.copies.take(APP, "cid", cid.instid) == []
    assert b.copies.take(APP, "bob", amy.instid) == [], "a device of somebody else"
    # amy comes to the second node: the first lets go of the seat that it kept.
    a.seats.lost(amy, 0.0)
    assert b.copies.take(APP, "amy", amy.instid) == [ROOM, (APP, "other")]
    b.sit("amy", amy)
    b.sit("amy", amy, "other")
    await told()
    assert not a.seats.here(ROOM, "amy")
    assert a.seats.here(ROOM, "bob")
    c = Node(wire, "c", peers)
    await told()
    assert c.copies.take(APP, "amy", amy.instid) == [ROOM, (APP, "other")]
    for node in (a, b, c):
        node.copies.stop()


async def test_who_does_not_come_back_is_told_of_once() -> None:
    wire, peers = Wire(), {"a", "b", "c"}
    a, b, c = (Node(wire, name, peers) for name in ("a", "b", "c"))
    amy, bob, phone = Device(), Device(), Device()
    c.sit("amy", amy)
    c.sit("bob", bob)
    b.sit("bob", phone)
    await told()
    c.bus.up = False
    for node in (a, b):
        node.peers = {"a", "b"}
        assert list(node.copies.lost(0.0)) == []
        assert list(node.copies.lost(KEPT_SECONDS - 1)) == [], "their devices may still come"
    assert list(b.copies.lost(KEPT_SECONDS)) == [], "one node tells of it"
    assert list(a.copies.lost(KEPT_SECONDS)) == [(ROOM, "amy")], "bob is there with his phone"
    assert a.copies.take(APP, "amy", amy.instid) == []
    # What was missed without the bus is asked for.
    a.bus.up = False
    b.seats.leave(ROOM, "bob", phone.instid, phone)
    b.copies.note(ROOM, "bob", phone.instid, here=False)
    await told()
    a.bus.up = True
    for callback in a.bus.reconnected:
        callback()
    await told()
    assert a.copies.take(APP, "bob", phone.instid) == []
    for node in (a, b, c):
        node.copies.stop()
