"""The host of a session: carries out its actions, and gathers what goes to the client.

Everything written in one turn of the event loop leaves in one system call: answers first, then one push frame with all
events. A client that reads too slowly is cut when its budget is used up; it catches up by ``getmsg``.
"""

from __future__ import annotations

from collections import deque
from contextlib import AbstractAsyncContextManager

import structlog

from sodam.accounts.service import KICKED_BY_REST
from sodam.bus import Kick, Topic
from sodam.errors import ApiError
from sodam.gateway import frames
from sodam.gateway.budget import STRANGER_LIMIT, WRITE_LIMIT, Budget
from sodam.gateway.catchup import DIGEST_SECONDS, CatchUp, Round
from sodam.gateway.eager import drive
from sodam.gateway.fast_path import LOOKS
from sodam.gateway.frames import Head
from sodam.gateway.host import Host
from sodam.gateway.recalls import Recalls
from sodam.gateway.running import run
from sodam.gateway.session import Action, Close, Login, Run, Send, Session, SignOut
from sodam.gateway.states import Back, end_device, report
from sodam.gateway.tickets import Ticket
from sodam.gateway.transport import Origin, Transport
from sodam.gateway.troubles import report_login
from sodam.messages.model import Source
from sodam.notices import Kind, Notice
from sodam.troubleshooting.events import LOGIN
from sodam.wire import Command

log = structlog.get_logger(__name__)
SYNC_NOTICES = 200
"""After so many notices a client is asked for a new cookie, so that its next catch-up is short."""
# Members of enums by names of their own: Python takes as long to look one up as for all the rest of a delivery.
_FOLLOWING, _RECALL, _GROUP = (Kind.FOLLOW, Kind.UNFOLLOW), Kind.RECALL, Kind.GROUP
_MESSAGE = Kind.MESSAGE


