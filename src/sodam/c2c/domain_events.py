"""What happens to messages after they were sent, raised inside the transaction that does it, for webhooks and other
followers. Devices have notices of their own (events.py).
"""

from __future__ import annotations

import msgspec

from sodam.c2c.model import Message
from sodam.messages.model import Source


class MessageEvent(msgspec.Struct, frozen=True, kw_only=True):
    app: int
    conv: str
    source: Source


class MessageRecalled(MessageEvent, frozen=True, kw_only=True):
    sender: str
    recipient: str
    key: str


class MessageModified(MessageEvent, frozen=True, kw_only=True):
    operator: str
    message: Message
    """As it is now."""


class MessagesRead(MessageEvent, frozen=True, kw_only=True):
    """Everything that ``peer`` sent up to the unix second ``until`` was read."""

    reader: str
    peer: str
    until: int


class ReceiptsSent(MessageEvent, frozen=True, kw_only=True):
    """``reader`` says of these messages of ``peer`` that they were read."""

    reader: str
    peer: str
    tiny_id: int
    """Of ``peer``: its messages' client-side IDs begin with it."""
    messages: list[Message]
