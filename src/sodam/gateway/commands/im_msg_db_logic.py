"""Client ``im_msg_db_logic``: when a user wants no notifications (docs/protocol.md section 14)."""

from __future__ import annotations

from sodam.conversations.quiet import DoNotDisturb
from sodam.errors import Code
from sodam.wire import Call, Empty, Service

service = Service(
    "im_msg_db_logic",
    bad_json=Code.C2C_BAD_PACKET,
    bad_request=Code.C2C_BAD_PACKET,
    internal=Code.C2C_INTERNAL,
)


@service.command("ws_set_do_not_disturb")
async def ws_set_do_not_disturb(call: Call, request: DoNotDisturb) -> None:
    """Set when the user wants no notifications; the user's other devices are told."""
    await call.services.quiet_times.put(call.app.sdkappid, call.caller, request, exclude=call.instid)


@service.command("ws_get_do_not_disturb")
async def ws_get_do_not_disturb(call: Call, request: Empty) -> DoNotDisturb:
    """Read it; Level 0 for a user who never set any."""
    return await call.services.quiet_times.get(call.app.sdkappid, call.caller)
