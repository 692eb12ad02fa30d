"""The SQL of the index. Each engine has an inverted index of its own for the grams; everything else is one text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Final, cast

from sodam.search.grams import Term, grams, names_of
from sodam.search.model import EVERYTHING, Doc, Found, Wanted
from sodam.search.places import scopes
from sodam.search.store_walk import FOUND, FOUND_IN_ONE, in_one, newest
from sodam.storage import Bulk, Database, Tx, Value, batches, in_list

_COLUMNS: Final = "app, kind, conv, seq, rank, at, sender, elements, text"
_TYPES: Final = ("bigint", "bigint", "text", "bigint", "bigint", "bigint", "text", "bigint", "text")
_REPLACE: Final = (
    "ON CONFLICT (app, kind, conv, seq) DO UPDATE SET at = excluded.at, sender = excluded.sender,"
    " elements = excluded.elements, text = excluded.text"
)
_KEEP: Final = "ON CONFLICT DO NOTHING"
_BACK: Final = " RETURNING id, app, kind, conv, seq"
_SQLITE: Final = {
    replace: Bulk(f"INSERT INTO search_doc ({_COLUMNS})", _TYPES, tail + _BACK)
    for replace, tail in ((True, _REPLACE), (False, _KEEP))
}
_GRAMS: Final = Bulk("INSERT OR REPLACE INTO search_gram (rowid, grams)", ("bigint", "text"))
_ARRAYS: Final = ", ".join(f"${n}::{kind}[]" for n, kind in enumerate((*_TYPES, "text"), 1))
_POSTGRES: Final = {
    replace: f"INSERT INTO search_doc ({_COLUMNS}, grams) SELECT {_COLUMNS}, CAST(grams AS tsvector)"
    f" FROM unnest({_ARRAYS}) AS r({_COLUMNS}, grams) {tail}"
    for replace, tail in ((True, _REPLACE + ", grams = excluded.grams"), (False, _KEEP))
}
_RARE: Final = 1000
"""Texts with a gram up to which they are all looked at, whatever else is asked for."""
_SAMPLE: Final = 250
"""Names at either end of an app's that tell how frequent a keyword is."""


async def put(tx: Tx, docs: Sequence[Doc], *, replace: bool = True) -> int:
    """Index texts, none of them twice; ``replace``: in place of what is indexed under their names, else beside it. How
    many were written."""
    if not docs:
        return 0
    rows = [doc[:9] for doc in docs]
    if tx.engine == "postgres":
        tokens = [" ".join(f"'{gram}'" for gram in _grams(doc)) for doc in docs]
        columns: Any = [list(column) for column in zip(*rows, strict=True)]
        return await tx.execute(_POSTGRES[replace], *columns, cast(Any, tokens))
    by_name = {doc[:4]: doc for doc in docs}
    made = await tx.bulk(_SQLITE[replace], rows)
    await tx.bulk(_GRAMS, [(row[0], " ".join(_grams(by_name[tuple(row[1:])]))) for row in made])
    return len(made)


def _grams(doc: Doc) -> Iterable[str]:
    if doc.scopes:
        return (*doc.scopes, *grams(doc.text))
    names = names_of(doc.app, doc.kind)
    return (names + gram for gram in grams(doc.text))


async def drop(tx: Tx, app: int, kind: int, conv: str, seqs: Iterable[int] | None = None) -> None:
    """Take texts of a conversation out of the index, or all of it."""
    if seqs is None:
        await tx.execute("DELETE FROM search_doc WHERE app = $1 AND kind = $2 AND conv = $3", app, kind, conv)
        return
    for some in batches(seqs):
        sql = f"DELETE FROM search_doc WHERE app = $1 AND kind = $2 AND conv = $3 AND seq IN {in_list(some, 4)}"
        await tx.execute(sql, app, kind, conv, *some)


async def drop_names(tx: Tx, app: int, kind: int, names: Iterable[str]) -> None:
    for some in batches(names):
        sql = f"DELETE FROM search_doc WHERE app = $1 AND kind = $2 AND conv IN {in_list(some, 3)}"
        await tx.execute(sql, app, kind, *some)


