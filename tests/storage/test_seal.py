"""The key under which credentials are kept: whoever starts without it is told, once, and not that they were lost."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sodam.storage import Database
from sodam.storage.seal import Seal, Unsealable, is_another, open_seal
from tests.support.server import ServerFactory

TOLD = "the key of the server is another one than before"


async def test_another_key_is_noticed_once(database: Database, tmp_path: Path) -> None:
    own = await open_seal(database, None, tmp_path)
    assert [await is_another(database, own) for _ in range(2)] == [False, False]
    kept = own.close(b"a credential", "push")
    other = Seal(b"another key, as after an upgrade that made one")
    with pytest.raises(Unsealable):
        other.open(kept, "push")
    assert [await is_another(database, other) for _ in range(2)] == [True, False]
    assert await is_another(database, own), "and the way back"


async def test_nodes_that_start_together_know_one_key(database: Database) -> None:
    seal = Seal(b"the same on every node of the cluster")
    assert await asyncio.gather(*(is_another(database, seal) for _ in range(4))) == [False] * 4


async def test_a_data_directory_that_lost_its_key(server_factory: ServerFactory) -> None:
    """As when the database was copied alone, or a chart made a new secret."""
    server = server_factory()
    server.restart()
    assert TOLD not in server.log.read_text()
    server.stop()
    (key,) = server.log.parent.rglob("secret.key")
    key.unlink()
    server.start()
    assert server.log.read_text().count(TOLD) == 1
    server.restart()
    assert server.log.read_text().count(TOLD) == 1
