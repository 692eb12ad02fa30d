"""Whether a stored message names something, such as an uploaded file, by a part of its text."""

from __future__ import annotations

from typing import Final

from sodam.messages.model import RECALLED
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
        rows = await self._db.fetch(f"SELECT COALESCE(MAX(id), 0) FROM {self._table}")
        return int(rows[0][0])

    async def names(self, app: int, text: str, since: int) -> bool:
        """Whether an app's message behind a mark holds a text. True, too, when there are more than ``MOST``."""
        newest = await self.mark()
        if newest - since > MOST:
            return True
        find = "instr({}, $4)" if self._db.engine == "sqlite" else "position($4 IN {})"
        held = " OR ".join(f"{find.format(column)} > 0" for column in ("body", "cloud"))
        for start in range(since, newest, _STEP):
            rows = await self._db.scan(
                f"SELECT 1 FROM {self._table} WHERE app = $1 AND id > $2 AND id <= $3"
                f" AND (flags & {RECALLED}) = 0 AND ({held}) LIMIT 1",
                app,
                start,
                start + _STEP,
                text.encode(),
            )
            if rows:
                return True
        return False
