"""The composition root: builds every part once, in order, and the only file that knows them all."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from typing import cast

import structlog

from sodam import __version__
from sodam.access import passwords
from sodam.accounts.auth import Authenticator
from sodam.accounts.events import AccountsDeleted
from sodam.accounts.service import AccountService
from sodam.apps.model import App, Plan
from sodam.apps.service import AppExists, AppService
from sodam.audit.gather import LOOK_SECONDS
from sodam.bus import Bus, Live
from sodam.bus.local import LocalBus
from sodam.c2c.changes import Changes
from sodam.c2c.service import C2CService
from sodam.c2c.standing import StandingCheck
from sodam.cloudapi import build as control_plane
from sodam.cloudapi.plane import ControlPlane
from sodam.conversations.groups import Groups
from sodam.conversations.model import GROUP, USER
from sodam.conversations.one_to_one import OneToOne
from sodam.conversations.service import Conversations
from sodam.conversations.sources import Sources
from sodam.errors import Code, Unavailable
from sodam.extensions.one_to_one import OneToOneMessages
from sodam.extensions.reactions import Reactions
from sodam.extensions.service import Extensions
from sodam.gateway import table as client_table
from sodam.gateway.commands.client_config import purchase_bits
from sodam.gateway.hub import Hub
from sodam.gateway.tickets import Tickets
from sodam.groups.service import GroupService
from sodam.jobs.periodic import Periodic
from sodam.jobs.service import JobService
from sodam.messages.events import MessagesErased
from sodam.messages.mutes import MuteCheck
from sodam.messages.relays import Relays
from sodam.moderation.messages import WordCheck
from sodam.moderation.service import Words
from sodam.observability.loops import Loop, Loops
from sodam.observability.metrics import Metrics
from sodam.outbound import Outbound
from sodam.outbox.service import Outbox
from sodam.presence.service import PresenceService
from sodam.presence.statuses import StatusService
from sodam.profiles.service import ProfileService
from sodam.proxies import Proxies
from sodam.relations.service import RelationService
from sodam.rest import table
from sodam.services import Services
from sodam.settings import Settings
from sodam.storage import Database, open_database
from sodam.storage.database import PoolSizes
from sodam.storage.processes import processes
from sodam.webhooks.model import TOPIC
from sodam.webhooks.service import WebhookService

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
            _within(4, "group messages", self.services.groups.stop()),
            _within(4, "the outbox", self.services.outbox.stop()),
        )
        await _within(2, "webhooks", self.services.webhooks.stop())
        await _within(2, "outgoing connections", self.services.outbound.close())
        await _within(2, "user status", self.services.statuses.stop())
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
    events.subscribe(AccountsDeleted, services.conversations.forget_accounts)
    events.subscribe(AccountsDeleted, services.groups.erase)
    services.groups.follow(events)
    events.subscribe(AccountsDeleted, services.reactions.forget_accounts)
    events.subscribe(MessagesErased, services.extensions.erase)
    services.webhooks.after.subscribe(events)


def ask_first(services: Services) -> None:
    """Whom the app is asked about before: see ``webhooks.before``."""
    webhooks = services.webhooks
    services.c2c.callbacks.add(webhooks.before_c2c)
    services.c2c.followers.add(TOPIC, webhooks.after.sent)
    services.relations.guard(webhooks.friend_guard)
    services.groups.guard(webhooks.group_guard)


def _metrics(loops: Loops) -> Metrics:
    """Counters that stand at 0 from the start."""
    metrics = Metrics()
    metrics.expect("rest", ((command.path, command.service.internal) for command in table.commands()))
    metrics.expect("client", (("im_open_status/wslogin", Code.USERSIG_EXPIRED),))
    metrics.expect("client", ((c.path, c.service.internal) for c in client_table.commands().values()))
    metrics.count("slow_clients_cut", 0)
    metrics.register(loops)
    return metrics


def _conversations(
    db: Database, live: Live, accounts: AccountService, changes: Changes, c2c: C2CService, groups: GroupService
) -> Conversations:
    """The conversation list, with every type of conversation."""
    sources = Sources()
    sources.add(USER, OneToOne(accounts, c2c.histories, changes))
    sources.add(GROUP, Groups(groups.histories))
    return Conversations(db, live, accounts, sources)


def _checks(services: Services) -> None:
    """What messages pass before they are stored, in order."""
    services.c2c.interceptors.add(MuteCheck(services.accounts, attrgetter("c2c_muted_until"), Code.C2C_MUTED))
    services.c2c.interceptors.add(StandingCheck(services.relations))
    services.c2c.screens.add(WordCheck(services.words))
    services.groups.sending.screens.add(WordCheck(services.words))


def _groups(db: Database, bus: Bus, live: Live, accounts: AccountService, outbox: Outbox) -> GroupService:
    """Groups, with what their messages pass before they are stored."""
    groups = GroupService(db, bus, live, accounts, outbox)
    groups.sending.interceptors.add(MuteCheck(accounts, attrgetter("group_muted_until"), Code.GROUP_MUTED))
    return groups


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
    live, metrics = Live(bus), _metrics(loops)
    apps = AppService(db, bus, loops=loops, history_days=settings.history_days)
    accounts = AccountService(db, bus, apps, live=live)
    profiles = ProfileService(accounts, live)
    presence = PresenceService(bus, live, loops=loops)
    auth = Authenticator(accounts)
    relations = RelationService(db, bus, live, accounts)
    profiles.friends_of = relations.friends_of
    outbox = Outbox(db, loops)
    c2c = C2CService(db, bus, live, accounts, outbox)
    changes = Changes(c2c)
    extensions, reactions, groups = Extensions(db), Reactions(db, live), _groups(db, bus, live, accounts, outbox)
    outbound = Outbound(private=settings.outbound_private == "allow", user_agent=f"Sodam/{__version__}")
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
        statuses=StatusService(bus, live, apps, accounts, presence, loops, partial(processes, db)),
        outbox=outbox,
        outbound=outbound,
        c2c=c2c,
        c2c_changes=changes,
        conversations=_conversations(db, live, accounts, changes, c2c, groups),
        relays=Relays(db),
        words=Words(db, bus),
        extensions=extensions,
        reactions=reactions,
        c2c_extensions=OneToOneMessages(c2c, extensions, reactions),
        groups=groups,
        webhooks=WebhookService(db, apps, outbox, c2c.histories, outbound, loops),
    )
    _checks(services)
    subscribe(services)
    ask_first(services)
    hub = Hub(services, auth, metrics, client_table.commands(), await Tickets.open(db), purchase_bits)
    jobs, periodic = JobService(db, loops=loops), Periodic(db, loops=loops)
    plane = control_plane.build(services, jobs)
    _schedule(periodic, plane)
    proxies = Proxies(settings.trusted_proxies)
    server = Server(
        settings, db, bus, live, apps, accounts, services, auth, metrics, hub, plane, proxies, jobs, periodic
    )
    await _start(services)
    await _bootstrap(server)
    _gauges(metrics, hub, live)
    return server


def _gauges(metrics: Metrics, hub: Hub, live: Live) -> None:
    metrics.gauge("connections", "Client sockets on this node", lambda: float(hub.count()))
    metrics.gauge("sessions", "Signed-in client connections on this node", lambda: float(live.sessions()))


async def _start(services: Services) -> None:
    """Begin the services' own work, each after what it asks."""
    await services.apps.start()
    await services.presence.start()
    services.statuses.start()
    await services.c2c.start()
    services.groups.start(services.loops)
    services.webhooks.start()
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
    periodic.add("webhook log", 60, plane.services.webhooks.forget)
    periodic.add("recent messages", 60, plane.services.c2c.forget_recent)
    periodic.add("recent group messages", 60, plane.services.groups.sending.forget_recent)
