"""The SQL of what vendors said to pushes to many: counted, since a push may go to millions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from sodam.push.model import Answered
from sodam.storage import Bulk, Database, Tx, batches, in_list

MOST: Final = 100
"""Answers that are told apart, of one push; further ones count as one of their vendor and kind, without a code."""
_ADD: Final = Bulk(
    "INSERT INTO push_result (app, task, vendor, outcome, code, reason, pushes)",
    ("bigint", "text", "text", "text", "text", "text", "bigint"),
    "ON CONFLICT (app, task, vendor, outcome, code) DO UPDATE SET pushes = push_result.pushes + excluded.pushes",
)


class Answer(NamedTuple):
    """A kind of answer of a vendor to a push."""

    app: int
    task: str
    vendor: str
    outcome: str
    """ok, gone, wait (each attempt), ours, payload."""
    code: str


async def add(tx: Tx, counts: Mapping[Answer, tuple[str, int]]) -> None:
    """Add up: a reason and how many for each answer."""
    rows: dict[Answer, tuple[str, int]] = {}
    known: dict[tuple[int, str], set[Answer]] = {}
    for answer in sorted(counts):  # in one order: nobody waits in a circle
        of = answer.app, answer.task
        if of not in known:
            known[of] = await _known(tx, *of)
        if answer.code and answer not in known[of] and len(known[of]) >= MOST:
            answer, (reason, number) = answer._replace(code=""), ("", counts[answer][1])
        else:
            reason, number = counts[answer]
        known[of].add(answer)
        before = rows.get(answer, ("", 0))
        rows[answer] = before[0] or reason, before[1] + number
    if rows:
        await tx.bulk(_ADD, [(*answer, *rows[answer]) for answer in sorted(rows)])


async def _known(tx: Tx, app: int, task: str) -> set[Answer]:
    """Two processes may each add a few beyond ``MOST``."""
    rows = await tx.fetch("SELECT vendor, outcome, code FROM push_result WHERE app = $1 AND task = $2", app, task)
    return {Answer(app, task, *row) for row in rows}


async def of_tasks(db: Database, app: int, tasks: Iterable[str]) -> dict[str, list[Answered]]:
    """By TaskId, the most frequent answers first."""
    found: dict[str, list[Answered]] = {}
    for some in batches(tasks):
        rows = await db.fetch(
            "SELECT task, vendor, outcome, code, reason, pushes FROM push_result "
            f"WHERE app = $1 AND task IN {in_list(some, 2)} ORDER BY task, pushes DESC, vendor, outcome, code",
            app,
            *some,
        )
        for task, *rest in rows:
            found.setdefault(task, []).append(Answered(*rest))
    return found


async def purge(db: Database) -> None:
    """Of pushes that are kept no longer."""
    await db.execute(
        "DELETE FROM push_result WHERE NOT EXISTS "
        "(SELECT 1 FROM push_task t WHERE t.app = push_result.app AND t.task = push_result.task)"
    )
