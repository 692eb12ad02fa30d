"""Rights that an action needs beside its own, because it does what another action does."""

from __future__ import annotations

from sodam.cloudapi.action import TABLE, Call
from sodam.cloudapi.run import allowed, refused


def require(call: Call, service: str, name: str) -> None:
    """Raises ControlError AuthFailure.UnauthorizedOperation unless policies allow another action too, on ``*``."""
    other = TABLE.find(service, name)
    assert other is not None
    if not allowed(call.plane, call.caller, call.authority, other, 0):
        raise refused(other.id, "*")
