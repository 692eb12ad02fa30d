"""How many groups an app may make in a day (rest-groups.md 1.4): those made without those dissolved, communities apart.

Counted at the end of the transaction that makes or dissolves one, so that the app's row is held for a moment only.
Imports count nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from sodam.errors import ApiError, Code
from sodam.groups import store_days
from sodam.groups.core import Core
from sodam.groups.events import GroupCreated, GroupDestroyed, QuotaNearlyUsed
from sodam.groups.types import TYPES
from sodam.storage import Tx
from sodam.storage.events import Events

MOST: Final = 10_000
ALARM_PERCENT: Final = 70
"""Above it the app is told, once a day."""
_DAY: Final = 86_400


class Days:
    def __init__(self, core: Core) -> None:
        self._core = core

    def follow(self, events: Events) -> None:
        events.subscribe(GroupCreated, self._created)
        events.subscribe(GroupDestroyed, self._destroyed)

    async def _created(self, tx: Tx, events: Sequence[GroupCreated]) -> None:
        """Raises ApiError 10006 where the day's number is used up."""
        for app, number in _counted(events):
            net, alarmed = await self._add(tx, app, number)
            if net > MOST:
                raise ApiError(Code.GROUP_TOO_FREQUENT, f"an app has at most {MOST} more groups at the end of a day")
            if not alarmed and net * 100 > MOST * ALARM_PERCENT:
                await store_days.alarmed(tx, app)
                tx.emit(QuotaNearlyUsed(app=app, used=net, quota=MOST))

    async def _destroyed(self, tx: Tx, events: Sequence[GroupDestroyed]) -> None:
        for app, number in _counted(events):
            await self._add(tx, app, -number)

    async def _add(self, tx: Tx, app: int, number: int) -> tuple[int, bool]:
        return await store_days.add(tx, app, self._core.now() // _DAY, number)


def _counted(events: Sequence[GroupCreated] | Sequence[GroupDestroyed]) -> list[tuple[int, int]]:
    """By app in order, how many groups that count."""
    counts = Counter(event.app for event in events if not TYPES[event.group_type].has_topics)
    return sorted(counts.items())
