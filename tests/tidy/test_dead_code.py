"""Nothing is kept that nobody uses: a name that stands in the server's sources only where it is defined is dead.

What frameworks and protocols call by name is decorated or listed in ``CALLED``. Uses by tests alone do not count.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from typing import Final

from tests.support import tree

SOURCE: Final = Path("src/sodam")
CALLED: Final[dict[str, str]] = {
    "isEnabledFor": "picows asks the logger that it is given",
    "getsockopt": "picows asks the socket that it is given",
    "on_ws_connected": "picows",
    "on_ws_frame": "picows",
    "on_ws_disconnected": "picows",
    "eof_received": "asyncio, of a protocol",
    "_should_upgrade_to_ws": "uvicorn, of its protocol",
    "_unsupported_upgrade_warning": "uvicorn, of its protocol",
    "on_response_complete": "uvicorn, of its protocol",
    "capture_signals": "uvicorn, of its server",
    "consume": "the outbox's consumers, of which the first are webhooks",
}
"""Names that others call, with who does."""
LISTS: Final = {"src/sodam/errors.py"}
"""Files that list what the documents name, whether or not something says it yet."""
Definition = tuple[str, str]


def _names(node: ast.AST) -> list[str]:
    """What a statement of a module or a class defines."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        registered = [d for d in node.decorator_list if isinstance(d, ast.Call) and not _plain(d)]
        return [] if registered else [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return [node.target.id] if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) else []


def _plain(decorator: ast.Call) -> bool:
    """Decorators that register nothing."""
    return isinstance(decorator.func, ast.Name) and decorator.func.id in ("dataclass", "cache", "lru_cache")


def definitions(path: str, text: str) -> list[Definition]:
    """Names that a file defines at its top and in its classes; those with two underscores are Python's."""
    found: list[Definition] = []
    for node in ast.parse(text).body:
        inner = [n for n in node.body if not isinstance(n, ast.AnnAssign)] if isinstance(node, ast.ClassDef) else []
        for one in (node, *inner):
            found += [(name, f"{path}:{one.lineno}") for name in _names(one) if not name.startswith("__")]
    return found


def dead(files: dict[str, str]) -> list[str]:
    words = Counter(word for text in files.values() for word in re.findall(r"\w+", _code(text)))
    return [
        f"{where}: {name}"
        for path, text in files.items()
        if path not in LISTS
        for name, where in definitions(path, text)
        if words[name] < 2 and name not in CALLED
    ]


def _code(text: str) -> str:
    """Without comments and docstrings, where a name may be spoken of."""
    return re.sub(r'"""[\s\S]*?"""|#.*', "", text)


def test_dead_code_is_found() -> None:
    text = (
        "X = 1\n_Y = X\n@app.action('a')\ndef kept(): ...\ndef gone(): ...\nclass C:\n  def m(self): ...\nC()  # gone\n"
    )
    assert dead({"a.py": text}) == ["a.py:2: _Y", "a.py:5: gone", "a.py:7: m"]


def test_the_list_of_what_others_call_is_no_longer_than_needed() -> None:
    names = {name for path, text in tree.python() if path.is_relative_to(SOURCE) for name, _ in definitions("", text)}
    assert CALLED.keys() <= names


def test_no_dead_code() -> None:
    files = {str(path): text for path, text in tree.python() if path.is_relative_to(SOURCE)}
    assert len(files) > 200
    assert not (found := dead(files)), "used by nobody:\n" + "\n".join(found)
