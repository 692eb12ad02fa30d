"""The SQL of pushes to many."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sodam.push.model import Task
from sodam.storage import Database, Row, Tx, batches, in_list

_COLUMNS: Final = "app, task, what, created_at, started_at, ended_at, total, done, devices, revoked_at"


def _task(row: Row) -> Task:
    return Task(*row)


async def insert(tx: Tx, app: int, task: str, what: str, same: bytes, at: int) -> None:
    await tx.execute(
        "INSERT INTO push_task (app, task, what, same, created_at, started_at, ended_at, total, done, devices, "
        "revoked_at) VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0, 0)",
        app,
        task,
        what,
        same,
        at,
    )


async def since(tx: Tx, app: int, at: int) -> list[tuple[str, bytes, int]]:
    """TaskId, hash and time of the newest pushes since unix milliseconds, the newest first."""
    rows = await tx.fetch(
        "SELECT task, same, created_at FROM push_task WHERE app = $1 AND created_at > $2 "
        "ORDER BY created_at DESC LIMIT 200",
        app,
        at,
    )
    return [(row[0], bytes(row[1]), row[2]) for row in rows]


async def read(source: Database | Tx, app: int, tasks: Iterable[str]) -> dict[str, Task]:
    found: dict[str, Task] = {}
    for some in batches(task for task in tasks if "\0" not in task):
        rows = await source.fetch(
            f"SELECT {_COLUMNS} FROM push_task WHERE app = $1 AND task IN {in_list(some, 2)}", app, *some
        )
        found.update((row[1], _task(row)) for row in rows)
    return found


async def newest(db: Database, app: int, before: int, limit: int) -> list[Task]:
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM push_task WHERE app = $1 AND (CAST($2 AS BIGINT) = 0 OR created_at < $2) "
        "ORDER BY created_at DESC LIMIT $3",
        app,
        before,
        limit,
    )
    return [_task(row) for row in rows]


async def begin(tx: Tx, app: int, task: str, at: int, total: int) -> None:
    await tx.execute(
        "UPDATE push_task SET started_at = $3, total = $4 WHERE app = $1 AND task = $2 AND started_at = 0",
        app,
        task,
        at,
        total,
    )


async def advance(tx: Tx, app: int, task: str, done: int, devices: int) -> bool:
    """Whether it goes on: it was not taken back."""
    row = await tx.fetch_one(
        "UPDATE push_task SET done = done + $3, devices = devices + $4 WHERE app = $1 AND task = $2 "
        "RETURNING revoked_at",
        app,
        task,
        done,
        devices,
    )
    return row is not None and not row[0]


async def end(tx: Tx, app: int, task: str, at: int) -> None:
    await tx.execute("UPDATE push_task SET ended_at = $3 WHERE app = $1 AND task = $2", app, task, at)


async def revoke(tx: Tx, app: int, task: str, at: int) -> int:
    return await tx.execute(
        "UPDATE push_task SET revoked_at = $3 WHERE app = $1 AND task = $2 AND revoked_at = 0", app, task, at
    )


async def purge(db: Database, before: int) -> int:
    """Those made before unix milliseconds."""
    return await db.execute("DELETE FROM push_task WHERE created_at < $1", before)
