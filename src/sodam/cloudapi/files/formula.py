"""Spreadsheets run a cell that begins like a formula. An apostrophe before it says that it is text.

The apostrophe is taken away again when the file comes back. A text that itself begins with apostrophes and goes on like
a formula gets one more, so that every text comes back as it was.
"""

from __future__ import annotations

import re
from typing import Final

_RUN: Final = re.compile(r"'*[=+\-@\t\r]")
_GUARDED: Final = re.compile(r"'+[=+\-@\t\r]")


def guarded(value: object) -> object:
    """A cell as it is written."""
    return f"'{value}" if isinstance(value, str) and _RUN.match(value) else value


def unguarded(text: str) -> str:
    """A cell that was read, as it was before ``guarded``."""
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text
