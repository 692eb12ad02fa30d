"""Service ``session``: signing in and out, and what a signed-in person does about the own account. No policy asks."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
import structlog

from sodam import __version__
from sodam.access.attempts import place
from sodam.access.login import expired
from sodam.access.model import ROOT_NAME, Caller, User
from sodam.access.sessions import Session, csrf_token
from sodam.audit.model import Event, Outcome
from sodam.audit.service import document
from sodam.cloudapi.action import Nothing, check_text
from sodam.cloudapi.plane import ControlPlane
from sodam.control import ControlError, invalid, malformed, missing
from sodam.errors import Unavailable
from sodam.storage.commit_hooks import CommitHook

log = structlog.get_logger(__name__)
Text = Annotated[str, msgspec.Meta(max_length=256)]


@dataclass(slots=True)
class SessionCall:
    """A call of this service. ``caller`` is None before ``Login``."""

    plane: ControlPlane
    ip: str
    user_agent: str
    request_id: str
    caller: Caller | None = None
    session: Session | None = None
    token: str = ""
    set_token: str | None = None
    """What the answer puts into the cookie: a token, or an empty text to clear it."""

    @property
    def user(self) -> User:
        assert self.caller is not None
        return self.caller.user

    @property
    def session_id(self) -> str:
        assert self.session is not None
        return self.session.id


@dataclass(frozen=True, slots=True)
class SessionAction:
    name: str
    request: type
    response: type
    handler: Callable[[SessionCall, Any], Awaitable[Any]]
    decode: Callable[[bytes], Any]
    audited: bool

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.handler) or ""


SESSION_ACTIONS: dict[str, SessionAction] = {}
Handler = Callable[[SessionCall, Any], Awaitable[Any]]


def session_action(name: str, *, audited: bool = False) -> Callable[[Any], Any]:
    def declare(handler: Any) -> Any:
        hints = typing.get_type_hints(handler)
        request = hints[list(inspect.signature(handler).parameters)[1]]
        response = hints["return"]
        SESSION_ACTIONS[name] = SessionAction(
            name,
            request,
            Nothing if response is type(None) else response,
            handler,
            msgspec.json.Decoder(request).decode,
            audited,
        )
        return handler

    return declare


class Who(msgspec.Struct, kw_only=True):
    Uin: int
    OwnerUin: int
    Name: str
    Type: str
    MFA: bool
    MustChangePassword: bool
    CsrfToken: str
    ExpireTime: int
    ServerVersion: str
    DemoPage: str
    """Where a page of ``make demo`` is; empty: nowhere."""
    Development: bool
    """The server is in development mode, and keeps callbacks and pushes in an inbox."""
    LastLoginTime: int
    LastLoginIp: str


async def must_change_password(plane: ControlPlane, user: User) -> bool:
    return user.need_reset or expired(user, (await plane.security.passwords()).rules, int(plane.clock()))


async def _who(call: SessionCall) -> Who:
    user = await call.plane.users.get_uin(call.user.uin)
    assert call.session is not None
    return Who(
        Uin=user.uin,
        OwnerUin=call.plane.owner_uin,
        Name=user.name,
        Type="root" if user.root else "user",
        MFA=bool(user.totp),
        MustChangePassword=await must_change_password(call.plane, user),
        CsrfToken=csrf_token(call.token),
        ExpireTime=call.session.expires_at,
        ServerVersion=__version__,
        DemoPage=call.plane.services.settings.demo_page,
        Development=call.plane.services.inbox is not None,
        LastLoginTime=user.last_login_at,
        LastLoginIp=user.last_login_ip,
    )


class Login(msgspec.Struct):
    UserName: Text
    Password: Text
    Code: Text = ""


@session_action("Login")
async def login(call: SessionCall, request: Login) -> Who:
    """Sign in with name, password and, where one is set up, a one-time code."""
    about = {"UserName": request.UserName}
    try:
        user = await call.plane.login.login(request.UserName, request.Password, request.Code, call.ip)
    except ControlError as error:
        tried = await _tried(call.plane, request.UserName)
        outcome: Outcome = "challenged" if error.extra.get("CodeNeeded") else "failed"
        await _record(call, _event(call, "Login", about, error.code, who=tried, outcome=outcome))
        raise
    if call.session is not None:
        await call.plane.sessions.end(call.session.uin, call.session.id)
    call.caller = Caller(user=user, owner_uin=call.plane.owner_uin, ip=call.ip, user_agent=call.user_agent)
    with _noted(call, "Login", about):
        call.token, call.session = await call.plane.sessions.open(
            user, mfa=bool(user.totp), ip=call.ip, user_agent=call.user_agent
        )
    call.set_token = call.token
    return await _who(call)


async def _tried(plane: ControlPlane, name: str) -> tuple[int, str]:
    """The number, 0 if there is no such user, and the name that somebody tried to sign in with."""
    if name == ROOT_NAME:
        return plane.owner_uin, name
    try:
        return (await plane.users.get(name)).uin, name
    except ControlError:
        return 0, name[:128]


@session_action("Logout", audited=True)
async def logout(call: SessionCall, request: Nothing) -> None:
    """End this session."""
    await call.plane.sessions.end(call.user.uin, call.session_id)
    call.set_token = ""


@session_action("Whoami")
async def whoami(call: SessionCall, request: Nothing) -> Who:
    """Who is signed in, and the CSRF token for further calls."""
    return await _who(call)


class ChangePassword(msgspec.Struct):
    OldPassword: Text
    NewPassword: Text


@session_action("ChangePassword", audited=True)
async def change_password(call: SessionCall, request: ChangePassword) -> Who:
    """Change the own password; all other sessions end."""
    await call.plane.login.change_password(call.user, request.OldPassword, request.NewPassword, session=call.session_id)
    return await _who(call)


class BeginMFA(msgspec.Struct):
    Password: Text
    Code: Text = ""
    """Of the present authenticator, where there is one."""


class MfaBegun(msgspec.Struct):
    Secret: str
    Uri: str


@session_action("BeginMFA", audited=True)
async def begin_mfa(call: SessionCall, request: BeginMFA) -> MfaBegun:
    """Begin to set up a one-time code: the secret for an authenticator app."""
    return MfaBegun(*await call.plane.login.begin_mfa(call.user, request.Password, request.Code))


class ConfirmMFA(msgspec.Struct):
    Code: Text


@session_action("ConfirmMFA", audited=True)
async def confirm_mfa(call: SessionCall, request: ConfirmMFA) -> Who:
    """Confirm the one-time code; from now on it is asked at login."""
    await call.plane.login.confirm_mfa(call.user, request.Code)
    return await _who(call)


class DisableMFA(msgspec.Struct):
    Password: Text
    Code: Text


@session_action("DisableMFA", audited=True)
async def disable_mfa(call: SessionCall, request: DisableMFA) -> Who:
    """Take the own one-time code away."""
    await call.plane.login.disable_mfa(call.user, request.Password, request.Code)
    return await _who(call)


class SessionLine(msgspec.Struct):
    Id: str
    CreateTime: int
    LastSeen: int
    Ip: str
    UserAgent: str
    Current: bool


class SessionList(msgspec.Struct):
    Sessions: list[SessionLine]


@session_action("DescribeSessions")
async def describe_sessions(call: SessionCall, request: Nothing) -> SessionList:
    """The own sessions, last used first."""
    found = await call.plane.sessions.of(call.user.uin)
    return SessionList(
        [SessionLine(s.id, s.created_at, s.seen_at, s.ip, s.user_agent, s.id == call.session_id) for s in found]
    )


class EndSession(msgspec.Struct):
    Id: Text


@session_action("EndSession", audited=True)
async def end_session(call: SessionCall, request: EndSession) -> None:
    """End one of the own sessions."""
    if not await call.plane.sessions.end(call.user.uin, request.Id):
        raise missing("there is no such session", detail="NoSuchSession")
    if request.Id == call.session_id:
        call.set_token = ""


async def run(call: SessionCall, action: SessionAction, body: bytes) -> Any:
    """Raises ControlError."""
    check_text(body)
    try:
        request = action.decode(body or b"{}")
    except msgspec.ValidationError as error:
        raise malformed(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid(str(error), detail="NotJson") from None
    if not action.audited:
        return await action.handler(call, request)
    try:
        with _noted(call, action.name, request) as hook:
            result = await action.handler(call, request)
    except ControlError as error:
        await _record(call, _event(call, action.name, request, error.code))
        raise
    if not hook.kept:
        await call.plane.audit.add(_event(call, action.name, request))
    return result


def _noted(call: SessionCall, name: str, about: Any) -> AbstractContextManager[CommitHook]:
    return call.plane.audit.recording(lambda _: _event(call, name, about))


async def _record(call: SessionCall, event: Event) -> None:
    """Add what did not come about, or count it: anybody can be refused as often as they like.

    The caller gets the reason, whether or not the log can take it.
    """
    try:
        about = (event.user_name.lower(), event.action, event.outcome, event.error_code)
        await call.plane.gatherer.add(place(call.ip), about, event)
    except Unavailable:
        pass  # which was logged when it began
    except Exception:
        log.exception("the audit log could not be written", action=event.action, code=event.error_code)


def _event(
    call: SessionCall,
    name: str,
    about: Any,
    error_code: str = "",
    *,
    who: tuple[int, str] | None = None,
    outcome: Outcome | None = None,
) -> Event:
    """``who``: number and name of somebody who is not signed in."""
    caller = call.caller
    uin, user_name = who or ((caller.uin, caller.name) if caller else (0, ""))
    return Event(
        time_ms=call.plane.audit.now(),
        uin=uin,
        user_name=user_name,
        edge="console",
        action=f"session:{name}",
        resource="*",
        outcome=outcome or ("failed" if error_code else "ok"),
        error_code=error_code,
        after=document(about),
        ip=call.ip,
        user_agent=call.user_agent[:200],
        request_id=call.request_id,
    )
