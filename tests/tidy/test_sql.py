"""A parameter first compared with a written number is of 32 bits for PostgreSQL, which then refuses larger ones."""

from __future__ import annotations

import re
from typing import Final

from tests.support.tree import ROOT

_FIRST_USE: Final = re.compile(r"(?:[(]|WHEN |OR |AND )(\$\d) (?:=|<|>|<=|>=|<>) \d")


def test_parameters_compared_with_a_number_say_their_type() -> None:
    found = []
    for path in sorted((ROOT / "src/sodam").rglob("store*.py")):
        text = path.read_text()
        for match in _FIRST_USE.finditer(text):
            before = text[text.rfind("async def ", 0, match.start()) : match.start()]
            if f"= {match[1]}" not in before:  # a column, by which its type is known, comes first
                found.append(f"{path.relative_to(ROOT)}: {match[0]}")
    assert not found, found
