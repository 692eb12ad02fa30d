"""Erasing every row of an app, whatever package it belongs to: the tables are asked of the database itself.

A table belongs to an app when it has a column ``app`` or ``sdkappid``. A new table is therefore erased without anybody
remembering to add it here.
"""

from __future__ import annotations

from dataclasses import dataclass

from sodam.storage.database import Database, Tx

_COLUMNS = ("app", "sdkappid")
_LAST = ("app", "app_key", "app_admin")
"""What the app itself is made of goes last, so that a crash leaves something to go on from."""


@dataclass(frozen=True, slots=True)
class AppTable:
    name: str
    column: str
    key: tuple[str, ...]
    """Columns of the primary key."""


async def app_tables(database: Database) -> list[AppTable]:
    """Every table that holds rows of apps, those of the app itself last."""
    if database.engine == "sqlite":
        rows = await database.scan(
            "SELECT m.name, p.name, p.pk FROM sqlite_master m JOIN pragma_table_info(m.name) p"
            " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, p.pk"
        )
    else:
        rows = await database.scan(
            "SELECT c.table_name, c.column_name, COALESCE(k.ordinal_position, 0)"
            " FROM information_schema.columns c"
            " LEFT JOIN information_schema.table_constraints t ON t.table_schema = c.table_schema"
            " AND t.table_name = c.table_name AND t.constraint_type = 'PRIMARY KEY'"
            " LEFT JOIN information_schema.key_column_usage k ON k.constraint_schema = t.constraint_schema"
            " AND k.constraint_name = t.constraint_name AND k.table_name = c.table_name"
            " AND k.column_name = c.column_name"
            " WHERE c.table_schema = current_schema() ORDER BY 1, 3"
        )
    columns: dict[str, list[tuple[str, int]]] = {}
    for table, column, position in rows:
        columns.setdefault(str(table), []).append((str(column), int(position)))
    found = []
    for table, described in columns.items():
        names = {name for name, _ in described}
        column = next((c for c in _COLUMNS if c in names), None)
        if column is None:
            continue
        key = tuple(name for name, position in sorted(described, key=lambda c: c[1]) if position)
        assert key, f"table {table} has no primary key"
        found.append(AppTable(table, column, key))
    return sorted(found, key=lambda t: (_LAST[::-1].index(t.name) + 1 if t.name in _LAST else 0, t.name))


async def count(database: Database, table: AppTable, app: int) -> int:
    rows = await database.scan(f"SELECT COUNT(*) FROM {table.name} WHERE {table.column} = $1", app)
    return int(rows[0][0])


async def any_left(source: Database, table: AppTable, app: int) -> bool:
    """Whether an app has a row in a table."""
    return bool(await source.scan(f"SELECT 1 FROM {table.name} WHERE {table.column} = $1 LIMIT 1", app))


async def erase_some(tx: Tx, table: AppTable, app: int, limit: int) -> int:
    """Delete up to ``limit`` rows of an app; how many there were."""
    if tx.engine == "postgres":
        condition = f"ctid IN (SELECT ctid FROM {table.name} WHERE {table.column} = $1 LIMIT $2)"
    else:
        key = ", ".join(table.key)
        left = f"({key})" if len(table.key) > 1 else key
        condition = f"{left} IN (SELECT {key} FROM {table.name} WHERE {table.column} = $1 LIMIT $2)"
    return await tx.execute(f"DELETE FROM {table.name} WHERE {condition}", app, limit)
