"""The SQL of jobs."""

from __future__ import annotations

from collections.abc import Sequence

from sodam.jobs.model import INPUT, Job, Refusal, Scope
from sodam.storage import Bulk, Database, Row, Tx, Value, in_list

_FIELDS = tuple(Job.__struct_fields__)
_COLUMNS = ", ".join(_FIELDS)
_flags = ("has_file", "cancel_wanted")
_REFUSE = Bulk(
    "INSERT INTO job_refusal (job_id, line, user_id, code, reason)",
    ("text", "bigint", "text", "bigint", "text"),
    "ON CONFLICT DO NOTHING",
)


def _job(row: Row) -> Job:
    values = dict(zip(_FIELDS, row, strict=True))
    for name in _flags:
        values[name] = bool(values[name])
    return Job(**values)


async def insert(tx: Tx, job: Job) -> None:
    values: list[Value] = [int(v) if isinstance(v := getattr(job, name), bool) else v for name in _FIELDS]
    await tx.execute(f"INSERT INTO job ({_COLUMNS}) VALUES {in_list(_FIELDS)}", *values)


async def get(source: Database | Tx, job_id: str) -> Job | None:
    row = await source.fetch_one(f"SELECT {_COLUMNS} FROM job WHERE id = $1", job_id)
    return _job(row) if row else None


async def waiting(source: Database, now: int) -> bool:
    """Whether there is a job that nobody works on."""
    sql = "SELECT 1 FROM job WHERE state IN ('queued', 'running') AND lease_until < $1 LIMIT 1"
    return await source.fetch_one(sql, now) is not None


async def take(tx: Tx, owner: str, now: int, until: int) -> Job | None:
    """The oldest job that nobody works on, now this owner's."""
    row = await tx.fetch_one(
        "SELECT id FROM job WHERE state IN ('queued', 'running') AND lease_until < $1 ORDER BY created_at, id LIMIT 1"
        + (" FOR UPDATE SKIP LOCKED" if tx.engine == "postgres" else ""),
        now,
    )
    if row is None:
        return None
    taken = await tx.fetch_one(
        "UPDATE job SET state = 'running', lease_owner = $2, lease_until = $3,"
        f" started_at = CASE WHEN started_at = 0 THEN $4 ELSE started_at END WHERE id = $1 RETURNING {_COLUMNS}",
        row[0],
        owner,
        until,
        now,
    )
    return _job(taken) if taken else None


async def save(
    tx: Tx, job_id: str, owner: str, *, position: str, done: int, total: int, refused: int, until: int
) -> bool:
    """Note progress and keep the lease; False when the job is another's now."""
    return bool(
        await tx.execute(
            # A message tells of trouble, which is over when the job gets on.
            "UPDATE job SET position = $3, done = $4, total = $5, refused = $6, lease_until = $7, message = ''"
            " WHERE id = $1 AND lease_owner = $2 AND state = 'running'",
            job_id,
            owner,
            position,
            done,
            total,
            refused,
            until,
        )
    )


async def finish(
    tx: Tx, job_id: str, owner: str, *, state: str, message: str, total: int, has_file: bool, now: int
) -> None:
    """End a job and drop what was given to it; nothing at all when the job is another's now, who still reads it."""
    ended = await tx.execute(
        "UPDATE job SET state = $3, message = $4, has_file = $5, ended_at = $6, total = $7, lease_until = 0,"
        " lease_owner = ''"
        " WHERE id = $1 AND lease_owner = $2 AND state = 'running'",
        job_id,
        owner,
        state,
        message,
        int(has_file),
        now,
        total,
    )
    if ended:
        await drop_parts(tx, job_id, INPUT)


async def put_off(tx: Tx, job_id: str, owner: str, message: str, until: int) -> None:
    """Leave a job to whoever comes first after a time."""
    await tx.execute(
        "UPDATE job SET message = $3, lease_until = $4, lease_owner = ''"
        " WHERE id = $1 AND lease_owner = $2 AND state = 'running'",
        job_id,
        owner,
        message,
        until,
    )


async def release(tx: Tx, owner: str) -> None:
    """Give back what this owner holds."""
    await tx.execute("UPDATE job SET lease_until = 0 WHERE lease_owner = $1 AND state = 'running'", owner)


async def release_all(tx: Tx) -> None:
    """Nobody works on anything: a single process has just started."""
    await tx.execute("UPDATE job SET lease_until = 0 WHERE state = 'running'")


