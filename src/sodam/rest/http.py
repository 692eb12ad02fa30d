"""The HTTP edge of REST v4: a raw ASGI application, because a framework would cost more than the work itself.

Checks run in the order of rest-accounts-relations.md 1.5. Every answer is HTTP 200 with its ErrorCode; some public
SDKs retry on any 4xx or 5xx. What real clients send is accepted (real-clients.md): any Content-Type, GET with or
without a body, percent-encoded or bare parameters in any order, no ``random``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import structlog

from sodam.accounts.auth import Authenticator
from sodam.apps.model import App
from sodam.errors import ApiError, Code, Unavailable
from sodam.http import BodyTooLarge, declared_length, read_body
from sodam.observability import requests
from sodam.observability.metrics import Metrics
from sodam.rest.fast_path import FastPath
from sodam.rest.limits import RateLimits
from sodam.services import Services
from sodam.wire import Call, Command, Service, decode_request, failure, success

log = structlog.get_logger(__name__)
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MAX_BODY = 1024 * 1024
_HOST = re.compile(r"[\w.\-]{1,255}(?::\d{1,5})?|\[[0-9A-Fa-f:.]{2,60}\](?::\d{1,5})?", re.ASCII)
_HEADERS = [
    (b"content-type", b"application/json; charset=utf-8"),
    (b"access-control-allow-origin", b"*"),
    (b"access-control-allow-headers", b"X-Requested-With"),
    (b"access-control-allow-methods", b"POST"),
]


def _parameters(query: bytes) -> dict[str, str]:
    """``name=value`` pairs. ``+`` stands for itself: UserIDs and signatures may hold it."""
    out: dict[str, str] = {}
    for part in query.decode("latin-1").split("&"):
        name, found, value = part.partition("=")
        if found:
            out[name] = unquote(value) if "%" in value else value
    return out


def _address(scope: Scope) -> str:
    """Under which a client reached the server; empty when its Host header is none."""
    for name, value in scope.get("headers", ()):
        if name == b"host":
            return _address_of(scope.get("scheme", "http"), value)
    return ""


@lru_cache(maxsize=256)  # callers use one or two of them, always anew
def _address_of(scheme: str, host: bytes) -> str:
    text = host.decode("latin-1")
    return f"{scheme}://{text}" if _HOST.fullmatch(text) else ""


class _Seen:
    """What is known of a call so far, for the troubleshooting log: it may be refused at any step."""

    __slots__ = ("app", "caller", "command", "path", "reason", "request")

    def __init__(self) -> None:
        self.app = 0
        self.command: Command | None = None
        self.path = self.caller = self.reason = ""
        self.request: Any = None


class RestApp:
    """Answers ``/v4/{service}/{command}``."""

    def __init__(
        self,
        services: Services,
        table: Mapping[str, Service],
        auth: Authenticator,
        limits: RateLimits,
        metrics: Metrics,
    ) -> None:
        self._services = services
        self._table = table
        self._auth = auth
        self._limits = limits
        self._metrics = metrics
        self.fast = FastPath(services, auth, limits, metrics, self._query, _HEADERS)
        """For messages whose rules are all decided at hand; the listener gives it what may be such."""

    def _query(self, query: bytes) -> tuple[App | None, dict[str, str]]:
        """The app that a query names, and its parameters."""
        parameters = _parameters(query)
        return self._named(parameters), parameters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start = time.perf_counter()
        request = requests.begin(scope.get("headers", ()))
        seen = _Seen()
        code = 0
        try:
            seen.command, call = await self._admit(scope, seen)
            command = seen.command
            asked = time.perf_counter()
            body = await read_body(receive, MAX_BODY)
            start += time.perf_counter() - asked
            if body is None:
                return
            if not body and scope["method"] == "GET":
                body = b"{}"
            seen.request = decode_request(command, body)
            answer = success(command, call, await command.handler(call, seen.request))
            code, seen.reason = call.code, call.info
        except Exception as caught:
            error = self._refusal(caught, seen, scope["path"])
            code, seen.reason = int(error.code), error.info
            admitted = seen.command is not None and not isinstance(caught, BodyTooLarge | RecursionError)
            answer = failure(error, display=admitted and seen.command.service.display)  # type: ignore[union-attr]
        spent, named = time.perf_counter() - start, seen.command.path if seen.command else ""
        self._metrics.rest(named or "unknown", code, spent)
        if not seen.app and (app := self._named(_parameters(scope["query_string"]))):
            seen.app = app.sdkappid
        if seen.app:
            self._services.statistics.rest(seen.app, named, code)
        self._note(scope, seen, code, spent)
        own = [(b"content-length", b"%d" % len(answer)), (b"x-request-id", request.id.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS + own})
        await send({"type": "http.response.body", "body": answer})

    def _refusal(self, caught: Exception, seen: _Seen, path: str) -> ApiError:
        """What a failure is to the caller."""
        if isinstance(caught, ApiError):
            return caught
        if isinstance(caught, BodyTooLarge):
            return _too_large()
        service = seen.command.service if seen.command is not None else None
        if isinstance(caught, RecursionError):  # of a part of the body that is read later
            return ApiError(service.bad_json if service else Code.REQUEST_MALFORMED, "the body is nested too deeply")
        if not isinstance(caught, Unavailable):  # which is logged once for all calls
            log.exception("a REST command failed", path=path)
        return ApiError(service.internal if service else Code.SERVER_TIMEOUT)

    def _note(self, scope: Scope, seen: _Seen, code: int, spent: float) -> None:
        """Tell the troubleshooting log. A call of no known app is nobody's."""
        if seen.app and (code or self._services.troubleshooting.keeps(seen.app, seen.path)):
            client = scope.get("client")
            self._services.troubleshooting.command(
                seen.app,
                seen.path,
                code,
                seen.caller,
                seen.request,
                reason=seen.reason,
                platform="RESTAPI",
                address=client[0] if client else "",
                millis=spent * 1000,
            )

    async def _admit(self, scope: Scope, seen: _Seen) -> tuple[Command, Call]:
        """Everything that can be said before the body is read: a stranger's is never kept."""
        parts = scope["path"].split("/")
        if len(parts) != 4 or scope["method"] not in ("POST", "GET"):
            raise ApiError(Code.REQUEST_MALFORMED)
        if declared_length(scope.get("headers", ())) > MAX_BODY:
            raise _too_large()
        parameters = _parameters(scope["query_string"])
        seen.path, seen.caller = f"{parts[2]}/{parts[3]}", parameters.get("identifier", "")
        app = self._app(parameters, seen)
        command = self._command(parts[2], parts[3])
        identifier = seen.caller
        await self._authenticate(app, identifier, parameters.get("usersig", ""))
        admin = app.is_admin(identifier)
        if not admin and not command.own:
            raise ApiError(Code.NOT_ADMIN)
        self._limits.check(app.sdkappid, command)
        client = scope.get("client")
        call = Call(self._services, app, identifier, admin=admin, client_ip=client[0] if client else "")
        call.address = _address(scope)
        call.parameters = parameters
        return command, call

    def _app(self, parameters: Mapping[str, str], seen: _Seen) -> App:
        text = parameters.get("sdkappid", "")
        if not text:
            raise ApiError(Code.SDKAPPID_MISSING)
        app = self._named(parameters)
        if app is None:
            raise ApiError(Code.SDKAPPID_INVALID)
        seen.app = app.sdkappid
        check_enabled(app)
        return app

    def _named(self, parameters: Mapping[str, str]) -> App | None:
        """Whose call it is, whether it may be made or not."""
        text = parameters.get("sdkappid", "")
        return self._services.apps.get(int(text)) if text.isascii() and text.isdigit() and len(text) <= 10 else None

    def _command(self, service_name: str, name: str) -> Command:
        service = self._table.get(service_name)
        command = service.commands.get(name) if service else None
        if command is None:
            group = service_name == "group_open_http_svc"
            raise ApiError(Code.GROUP_NO_SUCH_COMMAND if group else Code.NO_SUCH_COMMAND)
        return command

    async def _authenticate(self, app: App, identifier: str, usersig: str) -> None:
        if not identifier:
            raise ApiError(Code.CREDENTIALS_MALFORMED, "the identifier parameter is missing")
        await self._auth.check(app, identifier, usersig)


def _too_large() -> ApiError:
    return ApiError(Code.REQUEST_MALFORMED, f"the body is larger than {MAX_BODY} bytes")


def check_enabled(app: App) -> None:
    """Raises ApiError 60016 for a disabled app, 60020 for an expired one."""
    if app.status == "disabled":
        raise ApiError(Code.APP_DISABLED)
    if app.status == "expired":
        raise ApiError(Code.PLAN_EXPIRED)
