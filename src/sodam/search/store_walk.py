"""The SQL that reads texts from the newest on, where so many of them hold the words that the index has more to read.

PostgreSQL's inverted index knows no order: of a word that stands in every fifth of a million texts it finds all
200 000, reads and sorts them, to answer with the newest 500, which stand among the newest 2 500. Which is less is not
known before, and is not guessed: ``_SAMPLE`` places say how frequent the words are, the newest of the conversation that
is asked for, or those before the newest text of all that the searcher has.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from sodam.search.grams import scope
from sodam.search.model import Found, Wanted
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
FOUND_IN_ONE: Final = "d.seq, d.kind, d.conv, d.seq, d.rank, d.at"
"""The same of one conversation: its own places, which an index has in their order."""
_END: Final = (
    "(SELECT id, seq FROM search_doc d WHERE d.app = $1 AND d.kind = c.kind AND d.conv = c.conv"
    " ORDER BY app {0}, kind {0}, conv {0}, seq {0} LIMIT 1) AS {1}"
)
_SPAN: Final = (
    "SELECT COALESCE(MAX(newest.id), 0), COALESCE(MAX(newest.seq), 0), COALESCE(MIN(oldest.seq), 0),"
    " COALESCE(SUM(newest.seq - oldest.seq + 1), 0)::bigint"
    f" FROM unnest($2::bigint[], $3::text[]) AS c(kind, conv), LATERAL {_END.format('DESC', 'newest')},"
    f" LATERAL {_END.format('', 'oldest')}"
)


class _Span(NamedTuple):
    """Where what is looked for can stand."""

    top: int
    """Before this place."""
    bottom: int
    texts: int
    """How many there are, at most."""


def in_one(wanted: Wanted) -> bool:
    """Whether it asks for one conversation, whose places ``before`` and ``Found.id`` are then."""
    return len(wanted.convs) == 1 and wanted.scopes == (scope(wanted.app, *wanted.convs[0]),)


async def _span(db: Database, wanted: Wanted) -> _Span:
    kinds, convs = [kind for kind, _ in wanted.convs], [conv for _, conv in wanted.convs]
    newest, last, first, texts = map(int, (await db.scan(_SPAN, wanted.app, kinds, convs))[0])  # type: ignore[arg-type]
    span = _Span(last + 1, first, texts) if in_one(wanted) else _Span(newest + 1, 0, texts)
    return span._replace(top=min(span.top, wanted.before))


async def newest(db: Database, wanted: Wanted, where: str, args: Sequence[Value]) -> list[Found] | None:
    """The newest texts that ``where`` holds for and the index would find ($1, the engine's query), ``wanted.limit`` at
    most.

    None where the index has less to look at, or that cannot be told.
    """
    if not wanted.convs:
        return None
    span = await _span(db, wanted)
    one = in_one(wanted)
    place, n, limit = "d.seq" if one else "d.id", len(args), wanted.limit
    sql = (  # "IS TRUE": the comparison alone would let the planner go by the inverted index after all
        f"SELECT {FOUND_IN_ONE if one else FOUND} FROM search_doc d WHERE {place} >= ${n + 1} AND {place} < ${n + 2}"
        f" AND {where} AND (d.grams @@ CAST($1 AS tsquery)) IS TRUE ORDER BY {place} DESC LIMIT ${n + 3}"
    )
    found: list[Found] = []
    end, floor, size = span.top, max(span.top - _MOST, span.bottom), _SAMPLE
    while end > span.bottom and len(found) < limit:
        if end <= floor:
            return None
        start = max(end - size, span.bottom)
        found += [Found(*row) for row in await db.scan(sql, *args, start, end, limit - len(found))]
        if size == _SAMPLE:
            places = span.top - span.bottom
            needed = limit * _SAMPLE / len(found) if found else places
            held = min(len(found) * places / _SAMPLE, span.texts)
            if needed > min(_MOST, _DEARER * held):
                return None
            floor, size = max(span.top - int(2 * needed), floor), _WINDOW
        end = start
    # Above the newest text of all, an old one may stand that came into the index late: it counts where there are few.
    return found if one or len(found) >= limit else None
