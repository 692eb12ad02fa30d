"""The SQL of key-value pairs of messages."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import msgspec

from sodam.extensions.model import Extension, Ref
from sodam.storage import Bulk, Database, Tx, batches, in_list

_ONE: Final = "app = $1 AND type = $2 AND conv = $3 AND seq = $4"
_ALIVE: Final = "AND value <> ''"
_PUT: Final = Bulk(
    "INSERT INTO message_extension_key (app, type, conv, seq, name, value, key_seq)",
    ("bigint", "bigint", "text", "bigint", "text", "text", "bigint"),
    "ON CONFLICT (app, type, conv, seq, name) DO UPDATE SET value = excluded.value, key_seq = excluded.key_seq",
)


class State(msgspec.Struct):
    """What is kept of a message that has extensions: see migration 0029."""

    last_seq: int = 0
    clear_seq: int = 0
    minute: int = 0
    writes: int = 0


async def lock(tx: Tx, ref: Ref) -> State:
    """The message's row, made if there is none, which nobody else changes until ``tx`` ends."""
    row = await tx.fetch_one(
        "INSERT INTO message_extension (app, type, conv, seq, last_seq, clear_seq, minute, writes) "
        "VALUES ($1, $2, $3, $4, 0, 0, 0, 0) ON CONFLICT (app, type, conv, seq) "
        "DO UPDATE SET last_seq = message_extension.last_seq RETURNING last_seq, clear_seq, minute, writes",
        *ref,
    )
    assert row is not None
    return State(*row)


async def state(db: Database, ref: Ref) -> State:
    row = await db.fetch_one(
        f"SELECT last_seq, clear_seq, minute, writes FROM message_extension WHERE {_ONE}",
        *ref,
    )
    return State(*row) if row else State()


async def save(tx: Tx, ref: Ref, now: State) -> None:
    await tx.execute(
        f"UPDATE message_extension SET last_seq = $5, clear_seq = $6, minute = $7, writes = $8 WHERE {_ONE}",
        *ref,
        now.last_seq,
        now.clear_seq,
        now.minute,
        now.writes,
    )


async def held(tx: Tx, ref: Ref, keys: Collection[str]) -> dict[str, Extension]:
    """Those of ``keys`` that the message has or had."""
    found: dict[str, Extension] = {}
    for batch in batches(keys):
        rows = await tx.fetch(
            f"SELECT name, value, key_seq FROM message_extension_key WHERE {_ONE} AND name IN {in_list(batch, 5)}",
            *ref,
            *batch,
        )
        found.update((row[0], Extension(*row)) for row in rows)
    return found


async def counts(tx: Tx, ref: Ref) -> tuple[int, int]:
    """How many keys the message has, and how many deleted ones are remembered."""
    row = await tx.fetch_one(
        "SELECT COALESCE(SUM(CASE WHEN value = '' THEN 0 ELSE 1 END), 0), COUNT(*) "
        f"FROM message_extension_key WHERE {_ONE}",
        *ref,
    )
    assert row is not None
    return int(row[0]), int(row[1]) - int(row[0])


async def put(tx: Tx, ref: Ref, extensions: Sequence[Extension]) -> None:
    await tx.bulk(_PUT, [(*ref, one.key, one.value, one.seq) for one in extensions])


async def clear(tx: Tx, ref: Ref) -> None:
    await tx.execute(f"DELETE FROM message_extension_key WHERE {_ONE}", *ref)


async def forget_tombstones(tx: Tx, ref: Ref, count: int) -> None:
    """Forget the ``count`` keys that were deleted first."""
    await tx.execute(
        f"DELETE FROM message_extension_key WHERE {_ONE} AND name IN (SELECT k.name FROM message_extension_key k "
        "WHERE k.app = $1 AND k.type = $2 AND k.conv = $3 AND k.seq = $4 AND k.value = '' "
        "ORDER BY k.key_seq, k.name LIMIT $5)",
        *ref,
        count,
    )


async def read(db: Database, ref: Ref, start: int, limit: int, *, deleted: bool) -> list[Extension]:
    """Pairs from the number ``start`` on, in the order of their numbers; ``deleted`` keys, too."""
    rows = await db.fetch(
        f"SELECT name, value, key_seq FROM message_extension_key WHERE {_ONE} AND key_seq >= $5 "
        f"{'' if deleted else _ALIVE} ORDER BY key_seq, name LIMIT $6",
        *ref,
        start,
        limit,
    )
    return [Extension(*row) for row in rows]


async def of_writes(db: Database, ref: Ref, seqs: Collection[int]) -> list[Extension]:
    """The pairs that were last set by one of these writes."""
    found: list[Extension] = []
    for batch in batches(seqs):
        rows = await db.fetch(
            f"SELECT name, value, key_seq FROM message_extension_key WHERE {_ONE} AND key_seq IN {in_list(batch, 5)}",
            *ref,
            *batch,
        )
        found += [Extension(*row) for row in rows]
    return sorted(found, key=lambda one: (one.seq, one.key))


async def forget(tx: Tx, app: int, kind: int, conv: str) -> None:
    """Everything that was added to messages of a conversation."""
    for table in ("message_reaction", "message_extension_key", "message_extension"):
        await tx.execute(f"DELETE FROM {table} WHERE app = $1 AND type = $2 AND conv = $3", app, kind, conv)


async def erase(tx: Tx, app: int, kind: int, conv: str, seqs: Collection[int]) -> None:
    """Everything that was added to these messages."""
    if not await tx.fetch(
        "SELECT 1 FROM message_extension WHERE app = $1 AND type = $2 AND conv = $3 LIMIT 1", app, kind, conv
    ):
        return
    for table in ("message_reaction", "message_extension_key", "message_extension"):
        for batch in batches(seqs):
            await tx.execute(
                f"DELETE FROM {table} WHERE app = $1 AND type = $2 AND conv = $3 AND seq IN {in_list(batch, 4)}",
                app,
                kind,
                conv,
                *batch,
            )
