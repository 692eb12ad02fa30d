"""Calls of the console's test chat in a real browser, through a real coturn (see call.test.mjs)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console_e2e.test_console import browser, run
from tests.e2e.test_turn import SECRET, coturn

__all__ = ["browser", "coturn"]
pytestmark = pytest.mark.long


def test_two_panes_call_each_other(coturn: int, browser: str) -> None:
    assert Path(browser).exists()
    run("call", browser, TURN_PORT=str(coturn), TURN_SECRET=SECRET)
