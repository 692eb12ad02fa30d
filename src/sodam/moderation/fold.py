"""Texts as they are compared: what looks the same is the same, and what cannot be seen is not there.

Letters are in lower case and in their usual width, Latin, Greek and Cyrillic ones without the marks upon them, signs
without a look (joiners, soft hyphens, variants) are gone. ``folded`` keeps where each character came from, so that a
replacement changes the text itself and nothing else of it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final, NamedTuple

_LAST_WITH_MARKS: Final = 0x052F
"""The last letter of the scripts whose marks are no part of the letter; kana and Hangul are other letters with them."""
_JAMO: Final = r"[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?"


class Folded(NamedTuple):
    """``text`` is what is compared; its character ``i`` came from ``places[i]`` of the original, None: from ``i``."""

    text: str
    places: list[int] | None
    length: int
    """Of the original."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where characters ``start`` to before ``end`` stand in the original, with what hangs on the last of them."""
        if self.places is None:
            return start, end
        stop = self.places[end] if end < len(self.places) else self.length
        return self.places[start], max(stop, self.places[end - 1] + 1)


@cache
def _special() -> re.Pattern[str]:
    """A character that does not stay as it is but for its case. Beyond the first plane: whatever is no ideograph, for
    the rest is rare and few of it are letters."""
    found = [
        number
        for number in range(0x1_0000)
        if unicodedata.category(sign := chr(number)) in ("Cf", "Mn", "Me") or _of_one(sign) != sign.lower()
    ]
    found = sorted([*found, ord("Σ")])  # whose small letter depends on what follows
    ranges = [[0x1_0000, 0x1_FFFF], [0xE_0000, 0xE_FFFF]]
    for number in found:
        if ranges[-1][1] == number - 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    parts = "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in ranges)
    return re.compile(f"[{parts}]|{_JAMO}")


def folded(text: str) -> Folded:
    """In a time that grows with the text alone."""
    if text.isascii():
        return Folded(text.lower(), None, len(text))
    special = list(_special().finditer(text))
    if not special:
        return Folded(text.lower(), None, len(text))
    parts: list[str] = []
    places: list[int] = []
    at = 0
    for unit in special:
        start = unit.start()
        if at < start:
            parts.append(text[at:start].lower())
            places += range(at, start)
        part = _of_unit(unit[0])
        parts.append(part)
        places += [start] * len(part)
        at = unit.end()
    parts.append(text[at:].lower())
    places += range(at, len(text))
    return Folded("".join(parts), places, len(text))


@cache
def _of_cached(unit: str) -> str:
    return _of_one(unit)


def _of_unit(unit: str) -> str:
    return _of_cached(unit) if ord(unit[0]) < 0x2_0000 else _of_one(unit)  # a bounded cache: characters, not texts


def _of_one(unit: str) -> str:
    made = []
    for sign in unicodedata.normalize("NFKC", unit).casefold():
        if ord(sign) <= _LAST_WITH_MARKS:
            made += [one for one in unicodedata.normalize("NFKD", sign) if not _unseen(one)]
        elif not _unseen(sign):
            made.append(sign)
    return "".join(made)


def _unseen(sign: str) -> bool:
    category = unicodedata.category(sign)
    if category == "Mn":  # vowel signs of Indic and marks of other scripts are part of the word
        return unicodedata.combining(sign) == 230 or "\ufe00" <= sign <= "\ufe0f" or "\u0300" <= sign <= "\u036f"
    return category in ("Cf", "Me")
