"""What is read for devices whose hints of it were lost: messages of a group, and what happened to them afterwards."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby
from typing import NamedTuple

from sodam.bus import Topic
from sodam.groups import pushes, store, store_messages
from sodam.groups.message import GroupMessage
from sodam.messages.model import CONTENT, RECALLED
from sodam.notices import Kind, Notice
from sodam.storage import Database

Told = tuple[Notice, str]
"""With the one user whom it is for; empty: all who have the message."""
Teller = Callable[[GroupMessage, Sequence[str]], Awaitable[list[Told]]]
"""The notices of a change of a message, by what the change noted of itself."""
Names = Callable[[Sequence[GroupMessage]], Awaitable[None]]


class Changed(NamedTuple):
    num: int
    message: GroupMessage
    recalled: bool
    notices: list[Told]


class Missed:
    def __init__(self, db: Database, names: Names) -> None:
        self._db = db
        self._names = names
        self.tellers: dict[int, Teller] = {}
        """By kind of change, who knows how devices are notified of it; recalls and edits need none."""

    async def messages(self, line: Topic, low: int, high: int) -> list[tuple[GroupMessage, Notice | None]]:
        """Oldest first, each with the notice of it; None: the group is gone."""
        found = await store_messages.between(self._db, line.app, line.name, low, high)
        group = (await store.load(self._db, line.app, [line.name])).get(line.name)
        await self._names(found)
        missed: list[tuple[GroupMessage, Notice | None]] = []
        for message in reversed(found):
            notice = None if group is None else pushes.arrived(message, group)
            if notice is not None and message.extra.to:
                notice.kind = Kind.OTHER
            missed.append((message, notice))
        return missed

    async def changes(self, line: Topic, low: int, high: int) -> list[Changed]:
        """In their order; those of messages that are there no more are left out."""
        found = await store_messages.changes(self._db, line.app, line.name, low, high)
        messages = await store_messages.named(self._db, line.app, line.name, {change.seq for change in found})
        await self._names(list(messages.values()))
        missed: list[Changed] = []
        for num, group in groupby(found, key=lambda change: change.num):
            changed = [(messages[change.seq], change) for change in group if change.seq in messages]
            if changed:
                message, change = changed[0]
                missed.append(Changed(num, message, bool(change.recalled), await self._of_change(changed)))
        return missed

    async def _of_change(self, changed: list[tuple[GroupMessage, store_messages.Change]]) -> list[Told]:
        message, change = changed[0]
        if change.recalled:
            return [(pushes.recalled([m for m, _ in changed], message.extra.revoker, message.extra.reason), "")]
        if message.flags & RECALLED:
            return []
        if teller := self.tellers.get(change.kind):
            return await teller(message, [one.detail for _, one in changed])
        return [(pushes.edited(message), "")] if change.kind == CONTENT else []
