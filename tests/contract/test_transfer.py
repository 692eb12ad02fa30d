"""Archives of apps: whole, checked, once, and going on where they were stopped. On both engines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sodam.apps.service import AppService
from sodam.bus.local import LocalBus
from sodam.storage import Database
from sodam.storage.erase import any_left
from sodam.transfer import reading, store, writing
from sodam.transfer.model import LEFT_OUT, Manifest
from sodam.transfer.reading import Archive, ArchiveError, Reading
from tests.contract.world import World, place

NUMBER = 1_600_000_000
"""Of the app in the target."""


class Stopped(Exception):
    pass


def silent(table: str, rows: int) -> None:
    return


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of three rows, read in pages of two."""
    monkeypatch.setattr(writing, "_PAGE", 2)
    monkeypatch.setattr(writing, "_PART_ROWS", 3)
    monkeypatch.setattr(reading, "_PAGE", 2)


async def filled(world: World) -> None:
    """Messages both ways, among them those of another app, two recalls and bytes that are no text."""
    other = await World.open(world.db)
    for number in range(7):
        await world.send("a", "b", f"to b {number}")
        await other.send("a", "b", f"of another app {number}")
        await world.send("c", "a", f"안녕 {number} \U0001f600")
    for text in ("late", "later"):
        sent = await world.send("b", "c", text)
        await world.changes.withdraw(world.app, "b", "c", place(sent), revoker="b", limit=False)
    await world.db.execute(
        "UPDATE account SET profile = $1 WHERE app = $2 AND user_id = 'c'", b"\xff\x00", world.app.sdkappid
    )
    await world.c2c.drain()


async def export(world: World, directory: Path) -> Manifest:
    return await writing.write(world.db, world.app, directory, silent)


async def rows(db: Database, app: int) -> dict[str, list[list[Any]]]:
    """All rows of an app, without its number; growing numbers as places, so that two copies are equal."""
    found: dict[str, list[list[Any]]] = {}
    places: dict[str, dict[int, int]] = {}
    for described in await store.describe(db):
        if described.name in LEFT_OUT:
            continue
        columns = list(described.columns)
        listed = [list(row) for row in await db.scan(_all(described), app)]
        if described.serial:
            at = columns.index(described.serial)
            places[described.name] = {row[at]: place for place, row in enumerate(listed)}
        for row in listed:
            row[columns.index(described.table.column)] = "app"
            if described.serial:
                at = columns.index(described.serial)
                row[at] = places[described.name][row[at]]
        found[described.name] = listed
        if described.name == "c2c_change":
            at = columns.index("message")
            for row in listed:
                row[at] = ("of", row[at])
    for row in found["c2c_change"]:
        row[:] = [places["c2c_message"][v[1]] if isinstance(v, tuple) else v for v in row]
    return found


def _all(described: store.Described) -> str:
    names = ", ".join(f'"{name}"' for name in described.columns)
    key = ", ".join(described.table.key)
    return f"SELECT {names} FROM {described.name} WHERE {described.table.column} = $1 ORDER BY {key}"


@pytest.mark.usefixtures("small")
async def test_stopped_at_every_step_and_gone_on_with(world: World, tmp_path: Path) -> None:
    await filled(world)
    manifest = await export(world, tmp_path / "archive")
    assert manifest.tables["c2c_message"].rows == 16
    assert manifest.tables["c2c_change"].rows == 2
    archive = Archive(tmp_path / "archive")
    apps = AppService(world.db, LocalBus())
    stops = 0
    while True:
        left = stops + 1

        def stop(table: str, rows: int) -> None:
            nonlocal left
            left -= 1
            if not left:
                raise Stopped

        try:
            await Reading(world.db, archive, NUMBER, stop).run()
            break
        except Stopped:
            stops += 1
        await apps.refresh(NUMBER)
        assert apps.get(NUMBER) is None, "nobody knows an app that is not whole"
        # Others write meanwhile, and take growing numbers.
        await world.send("a", "b", f"meanwhile {stops}")
    files = sum(len(table.parts) for table in manifest.tables.values())
    assert stops >= files - 3, "each file was a step"
    await world.c2c.drain()
    await apps.refresh(NUMBER)
    copy = apps.get(NUMBER)
    assert copy is not None
    assert (copy.name, copy.settings, copy.keys) == (world.app.name, world.app.settings, world.app.keys)
    again = tmp_path / "again"
    of_copy = await writing.write(world.db, copy, again, silent)
    assert {name: t.rows for name, t in of_copy.tables.items()} == {n: t.rows for n, t in manifest.tables.items()}


@pytest.mark.usefixtures("small")
async def test_the_copy_is_equal_row_by_row(world: World, tmp_path: Path) -> None:
    await filled(world)
    before = await rows(world.db, world.app.sdkappid)
    await export(world, tmp_path / "archive")
    await Reading(world.db, Archive(tmp_path / "archive"), NUMBER, silent).run()
    assert await rows(world.db, NUMBER) == before
    assert await rows(world.db, world.app.sdkappid) == before
    with pytest.raises(ArchiveError, match="already"):
        await Reading(world.db, Archive(tmp_path / "archive"), NUMBER, silent).run()


@pytest.mark.usefixtures("small")
async def test_what_is_not_the_archive_is_refused_and_given_up(world: World, tmp_path: Path) -> None:
    await filled(world)
    directory = tmp_path / "archive"
    await export(world, directory)
    file = directory / "c2c_message.00002.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"to b", b"to B"))
    archive = Archive(directory)
    with pytest.raises(ArchiveError, match=r"c2c_message.00002.jsonl is not what was exported"):
        await Reading(world.db, archive, NUMBER, silent).run()
    file.unlink()
    with pytest.raises(ArchiveError, match=r"c2c_message.00002.jsonl: No such file"):
        await Reading(world.db, archive, NUMBER, silent).run()
    # A row that somebody changed between two tries is found by the comparison.
    file.write_bytes(whole)
    await world.db.execute("UPDATE c2c_message SET flags = 1 WHERE app = $1 AND seq = 1", NUMBER)
    with pytest.raises(ArchiveError, match=r"c2c_message has 16 rows that are not the archive's 16"):
        await Reading(world.db, archive, NUMBER, silent).run()
    other = tmp_path / "other"
    await export(world, other)
    manifest = json.loads((other / "manifest.json").read_text())
    (other / "manifest.json").write_text(json.dumps(manifest | {"exported_at": 5}))
    with pytest.raises(ArchiveError, match="another archive"):
        await Reading(world.db, Archive(other), NUMBER, silent).run()
    assert await Reading(world.db, archive, NUMBER, silent).discard() > 0
    for described in await store.describe(world.db):
        assert not await any_left(world.db, described.table, NUMBER), described.name
    with pytest.raises(ArchiveError, match="no import"):
        await Reading(world.db, archive, NUMBER, silent).discard()
    await Reading(world.db, archive, NUMBER, silent).run()


async def test_archives_of_other_versions_are_refused(world: World, tmp_path: Path) -> None:
    directory = tmp_path / "archive"
    await export(world, directory)
    manifest = json.loads((directory / "manifest.json").read_text())
    for change, words in (({"schema": 9}, "schema 9"), ({"format": 7}, "format 7"), ({"tables": 1}, "manifest.json")):
        (directory / "manifest.json").write_text(json.dumps(manifest | change))
        with pytest.raises(ArchiveError, match=words):
            Archive(directory)
    (directory / "manifest.json").unlink()
    with pytest.raises(ArchiveError, match="no whole archive"):
        Archive(directory)
