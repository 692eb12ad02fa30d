"""Running a client's command: from the request to its answer, with whatever counts and notes it."""

from __future__ import annotations

import re
import time
from typing import Any, Protocol

from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.gateway.budget import WRITE_LIMIT, Budget
from sodam.gateway.frames import Head
from sodam.gateway.limits import Bucket, ClientLimits
from sodam.gateway.recalls import Recalls
from sodam.gateway.session import Run, Session
from sodam.gateway.tickets import Ticket
from sodam.gateway.troubles import refused, report_command
from sodam.notices import Key
from sodam.observability.metrics import Metrics
from sodam.observability.requests import begin
from sodam.presence.devices import opt_platform
from sodam.services import Services
from sodam.wire import Call, Command, decode_request, success

_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000").search
"""Not every store takes it, and no client has a use for it but in a message, whose content is kept as bytes."""


class Client(Protocol):
    """A connection."""

    session: Session
    client_ip: str
    recalls: Recalls
    rate: Bucket
    budget: Budget

    def send(self, frame: bytes) -> None: ...


class Node(Protocol):
    """What holds the connections, as far as commands need it."""

    @property
    def services(self) -> Services: ...
    @property
    def metrics(self) -> Metrics: ...
    @property
    def limits(self) -> ClientLimits: ...

    def app(self, sdkappid: int) -> App:
        """Raises ApiError 60006, 60016 or 60020."""
        ...

    async def check_ticket(self, app: App, ticket: Ticket) -> None:
        """For a request that comes before the login of its socket. Raises ApiError."""
        ...

    def recalls_known(self, ticket: Ticket) -> list[Key]:
        """Recalls that the client acknowledged over other connections."""
        ...


async def run(node: Node, client: Client, action: Run) -> None:
    """Run the command and answer it."""
    command, session = action.command, client.session
    started, code, reason, _ = time.perf_counter(), 0, "", begin()
    call: Call | None = None
    request = None
    try:
        app = node.app(session.sdkappid)
        node.limits.check(client.rate, session.sdkappid, action.user_id, command.path)
        if action.ticket is not None:
            await node.check_ticket(app, action.ticket)
            client.recalls.remember(node.recalls_known(action.ticket))
            client.budget.limit = WRITE_LIMIT
        platform = opt_platform(session.platform)
        call = Call(node.services, app, action.user_id, admin=False, platform=platform, client_ip=client.client_ip)
        call.instid, call.connection = action.instid, client
        if not command.keeps_text and _NUL(action.body):
            raise ApiError(command.service.bad_request, "text with a NUL character")
        request = decode_request(command, action.body)
        body = success(command, call, await command.handler(call, request))
    except Exception as caught:
        error, body = refused(command, caught)
        code, reason = int(error.code), error.info
    note(node, client, command, code, time.perf_counter() - started, action.user_id, request, reason)
    client.send(session.answered(action.head, body))
    if call is not None and call.after is not None:
        call.after()


def fail(node: Node, client: Client, command: Command, head: Head, user_id: str, request: Any, seconds: float) -> None:
    """Answer a command, begun otherwise, that has failed for no fault of its caller."""
    error, body = refused(command, ApiError(Code(command.service.internal)))
    note(node, client, command, int(error.code), seconds, user_id, request, error.info)
    client.send(client.session.answered(head, body))


def note(
    node: Node, client: Client, command: Command, code: int, seconds: float, user_id: str, request: Any, reason: str
) -> None:
    """Count a command that has come to an end."""
    services, session = node.services, client.session
    node.metrics.client(command.path, code, seconds)
    services.statistics.command(session.sdkappid, command.path, session.platform, code)
    if code or services.troubleshooting.keeps(session.sdkappid, command.path):
        report_command(services, client, command.path, code, user_id, request, reason)
