"""Backups: taken while messages are sent, restored elsewhere, equal to the source as it was. On both engines."""

from __future__ import annotations

import asyncio
import gzip
import io
import itertools
import os
import tarfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asyncpg
import pytest

from sodam.backup import archive, store_postgres, whole
from sodam.backup.archive import BackupError, Manifest
from sodam.backup.whole import Place
from sodam.storage import Database, open_database
from sodam.storage.open import DATABASE_FILE
from tests.contract.search_world import SearchWorld
from tests.support.postgres import Postgres
from tests.support.sqlite import prepare

OWNER = "plain"
Rows = dict[str, list[tuple[Any, ...]]]


def silent(what: str, done: int) -> None:
    return


@pytest.fixture
def place(database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    """Where the server of these tests keeps its state."""
    url = request.getfixturevalue("postgres_url") if database.engine == "postgres" else None
    return Place(url, tmp_path)


@pytest.fixture
def empty(place: Place, tmp_path: Path, postgres: Postgres) -> Iterator[Place]:
    """Elsewhere. On PostgreSQL it belongs to a user that may do nothing else."""
    if place.url is None:
        yield Place(None, tmp_path.with_suffix(".elsewhere"))
        return
    url = postgres.create()

    async def hand_over() -> str:
        admin = await asyncpg.connect(url)
        try:
            if not await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", OWNER):
                await admin.execute(f"CREATE ROLE {OWNER} LOGIN")
            name = await admin.fetchval("SELECT current_database()")
            await admin.execute(f'ALTER DATABASE "{name}" OWNER TO {OWNER}')
            await admin.execute(f"ALTER SCHEMA public OWNER TO {OWNER}")
            socket = await admin.fetchval("SHOW unix_socket_directories")
            return f"postgresql://{OWNER}@/{name}?host={quote(socket.split(',')[0], safe='')}"
        finally:
            await admin.close()

    yield Place(postgres._apart(hand_over()), tmp_path.with_suffix(".elsewhere"))
    postgres.drop(url)


@asynccontextmanager
async def opened(place: Place) -> AsyncIterator[Database]:
    db = await open_database(place.url, place.data_dir)
    try:
        yield db
    finally:
        await db.close()


async def rows(db: Database) -> Rows:
    """Everything in every table, in the order of the values."""
    if db.engine == "sqlite":
        listed = await db.scan("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
    else:
        listed = await db.scan(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'"
            " AND relname <> 'bus_batch'"
        )
    found = {}
    for (name,) in listed:
        found[name] = sorted((tuple(row) for row in await db.scan(f'SELECT * FROM "{name}"')), key=repr)
    return found


async def filled(db: Database) -> tuple[SearchWorld, str]:
    """Accounts, messages of both kinds, a search index, bytes that are no text; the group."""
    world = await SearchWorld.open(db)
    group = "team"
    await world.group(group, "a", "b", "c")
    for number in range(20):
        await world.say("a", "b", f"안녕 {number} \U0001f600\\t\t\\N")
        await world.tell("b", group, f"in the group {number}\n")
    await db.execute("UPDATE account SET profile = $1 WHERE app = $2 AND user_id = 'c'", b"\xff\x00\\", world.sdkappid)
    return world, group


def tables(manifest: Manifest) -> dict[str, archive.File]:
    return {name: file for name, file in manifest.files.items() if name.startswith("tables/")}


async def back_up(place: Place, path: Path) -> Manifest:
    """As the command does it: not in the loop of the server, whose messages go on."""
    return await asyncio.to_thread(lambda: asyncio.run(whole.back_up(place, path, silent)))


async def test_what_is_restored_is_what_was_there(
    database: Database, place: Place, empty: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_postgres, "_PIECE", 1000)  # many pieces of a table
    await filled(database)
    media = place.data_dir / "media" / "1400000001" / "3f"
    media.mkdir(parents=True)
    (media / "picture").write_bytes(os.urandom(3000))
    (media.parent.parent / "incoming").mkdir()
    (media.parent.parent / "incoming" / "half").write_bytes(b"not yet")
    (place.data_dir / "secret.key").write_bytes(b"k" * 32)
    before = await rows(database)
    target = tmp_path.with_suffix(".out")
    target.mkdir()
    first = target / "backup.tar"
    manifest = await back_up(place, first)
    assert first.stat().st_mode & 0o777 == 0o600
    assert whole.verify(first, silent)[1] == manifest

    assert await whole.restore(empty, first, silent) == manifest
    assert (empty.data_dir / "secret.key").read_bytes() == b"k" * 32
    picture = empty.data_dir / "media" / "1400000001" / "3f" / "picture"
    assert picture.read_bytes() == (media / "picture").read_bytes()
    assert not (empty.data_dir / "media" / "incoming").exists()
    assert {path.stat().st_mode & 0o077 for path in empty.data_dir.rglob("*")} == {0}, "nobody else's business"
    async with opened(empty) as db:
        assert await rows(db) == before
        if place.url is not None:  # by a user that owns it and is nothing more: the same file comes of it
            await back_up(empty, target / "again.tar.gz")
            again = whole.verify(target / "again.tar.gz", silent)[1]
            assert tables(again) == tables(manifest)
            assert again.numbers == manifest.numbers
        world = await SearchWorld.open(db)  # growing numbers go on
        await world.say("a", "b", "after")
        newest = await db.fetch("SELECT id FROM c2c_message ORDER BY id DESC LIMIT 2")
        assert newest[0][0] > newest[1][0] == max(row[0] for row in before["c2c_message"])
    with pytest.raises(BackupError, match="not empty"):
        await whole.restore(empty, first, silent)


async def test_taken_while_messages_are_sent(database: Database, place: Place, empty: Place, tmp_path: Path) -> None:
    """What was acknowledged before the backup began is in it, what began after its end is not, and nothing halves."""
    world, group = await filled(database)
    stop = asyncio.Event()
    acknowledged: set[str] = set()
    begun = itertools.count()

    async def send(sender: str, to: str) -> None:
        while not stop.is_set():
            text = f"{sender} {next(begun)}"
            await (world.tell(sender, group, text) if to == group else world.say(sender, to, text))
            acknowledged.add(text)
            await asyncio.sleep(0.001)  # the machine is everybody's

    senders = [asyncio.create_task(send(*pair)) for pair in (("a", "b"), ("b", "a"), ("c", "a"), ("a", group))]
    try:
        while len(acknowledged) < 40:
            await asyncio.sleep(0.005)
        before = set(acknowledged)
        path = tmp_path.with_suffix(".tar")
        await back_up(place, path)
        ended = next(begun)
    finally:
        stop.set()
        await asyncio.gather(*senders)
    await whole.restore(empty, path, silent)
    source = await rows(database)
    async with opened(empty) as db:
        found = await rows(db)
        texts = {str(row) for table in ("c2c_message", "group_message") for row in found[table]}
        assert all(any(f'"{text}"' in row for row in texts) for text in before), "acknowledged, and not in the backup"
        numbers = {int(text.split()[1]) for text in acknowledged if any(f'"{text}"' in row for row in texts)}
        assert max(numbers) < ended
        for table in ("c2c_message", "group_message"):  # as the source was at one moment: its beginning, whole
            assert found[table]
            ids = sorted(row[0] for row in found[table])
            assert sorted(found[table]) == sorted(row for row in source[table] if row[0] <= ids[-1])
        heads = await db.fetch(
            "SELECT h.last_seq, max(m.seq), count(*) FROM c2c_head h JOIN c2c_message m"
            " ON m.app = h.app AND m.conv = h.conv GROUP BY h.app, h.conv, h.last_seq"
        )
        groups = await db.fetch(
            "SELECT g.next_seq - 1, max(m.seq), count(*) FROM chat_group g JOIN group_message m"
            " ON m.app = g.app AND m.group_id = g.group_id GROUP BY g.app, g.group_id, g.next_seq"
        )
        assert len(heads) == 2
        assert len(groups) == 1
        assert all(last == most == count for last, most, count in [*heads, *groups]), "a sequence with a hole"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a server without apps, on SQLite."""
    directory = tmp_path_factory.mktemp("small")
    prepare(directory / "data")
    asyncio.run(whole.back_up(Place(None, directory / "data"), directory / "b.tar", silent))
    return directory / "b.tar"


def refused(path: Path, target: Path, *, url: str | None = None) -> str:
    with pytest.raises(BackupError) as caught:
        asyncio.run(whole.restore(Place(url, target), path, silent))
    left = sorted(p.name for p in target.rglob("*")) if target.exists() else []
    assert left in ([], ["sodam.lock"]), "what is refused leaves nothing"
    return str(caught.value)


def test_a_backup_that_is_damaged_is_refused(small: Path, tmp_path: Path) -> None:
    whole_one = small.read_bytes()
    middle = len(whole_one) // 2
    damaged = {
        "cut": whole_one[:middle],
        "without its end": whole_one[: whole_one.rindex(b"manifest.json") // 512 * 512],
        "one bit": whole_one[:middle] + bytes([whole_one[middle] ^ 1]) + whole_one[middle + 1 :],
        "nothing": b"",
        "something else": b"hello" * 1000,
        "compressed and cut": gzip.compress(whole_one)[:-2000],
    }
    for name, body in damaged.items():
        path = tmp_path / "b.tar"
        path.write_bytes(body)
        assert refused(path, tmp_path / name).startswith(
            ("the backup is not whole", f"{path} is no backup", "data/sodam.db is not what was backed up")
        ), name
        with pytest.raises(BackupError):
            whole.verify(path, silent)


def test_files_with_strange_names_are_refused(small: Path, tmp_path: Path) -> None:
    for name in ("data/../../evil", "/etc/evil", "evil", "data//evil"):
        path = tmp_path / "b.tar"
        with tarfile.open(small) as read, tarfile.open(path, "w") as written:
            for member in read:
                if member.name == archive.MANIFEST:
                    written.addfile(tarfile.TarInfo(name))
                written.addfile(member, read.extractfile(member))
        assert "is no file of a backup" in refused(path, tmp_path / "to"), name


def test_the_wrong_engine_a_newer_version_a_used_place(small: Path, tmp_path: Path) -> None:
    assert "one of SQLite" in refused(small, tmp_path / "to", url="postgresql://localhost/x")
    path = tmp_path / "b.tar"
    with tarfile.open(small) as read, tarfile.open(path, "w") as written:
        head = read.extractfile(archive.HEAD)
        assert head is not None
        body = head.read().replace(b'"schema":[', b'"schema":[9999,')
        info = tarfile.TarInfo(archive.HEAD)
        info.size = len(body)
        written.addfile(info, io.BytesIO(body))
    assert "schema 9999, which this version does not know" in refused(path, tmp_path / "to")
    used = tmp_path / "used"
    used.mkdir()
    (used / "secret.key").write_bytes(b"k")
    with pytest.raises(BackupError, match=r"secret\.key is there"):
        asyncio.run(whole.restore(Place(None, used), small, silent))
    data = small.parent / "data"
    with pytest.raises(BackupError, match="exists already"):
        asyncio.run(whole.back_up(Place(None, data), small, silent))
    with pytest.raises(BackupError, match="in the data directory"):
        asyncio.run(whole.back_up(Place(None, data), data / "b.tar", silent))
    with pytest.raises(BackupError, match="there is no data here"):
        asyncio.run(whole.back_up(Place(None, tmp_path / "nothing"), tmp_path / "c.tar", silent))
    assert not (tmp_path / "c.tar").exists()
    assert not list(tmp_path.glob("*.partial"))
    assert (data / DATABASE_FILE).exists()
