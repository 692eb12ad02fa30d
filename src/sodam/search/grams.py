"""Texts as they are searched, and the grams by which they are found.

A text is folded as words of a list are compared (moderation/fold.py), and runs of blanks are one. Of every character a
gram goes into the index: with the next one for Chinese, Japanese, Korean and whatever else has many signs, with the
next two for alphabets. A word of a query needs all grams that lie within it; one that is shorter than a gram is the
beginning of one. What the grams find is then compared with the text itself, so that any substring is found and
nothing else, and no text is ever taken for syntax: what an engine might read as such is another character in a gram.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import Final, NamedTuple

from sodam.moderation.fold import folded

MAX_TEXT: Final = 4_000
"""Characters of a text that are searched."""
MAX_TERM: Final = 100
"""Characters of a keyword that count."""
_MANY_SIGNS: Final = 0x2E80
"""From here on a gram has two characters: radicals, kana, ideographs, Hangul, pictures."""
_MOST_GRAMS: Final = 16
"""Grams that a keyword is looked for by; more of them narrow nothing down."""
_BLANKS: Final = re.compile(r"\s+")
_SIGNS: Final = {n: 0xE000 + n for n in range(128) if not chr(n).isalnum()}
_SCOPE: Final = "\ue100"
_NAMES: Final = "\ue101"


def normal(text: str) -> str:
    """A text as it is compared; at most ``MAX_TEXT`` characters."""
    text = folded(text[:MAX_TEXT]).text[:MAX_TEXT]
    text = _BLANKS.sub(" ", text.replace("\0", " ")).strip()
    return text if text.isascii() else text.encode("utf-8", "ignore").decode()


def _width(sign: str) -> int:
    return 2 if ord(sign) >= _MANY_SIGNS else 3


def grams(text: str) -> set[str]:
    """Of a normal text. A blank begins none: no keyword begins with one."""
    return {text[at : at + _width(sign)].translate(_SIGNS) for at, sign in enumerate(text) if sign != " "}


def scope(app: int, kind: int, key: str) -> str:
    """What all texts of one conversation, or of one user, have among their grams."""
    digest = blake2b(f"{app}\x1f{kind}\x1f{key}".encode("utf-8", "ignore"), digest_size=8)
    return _SCOPE + digest.hexdigest()


def names_of(app: int, kind: int) -> str:
    """What the grams of names begin with, so that the names of one app alone are looked through."""
    return _NAMES + blake2b(f"{app}\x1f{kind}".encode(), digest_size=3).hexdigest()


class Term(NamedTuple):
    """A keyword: ``text`` is what a text must hold; all of ``grams`` are in it, or the beginning of one."""

    text: str
    grams: tuple[str, ...]
    begins: bool


def _parts(text: str) -> list[str]:
    return [
        text[at : at + _width(sign)] for at, sign in enumerate(text) if sign != " " and at + _width(sign) <= len(text)
    ]


def parts_of(one: Term) -> dict[str, str]:
    """Of a term that does not begin a gram: what of its text each gram is."""
    parts = {part.translate(_SIGNS): part for part in _parts(one.text)}
    return {gram: parts[gram] for gram in one.grams}


def term(keyword: str) -> Term | None:
    """None for a blank keyword."""
    text = normal(keyword)[:MAX_TERM].strip()
    if not text:
        return None
    whole = [part.translate(_SIGNS) for part in _parts(text)]
    if whole:
        return Term(text, tuple(dict.fromkeys(whole))[:_MOST_GRAMS], begins=False)
    return Term(text, (text.translate(_SIGNS),), begins=True)


def terms(keywords: Iterable[str]) -> list[Term]:
    """Of keywords, each once, blank ones left out."""
    found = (term(keyword) for keyword in keywords)
    return list({one.text: one for one in found if one is not None}.values())
