"""An entry of a word list, and what was found in a text."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

MAX_WORDS: Final = 100_000
"""Of an app."""
MAX_WORD: Final = 64
"""Characters of a word, as it is compared."""
MAX_REPLACEMENT: Final = 64
"""Characters."""


class Action(IntEnum):
    """What is done about a word; the numbers are stored."""

    BLOCK = 1
    """The text is refused with 80001."""
    REPLACE = 2
    """The word is replaced; where a text must not be changed, it is refused."""
    MARK = 3
    """The text passes, and is marked."""
    ALLOW = 4
    """Words of the list within this one do not count."""


class Word(NamedTuple):
    word: str
    """As the operator wrote it."""
    action: Action
    inside: bool = False
    """It counts inside longer words, too. Words of scripts without blanks always do."""
    replacement: str = ""
    """Instead of the word; empty: a star for each of its characters."""


class Found(NamedTuple):
    """A word in a text: characters ``start`` to before ``end``."""

    start: int
    end: int
    word: Word
