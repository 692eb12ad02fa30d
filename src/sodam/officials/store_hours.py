"""What official accounts said in an hour, each message once: accounts are walked by their key."""

from __future__ import annotations

from typing import NamedTuple

from sodam.messages.model import RECALLED
from sodam.officials.model import Broadcast
from sodam.officials.store_messages import COLUMNS, broadcast_of
from sodam.storage import Database

_ACCOUNTS = 100


class Spot(NamedTuple):
    """The last message that was read: of ``account`` those behind ``seq`` follow."""

    account: str = ""
    seq: int = 0


async def page(
    db: Database, app: int, begin: int, end: int, after: Spot, limit: int
) -> tuple[list[Broadcast], Spot | None]:
    """At most ``limit`` messages of [begin, end) that nobody recalled, and where to go on; None: there are no more."""
    found: list[Broadcast] = []
    while True:
        accounts = await db.scan(
            "SELECT account FROM official_account WHERE app = $1 AND account >= $2 ORDER BY account LIMIT $3",
            app,
            after.account,
            _ACCOUNTS,
        )
        for (account,) in accounts:
            if account > after.account:
                after = Spot(account)
            room = limit - len(found)
            got = await db.scan(
                f"SELECT {COLUMNS} FROM official_message m WHERE m.app = $1 AND m.account = $2 AND m.msg_time >= $3 "
                "AND m.msg_time < $4 AND m.seq > $5 ORDER BY m.seq LIMIT $6",
                app,
                account,
                begin,
                end,
                after.seq,
                room,
            )
            said = [broadcast_of(row) for row in got]
            found += [one for one in said if not one.flags & RECALLED]
            if said:
                after = Spot(account, said[-1].seq)
            if len(said) == room:
                return found, after
        if len(accounts) < _ACCOUNTS:
            return found, None
