"""How a database comes to the schema of this version, and which one is refused; both engines."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sodam.storage import Database, StorageError, migrations, open_database
from sodam.storage.migrations import Migration, known, migrate
from tests.support.server import Engine

NEWEST = known()[-1].version


@pytest.fixture
def url(engine: Engine, request: pytest.FixtureRequest) -> str | None:
    return request.getfixturevalue("blank_postgres_url") if engine == "postgres" else None


async def versions(db: Database) -> list[tuple[int, int]]:
    return [(row[0], row[1]) for row in await db.fetch("SELECT version, oldest FROM schema_version ORDER BY version")]


async def test_fresh_and_again(url: str | None, tmp_path: Path) -> None:
    for _ in range(3):
        db = await open_database(url, tmp_path)
        assert await versions(db) == [(m.version, m.oldest) for m in known()]
        assert await migrate(db) == NEWEST
        await db.execute("INSERT INTO server_state (name, value) VALUES ('kept', $1) ON CONFLICT DO NOTHING", b"x")
        assert (await db.fetch("SELECT value FROM server_state WHERE name = 'kept'"))[0][0] == b"x"
        await db.close()


async def test_two_nodes_that_start_together(blank_postgres_url: str, tmp_path: Path) -> None:
    import asyncio

    nodes = await asyncio.gather(*(open_database(blank_postgres_url, tmp_path) for _ in range(4)))
    assert await versions(nodes[0]) == [(m.version, m.oldest) for m in known()]
    for db in nodes:
        await db.close()


async def test_step_by_step_is_as_all_at_once(
    url: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """A database that has seen every version in turn has the schema of a fresh one."""
    everything = known()
    for count in range(1, len(everything) + 1):
        monkeypatch.setattr(migrations, "known", lambda count=count: everything[:count])
        db = await open_database(url, tmp_path / "old")
        assert len(await versions(db)) == count
        stepped = await _schema(db)
        await db.close()
    if url is not None:
        url = request.getfixturevalue("postgres").create()
    fresh = await open_database(url, tmp_path / "new")
    assert await _schema(fresh) == stepped
    await fresh.close()
    if url is not None:
        request.getfixturevalue("postgres").drop(url)


async def _schema(db: Database) -> list[tuple[object, ...]]:
    if db.engine == "sqlite":
        rows = await db.fetch("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name")
    else:
        rows = await db.fetch(
            "SELECT table_name, column_name, data_type, collation_name, is_nullable FROM information_schema.columns"
            " WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"
        )
        rows += await db.fetch("SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 2")
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(("oldest", "opens"), [(NEWEST + 1, False), (NEWEST + 5, False), (NEWEST, True), (1, True)])
async def test_newer_schema(url: str | None, tmp_path: Path, oldest: int, opens: bool) -> None:
    """A later version says how old a server may be to run on its schema; one line tells an older one."""
    db = await open_database(url, tmp_path)
    await db.execute("INSERT INTO schema_version VALUES ($1, $2)", NEWEST + 5, oldest)
    await db.close()
    if opens:
        db = await open_database(url, tmp_path)
        await db.close()
        return
    with pytest.raises(StorageError, match=f"schema {NEWEST + 5} is newer than this version of Sodam knows") as caught:
        await open_database(url, tmp_path)
    assert "\n" not in str(caught.value)
    # Nothing is held: whoever removes the cause can open it.
    with pytest.raises(StorageError, match="is newer"):
        await open_database(url, tmp_path)


async def test_a_migration_that_fails_leaves_nothing(
    url: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Migration(NEWEST + 1, "broken", 1, "CREATE TABLE half (x BIGINT); INSERT INTO half VALUES (1); CREATE no;")
    monkeypatch.setattr(migrations, "known", lambda: (*known(), broken))
    with pytest.raises(Exception, match=r"(?i)syntax"):
        await open_database(url, tmp_path)
    monkeypatch.undo()
    db = await open_database(url, tmp_path)
    assert len(await versions(db)) == len(known())
    with pytest.raises(Exception, match="half"):
        await db.fetch("SELECT * FROM half")
    await db.close()


def test_numbers_say_who_may_run_on_them() -> None:
    for migration in known():
        assert 1 <= migration.oldest <= migration.version
        for engine in ("sqlite", "postgres"):
            for statement in migration.statements(engine):
                assert not re.search(r"\{\w+\}", statement), f"{migration.name}: an unknown word in {statement[:80]}"


async def test_one_that_comes_late_is_applied(url: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers are given before the work is done, so that a later one may be finished first."""
    late = known()[-2]
    monkeypatch.setattr(migrations, "known", lambda: tuple(m for m in known() if m is not late))
    await (await open_database(url, tmp_path)).close()
    monkeypatch.undo()
    db = await open_database(url, tmp_path)
    assert await versions(db) == [(m.version, m.oldest) for m in known()]
    await db.close()


def test_two_of_one_number_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("0001_a.sql", "0001_c.sql"):
        (tmp_path / name).write_text("-- oldest: 1\n")
    monkeypatch.setattr(migrations, "files", lambda _: tmp_path)
    with pytest.raises(AssertionError, match="one number"):
        known.__wrapped__()
    (tmp_path / "0001_c.sql").unlink()
    (tmp_path / "0002_b.sql").write_text("SELECT 1;\n")
    with pytest.raises(AssertionError, match=r"0002_b\.sql"):
        known.__wrapped__()


async def test_unusable_places(tmp_path: Path) -> None:
    """One line, whatever is wrong."""
    (tmp_path / "file").write_text("")
    (tmp_path / "garbage").mkdir()
    (tmp_path / "garbage" / "sodam.db").write_bytes(b"this is no database" * 1000)
    cases = [
        (None, tmp_path / "file", "cannot be written"),
        (None, tmp_path / "garbage", "cannot be opened"),
        ("mysql://x", tmp_path, "must begin with postgresql://"),
        ("postgresql://u:secret@127.0.0.1:1/x", tmp_path, "cannot be reached"),
        ("postgresql://[bad", tmp_path, "cannot be reached"),
    ]
    for url, directory, text in cases:
        with pytest.raises(StorageError, match=text) as caught:
            await open_database(url, directory)
        assert "\n" not in str(caught.value)
        assert "secret" not in str(caught.value)


async def test_the_same_sqlite_twice(tmp_path: Path) -> None:
    db = await open_database(None, tmp_path)
    with pytest.raises(StorageError, match="is in use by another Sodam process") as caught:
        await open_database(None, tmp_path)
    assert "\n" not in str(caught.value)
    script = (
        "import asyncio, sys, pathlib; from sodam.storage import open_database\n"
        "try: asyncio.run(open_database(None, pathlib.Path(sys.argv[1])))\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    other = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    assert re.fullmatch(r"StorageError data directory .* is in use by another Sodam process\n", other.stdout)
    await db.execute("INSERT INTO server_state (name, value) VALUES ('a', $1)", b"")  # undisturbed
    await db.close()
    await (await open_database(None, tmp_path)).close()
