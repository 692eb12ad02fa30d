"""Appending to groups: the one place where a message or tip gets its sequence, time and row.

    group = await hold_group(tx, app, group_id)
    await messages.append(tx, group, [message, ...])

Whoever calls holds the group's row. Devices are notified when the transaction is on disk.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from sodam.accounts.service import AccountService
from sodam.groups import store, store_members, store_messages
from sodam.groups.feed import Feed
from sodam.groups.message import SYSTEM, TIP, GroupMessage
from sodam.groups.model import Group, home_of
from sodam.groups.types import TYPES
from sodam.messages.clock import SECOND
from sodam.messages.keepers import Keeper
from sodam.messages.model import U32
from sodam.storage import Database, Tx


class Messages:
    """``feed`` is set once it exists: it needs ``names``."""

    feed: Feed

    def __init__(self, db: Database, accounts: AccountService, clock: Callable[[], float]) -> None:
        self._db = db
        self._accounts = accounts
        self._clock = clock
        self.keepers: list[Keeper[GroupMessage]] = []
        """Who writes along with every stored message."""

    def number(self, group: Group, messages: Sequence[GroupMessage], *, imported: bool = False) -> None:
        """Give messages their sequences and times, and ``group``, which the caller holds, its new state."""
        now = self._clock()
        shown_at = int(now * SECOND)
        for message in messages:
            message.seq = group.next_seq
            if not imported:
                message.msg_time = max(int(now), group.last_msg_at)
            group.next_seq += 1
            if message.kind != TIP:
                group.last_msg_at = max(group.last_msg_at, message.msg_time)
            group.counted += message.counts
            message.counted = group.counted
            if message.shows and not group.profile.support_topic:
                group.shown_seq = message.seq
                group.shown_at = max(message.msg_time * SECOND if imported else shown_at, group.shown_at + 1)

    async def store(self, tx: Tx, group: Group, messages: Sequence[GroupMessage]) -> None:
        """Write numbered messages, where the type keeps any, and the group."""
        if TYPES[group.type].stores_messages:
            await store_messages.insert(tx, messages)
            for keeper in self.keepers:
                if not keeper.idle and keeper.wants(group.app):
                    await keeper.keep(tx, messages)
        await store.save(tx, group)

    async def append(self, tx: Tx, group: Group, messages: Sequence[GroupMessage]) -> None:
        """Append to a group that ``tx`` holds, and save it; devices are notified after the commit."""
        self.number(group, messages)
        await self.store(tx, group, messages)
        for message in messages:
            tx.after_commit(lambda message=message: self.feed.publish(group, message))  # type: ignore[misc]

    async def tip(self, tx: Tx, group: Group, body: bytes, *, stored: bool = True) -> int:
        """Append a tip, whose MsgBody is the JSON object ``body``; its MsgSeq. ``stored`` False: for those online
        only, with MsgSeq 0; what the group's own row has changed is still the caller's to save. In a live room all is
        for those online, and has a sequence all the same: the web SDK takes two of one number for one."""
        message = self._tip(group, body)
        if stored or not TYPES[group.type].stores_messages:
            await self.append(tx, group, [message])
        else:
            message.msg_time = int(self._clock())
            tx.after_commit(lambda: self.feed.publish(group, message))
        return message.seq

    async def pass_tip(self, app: int, group_id: str, body: bytes) -> None:
        """A tip of what no transaction does."""

        async def run(tx: Tx) -> None:
            group = (await store.lock(tx, app, [group_id])).get(group_id)
            if group is not None:
                await self.tip(tx, group, body)

        await self._db.write(run)

    def _tip(self, group: Group, body: bytes) -> GroupMessage:
        return GroupMessage(
            app=group.app,
            group_id=group.group_id,
            sender=SYSTEM,
            random=random.getrandbits(32) & U32,
            client_time=int(self._clock()),
            body=body,
            kind=TIP,
        )

    async def names(self, messages: Sequence[GroupMessage]) -> None:
        """Look up what devices are shown of the senders; all messages are of one group."""
        written = [m for m in messages if m.kind != TIP]
        if not written:
            return
        app, group_id = written[0].app, written[0].group_id
        senders = {m.sender for m in written}
        accounts = await self._accounts.find_many(app, senders)
        members = await store_members.load(self._db, app, home_of(group_id), senders)
        for message in written:
            if account := accounts.get(message.sender):
                message.tiny_id, message.nick, message.image = account.tiny_id, account.nick, account.image
            if member := members.get(message.sender):
                message.card = member.name_card
