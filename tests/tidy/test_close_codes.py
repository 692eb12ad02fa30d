"""How a WebSocket ends is said in ``wire/close_codes.py`` alone, and nothing there is idle."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from sodam.wire.close_codes import CloseCode
from tests.support import tree

DECLARED = Path("src/sodam/wire/close_codes.py")


def _number(path: Path, call: ast.Call) -> str | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    first = call.args[0] if call.args else None
    if name.lower() in ("close", "send_close") and isinstance(first, ast.Constant) and type(first.value) is int:
        return f"{path}:{call.lineno}: {first.value}"
    return None


def test_no_number_stands_elsewhere() -> None:
    found = [
        number
        for path, text in tree.python()
        if path.parts[:2] == ("src", "sodam") and "close(" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and (number := _number(path, node))
    ]
    assert not found, "declare it in CloseCode:\n" + "\n".join(found)


def test_every_code_is_used_and_fits_into_a_frame() -> None:
    sources = "".join(text for path, text in tree.python() if path.parts[0] == "src" and path != DECLARED)
    assert {code.name for code in CloseCode} == set(re.findall(r"\bCloseCode\.([A-Z_]+)", sources))
    assert len({code.frame for code in CloseCode}) == len(CloseCode), "a client could not tell two cases apart"
    for code in CloseCode:
        assert 1000 <= code.number < 1016, code
        assert 0 < len(code.reason.encode()) <= 123, code
