"""Messages that are not yet sent, of what an edge has checked."""

from __future__ import annotations

from typing import Final

from sodam.apps.model import App
from sodam.c2c.model import Message, conversation
from sodam.c2c.pairs import Pair
from sodam.messages.model import EMPTY_TEXT, NUMBERED, Source
from sodam.messages.offline_push import Wish
from sodam.messages.outgoing import Content

_MAX_CLIENT_TIME: Final = 1 << 40


def of_content(
    app: App,
    sender: str,
    recipient: str,
    content: Content,
    *,
    client_time: int = 0,
    source: Source | None = None,
    conv: str = "",
) -> Message:
    """``client_time`` is the sender's clock in seconds; 0: that of the server. ``source`` None: without webhooks.
    ``conv`` may be given where the conversation is known."""
    conv, seq, flags = conv or conversation(sender, recipient), content.seq, content.flags
    message = Message(
        app.sdkappid, conv, sender, recipient, seq, content.random,
        client_time if 0 < client_time < _MAX_CLIENT_TIME else 0, content.body,
        content.cloud or EMPTY_TEXT, flags if seq else flags | NUMBERED,
    )  # fmt: skip
    message.source = source
    message.wish = content.wish
    return message


def of_text(pair: Pair, seq: int, random: int, client_time: int, body: bytes, text: str, source: Source) -> Message:
    """As ``of_content`` of a text that nothing else is asked of, named as its sender is. ``body``: its one element."""
    return Message(
        pair.app.sdkappid, pair.conv, pair.sender, pair.recipient, seq, random,
        client_time if 0 < client_time < _MAX_CLIENT_TIME else 0, body, EMPTY_TEXT, 0 if seq else NUMBERED,
        0, 0, 0, 0, 0, "", pair.tiny_id, pair.nick, pair.image, source, Wish(None, text) if text else None,
    )  # fmt: skip


def draft(
    app: App,
    sender: str,
    recipient: str,
    *,
    seq: int,
    random: int,
    body: bytes,
    cloud: bytes = EMPTY_TEXT,
    client_time: int = 0,
    flags: int = 0,
) -> Message:
    """``seq`` 0 has the server number the message."""
    return Message(
        app=app.sdkappid,
        conv=conversation(sender, recipient),
        sender=sender,
        recipient=recipient,
        msg_seq=seq,
        msg_random=random,
        client_time=client_time if 0 < client_time < _MAX_CLIENT_TIME else 0,
        body=body,
        cloud=cloud if cloud and cloud != b"null" else EMPTY_TEXT,
        flags=flags if seq else flags | NUMBERED,
    )
