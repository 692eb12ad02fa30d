"""The composition root: builds every part once, in order, and the only file that knows them all."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, cast

import structlog

from sodam.access import passwords
from sodam.accounts.auth import Authenticator
from sodam.accounts.service import AccountService
from sodam.apps.model import App, Plan
from sodam.apps.service import AppExists, AppService
from sodam.assembly import assemble
from sodam.audit.gather import LOOK_SECONDS
from sodam.bus import Bus, Live
from sodam.bus.local import LocalBus
from sodam.cloudapi import build as control_plane
from sodam.cloudapi.plane import ControlPlane
from sodam.errors import Code, Unavailable
from sodam.gateway import table as client_table
from sodam.gateway.commands.client_config import purchase_bits
from sodam.gateway.hub import Hub
from sodam.gateway.tickets import Tickets
from sodam.jobs.periodic import Periodic
from sodam.jobs.service import JobService
from sodam.media import recalled
from sodam.messages.log import MessageLog
from sodam.observability.loops import Loop, Loops
from sodam.observability.metrics import Metrics, Timed
from sodam.proxies import Proxies
from sodam.rest import table
from sodam.services import Services
from sodam.settings import Settings
from sodam.storage import Database, open_database
from sodam.storage.database import PoolSizes
from sodam.storage.seal import is_another, open_seal

log = structlog.get_logger(__name__)


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
    dev: bool = False
    """Development mode: see development.py."""
    counting: Loop | None = None
    """Writes the counts of what the audit log gathers."""

    async def start(self) -> None:
        """Make the root account if there is none, and begin the work in the background."""
        self.plane.made_root_password = await self.plane.login.start(self.settings.root_password)
        if self.settings.background_work:
            await self.jobs.start()
            self.periodic.start()
        else:
            self.periodic.watch()
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
            _within(4, "group messages", self.services.groups.stop()),
            _within(4, "the outbox", self.services.outbox.stop()),
        )
        await _within(2, "messages that grow", self.services.streams.stop())
        await _within(2, "pushes", self.services.push.stop())
        await _within(2, "the search index", self.services.search.building.stop())
        await _within(2, "uploads", self.services.media.stop())
        await _within(2, "webhooks", self.services.webhooks.stop())
        await _within(2, "the troubleshooting log", self.services.troubleshooting.stop())
        await _within(2, "outgoing connections", self.services.outbound.close())
        await _within(2, "user status", self.services.statuses.stop())
        await _within(2, "statistics", self.services.statistics.stop())
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


def _metrics(loops: Loops) -> Metrics:
    """Counters that stand at 0 from the start."""
    metrics = Metrics()
    metrics.expect("rest", ((command.path, command.service.internal) for command in table.commands()))
    metrics.expect("client", (("im_open_status/wslogin", Code.USERSIG_EXPIRED),))
    metrics.expect("client", ((c.path, c.service.internal) for c in client_table.commands().values()))
    metrics.count("slow_clients_cut", 0)
    metrics.register(loops)
    return metrics


async def build(settings: Settings, *, begin: Callable[[Server], Awaitable[None]] | None = None) -> Server:
    """Open the state and build the services, without listening. Raises StorageError or BusError, one line each.

    ``begin`` looks at what is there before anything of it is served, and may raise.
    """
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
    live, metrics = Live(bus), _metrics(loops)
    apps = AppService(db, bus, loops=loops, history_days=settings.history_days)
    accounts = AccountService(db, bus, apps, live=live)
    jobs, periodic = JobService(db, loops=loops), Periodic(db, loops=loops)
    services = assemble(settings, loops, db, bus, live, apps, accounts, jobs)
    auth = Authenticator(accounts)
    hub = Hub(services, auth, metrics, client_table.commands(), await Tickets.open(db), purchase_bits)
    plane = control_plane.build(services, jobs)
    _schedule(periodic, plane)
    proxies = Proxies(settings.trusted_proxies)
    server = Server(
        settings, db, bus, live, apps, accounts, services, auth, metrics, hub, plane, proxies, jobs, periodic
    )
    await _start(services)
    if begin is not None:
        try:
            await begin(server)
        except BaseException:
            await server.close()
            raise
    await _bootstrap(server)
    _measures(metrics, hub, services)
    return server


def _measures(metrics: Metrics, hub: Hub, services: Services) -> None:
    """What parts of the server count for themselves, by name."""
    metrics.gauge(
        "database_up", "0 while the database does not answer or takes no writes", partial(_up, services.db.healthy)
    )
    metrics.gauge("bus_up", "0 while live events of other nodes may be lost", partial(_up, services.bus.connected))
    live = services.live
    logs: dict[str, MessageLog[Any]] = {"c2c": services.c2c.log, "group": services.groups.sending.log}
    metrics.gauge("connections", "Client sockets on this node", lambda: float(hub.count()))
    metrics.gauge("sessions", "Signed-in client connections on this node", lambda: float(live.sessions()))
    for kind, one in logs.items():
        metrics.gauge(f"{kind}_messages_waiting", "Messages that wait for the next commit", partial(_waiting, one))
    commits: Timed = {(kind,): one.seconds for kind, one in logs.items()}
    metrics.histogram("commit_seconds", "From a batch of messages to the disk", ("log",), commits)
    sizes: Timed = {(kind,): one.sizes for kind, one in logs.items()}
    metrics.histogram("commit_messages", "Messages that went to the disk together", ("log",), sizes)
    metrics.histogram("fanout_seconds", "Giving a notice to all sessions of its topic here", (), {(): live.seconds})
    metrics.histogram("fanout_receivers", "Sessions here that a notice went to", (), {(): live.receivers})
    about = "Requests of callbacks, by kind and what came of them"
    metrics.histogram("webhook_seconds", about, ("kind", "outcome"), services.webhooks.seconds)
    about = "Requests to push services, with new access tokens where needed, by what came of them"
    metrics.histogram("push_seconds", about, ("vendor", "outcome"), services.push.sending.seconds)


def _up(asked: Callable[[], bool]) -> float:
    return float(asked())


def _waiting(log: MessageLog[Any]) -> float:
    return float(log.waiting)


async def _start(services: Services) -> None:
    """Begin the services' own work, each after what it asks."""
    services.troubleshooting.start()
    await services.apps.start()
    await services.presence.start()
    services.statuses.start()
    await services.statistics.start(services.loops)
    await services.c2c.start()
    await services.media.start()
    services.groups.start(services.loops)
    secret, data_dir = services.settings.secret_key, services.settings.data_dir
    await services.webhooks.start(secret, data_dir)
    await services.push.start(secret, data_dir)
    if await is_another(services.db, await open_seal(services.db, secret, data_dir)):
        log.warning(
            "the key of the server is another one than before: stored credentials of push services and private keys of "
            "callbacks cannot be read",
            cure="give SODAM_SECRET_KEY or the file secret.key back, or enter the credentials again",
        )
    if services.settings.background_work:
        services.search.building.start(services.loops)
    services.outbox.start()


