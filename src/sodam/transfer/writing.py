"""Writing an app into an empty directory: all its rows as they were at one moment."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final

import msgspec

from sodam import __version__
from sodam.apps.model import App
from sodam.storage import Database, Tx, private
from sodam.transfer import store
from sodam.transfer.model import LEFT_OUT, MANIFEST, Manifest, Part, RowsHash, Table, encode_row
from sodam.transfer.store import Described

_PAGE: Final = 500
_PART_ROWS: Final = 5000
_PART_BYTES: Final = 8 * 1024 * 1024
"""A file ends behind the page in which it reaches one of the two; each is imported in one transaction."""

Progress = Callable[[str, int], None]
"""Called with a table's name and how many of its rows are done."""


async def write(db: Database, app: App, directory: Path, progress: Progress) -> Manifest:
    """Export an app. The manifest is written last: a directory without one is no whole archive.

    Servers may go on writing meanwhile: the archive is what was there when it began. Only its owner can read the
    files, which hold the app's keys. Raises OSError.
    """
    private.make_directory(directory)
    tables = [table for table in await store.describe(db) if table.name not in LEFT_OUT]

    async def run(tx: Tx) -> dict[str, Table]:
        await store.one_moment(tx)
        return {table.name: await _table(tx, table, app.sdkappid, directory, progress) for table in tables}

    manifest = Manifest(
        sdkappid=app.sdkappid,
        name=app.name,
        schema=store.schema(),
        exported_at=int(time.time()),
        sodam=__version__,
        tables=await db.write(run, lane="long"),
    )
    text = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    with open(directory / f"{MANIFEST}.new", "wb", opener=private.opener) as file:  # noqa: ASYNC230 - a command
        file.write(text + b"\n")
        _to_disk(file)
    (directory / f"{MANIFEST}.new").rename(directory / MANIFEST)
    return manifest


async def _table(tx: Tx, described: Described, app: int, directory: Path, progress: Progress) -> Table:
    columns = tuple(described.columns)
    key = [columns.index(name) for name in described.cursor]
    whole, numbers, parts = RowsHash(), list[int](), list[Part]()
    after: list[object] | None = None
    count, more = 0, True
    while more:
        part = _Open(directory, f"{described.name}.{len(parts) + 1:05}.jsonl")
        while more and part.rows < _PART_ROWS and part.size < _PART_BYTES:
            rows = await store.page(tx, described, app, after, _PAGE)
            for row in rows:
                line = encode_row(columns, row)
                whole.add(line)
                part.add(line)
            if rows:
                after = [rows[-1][at] for at in key]
                numbers += [rows[0][key[0]], rows[-1][key[0]]] if described.serial else []
            more = len(rows) == _PAGE
            count += len(rows)
            progress(described.name, count)
        if part.rows:
            parts.append(part.closed())
        else:
            part.drop()
    return Table(
        described.columns,
        count,
        whole.text,
        tuple(parts),
        low=min(numbers, default=0),
        high=max(numbers, default=0),
    )


class _Open:
    """A file that is being written."""

    def __init__(self, directory: Path, name: str) -> None:
        self._path = directory / name
        self._file = open(self._path, "wb", opener=private.opener)  # noqa: SIM115 - closed below
        self._hash = hashlib.sha256()
        self.rows = self.size = 0

    def add(self, line: bytes) -> None:
        self._file.write(line + b"\n")
        self._hash.update(line + b"\n")
        self.rows += 1
        self.size += len(line) + 1

    def closed(self) -> Part:
        with self._file:
            _to_disk(self._file)
        return Part(self._path.name, self.rows, self._hash.hexdigest())

    def drop(self) -> None:
        self._file.close()
        self._path.unlink()


def _to_disk(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
