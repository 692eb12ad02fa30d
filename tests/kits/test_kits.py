"""The newest official kits, unmodified, in Chromium: what ``make demo`` serves is walked (see the .mjs files)."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.console_e2e.test_console import ROOT, _node, browser

__all__ = ["browser"]
HERE = Path(__file__).parent
pytestmark = pytest.mark.long


@contextmanager
def demo(kit: str) -> Iterator[tuple[str, str]]:
    """``make demo`` with a kit of examples/: the address of its page, and after how many seconds it was there."""
    command = [sys.executable, str(ROOT / "scripts/demo.py"), "--kit", kit, "--port", "0", "--page-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        said = []
        try:
            for line in running.stdout:
                said.append(line)
                if found := re.search(r"the chat +(\S+) +\((.*)\)", line):
                    yield found[1], found[2].removesuffix(" s")
                    return
            pytest.fail("".join(said))
        finally:
            running.send_signal(signal.SIGTERM)


@pytest.mark.parametrize(("kit", "walk"), [("web-chat", "react"), ("web-chat-vue", "vue")])
def test_kit(kit: str, walk: str, browser: str) -> None:
    with demo(kit) as (page, seconds):
        command = [_node(), "--test", "--test-timeout=300000", "--test-reporter=spec", str(HERE / f"{walk}.test.mjs")]
        env = os.environ | {"CHROMIUM": browser, "DEMO_PAGE": page, "DEMO_SECONDS": seconds}
        ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=900, check=False)
        print(ended.stdout[-8000:], ended.stderr[-4000:], sep="\n")
        assert ended.returncode == 0, f"{walk}.test.mjs failed, see its output"
