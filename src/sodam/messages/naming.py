"""Whether a stored message names something, such as an uploaded file, by a part of its text."""

from __future__ import annotations

from typing import Final

from sodam.messages import store_naming
from sodam.storage import Database

_STEP: Final = 20_000
MOST: Final = 1_000_000
"""Messages that are looked at."""


class Naming:
    """The messages of a table, by their growing number. ``table`` is the caller's own."""

    def __init__(self, db: Database, table: str) -> None:
        self._db = db
        self._table = table

    async def mark(self) -> int:
        """What is stored from now on stands behind it."""
        return await store_naming.newest(self._db, self._table)

    async def names(self, app: int, text: str, since: int) -> bool:
        """Whether an app's message behind a mark holds a text. True, too, when there are more than ``MOST``."""
        newest = await self.mark()
        if newest - since > MOST:
            return True
        for start in range(since, newest, _STEP):
            if await store_naming.holds(self._db, self._table, app, text.encode(), start, start + _STEP):
                return True
        return False
