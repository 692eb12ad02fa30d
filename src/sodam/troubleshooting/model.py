"""An event of the log, and a search for events."""

from __future__ import annotations

from typing import Final

import msgspec

KEPT_DAYS: Final = 3
KEPT: Final = 100_000
"""Events of each app that went well, and as many that failed."""
PER_SECOND: Final = 50
"""Events of an app within a second that went well; of a node. Those beyond are counted only."""
FAILURES_PER_SECOND: Final = 200
WAITING: Final = 10_000
"""Events in memory, until the next batch is written."""
MOST_NAME: Final = 64
MOST_REASON: Final = 200


class Event(msgspec.Struct, frozen=True):
    """The fields are the table's columns, in order. No body and no secret is ever among them."""

    app: int
    at: int
    """Unix milliseconds."""
    node: str
    event: str
    """See events.py."""
    command: str
    """Of REST, of clients or of a callback; a push service."""
    user_id: str
    peer: str
    """UserID of the receiver, or a group's ID."""
    code: str
    """``0``, a number of the error codes, or a word: of a push service's answer, of why no callback was answered."""
    reason: str
    platform: str
    address: str
    millis: int
    failed: int
    """0 or 1; -1: it counts what is not in the log."""
    amount: int
    """1; of an event of the kind ``omitted``: how many are not in the log."""


class Search(msgspec.Struct, kw_only=True):
    """Empty texts ask for nothing."""

    since: int
    """Unix milliseconds, as ``until``; both belong to the range."""
    until: int
    event: str = ""
    user_id: str = ""
    peer: str = ""
    code: str = ""
    failed: bool = False
    before: tuple[int, int] = (0, 0)
    """Time and number of the last one of the page before."""
    limit: int = 50
