"""All connections of this node: sign-in, one flush per turn of the loop, and the sweep that ends silent ones."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import msgspec
import structlog

from sodam.accounts.auth import Authenticator, kicked
from sodam.accounts.model import valid_user_id
from sodam.accounts.service import KICKED_BY_REST
from sodam.apps.model import App
from sodam.bus import Kick, Topic, of_user
from sodam.errors import ApiError, Code, Unavailable
from sodam.gateway.app_of import app_of
from sodam.gateway.backlog import Backlog
from sodam.gateway.connection import Connection
from sodam.gateway.displacing import DISPLACED, Displacing, Told
from sodam.gateway.fast_path import FastPath
from sodam.gateway.flushing import Flushing
from sodam.gateway.following import Following
from sodam.gateway.limits import ClientLimits
from sodam.gateway.login_answer import LoginAnswer
from sodam.gateway.recalls import Acknowledged
from sodam.gateway.returning import Returning
from sodam.gateway.session import Login, Session
from sodam.gateway.session_check import SessionCheck
from sodam.gateway.states import end_silent
from sodam.gateway.tickets import Ticket, Tickets
from sodam.gateway.transport import Origin, Receiver
from sodam.notices import Key
from sodam.observability.loops import Loop
from sodam.observability.metrics import Metrics
from sodam.observability.requests import begin
from sodam.services import Services
from sodam.wire import Command
from sodam.wire.close_codes import CloseCode

log = structlog.get_logger(__name__)
IDLE_SECONDS = 60.0
KICK_GRACE_SECONDS = 10.0
SWEEP_SECONDS = 1.0
SYNC_SECONDS = 300.0
"""In a cluster, where hints may be lost, every client looks for what it missed so often."""
SYNCS_PER_SWEEP = 200
ENDED_AT_ONCE = 200
_SWEEPS_PER_IDLE_CHECK = 10


_encode = msgspec.json.Encoder().encode


class Hub:
    def __init__(
        self,
        services: Services,
        auth: Authenticator,
        metrics: Metrics,
        commands: Mapping[str, Command],
        tickets: Tickets,
        purchase_bits: Callable[[App], str],
    ) -> None:
        self.services = services
        self.metrics = metrics
        self._auth = auth
        self._commands = commands
        self._tickets = tickets
        self._told = Told(purchase_bits)
        self._displacing = Displacing(services)
        self._returning = Returning(services, self.unregister, self.later)
        settings = services.settings
        self.limits = ClientLimits(settings.client_rate, documented=settings.rate_limits)
        self._loop = asyncio.get_running_loop()
        self.now = self._loop.time
        self._all: set[Connection] = set()
        self._holding: set[Connection] = set()
        flushing = Flushing()
        self.flush_later = flushing.later
        self._kicked: dict[int, int] = {}
        self._recalls_known = Acknowledged()
        self.backlog = Backlog()
        self._watched: set[Connection] = set()
        """Clients over their write budget."""
        self._sweeper: Loop | None = None
        self._turn = 0
        self.check = SessionCheck(self, services.settings.session_check_seconds)
        self._refusing = False
        self.following = Following(services)
        self.fast = FastPath(self, flushing.gather)
        self._behind: list[Connection] = []
        """Clients that may have missed something: they are asked to look, some of them at a time."""
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a command that may wait for anything."""
        task = self._loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def start(self) -> None:
        self._sweeper = self.services.loops.start("connection sweep", self._sweep, every=SWEEP_SECONDS)
        self.services.bus.on_reconnect(self._all_behind)
        self.check.start()
        self._returning.start()
        self.services.apps.on_change(self._app_changed)

    async def drain(self) -> None:
        """Ask every client to reconnect, to another node or after the restart."""
        self._refusing = True
        if self._sweeper is not None:
            await self._sweeper.stop()
        await self.check.stop()
        for connection in list(self._all):
            connection.close(*CloseCode.RESTARTING.frame)
        for _ in range(100):
            if not self._all:
                break
            await asyncio.sleep(0.02)

    def signed_in(self) -> list[Connection]:
        return [connection for connection in self._all if connection.registered is not None]

    def count(self) -> int:
        return len(self._all)

    def accept(self, path: str, query: str, client_ip: str, origin: Origin = (False, "")) -> Receiver | None:
        """A new socket: ``<any prefix>/binfo?sdkappid=...`` (docs/protocol.md section 1)."""
        if not path.endswith("/binfo") or self._refusing:
            return None
        return Connection(self, Session(app_of(query), self._commands, self._tickets.open_ticket), client_ip, origin)

    def opened(self, connection: Connection) -> None:
        self._all.add(connection)

    def closed(self, connection: Connection) -> None:
        self._all.discard(connection)
        self._watched.discard(connection)
        self.unregister(connection)

    def unregister(self, connection: Connection) -> None:
        if connection.registered is not None:
            self.services.live.remove(connection.registered, connection)
            self.following.end(connection)
            connection.registered = None
            if connection.recalls:
                self._recalls_known.put(connection.instid, connection.recalls)
            connection.forget()
            if connection.transport is not None:
                connection.transport.signed_in(False)
        self._holding.discard(connection)

    def app(self, sdkappid: int) -> App:
        """Raises ApiError 60006, 60016 or 60020."""
        app = self.services.apps.get(sdkappid)
        if app is None:
            raise ApiError(Code.SDKAPPID_INVALID)
        if app.status != "enabled":
            raise ApiError(Code.APP_DISABLED if app.status == "disabled" else Code.PLAN_EXPIRED)
        return app

    # Sign-in

    async def login(self, connection: Connection, action: Login) -> None:
        head, _ = action.head, begin()
        try:
            app = self.app(connection.session.sdkappid)
            if action.ticket is not None and not head.usersig:
                kick_type = await self._kick_type(app, action.ticket)
                if kick_type:
                    connection.refuse(head, ApiError(Code.LOGIN_KICKED), kick_type)
                    return
                ticket, latest = action.ticket, False
            else:
                latest = True
                ticket = await self._sign_in(app, head.identifier, head.usersig, head.platform)
            if self.services.apps.get(app.sdkappid) is not app:  # disabled meanwhile, or the key was withdrawn
                app = self.app(app.sdkappid)
                if not app.keys.holds(ticket.signed_by):
                    raise ApiError(Code.USERSIG_MISMATCH)
        except ApiError as error:
            connection.refuse(head, error)
            self.metrics.client("im_open_status/wslogin", int(error.code))
            self.services.statistics.login(connection.session.sdkappid, head.platform, head.identifier, ok=False)
            return
        except Exception as error:
            # A client that gets an error here stays silently offline; one that loses its socket comes back.
            if not isinstance(error, Unavailable):  # which is logged once for all calls
                log.exception("a login failed")
            connection.close(*CloseCode.INTERNAL.frame)
            return
        user = self._register(app, connection, ticket, latest=latest)
        if not await self._displacing.counted(app, connection):
            self.unregister(connection)
            connection.refuse(head, ApiError(Code.LOGIN_KICKED), DISPLACED)
            return
        try:
            await self.following.begin(connection, user)
        except Unavailable:
            connection.close(*CloseCode.INTERNAL.frame)
            return
        app = self.services.apps.get(app.sdkappid) or app  # its settings may have changed meanwhile
        body = _encode(
            LoginAnswer(
                self._tickets.seal(ticket),
                str(ticket.tiny_id),
                ticket.instid,
                self.services.c2c.now,
                self._told.bits(app),
            )
        )
        connection.accept(head, ticket.user_id, ticket.instid, body)
        self.metrics.client("im_open_status/wslogin", 0)
        self.services.statistics.login(app.sdkappid, ticket.platform, ticket.user_id, ok=True)

    async def _sign_in(self, app: App, user_id: str, usersig: str, platform: int) -> Ticket:
        if not valid_user_id(user_id):
            raise ApiError(Code.CREDENTIALS_MALFORMED, "the identifier is not 1 to 32 printable ASCII bytes")
        claims = self._auth.verify(app, user_id, usersig)
        accounts = self.services.accounts
        account = accounts.peek(app.sdkappid, user_id) or await accounts.find(app.sdkappid, user_id)
        if account is not None and kicked(claims, account):
            raise ApiError(Code.LOGIN_KICKED)
        # The first login of a UserID makes the account (rest-accounts-relations.md 2.4).
        if account is None:
            account = (await accounts.ensure(app.sdkappid, [user_id]))[user_id]
        instid = 1 + (int.from_bytes(os.urandom(4), "big") >> 1)
        return Ticket(
            app.sdkappid,
            user_id,
            account.tiny_id,
            instid,
            platform,
            claims.issued,
            claims.expires_at,
            claims.signed_by,
            self._login_time(app.sdkappid, user_id),
        )

    def _login_time(self, sdkappid: int, user_id: str) -> int:
        """Now, but after every login of the user that is known here, wherever clocks stand."""
        now = self.check.clock()
        for other in self.services.live.local(of_user(sdkappid, user_id)):
            if isinstance(other, Connection) and other.ticket is not None:
                now = max(now, other.ticket.login + 1)
        return now

    async def _kick_type(self, app: App, ticket: Ticket) -> int:
        """Why a ticket no longer serves: 0 it does, else the KickType.

        Raises ApiError 70001 when it has expired, or its key was withdrawn: the client then asks for a new UserSig.
        """
        if ticket.sdkappid != app.sdkappid:
            raise ApiError(Code.USERSIG_SDKAPPID_MISMATCH)
        if ticket.expires < self.services.c2c.now:
            raise ApiError(Code.USERSIG_EXPIRED)
        if not app.keys.holds(ticket.signed_by):
            raise ApiError(
                Code.USERSIG_EXPIRED, "the key that signed the UserSig was withdrawn; sign in with a new one"
            )
        account = await self.services.accounts.find(app.sdkappid, ticket.user_id)
        if account is None or account.tiny_id != ticket.tiny_id or ticket.issued <= account.invalid_before:
            return 3
        return self._displacing.kick_type(app, ticket)

    async def check_ticket(self, app: App, ticket: Ticket) -> None:
        """For a request that comes before the login of its socket. Raises ApiError."""
        if await self._kick_type(app, ticket):
            raise ApiError(Code.LOGIN_KICKED)

    def recalls_known(self, ticket: Ticket) -> list[Key]:
        """As the host says. The SDK's first ``getmsg`` over a new connection may come before its login there."""
        live = self.services.live.local(of_user(ticket.sdkappid, ticket.user_id))
        lost = [c.recalls for c in live if isinstance(c, Connection) and c.instid == ticket.instid]
        return [*self._recalls_known.of(ticket.instid), *(key for recalls in lost for key in recalls.known())]

    def _register(self, app: App, connection: Connection, ticket: Ticket, *, latest: bool) -> Topic:
        """``latest``: the login is this moment's. One that comes back by its ticket ends earlier logins only."""
        live = self.services.live
        user = of_user(ticket.sdkappid, ticket.user_id)
        connection.since = self.check.clock()
        if not latest:
            self._returning.back(connection, user, ticket.instid)
        if connection.registered is not None:
            self.unregister(connection)
        connection.session.instid = ticket.instid
        if known := self._recalls_known.take(ticket.instid):
            connection.recalls.remember(known)
        connection.session.platform = ticket.platform
        connection.session.user_id = ticket.user_id
        connection.ticket = ticket
        connection.login = ticket.login
        connection.ended = self._displacing.arrived(app, user, ticket, latest=latest)
        connection.hold()
        live.add(user, connection)
        connection.registered = user
        if connection.transport is not None:
            connection.transport.signed_in(True)
        return user

    def remember_kick(self, instid: int, kind: int) -> None:
        self._displacing.remember(instid, kind)

    # The sweep

    async def _sweep(self) -> None:
        self._turn += 1
        now = self.now()
        self._each(list(self._holding), lambda c: self._expire(c, now))
        self._watched = {c for c in self._watched if c.look(now)}
        behind, self._behind = self._behind[:SYNCS_PER_SWEEP], self._behind[SYNCS_PER_SWEEP:]
        self._each(behind, self._make_up)
        if self._turn % _SWEEPS_PER_IDLE_CHECK == 0:
            if self.services.bus.clustered and not self._behind:
                self._behind = [c for c in self._all if c.registered and now - c.synced > SYNC_SECONDS]
            self._each([c for c in self._all if c.overdue(now, IDLE_SECONDS, KICK_GRACE_SECONDS)], end_silent)

    def _expire(self, connection: Connection, now: float) -> None:
        if not connection.expire(now):
            self._holding.discard(connection)

    def _each(self, connections: list[Connection], fn: Callable[[Connection], object]) -> None:
        """One connection that fails is cut, and costs the others nothing."""
        for connection in connections:
            try:
                fn(connection)
            except Exception:
                log.exception("a connection failed in the sweep and is cut")
                self._holding.discard(connection)
                connection.abort()

    def _make_up(self, connection: Connection) -> None:
        """For hints that may have been lost: the client looks for messages, other nodes learn of its login."""
        if connection.registered is None:
            return
        connection.ask_to_sync()
        self.spawn(self.following.again(connection, connection.registered, lambda: self._behind.append(connection)))
        self.displace_older(connection)
        self._returning.again(connection)

    def displace_older(self, connection: Connection) -> None:
        self.spawn(self._displacing.again(connection))

    def later(self, seconds: float, callback: Callable[[], None]) -> None:
        self._loop.call_later(seconds, callback)

    def _all_behind(self) -> None:
        """The bus was away: events for any client may have been lost."""
        self._behind = [connection for connection in self._all if connection.registered is not None]

    def _app_changed(self, sdkappid: int) -> None:
        """End the sessions of an app that was disabled or deleted, and those whose key was withdrawn. Those that stay
        learn of its features, and leave if they may no longer be online together."""
        here = [c for c in self._all if c.session.sdkappid == sdkappid]
        self.end_unserved(sdkappid, here)
        app = self.services.apps.get(sdkappid)
        bits, rule_changed = self._told.changed(app) if app is not None else (None, False)
        if bits is not None or rule_changed:
            self.spawn(self._displacing.tell(here, bits, displace=rule_changed))

    def end_unserved(self, sdkappid: int, connections: list[Connection]) -> None:
        """Of an app's connections, end those that it does not serve any longer."""
        app = self.services.apps.get(sdkappid)
        serves = app is not None and app.status == "enabled" and not app.deleting_at
        ending = [
            connection
            for connection in connections
            if connection.registered is not None
            and not (serves and app is not None and connection.ticket and app.keys.holds(connection.ticket.signed_by))
        ]
        if ending:
            self.spawn(self._end(ending, kick=not serves))

    async def _end(self, connections: list[Connection], *, kick: bool) -> None:
        """Some at a time, so that the others are served meanwhile."""
        for at in range(0, len(connections), ENDED_AT_ONCE):
            for connection in connections[at : at + ENDED_AT_ONCE]:
                if kick:
                    connection.kicked(Kick(kind=KICKED_BY_REST, reason="the app is disabled"))
                else:  # it comes back at once, and learns that it needs a new UserSig
                    self.unregister(connection)
                    connection.close(*CloseCode.KEY_WITHDRAWN.frame)
            await asyncio.sleep(0)

    def watch(self, connection: Connection) -> None:
        """Look now and then whether a client over its write budget still reads."""
        self._watched.add(connection)

    def holding(self, connection: Connection) -> None:
        self._holding.add(connection)
