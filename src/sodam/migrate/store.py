"""What a migration has done so far, in a file of its own: it goes on where it was stopped, however that was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import apsw

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS item (
  kind TEXT NOT NULL, id TEXT NOT NULL,
  state INTEGER NOT NULL DEFAULT 0,      -- 0 to be fetched, 1 fetched, 2 taken over
  extra TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS item_open ON item (kind, state, id);
-- Messages between the two servers, by the place that they belong to, in its order.
CREATE TABLE IF NOT EXISTS message (
  place TEXT NOT NULL, n REAL NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (place, n)) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS message_key ON message (place, key);
CREATE TABLE IF NOT EXISTS refusal (
  kind TEXT NOT NULL, id TEXT NOT NULL, code INTEGER NOT NULL, info TEXT NOT NULL,
  PRIMARY KEY (kind, id, code)) WITHOUT ROWID;
-- What the source said has changed, and is to be looked at: a message's time or number, and how often it was said.
CREATE TABLE IF NOT EXISTS hint (
  kind TEXT NOT NULL, id TEXT NOT NULL, since REAL NOT NULL, said INTEGER NOT NULL,
  PRIMARY KEY (kind, id)) WITHOUT ROWID;
-- Group messages that stand at the target with a later second than at the source.
CREATE TABLE IF NOT EXISTS moved (
  place TEXT NOT NULL, key TEXT NOT NULL, second INTEGER NOT NULL, PRIMARY KEY (place, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tally (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""
FETCH, FETCHED, DONE = 0, 1, 2
_EXTRA_STEP: Final = 1e-6


@dataclass(frozen=True)
class Item:
    kind: str
    id: str
    state: int
    extra: str


@dataclass(frozen=True)
class Hint:
    """Something may have changed since a message of this second (of two users) or number (of a group)."""

    kind: str
    id: str
    since: float
    said: int = 0


class JournalError(Exception):
    """The file cannot be used; one line."""


class Journal:
    """One file, of one process at a time. Each method is a transaction; `together` makes one of several.

    Raises JournalError when another migration uses the file, or when it cannot be one of a migration.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._db = apsw.Connection(str(path))
            # Two that go on from the same place would each take over what is next, and note that only once.
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
            self._db.execute(_TABLES)
        except apsw.BusyError:
            raise JournalError(f"{path} is in use: another migration goes on from it") from None
        except (apsw.Error, OSError) as error:
            raise JournalError(f"{path} cannot keep how far a migration is: {error}") from None

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        with self._db:
            yield

    def meta(self, name: str, value: str) -> str:
        """What was kept under this name; `value`, if nothing was, which is then kept."""
        self._db.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (name, value))
        return str(self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).get)

    def add(self, kind: str, ids: Iterable[str], extra: str = "") -> None:
        """Things to take over; those known stay as they are."""
        with self._db:
            self._db.executemany(
                "INSERT OR IGNORE INTO item (kind, id, extra) VALUES (?, ?, ?)", [(kind, one, extra) for one in ids]
            )

    def open(self, kind: str, limit: int) -> list[Item]:
        """Some that are not taken over."""
        rows = self._db.execute(
            "SELECT kind, id, state, extra FROM item WHERE kind = ? AND state < 2 LIMIT ?", (kind, limit)
        )
        return [Item(*row) for row in rows]

    def all(self, kind: str, after: str = "", limit: int = 500) -> list[Item]:
        rows = self._db.execute(
            "SELECT kind, id, state, extra FROM item WHERE kind = ? AND id > ? ORDER BY id LIMIT ?",
            (kind, after, limit),
        )
        return [Item(*row) for row in rows]

    def some(self, kind: str, ids: Iterable[str]) -> list[Item]:
        """Those of these that are known."""
        sql = "SELECT kind, id, state, extra FROM item WHERE kind = ? AND id = ?"
        return [Item(*row) for one in ids for row in self._db.execute(sql, (kind, one))]

    def beginning(self, kind: str, start: str) -> list[str]:
        """The IDs of a kind that begin so."""
        sql = "SELECT id FROM item WHERE kind = ? AND substr(id, 1, ?) = ?"
        return [str(row[0]) for row in self._db.execute(sql, (kind, len(start), start))]

    def put(self, kind: str, ids: Iterable[str], state: int, extra: str | None = None) -> None:
        with self._db:
            self._db.executemany(
                "UPDATE item SET state = ?, extra = COALESCE(?, extra) WHERE kind = ? AND id = ?",
                [(state, extra, kind, one) for one in ids],
            )

    def count(self, kind: str, state: int | None = None) -> int:
        sql = "SELECT count(*) FROM item WHERE kind = ?" + ("" if state is None else " AND state = ?")
        return int(self._db.execute(sql, (kind,) if state is None else (kind, state)).get)

    def refuse(self, kind: str, name: str, code: int, info: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO refusal VALUES (?, ?, ?, ?)", (kind, name, code, info[:300]))

    def accept(self, kind: str, name: str) -> None:
        """It was refused at most before."""
        self._db.execute("DELETE FROM refusal WHERE kind = ? AND id = ?", (kind, name))

    def gone(self, kinds: Iterable[str], names: Iterable[str]) -> None:
        """The source has these no more: what was refused of them, maybe since it just had them no more, is nothing
        that the target lacks."""
        with self._db:
            self._db.executemany(
                "DELETE FROM refusal WHERE kind = ? AND id = ?", [(kind, name) for name in names for kind in kinds]
            )

    def refusals(self) -> list[tuple[str, int, int, str, str]]:
        """Kind, code, how many, an example and its text."""
        sql = "SELECT kind, code, count(*), min(id), max(info) FROM refusal GROUP BY kind, code ORDER BY kind, code"
        return [(str(a), int(b), int(c), str(d), str(e)) for a, b, c, d, e in self._db.execute(sql)]

    def tally(self, name: str, by: int = 1) -> None:
        if by:
            self._db.execute(
                "INSERT INTO tally VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
                (name, by),
            )

    def tallies(self) -> dict[str, int]:
        return {
            str(name): int(value) for name, value in self._db.execute("SELECT name, value FROM tally ORDER BY name")
        }

    def keep(self, place: str, messages: Iterable[tuple[float, str, bytes]]) -> None:
        """Messages of a place with their order and key; one that is there stays."""
        with self._db:
            self._db.executemany(
                "INSERT OR IGNORE INTO message VALUES (?, ?, ?, ?)",
                [(place, n, key, body) for n, key, body in messages],
            )

    def messages(self, place: str, after: float | None, limit: int) -> list[tuple[float, bytes]]:
        sql = "SELECT n, body FROM message WHERE place = ? AND n > ? ORDER BY n LIMIT ?"
        start = float("-inf") if after is None else after
        return [(float(n), bytes(body)) for n, body in self._db.execute(sql, (place, start, limit))]

    def forget(self, place: str) -> None:
        self._db.execute("DELETE FROM message WHERE place = ?", (place,))

    def merge(self, place: str, other: str) -> int:
        """Put what only ``other`` has behind the message that it stands behind there; how many."""
        found, at, step = 0, float("-inf"), 0
        with self._db:
            keys = [row[0] for row in self._db.execute("SELECT key FROM message WHERE place = ? ORDER BY n", (other,))]
            for key in keys:
                known = self._db.execute("SELECT n FROM message WHERE place = ? AND key = ?", (place, key)).get
                if known is not None:
                    at, step = float(known), 0
                    continue
                if at == float("-inf"):
                    first = self._db.execute("SELECT min(n) FROM message WHERE place = ?", (place,)).get
                    at = (0.0 if first is None else float(first)) - 1
                step += 1
                found += 1
                self._db.execute(
                    "UPDATE message SET place = ?, n = ? WHERE place = ? AND key = ?",
                    (place, at + step * _EXTRA_STEP, other, key),
                )
            self.forget(other)
        return found

    def drop(self, kind: str, ids: Iterable[str]) -> None:
        with self._db:
            self._db.executemany("DELETE FROM item WHERE kind = ? AND id = ?", [(kind, one) for one in ids])

    def hint(self, hints: Iterable[Hint]) -> None:
        """Keep what is to be looked at: the same thing once, from the earliest place that was named."""
        with self._db:
            self._db.executemany(
                "INSERT INTO hint VALUES (?, ?, ?, 1) ON CONFLICT (kind, id)"
                " DO UPDATE SET since = min(since, excluded.since), said = said + 1",
                [(one.kind, one.id, one.since) for one in hints],
            )

    def hints(self, kind: str, limit: int) -> list[Hint]:
        rows = self._db.execute("SELECT kind, id, since, said FROM hint WHERE kind = ? LIMIT ?", (kind, limit))
        return [Hint(*row) for row in rows]

    def settle(self, hints: Iterable[Hint]) -> None:
        """They were looked at: what was said meanwhile stays."""
        with self._db:
            self._db.executemany(
                "DELETE FROM hint WHERE kind = ? AND id = ? AND said = ?", [(h.kind, h.id, h.said) for h in hints]
            )

    def move(self, place: str, key: str, second: int) -> None:
        self._db.execute("INSERT OR REPLACE INTO moved VALUES (?, ?, ?)", (place, key, second))

    def second(self, place: str, key: str, second: int) -> int:
        """The second that a message of this key has at the target."""
        found = self._db.execute("SELECT second FROM moved WHERE place = ? AND key = ?", (place, key)).get
        return second if found is None else int(found)
