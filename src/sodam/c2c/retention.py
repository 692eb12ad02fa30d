"""Erasing one-to-one messages that an app keeps no longer."""

from __future__ import annotations

from sodam.c2c import store_retention
from sodam.storage import Database


async def purge(db: Database, app: int, before: int) -> int:
    """Erase an app's messages of before a unix second, in bounded transactions; how many."""
    return await store_retention.purge(db, app, before)
