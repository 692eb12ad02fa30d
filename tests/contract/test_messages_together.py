"""Messages that are stored together become what they become one after the other. On both engines, each of which has
its statements for one message and for many."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sodam.c2c.model import Message
from sodam.messages.followers import one_by_one
from sodam.messages.model import HIDE_RECEIVER, HIDE_SENDER, NO_LAST, NO_UNREAD
from sodam.outbox import store_bundles
from sodam.storage import Database
from tests.contract.world import World

_PARTIES = ("ab", "ab", "ba", "aa", "bc", "ca", "ab", "ca", "cc", "ba")
_FLAGS = (0, 0, NO_UNREAD, 0, HIDE_SENDER, 0, NO_LAST, HIDE_RECEIVER, 0, 0)
_SEQS = (7, 0, 0, None, 9, 0, 0xFFFFFFFF, 0, None, 3)
_SORTED = {
    "c2c_message": "conv, msg_time, msg_seq, msg_random, seq, ord, high, client_time, flags, version, body, cloud",
    "c2c_head": "conv, last_seq, last_time, low_seq, high_seq, in_low, in_high, last_num",
    "c2c_member": "owner, peer, conv, high, read_time, read_seq, read_count, hidden_seq, clear_seq, top_time, mute",
}


def _drafts(world: World, *, plain: bool) -> list[Message]:
    """``plain``: with a MsgSeq and without flags, for which PostgreSQL has statements of their own."""
    return [
        world.draft(*parties, f"{at} {parties}", seq=at if plain else seq, random=at, flags=0 if plain else flags)
        for at, (parties, seq, flags) in enumerate(zip(_PARTIES * 2, _SEQS * 2, _FLAGS * 2, strict=True))
    ]


async def _stored(world: World) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    for table, columns in _SORTED.items():
        rows = await world.db.fetch(f"SELECT {columns} FROM {table} WHERE app = $1", world.app.sdkappid)
        found[table] = sorted(tuple(row) for row in rows)
    owed, _ = await world.db.write(lambda tx: store_bundles.take_out(tx, "seen", world.app.sdkappid, 1000))
    found["owed"] = sorted(entry[1:] for entry in owed)
    return found


@pytest.mark.parametrize("plain", [False, True])
async def test_together_and_one_after_the_other_is_the_same(database: Database, plain: bool) -> None:
    worlds = [await World.open(database), await World.open(database)]
    sizes: list[int] = []
    for world in worlds:
        await world.accounts.find_many(world.app.sdkappid, list("abc"))
        world.outbox.consume("seen", _nothing)
        await world.outbox.stop()
        world.c2c.followers.add("seen", one_by_one(lambda message: b"own" if message.sender == "a" else None))
    single, together = worlds
    for draft in _drafts(single, plain=plain):
        await single.c2c.send(single.app, draft)
    write = together.c2c.log._write_batch
    together.c2c.log._write_batch = lambda batch: (sizes.append(len(batch)), write(batch))[1]  # type: ignore[func-returns-value]
    await asyncio.gather(*(together.c2c.send(together.app, draft) for draft in _drafts(together, plain=plain)))
    assert max(sizes) >= len(_PARTIES), sizes
    one, other = await _stored(single), await _stored(together)
    assert len(one["c2c_message"]) == len(_PARTIES) * 2
    assert len(one["owed"]) == 8  # what a sent
    assert len(one["c2c_member"]) == 8  # of two conversations with oneself one row, of three with others two
    for table in one:
        assert one[table] == other[table], table


async def _nothing(entry: object) -> None:
    return
