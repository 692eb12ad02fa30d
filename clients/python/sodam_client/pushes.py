"""What the server sends unasked (client protocol, section 6)."""

from __future__ import annotations

from typing import Any

import msgspec

from sodam_client.models import Message

_FORCED_OFFLINE = "im_open_status.stat_forceoffline"


class Push(msgspec.Struct, frozen=True, kw_only=True):
    """A push as it came (`body`), and the parts that the client itself understands."""

    servcmd: str
    body: dict[str, Any]
    messages: tuple[Message, ...] = ()
    kick_type: int | None = None
    pull: bool = False
    """The server asks the client to look for what it missed; the client does."""
    session_data: str | None = None
    """Set when the server wants an acknowledgement; the client gives it."""


def read_push(servcmd: str, body: msgspec.Raw) -> Push | None:
    """Read a push; None when its body is not an object or its messages cannot be read."""
    try:
        fields = msgspec.json.decode(body or b"{}", type=dict[str, Any])
        events = msgspec.convert(fields.get("EventArray", []), list[dict[str, Any]])
        messages = [m for event in events for m in msgspec.convert(event.get("C2cMsgArray", []), list[Message])]
    except msgspec.MsgspecError:
        return None
    kick_type = _kick_type(fields, events) if servcmd != _FORCED_OFFLINE else _number(fields.get("KickType"))
    needs_ack = fields.get("NeedAck") == 1
    return Push(
        servcmd=servcmd,
        body=fields,
        messages=tuple(messages),
        kick_type=kick_type,
        pull=fields.get("Flag") == 1,
        session_data=str(fields.get("SessionData", "")) if needs_ack else None,
    )


def _kick_type(fields: dict[str, Any], events: list[dict[str, Any]]) -> int | None:
    for event in events:
        notices = event.get("C2cNotifyMsgArray")
        for notice in notices if isinstance(notices, list) else []:
            if isinstance(notice, dict) and isinstance(notice.get("KickoutMsgNotify"), dict):
                return _number(notice["KickoutMsgNotify"].get("KickType"))
    return None


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
