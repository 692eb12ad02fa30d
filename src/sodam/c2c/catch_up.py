"""What reached a user while a device was away, page by page: messages, recalls and edits, read marks.

Nothing here reads more than a page, whatever position a client names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from sodam.apps.model import App
from sodam.c2c import events
from sodam.c2c.histories import DAY, Histories
from sodam.c2c.model import Head, Message, Position
from sodam.notices import Notice

MAX_READ_MARKS: Final = 20


class Missed(NamedTuple):
    """A page of what a device missed."""

    messages: list[Message]
    """Oldest first."""
    notices: list[Notice]
    """Recalls and edits."""
    position: Position
    """Up to where it reaches."""
    complete: bool


async def page_since(histories: Histories, app: App, owner: str, since: Position) -> Missed:
    """What reached ``owner`` after ``since``."""
    now = await histories.position()
    changes = await histories.changed_since(app, owner, since)
    arrived = await histories.since(app, owner, since)
    complete = changes.complete and arrived.complete
    position = now if complete else Position(since.time, since.newest, changes.last, *arrived.last)
    return Missed(arrived.messages, [events.changed(message) for message in changes.messages], position, complete)


def read_marks(owner: str, heads: Sequence[Head], since: Position) -> list[Notice]:
    """What was read meanwhile, by the peers or elsewhere.

    Read marks say the same however often they are sent, so that those of the newest conversations all go.
    """
    notices = []
    for head in [head for head in heads if head.last_time >= since.time - DAY][:MAX_READ_MARKS]:
        if head.read_time and not head.unread:
            notices.append(events.self_read(owner, head.peer, head.read_time))
        if head.peer_read_time:
            notices.append(events.peer_read(head.peer, owner, head.peer_read_time))
    return notices
