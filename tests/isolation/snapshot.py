"""The whole content of a server's database, read beside the running server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import apsw
import asyncpg

from tests.support.postgres import Postgres
from tests.support.server import ServerProcess

Tables = dict[str, list[dict[str, Any]]]
"""Rows by table, each as column to value, sorted."""


def read(server: ServerProcess, postgres: Postgres, url: str | None) -> Tables:
    """Every row of every table. `url` is that of a database of `postgres`, None for SQLite."""
    tables = postgres.ask(url, _postgres) if url else _sqlite(str(server.directory / "data" / "sodam.db"))
    # When periodic work was last done and which message was counted last is nobody's, and goes on while a test runs.
    ours = ("periodic:", "statistics:counted")
    state = [row for row in tables.pop("server_state") if not str(row["name"]).startswith(ours)]
    # Nor does it matter when minutes, days and users of a day are counted, and that the troubleshooting log is told of
    # refusals: each request and sign-in is.
    # Nor how far the search index has come.
    beside = ("statistic", "troubleshooting", "search_progress")
    kept = {name: rows for name, rows in tables.items() if not name.startswith(beside)}
    return {name: sorted(rows, key=repr) for name, rows in {**kept, "server_state": state}.items()}


def of_app(tables: Tables, sdkappid: int) -> Tables:
    """The rows that belong to one app: it stands in their column `app` or `sdkappid`."""
    return _only(tables, lambda row: sdkappid in (row.get("app"), row.get("sdkappid")))


def without(tables: Tables, user_id: str) -> Tables:
    """The rows in which a UserID does not stand, alone or as part of a key."""
    return _only(tables, lambda row: not any(_names(value, user_id) for value in row.values()))


def _names(value: Any, user_id: str) -> bool:
    return isinstance(value, str) and user_id in value.split("\x1f")


def _only(tables: Tables, wanted: Callable[[dict[str, Any]], bool]) -> Tables:
    return {name: [row for row in rows if wanted(row)] for name, rows in tables.items()}


def _sqlite(path: str) -> Tables:
    connection = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READONLY)
    try:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        found: Tables = {}
        with connection:  # one snapshot for all tables
            for name in names:
                cursor = connection.execute(f'SELECT * FROM "{name}"')
                rows = list(cursor)
                columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')]
                found[name] = [dict(zip(columns, row, strict=True)) for row in rows]
        return found
    finally:
        connection.close()


async def _postgres(connection: asyncpg.Connection[Any]) -> Tables:
    """On the connection of the last time, which knows the statements already."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {row[0]: [dict(r) for r in await connection.fetch(f'SELECT * FROM "{row[0]}"')] for row in rows}