async def drop_some(tx: Tx, app: int, kinds: Sequence[int], limit: int) -> int:
    """Take any texts of these kinds out of the index; how many."""
    listed = ", ".join(str(int(kind)) for kind in kinds)
    some = f"SELECT id FROM search_doc WHERE app = $1 AND kind IN ({listed}) LIMIT $2"
    return await tx.execute(
        f"DELETE FROM search_doc WHERE id IN ({some})",
        app,
        limit,
    )


async def part(db: Database, limit: int) -> int:
    """On SQLite, where texts and grams are two tables: take texts without grams out of the index, and grams without a
    text, ``limit`` of either at most; how many."""
    if db.engine == "postgres":
        return 0
    counts = "SELECT (SELECT COUNT(*) FROM search_doc) <> (SELECT COUNT(*) FROM search_gram_docsize)"
    if not (await db.scan(counts))[0][0]:
        return 0
    without = "SELECT d.id FROM search_doc d LEFT JOIN search_gram_docsize g ON g.id = d.id WHERE g.id IS NULL LIMIT $1"
    lost = "SELECT g.id FROM search_gram_docsize g LEFT JOIN search_doc d ON d.id = g.id WHERE d.id IS NULL LIMIT $1"
    gone = await db.write(lambda tx: tx.execute(f"DELETE FROM search_gram WHERE rowid IN ({lost})", limit), lane="long")
    return gone + await db.write(
        lambda tx: tx.execute(f"DELETE FROM search_doc WHERE id IN ({without})", limit), lane="long"
    )


async def count(db: Database, app: int, kinds: Sequence[int]) -> int:
    listed = ", ".join(str(int(kind)) for kind in kinds)
    rows = await db.scan(f"SELECT COUNT(*) FROM search_doc WHERE app = $1 AND kind IN ({listed})", app)
    return int(rows[0][0])


async def sample(db: Database, app: int, kind: int, texts: Sequence[str]) -> list[tuple[int, ...]]:
    """Of the first and of the last names of an app, at most ``_SAMPLE``: how many there are, and how many hold each of
    ``texts``, which are in normal form."""
    holds = "instr" if db.engine == "sqlite" else "strpos"
    counts = "".join(f", COUNT(CASE WHEN {holds}(text, ${n}) > 0 THEN 1 END)" for n in range(4, len(texts) + 4))
    end = (
        f"SELECT COUNT(*){counts} FROM (SELECT text FROM search_doc WHERE app = $1 AND kind = $2"
        " ORDER BY app {0}, kind {0}, conv {0}, seq {0} LIMIT $3) AS {1}"
    )
    rows = await db.fetch(f"{end.format('', 'a')} UNION ALL {end.format('DESC', 'b')}", app, kind, _SAMPLE, *texts)
    return [tuple(map(int, row)) for row in rows]


