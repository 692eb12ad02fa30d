"""The test machinery itself: a check that cannot fail would hide what it should find."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from sodam.storage import Database
from tests.support.nats import Nats
from tests.support.server import ServerFactory, ServerProcess


async def test_database_is_open_and_migrated(database: Database) -> None:
    rows = await database.fetch("SELECT version FROM schema_version")
    assert rows


def test_nats_keeps_its_address(nats_server: Nats) -> None:
    before = nats_server.url
    nats_server.stop()
    nats_server.start()
    assert nats_server.url == before


async def test_shared_server_answers(server: ServerProcess) -> None:
    answer = await server.rest("im_open_login_svc/account_check", {"CheckItem": [{"UserID": "nobody"}]})
    assert answer["ErrorCode"] == 0


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_kill_and_restart_keep_port(server_factory: ServerFactory, kind: str) -> None:
    server = server_factory(engine="postgres" if kind == "postgres" else "sqlite")
    url = server.url
    server.kill()
    assert server.exit_code == -signal.SIGKILL
    server.start()
    assert server.url == url
    assert server.stop() == 0


def test_log_errors_are_found(server_factory: ServerFactory) -> None:
    server = server_factory()
    server.check_log()
    with Path(server.log).open("a") as log:
        log.write('{"event": "boom", "level": "error"}\n')
    with pytest.raises(AssertionError, match="boom"):
        server.check_log()
    with Path(server.log).open("a") as log:
        log.write("Traceback (most recent call last):\n")
    server.allow_errors("Traceback")
    server.check_log()
