"""What clients signal to a robot: custom messages of the vendor's robot protocol (webhooks.md 7)."""

from __future__ import annotations

from typing import Any, Final

import msgspec

COMMAND: Final = "Chatbot.OnC2CSignalMessage"
TO_ROBOT: Final = "Bot.OnC2CMessage"
_MARK: Final = "chatbotPlugin"
_VERSIONS: Final = (1, 2)
"""Of the protocol: the older robots', and that of today's kits."""
_THROUGH: Final = 3
"""``src`` of what an app's client says to the robot in words of its own, in ``data``."""
_STOP: Final = 22
"""``src`` of what kits send where a user has an answer stopped; it names the answer's MsgKey and has no ``data``."""


class _Content(msgspec.Struct):
    Data: str = ""


class _Custom(msgspec.Struct, tag_field="MsgType", tag="TIMCustomElem"):
    MsgContent: _Content


_decode: Final = msgspec.json.Decoder(list[_Custom]).decode


def signal(body: bytes) -> str | None:
    """What a stored MsgBody signals: ``data`` of what goes through, the whole of a stop. None: it is no signal."""
    if _MARK.encode() not in body:
        return None
    try:
        elements = _decode(body)
        said: Any = msgspec.json.decode(elements[0].MsgContent.Data) if len(elements) == 1 else None
    except msgspec.DecodeError:
        return None
    if not isinstance(said, dict) or said.get(_MARK) not in _VERSIONS:
        return None
    if said.get("src") == _STOP:
        return elements[0].MsgContent.Data
    data = said.get("data")
    return data if said.get("src") == _THROUGH and isinstance(data, str) else None
