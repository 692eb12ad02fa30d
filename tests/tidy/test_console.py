"""The console's own checks: its linter, its types, and the tests of its modules (`npm run check` in web)."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import tree

_WEB = tree.ROOT / "web"
_MODULES = _WEB / "node_modules"
_NODE = Path(sys.executable).parent / "node"
pytestmark = pytest.mark.skipif(not _MODULES.is_dir(), reason="the console's packages are not installed: make web")


def run(script: str, *args: str) -> str:
    command = [str(_NODE) if _NODE.exists() else "node", str(_MODULES / script), *args]
    done = subprocess.run(command, cwd=_WEB, capture_output=True, text=True, timeout=600)
    said = re.sub(r"\x1b\[[\d;]*m", "", done.stdout + done.stderr)
    assert done.returncode == 0, said[-6000:]
    return said


def test_linter_and_format() -> None:
    run("@biomejs/biome/bin/biome", "check", "--error-on-warnings", "--colors=off", ".")


def test_types() -> None:
    run("typescript/bin/tsc", "--noEmit")


def test_modules() -> None:
    said = run("vitest/vitest.mjs", "run")
    passed = re.search(r"Tests .*?(\d+) passed", said)
    assert passed is not None, said[-2000:]
    assert int(passed[1]) > 400, said[-2000:]
