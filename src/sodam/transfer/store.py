"""The SQL of archives: rows of any table of an app, without knowing what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sodam.storage import Bulk, Database, Row, Tx
from sodam.storage.erase import AppTable, app_tables
from sodam.storage.migrations import known

_TYPES: Final = {
    "BIGINT": "bigint",
    "INTEGER": "bigint",
    "TEXT": "text",
    "BLOB": "bytea",
    "DOUBLE PRECISION": "double precision",
    "REAL": "double precision",
}
"""SQLite's declared types."""


@dataclass(frozen=True, slots=True)
class Described:
    """A table of apps with its columns: name to PostgreSQL's type, in the order of the names."""

    table: AppTable
    columns: dict[str, str]

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def serial(self) -> str:
        """The column with a growing number that the database gives, or empty."""
        key = self.table.key
        only = len(key) == 1 and key[0] != self.table.column and self.columns[key[0]] == "bigint"
        return key[0] if only else ""

    @property
    def cursor(self) -> tuple[str, ...]:
        """The columns by which the rows of one app are paged."""
        return tuple(name for name in self.table.key if name != self.table.column)


async def describe(db: Database) -> list[Described]:
    """All tables with rows of apps, those of the app itself last."""
    found = []
    for table in await app_tables(db):
        if db.engine == "sqlite":
            rows = await db.scan("SELECT name, type FROM pragma_table_info($1)", table.name)
            columns = {str(name): _TYPES[str(kind).upper()] for name, kind in rows}
        else:
            rows = await db.scan(
                "SELECT column_name, data_type FROM information_schema.columns"
                " WHERE table_schema = current_schema() AND table_name = $1",
                table.name,
            )
            columns = {str(name): str(kind) for name, kind in rows}
        found.append(Described(table, dict(sorted(columns.items()))))
    return found


def schema() -> int:
    """The newest migration of this version."""
    return known()[-1].version


async def one_moment(tx: Tx) -> None:
    """Have all reads of this transaction see one state; call it first. SQLite's do anyway."""
    if tx.engine == "postgres":
        await tx.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


async def page(tx: Tx, described: Described, app: int, after: Sequence[Any] | None, limit: int) -> list[Row]:
    """Up to ``limit`` rows behind the key ``after``; their columns in the order of ``Described.columns``."""
    names, key = _listed(described.columns), described.cursor
    where, args = f'"{described.table.column}" = $1', list[Any]([app])
    if after is not None and key:
        where += f" AND ({_listed(key)}) > ({', '.join(f'${n}' for n in range(2, len(key) + 2))})"
        args += after
    order = f" ORDER BY {_listed(key)}" if key else ""
    sql = f"SELECT {names} FROM {described.name} WHERE {where}{order} LIMIT {int(limit)}"
    return await tx.fetch(sql, *args)


async def insert(tx: Tx, described: Described, rows: Sequence[Sequence[Any]]) -> None:
    """Rows with their columns in the order of ``Described.columns``. None of them may be there."""
    await tx.bulk(_inserting(described.name, tuple(described.columns.items())), rows)


@lru_cache(maxsize=256)
def _inserting(name: str, columns: tuple[tuple[str, str], ...]) -> Bulk:
    return Bulk(
        f"INSERT INTO {name} ({_listed([column for column, _ in columns])})", tuple(kind for _, kind in columns)
    )


async def reserve(tx: Tx, described: Described, count: int) -> int:
    """Take ``count`` growing numbers that no other row gets; the first of them."""
    name, column = described.name, described.serial
    if tx.engine == "postgres":
        await tx.execute(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")  # nobody inserts, nobody takes a number
        row = await tx.fetch_one(
            f"SELECT GREATEST((SELECT MAX({column}) FROM {name}), nextval(pg_get_serial_sequence($1, $2)))",
            name,
            column,
        )
        assert row is not None
        first = int(row[0]) + 1
        await tx.fetch("SELECT setval(pg_get_serial_sequence($1, $2), $3::bigint)", name, column, first + count)
        return first
    # SQLite keeps the largest number given in a table of its own, which may be written.
    given = await tx.fetch_one("SELECT MAX(seq) FROM sqlite_sequence WHERE name = $1", name)
    first = (int(given[0] or 0) if given else 0) + 1
    await tx.execute("DELETE FROM sqlite_sequence WHERE name = $1", name)
    await tx.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)", name, first + count)
    return first


def _listed(names: Sequence[str] | dict[str, str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
