"""A file has one subject, a function one screen."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

from tests.support import tree

MAX_FILE_LINES: Final = 400
MAX_LIST_LINES: Final = 500
"""Of tests and styles, one after the other."""
MAX_FUNCTION_LINES: Final = 70
CODE: Final = {".py", ".ts", ".tsx", ".js", ".mjs", ".sql", ".sh", ".css"}


def _generated(path: Path) -> bool:
    """Generated code stands in a folder of that name: nobody reads it as a file."""
    return "generated" in path.parts


def _limit(name: str) -> int:
    return MAX_LIST_LINES if name.startswith("tests") or name.endswith(".css") else MAX_FILE_LINES


def test_files_are_short() -> None:
    long = {str(path): text.count("\n") for path, text in tree.texts() if path.suffix in CODE and not _generated(path)}
    assert not {name: lines for name, lines in long.items() if lines > _limit(name)}


def test_functions_are_short() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}: {lines} lines"
        for path, text in tree.python()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) >= MAX_FUNCTION_LINES
    ]
    assert not long, "\n".join(long)
