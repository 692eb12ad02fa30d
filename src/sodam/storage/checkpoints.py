"""SQLite's log is moved to the database's file, most of it beside the commits.

To copy some thousand pages and to wait for the disk takes 5 to 20 ms, and the commit that does so has all others wait.
So a connection of its own copies them in a thread while commits go on. What they added meanwhile is little; the writer
copies that between two of its commits, since the log begins anew only when nothing of it is left to copy
(docs/decisions/0147).
"""

from __future__ import annotations

import contextlib
import queue
import threading
from typing import Final

import apsw

PAGES: Final = 4000
"""Pages of the log from which on they are copied."""
_LATER: Final = 1000
"""So many pages more before the next try, where a long read keeps part of the log in use."""


class Checkpoints:
    """Of one database with one writer."""

    def __init__(self, connection: apsw.Connection) -> None:
        """``connection`` is for nothing else, and is closed by ``stop``."""
        self._connection = connection
        self._due_at = PAGES
        self._pages = 0
        self.copying = False
        """The thread is at it."""
        self.due = False
        """The thread has copied what there was, and the writer is to copy the rest (``finish``)."""
        self._orders: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._copy, name="sqlite-checkpoints", daemon=True)
        self._thread.start()

    def logged(self, _: apsw.Connection, __: str, pages: int) -> int:
        """SQLite's hook: a commit is in the log, which has so many pages now."""
        self._pages = pages
        if pages >= self._due_at and not (self.copying or self.due):
            self.copying = True
            self._orders.put(True)
        return apsw.SQLITE_OK

    def _copy(self) -> None:
        while self._orders.get():
            _checkpoint(self._connection)
            self.due = True
            self.copying = False

    def finish(self, writer: apsw.Connection) -> None:
        """Copy the rest. The caller is the writer, amid no transaction, in a thread that may wait for the disk."""
        self._due_at = PAGES if _checkpoint(writer) else self._pages + _LATER
        self.due = False

    def stop(self) -> None:
        """Once no more commits come."""
        self._orders.put(False)
        self._thread.join()
        self._connection.close()


def _checkpoint(connection: apsw.Connection) -> bool:
    """Whether nothing of the log is left to copy. A disk that is full or broken is the next commit's to notice, and
    another program that copies just then does the same."""
    with contextlib.suppress(apsw.Error):
        pages, copied = connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        return pages == copied
    return False
