"""The SQL of word lists. Writes lock the app's row of ``moderation_list`` first."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from sodam.moderation.model import Action, Word
from sodam.storage import Bulk, Database, Tx, batches, in_list

_PUT: Final = Bulk(
    "INSERT INTO moderation_word (app, folded, word, action, inside, replacement)",
    ("bigint", "text", "text", "bigint", "bigint", "text"),
    "ON CONFLICT (app, folded) DO UPDATE SET word = excluded.word, action = excluded.action, "
    "inside = excluded.inside, replacement = excluded.replacement",
)
_COLUMNS: Final = "folded, word, action, inside, replacement"


async def version(db: Database, app: int) -> int:
    row = await db.fetch_one("SELECT version FROM moderation_list WHERE app = $1", app)
    return int(row[0]) if row else 0


async def lock(tx: Tx, app: int) -> int:
    """How many words the app has, which nobody else changes until ``tx`` ends; the version grows."""
    row = await tx.fetch_one(
        "INSERT INTO moderation_list (app, version, words) VALUES ($1, 1, 0) "
        "ON CONFLICT (app) DO UPDATE SET version = moderation_list.version + 1 RETURNING words",
        app,
    )
    assert row is not None
    return int(row[0])


async def put_count(tx: Tx, app: int, words: int) -> None:
    await tx.execute("UPDATE moderation_list SET words = $2 WHERE app = $1", app, words)


async def known(tx: Tx, app: int, keys: Collection[str]) -> set[str]:
    """Those of the folded words that are listed."""
    found: set[str] = set()
    for batch in batches(keys):
        rows = await tx.fetch(
            f"SELECT folded FROM moderation_word WHERE app = $1 AND folded IN {in_list(batch, 2)}", app, *batch
        )
        found.update(row[0] for row in rows)
    return found


async def put(tx: Tx, app: int, words: Mapping[str, Word]) -> None:
    """By their folded text."""
    rows = [(app, key, w.word, int(w.action), int(w.inside), w.replacement) for key, w in words.items()]
    await tx.bulk(_PUT, rows)


async def remove(tx: Tx, app: int, keys: Collection[str]) -> int:
    """How many of the folded words were listed."""
    gone = 0
    for batch in batches(keys):
        gone += await tx.execute(
            f"DELETE FROM moderation_word WHERE app = $1 AND folded IN {in_list(batch, 2)}", app, *batch
        )
    return gone


async def read(db: Database, app: int) -> list[tuple[str, Word]]:
    """The whole list, by its folded words."""
    rows = await db.scan(f"SELECT {_COLUMNS} FROM moderation_word WHERE app = $1", app)
    return [(row[0], Word(row[1], Action(row[2]), bool(row[3]), row[4])) for row in rows]


async def page(db: Database, app: int, after: str, limit: int) -> list[tuple[str, Word]]:
    """A part of the list in the order of the folded words, behind ``after``."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM moderation_word WHERE app = $1 AND folded > $2 ORDER BY folded LIMIT $3",
        app,
        after,
        limit,
    )
    return [(row[0], Word(row[1], Action(row[2]), bool(row[3]), row[4])) for row in rows]


async def search(
    db: Database, app: int, actions: Collection[Action], part: str, offset: int, limit: int
) -> tuple[list[Word], int]:
    """Words with one of these actions that hold ``part``, from the ``offset``-th on, and how many there are."""
    listed = ", ".join(str(int(action)) for action in actions)
    holds = ("instr(folded, $2)" if db.engine == "sqlite" else "strpos(folded, $2)") + " > 0"
    where = f"FROM moderation_word WHERE app = $1 AND action IN ({listed}) AND ($2 = '' OR {holds})"
    rows = await db.scan(f"SELECT {_COLUMNS} {where} ORDER BY folded LIMIT $3 OFFSET $4", app, part, limit, offset)
    number = (await db.scan(f"SELECT COUNT(*) {where}", app, part))[0][0]
    return [Word(row[1], Action(row[2]), bool(row[3]), row[4]) for row in rows], int(number)


async def count(db: Database, app: int) -> int:
    row = await db.fetch_one("SELECT words FROM moderation_list WHERE app = $1", app)
    return int(row[0]) if row else 0
