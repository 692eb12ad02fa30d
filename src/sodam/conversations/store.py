"""The SQL of marks, custom data and conversation groups. Writes are part of the caller's transaction, which holds
``lock``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from sodam.conversations.model import Contact, Entry, Group
from sodam.storage import Bulk, Database, Row, Tx, batches, in_list

_SIGN: Final = 1 << 63
_SIZES: Final = (1, 4, 16, 64, 300)
_COLUMNS: Final = "type, peer, marks, custom, groups, changed_at"
_PUT: Final = Bulk(
    f"INSERT INTO conversation_entry (app, owner, {_COLUMNS})",
    ("bigint", "text", "bigint", "text", "bigint", "text", "text", "bigint"),
    "ON CONFLICT (app, owner, type, peer) DO UPDATE SET marks = excluded.marks, custom = excluded.custom, "
    "groups = excluded.groups, changed_at = excluded.changed_at",
)


class Counts(NamedTuple):
    marked: int
    """Conversations with marks or custom data."""
    grouped: int


def _entry(row: Row) -> Entry:
    marks = int(row[2])
    groups = tuple(int(part) for part in row[4].split(",")) if row[4] else ()
    return Entry(marks + 2 * _SIGN if marks < 0 else marks, row[3], groups, row[5])


async def lock(tx: Tx, app: int, owner: str) -> int:
    """The GroupId of the owner's next group. Until ``tx`` ends nobody else changes what the owner keeps."""
    row = await tx.fetch_one(
        "INSERT INTO conversation_owner (app, owner, next_group) VALUES ($1, $2, 1) ON CONFLICT (app, owner) "
        "DO UPDATE SET next_group = conversation_owner.next_group RETURNING next_group",
        app,
        owner,
    )
    assert row is not None, "an upsert gives its row"
    return int(row[0])


async def entries(source: Database | Tx, app: int, owner: str, contacts: Collection[Contact]) -> dict[Contact, Entry]:
    """What is kept of these conversations; those of which nothing is are left out."""
    found: dict[Contact, Entry] = {}
    for kind in {contact.type for contact in contacts}:
        for ids in batches((contact.id for contact in contacts if contact.type == kind), _SIZES):
            rows = await source.fetch(
                f"SELECT {_COLUMNS} FROM conversation_entry WHERE app = $1 AND owner = $2 AND type = $3 "
                f"AND peer IN {in_list(ids, 4)}",
                app,
                owner,
                kind,
                *ids,
            )
            found |= {Contact(row[0], row[1]): _entry(row) for row in rows}
    return found


async def page(db: Database, app: int, owner: str, skip: int, limit: int) -> list[tuple[Contact, Entry]]:
    """All that is kept, by type and ID."""
    rows = await db.fetch(
        f"SELECT {_COLUMNS} FROM conversation_entry WHERE app = $1 AND owner = $2 ORDER BY type, peer "
        "LIMIT $3 OFFSET $4",
        app,
        owner,
        limit,
        skip,
    )
    return [(Contact(row[0], row[1]), _entry(row)) for row in rows]


async def in_group(tx: Tx, app: int, owner: str, group_id: int) -> dict[Contact, Entry]:
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM conversation_entry WHERE app = $1 AND owner = $2 "
        "AND ',' || groups || ',' LIKE '%,' || $3 || ',%'",
        app,
        owner,
        str(group_id),
    )
    return {Contact(row[0], row[1]): _entry(row) for row in rows}


async def counts(tx: Tx, app: int, owner: str) -> Counts:
    row = await tx.fetch_one(
        "SELECT COALESCE(SUM(CASE WHEN marks <> 0 OR custom <> '' THEN 1 ELSE 0 END), 0), "
        "COALESCE(SUM(CASE WHEN groups <> '' THEN 1 ELSE 0 END), 0) "
        "FROM conversation_entry WHERE app = $1 AND owner = $2",
        app,
        owner,
    )
    return Counts(int(row[0]), int(row[1])) if row else Counts(0, 0)


async def put(tx: Tx, app: int, owner: str, changed: Mapping[Contact, Entry]) -> None:
    """Entries as they are from now on; one that holds nothing goes."""
    kept = [
        (
            app,
            owner,
            contact.type,
            contact.id,
            entry.marks - 2 * _SIGN if entry.marks >= _SIGN else entry.marks,
            entry.custom,
            ",".join(map(str, entry.groups)),
            entry.changed_at,
        )
        for contact, entry in changed.items()
        if entry.marked or entry.groups
    ]
    if kept:
        await tx.bulk(_PUT, kept)
    for contact, entry in changed.items():
        if not entry.marked and not entry.groups:
            await tx.execute(
                "DELETE FROM conversation_entry WHERE app = $1 AND owner = $2 AND type = $3 AND peer = $4",
                app,
                owner,
                *contact,
            )


async def groups(source: Database | Tx, app: int, owner: str) -> list[Group]:
    rows = await source.fetch(
        "SELECT group_id, name FROM conversation_group WHERE app = $1 AND owner = $2 ORDER BY group_id", app, owner
    )
    return [Group(row[0], row[1]) for row in rows]


async def add_group(tx: Tx, app: int, owner: str, group: Group) -> None:
    await tx.execute("INSERT INTO conversation_group VALUES ($1, $2, $3, $4)", app, owner, *group)
    await tx.execute(
        "UPDATE conversation_owner SET next_group = $3 WHERE app = $1 AND owner = $2", app, owner, group.id + 1
    )


async def rename_group(tx: Tx, app: int, owner: str, group: Group) -> None:
    await tx.execute(
        "UPDATE conversation_group SET name = $4 WHERE app = $1 AND owner = $2 AND group_id = $3", app, owner, *group
    )


async def delete_group(tx: Tx, app: int, owner: str, group_id: int) -> None:
    await tx.execute(
        "DELETE FROM conversation_group WHERE app = $1 AND owner = $2 AND group_id = $3", app, owner, group_id
    )


async def forget(tx: Tx, app: int, owners: Sequence[str]) -> None:
    """Everything that these users kept."""
    for table in ("conversation_entry", "conversation_group", "conversation_owner"):
        for ids in batches(owners):
            await tx.execute(f"DELETE FROM {table} WHERE app = $1 AND owner IN {in_list(ids, 2)}", app, *ids)
