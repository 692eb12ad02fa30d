"""Programs that tests may use: those beside this Python, as packages brought them, before the system's own."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


def find(name: str) -> str | None:
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.is_file() else shutil.which(name)


def npm_packages(directory: Path) -> None:
    """Install the locked npm packages of a directory when they are missing."""
    held = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)  # other test processes want the same
        done = directory / "node_modules/.installed"
        if done.exists():
            return
        command = [find("npm") or "npm", "ci", "--ignore-scripts"]
        installed = subprocess.run(command, cwd=directory, capture_output=True, text=True, timeout=300, check=False)
        assert installed.returncode == 0, installed.stderr
        done.touch()
    finally:
        os.close(held)


def needs(name: str, cure: str = "") -> Any:
    """Skip a test where the program is not: the mark to put on it."""
    return pytest.mark.skipif(find(name) is None, reason=f"{name} is not installed{cure and f': {cure}'}")
