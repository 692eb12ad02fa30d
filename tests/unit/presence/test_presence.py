"""Who is online, on one node and over a bus between several."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio

from sodam.bus import Live, of_user
from sodam.bus.interface import Handler
from sodam.bus.local import LocalBus
from sodam.errors import ApiError, Code
from sodam.presence.model import Device
from sodam.presence.service import PEER_SECONDS, PresenceService
from tests.unit.accounts.conftest import Device as Session

APP = 1


class Wire:
    """Connects buses: what one publishes, the others hear a loop turn later."""

    def __init__(self) -> None:
        self.buses: list[NodeBus] = []


class _Subscription:
    def __init__(self, handlers: list[tuple[str, Handler]], entry: tuple[str, Handler]) -> None:
        self._handlers, self._entry = handlers, entry

    def cancel(self) -> None:
        self._handlers.remove(self._entry)


class NodeBus:
    clustered = True

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.up = True
        self.handlers: list[tuple[str, Handler]] = []
        self.reconnected: list[Callable[[], None]] = []
        wire.buses.append(self)

    def connected(self) -> bool:
        return self.up

    def publish(self, subject: str, data: bytes) -> None:
        for bus in self.wire.buses:
            if bus is not self and bus.up and self.up:
                for wanted, handler in list(bus.handlers):
                    if wanted == subject:
                        asyncio.get_running_loop().call_soon(handler, data)

    def heard(self) -> bool:
        return True

    def subscribe(self, subject: str, handler: Handler) -> Any:
        entry = (subject, handler)
        self.handlers.append(entry)
        return _Subscription(self.handlers, entry)

    def on_reconnect(self, callback: Callable[[], None]) -> None:
        self.reconnected.append(callback)

    async def close(self) -> None:
        return


class Node:
    def __init__(self, wire: Wire, timeout: float = 30.0) -> None:
        self.now = 100.0
        self.bus = NodeBus(wire)
        self.live = Live(self.bus)
        self.presence = PresenceService(self.bus, self.live, timeout=timeout, clock=lambda: self.now)

    async def ask(self, *user_ids: str) -> dict[str, list[Device]]:
        return await self.presence.status(APP, user_ids)


@pytest_asyncio.fixture
async def nodes() -> AsyncIterator[list[Node]]:
    wire = Wire()
    started = [Node(wire) for _ in range(3)]
    for node in started:
        await node.presence.start()
    await settle()
    yield started
    for node in started:
        await node.presence.stop()


async def settle() -> None:
    for _ in range(4):
        await asyncio.sleep(0)


async def test_one_node_answers_from_its_own_sessions() -> None:
    bus = LocalBus()
    live = Live(bus)
    presence = PresenceService(bus, live)
    await presence.start()
    live.add(of_user(APP, "u1"), Session(11))
    live.add(of_user(APP, "u1"), Session(12))
    live.add(of_user(APP + 1, "u2"), Session(13))
    assert await presence.status(APP, ["u1", "u2"]) == {"u1": [Device(7, 11), Device(7, 12)]}
    await presence.stop()


async def test_sessions_of_every_node_count(nodes: list[Node]) -> None:
    assert all(len(node.presence.peers()) == 2 for node in nodes)
    nodes[0].live.add(of_user(APP, "u1"), Session(1))
    nodes[1].live.add(of_user(APP, "u1"), Session(2))
    nodes[2].live.add(of_user(APP, "u2"), Session(3))
    for node in nodes:
        online = await node.ask("u1", "u2", "u3")
        assert {user: {d.instid for d in devices} for user, devices in online.items()} == {"u1": {1, 2}, "u2": {3}}


async def test_users_of_every_node_are_counted(nodes: list[Node]) -> None:
    first, second, third = nodes
    phone = Session(1)
    first.live.add(of_user(APP, "u1"), phone)
    first.live.add(of_user(APP, "u1"), Session(2))
    second.live.add(of_user(APP, "u2"), Session(3))
    second.live.add(of_user(APP + 1, "u3"), Session(4))
    assert first.presence.online(APP) == 1
    for node in nodes:
        await node.presence._keep_greeting()
    await settle()
    assert [node.presence.online(APP) for node in nodes] == [2, 2, 2]
    assert third.presence.online(APP + 1) == 1
    first.live.remove(of_user(APP, "u1"), phone)
    assert first.presence.online(APP) == 2  # the other device is still there
    await second.presence.stop()
    await settle()
    assert first.presence.online(APP) == 1


async def test_many_queries_at_once_do_not_mix(nodes: list[Node]) -> None:
    for n in range(50):
        nodes[n % 3].live.add(of_user(APP, f"u{n}"), Session(n))
    answers = await asyncio.gather(*(nodes[(n + 1) % 3].ask(f"u{n}", "nobody") for n in range(50)))
    assert answers == [{f"u{n}": [Device(7, n)]} for n in range(50)]


async def test_a_dead_node_delays_one_query_only(nodes: list[Node]) -> None:
    impatient = Node(nodes[0].bus.wire, timeout=2.0)
    await impatient.presence.start()
    await settle()
    assert len(impatient.presence.peers()) == 3
    nodes[2].live.add(of_user(APP, "u2"), Session(3))
    nodes[1].bus.up = False  # killed: says nothing more
    query = asyncio.ensure_future(impatient.ask("u2"))
    await settle()
    assert not query.done(), "the living have answered; it waits for the dead one"
    assert (await query).keys() == {"u2"}
    assert len(impatient.presence.peers()) == 2
    impatient.presence._timeout = 30.0  # would hang if it waited for the dead one again
    assert (await impatient.ask("u2")).keys() == {"u2"}
    await impatient.presence.stop()


async def test_a_node_that_stops_is_not_waited_for(nodes: list[Node]) -> None:
    await nodes[2].presence.stop()
    await settle()
    assert len(nodes[0].presence.peers()) == 1
    assert await nodes[0].ask("u1") == {}


async def test_a_node_not_heard_of_is_forgotten(nodes: list[Node]) -> None:
    nodes[0].now += PEER_SECONDS + 0.1
    assert nodes[0].presence.peers() == set()
    assert await nodes[0].ask("u1") == {}


async def test_without_the_bus_only_a_certain_answer_is_given(nodes: list[Node]) -> None:
    nodes[0].live.add(of_user(APP, "u1"), Session(1))
    nodes[0].bus.up = False
    assert (await nodes[0].ask("u1")).keys() == {"u1"}
    with pytest.raises(ApiError) as refused:
        await nodes[0].ask("u1", "u2")
    assert refused.value.code == Code.ACCOUNT_TIMEOUT
    nodes[0].bus.up = True
    for callback in nodes[0].bus.reconnected:
        callback()
    await settle()
    assert (await nodes[0].ask("u1", "u2")).keys() == {"u1"}
