"""Reading an archive into a server that does not know the app yet, going on where an earlier try stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from sodam.apps.events import AppChanged
from sodam.storage import Database, Tx, state
from sodam.storage.erase import any_left, erase_some
from sodam.transfer import store
from sodam.transfer.model import (
    FORMAT,
    LEFT_OUT,
    MANIFEST,
    REFERENCES,
    Manifest,
    RowsHash,
    Table,
    decode_row,
    encode_row,
)
from sodam.transfer.store import Described
from sodam.transfer.writing import Progress

_OF_THE_APP: Final = ("app", "app_key", "app_admin")
"""Written at the end, all at once: until then no server knows the app."""
_PAGE: Final = 500


class ArchiveError(Exception):
    """The archive cannot be imported; the text is one line, fit for an operator."""


class _Begun(msgspec.Struct):
    """An import under way, kept in the database: what was read up to ``parts`` files is in the tables."""

    digest: str
    shifts: dict[str, int]
    """By table: what is added to its growing numbers."""
    parts: int = 0


class Archive:
    """A directory with a whole archive. Raises ArchiveError when it is none, or one of another version."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        try:
            text = (directory / MANIFEST).read_bytes()
            self.manifest = msgspec.json.decode(text, type=Manifest)
        except OSError as error:
            raise ArchiveError(f"{directory} holds no whole archive: {error.strerror}: {MANIFEST}") from None
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise ArchiveError(f"{directory / MANIFEST}: {error}") from None
        if self.manifest.format != FORMAT:
            raise ArchiveError(
                f"{directory} is an archive of format {self.manifest.format}; this version reads {FORMAT}"
            )
        if self.manifest.schema != store.schema():
            raise ArchiveError(
                f"{directory} was written with schema {self.manifest.schema}, this version has {store.schema()}: "
                "use the same version of Sodam on both sides"
            )
        self.digest = hashlib.sha256(text).hexdigest()

    def rows(self, table: Table, number: int) -> list[list[Any]]:
        """The rows of a file, checked. Raises ArchiveError."""
        part = table.parts[number]
        if Path(part.file).name != part.file:
            raise ArchiveError(f"{part.file!r} is no name of a file of the archive")
        try:
            body = (self.directory / part.file).read_bytes()
        except OSError as error:
            raise ArchiveError(f"{part.file}: {error.strerror}") from None
        if hashlib.sha256(body).hexdigest() != part.sha256:
            raise ArchiveError(f"{part.file} is not what was exported: its hash is another")
        try:
            rows = [decode_row(table.columns, line) for line in body.splitlines()]
        except (ValueError, KeyError, msgspec.DecodeError) as error:
            raise ArchiveError(f"{part.file}: {error}") from None
        if len(rows) != part.rows:
            raise ArchiveError(f"{part.file} has {len(rows)} rows instead of {part.rows}")
        return rows


