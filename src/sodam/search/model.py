"""What is indexed, and what is asked of the index."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

from sodam.search.grams import Term

LOOK: Final = 500
"""Texts that a question looks at, at most, before what the searcher may not see is left out."""
MAX_KEYWORDS: Final = 5
MAX_SENDERS: Final = 5
MAX_PAGE: Final = 100
EVERYTHING: Final = 1 << 62


class Kind(IntEnum):
    """Of a text. The first two are types of conversations (messages/model.py)."""

    ONE_TO_ONE = 1
    GROUP_MESSAGE = 2
    ACCOUNT = 3
    GROUP = 4
    BROADCAST = 5
    """What an official account said to all who follow it; its ``conv`` is the account."""


MESSAGES: Final = (Kind.ONE_TO_ONE, Kind.GROUP_MESSAGE, Kind.BROADCAST)
USER: Final = 0
"""The scope of all one-to-one messages of a user."""


class Doc(NamedTuple):
    """A text to be found. ``conv`` and ``seq`` name it among those of its kind."""

    app: int
    kind: int
    conv: str
    seq: int
    rank: int
    """Of a message: its place within its second."""
    at: int
    """Unix seconds."""
    sender: str
    elements: int
    """Bits of the element types that a message has."""
    text: str
    scopes: tuple[str, ...]
    """Of a message: where it is looked for."""


class Found(NamedTuple):
    """A text that was found. ``id`` grows with its arrival in the index; of one conversation's on PostgreSQL it is the
    place in that conversation."""

    id: int
    kind: int
    conv: str
    seq: int
    rank: int
    at: int


class Wanted(NamedTuple):
    """A question: texts of ``app`` in any of ``scopes`` that hold all, or ``any_of``, of the terms. Names have no
    scopes, and one kind of them is asked for at a time."""

    app: int
    kinds: tuple[int, ...]
    scopes: tuple[str, ...]
    terms: tuple[Term, ...]
    any_of: bool = False
    senders: tuple[str, ...] = ()
    elements: int = 0
    """Those with an element of these bits; 0: all."""
    since: int = 0
    until: int = EVERYTHING
    above: int = 0
    """Sequences up to it are not wanted."""
    before: int = EVERYTHING
    """Only those whose ``id`` is smaller."""
    limit: int = LOOK
    convs: tuple[tuple[int, str], ...] = ()
    """Kind and ``conv`` of what ``scopes`` hold, or of the part that was written to last: where it pays to begin.
    A single scope of one conversation has that one."""
