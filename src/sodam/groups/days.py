"""How many groups an app may make in a day (rest-groups.md 1.4): those made without those dissolved, communities apart.

Counted at the end of the transaction that makes or dissolves one, so that the app's row is held for a moment only.
Imports count nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from sodam.errors import ApiError, Code
from sodam.groups.core import Core
from sodam.groups.events import GroupCreated, GroupDestroyed, QuotaNearlyUsed
from sodam.groups.types import TYPES
from sodam.storage import Tx
from sodam.storage.events import Events

MOST: Final = 10_000
ALARM_PERCENT: Final = 70
"""Above it the app is told, once a day."""
_DAY: Final = 86_400
_ADD: Final = (
    "INSERT INTO group_day (app, day, net, alarmed) VALUES ($1, $2, $3, 0) ON CONFLICT (app) DO UPDATE SET"
    " net = CASE WHEN group_day.day = excluded.day THEN group_day.net + excluded.net ELSE excluded.net END,"
    " alarmed = CASE WHEN group_day.day = excluded.day THEN group_day.alarmed ELSE 0 END, day = excluded.day"
    " RETURNING net, alarmed"
)


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
                await tx.execute("UPDATE group_day SET alarmed = 1 WHERE app = $1", app)
                tx.emit(QuotaNearlyUsed(app=app, used=net, quota=MOST))

    async def _destroyed(self, tx: Tx, events: Sequence[GroupDestroyed]) -> None:
        for app, number in _counted(events):
            await self._add(tx, app, -number)

    async def _add(self, tx: Tx, app: int, number: int) -> tuple[int, int]:
        rows = await tx.fetch(_ADD, app, self._core.now() // _DAY, number)
        return int(rows[0][0]), int(rows[0][1])


def _counted(events: Sequence[GroupCreated] | Sequence[GroupDestroyed]) -> list[tuple[int, int]]:
    """By app in order, how many groups that count."""
    counts = Counter(event.app for event in events if not TYPES[event.group_type].has_topics)
    return sorted(counts.items())
