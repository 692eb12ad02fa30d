"""The SQL of topics, which are rows of chat_group with a parent."""

from __future__ import annotations

from collections.abc import Sequence

from sodam.groups.model import Group
from sodam.groups.store import COLUMNS, group_of
from sodam.messages.model import NO_UNREAD, RECALLED
from sodam.storage import Database, Tx, batches, in_list


async def of(source: Database | Tx, app: int, group_id: str, topic_ids: Sequence[str] = ()) -> list[Group]:
    """The topics of a community in the order of their making, all or those named."""
    found = [
        group_of(row)
        for row in await source.fetch(
            f"SELECT {COLUMNS} FROM chat_group WHERE app = $1 AND parent = $2 ORDER BY num", app, group_id
        )
    ]
    return [topic for topic in found if not topic_ids or topic.group_id in topic_ids]


async def ids(source: Database | Tx, app: int, group_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """The topics of these communities, with the newest sequence of each and the number of its last change."""
    heads: dict[str, tuple[int, int]] = {}
    for some in batches(group_ids):
        sql = f"SELECT group_id, next_seq, changes FROM chat_group WHERE app = $1 AND parent IN {in_list(some, 2)}"
        heads.update((row[0], (int(row[1]) - 1, int(row[2]))) for row in await source.fetch(sql, app, *some))
    return heads


async def count(tx: Tx, app: int, group_id: str) -> int:
    row = await tx.fetch_one("SELECT count(*) FROM chat_group WHERE app = $1 AND parent = $2", app, group_id)
    return int(row[0]) if row else 0


async def uncounted(source: Database, app: int, topic_id: str, user_id: str, above: int, limit: int) -> list[int]:
    """Sequences above one that do not count as unread for a member: its own, recalled, deleted, marked so."""
    rows = await source.fetch(
        f"SELECT seq FROM group_message m WHERE app = $1 AND group_id = $2 AND seq > $3 AND (sender = $4"
        f" OR (flags & {NO_UNREAD | RECALLED}) <> 0 OR EXISTS (SELECT 1 FROM group_hidden h WHERE h.app = m.app"
        " AND h.group_id = m.group_id AND h.user_id = $4 AND h.seq = m.seq)) ORDER BY seq DESC LIMIT $5",
        app,
        topic_id,
        above,
        user_id,
        limit,
    )
    return [int(row[0]) for row in reversed(rows)]


async def time_of(source: Database | Tx, app: int, topic_id: str, seq: int) -> int | None:
    """When the newest message up to a sequence came; None: there is none."""
    row = await source.fetch_one(
        "SELECT msg_time FROM group_message WHERE app = $1 AND group_id = $2 AND seq <= $3 ORDER BY seq DESC LIMIT 1",
        app,
        topic_id,
        seq,
    )
    return int(row[0]) if row else None


async def forget_members(tx: Tx, app: int, topic_ids: Sequence[str], user_ids: Sequence[str]) -> None:
    """What these users had read in topics that they are in no longer."""
    for topics in batches(topic_ids):
        for users in batches(user_ids):
            sql = (
                f"DELETE FROM group_member WHERE app = $1 AND group_id IN {in_list(topics, 2)}"
                f" AND user_id IN {in_list(users, 2 + len(topics))}"
            )
            await tx.execute(sql, app, *topics, *users)
