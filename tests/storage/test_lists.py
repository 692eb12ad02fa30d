"""Lists in a statement, on both engines."""

from __future__ import annotations

import pytest

from sodam.storage import Database, batches, in_list
from tests.storage.conftest import INSERT


def test_placeholders() -> None:
    assert (in_list(["a"]), in_list(range(3), 2)) == ("($1)", "($2, $3, $4)")
    with pytest.raises(AssertionError):
        in_list([])


def test_lists_have_few_lengths_and_lose_nothing() -> None:
    for count in (0, 1, 2, 4, 5, 64, 65, 250, 251, 600):
        found = list(batches([n // 2 for n in range(count)]))
        assert sorted({n for batch in found for n in batch}) == sorted({n // 2 for n in range(count)})
        assert all(len(batch) in (1, 4, 16, 64, 250) for batch in found)
    assert list(batches("cba", sizes=(2,))) == [["c", "b"], ["a", "a"]]


async def test_a_list_filled_up_finds_each_once(db: Database) -> None:
    names = [f"n{n}" for n in range(70)]
    await db.write(lambda tx: tx.bulk(INSERT, [(1, name, n, b"") for n, name in enumerate(names)]))
    found = []
    for part in batches([*names, "none", *names]):
        found += await db.fetch(f"SELECT name FROM item WHERE app = $1 AND name IN {in_list(part, 2)}", 1, *part)
    assert sorted(row[0] for row in found) == sorted(names)
