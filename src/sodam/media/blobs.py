"""Where the bytes of objects lie: a directory of this machine, or a store that obstore speaks to (S3 and others).

An object has a key such as ``1400000001/3f/3f...`` and is written once, whole, from a file that was received before.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final, Protocol

from sodam.errors import Unavailable
from sodam.storage import private

PIECE: Final = 256 * 1024


class BlobsUnavailable(Unavailable):
    """The store of files does not answer."""


class Blobs(Protocol):
    async def put(self, key: str, file: Path) -> None:
        """Keep a file, which may be moved away; it is on disk, or in the store, when this returns. Raises OSError or
        BlobsUnavailable."""
        ...

    def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from ``start`` to before ``end``. Raises FileNotFoundError or BlobsUnavailable."""
        ...

    async def size(self, key: str) -> int:
        """In bytes. Raises as ``read``."""
        ...

    async def delete(self, key: str) -> None:
        """One that is not there is no fault."""
        ...

    async def delete_all(self, prefix: str) -> None: ...


class DirectoryBlobs:
    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, key: str, file: Path) -> None:
        await asyncio.to_thread(self._put, self._root / key, file)

    def _put(self, to: Path, file: Path) -> None:
        for directory in (to.parent.parent, to.parent):
            private.make_directory(directory)
        file.rename(to)
        for directory in (to.parent, to.parent.parent):
            descriptor = os.open(directory, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        file = await asyncio.to_thread(open, self._root / key, "rb", 0)
        try:
            file.seek(start)
            while start < end and (piece := await asyncio.to_thread(file.read, min(PIECE, end - start))):
                start += len(piece)
                yield piece
        finally:
            file.close()

    async def size(self, key: str) -> int:
        return (await asyncio.to_thread((self._root / key).stat)).st_size

    async def delete(self, key: str) -> None:
        def run() -> None:
            path = self._root / key
            path.unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # others are in it
                path.parent.rmdir()

        await asyncio.to_thread(run)

    async def delete_all(self, prefix: str) -> None:
        await asyncio.to_thread(shutil.rmtree, self._root / prefix, ignore_errors=True)


class CloudBlobs:
    """What ``SODAM_MEDIA_URL`` names. Credentials come from the URL's kind of environment (``AWS_...``)."""

    def __init__(self, url: str) -> None:
        import obstore
        from obstore.store import from_url

        self._obstore: Any = obstore
        options: dict[str, Any] = {"mkdir": True} if url.startswith("file:") else {}
        try:
            self._store: Any = from_url(url, **options)
        except Exception as error:  # obstore raises kinds of its own
            raise BlobsUnavailable(f"SODAM_MEDIA_URL cannot be used: {_line(error)}") from None

    async def put(self, key: str, file: Path) -> None:
        try:
            await self._obstore.put_async(self._store, key, file)
        except Exception as error:
            raise BlobsUnavailable(f"the store of files took nothing: {_line(error)}") from None

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        if start >= end:
            return
        try:
            found = await self._obstore.get_async(self._store, key, options={"range": (start, end)})
            async for piece in found.stream(min_chunk_size=PIECE):
                yield bytes(piece)
        except FileNotFoundError:
            raise
        except Exception as error:
            raise BlobsUnavailable(f"the store of files gave nothing: {_line(error)}") from None

    async def size(self, key: str) -> int:
        try:
            return int((await self._obstore.head_async(self._store, key))["size"])
        except FileNotFoundError:
            raise
        except Exception as error:
            raise BlobsUnavailable(f"the store of files gave nothing: {_line(error)}") from None

    async def delete(self, key: str) -> None:
        try:
            with contextlib.suppress(FileNotFoundError):
                await self._obstore.delete_async(self._store, key)
        except Exception as error:
            raise BlobsUnavailable(f"the store of files erased nothing: {_line(error)}") from None

    async def delete_all(self, prefix: str) -> None:
        try:
            async for page in self._obstore.list(self._store, prefix):
                await self._obstore.delete_async(self._store, [one["path"] for one in page])
        except Exception as error:
            raise BlobsUnavailable(f"the store of files erased nothing: {_line(error)}") from None


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
