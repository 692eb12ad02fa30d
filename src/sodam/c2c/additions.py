"""For packages that add something to one-to-one messages: each function is part of the caller's transaction."""

from __future__ import annotations

from sodam.c2c import store_changes, store_missed
from sodam.c2c.model import Message
from sodam.messages.model import RECALLED
from sodam.storage import Tx


async def hold(tx: Tx, message: Message) -> bool:
    """Lock the message until the transaction ends; False: it is there no more, or it was recalled."""
    now = await store_changes.content(tx, message)
    return now is not None and not now.flags & RECALLED


async def record(tx: Tx, message: Message, kind: int, detail: str, size: int) -> None:
    """Have devices that are away learn of a change: ``Histories.tellers`` makes the notice, of about ``size`` bytes."""
    await store_missed.record(tx, message, kind, detail, size)
