"""A user's wish for no notifications, for all conversations at once; one conversation has its own.

It goes with the user: each device reads it and is told of changes. Outside of its time it is kept, and said as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

import msgspec

from sodam.accounts.events import AccountsDeleted
from sodam.bus import Live, of_user
from sodam.clock import now as wall_clock
from sodam.conversations import store_quiet
from sodam.errors import ApiError, Code
from sodam.notices import Notice
from sodam.storage import Database, Tx

_DAY: Final = 86_400
_encode = msgspec.json.Encoder().encode


class DoNotDisturb(msgspec.Struct, frozen=True):
    """As the client protocol has it (client-protocol-groups.md 13)."""

    Level: int = 0
    """0 notify, 1 discard, 2 receive without notification."""
    StartTime: int = 0
    EndTime: int = 0
    IsRepeated: int = 0
    """1: every day between the times of day of these."""


def holds(start: int, end: int, repeated: int, now: int) -> bool:
    """Whether a wish holds at a Unix second; one without times always does."""
    if not end:
        return True
    if not repeated:
        return start <= now < end
    if end - start >= _DAY:
        return True
    first, last, at = start % _DAY, end % _DAY, now % _DAY
    return first <= at < last if first <= last else at >= first or at < last


class _Changed(msgspec.Struct):
    Event: int
    Level: int
    StartTime: int
    EndTime: int
    IsRepeated: int


class QuietTimes:
    def __init__(self, db: Database, live: Live, clock: Callable[[], float] = wall_clock) -> None:
        self._clock = clock
        self._db = db
        self._live = live

    async def get(self, app: int, user_id: str) -> DoNotDisturb:
        row = await store_quiet.read(self._db, app, user_id)
        return DoNotDisturb(*row) if row is not None else DoNotDisturb()

    async def quiet(self, app: int, user_ids: Collection[str]) -> Collection[str]:
        """Those of the users who want no notification now."""
        now = int(self._clock())
        return [
            str(row[0])
            for row in await store_quiet.wishes(self._db, app, user_ids)
            if holds(row[2], row[3], row[4], now)
        ]

    async def put(self, app: int, user_id: str, wish: DoNotDisturb, *, exclude: int = 0) -> None:
        """Raises ApiError 20001 for what is no such wish."""
        if wish.Level not in (0, 1, 2) or wish.IsRepeated not in (0, 1):
            raise ApiError(Code.C2C_BAD_PACKET, "Level is 0, 1 or 2, IsRepeated 0 or 1")
        if not 0 <= wish.StartTime <= wish.EndTime < 1 << 40:
            raise ApiError(Code.C2C_BAD_PACKET, "StartTime and EndTime are Unix seconds in their order")
        values = wish.Level, wish.StartTime, wish.EndTime, wish.IsRepeated
        await self._db.write(lambda tx: store_quiet.put(tx, app, user_id, *values))
        self._live.send(of_user(app, user_id), Notice(_encode(_Changed(24, *values))), exclude=exclude)

    async def forget_accounts(self, tx: Tx, deleted: Sequence[AccountsDeleted]) -> None:
        """Part of deleting accounts."""
        for event in deleted:
            await store_quiet.forget(tx, event.app, event.user_ids)
