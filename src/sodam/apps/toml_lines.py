"""Where in a TOML text each key stands: ``tomllib`` reads values, and forgets the lines."""

from __future__ import annotations

from typing import Final

Path = tuple[str | int, ...]
"""From the top of the document: names of keys, and for an entry of an array of tables its place in it."""
_BARE: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


class Lines:
    """The lines of the keys and table headers of a text that ``tomllib`` has read without complaint."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._found: dict[Path, int] = {}
        self._last: dict[Path, int] = {}
        """Of each array of tables, the place of its newest entry."""
        table: Path = ()
        while self._skip_blank():
            line = text.count("\n", 0, self._at) + 1
            if text[self._at] == "[":
                table = self._header(line)
                self._skip_value()  # the end of the line: a comment at most
                continue
            path = table
            for name in self._names():
                path = (*path, name)
                self._found.setdefault(path, line)
            self._skip_value()

    def of(self, *path: str | int) -> int:
        """The line of a key, or of the nearest one around it; it begins at 1."""
        for length in range(len(path), 0, -1):
            if path[:length] in self._found:
                return self._found[path[:length]]
        return 1

    def _skip_blank(self) -> bool:
        """Go to the next statement; False at the end."""
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == "#":
                self._to_line_end()
            elif char.isspace():
                self._at += 1
            else:
                return True
        return False

    def _to_line_end(self) -> None:
        end = self._text.find("\n", self._at)
        self._at = len(self._text) if end < 0 else end

    def _header(self, line: int) -> Path:
        many = self._text.startswith("[[", self._at)
        self._at += 2 if many else 1
        *parents, name = self._names()
        self._at += 2 if many else 1
        path: Path = ()
        for parent in parents:
            path = self._newest((*path, parent))
        path = (*path, name)
        self._found.setdefault(path, line)
        if many:
            self._last[path] = self._last.get(path, -1) + 1
        path = self._newest(path)
        self._found.setdefault(path, line)
        return path

    def _newest(self, path: Path) -> Path:
        return (*path, self._last[path]) if path in self._last else path

    def _names(self) -> list[str]:
        """The parts of a dotted key, up to its ``=`` or ``]``."""
        names: list[str] = []
        while (char := self._text[self._at]) not in "=]":
            begin = self._at
            if char in "\"'":
                self._skip_string(char)
                names.append(self._text[begin + 1 : self._at - 1])
            elif char in _BARE:
                while self._text[self._at] in _BARE:
                    self._at += 1
                names.append(self._text[begin : self._at])
            else:
                self._at += 1
        return names

    def _skip_value(self) -> None:
        """Go behind the value: to the end of a line outside of any bracket."""
        depth = 0
        while self._at < len(self._text):
            char = self._text[self._at]
            if char in "\"'":
                self._skip_string(char)
                continue
            if char == "#":
                self._to_line_end()
                continue
            if char == "\n" and depth == 0:
                return
            depth += (char in "[{") - (char in "]}")
            self._at += 1

    def _skip_string(self, quote: str) -> None:
        long = self._text.startswith(quote * 3, self._at)
        end = quote * 3 if long else quote
        self._at += len(end)
        while not self._text.startswith(end, self._at):
            self._at += 2 if quote == '"' and self._text[self._at] == "\\" else 1
        self._at += len(end)
        while long and self._text.startswith(quote, self._at):
            self._at += 1  # quotes that belong to the text stand before the three that end it
