"""Client ``im_long_msg``: bundles of forwarded messages that are too large for a message (docs/protocol.md 18)."""

from __future__ import annotations

import msgspec

from sodam.errors import ApiError, Code
from sodam.wire import Call, Service

service = Service(
    "im_long_msg",
    bad_json=Code.C2C_BAD_PACKET,
    bad_request=Code.C2C_BAD_PACKET,
    internal=Code.C2C_INTERNAL,
)


class SaveRelay(msgspec.Struct):
    MsgList: msgspec.Raw


class Saved(msgspec.Struct):
    JsonMsgKey: str
    PbMsgKey: str


@service.command("save_relay_json_msg", errors=(Code.MSG_TOO_LONG,), keeps_text=True)
async def save_relay_json_msg(call: Call, request: SaveRelay) -> Saved:
    """Keep a bundle of messages as it is, up to 512 KiB; the key goes into the message that forwards it."""
    content = bytes(request.MsgList)
    if content[:1] != b"[":
        raise ApiError(Code.C2C_BAD_PACKET, "MsgList is a list")
    key = await call.services.relays.save(call.app.sdkappid, content)
    return Saved(key, key)


class GetRelay(msgspec.Struct):
    JsonMsgKey: str


class Relay(msgspec.Struct):
    MsgList: msgspec.Raw


@service.command("get_relay_json_msg", errors=(Code.C2C_MESSAGE_NOT_FOUND,))
async def get_relay_json_msg(call: Call, request: GetRelay) -> Relay:
    """Read a bundle of messages by its key."""
    return Relay(msgspec.Raw(await call.services.relays.read(call.app.sdkappid, request.JsonMsgKey)))
