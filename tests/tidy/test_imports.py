"""Dependencies point downward, and a package's SQL is its own."""

from __future__ import annotations

import ast
import os
import re
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.support import tree

SOURCE = Path("src/sodam")


def test_layers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tree.ROOT)
    result = lint_imports(config_filename=os.fspath(tree.ROOT / "pyproject.toml"), no_cache=True)
    assert result == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def _imported(source: str) -> set[str]:
    """Modules that a file imports, with the names it takes from them: ``from a.b import c`` gives a.b and a.b.c."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
    return found


STORE = re.compile(r"store|store_\w+|\w+_store")
"""A file of this name holds the SQL of its package."""
SQL = re.compile(r"\b(SELECT\s.+\sFROM|SELECT \w+\(|INSERT INTO|UPDATE \w+ SET|DELETE FROM)\b", re.DOTALL)
WORD = re.compile(r"SELECT\b|INSERT INTO|UPDATE |DELETE FROM")
OUTSIDE = {
    "bus/postgres.py": "the bus is a protocol over statements of its own",
    "cli/checks.py": "asks a database that no server has opened",
    "gateway/session_check.py": "asks for the database's clock",
    "gateway/tickets.py": "one row, the key of tickets",
}
"""Files with SQL that are no stores, and why."""
READABLE = {"access"}
"""Packages whose stores still hold types that others name."""


def test_stores_are_private() -> None:
    """The stores of ``sodam.<noun>`` are imported by its own package alone; others ask the service."""
    wrong = [
        f"{path} imports {module}"
        for path, text in tree.python()
        if path.is_relative_to(SOURCE)
        for module in sorted(_imported(text))
        if (parts := module.split("."))[0] == "sodam" and len(parts) > 2 and STORE.fullmatch(parts[2])
        if path.relative_to(SOURCE).parts[0] != parts[1] and parts[1] not in READABLE
    ]
    assert not wrong, "\n".join(wrong)


def _says_sql(text: str) -> bool:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value):
            return True
        if isinstance(node, ast.JoinedStr) and SQL.search(ast.unparse(node)):
            return True
    return False


def test_sql_stands_in_stores() -> None:
    """Whoever changes a table finds every statement about it by the files' names."""
    assert _says_sql('x = f"SELECT {a} FROM app"')
    assert not _says_sql('"""Select from what there is."""')
    found = {
        str(inner)
        for path, text in tree.python()
        if path.is_relative_to(SOURCE)
        if (inner := path.relative_to(SOURCE)).parts[0] != "storage"
        if not STORE.fullmatch(path.stem) and WORD.search(text) and _says_sql(text)
    }
    assert found == OUTSIDE.keys(), f"{sorted(found ^ OUTSIDE.keys())}: SQL belongs into store*.py"


def test_no_relative_imports() -> None:
    """Every import can be found by searching for the module's full name."""
    wrong = [
        f"{path}:{node.lineno}"
        for path, text in tree.python()
        if "from ." in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not wrong, "\n".join(wrong)
