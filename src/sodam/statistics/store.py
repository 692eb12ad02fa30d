"""The SQL of statistics. What is counted is added, never overwritten: any number of processes count at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sodam.messages.model import HIDE_RECEIVER, IMPORTED
from sodam.statistics.model import ACCOUNTS, ACCOUNTS_GONE, DAY, GROUPS, GROUPS_GONE, HOUR, ONLINE, SEEN
from sodam.storage import Bulk, Database, Tx, in_list

_TYPES: Final = ("bigint", "bigint", "bigint", "text", "bigint", "bigint")
_KEY: Final = "(app, span, at, what, shard)"
_INSERT: Final = "INSERT INTO statistic (app, span, at, what, shard, value)"
_ADDING: Final = f"ON CONFLICT {_KEY} DO UPDATE SET value = statistic.value + excluded.value"
_ADD: Final = Bulk(_INSERT, _TYPES, _ADDING)
_MOST: Final = Bulk(
    _INSERT,
    _TYPES,
    f"ON CONFLICT {_KEY} DO UPDATE SET value = CASE WHEN excluded.value > statistic.value THEN excluded.value"
    " ELSE statistic.value END",
)
_SEEN_TYPES: Final = ("bigint", "bigint", "bytea", "bigint")
_SEEN_HEAD: Final = "INSERT INTO statistic_seen (app, day, who, did)"
_SEEING: Final = "ON CONFLICT (app, day, who) DO UPDATE SET did = statistic_seen.did | excluded.did"
_SEE: Final = Bulk(_SEEN_HEAD, _SEEN_TYPES, _SEEING)
_ERASED: Final = 5_000
_COMINGS: Final = (ACCOUNTS, ACCOUNTS_GONE, GROUPS, GROUPS_GONE)

CountRow = tuple[int, int, int, str, int, int]
"""App, span, at, what, shard, value."""
SeenRow = tuple[int, int, bytes, int]
"""App, day, who, did."""
Shape = tuple[int, bool]
"""How many rows are counted, each with placeholders of its own, -1: any number, in arrays; whether anybody was seen."""
_FEW: Final = 3
"""Rows of one app's messages at the most."""


def part(first: int, shape: Shape) -> str:
    """For PostgreSQL, the parts of a statement which count what it stores; their placeholders begin with ``$first``,
    one for each of the values that ``arguments`` makes."""
    counts, seen = shape
    written = ""
    if counts:
        rows = _few(first, counts) if counts > 0 else f"SELECT * FROM unnest({_arrays(first, _TYPES)})"
        written = f", counted AS ({_INSERT} {rows} {_ADDING})"
        first += len(_TYPES) * max(counts, 1)
    if seen:
        written += f", seen AS ({_SEEN_HEAD} SELECT * FROM unnest({_arrays(first, _SEEN_TYPES)}) {_SEEING})"
    return written


def _arrays(first: int, types: Sequence[str]) -> str:
    return ", ".join(f"${at}::{kind}[]" for at, kind in enumerate(types, first))


def _few(first: int, rows: int) -> str:
    starts = range(first, first + rows * len(_TYPES), len(_TYPES))
    return "VALUES " + ", ".join(
        "(" + ", ".join(f"${at}::{kind}" for at, kind in enumerate(_TYPES, start)) + ")" for start in starts
    )


def arguments(counts: Sequence[CountRow], seen: Sequence[SeenRow]) -> tuple[Shape, list[object]]:
    found: list[object] = []
    few = len(counts) <= _FEW
    if few:
        for row in counts:
            found += row
    else:
        found += map(list, zip(*counts, strict=True))
    if seen:
        found += map(list, zip(*seen, strict=True))
    return (len(counts) if few else -1, bool(seen)), found


async def add(tx: Tx, counts: Sequence[CountRow], seen: Sequence[SeenRow]) -> None:
    """No two rows with the same key; in the order of the keys, so that nobody waits in a circle."""
    if counts:
        await tx.bulk(_ADD, counts)
    if seen:
        await tx.bulk(_SEE, seen)


async def most(tx: Tx, counts: Sequence[CountRow]) -> None:
    """Values of which the greatest stays."""
    if counts:
        await tx.bulk(_MOST, counts)


async def newest_message(tx: Tx) -> int:
    """The greatest number of a one-to-one message; 0: there is none."""
    row = await tx.fetch_one("SELECT MAX(id) FROM c2c_message")
    return int(row[0]) if row and row[0] is not None else 0


async def messages_after(tx: Tx, last: int, since: int) -> list[tuple[int, int, int, int]]:
    """Messages of clients and of REST, imported ones left out, that were stored after the one numbered ``last`` and are
    not older than the unix second ``since``: by app and minute (its first second) how many, and how many of them are
    hidden from their receiver."""
    rows = await tx.fetch(
        f"SELECT app, msg_time / 60 * 60, COUNT(*), SUM(CASE WHEN flags & {HIDE_RECEIVER} <> 0 THEN 1 ELSE 0 END)"
        f" FROM c2c_message WHERE id > $1 AND msg_time >= $2 AND flags & {IMPORTED} = 0 GROUP BY 1, 2",
        last,
        since,
    )
    return [(int(app), int(minute), int(sent), int(hidden)) for app, minute, sent, hidden in rows]


