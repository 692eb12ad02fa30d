"""Every piece of the server's background work goes on after an exception that nobody expected."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog

from sodam.apps import store as app_store
from sodam.bus.nats import NatsBus
from sodam.gateway import hub as hub_module
from sodam.gateway.connection import Connection
from sodam.gateway.session import Session
from sodam.jobs import periodic, store
from sodam.observability import loops as loops_module
from sodam.presence import service as presence_module
from sodam.server import Server, build
from sodam.settings import Settings
from sodam.storage.postgres import PostgresDatabase
from tests.support.nats import Nats


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.002)


@pytest_asyncio.fixture
async def server(
    tmp_path: Path, postgres_url: str, nats_server: Nats, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Server]:
    """A node of a cluster without its port, whose loops turn fast."""
    monkeypatch.setattr(loops_module, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(loops_module, "log", structlog.testing.CapturingLogger())
    for module, name in (
        (hub_module, "SWEEP_SECONDS"),
        (periodic, "TICK_SECONDS"),
        (presence_module, "GREET_SECONDS"),
    ):
        monkeypatch.setattr(module, name, 0.01)
    monkeypatch.setattr("sodam.apps.service.POLL_SECONDS", 0.01)
    monkeypatch.setattr("sodam.jobs.service.POLL_SECONDS", 0.01)
    opened = await build(Settings(data_dir=tmp_path, database_url=postgres_url, nats_url=nats_server.url))
    await opened.start()
    opened.hub.start()
    yield opened
    await opened.hub.drain()
    await opened.close()


class Failing:
    """Stands in for a function: raises the first time, then does what the function does."""

    def __init__(self, original: Callable[..., Any]) -> None:
        self.original = original
        self.raised = False

    def __call__(self, *args: Any, **more: Any) -> Any:
        if not self.raised:
            self.raised = True
            raise ValueError("nobody expected this")
        return self.original(*args, **more)


async def test_every_loop_goes_on(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(server.db, PostgresDatabase)
    inside: dict[str, tuple[Any, str]] = {
        "connection sweep": (server.hub, "_each"),
        "presence greeting": (server.services.presence, "_greet"),
        "app comparison": (app_store, "versions"),
        "jobs": (store, "old"),
        "periodic work": (server.periodic, "_tasks"),
        "bus pump": (NatsBus, "connected"),
        "database watch": (server.db._pools.outage, "end"),
        "session comparison": (server.hub, "signed_in"),
    }
    loops = {loop.name: loop for loop in server.services.loops._loops}
    assert loops.keys() >= inside.keys()
    loops = {name: loops[name] for name in inside}
    assert {name: loop.state for name, loop in loops.items()} == dict.fromkeys(loops, "running")
    for name, (owner, function) in inside.items():
        if name in ("periodic work", "bus pump"):
            continue  # below: their turns are not one call
        monkeypatch.setattr(owner, function, Failing(getattr(owner, function)))
    monkeypatch.setattr(server.periodic, "_tasks", _Once(server.periodic._tasks))
    assert isinstance(server.bus, NatsBus)
    server.hub.check.soon()
    server.bus._call(Failing(lambda: asyncio.sleep(0)), must=True)
    await until(lambda: all(loop.failures for loop in loops.values()))
    turns = {name: loop.turns for name, loop in loops.items()}

    def turned() -> bool:
        server.hub.check.soon()
        server.bus.publish("x", b"")  # the pump turns when there is something to do
        return all(loop.turns > turns[name] for name, loop in loops.items())

    await until(turned)
    assert server.services.loops.ended() == []
    assert {loop.state for loop in loops.values()} == {"running"}


class _Once(dict[str, Any]):
    """Work that cannot be listed the first time."""

    raised = False

    def items(self) -> Any:
        if not self.raised:
            self.raised = True
            raise ValueError("nobody expected this")
        return super().items()


async def test_a_connection_that_fails_in_the_sweep_costs_the_others_nothing(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut: list[Connection] = []
    monkeypatch.setattr(Connection, "abort", lambda self: cut.append(self))
    connections = [Connection(server.hub, Session(1, {}, lambda _: None), "") for _ in range(3)]
    resumed: list[Connection] = []

    def expire(self: Connection, now: float) -> bool:
        if self is connections[1]:
            raise ValueError("nobody expected this")
        resumed.append(self)
        return False

    monkeypatch.setattr(Connection, "expire", expire)
    for connection in connections:
        server.hub.holding(connection)
    await until(lambda: len(resumed) == 2)
    assert cut == [connections[1]]
    assert not server.hub._holding
