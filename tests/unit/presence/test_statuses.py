"""User status: while the bus is away nobody is asked in vain, and everything is looked at when it is back.

What a killed node held is looked at in the next turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

from sodam.bus import Live, of_user
from sodam.notices import Notice
from sodam.observability.loops import Loops
from sodam.presence.model import Device
from sodam.presence.service import TIMEOUT_SECONDS
from sodam.presence.statuses import LOOK_SECONDS, StatusService

APP = cast(Any, SimpleNamespace(sdkappid=7, settings=SimpleNamespace(user_status=True)))


class Cluster:
    """The bus, the accounts and the presence that the service knows."""

    clustered = True

    def __init__(self) -> None:
        self.there = True
        self.online: set[str] = set()
        self.asked = 0
        self.pids = frozenset({1})
        self.back: Callable[[], None] = lambda: None

    def connected(self) -> bool:
        return self.there

    def heard(self) -> bool:
        return False

    def subscribe(self, *_: Any) -> Any:
        return SimpleNamespace(cancel=lambda: None)

    def on_reconnect(self, callback: Callable[[], None]) -> None:
        self.back = callback

    def publish(self, *_: Any) -> None: ...

    def peers(self) -> set[str]:
        return {"other"} if self.there else set()

    async def processes(self) -> frozenset[int]:
        return self.pids

    def get(self, _: int) -> Any:
        return APP

    async def find_many(self, _: int, user_ids: list[str]) -> dict[str, Any]:
        self.asked += 1
        return {user_id: SimpleNamespace(custom_status="") for user_id in user_ids}

    async def status(self, _: int, user_ids: list[str]) -> dict[str, list[Device]]:
        return {user_id: [Device(7, 1)] for user_id in user_ids if user_id in self.online}


class Session:
    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.more = asyncio.Event()

    def deliver(self, notice: Notice) -> None:
        self.got.append(notice.body)
        self.more.set()


async def test_the_bus_is_away() -> None:
    cluster, loops, session = cast(Any, Cluster()), Loops(), Session()
    statuses = StatusService(
        cluster, Live(cluster), cluster, cluster, cluster, loops, cluster.processes, look=0.01, again=0.02
    )
    statuses.start()
    try:
        await statuses.follow(APP, session, ["bob"])
        cluster.there = False
        turns = loops._loops[0].turns
        while loops._loops[0].turns < turns + 2:
            await asyncio.sleep(0)
        asked = cluster.asked
        cluster.online.add("bob")
        while loops._loops[0].turns < turns + 10:
            await asyncio.sleep(0.005)
        assert cluster.asked == asked
        assert session.got == []
        cluster.there = True
        cluster.back()
        async with asyncio.timeout(60):
            await session.more.wait()
        assert len(session.got) == 1
        assert b'"To_Account":"bob","Status":1' in session.got[0]
    finally:
        await statuses.stop()


async def test_a_killed_node_is_noticed_in_the_next_turn() -> None:
    """By the database alone: no hint comes, and the bus knows of the node for some seconds more. A turn waits for
    ``LOOK_SECONDS`` at most, and for the answer of a node that is gone ``TIMEOUT_SECONDS``, once."""
    assert LOOK_SECONDS + TIMEOUT_SECONDS < 1
    cluster, loops, session = cast(Any, Cluster()), Loops(), Session()
    cluster.pids = frozenset({1, 2})
    cluster.online.add("bob")
    statuses = StatusService(
        cluster, Live(cluster), cluster, cluster, cluster, loops, cluster.processes, look=0.01, again=3600
    )
    statuses.start()
    try:
        await statuses.follow(APP, session, ["bob"])
        turns = loops._loops[0].turns
        async with asyncio.timeout(60):
            while loops._loops[0].turns < turns + 2:
                await asyncio.sleep(0)
            assert session.got == []
            cluster.online.clear()
            cluster.pids = frozenset({1})
            turns = loops._loops[0].turns
            await session.more.wait()
        assert loops._loops[0].turns - turns <= 1
        assert b'"To_Account":"bob","Status":2' in session.got[0]
        assert cluster.peers() == {"other"}
    finally:
        await statuses.stop()


async def test_thousands_reconnect() -> None:
    """D3: 3 000 users, each followed by ten sessions, drop and return; nobody is told of those who are back by the next
    look, and of the others once, however often they came and went."""
    users = [f"u{number}" for number in range(3000)]
    cluster, loops = cast(Any, Cluster()), Loops()
    cluster.online.update(users)
    sessions = [Session() for _ in range(150)]
    statuses = StatusService(cluster, Live(cluster), cluster, cluster, cluster, loops, cluster.processes, gather=0.02)
    for number, session in enumerate(sessions):
        await statuses.follow(APP, cast(Any, session), users[number % 15 * 200 : number % 15 * 200 + 200])
    statuses.start()
    loop = loops._loops[0]

    async def looked(turns: int = 2) -> None:
        done = loop.turns + turns
        async with asyncio.timeout(60):
            while loop.turns < done:
                await asyncio.sleep(0.001)

    def flap(user: str) -> None:
        for there in (False, True, False, True):
            (cluster.online.add if there else cluster.online.discard)(user)
            statuses._came_or_went(of_user(7, user), there)

    try:
        await looked()
        asked = cluster.asked
        for user in users:
            flap(user)
        await looked()
        assert [len(session.got) for session in sessions] == [0] * 150
        assert cluster.asked - asked <= 12, "six looks at 500 users each, and those of one turn before"
        for user in users:
            flap(user)
            cluster.online.discard(user)
            statuses._came_or_went(of_user(7, user), False)
        await looked()
        assert [len(session.got) for session in sessions] == [200] * 150
    finally:
        await statuses.stop()


async def test_two_devices_fight_over_a_state() -> None:
    """Whoever follows hears the last state of a short time, however often it changes."""
    cluster, loops, session = cast(Any, Cluster()), Loops(), Session()
    statuses = StatusService(cluster, Live(cluster), cluster, cluster, cluster, loops, cluster.processes, gather=0.02)
    await statuses.follow(APP, cast(Any, session), ["bob"])
    statuses.start()
    loop = loops._loops[0]
    begun, changes = loop.turns, 0
    try:
        async with asyncio.timeout(60):
            while loop.turns < begun + 5:
                changes += 1
                (cluster.online.add if changes % 2 else cluster.online.discard)("bob")
                statuses._came_or_went(of_user(7, "bob"), bool(changes % 2))
                await asyncio.sleep(0)
        assert changes > 100
        assert len(session.got) <= 6
    finally:
        await statuses.stop()
