"""Notifies live rooms of who entered and left: once a second at most, several users at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog

from sodam.errors import Unavailable
from sodam.groups.core import Core
from sodam.groups.model import Group
from sodam.groups.seats import Key
from sodam.groups.tips import Op, Tips

log = structlog.get_logger(__name__)
NOTIFY_SECONDS: Final = 1.0
COUNT_SECONDS: Final = 10.0
_NAMED: Final = 100


class _News:
    """What a room is still to be notified of."""

    __slots__ = ("at", "changes", "due", "group")

    def __init__(self, group: Group) -> None:
        self.group = group
        self.at = -NOTIFY_SECONDS
        self.changes: dict[Op, dict[str, None]] = {}
        self.due = False


class RoomNews:
    def __init__(self, core: Core, tips: Tips, count: Callable[[Key], Awaitable[int]]) -> None:
        """``count``: how many are in a room by other nodes, and as robots."""
        self._seats = core.seats
        self._tips = tips
        self._count = count
        self._loop = asyncio.get_running_loop()
        self._news: dict[Key, _News] = {}
        self._elsewhere: dict[Key, tuple[int, float]] = {}
        """What ``count`` said, and when it was asked."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    def stop(self) -> None:
        self._stopped = True
        for task in list(self._tasks):
            task.cancel()

    def group(self, key: Key) -> Group | None:
        """The room, if it was notified of anything lately."""
        news = self._news.get(key)
        return news.group if news is not None else None

    def notify(self, group: Group, op: Op, user_id: str) -> None:
        key = (group.app, group.group_id)
        news = self._news.get(key)
        if news is None:
            news = self._news[key] = _News(group)
        news.group = group
        news.changes.setdefault(op, {})[user_id] = None
        if not news.due:
            news.due = True
            self._loop.call_later(max(0.0, news.at + NOTIFY_SECONDS - self._loop.time()), self._notify_now, key, news)
        if self._loop.time() - self._elsewhere.get(key, (0, -COUNT_SECONDS))[1] >= COUNT_SECONDS:
            self._elsewhere[key] = (self._elsewhere.get(key, (0, 0.0))[0], self._loop.time())
            self._spawn(self._count_elsewhere(key))

    def sweep(self) -> None:
        """Forget rooms that are empty."""
        for key in [k for k, news in self._news.items() if not news.due and not self._seats.number(k)]:
            self.forget(key)

    def forget(self, key: Key) -> None:
        self._news.pop(key, None)
        self._elsewhere.pop(key, None)

    async def _count_elsewhere(self, key: Key) -> None:
        self._elsewhere[key] = (await self._count(key), self._loop.time())

    def _notify_now(self, key: Key, news: _News) -> None:
        news.due, news.at = False, self._loop.time()
        if self._stopped:
            return
        changes, news.changes = news.changes, {}
        self._spawn(self._announce(key, news.group, changes))

    async def _announce(self, key: Key, group: Group, changes: dict[Op, dict[str, None]]) -> None:
        number = self._seats.number(key) + self._elsewhere.get(key, (0, 0.0))[0]
        for op, users in changes.items():
            more = {"GroupJoinType": 1} if op is Op.JOINED else {}
            await self._tips.passing(group, op, list(users)[:_NAMED], more, number)

    def _spawn(self, work: Any) -> None:
        async def run() -> None:
            try:
                await work
            except Unavailable:
                pass
            except Exception:
                log.exception("a room could not be notified, or counted")

        task = self._loop.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
