"""PostgreSQL reads pages of a long conversation by index, also where one of the two writes everything."""

from __future__ import annotations

from typing import Any

import pytest

from sodam.c2c.model import NEWEST
from sodam.storage import Bulk, Database
from tests.contract.world import START, World, text_body

_INSERT = Bulk(
    "INSERT INTO c2c_message (app, conv, msg_time, msg_seq, msg_random, seq, high, client_time, flags, version, "
    "body, cloud, ord)",
    ("bigint", "text", *("bigint",) * 8, "bytea", "bytea", "bigint"),
)


@pytest.mark.parametrize("engine", ["postgres"])
async def test_a_page_sorts_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    world = await World.open(database)
    await world.send("a", "b", "newest")
    app, body = world.app.sdkappid, text_body("x")
    rows = [(app, "a\x1fb", START - 9000 + n, n, n, n + 10, 0, 0, 0, 0, body, b'""', n + 10) for n in range(8000)]
    await database.write(lambda tx: tx.bulk(_INSERT, rows))
    await database.execute("ANALYZE c2c_message")
    asked: list[tuple[str, tuple[Any, ...]]] = []
    fetch = database.fetch

    async def noted(sql: str, *args: Any) -> Any:
        asked.append((sql, args))
        return await fetch(sql, *args)

    for user, peer in (("a", "b"), ("b", "a")):
        with monkeypatch.context() as patch:
            patch.setattr(database, "fetch", noted)
            assert len(await world.c2c.histories.history(world.app, user, peer, limit=20, before=NEWEST)) == 20
        sql, args = asked[-1]
        assert "ORDER BY msg_time DESC" in sql
        plan = "\n".join(str(row[0]) for row in await fetch(f"EXPLAIN {sql}", *args))
        assert "Index Scan" in plan, plan
        assert "Sort" not in plan, plan
