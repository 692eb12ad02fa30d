"""The SQL of attributes and counters. Writers hold the group's row (store.lock)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from sodam.storage import Bulk, Database, Tx

_ATTRIBUTE: Final = Bulk(
    "INSERT INTO group_attribute (app, group_id, name, value, seq)",
    ("bigint", "text", "text", "text", "bigint"),
    "ON CONFLICT (app, group_id, name) DO UPDATE SET value = excluded.value, seq = excluded.seq",
)
_COUNTER: Final = Bulk(
    "INSERT INTO group_counter (app, group_id, name, value)",
    ("bigint", "text", "text", "bigint"),
    "ON CONFLICT (app, group_id, name) DO UPDATE SET value = excluded.value",
)
_NAMED: Final = {
    "group_attribute": "DELETE FROM group_attribute WHERE app = $1 AND group_id = $2 AND name = $3",
    "group_counter": "DELETE FROM group_counter WHERE app = $1 AND group_id = $2 AND name = $3",
}


class State(msgspec.Struct):
    """How far the writes of a group have come."""

    attr_seq: int = 0
    counter_seq: int = 0
    second: int = 0
    writes: int = 0


class Attribute(msgspec.Struct, frozen=True):
    value: str
    seq: int


async def state(source: Database | Tx, app: int, group_id: str) -> State:
    row = await source.fetch_one(
        "SELECT attr_seq, counter_seq, second, writes FROM group_attribute_set WHERE app = $1 AND group_id = $2",
        app,
        group_id,
    )
    return State(*row) if row else State()


async def save(tx: Tx, app: int, group_id: str, now: State) -> None:
    await tx.execute(
        "INSERT INTO group_attribute_set (app, group_id, attr_seq, counter_seq, second, writes)"
        " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (app, group_id) DO UPDATE SET attr_seq = excluded.attr_seq,"
        " counter_seq = excluded.counter_seq, second = excluded.second, writes = excluded.writes",
        app,
        group_id,
        now.attr_seq,
        now.counter_seq,
        now.second,
        now.writes,
    )


async def attributes(source: Database | Tx, app: int, group_id: str) -> dict[str, Attribute]:
    """All of a group, at most 16."""
    rows = await source.fetch(
        "SELECT name, value, seq FROM group_attribute WHERE app = $1 AND group_id = $2 ORDER BY name", app, group_id
    )
    return {row[0]: Attribute(row[1], row[2]) for row in rows}


async def put_attributes(tx: Tx, app: int, group_id: str, values: Mapping[str, Attribute]) -> None:
    await tx.bulk(_ATTRIBUTE, [(app, group_id, name, a.value, a.seq) for name, a in values.items()])


async def counters(source: Database | Tx, app: int, group_id: str) -> dict[str, int]:
    """All of a group, at most 20."""
    rows = await source.fetch(
        "SELECT name, value FROM group_counter WHERE app = $1 AND group_id = $2 ORDER BY name", app, group_id
    )
    return {row[0]: int(row[1]) for row in rows}


async def put_counters(tx: Tx, app: int, group_id: str, values: Mapping[str, int]) -> None:
    await tx.bulk(_COUNTER, [(app, group_id, name, value) for name, value in values.items()])


async def remove(tx: Tx, table: str, app: int, group_id: str, names: Iterable[str]) -> None:
    """Delete keys, few of them, from one of the two tables."""
    for name in names:
        await tx.execute(_NAMED[table], app, group_id, name)
