"""``openim/sendmsg`` without ASGI, task or coroutine: from its bytes to the log, and from the commit to its answer.

As clients' messages go (``gateway/fast_path.py``): ``take`` asks what ``RestApp`` and the command's handler ask, by the
same functions, and says no before anything is done where one of them would refuse, wait or do more than store and
deliver; then they do it. Answers of a batch are counted together.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from sodam.accounts.auth import Authenticator
from sodam.apps.model import App
from sodam.c2c.sending import Sending
from sodam.errors import ApiError, Code
from sodam.listener.direct import Asked, Headers
from sodam.messages.model import HIDE_RECEIVER
from sodam.observability import requests
from sodam.observability.metrics import Metrics
from sodam.observability.requests import Request
from sodam.rest.limits import RateLimits
from sodam.rest.openim import service
from sodam.rest.openim_messages import SendMsg, checked, drafted
from sodam.services import Services
from sodam.wire import decode_request, failure

_COMMAND: Final = service.commands["sendmsg"]
_PLATFORM: Final = "RESTAPI"
_ANSWER: Final = (
    b'{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0,"MsgTime":%d,"MsgKey":"%d_%d_%d","MsgId":"%d-%d-%d"}'
)
"""What ``success`` makes of a ``SendMsgAnswer``."""
ClientOf = Callable[[str, Sequence[str]], str]
"""``(peer, X-Forwarded-For headers)`` to the client's address."""


class _Caller(msgspec.Struct, gc=False, eq=False):
    """Who waits for an answer."""

    answer: Callable[[bytes, bytes], None]
    id: str
    request: SendMsg
    user: str
    address: str


class FastPath:
    """The asker of all messages that take it (``c2c.sending.Asker``)."""

    target = b"/v4/openim/sendmsg?"

    def __init__(
        self,
        services: Services,
        auth: Authenticator,
        limits: RateLimits,
        metrics: Metrics,
        named: Callable[[bytes], tuple[App | None, dict[str, str]]],
        headers: Headers,
    ) -> None:
        """``named`` reads a query: the app and the parameters. ``headers``: of every answer."""
        self._services = services
        self._auth = auth
        self._limits = limits
        self._metrics = metrics
        self._named = named
        self._fast = services.c2c.fast
        lines = [*headers, (b"content-length", b"%d"), (b"x-request-id", b"%b")]
        self._headers = b"".join([name + b": " + value + b"\r\n" for name, value in lines])
        self.client_of: ClientOf = lambda peer, forwarded: peer
        self.gathering: Callable[[bool], None] = lambda gathering: None

    def take(self, asked: Asked) -> bool:
        """As ``listener.direct.Direct`` has it: the answer comes when the message is on disk."""
        if requests.traced():
            return False
        started, fast = time.perf_counter(), self._fast
        try:
            app, parameters = self._named(asked.query)
            user = parameters.get("identifier", "")
            if app is None or app.status != "enabled" or not app.is_admin(user):
                return False
            if not self._auth.known(app, user, parameters.get("usersig", "")):
                return False
            request = decode_request(_COMMAND, asked.body)
            sender = request.From_Account or user
            pair = fast.pair(app, sender, request.To_Account, checked=False)
            if pair is None:
                return False
            address = self.client_of(asked.peer, _forwarded(asked.headers))
            content = checked(request)
            message, sync = drafted(app, sender, request, content, _PLATFORM, address, pair.conv)
        except (ApiError, RecursionError):
            return False
        sending = Sending(message, 0, sync)
        if content.online_only or message.flags & HIDE_RECEIVER or not fast.admits(app, sending, checked=False):
            return False
        try:
            self._limits.check(app.sdkappid, _COMMAND)
        except ApiError:  # which took nothing from what is left
            fast.forget(sending)
            return False
        message.tiny_id, message.nick, message.image = pair.tiny_id, pair.nick, pair.image
        sending.asker, sending.pair, sending.started = self, pair, started
        sending.topics = pair.topics if sync else pair.topics[:1]
        sending.connection = _Caller(asked.answer, Request().id, request, user, address)
        fast.append(sending)
        return True

    def stored(self, sendings: Sequence[Sending]) -> None:
        now, headers = time.perf_counter(), self._headers
        apps: dict[int, int] = {}
        for sending in sendings:
            m, caller = sending.message, sending.connection
            at, random = m.msg_time, m.msg_random
            body = _ANSWER % (at, m.msg_seq, random, at, m.tiny_id, at, random)
            caller.answer(headers % (len(body), caller.id.encode()), body)
            apps[m.app] = apps.get(m.app, 0) + 1
        self._metrics.rests(_COMMAND.path, [now - sending.started for sending in sendings])
        rooms: dict[int, int] = {}
        for app, count in apps.items():
            self._services.statistics.rest(app, _COMMAND.path, 0, count)
            rooms[app] = self._services.troubleshooting.room(app, _COMMAND.path, count)
        if any(rooms.values()):
            for sending in sendings:
                if rooms[sending.message.app]:
                    rooms[sending.message.app] -= 1
                    self._note(sending, now - sending.started)

    def failed(self, sendings: Sequence[Sending]) -> None:
        error = ApiError(Code.C2C_INTERNAL)
        for sending in sendings:
            caller, spent = sending.connection, time.perf_counter() - sending.started
            self._metrics.rest(_COMMAND.path, int(error.code), spent)
            self._services.statistics.rest(sending.message.app, _COMMAND.path, int(error.code))
            self._note(sending, spent, error)
            body = failure(error, display=_COMMAND.service.display)
            caller.answer(self._headers % (len(body), caller.id.encode()), body)

    def _note(self, sending: Sending, spent: float, error: ApiError | None = None) -> None:
        caller: Any = sending.connection
        self._services.troubleshooting.command(
            sending.message.app,
            _COMMAND.path,
            int(error.code) if error is not None else 0,
            caller.user,
            caller.request,
            reason=error.info if error is not None else "",
            platform=_PLATFORM,
            address=caller.address,
            millis=spent * 1000,
        )


def _forwarded(headers: Headers) -> list[str]:
    return [value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for"]
