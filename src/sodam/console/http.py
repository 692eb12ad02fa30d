"""The console over HTTP: ``POST /console/api/{service}/{Action}``, files of jobs, the OpenAPI document, the web app.

A session is a cookie that scripts cannot read and other sites cannot send; every call but the first ones must also
carry the CSRF token, and its body must be declared as JSON, which no plain form can do.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, Final, cast

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from sodam.access.model import Caller
from sodam.access.sessions import csrf_token
from sodam.cloudapi import failures
from sodam.cloudapi.plane import ControlPlane
from sodam.cloudapi.run import run as run_action
from sodam.cloudapi.table import TABLE
from sodam.console import openapi, static, tails
from sodam.console.answers import failure, status_of, success
from sodam.console.live import Streams
from sodam.console.session_actions import SessionCall, must_change_password
from sodam.console.session_actions import run as run_session
from sodam.console.session_table import SESSION_ACTIONS
from sodam.console.tails import Tails
from sodam.control import ControlError
from sodam.history_files.service import KIND as HISTORY_FILE
from sodam.http import AsgiApp, declared_length

_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
COOKIE: Final = "sodam_session"
PATH: Final = "/console"
_NO_TOKEN_NEEDED: Final = ("Login", "Whoami")
_FROM_ANYWHERE: Final = ("Login", "Logout")
"""``Login`` asks the rules for addresses itself, about the user who signs in; leaving is always allowed."""
MAX_SESSION_BODY: Final = 64 * 1024
"""Bytes; anybody may send these."""
UNATTENDED: Final = "x-console-unattended"
"""A page sets it when nobody has touched it for a while: what it fetches by itself keeps no session alive."""


class Console:
    def __init__(self, plane: ControlPlane, ending: Callable[[], bool]) -> None:
        """``ending`` says whether the server ends."""
        self._plane = plane
        self._streams = Streams(ending)
        self._tails = Tails(plane, ending)

    def app(self) -> AsgiApp:
        """The ASGI application mounted at ``/console``."""
        routes = [
            Route(f"{PATH}/api/openapi.json", self._openapi, methods=["GET"]),
            Route(PATH + "/api/{service}/{action}", self._api, methods=["POST"]),
            Route(PATH + "/api/{path:path}", self._no_api, methods=_METHODS),
            Route(PATH + "/live/statistics", self._live, methods=["GET"]),
            Route(PATH + "/live/troubleshooting", self._tail, methods=["GET"]),
            Route(PATH + "/files/{job_id}", self._file, methods=["GET"]),
            Route(PATH, self._home, methods=["GET"]),
            Route(PATH + "/{path:path}", self._static, methods=["GET"]),
        ]
        return cast(AsgiApp, Starlette(routes=routes))

    async def _home(self, request: Request) -> Response:
        return _guarded(RedirectResponse(PATH + "/"))

    async def _static(self, request: Request) -> Response:
        return _guarded(static.serve(request, request.path_params["path"]))

    async def _openapi(self, request: Request) -> Response:
        return _guarded(Response(openapi.encoded(), media_type="application/json"))

    async def _api(self, request: Request) -> Response:
        call = self._begin(request)
        try:
            result = await self._run(request, call)
            response = success(result, call.request_id)
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as caught:
            error = failures.of(caught, call.request_id, path=request.url.path[:200])
            response = failure(error, call.request_id)
            if error.code == "AuthFailure.NotSignedIn" and COOKIE in request.cookies:
                call.set_token = ""
        if call.set_token is not None:
            _set_cookie(request, response, call.set_token)
        return _guarded(response)

    async def _no_api(self, request: Request) -> Response:
        error = ControlError("InvalidAction", f"call POST {PATH}/api/{{service}}/{{Action}}")
        return _guarded(failure(error, self._begin(request).request_id))

    def _begin(self, request: Request) -> SessionCall:
        return SessionCall(
            self._plane,
            ip=request.client.host if request.client else "",
            user_agent=request.headers.get("user-agent", "")[:200],
            request_id=str(uuid.uuid4()),
        )

    async def _run(self, request: Request, call: SessionCall) -> Any:
        service, name = request.path_params["service"], request.path_params["action"]
        if request.headers.get("content-type", "").split(";", 1)[0].strip().lower() != "application/json":
            raise ControlError("UnsupportedMediaType", "the body must be application/json")
        if service == "session":
            action = SESSION_ACTIONS.get(name)
            if action is None:
                raise _unknown(service, name)
            await self._sign_in(request, call, needed=name != "Login", token=name not in _NO_TOKEN_NEEDED)
            if call.caller is not None and name not in _FROM_ANYWHERE:
                await self._plane.security.guard(call.user, call.ip)
            return await run_session(call, action, await _body(request, MAX_SESSION_BODY))
        await self._sign_in(request, call, needed=True, token=True)
        found = TABLE.find(service, name)
        if found is None:
            raise _unknown(service, name)
        assert call.caller is not None
        await self._may_act(call)
        body = await _body(request, found.max_body)
        return await run_action(self._plane, found, call.caller, body, call.request_id)

    async def _sign_in(
        self, request: Request, call: SessionCall, *, needed: bool, token: bool, seen: bool = True
    ) -> None:
        """Fill in who calls. Raises ControlError when nobody is signed in though somebody must be."""
        cookie = request.cookies.get(COOKIE, "")
        session = await self._plane.sessions.find(cookie, seen=seen and UNATTENDED not in request.headers)
        if session is None:
            if needed:
                raise ControlError("AuthFailure.NotSignedIn", "you are not signed in, or the session has ended")
            return
        if token and not hmac.compare_digest(
            request.headers.get("x-csrf-token", "").encode(), csrf_token(cookie).encode()
        ):
            raise ControlError("AuthFailure.CsrfFailure", "the header X-CSRF-Token is missing or wrong")
        user = await self._plane.users.signed_in(session.uin)
        call.session, call.token = session, cookie
        call.caller = Caller(
            user=user,
            owner_uin=self._plane.owner_uin,
            ip=call.ip,
            user_agent=call.user_agent,
            mfa=session.mfa,
            session=session.id,
        )

    async def _may_act(self, call: SessionCall) -> None:
        """Raises ControlError for a forbidden address, and while the password must be changed before anything else."""
        await self._plane.security.guard(call.user, call.ip)
        if await must_change_password(self._plane, call.user):
            raise ControlError("AuthFailure.PasswordExpired", "the password must be changed first")

    async def _file(self, request: Request) -> Response:
        """A job's file. A navigation cannot carry the CSRF token: SameSite keeps other sites from fetching it."""
        call = self._begin(request)
        try:
            await self._sign_in(request, call, needed=True, token=False)
            await self._may_act(call)
            action = TABLE.find("im", "DescribeJobFile")
            assert action is not None
            assert call.caller is not None
            job_id = request.path_params["job_id"]
            body = b'{"JobId":"' + job_id.encode("ascii", "replace").replace(b'"', b"").replace(b"\\", b"") + b'"}'
            view = await run_action(self._plane, action, call.caller, body, call.request_id)
            if not view.File:
                raise ControlError("ResourceNotFound", "the job has no file", detail="JobHasNoFile")
            job = await self._plane.jobs.get(job_id)
        except Exception as caught:
            error = failures.of(caught, call.request_id, path=request.url.path[:200])
            return _guarded(Response(f"{error.message}\n", status_of(error), media_type="text/plain"))
        form = "json" if '"Format":"json"' in job.params else "gz" if job.kind == HISTORY_FILE else "csv"
        kind = {"json": "application/json", "gz": "application/gzip", "csv": "text/csv"}[form]
        made = datetime.fromtimestamp(job.created_at / 1000, UTC).strftime("%Y-%m-%d")
        name = "-".join([job.kind, *([str(job.about_app)] if job.about_app else []), made, job.id[:6]])
        headers = {"content-disposition": f'attachment; filename="{name}.{form}"'}
        return _guarded(StreamingResponse(self._parts(job_id), media_type=kind, headers=headers))

    async def _tail(self, request: Request) -> Response:
        """The troubleshooting log as it grows. As of a file, SameSite keeps other sites from it."""
        call = self._begin(request)
        try:
            await self._sign_in(request, call, needed=True, token=False)
            await self._may_act(call)
            self._tails.room()
            action = TABLE.find("im", "DescribeTroubleshootingLog")
            assert action is not None
            assert call.caller is not None
            given = request.query_params
            asked: dict[str, Any] = {name: given[name][:64] for name in tails.FILTERS if given.get(name)}
            app = given.get("SDKAppID", "")[:10]
            asked["SDKAppID"] = int(app) if app.isascii() and app.isdigit() else 0
            stream = self._tails.follow(action, call.caller, asked, call.request_id, lambda: self._lives(request))
        except Exception as caught:
            error = failures.of(caught, call.request_id, path=request.url.path[:200])
            return _guarded(failure(error, call.request_id))
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return _guarded(StreamingResponse(stream, media_type="text/event-stream", headers=headers))

    async def _lives(self, request: Request) -> bool:
        """Whether the session that began a stream has not ended; following keeps none alive."""
        return await self._plane.sessions.find(request.cookies.get(COOKIE, ""), seen=False) is not None

    async def _live(self, request: Request) -> Response:
        """Events of a page, see ``live``. As for files, SameSite stands for the CSRF token."""
        call = self._begin(request)
        app, since = (text if text.isascii() and text.isdigit() else "0" for text in _live_asked(request))

        async def read(minute: int) -> Any:
            await self._sign_in(request, call, needed=True, token=False, seen=False)
            await self._may_act(call)
            action = TABLE.find("im", "DescribeRealtimeStatistics")
            assert action is not None
            assert call.caller is not None
            body = b'{"SDKAppID":%d,"Since":%d}' % (int(app), minute)
            return await run_action(self._plane, action, call.caller, body, call.request_id)

        try:
            first = await read(int(since))
            self._streams.check(call.user.uin)
        except Exception as caught:
            error = failures.of(caught, call.request_id, path=request.url.path[:200])
            return _guarded(Response(f"{error.message}\n", status_of(error), media_type="text/plain"))
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        published = self._streams.publish(call.user.uin, first, read)
        return _guarded(StreamingResponse(published, media_type="text/event-stream", headers=headers))

    async def _parts(self, job_id: str) -> AsyncIterator[bytes]:
        async for part in self._plane.jobs.parts(job_id):
            yield part


