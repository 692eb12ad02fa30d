"""What becomes of signed-in connections, reported to the app's webhook (State.StateChange, webhooks.md 3).

A device that another login of its user ends is named by that login; nothing is said of the device itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from enum import Enum
from typing import Protocol

from sodam.bus import Topic
from sodam.errors import Unavailable
from sodam.gateway.tickets import Ticket
from sodam.presence.devices import IPHONE, opt_platform
from sodam.presence.events import Action, Reason, StateChanged
from sodam.services import Services
from sodam.wire.close_codes import CloseCode

_NAMES = {IPHONE: "IOS"}
"""Here alone it is in capitals (webhooks.md 1)."""


class Back(Enum):
    """Whether a device came back while its old socket was still there."""

    NO = 0
    ASKED = 1
    """Not here; other nodes are asked. Until they have answered nothing is said of the sign-in."""
    YES = 2
    """Then it never went: nothing is said of the sign-in."""


class Connected(Protocol):
    """A client's connection."""

    back: Back
    ended: tuple[str, ...]

    client_ip: str
    silent: bool
    registered: Topic | None
    ticket: Ticket | None

    def close(self, code: int, reason: str) -> None: ...
    def abort(self) -> None: ...


def report(services: Services, connection: Connected, action: Action, reason: Reason) -> None:
    """Nothing is said of a connection that nobody is signed in on."""
    ticket = connection.ticket
    if connection.registered is None or ticket is None:
        return
    app = services.apps.get(ticket.sdkappid)
    if app is None or not app.settings.webhooks.url or not services.webhooks.hears_states(ticket.sdkappid):
        return
    if action != "Login":
        unanswered(services, connection)
    elif connection.back is not Back.NO:
        return
    services.webhooks.state_changed(
        StateChanged(
            app=ticket.sdkappid,
            user_id=ticket.user_id,
            action=action,
            reason=reason,
            platform=_NAMES.get(ticket.platform) or opt_platform(ticket.platform),
            client_ip=connection.client_ip,
            kicked=connection.ended if action == "Login" else (),
        )
    )


def unanswered(services: Services, connection: Connected) -> None:
    """No node has answered that it held the old socket of a device that came back: it was gone, and signs in."""
    if connection.back is Back.ASKED:
        connection.back = Back.NO
        report(services, connection, "Login", "Register")


async def end_device(
    services: Services, ticket: Ticket | None, send: Callable[[bytes], None] | None = None, frame: bytes = b""
) -> None:
    """A device was signed out: it gets no pushes any more. When that holds, ``frame`` is sent."""
    if ticket is not None:
        with contextlib.suppress(Unavailable):  # the sign-out stands all the same
            await services.push.devices.end(ticket.sdkappid, ticket.user_id, ticket.instid)
    if send is not None:
        send(frame)


def end_silent(connection: Connected) -> None:
    """Nothing was heard of the client for too long."""
    connection.silent = True
    connection.close(*CloseCode.SILENT.frame)
    connection.abort()
