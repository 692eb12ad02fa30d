"""The SQL that reads texts from the newest on, where so many of them hold the words that the index has more to read.

PostgreSQL's inverted index knows no order: of a word that stands in every fifth of a million texts it finds all
200 000, reads and sorts them, to answer with the newest 500, which stand among the newest 2 500. Which is less is not
known before, and is not guessed: the newest ``_SAMPLE`` places say how frequent the words are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sodam.search.model import EVERYTHING, Found
from sodam.storage import Database, Value

_SAMPLE: Final = 1_000
"""Places that are looked at to learn how frequent something is."""
_WINDOW: Final = 4_000
"""Places of one statement after that."""
_DEARER: Final = 4
"""How many places cost what one text costs that the index finds: it is read from anywhere, and sorted."""
_MOST: Final = 50_000
"""Places that are looked at, at most."""
FOUND: Final = "d.id, d.kind, d.conv, d.seq, d.rank, d.at"


async def newest(db: Database, where: str, args: Sequence[Value], *, before: int, limit: int) -> list[Found] | None:
    """The newest texts that ``where`` holds for and the index would find ($1, the engine's query), ``limit`` at most.

    None where the index has less to look at, or that cannot be told.
    """
    top = int((await db.scan("SELECT COALESCE(MAX(id), 0) + 1 FROM search_doc"))[0][0])
    top = min(top, before) if before < EVERYTHING else top
    n = len(args)
    sql = (  # "IS TRUE": the comparison alone would let the planner go by the inverted index after all
        f"SELECT {FOUND} FROM search_doc d WHERE d.id >= ${n + 1} AND d.id < ${n + 2} AND {where}"
        f" AND (d.grams @@ CAST($1 AS tsquery)) IS TRUE ORDER BY d.id DESC LIMIT ${n + 3}"
    )
    found: list[Found] = []
    end, floor, size = top, max(top - _MOST, 0), _SAMPLE
    while end > 0 and len(found) < limit:
        if end <= floor:
            return None
        start = max(end - size, 0)
        found += [Found(*row) for row in await db.scan(sql, *args, start, end, limit - len(found))]
        if size == _SAMPLE:
            needed = limit * _SAMPLE / len(found) if found else top
            if needed > min(_MOST, _DEARER * len(found) * top / _SAMPLE):
                return None
            floor, size = max(top - int(2 * needed), floor), _WINDOW
        end = start
    return found
