"""Programs that tests may use: those beside this Python, as packages brought them, before the system's own."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest


def find(name: str) -> str | None:
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.is_file() else shutil.which(name)


def needs(name: str, cure: str = "") -> Any:
    """Skip a test where the program is not: the mark to put on it."""
    return pytest.mark.skipif(find(name) is None, reason=f"{name} is not installed{cure and f': {cure}'}")
