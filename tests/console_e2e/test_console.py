"""The console in a real browser: whole flows in every language, and every page looked at (see the .mjs files)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TIMEOUT = 900


def _node() -> str:
    beside = Path(sys.executable).parent / "node"
    return str(beside) if beside.exists() else shutil.which("node") or "node"


def _browser() -> str:
    """Chromium, installed by apt where that is allowed and it is missing."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        install = "apt-get install -y -q chromium || (apt-get update -q && apt-get install -y -q chromium)"
        subprocess.run(["sh", "-c", install], check=False, capture_output=True, timeout=600)
        found = shutil.which("chromium")
    if found is None:
        pytest.skip("no Chromium: install it (apt-get install chromium) or name one in CHROMIUM")
    return found


@pytest.mark.parametrize("name", ["walk", "flow", "large"])
def test_console(name: str) -> None:
    if name != "walk" and os.environ.get("SODAM_TEST_FLOWS") != "1":
        pytest.skip("takes minutes and a quiet machine: set SODAM_TEST_FLOWS=1")
    if not (ROOT / "web" / "node_modules" / "playwright-core").exists():
        pytest.skip("the console's packages are not installed: make web")
    if not (ROOT / "src" / "sodam" / "console" / "static" / "index.html").exists():
        pytest.skip("the console is not built: make web")
    env = os.environ | {"CHROMIUM": _browser()}
    command = [_node(), "--test", "--test-reporter=spec", str(HERE / f"{name}.test.mjs")]
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert ended.returncode == 0, f"{ended.stdout[-8000:]}\n{ended.stderr[-4000:]}"