async def find(db: Database, wanted: Wanted) -> list[Found]:
    """What holds the terms, the latest in the index first; at most ``wanted.limit``. Without terms: by the rest."""
    if not wanted.scopes and not wanted.terms:
        return []
    sqlite = db.engine == "sqlite"
    rare = await _rare(db, wanted) if sqlite and wanted.terms else ""
    args: list[Value] = [rare or (_sqlite_query(wanted) if sqlite else _postgres_query(wanted)), wanted.app]
    where = ["d.app = $2", f"d.kind IN ({', '.join(str(int(kind)) for kind in wanted.kinds)})"]

    def also(text: str, *values: Value) -> str:
        args.extend(values)
        return text.format(*(f"${len(args) - len(values) + n}" for n in range(1, len(values) + 1)))

    held = [also("instr(d.text, {0}) > 0" if sqlite else "strpos(d.text, {0}) > 0", t.text) for t in wanted.terms]
    if held:
        where.append("(" + (" OR " if wanted.any_of else " AND ").join(held) + ")")
    if wanted.senders:
        where.append("(" + " OR ".join(also("d.sender = {0}", one) for one in wanted.senders) + ")")
    if wanted.elements:
        where.append(also("(d.elements & CAST({0} AS BIGINT)) <> 0", wanted.elements))
    if wanted.since or wanted.until < EVERYTHING:
        where.append(also("d.at >= {0} AND d.at <= {1}", wanted.since, wanted.until))
    if wanted.above:
        where.append(also("d.seq > {0}", wanted.above))
    one = not sqlite and in_one(wanted)
    if one:
        where.append(also("d.conv = {0}", wanted.convs[0][1]))
    if wanted.before < EVERYTHING:
        where.append(also(("g.rowid" if sqlite else "d.seq" if one else "d.id") + " < {0}", wanted.before))
    if not sqlite and wanted.scopes and wanted.terms:
        walked = await newest(db, wanted, " AND ".join(where), args)
        if walked is not None:
            return walked
    limit = also("{0}", 1 << 31 if rare else wanted.limit)
    if sqlite:
        sql = (
            f"SELECT {FOUND} FROM search_gram g CROSS JOIN search_doc d ON d.id = g.rowid WHERE search_gram MATCH $1"
            f" AND {' AND '.join(where)} ORDER BY g.rowid DESC LIMIT {limit}"
        )
    else:  # materialized: otherwise the planner may walk the primary key for a rare word
        columns = FOUND_IN_ONE if one else FOUND
        sql = (
            f"WITH hits AS MATERIALIZED (SELECT {columns} FROM search_doc d WHERE d.grams @@ CAST($1 AS tsquery)"
            f" AND {' AND '.join(where)}) SELECT * FROM hits ORDER BY 1 DESC LIMIT {limit}"
        )
    found = [Found(*row) for row in await db.scan(sql, *args)]
    if not rare:
        return found
    places = set(wanted.scopes)
    own = (one for one in found if not places or not places.isdisjoint(scopes(wanted.app, one.kind, one.conv)))
    return list(islice(own, wanted.limit))


async def _rare(db: Database, wanted: Wanted) -> str:
    """A question for the rarest gram of each term that decides, without scopes; empty where a term has no rare one.

    Lists of grams are read whole where they are joined with each other and with those of scopes, so that a rare word
    would cost what all messages cost. Of a rare gram, all texts are looked at instead.
    """
    names = "" if wanted.scopes else names_of(wanted.app, wanted.kinds[0])
    terms = [[f'"{names}{gram}"' for gram in term.grams] for term in wanted.terms if not term.begins]
    if not terms or (wanted.any_of and len(terms) < len(wanted.terms)):
        return ""
    asked = [gram for term in terms for gram in term]
    probe = "(SELECT COUNT(*) FROM (SELECT 1 FROM search_gram WHERE search_gram MATCH ${} LIMIT {}))"
    sql = f"SELECT {', '.join(probe.format(n, _RARE) for n in range(1, len(asked) + 1))}"
    counts = dict(zip(asked, (await db.scan(sql, *asked))[0], strict=True))
    rarest = [min(term, key=counts.__getitem__) for term in terms]
    if not wanted.any_of:
        rarest = [min(rarest, key=counts.__getitem__)]
    if any(counts[gram] >= _RARE for gram in rarest):
        return ""
    return " OR ".join(rarest)


def _query(wanted: Wanted, one: tuple[str, str], both: str, either: str) -> str:
    """Scopes and grams, none of which holds a sign that either engine reads as more than a letter."""
    quote, star = one
    names = "" if wanted.scopes else names_of(wanted.app, wanted.kinds[0])

    def term(of: Term) -> str:
        return "(" + both.join(f"{quote}{names}{gram}{quote}{star if of.begins else ''}" for gram in of.grams) + ")"

    held = (either if wanted.any_of else both).join(map(term, wanted.terms))
    scopes = either.join(f"{quote}{scope}{quote}" for scope in wanted.scopes)
    return f"({scopes}){both}({held})" if held and scopes else held or scopes


def _sqlite_query(wanted: Wanted) -> str:
    return _query(wanted, ('"', " *"), " AND ", " OR ")


def _postgres_query(wanted: Wanted) -> str:
    return _query(wanted, ("'", ":*"), " & ", " | ")
