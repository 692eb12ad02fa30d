"""Words of a list in a text: what counts, what does not, and how long it takes."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sodam.moderation.fold import folded
from sodam.moderation.matcher import Matcher, replaced
from sodam.moderation.model import Action, Word
from tests.support.seeds import SEED

WORDS = (
    *(Word(word, Action.REPLACE) for word in ("ass", "fool", "bad word", "坏蛋", "바보", "éclair", "$$$", "Ω mega")),
    Word("class", Action.ALLOW, inside=True),
    Word("poo", Action.REPLACE, inside=True),
    Word("dear", Action.REPLACE, replacement="[friend]"),
)


def matcher(*words: Word) -> Matcher:
    return Matcher((folded(word.word).text, word) for word in words)


M = matcher(*WORDS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("you fool!", "you ****!"),
        ("FOOL Fool ＦＯＯＬ 𝐟𝐨𝐨𝐥", "**** **** **** ****"),
        ("foolish, befool, fool2, _fool_", "foolish, befool, fool2, _****_"),
        ("classic first-class ass", "classic first-class ***"),
        ("spoon", "s***n"),
        ("fo\u200dol, f\u00adool, fo\u0301ol, foo\u2060l", "*****, *****, *****, *****"),
        ("eclair ÉCLAIR e\u0301clair", "****** ****** *******"),
        ("f o o l, f.o.o.l, f-o-o-l", "*******, *******, *******"),
        ("f, o, o, l", "f, o, o, l"),
        ("你这个坏蛋！坏\u200b蛋 坏 蛋 坏*蛋", "你这个**！*** *** ***"),
        ("好坏，蛋", "好坏，蛋"),
        ("你好fool吗", "你好****吗"),
        ("안녕 바보야", "안녕 **야"),
        ("\u1107\u1161\u1107\u1169 네", "**** 네"),
        ("a$$$ $$$", "a*** ***"),
        ("https://x.example/fool/坏蛋 fool", "https://x.example/fool/坏蛋 ****"),
        ("ω MEGA", "******"),
        ("👨\u200d👩\u200d👧 fool ❤\ufe0f", "👨\u200d👩\u200d👧 **** ❤\ufe0f"),
        ("my dear fool", "my [friend] ****"),
        ("バカ がか", "バカ がか"),
        ("", ""),
    ],
)
def test_what_is_found(text: str, expected: str) -> None:
    assert replaced(text, M.find(text)) == expected


def test_kana_with_marks_are_other_letters() -> None:
    assert matcher(Word("かか", Action.BLOCK)).find("がか") == []


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=20))
def test_any_text_against_any_list(text: str, words: list[str]) -> None:
    """A replacement changes what was found and nothing else, whatever there is."""
    found = matcher(*(Word(w, Action.REPLACE, inside=True) for w in words if folded(w).text)).find(text)
    for one in found:
        assert 0 <= one.start < one.end <= len(text)
        assert folded(one.word.word).text
    untouched = [i for i in range(len(text)) if not any(one.start <= i < one.end for one in found)]
    kept = replaced(text, found)
    at = 0
    for place in untouched:  # in their order
        at = kept.index(text[place], at) + 1
    for word in words:  # as it stands there, it is found
        if text and word in text and folded(word).text and "http" not in text and text.isalpha() and text.isascii():
            assert any(one.start <= text.index(word) for one in found)


def test_time_does_not_grow_with_the_list() -> None:
    """Processor time of one message, printed, and held against what a look at each place of its text costs on this
    machine in this minute: seven times the looks are 50 microseconds where those of a text take seven."""
    seed = SEED
    dice = random.Random(seed)
    signs = [chr(dice.randint(0x4E00, 0x9FA5)) for _ in range(3000)]

    def line(of: str | list[str], least: int, most: int) -> str:
        return "".join(dice.choice(of) for _ in range(dice.randint(least, most)))

    letters = "abcdefghijklmnopqrstuvwxyz"
    words: set[str] = set()
    while len(words) < 100_000:
        words.add(line(signs, 2, 5) if dice.random() < 0.6 else line(letters, 4, 10))
    listed = dict.fromkeys(words, 1)
    few, many = (
        matcher(*(Word(w, Action.BLOCK) for w in sorted(words)[:: 100_000 // size])) for size in (100, 100_000)
    )
    assert len(many) > 99_000
    texts = [line(signs, 30, 30) + "，好的！" for _ in range(200)] + ["shall we meet at the station at eight?"] * 200

    def looks(text: str) -> None:
        get = listed.get
        for at in range(len(text)):
            get(text[at : at + 4])

    taken: dict[str, float] = {}
    for _ in range(7):  # in turn, so that a busy moment is everybody's; the best of each
        for name, find in (("looks", looks), ("100 words", few.find), ("100 000 words", many.find)):
            begin = time.process_time()
            for text in texts:
                find(text)
            spent = (time.process_time() - begin) / len(texts) * 1e6
            taken[name] = min(spent, taken.get(name, spent))
    print(f"seed {seed}: microseconds of processor time a message: {taken}")
    assert taken["100 000 words"] < 7 * taken["looks"]
    assert taken["100 000 words"] < 4 * taken["100 words"]


def test_a_hostile_text_is_no_harm() -> None:
    """Twelve kilobytes of beginnings of words."""
    words = [Word("a" * length, Action.BLOCK, inside=True) for length in range(1, 64)]
    some = matcher(*words, Word("a" * 64, Action.ALLOW, inside=True), Word("aa b", Action.ALLOW))
    begin = time.process_time()
    assert some.find("a" * 12_000) == []  # an allowed word covers each
    assert some.find("a " * 6_000) == []  # nor does it matter that its letters stand apart
    assert some.find("b" + "a" * 63)
    taken = time.process_time() - begin
    print(f"{taken:.3f} s")
    assert taken < 5
