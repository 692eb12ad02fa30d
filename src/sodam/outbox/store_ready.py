"""The SQL that finds of which apps something may be done.

On PostgreSQL a statement that names every topic by itself costs more to begin than to run: there the topics are rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from sodam.storage import Database


class Ready(NamedTuple):
    topic: str
    app: int
    due: int
    of_lanes: int | None
    """When the next one that is sorted is; None: there are none."""


_SORTED: Final = (
    "SELECT CAST({t} AS TEXT) AS topic, app, due FROM (WITH RECURSIVE a(app) AS (SELECT MIN(app) FROM outbox "
    "WHERE topic = {t} AND dead = 0 UNION ALL SELECT (SELECT MIN(o.app) FROM outbox o WHERE o.topic = {t} "
    "AND o.dead = 0 AND o.app > a.app) FROM a WHERE a.app IS NOT NULL) SELECT a.app, (SELECT MIN(o.due) FROM outbox o "
    "WHERE o.topic = {t} AND o.dead = 0 AND o.app = a.app) AS due FROM a WHERE a.app IS NOT NULL) AS of_topic"
)
_UNSORTED: Final = (
    "SELECT CAST({t} AS TEXT), app, 0 FROM (WITH RECURSIVE a(app) AS (SELECT MIN(app) FROM outbox_bundle "
    "WHERE topic = {t} UNION ALL SELECT (SELECT MIN(b.app) FROM outbox_bundle b WHERE b.topic = {t} AND b.app > a.app) "
    "FROM a WHERE a.app IS NOT NULL) SELECT a.app FROM a WHERE a.app IS NOT NULL) AS of_topic"
)
_OF_ROWS: Final = (
    "SELECT f.topic, f.app, f.due FROM unnest((SELECT $1::text[])) AS t(topic) CROSS JOIN LATERAL "
    f"({_SORTED} UNION ALL {_UNSORTED}) AS f"
).replace("{t}", "t.topic")


async def ready(db: Database, topics: Sequence[str]) -> list[Ready]:
    """By topic and app, when its next entry is due or comes free. Each app costs three looks into an index."""
    if not topics:
        return []
    args: Any = (list(topics),) if db.engine == "postgres" else topics
    sql = _OF_ROWS if db.engine == "postgres" else _of_names(len(topics))
    due: dict[tuple[str, int], int] = {}
    unsorted = set[tuple[str, int]]()
    for topic, app, at in await db.fetch(sql, *args):
        if at:
            due[topic, app] = at
        elif at is not None:
            unsorted.add((topic, app))
    return [
        Ready(*of, 0 if of in unsorted else due[of], due.get(of)) for of in dict.fromkeys((*due, *sorted(unsorted)))
    ]


@cache
def _of_names(topics: int) -> str:
    numbers = range(1, topics + 1)
    return " UNION ALL ".join(part.replace("{t}", f"${n}") for part in (_SORTED, _UNSORTED) for n in numbers)
