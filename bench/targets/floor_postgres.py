"""The floor with its rows in PostgreSQL: one statement a commit, over one connection, and nothing else."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

import asyncpg
import uvloop

from bench.targets.floor_server import Hub, Row, serve

_TABLE = (
    "CREATE TABLE message (id BIGSERIAL PRIMARY KEY, sender TEXT, recipient TEXT, seq BIGINT, random BIGINT, "
    "time BIGINT, body BYTEA)"
)
_INTO = "INSERT INTO message (sender, recipient, seq, random, time, body)"
_ONE = f"{_INTO} VALUES ($1, $2, $3, $4, $5, $6)"
_MANY = f"{_INTO} SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[])"


class PostgresRows:
    """As ``floor_server.Store``: what gathers while a statement is on its way goes into the next."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._waiting: list[tuple[Row, Callable[[], None]]] = []
        self._writing: asyncio.Task[None] | None = None
        self.after_commit: Callable[[], None] = lambda: None

    def append(self, row: Row, stored: Callable[[], None]) -> None:
        self._waiting.append((row, stored))
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            if len(batch) == 1:
                await self._connection.execute(_ONE, *batch[0][0])
            else:
                await self._connection.execute(_MANY, *map(list, zip(*(row for row, _ in batch), strict=True)))
            for _, stored in batch:
                stored()
            self.after_commit()
        self._writing = None


async def _main(url: str, port: str, http_port: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute(_TABLE)
    await serve(Hub(PostgresRows(connection)), int(port), int(http_port))


if __name__ == "__main__":
    uvloop.run(_main(*sys.argv[1:]))
