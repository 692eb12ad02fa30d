"""JSON with the place of every value, so that a mistake in a policy can be pointed at.

The standard parser tells where the text stops being JSON, but not where a well-formed value stands that means nothing.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

from sodam.control import Explanation

MAX_DEPTH: Final = 16
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}

_VALUE: Final = Explanation("expected a value", "JsonValue")
_END: Final = Explanation("the document ends too early", "JsonEnd")
_BAD_TEXT: Final = Explanation(
    "this text does not end, or holds an unknown escape or a control character", "JsonBadText"
)
_KEY: Final = Explanation("expected a key in double quotes", "JsonKey")
_COLON: Final = Explanation("expected a colon", "JsonColon")
_COMMA_OR_BRACKET: Final = Explanation("expected a comma or a closing bracket", "JsonCommaOrBracket")
_COMMA_OR_BRACE: Final = Explanation("expected a comma or a closing brace", "JsonCommaOrBrace")

Plain = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    """A value and the offset (in characters) at which it begins. Members and items are nodes themselves."""

    value: Plain | list[Node] | dict[str, Node]
    offset: int


class JsonError(Exception):
    """The text is no JSON; ``offset`` says where."""

    def __init__(self, said: Explanation, offset: int) -> None:
        super().__init__(said.text)
        self.explanation = said
        self.offset = offset


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column of an offset, both from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def parse(text: str) -> Node:
    """The document as nodes. Raises JsonError for what is no JSON, repeats a key or nests deeper than MAX_DEPTH."""
    reader = _Reader(text)
    node = reader.value(0)
    reader.space()
    if reader.at < len(text):
        raise JsonError(Explanation("nothing may follow the document", "JsonTrailing"), reader.at)
    return node


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        assert match
        self.at = match.end()

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self, char: str, wanted: Explanation) -> None:
        if self.peek() != char:
            raise JsonError(wanted, self.at)
        self.at += 1

    def value(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise JsonError(
                Explanation(f"nested deeper than {MAX_DEPTH} levels", "JsonTooDeep", {"Most": MAX_DEPTH}), self.at
            )
        self.space()
        start = self.at
        char = self.peek()
        if char == "{":
            return Node(self.members(depth), start)
        if char == "[":
            return Node(self.items(depth), start)
        if char == '"':
            return Node(self.string(), start)
        for word, meaning in _WORDS.items():
            if self.text.startswith(word, start):
                self.at += len(word)
                return Node(meaning, start)
        if (match := _NUMBER.match(self.text, start)) and len(match[0]) <= 32:
            self.at = match.end()
            return Node(json.loads(match[0]), start)
        raise JsonError(_VALUE if char else _END, start)

    def string(self) -> str:
        match = _STRING.match(self.text, self.at)
        if match is None:
            raise JsonError(_BAD_TEXT, self.at)
        self.at = match.end()
        decoded: str = json.loads(match[0])
        return decoded

    def items(self, depth: int) -> list[Node]:
        self.at += 1
        found: list[Node] = []
        self.space()
        if self.peek() == "]":
            self.at += 1
            return found
        while True:
            found.append(self.value(depth + 1))
            self.space()
            if self.peek() == "]":
                self.at += 1
                return found
            self.take(",", _COMMA_OR_BRACKET)

    def members(self, depth: int) -> dict[str, Node]:
        self.at += 1
        found: dict[str, Node] = {}
        self.space()
        if self.peek() == "}":
            self.at += 1
            return found
        while True:
            self.space()
            start = self.at
            if self.peek() != '"':
                raise JsonError(_KEY, start)
            key = self.string()
            if key in found:
                raise JsonError(Explanation(f"the key {key!r} stands twice", "JsonKeyTwice", {"Name": key}), start)
            self.space()
            self.take(":", _COLON)
            found[key] = self.value(depth + 1)
            self.space()
            if self.peek() == "}":
                self.at += 1
                return found
            self.take(",", _COMMA_OR_BRACE)
