"""The interface that every store speaks, whatever the engine under it.

SQL is written once, in the dialect that SQLite and PostgreSQL share, with ``$1, $2, ...`` as placeholders; each
driver translates what it must. Rows are sequences; the caller unpacks them. Columns of type ``{blob}`` take and
give ``bytes``, times are integers (the column's name says the unit), booleans are 0 and 1. Text holds no U+0000: a
read with such text finds nothing, a write of it is the caller's mistake (PostgreSQL refuses it).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar

from sodam.errors import Unavailable
from sodam.storage.events import Events

Value = int | float | str | bytes | None
Row = Sequence[Any]
T = TypeVar("T")
Engine = Literal["sqlite", "postgres"]
Lane = Literal["short", "log", "long"]
"""Which of PostgreSQL's connections a write takes: those for short work, the message log's own, or those for work that
may take minutes. SQLite has one writer."""


class StorageError(Exception):
    """The database cannot be opened or used; the text is one line, fit for an operator."""

    def __init__(self, text: str, *, in_use: bool = False) -> None:
        super().__init__(text)
        self.in_use = in_use
        """SQLite belongs to one process, and that is another one."""


class DatabaseUnavailable(StorageError, Unavailable):
    """The database does not answer, or cannot do what it is asked for, for no fault of the call: it may be made again.

    What a write wanted may be on disk all the same when this is raised: the answer may be what was lost.
    """


@dataclass(frozen=True, slots=True)
class PoolSizes:
    """The most connections that a process opens to PostgreSQL for each kind of work. One more is for the watch."""

    log: int = 2
    short: int = 10
    long: int = 4


@dataclass(frozen=True, slots=True, eq=False)
class Bulk:
    """One statement for many rows: ``head`` <rows> ``tail``. A constant: it is looked up by what it is, not says.

    ``head`` is ``INSERT INTO t (columns)``, ``tail`` an optional ``ON CONFLICT ... RETURNING ...``. ``types`` are
    the columns' PostgreSQL types (``bigint``, ``text``, ``bytea``, ``double precision``), in the rows' order. No two
    rows of one call may conflict with each other: PostgreSQL refuses to update a row twice in a statement.
    """

    head: str
    types: tuple[str, ...]
    tail: str = ""


class Tx(Protocol):
    """A transaction. Its methods may be awaited only inside the function given to ``Database.write``."""

    engine: Engine

    async def fetch(self, sql: str, *args: Value) -> list[Row]: ...

    async def fetch_one(self, sql: str, *args: Value) -> Row | None: ...

    async def execute(self, sql: str, *args: Value) -> int:
        """Run one statement; the number of rows that it changed."""
        ...

    async def bulk(self, stmt: Bulk, rows: Sequence[Sequence[Value]]) -> list[Row]:
        """Run ``stmt`` for all ``rows`` at once; what its RETURNING gave, in any order."""
        ...

    async def last_id(self) -> int:
        """The number that the last row got which this transaction inserted into a table that numbers its rows."""
        ...

    def emit(self, event: object) -> None:
        """Raise an event: its subscribers run at the end of this write, in its transaction (events.py)."""
        ...

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Have ``callback`` called in the event loop once this transaction is on disk, and only then."""
        ...


class Database(Protocol):
    """A database: short reads, long reads, and writes as functions.

    A write is an async function that receives a ``Tx``, awaits nothing else, and may be called again if the engine
    asks for a retry: it must have no effect outside the transaction. It is committed to disk when ``write`` returns.
    When it raises, nothing of it is kept. Writes that arrive while a commit is under way share the next commit.
    A write inside a ``commit_hook`` block takes the block's note along (commit_hooks.py).

    Every method may raise DatabaseUnavailable.
    """

    engine: Engine
    events: Events

    async def fetch(self, sql: str, *args: Value) -> list[Row]:
        """A bounded read through an index (at most about a thousand rows): on SQLite it runs in the event loop."""
        ...

    async def fetch_one(self, sql: str, *args: Value) -> Row | None:
        """As ``fetch``; the first row or None."""
        ...

    async def scan(self, sql: str, *args: Value) -> list[Row]:
        """A read that may take long (exports, searches, counts): never blocks the event loop."""
        ...

    def write(
        self,
        fn: Callable[[Tx], Awaitable[T]],
        *,
        single: bool = False,
        lane: Lane = "short",
        alone: bool = False,
        patient: bool = False,
        repeated: bool = False,
    ) -> Awaitable[T]:
        """Run ``fn`` in a transaction; what it gives back, once that is on disk.

        ``single``: on PostgreSQL ``fn`` runs one statement, which needs no transaction around it; it raises no events.
        ``alone``: it is short, and nothing that comes in this turn of the loop could share its commit. SQLite may then
        make that before this returns.
        ``patient``: it may wait a moment for a commit made for others. On SQLite each commit keeps others waiting.
        ``repeated``: should the database or its machine crash, what it wrote within the last second may be undone, and
        is then done again or not missed. On PostgreSQL its commit does not wait for the disk.
        """
        ...

    async def execute(self, sql: str, *args: Value) -> int:
        """A write of one statement; the number of rows that it changed."""
        ...

    async def ping(self) -> None:
        """Raises DatabaseUnavailable unless the database answers within two seconds."""
        ...

    def healthy(self) -> bool:
        """False while it is known not to answer, or to take no writes; asks nobody."""
        ...

    def abandon(self) -> None:
        """Give up what is under way and refuse what comes: the database is away and this process ends."""
        ...

    async def version(self) -> str:
        """Engine name and version, for people."""
        ...

    async def close(self) -> None: ...
