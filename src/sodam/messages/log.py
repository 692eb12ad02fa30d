"""Natural group commit: entries that gather while a commit is under way are written together by the next one.

No timer: under load batches grow by themselves, and a lone entry is committed at once. One batch is in flight at a
time, so that entries become durable, and are announced, in the order in which they were appended.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from sodam.observability import requests
from sodam.observability.requests import Request
from sodam.observability.series import MANY, SIZES, Series

E = TypeVar("E")


class MessageLog(Generic[E]):
    """``write`` stores a batch, all of it or nothing, and fills in what the entries learn there: time, sequence. What
    it returns is done when the batch is on disk.

    ``done`` runs in the event loop once the batch is on disk, or with the error that kept it off the disk: then
    nothing of the batch is stored. It must not raise. Where ``write`` has its transaction call ``committed``, it runs
    right there, a turn of the loop earlier.
    """

    def __init__(
        self,
        write: Callable[[list[E]], Awaitable[None]],
        done: Callable[[list[E], BaseException | None], None],
        max_batch: int = 1024,
    ) -> None:
        self._write_batch = write
        self._done = done
        self._max_batch = max_batch
        self._waiting: list[E] = []
        self._busy = False
        self._loop = asyncio.get_running_loop()
        self._flight: asyncio.Future[Any] | None = None
        self._asking: list[Request | None] = []
        """Whose entries wait, where traces are on."""
        self._asked: list[Request | None] = []
        """Whose entries are being written."""
        self._batch: list[E] = []
        """What is being written."""
        self._started = 0.0
        self.seconds = Series()
        """From the first statement of a batch to the disk."""
        self.sizes = Series(SIZES)
        """Entries of a batch that was stored."""

    def append(self, entry: E) -> None:
        self._waiting.append(entry)
        if requests.tracing():
            self._asking.append(requests.CURRENT.get())
        if not self._busy:
            self._busy = True
            self._loop.call_soon(self._write)  # the entries of this turn go together

    @property
    def waiting(self) -> int:
        """Entries not yet being written; a measure of how far the disk lags behind."""
        return len(self._waiting)

    def _write(self) -> None:
        batch, self._waiting = self._waiting[: self._max_batch], self._waiting[self._max_batch :]
        self._asked, self._asking = self._asking[: self._max_batch], self._asking[self._max_batch :]
        if self._asked:
            requests.CURRENT.set(self._asked[0])  # not that of the batch before, whose end has begun this one
        self._flight, self._batch, self._started = None, batch, time.perf_counter()
        future: asyncio.Future[Any]
        try:
            written = self._write_batch(batch)
            future = written if isinstance(written, asyncio.Future) else asyncio.ensure_future(written)
        except Exception as error:  # refused before it began: the log must go on all the same
            future = self._loop.create_future()
            future.set_exception(error)
        self._flight = future
        if self._batch is batch:  # or it is on disk already
            future.add_done_callback(self._written)

    def committed(self) -> None:
        """The transaction that writes the batch is on disk: a callback of it (``Tx.after_commit``)."""
        if self._flight is not None:
            self._flight.remove_done_callback(self._written)
        self._end(None)

    def _written(self, written: asyncio.Future[Any]) -> None:
        self._end(asyncio.CancelledError() if written.cancelled() else written.exception())

    def _end(self, error: BaseException | None) -> None:
        """In the trace of the batch's first entry, whoever calls; linked to the others."""
        asked, self._asked = self._asked, []
        if not asked:
            self._finish(error, ())
            return
        before = requests.CURRENT.set(asked[0])
        try:
            self._finish(error, asked[1:])
        finally:
            requests.CURRENT.reset(before)

    def _finish(self, error: BaseException | None, others: Sequence[Request | None]) -> None:
        batch, self._batch = self._batch, []
        if error is None:
            took, seconds, sizes = time.perf_counter() - self._started, self.seconds, self.sizes
            seconds.waiting.append(took)
            sizes.waiting.append(len(batch))
            if len(sizes.waiting) >= MANY:
                seconds.count_waiting()
                sizes.count_waiting()
            requests.done("commit", took, "messages", len(batch), others)
        if self._waiting:
            self._loop.call_soon(self._write)
        else:
            self._busy = False
        self._done(batch, error)

    async def announced(self) -> None:
        """Wait until everything that is on disk by now was announced, too."""
        flight = self._flight
        if flight is None:
            return
        if not flight.done():
            await asyncio.wait({flight})
        await asyncio.sleep(0)  # a commit may be done and its announcement still be due in this turn

    async def drain(self) -> None:
        """Wait until everything appended so far is written."""
        while self._busy:
            await asyncio.sleep(0.002)
