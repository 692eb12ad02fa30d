"""Pages of a history: what fits, and where one ends."""

from __future__ import annotations

from sodam.messages.model import Message
from sodam.messages.reads import Place, Rank

FRAME_BYTES = 300
"""What a message takes on the wire beside its body, custom data and UserIDs; about."""


def key(message: Message) -> Place:
    return (message.msg_time, message.msg_seq, message.msg_random)


def rank(message: Message) -> Rank:
    return (message.msg_time, message.ord)


def cut(found: list[Message], limit: int, max_bytes: int | None = None) -> list[Message]:
    """The page at the beginning of ``found``: at most ``limit`` messages and about ``max_bytes``, one at least."""
    size = 0
    for end, message in enumerate(found[:limit]):
        size += len(message.body) + len(message.cloud) + FRAME_BYTES
        if end and max_bytes is not None and size > max_bytes:
            return found[:end]
    return found[:limit]
