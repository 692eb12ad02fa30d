"""The SQL that asks about many lanes of an app at once.

SQLite is given a part of the statement for each lane. PostgreSQL takes longer to begin such a statement than to run
it, and is given the lanes as rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, Final

from sodam.storage import Row, Tx, batches

_FIRST: Final = (
    "SELECT id, lane, lease_until, due FROM (SELECT id, lane, lease_until, due FROM outbox WHERE topic = $1 "
    "AND dead = 0 AND app = $2 AND lane = {0} ORDER BY id LIMIT {1}) AS first_of"
)
_FIRST_OF_ROWS: Final = (
    "SELECT f.* FROM unnest((SELECT $3::text[])) AS l(lane) CROSS JOIN LATERAL ("
    + _FIRST.replace("{0}", "l.lane")
    + ") AS f"
)
_LIMITS: Final = (4, 8, 16, 32)
"""Of a lane PostgreSQL is asked for so many, or for the next of these more: for an argument it would plan anew."""


async def first(tx: Tx, topic: str, app: int, lanes: Sequence[str], most: int) -> list[Row]:
    """Of each lane, its first entries, ``most`` at least if it has so many: number, lane, end of the lease, when it is
    due. No lane is named twice."""
    if tx.engine == "postgres":
        limit = next((limit for limit in _LIMITS if limit >= most), most)
        names: Any = list(lanes)
        return await tx.fetch(_FIRST_OF_ROWS.replace("{1}", str(limit)), topic, app, names)
    return await tx.fetch(_first_sql(len(lanes)), topic, app, most, *lanes)


@cache
def _first_sql(lanes: int) -> str:
    return " UNION ALL ".join(_FIRST.format(f"${n}", "$3") for n in range(4, 4 + lanes))


def _tables(tx: Tx, lanes: Iterable[str], at: int) -> Iterator[tuple[str, Any]]:
    """Tables of one column, ``column1``, that hold the lanes, and the arguments for them, the first of which is $at."""
    if tx.engine == "postgres":
        yield f"unnest((SELECT ${at}::text[])) AS l(column1)", (list(dict.fromkeys(lanes)),)
        return
    for some in batches(lanes):
        values = ", ".join(f"(CAST(${n} AS TEXT))" for n in range(at, at + len(some)))
        yield f"(VALUES {values}) AS l", some


async def occupied(tx: Tx, topic: str, app: int, lanes: Sequence[str]) -> set[str]:
    """Those of the lanes that have entries already."""
    found: set[str] = set()
    for table, args in _tables(tx, lanes, 3) if lanes else ():
        rows = await tx.fetch(
            f"SELECT l.column1 FROM {table} WHERE EXISTS (SELECT 1 FROM outbox o WHERE o.topic = $1 "
            "AND o.dead = 0 AND o.app = $2 AND o.lane = l.column1)",
            topic,
            app,
            *args,
        )
        found.update(row[0] for row in rows)
    return found


async def next_in(tx: Tx, topic: str, app: int, lanes: Sequence[str], now: int) -> int:
    """Have the first entry of each lane looked at now, unless somebody works on it; how many."""
    found = 0
    for table, args in _tables(tx, lanes, 4):
        found += await tx.execute(
            "UPDATE outbox SET due = $3 WHERE id IN (SELECT (SELECT MIN(o.id) FROM outbox o WHERE o.topic = $1 "
            f"AND o.dead = 0 AND o.app = $2 AND o.lane = l.column1) FROM {table}) AND due > $3 AND lease_owner = ''",
            topic,
            app,
            now,
            *args,
        )
    return found
