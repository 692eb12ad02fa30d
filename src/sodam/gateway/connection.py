"""The host of a session: carries out its actions, and gathers what goes to the client.

Everything written in one turn of the event loop leaves in one system call: answers first, then one push frame with all
events. A client that reads too slowly is cut when its budget is used up; it catches up by ``getmsg``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

import structlog

from sodam.apps.model import App
from sodam.bus import Kick
from sodam.errors import ApiError, Unavailable
from sodam.gateway import frames
from sodam.gateway.backlog import Backlog
from sodam.gateway.budget import WRITE_LIMIT, Budget
from sodam.gateway.eager import drive
from sodam.gateway.frames import Head
from sodam.gateway.limits import ClientLimits
from sodam.gateway.recalls import Recalls
from sodam.gateway.session import Action, Close, Login, Run, Send, Session, SignOut
from sodam.gateway.tickets import Ticket
from sodam.gateway.transport import Transport
from sodam.observability.metrics import Metrics
from sodam.services import Services
from sodam.wire import Call, decode_request, failure, success

log = structlog.get_logger(__name__)
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000").search
"""Not every store takes it, and no client has a use for it but in a message, whose content is kept as bytes."""
SYNC_EVENTS = 200
"""After so many events a client is asked for a new cookie, so that its next catch-up is short."""


class Host(Protocol):
    """What a connection needs of whoever holds all connections of this node."""

    @property
    def services(self) -> Services: ...
    @property
    def metrics(self) -> Metrics: ...
    @property
    def limits(self) -> ClientLimits: ...

    def now(self) -> float: ...

    def opened(self, connection: Connection) -> None: ...
    def closed(self, connection: Connection) -> None: ...

    def app(self, sdkappid: int) -> App:
        """Raises ApiError 60006, 60016 or 60020."""
        ...

    async def login(self, connection: Connection, action: Login) -> None: ...

    async def check_ticket(self, app: App, ticket: Ticket) -> None:
        """For a request that comes before the login of its socket. Raises ApiError."""
        ...

    def unregister(self, connection: Connection) -> None:
        """Events no longer reach the connection."""
        ...

    def remember_kick(self, instid: int, kind: int) -> None:
        """A kicked device that comes back by its ticket is refused again."""
        ...

    def displace_older(self, connection: Connection) -> None:
        """End the user's sessions of this kind of device that are of earlier logins, wherever they are."""
        ...

    def flush_later(self, connection: Connection) -> None:
        """Call the connection's ``flush`` at the end of this turn of the loop."""
        ...

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a command that may wait for anything."""
        ...

    def later(self, seconds: float, callback: Callable[[], None]) -> None: ...

    @property
    def backlog(self) -> Backlog: ...

    def watch(self, connection: Connection) -> None:
        """More waits for the client than may wait for one that does not read: ``look`` at it until it reads."""
        ...

    def holding(self, connection: Connection) -> None:
        """The connection keeps events back while it catches up."""
        ...

    def held(self, connection: Connection) -> None: ...


class Connection:
    """One client socket; a ``Receiver`` for its transport and a ``LiveSession`` for the bus."""

    __slots__ = (
        "_budget",
        "_dirty",
        "_events",
        "_hub",
        "_kick_at",
        "_listing",
        "_out",
        "_rate",
        "_told",
        "_waiting",
        "client_ip",
        "held",
        "held_until",
        "last_seen",
        "recalls",
        "registered",
        "session",
        "synced",
        "ticket",
        "transport",
    )

    def __init__(self, hub: Host, session: Session, client_ip: str) -> None:
        self._hub = hub
        self.session = session
        self.client_ip = client_ip
        self.transport: Transport | None = None
        self._rate = hub.limits.bucket()
        self._out: list[bytes] | None = None
        self._events: list[bytes] | None = None
        self._dirty = False
        self._kick_at = 0.0
        self.held: list[bytes] | None = None
        """Events held back from sign-in until ``getmsg`` was answered: they would be counted twice."""
        self.held_until = 0.0
        self.last_seen = 0.0
        self.synced = 0.0
        """When the client last asked for what it missed."""
        self.ticket: Ticket | None = None
        """Of the login."""
        self._told = 0
        self._budget = Budget()
        self._listing = 0
        self._waiting: tuple[float, list[bytes], Collection[int]] | None = None
        self.recalls = Recalls()
        self.registered: tuple[int, str] | None = None

    # LiveSession

    @property
    def instid(self) -> int:
        return self.session.instid

    @property
    def platform(self) -> int:
        return self.session.platform

    def deliver(self, event: bytes) -> None:
        if self.held is not None:
            self.held.append(event)
            return
        if self._events is None:
            self._events = [event]
        else:
            self._events.append(event)
        if not self._dirty:
            self._dirty = True
            self._hub.flush_later(self)

    def kicked(self, kick: Kick) -> None:
        ticket = self.ticket
        if kick.login and ticket is not None and ticket.order > (kick.login, kick.newer):
            self._hub.displace_older(self)  # the other one missed this login
            return
        if not self.session.kick(kick.kind):
            return
        self._hub.unregister(self)
        self._hub.remember_kick(self.session.instid, kick.kind)
        self._kick_at = self._hub.now()
        self.deliver(frames.kicked(kick.kind))

    # Receiver

    def opened(self, transport: Transport) -> None:
        self.transport = transport
        self.last_seen = self._hub.now()
        self._hub.opened(self)

    def received(self, data: bytes) -> None:
        self.last_seen = self._hub.now()
        action = self.session.receive(data)
        self._act(action)

    def closed(self) -> None:
        self.transport = None
        self._out = self._events = self.held = None
        self._hub.closed(self)

    def _act(self, action: Action) -> None:
        if isinstance(action, Run):
            if action.command.eager and action.ticket is None:
                drive(self._run(action))
            else:
                self._hub.spawn(self._run(action))
        elif isinstance(action, Send):
            self.send(action.frame)
        elif isinstance(action, Login):
            drive(self._hub.login(self, action))
        elif isinstance(action, SignOut):
            self._hub.unregister(self)
            self.send(action.frame)
        elif isinstance(action, Close):
            self.close(action.code, action.reason)

    async def _run(self, action: Run) -> None:
        command, head = action.command, action.head
        code = 0
        call: Call | None = None
        try:
            app = self._hub.app(self.session.sdkappid)
            self._hub.limits.check(self._rate, app.sdkappid, action.user_id, command.path)
            if action.ticket is not None:
                await self._hub.check_ticket(app, action.ticket)
                self._budget.limit = WRITE_LIMIT
            call = Call(
                self._hub.services,
                app,
                action.user_id,
                admin=False,
                platform="Web",
                instid=action.instid,
                client_ip=self.client_ip,
            )
            call.connection = self
            if not command.eager and _NUL(action.body):
                raise ApiError(command.service.bad_request, "text with a NUL character")
            body = success(command, call, await command.handler(call, decode_request(command, action.body)))
        except ApiError as error:
            code = int(error.code)
            body = failure(error, display=command.service.display)
        except RecursionError:  # of a part of the body that is read later
            code = int(command.service.bad_json)
            body = failure(ApiError(command.service.bad_json, "the body is nested too deeply"))
        except Exception as error:
            if not isinstance(error, Unavailable):  # which is logged once for all calls
                log.exception("a client command failed", command=command.path)
            code = int(command.service.internal)
            body = failure(ApiError(command.service.internal))
        self._hub.metrics.client(command.path, code)
        self.send(self.session.answered(head, body))
        if call is not None and call.after is not None:
            call.after()

    # Out

    def send(self, frame: bytes) -> None:
        if self.transport is None:
            return
        if self._out is None:
            self._out = [frame]
        else:
            self._out.append(frame)
        if not self._dirty:
            self._dirty = True
            self._hub.flush_later(self)

    def flush(self) -> None:
        self._dirty = False
        payloads, events = self._out, self._events
        self._out = self._events = None
        transport = self.transport
        if transport is None:
            return
        payloads = payloads or []
        if events and (events := self.recalls.new(events)):
            recall = self.recalls.tell(events)
            payloads.extend(frames.pushes(events, acknowledge=recall))
            self._told += len(events)
            if recall or self._told >= SYNC_EVENTS:  # a recall is best behind the next cookie
                self._told = 0
                payloads.append(frames.SYNC)
        transport.write(payloads)
        waiting = transport.waiting()
        if waiting > self._budget.limit:
            self._cut()
        elif self._budget.wrote(sum(map(len, payloads)), waiting, self._hub.now()):
            self._hub.watch(self)

    def look(self, now: float) -> bool:
        """Cut a client that is over its budget and does not read; whether it is to be watched further."""
        stalled = self._budget.stalled(self.transport.waiting(), now) if self.transport is not None else None
        if stalled:
            self._cut()
        return stalled is False

    def _cut(self) -> None:
        self._hub.metrics.count("slow_clients_cut")
        self.abort()

    def waiting(self) -> int:
        """Bytes that the client has still to take."""
        if self.transport is None:
            return 0
        return self.transport.waiting() + sum(map(len, self._out or ()))

    def turn(self, user: tuple[int, str] | None = None) -> AbstractAsyncContextManager[None]:
        """Wait until a large answer may be made for this client; of ``user``: a page of what it missed."""
        return self._hub.backlog.turn(self, *user) if user else self._hub.backlog.room(self)

    def hold(self) -> list[bytes]:
        """Hold events back until ``resume``, or for some seconds at most; those that wait."""
        if self.held is None:
            self.held = []
            self._hub.holding(self)
        return self.held

    def hold_back(self) -> list[bytes] | None:
        """As ``hold``, for the answer to a ``getmsg``. None while nobody is signed in here: nothing is pushed then."""
        self.synced = self._hub.now()
        self._told = 0
        if self.registered is None:
            return None
        held = self.hold()
        self._hub.holding(self)  # once more: the time begins anew with every page
        return held

    def drop_held(self, held: list[bytes] | None, told: Collection[int]) -> None:
        """Forget those of the events held back that pages tell; more pages follow."""
        if held is not None and self.held is held:
            held[:] = [event for at, event in enumerate(held) if at not in told]

    def ask_for_more(self, seconds: float) -> None:
        """Have the client ask for the next page, once it has worked on this one."""
        if self.registered is not None:
            self._hub.later(seconds, lambda: self.send(frames.SYNC))

    def tell_first(self, events: list[bytes]) -> None:
        """Send events before the answer at hand."""
        if events := self.recalls.new(events):
            for frame in frames.pushes(events, acknowledge=self.recalls.tell(events)):
                self.send(frame)

    def listing(self) -> None:
        """The conversation list is being read: until ``listed`` nothing is resumed."""
        self._listing += 1

    def listed(self) -> None:
        self._listing -= 1
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.resume_after(*waiting)

    def resume_after(self, seconds: float, held: list[bytes] | None, stale: Collection[int]) -> None:
        """The client was told what it missed: let the other events of ``held`` go once it has worked on that."""
        if held is None or self.held is not held:
            return
        if self._listing:
            self._waiting = (seconds, held, stale)
        else:
            self._hub.later(seconds, lambda: self.resume(held, stale))

    def resume(self, held: list[bytes] | None, stale: Collection[int] = ()) -> None:
        """Let the events of ``held`` go, but for those at the indices ``stale``, unless they went before."""
        if held is None or self.held is not held:
            return
        self._hub.held(self)
        self.held = None
        for at, event in enumerate(held):
            if at not in stale:
                self.deliver(event)

    def forget(self) -> None:
        """Drop what waits for the user who is no longer signed in here."""
        self.held = self._events = self._waiting = None
        self.recalls.clear()

    def ask_to_sync(self) -> None:
        """Ask the client for a ``getmsg``: events for it may have been lost."""
        self.synced = self._hub.now()
        self.send(frames.SYNC)

    def overdue(self, now: float, idle: float, kick_grace: float) -> bool:
        """Nothing was heard for ``idle`` seconds, or a kicked client does not leave."""
        return now - self.last_seen > idle or (self._kick_at > 0 and now - self._kick_at > kick_grace)

    def close(self, code: int, reason: str) -> None:
        if self._dirty:
            self.flush()
        if self.transport is not None:
            self.transport.close(code, reason)

    def abort(self) -> None:
        if self.transport is not None:
            self.transport.abort()

    def accept(self, head: Head, user_id: str, instid: int, body: bytes) -> None:
        self._budget.limit = WRITE_LIMIT
        self._act(self.session.login_accepted(head, user_id, instid, body))

    def refuse(self, head: Head, error: ApiError, kick_type: int = 0) -> None:
        self._act(self.session.login_refused(head, error, kick_type=kick_type))
