"""A client session as a pure state machine: bytes and results in, actions out. No sockets, no clocks, no tasks.

    NEW --login--> SIGNING_IN --accepted--> OPEN --kick--> KICKED
     ^                 |                     |               |
     +----refused------+       +---logout----+----logout-----+

The host (``connection.py``) carries out the actions in order: it sends answers, runs commands, and reports back by
``login_accepted``, ``login_refused`` and ``answered``. A request of a fresh socket may carry the A2 key of an earlier
login (the SDK sends again what was in flight before it signs in): it is run as that user, without pushes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, auto

import msgspec

from sodam.errors import ApiError, Code
from sodam.gateway import frames
from sodam.gateway.frames import Asked, Head
from sodam.gateway.tickets import Ticket
from sodam.wire import Command, failure
from sodam.wire.close_codes import CloseCode

MAX_IN_FLIGHT = 256
MAX_MALFORMED = 20
MAX_REFUSED = 100
"""Requests of a connection that come to nothing while nobody is signed in; a login that succeeds begins anew."""
KICKED_CODE = 1002
_EMPTY_OK = b'{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'
LOGIN = "im_open_status.wslogin"
LOGOUT = "im_open_status.wslogout"
ALIVE = "heartbeat.alive"
HELLO = "im_open_status.wshello"


class State(Enum):
    NEW = auto()
    SIGNING_IN = auto()
    OPEN = auto()
    KICKED = auto()


_OPEN = State.OPEN  # to look it up takes as long as to compare it


class Send(msgspec.Struct, frozen=True, gc=False):
    """Send an answer."""

    frame: bytes


class Login(msgspec.Struct, frozen=True, gc=False):
    """Authenticate; then call ``login_accepted`` or ``login_refused``."""

    head: Head
    ticket: Ticket | None
    body: msgspec.Raw


class Run(msgspec.Struct, frozen=True, gc=False):
    """Run a command as ``user_id``; then call ``answered``."""

    command: Command
    head: Head
    body: msgspec.Raw
    user_id: str
    instid: int
    ticket: Ticket | None = None
    """Set when the socket is not signed in: the host must check the ticket first."""


class SignOut(msgspec.Struct, frozen=True, gc=False):
    """The client is no longer signed in: stop pushing, then send the answer. The socket stays."""

    frame: bytes


class Close(msgspec.Struct, frozen=True, gc=False):
    code: int
    reason: str


Action = Send | Login | Run | SignOut | Close


class Session:
    __slots__ = (
        "_commands",
        "_malformed",
        "_open_ticket",
        "_refused",
        "in_flight",
        "instid",
        "kick_type",
        "platform",
        "sdkappid",
        "state",
        "user_id",
    )

    def __init__(
        self,
        sdkappid: int,
        commands: Mapping[str, Command],
        open_ticket: Callable[[str], Ticket | None],
    ) -> None:
        self.sdkappid = sdkappid
        self.state = State.NEW
        self.user_id = ""
        self.instid = 0
        self.platform = 0
        self.kick_type = 0
        self._commands = commands
        self._open_ticket = open_ticket
        self.in_flight = 0
        """Commands without an answer yet."""
        self._malformed = 0
        self._refused = 0

    def receive(self, data: bytes) -> Action:
        """One message of the client."""
        try:
            request = frames.decode(data)
        except frames.MalformedFrame as error:
            return self._refuse_frame(str(error), error.asked)
        head = request.head
        name = head.servcmd
        if name == ALIVE:
            return Send(frames.answer(name, head.seq, _EMPTY_OK))
        if name == LOGIN:
            return self._login(head, request.body)
        if name == LOGOUT:
            return self._logout(head)
        command = self._commands.get(name)
        if self.state is _OPEN:
            if command is not None:
                return self._run(command, head, request.body, self.user_id, self.instid)
            if name == HELLO:
                return Send(frames.answer(name, head.seq, _EMPTY_OK))
        return self._exceptional(head, command, request.body)

    def login_accepted(self, head: Head, user_id: str, instid: int, body: bytes) -> Action:
        self.state = State.OPEN
        self._refused = 0
        self.user_id = user_id
        self.instid = instid
        self.platform = head.platform
        return Send(frames.answer(head.servcmd, head.seq, body))

    def login_refused(self, head: Head, error: ApiError, *, kick_type: int = 0) -> Action:
        self.state = State.NEW
        if kick_type:
            return Send(frames.answer(head.servcmd, head.seq, _kicked(kick_type)))
        return self._refuse_stranger(head, error)

    def answered(self, head: Head, body: bytes) -> bytes:
        self.in_flight -= 1
        return frames.answer(head.servcmd, head.seq, body)

    def kick(self, kick_type: int) -> bool:
        """The session ends from outside; True when there was one: then the client is to be notified."""
        if self.state is not State.OPEN:
            return False
        self.state = State.KICKED
        self.kick_type = kick_type
        return True

    def _login(self, head: Head, body: msgspec.Raw) -> Action:
        if self.state is State.SIGNING_IN:
            return self._fail(head, ApiError(Code.TOO_FREQUENT, "a login is under way on this connection"))
        ticket = self._open_ticket(head.a2) if head.a2 else None
        if head.a2 and ticket is None and not head.usersig:
            error = ApiError(Code.USERSIG_EXPIRED, "the login key is unknown; sign in again")
            return self._refuse_stranger(head, error)
        self.state = State.SIGNING_IN
        return Login(head, ticket, body)

    def _logout(self, head: Head) -> Action:
        if self.state is not State.SIGNING_IN:
            self.state = State.NEW
            self.user_id = ""
        return SignOut(frames.answer(head.servcmd, head.seq, _EMPTY_OK))

    def _exceptional(self, head: Head, command: Command | None, body: msgspec.Raw) -> Action:
        if self.state is State.KICKED:
            return Send(frames.answer(head.servcmd, head.seq, _kicked(self.kick_type)))
        ticket = self._open_ticket(head.a2) if head.a2 and command is not None else None
        if ticket is not None and command is not None and ticket.sdkappid == self.sdkappid:
            return self._run(command, head, body, ticket.user_id, ticket.instid, ticket)
        if command is not None and command.guest and not head.a2 and self.state is State.NEW:
            return self._run(command, head, body, "", 0)
        if self.state is not State.OPEN:
            return self._refuse_stranger(head, ApiError(Code.REQUEST_FORBIDDEN, "sign in first"))
        return self._fail(head, ApiError(Code.NO_SUCH_COMMAND, f"{head.servcmd[:80]} is not a client command"))

    def _run(
        self,
        command: Command,
        head: Head,
        body: msgspec.Raw,
        user_id: str,
        instid: int,
        ticket: Ticket | None = None,
    ) -> Action:
        if self.in_flight >= MAX_IN_FLIGHT:
            return self._fail(head, ApiError(Code.TOO_FREQUENT, f"more than {MAX_IN_FLIGHT} requests in flight"))
        self.in_flight += 1
        return Run(command, head, body, user_id, instid, ticket)

    def _refuse_frame(self, reason: str, asked: Asked | None) -> Action:
        if asked is not None:
            if self.state is State.KICKED:
                return Send(frames.answer(asked.servcmd, asked.seq, _kicked(self.kick_type)))
            command = self._commands.get(asked.servcmd)
            code = command.service.bad_json if command is not None else Code.BODY_NOT_JSON
            return Send(frames.answer(asked.servcmd, asked.seq, failure(ApiError(code, reason))))
        self._malformed += 1
        if self._malformed > MAX_MALFORMED:
            return Close(*CloseCode.MALFORMED.frame)
        return Send(frames.answer("", 0, failure(ApiError(Code.BODY_NOT_JSON, reason))))

    def _refuse_stranger(self, head: Head, error: ApiError) -> Action:
        self._refused += 1
        if self._refused > MAX_REFUSED:
            return Close(*CloseCode.REFUSED.frame)
        return self._fail(head, error)

    def _fail(self, head: Head, error: ApiError) -> Action:
        return Send(frames.answer(head.servcmd, head.seq, failure(error)))


def _kicked(kick_type: int) -> bytes:
    return b'{"ActionStatus":"FAIL","ErrorCode":%d,"ErrorInfo":"the session was ended elsewhere","KickType":%d}' % (
        KICKED_CODE,
        kick_type,
    )