async def _bootstrap(server: Server) -> None:
    """Make the apps of SODAM_BOOTSTRAP_APP that do not exist."""
    for wanted in server.settings.bootstrap_apps:
        if server.apps.get(wanted.sdkappid) is None:
            with (
                contextlib.suppress(AppExists),
                server.plane.audit.recording(lambda app: control_plane.app_made(server.plane, app)),
            ):
                # Where the app exists, another node has made it meanwhile.
                app, _ = await server.apps.create(
                    f"app {wanted.sdkappid}",
                    sdkappid=wanted.sdkappid,
                    secret=wanted.key,
                    plan=cast(Plan, wanted.plan),
                )
                server.created.append(app)


def _schedule(periodic: Periodic, plane: ControlPlane) -> None:
    """What some node of the cluster does every so many seconds."""
    periodic.add("plans", 60, lambda: control_plane.sweep_plans(plane))
    periodic.add("attempts", 3600, plane.login.forget_attempts)
    periodic.add("audit", 3600, lambda: control_plane.forget_events(plane))
    periodic.add("retention", 3600, lambda: control_plane.purge_messages(plane))
    periodic.add("media", 600, lambda: plane.services.media.sweep(plane.services.apps.all()))
    periodic.add("files of recalled messages", recalled.EVERY_SECONDS, plane.services.media.recalled.sweep)
    periodic.add("webhook log", 60, plane.services.webhooks.forget)
    periodic.add("troubleshooting log", 600, lambda: control_plane.forget_troubles(plane))
    periodic.add("push log", 600, plane.services.push.forget)
    periodic.add("messages that grow", 20, plane.services.streams.sweep)
    periodic.add("messages of official accounts", 3600, plane.services.officials.sweep)
    periodic.add("statistics", 60, plane.services.statistics.closing.sweep)
    periodic.add("recent messages", 60, plane.services.c2c.forget_recent)
    periodic.add("group notices", 3600, plane.services.groups.notices.forget)
    periodic.add("recent group messages", 60, plane.services.groups.sending.forget_recent)
