"""What the subcommands share: flags made from the settings table, errors that are one line, tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import field, fields, make_dataclass
from typing import Annotated, Any, Final
from urllib.parse import unquote, urlsplit

from cyclopts import Parameter

from sodam.settings import TABLE, Settings, load
from sodam.storage.address import hosts
from sodam.storage.open import DATABASE_FILE

EXIT_OK: Final = 0
EXIT_PROBLEM: Final = 1
"""The command ran and found what it looks for: a signature that fails, an import with rejected rows, a sick machine."""
EXIT_UNUSABLE: Final = 2
"""The command could not run: unknown or bad setting, database unreachable, port in use."""

STORE_FLAGS: Final = ("data_dir", "database_url")


class CliError(Exception):
    """The command cannot go on. The text is one line for the operator; the exit code is `EXIT_UNUSABLE`."""


def settings_flags(*names: str) -> type[Any]:
    """A dataclass whose fields cyclopts shows as flags: ``--config`` and the named rows of the settings table."""
    rows = [row for row in TABLE if row.name in names]
    assert len(rows) == len(names), names
    text = str | None
    columns: list[tuple[str, Any, Any]] = [
        ("config", Annotated[text, Parameter(help="TOML file with settings.")], field(default=None))
    ]
    for row in rows:
        note = f"{row.help} [{row.env}; default: {row.default}]".replace("`", "")
        columns.append((row.name, Annotated[text, Parameter(help=note)], field(default=None)))
    made = make_dataclass("SettingsFlags", columns, frozen=True, kw_only=True)
    made.__module__ = __name__  # cyclopts resolves the annotations in the module that the class names
    return made


def settings_from(flags: Any, env: dict[str, str]) -> Settings:
    """Settings from the flags that `settings_flags` declared (None: none was given). Raises SettingsError."""
    if flags is None:
        return load({}, env)
    given = {column.name: getattr(flags, column.name) for column in fields(flags)}
    config = given.pop("config")
    return load({name: text for name, text in given.items() if text is not None}, env, config)


def place_of(settings: Settings) -> str:
    """Where the state is kept, for people."""
    if settings.database_url is not None:
        name = unquote(urlsplit(settings.database_url).path.strip("/"))
        return f"the PostgreSQL database {f'{name} ' if name else ''}at {hosts(settings.database_url)}"
    return str(settings.data_dir.absolute() / DATABASE_FILE)


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as aligned columns of plain text, without a trailing newline."""
    lines = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    padded = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
    return "\n".join(line.rstrip() for line in padded)