class Connection:
    """One client socket; a ``Receiver`` for its transport and a ``LiveSession`` for the bus."""

    __slots__ = (
        "_dirty",
        "_hub",
        "_joined",
        "_kick_at",
        "_mixed",
        "_notices",
        "_out",
        "_pings",
        "_probed",
        "_pushed",
        "_turns",
        "back",
        "budget",
        "catch_up",
        "client_ip",
        "ended",
        "last_seen",
        "login",
        "origin",
        "rate",
        "recalls",
        "registered",
        "session",
        "silent",
        "since",
        "source",
        "synced",
        "ticket",
        "transport",
    )

    def __init__(self, hub: Host[Connection], session: Session, client_ip: str, origin: Origin = (False, "")) -> None:
        self._hub = hub
        self.session = session
        self.client_ip, self.origin = client_ip, origin
        self.transport: Transport | None = None
        self.rate = hub.limits.bucket()
        self._out: list[bytes] | None = None
        self._notices: list[Notice] | None = None
        self._dirty = self._mixed = False
        self._joined = False
        """The user has joined a group of which a message from before may still come."""
        self.catch_up = CatchUp()
        self._probed: int | None = None
        self._pings = 0
        self._kick_at = self.last_seen = 0.0
        self.synced = 0.0
        """When the client last asked for what it missed."""
        self.ticket: Ticket | None = None
        self._pushed = 0
        """Notices since the client last asked for what it missed, or was asked to."""
        self.budget = Budget()
        self.recalls = Recalls()
        self.registered: Topic | None = None
        """The user who is signed in here."""
        self.source: Source | None = None
        self.silent = False
        self.login = self.since = 0
        """Unix milliseconds: of the device's login, and of its sign-in here."""
        self.back = Back.NO
        self.ended: tuple[str, ...] = ()
        """The platforms of the devices that this login has ended."""
        self._turns: deque[Run] | None = None
        """Messages that wait for earlier ones of this connection."""

    # LiveSession

    @property
    def instid(self) -> int:
        return self.session.instid

    @property
    def platform(self) -> int:
        return self.session.platform

    def deliver(self, notice: Notice) -> None:
        if notice.kind is not _MESSAGE:
            if notice.kind in _FOLLOWING:
                if self.registered is not None:
                    self._joined = True
                    self._hub.following.change(self, self.registered, notice)
                return
            if self._joined and notice.kind is _GROUP and notice.place is not None:
                before, self._joined = self._hub.following.before_joining(self, notice.place)
                if before:
                    return
            self._mixed = True
        if self.catch_up.held is not None:
            self.catch_up.held.append(notice)
            return
        if self._notices is None:
            self._notices = [notice]
        else:
            self._notices.append(notice)
        if not self._dirty:
            self._dirty = True
            self._hub.flush_later(self)

    def kicked(self, kick: Kick) -> None:
        ticket = self.ticket
        if kick.login and ticket is not None and (ticket.login, ticket.instid) > (kick.login, kick.newer):
            self._hub.displace_older(self)  # the other one missed this login
            return
        if not self.session.kick(kick.kind):
            return
        if kick.kind == KICKED_BY_REST:
            report(self._hub.services, self, "Logout", "Unregister")
        self._hub.unregister(self)
        self._hub.spawn(end_device(self._hub.services, ticket))
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
        if LOOKS in data and not self._turns and self._hub.fast.take(self, data):
            return
        self._act(self.session.receive(data))

    def closed(self) -> None:
        self.transport = None
        self._out = self._notices = None
        report(self._hub.services, self, "Disconnect", "TimeOut" if self.silent else "LinkClose")
        self._hub.closed(self)

    def _act(self, action: Action) -> None:
        if isinstance(action, Run):
            quick = action.command.eager is not None
            if quick and (self._turns or not self._eager(action.command)):
                self._in_turn(action)
            elif quick and action.ticket is None:
                drive(run(self._hub, self, action))
            else:
                self._hub.spawn(run(self._hub, self, action))
        elif isinstance(action, Send):
            self.send(action.frame)
        elif isinstance(action, Login):
            drive(self._hub.login(self, action))
        elif isinstance(action, SignOut):
            report(self._hub.services, self, "Logout", "Unregister")
            self._hub.unregister(self)
            self._hub.spawn(end_device(self._hub.services, self.ticket, self.send, action.frame))
        elif isinstance(action, Close):
            self.close(action.code, action.reason)

    def _in_turn(self, action: Run) -> None:
        """One after the other: while one waits for the network, those behind it keep their order."""
        if self._turns is None:
            self._turns = deque()
        self._turns.append(action)
        if len(self._turns) == 1:
            self._hub.spawn(self._take_turns())

    async def _take_turns(self) -> None:
        while self._turns:
            try:
                await run(self._hub, self, self._turns[0])
            finally:
                self._turns.popleft()

    def _eager(self, command: Command) -> bool:
        services = self._hub.services
        app = services.apps.get(self.session.sdkappid)
        return app is not None and command.eager is not None and command.eager(services, app)

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
        payloads, notices, mixed = self._out, self._notices, self._mixed
        self._out = self._notices = None
        self._mixed = False
        transport = self.transport
        if transport is None:
            return
        if notices is not None and payloads is None and self._pushed < SYNC_NOTICES:
            if len(notices) > 1:
                frame = frames.together(notices) if mixed else b""
            elif (notice := notices[0]).kind is not _RECALL:
                self._pushed += notice.kind is not _GROUP  # a cookie says nothing of groups' messages
                frame = notice.frame or frames.prepared(notice)
            else:
                frame = b""
            if frame:
                self._wrote(len(frame), transport.write_frame(frame))
                return
        payloads = payloads or []
        if notices and not mixed and self._pushed + len(notices) < SYNC_NOTICES:  # nearly always
            payloads.append(frames.push(notices))
            self._pushed += len(notices)
        elif notices and (notices := self.recalls.new(notices)):
            recall = self.recalls.sent(notices)
            payloads.extend(frames.pushes(notices, acknowledge=recall))
            self._pushed += sum(notice.kind is not _GROUP for notice in notices)
            if recall or self._pushed >= SYNC_NOTICES:  # a recall is best behind the next cookie
                self._pushed = 0
                payloads.append(frames.SYNC)
        self._wrote(sum(map(len, payloads)), transport.write(payloads))

    def _wrote(self, size: int, waiting: int) -> None:
        budget = self.budget
        budget.written += size
        if waiting <= STRANGER_LIMIT:  # the least of all limits
            return
        if waiting > budget.limit:
            self._cut()
        elif budget.over(waiting, self._hub.now()):
            self._hub.watch(self)

    def look(self, now: float) -> bool:
        """Cut a client that is over its budget and does not read; whether it is to be watched further."""
        stalled = self.budget.stalled(self.transport.waiting(), now) if self.transport is not None else None
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

    # Catching up

    def page_turn(self, user: Topic | None = None) -> AbstractAsyncContextManager[None]:
        """Wait until a large answer may be made for this client; of ``user``: a page of what it missed."""
        return self._hub.backlog.turn(self, user) if user else self._hub.backlog.room(self)

    def hold(self) -> None:
        """Hold notices back until the client has caught up, or for some seconds at most."""
        self.catch_up.hold(self._hub.now())
        self._hub.holding(self)

    def begin_round(self) -> Round:
        """A ``getmsg`` begins."""
        now = self.synced = self._hub.now()
        self._pushed = 0
        if self.registered is None:
            return Round([])  # nobody is signed in here: nothing is pushed
        self._hub.holding(self)
        return self.catch_up.begin(now)

    def end_round(self, round_: Round) -> None:
        """It was answered with the last page: what is still held goes once the client has worked on that.

        A ping follows the answer, so that the time begins when the client has taken it: a client on a busy machine
        or a slow network has as long over it as any other.
        """
        if (plan := self.catch_up.planned(round_)) is not None:
            self._hub.later(DIGEST_SECONDS / 2, lambda: self._probe(plan))

    def _probe(self, plan: int) -> None:
        if self.transport is not None:
            self._probed = plan
            self._pings += 1
            self.transport.ping()

    def ponged(self) -> None:
        self._pings = max(0, self._pings - 1)
        if self._pings == 0 and (plan := self._probed) is not None:
            self._probed = None
            self._hub.later(DIGEST_SECONDS / 2, lambda: self._send_held(plan))

    def _send_held(self, plan: int) -> None:
        for notice in self.catch_up.due(plan):
            self.deliver(notice)

    def expire(self, now: float) -> bool:
        """Hold nothing back any longer when the deadline has passed; whether anything is still held back."""
        if self.catch_up.held is not None and self.catch_up.deadline <= now:
            for notice in self.catch_up.release():
                self.deliver(notice)
        return self.catch_up.held is not None

    def ask_for_more(self, seconds: float) -> None:
        """Have the client ask for the next page, once it has worked on this one."""
        if self.registered is not None:
            self._hub.later(seconds, lambda: self.send(frames.SYNC))

    def send_first(self, notices: list[Notice]) -> None:
        """Send notices before the answer at hand."""
        if notices := self.recalls.new(notices):
            for frame in frames.pushes(notices, acknowledge=self.recalls.sent(notices)):
                self.send(frame)

    def listing(self) -> None:
        """The conversation list is being read: until ``listed`` nothing that is held goes."""
        self.catch_up.listing()

    def listed(self) -> None:
        if (round_ := self.catch_up.listed()) is not None:
            self.end_round(round_)

    def forget(self) -> None:
        """Drop what waits for the user who is no longer signed in here."""
        self._notices = None
        self.catch_up.clear()
        self.recalls.clear()
        self._hub.services.statuses.forget(self)

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
        self.budget.limit, self.source = WRITE_LIMIT, None
        report(self._hub.services, self, "Login", "Register")
        if self._hub.services.troubleshooting.keeps(self.session.sdkappid, LOGIN):  # in a storm: some each second
            report_login(self._hub.services, self, user_id, head.platform)
        self._act(self.session.login_accepted(head, user_id, instid, body))

    def refuse(self, head: Head, error: ApiError, kick_type: int = 0) -> None:
        report_login(self._hub.services, self, head.identifier, head.platform, int(error.code), error.info)
        self._act(self.session.login_refused(head, error, kick_type=kick_type))
