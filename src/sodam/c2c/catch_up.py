"""What reached a user while a device was away, page by page: messages, what happened to messages, read marks.

Nothing here reads more than a page, whatever position a client names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from sodam.apps.model import App
from sodam.c2c import events
from sodam.c2c.histories import DAY, Histories
from sodam.c2c.model import Change, Head, Message, Position
from sodam.messages.model import CONTENT
from sodam.notices import Notice

MAX_READ_MARKS: Final = 20


class Missed(NamedTuple):
    """A page of what a device missed."""

    messages: list[Message]
    """Oldest first."""
    notices: list[Notice]
    """What happened to messages that came before."""
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
    notices = await _notices(histories, app, owner, changes.changes)
    if complete:
        notices += await histories.recalled_beside(app, owner, since)
    return Missed(arrived.messages, notices, position, complete)


async def _notices(histories: Histories, app: App, owner: str, changes: Sequence[Change]) -> list[Notice]:
    kinds: dict[int, list[Change]] = {}
    for change in changes:
        kinds.setdefault(change.kind, []).append(change)
    notices = [events.changed(change.message) for change in kinds.pop(CONTENT, ())]
    for kind, some in kinds.items():
        if teller := histories.tellers.get(kind):
            notices += await teller(app, owner, some)
    return notices


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
