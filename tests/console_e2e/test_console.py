"""The console in a real browser: whole flows, and every page looked at in every language (see the .mjs files)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sdk.driver import install
from tests.support.amounts import amounts

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
TIMEOUT = 1800


def _node() -> str:
    beside = Path(sys.executable).parent / "node"
    return str(beside) if beside.exists() else shutil.which("node") or "node"


def _missing(what: str) -> None:
    """Skip on somebody's own machine; fail where everything can be installed: on a build machine, or as root."""
    if os.environ.get("CI", "").lower() in {"1", "true"} or os.geteuid() == 0:
        pytest.fail(what)
    pytest.skip(what)


def _find_browser() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="module")
def browser() -> str:
    """Where Chromium is; installed where that is allowed and it is missing."""
    found = _find_browser()
    if found is None:
        subprocess.run([ROOT / "scripts" / "browser"], check=False, timeout=600)
        found = _find_browser()
    if found is None:
        _missing("no Chromium: install it (apt-get install chromium) or name one in CHROMIUM")
    return str(found)


GROUPS = ("apps", "accounts", "access")
"""Of flows: each has a server and a browser of its own, so that they run beside each other."""
FLOWS = ["", pytest.param("all", marks=pytest.mark.long)]
"""Every flow once, in the language, width and theme of its group; or in each."""
COMBINATIONS = amounts("CONSOLE_E2E", usual="", long="all")
"""Of language, width and theme; the usual walk sees each page in one of two that meet each width and theme."""


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("which", FLOWS, ids=lambda value: value or "once")
def test_flow(which: str, group: str, browser: str) -> None:
    run("flow", browser, CONSOLE_E2E_FLOW=which, CONSOLE_E2E_GROUP=group)


@pytest.mark.parametrize("combinations", COMBINATIONS, ids=lambda value: value or "some")
def test_walk(combinations: str, browser: str) -> None:
    run("walk", browser, CONSOLE_E2E=combinations)


@pytest.mark.parametrize("accounts", amounts("CONSOLE_E2E_ACCOUNTS", usual="3000", long="100000"))
def test_large(accounts: str, browser: str) -> None:
    run("large", browser, CONSOLE_E2E_ACCOUNTS=accounts)


def test_kit(browser: str) -> None:
    install()
    run("kit", browser)


def run(name: str, browser: str, **settings: str) -> None:
    """One file in Node's test runner, in a process and with servers of its own; fails with its output."""
    if not (ROOT / "web" / "node_modules" / "playwright-core").exists():
        _missing("the console's packages are not installed: make web")
    if not (ROOT / "src" / "sodam" / "console" / "static" / "index.html").exists():
        _missing("the console is not built: make web")
    command = [_node(), "--test", "--test-timeout=900000", "--test-reporter=spec", str(HERE / f"{name}.test.mjs")]
    env = os.environ | {"CHROMIUM": browser} | settings
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    # Shown when the test fails, or always with pytest -rP: the times of the table, the length of each flow.
    print(ended.stdout[-8000:], ended.stderr[-4000:], sep="\n")
    assert ended.returncode == 0, f"{name}.test.mjs failed, see its output"