def _live_asked(request: Request) -> tuple[str, str]:
    """The app, and the minute from which on; a browser that comes back says the ID of the last event."""
    return request.query_params.get("SDKAppID", "")[:10], request.headers.get("last-event-id", "")[:12]


def _unknown(service: str, name: str) -> ControlError:
    return ControlError("InvalidAction", f"there is no action {service}/{name}")


async def _body(request: Request, most: int) -> bytes:
    """The whole body. Raises ControlError when it is larger than the action takes."""
    parts: list[bytes] = []
    size = declared_length(request.scope["headers"])
    if size > most:
        raise ControlError("RequestSizeLimitExceeded", f"the body is larger than {most} bytes")
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise ControlError("RequestSizeLimitExceeded", f"the body is larger than {most} bytes")
        parts.append(part)
    return b"".join(parts)


def _set_cookie(request: Request, response: Response, token: str) -> None:
    secure = request.url.scheme == "https"
    if token:
        response.set_cookie(COOKIE, token, path=PATH, secure=secure, httponly=True, samesite="strict")
    else:
        response.delete_cookie(COOKIE, path=PATH, secure=secure, httponly=True, samesite="strict")


def _guarded(response: Response) -> Response:
    for name, value in static.SECURITY_HEADERS.items():
        response.headers[name] = value
    return response
