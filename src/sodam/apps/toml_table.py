"""A table of a TOML file whose keys are taken one by one, so that what nobody takes is refused with its line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sodam.apps.toml_lines import Lines
from sodam.settings import SettingsError


class ApplyError(SettingsError):
    """The file cannot be applied. The text is one line, which begins with the file's name and the line."""


class Table:
    """A table of the file, whose keys are taken one after the other; what is left over is unknown."""

    def __init__(
        self, source: str, lines: Lines, path: tuple[str | int, ...], values: dict[str, Any], env: Mapping[str, str]
    ) -> None:
        self._source, self._lines, self._path, self._left, self._env = source, lines, path, dict(values), env
        self.line = lines.of(*path)

    def at(self, key: str) -> int:
        return self._lines.of(*self._path, key)

    def wrong(self, key: str, message: str) -> ApplyError:
        return ApplyError(f"{self._source}:{self.at(key)}: {message}")

    def take(self, key: str, kind: type, expected: str) -> Any:
        """The value; None when the file does not name it."""
        value = self._left.pop(key, None)
        if value is not None and type(value) is not kind:
            raise self.wrong(key, f"{key}: expected {expected}")
        return value

    def text(self, key: str) -> str | None:
        value = cast("str | None", self.take(key, str, "text in quotes"))
        if value is not None and "\0" in value:
            raise self.wrong(key, f"{key}: holds a NUL character")
        return value

    def needed(self, key: str) -> str:
        value = self.text(key)
        if not value:
            raise self.wrong(key, f"{self._path[0]} without {key}")
        return value

    def number(self, key: str) -> int | None:
        return cast("int | None", self.take(key, int, "a number"))

    def choice(self, key: str, values: tuple[str, ...]) -> str | None:
        value = self.text(key)
        if value is not None and value not in values:
            raise self.wrong(key, f"{key}: expected one of {', '.join(values)}")
        return value

    def texts(self, key: str) -> list[str]:
        value = self.take(key, list, "a list of texts")
        if value and not all(isinstance(item, str) for item in value):
            raise self.wrong(key, f"{key}: expected a list of texts")
        return value or []

    def table(self, key: str) -> Table:
        return self._inner(key, self.take(key, dict, "a table") or {})

    def tables(self, key: str) -> list[Table]:
        value = self.take(key, list, f"tables, each under [[{'.'.join((*self._names(), key))}]]") or []
        if not all(isinstance(item, dict) for item in value):
            raise self.wrong(key, f"{key}: expected tables")
        return [Table(self._source, self._lines, (*self._path, key, i), t, self._env) for i, t in enumerate(value)]

    def secret(self, key: str) -> tuple[str | None, str]:
        """The text of ``key``, or of the variable that ``key_env`` names; and that name if it is not set."""
        given, variable = self.text(key), self.text(f"{key}_env")
        if given is not None and variable is not None:
            raise self.wrong(f"{key}_env", f"give either {key} or {key}_env")
        if variable is not None and variable.startswith("SODAM_"):
            raise self.wrong(f"{key}_env", "variables that begin with SODAM_ are settings: choose another name")
        if variable is None:
            return given, ""
        return self._env.get(variable) or None, "" if self._env.get(variable) else variable

    def rest(self) -> dict[str, Any]:
        """All that is left, taken."""
        left, self._left = self._left, {}
        return left

    def end(self, what: str = "key") -> None:
        for key in self._left:
            raise self.wrong(key, f'unknown {what} "{key}"')

    def _inner(self, key: str, values: dict[str, Any]) -> Table:
        return Table(self._source, self._lines, (*self._path, key), values, self._env)

    def _names(self) -> list[str]:
        return [name for name in self._path if isinstance(name, str)]