class Reading:
    """One import: ``sdkappid`` is the app's number here, which may be another than in the archive."""

    def __init__(self, db: Database, archive: Archive, sdkappid: int, progress: Progress) -> None:
        self._db = db
        self._archive = archive
        self._app = sdkappid
        self._progress = progress
        self._name = f"import:{sdkappid}"
        self._described: dict[str, Described] = {}

    async def run(self) -> None:
        """Import all of it, or go on; then compare counts and hashes, and make the app known. Raises ArchiveError.

        The archive's files are taken one a transaction. Until the last step no server knows the app, whose number must
        be free; after a refusal or a crash the same call goes on.
        """
        begun = await self._begin()
        parts = [
            (name, number)
            for name, table in self._archive.manifest.tables.items()
            if name not in _OF_THE_APP
            for number in range(len(table.parts))
        ]
        for at, (name, number) in enumerate(parts):
            if at >= begun.parts:
                await self._part(begun, name, number, at + 1)
            self._progress(name, sum(p.rows for p in self._archive.manifest.tables[name].parts[: number + 1]))
        for name in self._archive.manifest.tables:
            if name not in _OF_THE_APP:
                await self._compare(begun, name)
        await self._finish(begun)

    async def discard(self) -> int:
        """Erase what an import that did not end has left; how many rows. Raises ArchiveError when there is none."""
        if await state.get(self._db, self._name) is None:
            raise ArchiveError(f"no import of app {self._app} is under way")
        gone = 0
        for described in await store.describe(self._db):
            while await any_left(self._db, described.table, self._app):
                gone += await self._db.write(lambda tx, d=described: erase_some(tx, d.table, self._app, 2000))  # type: ignore[misc]
        await self._db.write(lambda tx: state.drop(tx, self._name))
        return gone

    async def _begin(self) -> _Begun:
        manifest = self._archive.manifest
        tables = {described.name: described for described in await store.describe(self._db)}
        if set(manifest.tables) != set(tables) - set(LEFT_OUT):
            raise ArchiveError("the archive's tables are not those of this version")
        for name, table in manifest.tables.items():
            if table.columns != tables[name].columns:
                raise ArchiveError(f"the columns of {name} are not those of this version")
        self._described = tables
        used = [name for name, d in tables.items() if await any_left(self._db, d.table, self._app)]

        async def run(tx: Tx) -> _Begun:
            if found := await state.get(tx, self._name):
                begun = msgspec.json.decode(found, type=_Begun)
                if begun.digest != self._archive.digest:
                    raise ArchiveError(
                        f"the import of another archive as app {self._app} has not ended: go on with it or discard it"
                    )
                return begun
            if used:
                raise ArchiveError(f"there are rows of an app {self._app} already: choose another number")
            shifts = {}
            for name, table in manifest.tables.items():
                if tables[name].serial and table.rows:
                    shifts[name] = await store.reserve(tx, tables[name], table.high - table.low + 1) - table.low
            begun = _Begun(self._archive.digest, shifts)
            await state.put(tx, self._name, msgspec.json.encode(begun))
            return begun

        return await self._db.write(run)

    async def _part(self, begun: _Begun, name: str, number: int, done: int) -> None:
        rows = self._archive.rows(self._archive.manifest.tables[name], number)
        for row in rows:
            self._move(begun, name, row, 1)

        async def run(tx: Tx) -> None:
            found = msgspec.json.decode(await state.claim(tx, self._name, b"{}"), type=_Begun)
            if found.parts != done - 1:
                raise ArchiveError("another process is importing this archive")
            await store.insert(tx, self._described[name], rows)
            await state.put(tx, self._name, msgspec.json.encode(msgspec.structs.replace(begun, parts=done)))

        await self._db.write(run, lane="long")

    def _move(self, begun: _Begun, name: str, row: list[Any], sign: int) -> None:
        """Between the archive's numbers and those here; ``sign`` -1: back."""
        described = self._described[name]
        for at, column in enumerate(described.columns):
            if column == described.table.column:
                row[at] = self._app if sign > 0 else self._archive.manifest.sdkappid
            elif column == described.serial:
                row[at] += sign * begun.shifts[name]
            elif target := REFERENCES.get((name, column)):
                row[at] += sign * begun.shifts.get(target, 0)

    async def _compare(self, begun: _Begun, name: str) -> None:
        described, table = self._described[name], self._archive.manifest.tables[name]

        async def run(tx: Tx) -> tuple[int, str]:
            found, count = RowsHash(), 0
            key = [tuple(described.columns).index(column) for column in described.cursor]
            after: Sequence[Any] | None = None
            while True:
                rows = await store.page(tx, described, self._app, after, _PAGE)
                for row in rows:
                    moved = list(row)
                    self._move(begun, name, moved, -1)
                    found.add(encode_row(tuple(described.columns), moved))
                count += len(rows)
                if len(rows) < _PAGE:
                    return count, found.text
                after = [rows[-1][at] for at in key]

        count, text = await self._db.write(run, lane="long")
        if (count, text) != (table.rows, table.hash):
            raise ArchiveError(
                f"{name} has {count} rows that are not the archive's {table.rows}; --discard and import anew"
            )

    async def _finish(self, begun: _Begun) -> None:
        async def run(tx: Tx) -> None:
            for name in _OF_THE_APP:
                table = self._archive.manifest.tables[name]
                for number in range(len(table.parts)):
                    rows = self._archive.rows(table, number)
                    for row in rows:
                        self._move(begun, name, row, 1)
                    await store.insert(tx, self._described[name], rows)
            await state.drop(tx, self._name)
            tx.emit(AppChanged(self._app))

        await self._db.write(run)
