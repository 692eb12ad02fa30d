"""Whether those who follow groups on this node are members of them still, where hints that say so may be lost.

A group's row tells whether anybody came or went: how many members there are, and how many have come so far. Only where
that changed since the last look are the followers here compared with the members.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

from sodam.bus import Topic
from sodam.groups.model import is_topic
from sodam.groups.store_messages import Head

_NOBODY: Final = (0, 0)
Check = Callable[[Topic], Awaitable[None]]
"""Has sessions here whose users are no members of a group follow it no longer."""


class Crowds:
    def __init__(self) -> None:
        self.check: Check | None = None
        self._known: dict[Topic, tuple[int, int]] = {}

    def begun(self, topic: Topic, head: Head) -> None:
        """Somebody follows a group, of whose members it is known that they are those of ``head``."""
        self._known[topic] = head.crowd

    def ended(self, topic: Topic) -> None:
        """Nobody follows it here."""
        self._known.pop(topic, None)

    async def look(self, app: int, group_ids: Iterable[str], heads: Mapping[str, Head]) -> None:
        """Compare where somebody came or went; groups that are not among the ``heads`` are gone."""
        if self.check is None:
            return
        for group_id in group_ids:
            topic, head = Topic("g", app, group_id), heads.get(group_id)
            crowd = head.crowd if head is not None else _NOBODY
            if not is_topic(group_id) and self._known.get(topic) != crowd:
                self._known[topic] = crowd  # before it is asked who they are: a change meanwhile is one to look at
                try:
                    await self.check(topic)
                except BaseException:
                    self._known.pop(topic, None)
                    raise