_VALUE: Final = f"CASE WHEN what = '{ONLINE}' THEN MAX(value) ELSE SUM(value) END"


async def values(
    db: Database, app: int, span: int, first: int, last: int, only: Sequence[str] = ()
) -> list[tuple[int, str, int]]:
    """At, what, value; in order. ``only`` names what is wanted."""
    named = f" AND what IN {in_list(only, 5)}" if only else ""
    rows = await db.scan(
        f"SELECT at, what, {_VALUE} FROM statistic WHERE app = $1 AND span = $2 AND at >= $3 AND at <= $4{named}"
        " GROUP BY at, what ORDER BY at, what",
        app,
        span,
        first,
        last,
        *only,
    )
    return [(int(at), str(what), int(value)) for at, what, value in rows]


async def began(db: Database, app: int) -> int | None:
    """The first day of which anything is counted."""
    row = await db.fetch_one("SELECT MIN(at) FROM statistic WHERE app = $1 AND span = $2", app, DAY)
    return int(row[0]) if row and row[0] is not None else None


async def closed(db: Database, app: int, first: int, last: int) -> set[int]:
    """Which of these days are over and added up."""
    rows = await db.fetch("SELECT day FROM statistic_day WHERE app = $1 AND day >= $2 AND day <= $3", app, first, last)
    return {int(row[0]) for row in rows}


async def seen(db: Database, app: int, first: int, last: int) -> dict[int, dict[str, int]]:
    """Of the days that are not closed: how many did what, by ``SEEN``."""
    sums = ", ".join(f"SUM(CASE WHEN did & {bits} <> 0 THEN 1 ELSE 0 END)" for bits in SEEN.values())
    rows = await db.scan(
        f"SELECT day, {sums} FROM statistic_seen WHERE app = $1 AND day >= $2 AND day <= $3 GROUP BY day",
        app,
        first,
        last,
    )
    return {int(row[0]): dict(zip(SEEN, map(int, row[1:]), strict=True)) for row in rows}


async def comings(db: Database, app: int, first: int, last: int) -> dict[tuple[int, str], int]:
    """Accounts and groups that came and went on these days, by day and what."""
    rows = await values(db, app, DAY, first, last, only=_COMINGS)
    return {(at, what): value for at, what, value in rows}


async def close(tx: Tx, app: int, day: int, now: int, figures: Mapping[str, int]) -> bool:
    """Keep the figures of a day that is over, and put its rows together; False when somebody else did."""
    sql = "INSERT INTO statistic_day (app, day, closed_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
    if not await tx.execute(sql, app, day, now):
        return False
    rows = await tx.fetch(
        "DELETE FROM statistic WHERE app = $1 AND span = $2 AND at = $3 AND shard > 0 RETURNING what, value",
        app,
        DAY,
        day,
    )
    sums = dict(figures)
    for what, value in rows:
        sums[what] = sums.get(what, 0) + value
    await add(tx, [(app, DAY, day, what, 0, sums[what]) for what in sorted(sums)], [])
    return True


async def forget_seen(db: Database, app: int, last: int) -> None:
    """Of days up to ``last``, which are closed."""
    sql = (
        "DELETE FROM statistic_seen WHERE (app, day, who) IN "
        "(SELECT app, day, who FROM statistic_seen WHERE app = $1 AND day <= $2 LIMIT $3)"
    )
    while await db.execute(sql, app, last, _ERASED) == _ERASED:
        pass


async def to_hours(db: Database, app: int, span: int, before: int, hour: Callable[[int], int]) -> None:
    """Move what stands before ``before`` to its hours, which ``hour`` tells: each row once, since whoever erases it
    adds it."""
    sql = (
        "DELETE FROM statistic WHERE (app, span, at, what, shard) IN (SELECT app, span, at, what, shard FROM statistic "
        "WHERE app = $1 AND span = $2 AND at < $3 ORDER BY at LIMIT $4) RETURNING at, what, value"
    )

    async def run(tx: Tx) -> int:
        rows = await tx.fetch(sql, app, span, before, _ERASED)
        sums: dict[tuple[int, str], int] = {}
        greatest: dict[tuple[int, str], int] = {}
        for at, what, value in rows:
            key = (hour(at), what)
            if what == ONLINE:
                greatest[key] = max(value, greatest.get(key, 0))
            else:
                sums[key] = sums.get(key, 0) + value
        await add(tx, [(app, HOUR, at, what, 0, sums[at, what]) for at, what in sorted(sums)], [])
        await most(tx, [(app, HOUR, at, what, 0, greatest[at, what]) for at, what in sorted(greatest)])
        return len(rows)

    while await db.write(run) == _ERASED:
        pass


async def forget_hours(db: Database, app: int, before: int) -> None:
    await db.execute("DELETE FROM statistic WHERE app = $1 AND span = $2 AND at < $3", app, HOUR, before)
