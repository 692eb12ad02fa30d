"""The SQL of what official accounts said, and of how subscribers stand in those conversations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sodam.c2c.beside import Side
from sodam.c2c.model import FIRST, Rank
from sodam.messages.model import NO_LAST, NO_UNREAD, RECALLED
from sodam.officials.model import BEHIND, Broadcast
from sodam.storage import Database, Row, Tx, batches, in_list

COLUMNS: Final = "m.app, m.account, m.random, m.body, m.cloud, m.flags, m.seq, m.msg_time, m.at, m.recalled_at"
_SEEN: Final = (
    "m.seq > s.join_seq AND m.seq > s.clear_seq AND NOT EXISTS (SELECT 1 FROM official_hidden h WHERE h.app = m.app"
    " AND h.account = m.account AND h.user_id = s.user_id AND h.seq = m.seq)"
)
"""What a subscriber sees."""
_OF: Final = "official_subscriber s JOIN official_message m ON m.app = s.app AND m.account = s.account"
_COUNTS: Final = f"m.seq > s.read_seq AND (m.flags & {NO_UNREAD | RECALLED}) = 0"
_PURGED: Final = 200


def broadcast_of(row: Row) -> Broadcast:
    return Broadcast(
        app=row[0], account=row[1], random=row[2], body=bytes(row[3]), cloud=bytes(row[4]), flags=row[5], seq=row[6],
        msg_time=row[7], at=row[8], recalled_at=row[9],
    )  # fmt: skip


async def insert(tx: Tx, one: Broadcast) -> None:
    await tx.execute(
        "INSERT INTO official_message (app, account, seq, msg_time, random, at, flags, recalled_at, body, cloud)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)",
        one.app, one.account, one.seq, one.msg_time, one.random, one.at, one.flags, one.body, one.cloud,
    )  # fmt: skip


async def same(tx: Tx, one: Broadcast, since: int) -> Broadcast | None:
    """The message with this Random and content that was sent not before a second."""
    rows = await tx.fetch(
        f"SELECT {COLUMNS} FROM official_message m WHERE m.app = $1 AND m.account = $2 AND m.msg_time >= $3"
        " AND m.random = $4 AND m.body = $5 ORDER BY m.seq DESC LIMIT 1",
        one.app, one.account, since, one.random, one.body,
    )  # fmt: skip
    return broadcast_of(rows[0]) if rows else None


async def one(source: Database | Tx, app: int, account: str, seq: int) -> Broadcast | None:
    row = await source.fetch_one(
        f"SELECT {COLUMNS} FROM official_message m WHERE m.app = $1 AND m.account = $2 AND m.seq = $3",
        app, account, seq,
    )  # fmt: skip
    return broadcast_of(row) if row else None


async def below(source: Database, app: int, account: str, seq: int, limit: int) -> list[Broadcast]:
    """Newest first, of those before the sequence ``seq``."""
    rows = await source.fetch(
        f"SELECT {COLUMNS} FROM official_message m WHERE m.app = $1 AND m.account = $2 AND m.seq < $3"
        " ORDER BY m.seq DESC LIMIT $4",
        app, account, seq, limit,
    )  # fmt: skip
    return [broadcast_of(row) for row in rows]


async def walk(tx: Tx, app: int, account: str, seq: int, limit: int) -> list[Broadcast]:
    """Those behind one of an account, account by account, which nobody changes until ``tx`` ends."""
    locked = " FOR SHARE" if tx.engine == "postgres" else ""
    sql = (
        f"SELECT {COLUMNS} FROM official_message m WHERE m.app = $1 AND (m.account, m.seq) > ($2, $3)"
        f" ORDER BY m.account, m.seq LIMIT $4{locked}"
    )
    return [broadcast_of(row) for row in await tx.fetch(sql, app, account, seq, limit)]


async def sample(tx: Tx, app: int, limit: int) -> list[Broadcast]:
    """Some of an account, as ``walk``."""
    locked = " FOR SHARE" if tx.engine == "postgres" else ""
    sql = (
        f"SELECT {COLUMNS} FROM official_message m WHERE m.app = $1"
        f" ORDER BY m.app DESC, m.account DESC, m.seq DESC LIMIT $2{locked}"
    )
    return [broadcast_of(row) for row in await tx.fetch(sql, app, limit)]


async def recall(tx: Tx, app: int, account: str, seq: int, now: int) -> bool:
    """False: it was recalled before."""
    sql = (
        f"UPDATE official_message SET flags = flags | {RECALLED}, recalled_at = $4"
        f" WHERE app = $1 AND account = $2 AND seq = $3 AND (flags & {RECALLED}) = 0"
    )
    return await tx.execute(sql, app, account, seq, now) > 0


async def purge(tx: Tx, app: int, before: int) -> dict[str, list[int]]:
    """Erase some messages of before a second; their sequences by account."""
    rows = await tx.fetch(
        "DELETE FROM official_message WHERE (app, account, seq) IN (SELECT app, account, seq FROM official_message"
        " WHERE app = $1 AND account IN (SELECT account FROM official_account WHERE app = $1)"
        f" AND msg_time < $2 ORDER BY account, seq LIMIT {_PURGED}) RETURNING account, seq",
        app, before,
    )  # fmt: skip
    gone: dict[str, list[int]] = {}
    for account, seq in rows:
        gone.setdefault(account, []).append(seq)
    for account, seqs in sorted(gone.items()):
        sql = "DELETE FROM official_hidden WHERE app = $1 AND account = $2 AND seq <= $3"
        await tx.execute(sql, app, account, max(seqs))
    return gone


# As a subscriber sees it


async def sides(source: Database | Tx, app: int, user_id: str, oldest: int, accounts: Sequence[str] = ()) -> list[Side]:
    """The conversations that stand in a user's list, or those with ``accounts``, whether they stand there or not."""
    if accounts:
        found: list[Side] = []
        for some in batches(accounts):
            also = f" AND s.account IN {in_list(some, 4)}"
            found += await _sides(source, also, "", app, user_id, oldest, *some)
        return found
    return await _sides(source, "", " AND m.seq > s.hide_seq", app, user_id, oldest)


