"""Pages of a history: what fits, and whether more follows.

A page's continuation names its oldest message by time, MsgSeq and MsgRandom. Senders choose the two numbers, so that
several messages may share all three; a page never ends between such messages, or the rest of them would be lost.
"""

from __future__ import annotations

from sodam.messages.model import Message
from sodam.messages.reads import Place

FRAME_BYTES = 300
"""What a message takes on the wire beside its body, custom data and UserIDs; about."""


def place(message: Message) -> Place:
    return (message.msg_time, message.msg_seq, message.msg_random)


def cut(found: list[Message], limit: int, max_bytes: int | None = None) -> list[Message]:
    """The page at the beginning of ``found``, which holds more than ``limit`` messages where there are so many.

    A page has about ``max_bytes`` at most. It has one message at least, and more than ``limit`` only where messages
    that share a place fill a page by themselves.
    """
    size = 0
    end = 0
    for message in found:
        size += len(message.body) + len(message.cloud) + FRAME_BYTES
        if end and (end == limit or (max_bytes is not None and size > max_bytes)):
            break
        end += 1
    if end == len(found):
        return found
    start = end
    while start and place(found[start - 1]) == place(found[end]):
        start -= 1
    if start == 0:  # the whole page shares a place: take all that do
        start = end
        while start < len(found) and place(found[start]) == place(found[0]):
            start += 1
    return found[:start]
