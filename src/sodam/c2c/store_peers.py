"""The SQL of what users keep of conversations with certain peers, whether anything was said in them or not."""

from __future__ import annotations

from collections.abc import Sequence

from sodam.c2c.model import Head, conversation
from sodam.messages.model import DELETED_HIGH, DELETED_LOW
from sodam.storage import Database, batches, in_list


async def bare_heads(source: Database, app: int, owner: str, peers: Sequence[str]) -> dict[str, Head]:
    """By peer, what the owner set: nothing of what was said."""
    found: dict[str, Head] = {}
    for some in batches(peers):
        rows = await source.fetch(
            "SELECT peer, read_time, clear_seq, top_time, mute FROM c2c_member"
            f" WHERE app = $1 AND owner = $2 AND peer IN {in_list(some, 3)}",
            app,
            owner,
            *some,
        )
        for peer, read_time, clear_seq, top_time, mute in rows:
            found[peer] = Head(peer, read_time=read_time, clear_seq=clear_seq, top_time=top_time, mute=mute)
    return found


async def mutes(source: Database, app: int, owners: Sequence[str], peer: str) -> dict[str, int]:
    """By owner, MsgRecvOption of the conversation with ``peer``, where it is not 0."""
    found: dict[str, int] = {}
    for some in batches(owners):
        rows = await source.fetch(
            f"SELECT owner, mute FROM c2c_member WHERE app = $1 AND peer = $2 AND owner IN {in_list(some, 3)}"
            " AND mute <> 0",
            app,
            peer,
            *some,
        )
        found.update((row[0], int(row[1])) for row in rows)
    return found


async def last_sent(source: Database, app: int, senders: Sequence[str], peer: str) -> dict[str, int]:
    """By sender, MsgTime of the last message to ``peer``."""
    convs = {conversation(sender, peer): sender for sender in senders}
    found: dict[str, int] = {}
    for some in batches(convs):
        rows = await source.fetch(
            f"SELECT conv, high, MAX(msg_time) FROM c2c_message WHERE app = $1 AND conv IN {in_list(some, 2)}"
            " GROUP BY conv, high",
            app,
            *some,
        )
        for conv, high, newest in rows:
            sender = convs[conv]
            if bool(high) == (sender > peer):
                found[sender] = int(newest)
    return found


async def deleted_in(db: Database, app: int, owner: str, peers: Sequence[str], *, oldest: int) -> set[str]:
    """Those peers with whom ``owner`` has messages that ``owner`` alone deleted."""
    found: set[str] = set()
    for peer in peers:  # few: those in whose conversation nothing is left to see
        if await db.fetch_one(
            "SELECT 1 FROM c2c_message WHERE app = $1 AND conv = $2 AND msg_time >= $3"
            " AND (flags & CAST($4 AS BIGINT)) <> 0 LIMIT 1",
            app,
            conversation(owner, peer),
            oldest,
            DELETED_HIGH if owner > peer else DELETED_LOW,
        ):
            found.add(peer)
    return found
