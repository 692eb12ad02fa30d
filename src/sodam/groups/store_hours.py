"""Messages of groups of an hour, for files of a whole app: groups are walked by their key, within one by sequence."""

from __future__ import annotations

from typing import NamedTuple

from sodam.groups.message import MESSAGE, GroupMessage
from sodam.groups.store_messages import COLUMNS, message_of
from sodam.messages.model import RECALLED
from sodam.storage import Database

_GROUPS = 200


class Spot(NamedTuple):
    """The last message that was read: within the group those above ``seq`` follow."""

    group_id: str = ""
    seq: int = 0


async def page(
    db: Database, app: int, begin: int, end: int, after: Spot, limit: int
) -> tuple[list[GroupMessage], Spot | None]:
    """At most ``limit`` messages of [begin, end) that nobody recalled, tips left out, and where to go on."""
    found: list[GroupMessage] = []
    while True:
        rows = await db.scan(
            "SELECT group_id, last_msg_at, next_seq FROM chat_group WHERE app = $1 AND group_id >= $2 "
            "ORDER BY group_id LIMIT $3",
            app,
            after.group_id,
            _GROUPS,
        )
        for group_id, last_at, next_seq in rows:
            if group_id > after.group_id:
                after = Spot(group_id)
            if last_at < begin:
                continue
            low = max(after.seq, await _before(db, app, group_id, begin, next_seq))
            room = limit - len(found)
            got = await db.scan(
                f"SELECT {COLUMNS} FROM group_message WHERE app = $1 AND group_id = $2 AND seq > $3 AND msg_time < $4 "
                "ORDER BY seq LIMIT $5",
                app,
                group_id,
                low,
                end,
                room,
            )
            found += [m for row in got if (m := message_of(row)).kind == MESSAGE and not m.flags & RECALLED]
            if got:
                after = Spot(group_id, got[-1][2])
            if len(got) == room:
                return found, after
        if len(rows) < _GROUPS:
            return found, None
        if found:
            return found, after


async def _before(db: Database, app: int, group_id: str, begin: int, next_seq: int) -> int:
    """A sequence below which nothing is of this second or later: times do not fall within a group."""
    low, high = 0, next_seq
    while low < high:
        middle = (low + high) // 2
        row = await db.fetch_one(
            "SELECT seq, msg_time FROM group_message WHERE app = $1 AND group_id = $2 AND seq > $3 "
            "ORDER BY seq LIMIT 1",
            app,
            group_id,
            middle,
        )
        if row is not None and row[1] < begin:
            low = max(int(row[0]), middle + 1)
        else:
            high = middle
    return low
