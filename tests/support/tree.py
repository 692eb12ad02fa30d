"""The project's own files, for tests that read them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]


_MADE: Final = {
    ".git",
    ".venv",
    "node_modules",
    "dist",
    "build",
    "__pycache__",
    "static",
    "sodam-data",
    "test-artifacts",
}


@cache
def tracked() -> tuple[Path, ...]:
    """Files that are, or are about to be, under version control; relative to `ROOT`.

    Where git cannot tell (not installed, or only the files were copied): all but what the targets make.
    """
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
        paths = [Path(name) for name in listed.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):
        paths = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
        paths = [path for path in paths if not _MADE & set(path.parts) and not re.match(r"\.\w+_cache", path.parts[0])]
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


def texts() -> Iterator[tuple[Path, str]]:
    """Every file that is text, with its content."""
    for path in tracked():
        try:
            yield path, (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


@cache
def python() -> tuple[tuple[Path, str], ...]:
    return tuple((path, (ROOT / path).read_text(encoding="utf-8")) for path in tracked() if path.suffix == ".py")
