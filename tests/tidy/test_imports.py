"""Dependencies point downward, and a package's SQL is its own."""

from __future__ import annotations

import ast
import os
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


def test_stores_are_private() -> None:
    """``sodam.<noun>.store`` is imported by its own package alone; others ask the service."""
    wrong = [
        f"{path} imports {module}"
        for path, text in tree.python()
        if path.is_relative_to(SOURCE)
        for module in sorted(_imported(text))
        if (parts := module.split("."))[0] == "sodam" and parts[2:3] == ["store"]
        if path.relative_to(SOURCE).parts[0] != parts[1]
    ]
    assert not wrong, "\n".join(wrong)


def test_no_relative_imports() -> None:
    """Every import can be found by searching for the module's full name."""
    wrong = [
        f"{path}:{node.lineno}"
        for path, text in tree.python()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert not wrong, "\n".join(wrong)
