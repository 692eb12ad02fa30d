"""Finding the words of a list in a text, in a time that does not grow with the list.

Words are kept by their first characters. At each place where a word may begin, a few looks say which lengths of words
begin so, and one more for each of those lengths whether the word is there: at most ``MAX_WORD`` looks at a place.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from typing import Final

from sodam.moderation.fold import Folded, folded
from sodam.moderation.model import Action, Found, Word

_URL: Final = re.compile(r"https?://\S+")
_NO_BLANKS: Final = (
    "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts whose words stand together without blanks, so that a word has no borders to ask for."""
_WITHOUT_BLANKS: Final = re.compile(f"[{_NO_BLANKS}]")
_STARTS: Final = re.compile(f"(?:(?![{_NO_BLANKS}])[^\\W_])+")
"""Words of other scripts."""
_PIECES: Final = re.compile(f"(?:(?![{_NO_BLANKS}])[^\\W_])+|[{_NO_BLANKS}]")
_GAP: Final = "[^\\w,，。、;；:：!！?？\\n]{1,3}|_{1,3}"
"""What may stand between single letters that belong together all the same: no sign that ends a part of a sentence."""
_IS_GAP: Final = re.compile(_GAP)
_LETTER: Final = f"(?:(?<!\\w)\\w(?!\\w)|[{_NO_BLANKS}])"
_APART: Final = re.compile(f"{_LETTER}(?:{_GAP}){_LETTER}")
_PREFIX: Final = 4


class _Index:
    """Words by how they begin: whole, if they are shorter than ``_PREFIX``, else by so many characters."""

    def __init__(self) -> None:
        self.short: dict[int, set[str]] = {}
        self.long: dict[str, list[int]] = {}

    def add(self, key: str) -> None:
        """Longer words before shorter ones."""
        if len(key) < _PREFIX:
            self.short.setdefault(len(key), set()).add(key)
            return
        lengths = self.long.setdefault(key[:_PREFIX], [])
        if len(key) not in lengths:
            lengths.append(len(key))

    def __bool__(self) -> bool:
        return bool(self.short or self.long)

    def find(self, text: str, places: Iterable[int]) -> list[tuple[int, int]]:
        """Where words may stand that begin at these places: start and length, to be looked up."""
        found: list[tuple[int, int]] = []
        if self.long:
            get = self.long.get
            for at in places:
                if lengths := get(text[at : at + _PREFIX]):
                    found += [(at, length) for length in lengths]
        for length, words in self.short.items():
            found += [(at, length) for at in places if text[at : at + length] in words]
        return found


class _Spans:
    """Whether one of many stretches of a text covers another."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            self._starts.append(start)
            self._ends.append(max(end, self._ends[-1]) if self._ends else end)

    def cover(self, start: int, end: int) -> bool:
        at = bisect_right(self._starts, start)
        return at > 0 and self._ends[at - 1] >= end


class Matcher:
    def __init__(self, words: Iterable[tuple[str, Word]]) -> None:
        """Words by their folded text, which is not empty."""
        self._words = dict(words)
        self._anywhere = _Index()
        self._at_borders = _Index()
        self._all = _Index()
        for key in sorted(self._words, key=len, reverse=True):
            word = self._words[key]
            anywhere = word.inside or not key[0].isalnum() or _WITHOUT_BLANKS.match(key) is not None
            (self._anywhere if anywhere else self._at_borders).add(key)
            self._all.add(key)

    def __len__(self) -> int:
        return len(self._words)

    def find(self, text: str) -> list[Found]:
        """The words in a text that none allowed overrules, in order, the longest at each place; none within a URL."""
        whole = folded(text)
        found = self._scan(whole)
        if _APART.search(whole.text):
            found += self._apart(whole)
        if not found:
            return []
        allowed = _Spans([(one.start, one.end) for one in found if one.word.action == Action.ALLOW])
        urls = _Spans([match.span() for match in _URL.finditer(text)])
        kept = [
            one
            for one in found
            if one.word.action != Action.ALLOW
            and not allowed.cover(one.start, one.end)
            and not urls.cover(one.start, one.end)
        ]
        return sorted(kept, key=lambda one: (one.start, -one.end))

    def _scan(self, whole: Folded) -> list[Found]:
        text, found = whole.text, []
        spots = []
        if self._at_borders and (starts := [match.start() for match in _STARTS.finditer(text)]):
            spots = self._at_borders.find(text, starts)
        if self._anywhere:
            spots += self._anywhere.find(text, range(len(text)))
        taken: set[tuple[int, Action]] = set()
        for at, length in spots:  # at each place the longest first
            word = self._words.get(text[at : at + length]) if at + length <= len(text) else None
            if word is None or (at, word.action) in taken:
                continue
            if word.inside or _bordered(text, at, at + length):
                taken.add((at, word.action))
                found.append(Found(*whole.span(at, at + length), word))
        return found

    def _apart(self, whole: Folded) -> list[Found]:
        """Words whose letters are written one by one, with blanks or signs between them."""
        found: list[Found] = []
        run: list[int] = []
        for match in _PIECES.finditer(whole.text):
            start, end = match.span()
            between = whole.text[run[-1] + 1 : start] if run else ""
            near = not between or _IS_GAP.fullmatch(between) is not None
            if end - start > 1 or not near:
                found += self._joined(whole, run)
                run = []
            if end - start == 1:
                run.append(start)
        return found + self._joined(whole, run)

    def _joined(self, whole: Folded, run: list[int]) -> list[Found]:
        found = []
        letters = "".join(whole.text[at] for at in run)
        taken: set[tuple[int, Action]] = set()
        for first, length in self._all.find(letters, range(len(letters))):
            word = self._words.get(letters[first : first + length]) if first + length <= len(run) else None
            if word is None or (first, word.action) in taken:
                continue
            last = run[first + length - 1]
            if last - run[first] >= length:  # otherwise it stands there as it is
                taken.add((first, word.action))
                found.append(Found(whole.span(run[first], run[first] + 1)[0], whole.span(last, last + 1)[1], word))
        return found


def _bordered(text: str, start: int, end: int) -> bool:
    """Whether what stands from ``start`` to before ``end`` is no part of a longer word."""
    return _border(text, start - 1, start) and _border(text, end, end - 1)


def _border(text: str, outside: int, inside: int) -> bool:
    if not 0 <= outside < len(text):
        return True
    pair = text[outside], text[inside]
    return not all(sign.isalnum() for sign in pair) or any(_WITHOUT_BLANKS.match(sign) for sign in pair)


def replaced(text: str, found: Iterable[Found]) -> str:
    """The text with every word replaced; of words that overlap, the first."""
    parts: list[str] = []
    at = 0
    for one in found:
        if one.start >= at:
            parts += [text[at : one.start], one.word.replacement or "*" * (one.end - one.start)]
            at = one.end
    return "".join([*parts, text[at:]])
