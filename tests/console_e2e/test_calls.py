"""Calls of the console's test chat in a real browser, through a real coturn (see call.test.mjs)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console_e2e.test_console import browser, run
from tests.e2e.test_turn import SECRET, coturn
from tests.support.server import ServerFactory

__all__ = ["browser", "coturn"]
pytestmark = pytest.mark.long


def test_on_two_nodes(coturn: int, browser: str, server_factory: ServerFactory) -> None:
    """The same, and a call from one node's device to another's."""
    turn = ",".join(f"turn:127.0.0.1:{coturn}?transport={way}" for way in ("udp", "tcp"))
    env = {"SODAM_TURN_URLS": turn, "SODAM_TURN_SECRET": SECRET, "SODAM_ROOT_PASSWORD": "Root-pass-123!"}
    env["SODAM_BOOTSTRAP_APP"] = f"1400000001:{'5' * 64}:Flagship"
    server = server_factory("postgres", nodes=2, nats=True, env=env)
    nodes = ",".join(node.url for node in server.nodes)
    run("call", browser, TURN_PORT=str(coturn), TURN_SECRET=SECRET, NODES=nodes)


def test_two_panes_call_each_other(coturn: int, browser: str) -> None:
    assert Path(browser).exists()
    run("call", browser, TURN_PORT=str(coturn), TURN_SECRET=SECRET)