async def want_cancel(tx: Tx, job_id: str, now: int) -> None:
    await tx.execute(
        "UPDATE job SET state = 'cancelled', ended_at = $2 WHERE id = $1 AND state = 'queued'", job_id, now
    )
    await tx.execute("UPDATE job SET cancel_wanted = 1 WHERE id = $1 AND state = 'running'", job_id)


async def cancel_wanted(source: Database, job_id: str) -> bool:
    row = await source.fetch_one("SELECT cancel_wanted FROM job WHERE id = $1", job_id)
    return bool(row and row[0])


async def page(source: Database, scope: Scope, state: str, offset: int, limit: int) -> tuple[int, list[Job]]:
    """Newest first. At most 300 apps in each list of the scope."""
    conditions, args = ["1 = 1"], list[Value]()
    for apps, among in ((scope.only, "IN"), (scope.but, "NOT IN")):
        if apps:
            conditions.append(f"about_app {among} {in_list(apps, len(args) + 1)}")
            args += sorted(apps)
        elif apps is not None and among == "IN":
            conditions.append("1 = 0")
    if state:
        args.append(state)
        conditions.append(f"state = ${len(args)}")
    where = " AND ".join(conditions)
    count = await source.scan(f"SELECT COUNT(*) FROM job WHERE {where}", *args)
    rows = await source.scan(
        f"SELECT {_COLUMNS} FROM job WHERE {where} ORDER BY created_at DESC, id"
        f" LIMIT {int(limit)} OFFSET {int(offset)}",
        *args,
    )
    return int(count[0][0]), [_job(row) for row in rows]


async def latest(source: Database | Tx, kind: str, about_app: int, params: str) -> Job | None:
    """The newest job of this kind and app that was asked for the same."""
    row = await source.fetch_one(
        f"SELECT {_COLUMNS} FROM job WHERE kind = $1 AND about_app = $2 AND params = $3 "
        "ORDER BY created_at DESC LIMIT 1",
        kind,
        about_app,
        params,
    )
    return _job(row) if row else None


async def open_for(source: Database | Tx, kind: str, about_app: int) -> str | None:
    """The id of a job of this kind and app that has not ended."""
    row = await source.fetch_one(
        "SELECT id FROM job WHERE kind = $1 AND about_app = $2 AND state IN ('queued', 'running')", kind, about_app
    )
    return str(row[0]) if row else None


async def old(source: Database, before: int, limit: int) -> list[str]:
    """Jobs that ended before a time."""
    rows = await source.fetch("SELECT id FROM job WHERE ended_at > 0 AND ended_at < $1 LIMIT $2", before, limit)
    return [str(row[0]) for row in rows]


async def forget(tx: Tx, job_id: str) -> None:
    for table, column in (("job_part", "job_id"), ("job_refusal", "job_id"), ("job", "id")):
        await tx.execute(f"DELETE FROM {table} WHERE {column} = $1", job_id)


async def drop_parts(tx: Tx, job_id: str, stream: int) -> None:
    await tx.execute("DELETE FROM job_part WHERE job_id = $1 AND stream = $2", job_id, stream)


async def put_part(tx: Tx, job_id: str, stream: int, part: int, body: bytes) -> None:
    await tx.execute(
        "INSERT INTO job_part VALUES ($1, $2, $3, $4) ON CONFLICT (job_id, stream, part) DO UPDATE"
        " SET body = excluded.body",
        job_id,
        stream,
        part,
        body,
    )


async def part(source: Database, job_id: str, stream: int, number: int) -> bytes | None:
    row = await source.fetch_one(
        "SELECT body FROM job_part WHERE job_id = $1 AND stream = $2 AND part = $3", job_id, stream, number
    )
    return bytes(row[0]) if row else None


async def refuse(tx: Tx, job_id: str, refusals: Sequence[Refusal]) -> None:
    await tx.bulk(_REFUSE, [(job_id, r.line, r.user_id, r.code, r.reason) for r in refusals])


async def refusals(source: Database, job_id: str, offset: int, limit: int) -> tuple[int, list[Refusal]]:
    count = await source.scan("SELECT COUNT(*) FROM job_refusal WHERE job_id = $1", job_id)
    rows = await source.scan(
        "SELECT line, user_id, code, reason FROM job_refusal WHERE job_id = $1 ORDER BY line LIMIT $2 OFFSET $3",
        job_id,
        limit,
        offset,
    )
    return int(count[0][0]), [Refusal(row[0], row[1], row[2], row[3]) for row in rows]
