"""The console as people meet it: its units, every page and every flow in Chromium against a real server.

The tests themselves are JavaScript beside this file (`node --test`); this runs them with the others.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
WEB = ROOT / "web"
MINUTES = 12
_PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"


def _run(*command: str, cwd: Path) -> None:
    environment = {**os.environ, "PATH": _PATH, "CONSOLE_E2E_SODAM": str(Path(sys.executable).parent / "sodam")}
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=MINUTES * 60,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-12_000:]


def _need(condition: bool, what: str) -> None:
    if not condition:
        pytest.skip(f"{what}; run: make test")


def test_units_types_and_style() -> None:
    _need((WEB / "node_modules").exists(), "the console's packages are not installed")
    _run("npm", "run", "--silent", "check", cwd=WEB)


@pytest.mark.parametrize("file", sorted(path.name for path in HERE.glob("*.test.mjs")))
def test_in_a_browser(file: str) -> None:
    _need((ROOT / "src/sodam/console/static/index.html").exists(), "the console is not built")
    found = any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    _need(found, "there is no Chromium")
    _run("node", "--test", str(HERE / file), cwd=ROOT)
