"""A message on its way to the log: how it is delivered, and who waits for it. Nothing of this is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from sodam.bus import Topic
from sodam.c2c.model import Message
from sodam.c2c.pairs import Pair
from sodam.messages.model import Numbers


class Batch(msgspec.Struct, eq=False):
    """One message to many: all copies have one MsgKey, but for those whose conversation stands at a later second."""

    first: Numbers
    """Those of the copies that are stored already; before there are any, MsgTime 0 and the MsgSeq to be used."""
    numbers: Numbers = Numbers(0, 0)
    """Those of the copies that are being stored, set by the log."""


class Asker(Protocol):
    """Who sent messages without waiting for each: told of all of a batch at once."""

    def gathering(self, gathering: bool) -> None:
        """Until False, what is given to devices gathers; then it goes."""
        ...

    def stored(self, sendings: Sequence[Sending]) -> None: ...

    def failed(self, sendings: Sequence[Sending]) -> None:
        """They are not stored."""
        ...


class Sending(msgspec.Struct, eq=False, gc=False):  # a circle through a future ends with the answer
    message: Message
    exclude: int = 0
    """InstId of the sending device: it gets an answer, not a copy."""
    sync: bool = True
    """Copy to the sender's other devices."""
    silent: bool = False
    """No push to devices: imported history."""
    timed: bool = False
    """``msg_time`` is given: an import's own time, or the time that a batch shares."""
    batch: Batch | None = None
    """What the message has in common with its copies to others."""
    duplicate: bool = False
    """It was stored before, with the ``msg_time`` and ``msg_seq`` that the message has now; set by the log."""
    future: asyncio.Future[Message] | None = None
    again: list[asyncio.Future[Numbers]] | None = None
    """Whoever sent the same message meanwhile waits here for its MsgTime and MsgSeq."""
    dedupe: int = 0
    asker: Asker | None = None
    """Who is told in place of ``future``, of a message that took the fast path; its own marks are the last three."""
    pair: Pair | None = None
    topics: tuple[Topic, ...] = ()
    """Those of the pair."""
    connection: Any = None
    number: int = 0
    started: float = 0.0