async def _sides(source: Database | Tx, also: str, shown: str, *args: int | str) -> list[Side]:
    rows = await source.fetch(
        f"SELECT s.account, MAX(CASE WHEN (m.flags & {NO_LAST}) = 0 THEN m.msg_time ELSE 0 END),"
        f" MAX(CASE WHEN (m.flags & {NO_LAST}) = 0 THEN m.at ELSE 0 END),"
        f" SUM(CASE WHEN {_COUNTS} THEN 1 ELSE 0 END) FROM {_OF}"
        f" WHERE s.app = $1 AND s.user_id = $2 AND m.msg_time >= $3 AND {_SEEN}{shown}{also} GROUP BY s.account",
        *args,
    )
    return [Side(row[0], int(row[1]), int(row[2]), int(row[3])) for row in rows]


async def unread(source: Database | Tx, app: int, user_id: str, oldest: int) -> int:
    row = await source.fetch_one(
        f"SELECT COUNT(*) FROM {_OF} WHERE s.app = $1 AND s.user_id = $2 AND m.msg_time >= $3"
        f" AND {_COUNTS} AND {_SEEN}",
        app, user_id, oldest,
    )  # fmt: skip
    return int(row[0]) if row else 0


async def history(
    source: Database, app: int, user_id: str, account: str, *, oldest: int, start: Rank, limit: int, down: bool
) -> list[Broadcast]:
    """Those before the place ``start``, newest first (``down``), or those behind it, oldest first."""
    beyond, order = ("<", "DESC") if down else (">", "ASC")
    rows = await source.fetch(
        f"SELECT {COLUMNS} FROM {_OF} WHERE s.app = $1 AND s.user_id = $2 AND s.account = $3 AND m.msg_time >= $4"
        f" AND (m.msg_time, m.seq) {beyond} ($5, $6) AND {_SEEN} ORDER BY m.msg_time {order}, m.seq {order} LIMIT $7",
        app, user_id, account, oldest, start[0], start[1] - BEHIND if start[1] > FIRST + BEHIND else FIRST, limit,
    )  # fmt: skip
    return [broadcast_of(row) for row in rows]


async def seen(source: Database | Tx, app: int, user_id: str, account: str, seq: int) -> Broadcast | None:
    """The message of that sequence, if the user sees it."""
    row = await source.fetch_one(
        f"SELECT {COLUMNS} FROM {_OF} WHERE s.app = $1 AND s.user_id = $2 AND s.account = $3 AND m.seq = $4"
        f" AND {_SEEN}",
        app, user_id, account, seq,
    )  # fmt: skip
    return broadcast_of(row) if row else None


