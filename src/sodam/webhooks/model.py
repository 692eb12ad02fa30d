"""What waits to be sent to an app's webhook, and what became of it."""

from __future__ import annotations

import itertools
import os
import secrets
from typing import Any, Final, NamedTuple

import msgspec

from sodam.messages.model import msg_key

TOPIC: Final = "webhook"
SENT: Final = "C2C.CallbackAfterSendMsg"
_encode: Final = msgspec.json.Encoder().encode


class Event(msgspec.Struct, array_like=True, frozen=True):
    """A request as it waits in the outbox: made once, at the moment of the event."""

    id: str
    command: str
    platform: str
    client_ip: str
    body: msgspec.Raw
    """A JSON object that begins with CallbackCommand."""


class StoredMessage(msgspec.Struct, array_like=True, frozen=True):
    """C2C.CallbackAfterSendMsg, Bot.OnC2CMessage or Chatbot.OnC2CSignalMessage, without what only the commit knows:
    MsgTime and MsgSeq stand before it in the entry."""

    id: str
    platform: str
    client_ip: str
    sender: str
    recipient: str
    random: int
    online_only: int
    result: int
    """0, or the code of why the message is not delivered."""
    at: int
    """Unix milliseconds."""
    body: bytes
    """MsgBody, or Data."""
    cloud: bytes
    command: str = SENT
    tiny_id: int = 0
    """Of the sender, where the command's body has a MsgId."""

    def key(self, msg_time: int, msg_seq: int) -> str:
        """The message's MsgKey."""
        return msg_key(msg_seq, self.random, msg_time)


class Delivery(msgspec.Struct, frozen=True):
    """One request of an event, for the log."""

    app: int
    at: int
    """Unix milliseconds."""
    event: str
    command: str
    attempt: int
    outcome: str
    """``delivered``, ``answered``, or why it failed: ``status``, ``timeout``, ``dns``, ``connect``, ``tls``, others."""
    status: int
    millis: int
    platform: str
    client_ip: str
    url: str
    request: bytes
    answer: bytes


class Certificate(msgspec.Struct, frozen=True):
    """What the server shows to an app's webhook."""

    app: int
    number: int
    pem: str
    used_from: int
    """Unix seconds, as the other."""
    expires_at: int


class Wanted(NamedTuple):
    """Which requests of the log; what is empty or 0 asks for nothing."""

    command: str = ""
    failed: bool = False
    outcome: str = ""
    event: str = ""
    url: str = ""
    """What it begins with."""
    since: int = 0
    """Unix milliseconds, as ``until``."""
    until: int = 0


class _Unique:
    """Numbers that no other process has, not even one that began as a copy of this one."""

    def __init__(self, begin: str = "") -> None:
        """``begin``: what they begin with."""
        self._begin = begin
        self._renew()
        os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        self._prefix = self._begin + secrets.token_hex(8)
        self._next = itertools.count().__next__

    def __call__(self) -> str:
        """24 hexadecimal digits: random ones of the process, and its counter. They are unique and no secret."""
        return f"{self._prefix}{self._next():08x}"


unique: Final = _Unique()
new_id: Final = _Unique("evt_")
"""Of an event."""


def event(command: str, platform: str, client_ip: str, body: dict[str, Any]) -> Event:
    """``body`` without its CallbackCommand; one of several events has it in each of them."""
    whole = body if "Events" in body else {"CallbackCommand": command, **body}
    return Event(new_id(), command, platform, client_ip, msgspec.Raw(_encode(whole)))


encode = _encode
decode_event: Final = msgspec.json.Decoder(Event).decode
encode_stored: Final = msgspec.msgpack.Encoder().encode
"""Of the fields of a StoredMessage."""
_decode_stored: Final = msgspec.msgpack.Decoder(StoredMessage).decode
_decode_parts: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_RAW: Final = [StoredMessage.__struct_fields__.index(name) for name in ("body", "cloud")]


def decode_stored(data: bytes) -> StoredMessage:
    if data[:1] != b"[":
        return _decode_stored(data)
    parts = _decode_parts(data)  # written in JSON, by a version before
    values: list[Any] = [bytes(part) if at in _RAW else msgspec.json.decode(part) for at, part in enumerate(parts)]
    return StoredMessage(*values)
