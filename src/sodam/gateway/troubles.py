"""What came of a client's commands: the refusal that a failure is, and what the troubleshooting log records of it."""

from __future__ import annotations

from typing import Protocol

import structlog

from sodam.errors import ApiError, Unavailable
from sodam.gateway.session import Session
from sodam.presence.devices import opt_platform
from sodam.services import Services
from sodam.troubleshooting.events import LOGIN
from sodam.wire import Command, failure

log = structlog.get_logger(__name__)


class Connected(Protocol):
    """A client's connection."""

    session: Session
    client_ip: str


def refused(command: Command, caught: Exception) -> tuple[ApiError, bytes]:
    """What a failure is to the client, and the answer that says it."""
    if isinstance(caught, ApiError):
        return caught, failure(caught, display=command.service.display)
    if isinstance(caught, RecursionError):  # of a part of the body that is read later
        error = ApiError(command.service.bad_json, "the body is nested too deeply")
    else:
        if not isinstance(caught, Unavailable):  # which is logged once for all calls
            log.exception("a client command failed", command=command.path)
        error = ApiError(command.service.internal)
    return error, failure(error)


def report_command(
    services: Services,
    connection: Connected,
    command: str,
    code: int,
    user_id: str,
    request: object = None,
    reason: str = "",
    platform: int = 0,
    ago: float = 0.0,
) -> None:
    """A command of no known app is nobody's. ``ago``: seconds since it was answered."""
    app = connection.session.sdkappid
    if services.apps.get(app) is not None:
        services.troubleshooting.command(
            app,
            command,
            code,
            user_id,
            request,
            reason=reason,
            platform=opt_platform(platform or connection.session.platform),
            address=connection.client_ip,
            ago=ago,
        )


def report_login(
    services: Services, connection: Connected, user_id: str, platform: int, code: int = 0, reason: str = ""
) -> None:
    report_command(services, connection, LOGIN, code, user_id, reason=reason, platform=platform)
