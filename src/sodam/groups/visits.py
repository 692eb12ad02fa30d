"""Who came into live rooms and left them, for an app that wants to hear of it (webhooks.md 6.12).

A user is there from the first device to the last, on all nodes: what changed on this node is asked of the others before
it is published, several times a second, with all users of a room at once; nothing is written for an app that does not
want it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from sodam.errors import Unavailable
from sodam.groups.core import Core, Operator, scene
from sodam.groups.events import VisitorsChanged
from sodam.groups.model import Group
from sodam.groups.seats import Key
from sodam.observability.loops import Loop, Loops
from sodam.storage import Tx

COMMAND: Final = "Group.CallbackOnMemberStateChange"
NOTIFY_SECONDS: Final = 0.2
_WAITING: Final = 20_000
_LISTED: Final = 100
"""Users in one callback."""


class Visits:
    def __init__(self, core: Core, elsewhere: Callable[[Key, Sequence[str]], Awaitable[set[str]]]) -> None:
        """``elsewhere``: which of some users are in a room by other nodes."""
        self._core = core
        self._elsewhere = elsewhere
        self._waiting: dict[Key, list[tuple[str, dict[str, None]]]] = {}
        """By room, causes with their users, in the order in which they came up."""
        self._groups: dict[Key, Group] = {}
        self._number = 0
        self._at = 0
        self._due = asyncio.Event()
        self._loop: Loop | None = None

    def start(self, loops: Loops) -> None:
        self._loop = loops.start("room visits", self.flush, every=NOTIFY_SECONDS, due=self._due)

    async def stop(self) -> None:
        if self._loop is not None:
            await self._loop.stop()

    def note(self, group: Group, user_id: str, cause: str) -> None:
        app = self._core.accounts.app(group.app)
        guard = self._core.guard
        if app is None or guard is None or not guard.wanted(app, COMMAND) or not app.settings.room_online_members:
            return
        if self._number >= _WAITING:
            return
        key = (group.app, group.group_id)
        self._groups[key] = group
        self._number += 1
        self._at = int(self._core.clock() * 1000)
        causes = self._waiting.setdefault(key, [])
        if not causes or causes[-1][0] != cause:
            causes.append((cause, {}))
        causes[-1][1][user_id] = None
        self._due.set()

    async def flush(self) -> None:
        """Periodic work: publish what waits."""
        if not self._waiting:
            return
        waiting, groups, at = self._waiting, self._groups, self._at
        self._waiting, self._groups, self._number = {}, {}, 0
        events: list[VisitorsChanged] = []
        for key, causes in waiting.items():
            others = await self._elsewhere(key, [user_id for _, users in causes for user_id in users])
            for cause, users in causes:
                fresh = [user_id for user_id in users if user_id not in others]
                events += [
                    VisitorsChanged(
                        scene=scene(groups[key], Operator("", admin=False)),
                        user_ids=fresh[first : first + _LISTED],
                        here=cause == "Join",
                        cause=cause,
                        at=at,
                    )
                    for first in range(0, len(fresh), _LISTED)
                ]

        async def run(tx: Tx) -> None:
            for event in events:
                tx.emit(event)

        try:
            if events:
                await self._core.db.write(run)
        except Unavailable:
            for key, causes in waiting.items():
                self._waiting[key] = causes + self._waiting.get(key, [])
                self._groups.setdefault(key, groups[key])
            raise
