"""Which Python `make` takes for the environment."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "venv"
_SHIM = """#!/bin/sh
case "$*" in
*enable-optimizations*) exit {slow} ;;
*version_info*3,\\ 11*) exit {old} ;;
"-m venv "*) [ {broken} = 0 ] || exit 1; mkdir -p "$3/bin" && printf '#!/bin/sh\\necho {name}\\n' >"$3/bin/python" &&
    chmod +x "$3/bin/python" ;;
*) exit 1 ;;
esac
"""


class Pythons:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir()

    def add(self, name: str, *, slow: bool = False, old: bool = False, broken: bool = False) -> Path:
        path = self.folder / name
        path.write_text(_SHIM.format(name=name, slow=int(slow), old=int(old), broken=int(broken)))
        path.chmod(0o755)
        return path

    def taken(self, **env: str) -> str:
        into = self.folder.parent / "environment"
        path = f"{self.folder}:{os.environ['PATH']}"
        made = subprocess.run([SCRIPT, into], env={**os.environ, "PATH": path, **env}, capture_output=True, text=True)
        assert made.returncode == 0, made.stderr
        return subprocess.run([into / "bin" / "python"], capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def pythons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pythons:
    monkeypatch.delenv("PYTHON", raising=False)
    return Pythons(tmp_path / "bin")


def test_the_first_one_in_the_path(pythons: Pythons) -> None:
    pythons.add("python3")
    pythons.add("python3.14")
    assert pythons.taken() == "python3"


def test_an_optimised_one_before_it(pythons: Pythons) -> None:
    pythons.add("python3", slow=True)
    pythons.add("python3.14", old=True)
    pythons.add("python3.13", broken=True)
    pythons.add("python3.12")
    assert pythons.taken() == "python3.12"


def test_the_one_that_is_named(pythons: Pythons) -> None:
    pythons.add("python3")
    named = pythons.add("another", slow=True)
    assert pythons.taken(PYTHON=str(named)) == "another"
