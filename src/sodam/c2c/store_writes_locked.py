"""The careful way into the log, beside the quick one of ``writes.py``: first lock the conversations, then ask, then
append, in one transaction. Whoever else appends to these conversations waits, so that the answers hold.

Imports take it (the same message once), batches do (one time for all copies), and on PostgreSQL every batch of messages
that the quick way refused because one of them was stored already, by this node or another.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sodam.c2c import store_reads, store_recent
from sodam.c2c.model import ARRIVALS, Message
from sodam.c2c.sending import Sending
from sodam.messages.dedupe import WINDOW
from sodam.messages.model import FIRST_NUMBER, IMPORTED, NUMBERED, U32, Numbers
from sodam.storage import Bulk, Tx

Conversation = tuple[int, str]
_HEADS: Final = Bulk(
    "INSERT INTO c2c_head (app, conv, last_seq, last_time, low_seq, low_at, high_seq, high_at, in_low, in_high, "
    "last_num, prev_num)",
    ("bigint", "text", *("bigint",) * 10),
    "ON CONFLICT (app, conv) DO UPDATE SET last_seq = c2c_head.last_seq RETURNING app, conv, last_time",
)
_RECENT: Final = (
    "SELECT r.app, r.key, r.stored_at, r.msg_time, r.msg_seq FROM c2c_recent r "
    "JOIN unnest($1::bigint[], $2::bytea[]) AS k(app, key) ON r.app = k.app AND r.key = k.key"
)


async def number(tx: Tx, batch: Iterable[Sending], now: int) -> list[Sending]:
    """Lock the conversations of ``batch`` and give its messages what must be asked for; those still to be stored.

    The others are marked as duplicates and have the numbers of the first.
    """
    sendings = list(batch)
    for sending in sendings:
        sending.duplicate = False
    conversations = sorted({(s.message.app, s.message.conv) for s in sendings})  # in one order on every node
    locked = await tx.bulk(_HEADS, [(app, conv, *(0,) * 10) for app, conv in conversations])
    times = {(app, conv): last_time for app, conv, last_time in locked}
    if tx.engine == "postgres":
        await _find_recent(tx, [s for s in sendings if not s.message.flags & IMPORTED], now)
    await _imports(tx, [s for s in sendings if s.message.flags & IMPORTED])
    _batches(sendings, times, now)
    return [s for s in sendings if not s.duplicate]


async def _find_recent(tx: Tx, sendings: list[Sending], now: int) -> None:
    """Mark what was stored within the window; forget keys that are older."""
    by_key = {(s.message.app, store_recent.key(s.message)): s for s in sendings}
    rows = await tx.fetch(_RECENT, *_columns(list(by_key)))
    old: list[tuple[int, bytes]] = []
    for app, key, stored_at, msg_time, msg_seq in rows:
        if abs(stored_at - now) > WINDOW:
            old.append((app, key))
            continue
        sending = by_key[app, key]
        _stored_before(sending)
        sending.message.msg_time, sending.message.msg_seq = msg_time, msg_seq
    if old:
        await tx.execute(
            "DELETE FROM c2c_recent r USING unnest($1::bigint[], $2::bytea[]) AS k(app, key) "
            "WHERE r.app = k.app AND r.key = k.key",
            *_columns(old),
        )


def _columns(keys: list[tuple[int, bytes]]) -> Any:
    return [app for app, _ in keys], [key for _, key in keys]


def _stored_before(sending: Sending) -> None:
    sending.duplicate = True
    sending.message.seq = 0  # an earlier run may have given one


async def _imports(tx: Tx, sendings: list[Sending]) -> None:
    """Number the imported messages without a MsgSeq, and mark those that are stored already."""
    seen: dict[tuple[int, str, int], list[Message]] = {}
    for sending in sendings:
        message = sending.message
        earlier = seen.setdefault((message.app, message.conv, message.msg_time), [])
        if message.flags & NUMBERED:
            if any(_same(message, other) for other in earlier) or await _stored_without_number(tx, message):
                _stored_before(sending)
                continue
            before = [m.msg_seq for m in earlier if m.flags & NUMBERED]
            message.msg_seq = min(max([await _newest_number(tx, message), *before]) + 1, U32)
        else:
            place = (message.msg_time, message.msg_seq, message.msg_random)
            if any(m.key == message.key for m in earlier) or await store_reads.keyed(
                tx, message.app, message.conv, place
            ):
                _stored_before(sending)
                continue
        earlier.append(message)


def _same(one: Message, other: Message) -> bool:
    """Whether two imports into one second are one message, though neither says a MsgSeq."""
    return (
        bool(other.flags & NUMBERED)
        and (one.sender, one.msg_random) == (other.sender, other.msg_random)
        and one.body == other.body
    )


async def _stored_without_number(tx: Tx, message: Message) -> bool:
    rows = await tx.fetch(
        "SELECT 1 FROM c2c_message WHERE app = $1 AND conv = $2 AND msg_time = $3 AND msg_random = $4 "
        f"AND ord < {-U32 * ARRIVALS} AND high = $5 AND (flags & {NUMBERED}) <> 0 AND body = $6 LIMIT 1",
        message.app,
        message.conv,
        message.msg_time,
        message.msg_random,
        int(message.high),
        message.body,
    )
    return bool(rows)


async def _newest_number(tx: Tx, message: Message) -> int:
    """What was given last to an import into this second."""
    row = await tx.fetch_one(
        "SELECT msg_seq FROM c2c_message WHERE app = $1 AND conv = $2 AND msg_time = $3 "
        f"AND ord < {-U32 * ARRIVALS} ORDER BY ord DESC LIMIT 1",
        message.app,
        message.conv,
        message.msg_time,
    )
    return max(int(row[0]) if row else 0, FIRST_NUMBER)


def _batches(sendings: list[Sending], times: dict[Conversation, int], now: int) -> None:
    """One MsgTime for all copies of a batch, not before what any of their conversations has said.

    A batch that comes again keeps the numbers of its first time. A conversation that has gone on meanwhile has its copy
    at its own last second: its order counts for more than the common key.
    """
    groups: dict[int, list[Sending]] = {}
    live: dict[Conversation, int] = {}
    for sending in sendings:
        message = sending.message
        if not message.flags & IMPORTED and not sending.duplicate:
            live[message.app, message.conv] = live.get((message.app, message.conv), 0) + 1
        if sending.batch is not None:
            groups.setdefault(id(sending.batch), []).append(sending)
    for copies in groups.values():
        shared = copies[0].batch
        assert shared is not None
        new = [s.message for s in copies if not s.duplicate]
        first = shared.first
        if not first.msg_time:
            again = [Numbers(s.message.msg_time, s.message.msg_seq) for s in copies if s.duplicate]
            latest = max([now, *(times[m.app, m.conv] for m in new)])
            first = min(again, default=Numbers(latest, first.msg_seq))
        shared.numbers = first
        for message in new:
            message.msg_seq = first.msg_seq
            least = now if live[message.app, message.conv] > 1 else 0
            message.msg_time = max(first.msg_time, times[message.app, message.conv], least)
