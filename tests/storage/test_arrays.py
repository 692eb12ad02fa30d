"""Arrays that are encoded here arrive as they were sent, whatever they hold and however long they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncpg
import pytest

from sodam.storage import open_database

_LONG = 300
ARRAYS: list[tuple[str, list[Any]]] = [
    ("bigint", []),
    ("bigint", [0]),
    ("bigint", [1, -1, 2**63 - 1, -(2**63)]),
    ("bigint", [7, None, 9]),
    ("bigint", [None]),
    ("bigint", list(range(64))),
    ("bigint", [*range(-_LONG, _LONG), None]),
    ("bigint", list(range(_LONG))),
    ("text", []),
    ("text", ["", "a", "{}", 'NULL"\\', "한국어 \U0001f600", "x" * 70_000]),
    ("text", [None, "b", None]),
    ("text", [str(n) for n in range(_LONG)]),
    ("bytea", []),
    ("bytea", [b"", b"\0\xff", b"x" * 70_000]),
    ("bytea", [None, b"b"]),
]


async def test_arrays_arrive_as_they_were_sent(postgres_url: str, tmp_path: Path) -> None:
    db = await open_database(postgres_url, tmp_path)
    try:
        for kind, values in ARRAYS:
            sql = f"SELECT e, $1::{kind}[] FROM unnest($1::{kind}[]) WITH ORDINALITY AS u(e, n) ORDER BY n"
            rows = await db.fetch(sql, values)  # type: ignore[arg-type]
            assert [row[0] for row in rows] == values, kind
            assert not rows or list(rows[0][1]) == values, kind
        assert await db.fetch("SELECT '{}'::bigint[]") == [([],)]
    finally:
        await db.close()


@pytest.mark.parametrize(
    ("kind", "values"), [("bigint", [2**63]), ("bigint", ["1"]), ("text", [1]), ("text", ["\ud800"]), ("bytea", ["a"])]
)
async def test_what_is_none_is_refused(kind: str, values: list[Any], postgres_url: str, tmp_path: Path) -> None:
    db = await open_database(postgres_url, tmp_path)
    try:
        with pytest.raises(asyncpg.DataError):
            await db.fetch(f"SELECT unnest($1::{kind}[])", values)  # type: ignore[arg-type]
        assert (await db.fetch("SELECT 1"))[0][0] == 1
    finally:
        await db.close()
