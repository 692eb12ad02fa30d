"""On PostgreSQL a write that is repeated after a crash does not wait for the disk; every other one does."""

from __future__ import annotations

from typing import Any

import pytest

from sodam.storage import Database, Tx

pytestmark = pytest.mark.parametrize("engine", ["postgres"], indirect=True)
_SHOW = "SELECT current_setting('synchronous_commit')"


async def _setting(tx: Tx) -> str:
    row = await tx.fetch_one(_SHOW)
    assert row is not None
    return str(row[0])


async def test_only_what_is_repeated_leaves_the_disk_out(database: Database) -> None:
    assert await database.write(_setting) == "on"
    assert await database.write(_setting, repeated=True) == "off"
    for _ in range(20):  # whichever connection it gets
        assert await database.write(_setting) == "on"


async def test_it_is_a_transaction_as_any(database: Database) -> None:
    """All of it or nothing; what follows the commit follows it, and the connection is as good as before."""
    followed: list[str] = []

    async def put(tx: Tx, name: str, *, fails: bool) -> Any:
        await tx.execute("INSERT INTO server_state VALUES ($1, $2)", name, b"")
        tx.after_commit(lambda: followed.append(name))
        if fails:
            raise ValueError(name)

    await database.write(lambda tx: put(tx, "kept", fails=False), repeated=True)
    with pytest.raises(ValueError, match="undone"):
        await database.write(lambda tx: put(tx, "undone", fails=True), repeated=True)
    rows = await database.fetch("SELECT name FROM server_state WHERE name IN ('kept', 'undone')")
    assert [row[0] for row in rows] == ["kept"]
    assert followed == ["kept"]
    assert await database.write(_setting) == "on"
