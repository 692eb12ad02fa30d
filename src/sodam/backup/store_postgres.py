"""The tables of PostgreSQL, as one transaction sees them, in the text form of COPY; and back, in one transaction.

Nothing of it needs more than the rights of the owner of the tables, which is the server's own user.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg

from sodam.backup.archive import BackupError, Member, Reading, Table, Writing
from sodam.backup.files import Progress
from sodam.storage.address import ERRORS, hosts, unreachable
from sodam.storage.database import StorageError
from sodam.storage.migrations import LOCK, TABLE_OF_VERSIONS, known

_PIECE: Final = 16 * 1024 * 1024
_SECONDS: Final = 7 * 86_400.0
"""For a statement: as long as it takes."""
_TABLES: Final = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attnum)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relpersistence = 'p'
   AND NOT a.attisdropped AND a.attgenerated = ''
 GROUP BY c.relname ORDER BY c.relname
"""
"""Without those that a crash may take: what goes over the bus."""
_NUMBERED: Final = """
SELECT c.relname, pg_get_serial_sequence(quote_ident(c.relname), a.attname::text), a.attname::text
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attidentity <> ''
 WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' ORDER BY c.relname
"""


class Source:
    """A database at one moment: everything is read in one transaction, which sees what was committed when it began."""

    def __init__(self, connection: asyncpg.Connection[Any]) -> None:
        self._connection = connection
        self.rows: dict[str, int] = {}

    async def schema(self) -> tuple[int, ...]:
        """The migrations that it has. Raises BackupError where no server has kept its state there."""
        if await self._connection.fetchval("SELECT to_regclass('schema_version')") is None:
            raise BackupError("there is no data in the PostgreSQL database")
        rows = await self._connection.fetch("SELECT version FROM schema_version ORDER BY version")
        return tuple(row[0] for row in rows)

    async def tables(self) -> tuple[Table, ...]:
        return tuple(Table(name, tuple(columns)) for name, columns in await self._connection.fetch(_TABLES))

    async def put(self, archive: Writing, table: Table, progress: Progress) -> None:
        waiting, pieces = bytearray(), 0

        def cut() -> None:
            nonlocal pieces
            pieces += 1
            archive.add(f"tables/{table.name}/{pieces:05}", bytes(waiting))
            waiting.clear()
            progress(table.name, pieces * _PIECE // (1024 * 1024))

        async def take(data: bytes) -> None:
            waiting.extend(data)
            if len(waiting) >= _PIECE:
                cut()

        columns = ", ".join(f'"{name}"' for name in table.columns)
        status = await self._connection.copy_from_query(
            f'SELECT {columns} FROM "{table.name}"', output=take, timeout=_SECONDS
        )
        if waiting:
            cut()
        self.rows[table.name] = _count(status)

    async def numbers(self) -> dict[str, int]:
        """They do not belong to the transaction, and so are never less than what it sees."""
        found = {}
        for name, sequence, _ in await self._connection.fetch(_NUMBERED):
            sql = f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}"
            found[name] = await self._connection.fetchval(sql)
        return found

    async def end(self) -> None:
        """Everything was read: PostgreSQL need not keep that moment any longer."""
        await self._connection.close(timeout=10)


@asynccontextmanager
async def source(url: str) -> AsyncIterator[Source]:
    """Raises StorageError when PostgreSQL cannot be reached."""
    connection = await _connect(url)
    try:
        await connection.transaction(isolation="repeatable_read", readonly=True).start()
        yield Source(connection)
    except ERRORS as error:
        raise BackupError(f"PostgreSQL at {hosts(url)}: {error}") from None
    finally:
        await connection.close(timeout=10)


class Target:
    """An empty database that a backup goes into: all of it or nothing, in one transaction."""

    def __init__(self, connection: asyncpg.Connection[Any], reading: Reading) -> None:
        self._connection = connection
        self._tables = {table.name: table for table in reading.head.tables}
        self._reading = reading
        self._rows: dict[str, int] = {}

    async def begin(self) -> None:
        """Make the tables as the backup's version had them. Raises BackupError where tables are there already."""
        connection = self._connection
        await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
        there = await connection.fetchval(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'v')"
            " ORDER BY relname <> 'schema_version' LIMIT 1"
        )
        if there is not None:
            raise BackupError(f"the PostgreSQL database is not empty: it has a table {there}; restore into a new one")
        await connection.execute(TABLE_OF_VERSIONS)
        wanted = set(self._reading.head.schema)
        for migration in known():
            if migration.version in wanted:
                for statement in migration.statements("postgres"):
                    await connection.execute(statement)
        names = {row[0] for row in await connection.fetch(_TABLES)}
        if names != set(self._tables):
            differ = ", ".join(sorted(names ^ set(self._tables)))
            raise BackupError(f"the backup's tables are not those of its version: {differ}")
        await connection.execute("TRUNCATE " + ", ".join(f'"{name}"' for name in sorted(names)))

    async def take(self, first: Member, progress: Progress) -> Member | None:
        """The table whose first piece this is; the member behind it."""
        name = first.name.split("/")[1]
        table = self._tables.get(name)
        if table is None or name in self._rows:
            raise BackupError(f"{first.name!r} is no file of this backup")
        behind: Member | None = None

        async def pieces() -> AsyncIterator[bytes]:
            nonlocal behind
            member: Member | None = first
            while member is not None and member.name.startswith(f"tables/{name}/"):
                progress(member.name, 0)
                for piece in member.pieces():
                    yield piece
                member = self._reading.next()
            behind = member

        status = await self._connection.copy_to_table(name, source=pieces(), columns=table.columns, timeout=_SECONDS)
        self._rows[name] = _count(status)
        return behind

    async def finish(self, rows: dict[str, int], numbers: dict[str, int]) -> None:
        """Compare the numbers of rows, and go on with the growing numbers behind those that were given out."""
        for name, count in rows.items():
            if self._rows.get(name, 0) != count:
                raise BackupError(f"{name} has {self._rows.get(name, 0)} rows instead of {count}")
        for name, sequence, column in await self._connection.fetch(_NUMBERED):
            most = await self._connection.fetchval(f'SELECT max("{column}") FROM "{name}"') or 0
            if (last := max(most, numbers.get(name, 0))) > 0:
                await self._connection.fetchval("SELECT setval($1::text::regclass, $2)", sequence, last)


@asynccontextmanager
async def target(url: str, reading: Reading) -> AsyncIterator[Target]:
    """What the block did is kept when it ends well. Raises StorageError, BackupError."""
    connection = await _connect(url)
    try:
        async with connection.transaction():
            yield Target(connection, reading)
        await connection.execute("ANALYZE")
    except ERRORS as error:
        raise BackupError(f"PostgreSQL at {hosts(url)}: {error}") from None
    finally:
        await connection.close(timeout=10)


async def _connect(url: str) -> asyncpg.Connection[Any]:
    try:
        unlimited = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0"}
        return await asyncpg.connect(url, timeout=10, server_settings=unlimited)
    except ERRORS as error:
        raise StorageError(unreachable(url, error)) from None


def _count(status: str) -> int:
    return int(status.removeprefix("COPY "))


def unknown(schema: Iterable[int]) -> list[int]:
    """Migrations that this version does not know."""
    return sorted(set(schema) - {migration.version for migration in known()})