async def seen_of(
    source: Database, app: int, user_id: str, account: str, seqs: Sequence[int], *, oldest: int
) -> list[Broadcast]:
    """Those of these sequences that the user sees, but for recalled ones."""
    found: list[Broadcast] = []
    for some in batches(seqs):
        rows = await source.fetch(
            f"SELECT {COLUMNS} FROM {_OF} WHERE s.app = $1 AND s.user_id = $2 AND s.account = $3 AND m.msg_time >= $4"
            f" AND (m.flags & {RECALLED}) = 0 AND {_SEEN} AND m.seq IN {in_list(some, 5)}",
            app, user_id, account, oldest, *some,
        )  # fmt: skip
        found += [broadcast_of(row) for row in rows]
    return found


async def last(source: Database, app: int, user_id: str, accounts: Sequence[str], oldest: int) -> list[Broadcast]:
    """Of each account the newest message that stands in the list."""
    found: list[Broadcast] = []
    for some in batches(accounts):
        rows = await source.fetch(
            f"SELECT {COLUMNS} FROM official_message m JOIN (SELECT s.account AS account, MAX(m.seq) AS seq FROM {_OF}"
            f" WHERE s.app = $1 AND s.user_id = $2 AND m.msg_time >= $3 AND (m.flags & {NO_LAST}) = 0 AND {_SEEN}"
            f" AND s.account IN {in_list(some, 4)} GROUP BY s.account) AS n ON n.account = m.account AND n.seq = m.seq"
            " WHERE m.app = $1",
            app, user_id, oldest, *some,
        )  # fmt: skip
        found += [broadcast_of(row) for row in rows]
    return found


async def since(source: Database, app: int, user_id: str, begin: int, limit: int) -> list[Broadcast]:
    """The newest ``limit`` of those that came not before a second, newest first."""
    rows = await source.fetch(
        f"SELECT {COLUMNS} FROM {_OF} WHERE s.app = $1 AND s.user_id = $2 AND m.msg_time >= $3 AND {_SEEN}"
        " ORDER BY m.msg_time DESC, m.account, m.seq DESC LIMIT $4",
        app, user_id, begin, limit,
    )  # fmt: skip
    return [broadcast_of(row) for row in rows]


async def recalled_since(source: Database, app: int, user_id: str, begin: int, limit: int) -> list[Broadcast]:
    """Earlier ones that were recalled not before a second."""
    rows = await source.fetch(
        f"SELECT {COLUMNS} FROM {_OF} WHERE s.app = $1 AND s.user_id = $2 AND m.recalled_at >= $3 AND m.msg_time < $3"
        f" AND {_SEEN} ORDER BY m.recalled_at DESC LIMIT $4",
        app, user_id, begin, limit,
    )  # fmt: skip
    return [broadcast_of(row) for row in rows]


# What subscribers do; ``lock_one`` first


async def lock_one(tx: Tx, app: int, user_id: str, account: str) -> int | None:
    """The read position of a subscription, which nobody else changes until ``tx`` ends; None: there is none."""
    locked = " FOR UPDATE" if tx.engine == "postgres" else ""
    row = await tx.fetch_one(
        f"SELECT read_seq FROM official_subscriber WHERE app = $1 AND account = $2 AND user_id = $3{locked}",
        app, account, user_id,
    )  # fmt: skip
    return int(row[0]) if row else None


async def newest_until(tx: Tx, app: int, account: str, second: int) -> tuple[int, int]:
    """Sequence and MsgTime of the last message up to a second; zeros for none."""
    row = await tx.fetch_one(
        "SELECT seq, msg_time FROM official_message WHERE app = $1 AND account = $2 AND msg_time <= $3"
        " ORDER BY msg_time DESC, seq DESC LIMIT 1",
        app, account, second,
    )  # fmt: skip
    return (int(row[0]), int(row[1])) if row else (0, 0)


async def put(tx: Tx, app: int, user_id: str, account: str, seq: int, columns: Iterable[str]) -> None:
    sets = ", ".join(f"{column} = $4" for column in columns)
    await tx.execute(
        f"UPDATE official_subscriber SET {sets} WHERE app = $1 AND account = $2 AND user_id = $3",
        app, account, user_id, seq,
    )  # fmt: skip


async def put_hidden(tx: Tx, app: int, user_id: str, account: str, seqs: Iterable[int]) -> None:
    for seq in seqs:
        await tx.execute(
            "INSERT INTO official_hidden (app, account, user_id, seq) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            app, account, user_id, seq,
        )  # fmt: skip


async def hidden_of(tx: Tx, app: int, user_ids: Iterable[str]) -> None:
    """Forget what deleted users had deleted for themselves."""
    for some in batches(user_ids):
        await tx.execute(f"DELETE FROM official_hidden WHERE app = $1 AND user_id IN {in_list(some, 2)}", app, *some)
