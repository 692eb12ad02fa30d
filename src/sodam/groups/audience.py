"""Who a group's message is for, member by member, and how many groups there are: for those who tell members that are
away, and those who count."""

from __future__ import annotations

from typing import Final, NamedTuple

from sodam.groups import store, store_members, store_messages, store_reading
from sodam.groups.core import Core
from sodam.groups.histories import shown_unread
from sodam.messages.model import RECALLED

PAGE: Final = 500
COUNTED: Final = 500
"""Conversations that a member's unread number is summed over."""
QUIET: Final = ("Discard", "AcceptNotNotify")
"""Options of a member that notify of nothing."""


class Listener(NamedTuple):
    user_id: str
    msg_flag: str


class Page(NamedTuple):
    name: str
    """The group's."""
    listeners: list[Listener]
    following: int
    """What the next page begins behind; 0: this was the last."""


class Audience:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def page(self, app: int, group_id: str, seq: int, after: int) -> Page | None:
        """Some members in the order of joining; None when the group or the message is gone, or it was recalled."""
        db = self._core.db
        group = (await store.load(db, app, [group_id])).get(group_id)
        message = (await store_messages.named(db, app, group_id, [seq])).get(seq)
        if group is None or message is None or message.flags & RECALLED:
            return None
        members = await store_members.behind(db, app, group_id, after, PAGE)
        following = members[-1].pos if len(members) == PAGE else 0
        return Page(group.profile.name, [Listener(m.user_id, m.msg_flag) for m in members], following)

    async def recalled(self, app: int, group_id: str, seq: int) -> bool:
        """Whether the message at a place was recalled, or is there no more."""
        message = (await store_messages.named(self._core.db, app, group_id, [seq])).get(seq)
        return message is None or bool(message.flags & RECALLED)

    async def unread(self, app: int, user_id: str) -> int:
        """A member's unread number in the groups that notify it, of the newest conversations."""
        db = self._core.db
        names = [group_id for group_id, _, _ in await store_reading.listed(db, app, user_id, COUNTED)]
        standings = await store_reading.standings(db, app, user_id, names)
        groups = await store.load(db, app, list(standings))
        return sum(
            shown_unread(group, standings[group_id])
            for group_id, group in groups.items()
            if standings[group_id].msg_flag not in QUIET
        )

    async def count(self, app: int) -> int:
        """How many groups an app has."""
        return await store.count(self._core.db, app, "")
