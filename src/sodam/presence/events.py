"""What happens to users' connections, for webhooks."""

from __future__ import annotations

from typing import Literal

import msgspec

from sodam.clock import now as wall_clock

Action = Literal["Login", "Logout", "Disconnect"]
Reason = Literal["Register", "Unregister", "LinkClose", "TimeOut"]


class StateChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A user signed in or out on a device, or its connection ended (webhooks.md 3)."""

    app: int
    user_id: str
    action: Action
    reason: Reason
    platform: str
    client_ip: str
    at: int = msgspec.field(default_factory=lambda: int(wall_clock() * 1000))
    """Unix milliseconds."""
    kicked: tuple[str, ...] = ()
    """The platforms of the devices that a login ended."""
