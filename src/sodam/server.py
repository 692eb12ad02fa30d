"""The composition root: builds every part once, in order, and the only file that knows them all."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, cast

import structlog
import uvicorn

from sodam import __version__
from sodam.access import passwords
from sodam.accounts.auth import Authenticator
from sodam.accounts.events import AccountsDeleted
from sodam.accounts.service import AccountService
from sodam.apps.apply import load
from sodam.apps.model import App, Plan
from sodam.apps.service import AppExists, AppService
from sodam.audit.gather import LOOK_SECONDS
from sodam.bus import Bus, Live
from sodam.bus.local import LocalBus
from sodam.c2c.changes import Changes
from sodam.c2c.service import C2CService
from sodam.c2c.standing import StandingCheck
from sodam.cloudapi import apply
from sodam.cloudapi import build as control_plane
from sodam.cloudapi.http import CloudApi
from sodam.cloudapi.plane import ControlPlane
from sodam.console.http import PATH as CONSOLE_PATH
from sodam.console.http import Console
from sodam.errors import Code, Unavailable
from sodam.gateway import table as client_table
from sodam.gateway.commands.client_config import PURCHASE_BITS
from sodam.gateway.hub import Hub
from sodam.gateway.picows_ws import upgrade_protocol
from sodam.gateway.tickets import Tickets
from sodam.http import AsgiApp, Page, Router, json_page
from sodam.jobs.periodic import Periodic
from sodam.jobs.service import JobService
from sodam.listener import Admission, Limits, Listener, file_limit
from sodam.observability.loops import Loop, Loops
from sodam.observability.metrics import Metrics
from sodam.outbox.service import Outbox
from sodam.presence.service import PresenceService
from sodam.profiles.service import ProfileService
from sodam.proxies import Proxies
from sodam.relations.service import RelationService
from sodam.rest import openapi, table
from sodam.rest.http import RestApp
from sodam.rest.limits import RateLimits
from sodam.services import Services
from sodam.settings import Settings
from sodam.storage import Database, open_database
from sodam.storage.database import PoolSizes

log = structlog.get_logger(__name__)
_GC_ALLOCATIONS: Final = 20_000
UNSENT = 128 * 1024
"""Bytes that the kernel takes for a client that does not read, beside its window: it would take 4 MiB by itself."""


@dataclass(slots=True)
class Server:
    """Everything of a running server."""

    settings: Settings
    db: Database
    bus: Bus
    live: Live
    apps: AppService
    accounts: AccountService
    services: Services
    auth: Authenticator
    metrics: Metrics
    hub: Hub
    plane: ControlPlane
    proxies: Proxies
    jobs: JobService
    periodic: Periodic
    created: list[App] = field(default_factory=list)
    """Apps that this start made from SODAM_BOOTSTRAP_APP."""
    draining: bool = False
    counting: Loop | None = None
    """Writes the counts of what the audit log gathers."""

    async def start(self) -> None:
        """Make the root account if there is none, and begin the work in the background."""
        self.plane.made_root_password = await self.plane.login.start(self.settings.root_password)
        await self.jobs.start()
        self.periodic.start()
        self.counting = self.services.loops.start("audit counts", self.plane.gatherer.flush, every=LOOK_SECONDS)

    async def _end_background(self) -> None:
        await self.periodic.stop()
        await self.jobs.stop()
        if self.counting is not None:
            await self.counting.stop()
            await self.plane.gatherer.flush(everything=True)

    async def close(self) -> None:
        """End everything within 13 seconds, whatever does not answer; what could not be ended in time is logged."""
        try:
            await self.db.ping()
        except Unavailable:
            self.db.abandon()
        await asyncio.gather(
            _within(4, "background work", self._end_background()),
            _within(4, "messages", self.services.c2c.drain()),
            _within(4, "the outbox", self.services.outbox.stop()),
        )
        await _within(2, "presence", self.services.presence.stop())
        await _within(3, "apps", self.apps.stop())
        await _within(3, "the bus", self.bus.close())
        await _within(4, "the database", self.db.close())


async def _within(seconds: float, what: str, ending: Awaitable[None]) -> None:
    """A part of the end that must not keep the others from theirs."""
    try:
        async with asyncio.timeout(seconds):
            await ending
    except Unavailable as error:
        log.info("ended without the database", what=what, error=str(error))
    except Exception as error:
        log.warning("left unfinished at the end", what=what, error=repr(error))


async def _open_bus(settings: Settings, loops: Loops) -> Bus:
    if settings.nats_url is not None:
        from sodam.bus.nats import NatsBus

        return await NatsBus.open(settings.nats_url, loops)
    if settings.database_url is not None:
        from sodam.bus.postgres import PostgresBus

        return await PostgresBus.open(settings.database_url, loops)
    return LocalBus()


def subscribe(services: Services) -> None:
    """Who follows whose events, in the transaction that raises them (storage/events.py). The one list of it."""
    events = services.db.events
    events.subscribe(AccountsDeleted, services.relations.erase)
    events.subscribe(AccountsDeleted, services.c2c_changes.forget_accounts)


def _metrics(loops: Loops) -> Metrics:
    """Counters that stand at 0 from the start."""
    metrics = Metrics()
    metrics.expect("rest", ((command.path, command.service.internal) for command in table.commands()))
    metrics.expect("client", (("im_open_status/wslogin", Code.USERSIG_EXPIRED),))
    metrics.expect("client", ((c.path, c.service.internal) for c in client_table.commands().values()))
    metrics.count("slow_clients_cut", 0)
    metrics.register(loops)
    return metrics


async def build(settings: Settings) -> Server:
    """Open the state and build the services, without listening. Raises StorageError or BusError, one line each."""
    loops = Loops()
    passwords.use_memory(settings.password_memory)
    pools = PoolSizes(
        log=settings.database_log_connections,
        short=settings.database_connections,
        long=settings.database_scan_connections,
    )
    db = await open_database(settings.database_url, settings.data_dir, settings.sqlite_cache, pools=pools, loops=loops)
    try:
        bus = await _open_bus(settings, loops)
    except BaseException:
        await db.close()
        raise
    live = Live(bus)
    metrics = _metrics(loops)
    apps = AppService(db, bus, loops=loops, history_days=settings.history_days)
    accounts = AccountService(db, bus, apps, live=live)
    profiles = ProfileService(accounts, live)
    presence = PresenceService(bus, live, loops=loops)
    auth = Authenticator(accounts)
    relations = RelationService(db, bus, live, accounts)
    profiles.friends_of = relations.friends_of
    outbox = Outbox(db, loops)
    c2c = C2CService(db, bus, live, accounts, outbox)
    c2c.interceptors.add(StandingCheck(relations))
    services = Services(
        settings=settings,
        loops=loops,
        db=db,
        bus=bus,
        live=live,
        apps=apps,
        accounts=accounts,
        profiles=profiles,
        relations=relations,
        presence=presence,
        outbox=outbox,
        c2c=c2c,
        c2c_changes=Changes(c2c),
    )
    subscribe(services)
    hub = Hub(services, auth, metrics, client_table.commands(), await Tickets.open(db), PURCHASE_BITS)
    jobs, periodic = JobService(db, loops=loops), Periodic(db, loops=loops)
    plane = control_plane.build(services, jobs)
    _schedule(periodic, plane)
    proxies = Proxies(settings.trusted_proxies)
    server = Server(
        settings, db, bus, live, apps, accounts, services, auth, metrics, hub, plane, proxies, jobs, periodic
    )
    await apps.start()
    await presence.start()
    await c2c.start()
    outbox.start()
    for wanted in settings.bootstrap_apps:
        if apps.get(wanted.sdkappid) is None:
            with contextlib.suppress(AppExists), plane.audit.recording(lambda app: control_plane.app_made(plane, app)):
                # Where the app exists, another node has made it meanwhile.
                app, _ = await apps.create(
                    f"app {wanted.sdkappid}",
                    sdkappid=wanted.sdkappid,
                    secret=wanted.key,
                    plan=cast(Plan, wanted.plan),
                )
                server.created.append(app)
    metrics.gauge("connections", "Client sockets on this node", lambda: float(hub.count()))
    metrics.gauge("sessions", "Signed-in client connections on this node", lambda: float(live.count()))
    return server


def _schedule(periodic: Periodic, plane: ControlPlane) -> None:
    """What some node of the cluster does every so many seconds."""
    periodic.add("plans", 60, lambda: control_plane.sweep_plans(plane))
    periodic.add("attempts", 3600, plane.login.forget_attempts)
    periodic.add("audit", 3600, lambda: control_plane.forget_events(plane))
    periodic.add("retention", 3600, lambda: control_plane.purge_messages(plane))
    periodic.add("recent messages", 60, plane.services.c2c.forget_recent)


def _pages(server: Server) -> dict[str, Page]:
    async def livez() -> tuple[int, bytes, bytes]:
        return 200, b"text/plain; charset=utf-8", b"ok\n"

    async def readyz() -> tuple[int, bytes, bytes]:
        loops = server.services.loops
        database = True
        try:
            await server.db.ping()
        except Exception:  # the outage is logged where it is noticed
            database = False
        reasons = [f"the loop {name!r} has ended" for name in loops.ended()]
        if not database:
            reasons.append("the database does not answer")
        if server.draining:
            reasons.append("the server is stopping")
        page = {
            "ready": not reasons,
            "reasons": reasons,
            "database": database,
            "bus": server.bus.connected(),
            "draining": server.draining,
            "loops": loops.states(),
        }
        return json_page(503 if reasons else 200, page)

    async def metrics() -> tuple[int, bytes, bytes]:
        return 200, b"text/plain; version=0.0.4; charset=utf-8", server.metrics.text()

    async def version() -> tuple[int, bytes, bytes]:
        return json_page(200, {"name": "sodam", "version": __version__, "database": await server.db.version()})

    @functools.cache  # it takes a while, and anybody may ask
    def described() -> tuple[int, bytes, bytes]:
        return json_page(200, openapi.document(table.commands()))

    async def openapi_json() -> tuple[int, bytes, bytes]:
        return described()

    return {
        "/livez": livez,
        "/readyz": readyz,
        "/metrics": metrics,
        "/version": version,
        "/openapi.json": openapi_json,
    }


def application(server: Server) -> AsgiApp:
    """The ASGI application of the one port."""
    rest = RestApp(
        server.services, table.SERVICES, server.auth, RateLimits(enabled=server.settings.rate_limits), server.metrics
    )
    mounts = {CONSOLE_PATH: Console(server.plane).app(), "/": cast(AsgiApp, CloudApi(server.plane))}
    return server.proxies.asgi(cast(AsgiApp, Router(cast(AsgiApp, rest), _pages(server), mounts)))


class _Uvicorn(uvicorn.Server):
    """Signals are ours: draining has an order that uvicorn does not know."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bind(settings: Settings) -> socket.socket:
    """The listening socket. Raises OSError when the port is taken or forbidden."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):  # accepted sockets have it from this one
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)
        sock.bind((settings.host, settings.port))
        sock.listen(4096)
    except BaseException:
        sock.close()
        raise
    sock.setblocking(False)
    return sock


@contextlib.asynccontextmanager
async def listening(server: Server, sock: socket.socket) -> AsyncIterator[None]:
    """Serve on ``sock`` while the block runs."""
    settings = server.settings
    files = file_limit()
    listener = Listener(
        upgrade_protocol(server.hub.accept, server.proxies.client),
        Admission(files, settings.connections_per_address),
        Limits(request=settings.request_timeout, login=settings.login_timeout),
        server.proxies.trusts,
    )
    config = uvicorn.Config(
        cast(Any, application(server)),
        http=cast(Any, listener.protocol),
        ws="none",
        backlog=min(4096, files // 8) if files is not None else 4096,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # see proxies.py
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
    )
    http = _Uvicorn(config)
    task = asyncio.create_task(http.serve(sockets=[sock]))
    try:
        while not http.started and not task.done():
            await asyncio.sleep(0.005)
        yield
    finally:
        http.should_exit = True
        await task


def _rare_collections() -> None:
    """What stands for the server's life is left out of garbage collections, and these are rarer.

    Nearly everything here is freed by its reference count; with Python's own thresholds, collections that found
    nothing were a sixth of the time of one-to-one messages under load.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GC_ALLOCATIONS, 20, 50)


async def run(settings: Settings, sock: socket.socket, announce: Callable[[Server], Any]) -> int:
    """Serve until SIGTERM or SIGINT, then drain; 0. ``announce`` is called once the port answers."""
    wanted = load(settings.apply, os.environ) if settings.apply is not None else None
    server = await build(settings)
    try:
        if wanted is not None:
            await apply.check(server.plane, wanted)  # before root is made, whose password is shown once
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await server.start()
        if wanted is not None:
            log.info("applied", file=str(settings.apply), changes=await apply.apply(server.plane, wanted))
        async with listening(server, sock):
            server.hub.start()
            result = announce(server)
            if asyncio.iscoroutine(result):
                await result
            _rare_collections()
            await stop.wait()
            server.draining = True
            log.info("draining")
            try:
                await server.db.ping()
            except Unavailable:
                server.db.abandon()  # whoever waits for it is answered now
            await server.hub.drain()
    finally:
        await server.close()
    return 0
