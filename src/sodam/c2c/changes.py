"""What happens to messages after they were sent: recall, read marks, one-sided deletion, conversation marks.

Each change is one transaction; devices are notified after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

from sodam.accounts.events import AccountsDeleted
from sodam.apps.model import App
from sodam.c2c import events, store_changes, store_heads, store_missed, store_reads, store_unread
from sodam.c2c.beside import merged
from sodam.c2c.domain_events import MessageRecalled, MessagesRead, ReceiptsSent
from sodam.c2c.model import Head, Message, Place, conversation
from sodam.c2c.modify import Change, modify
from sodam.c2c.service import C2CService
from sodam.errors import ApiError, Code
from sodam.messages.clock import STEP_SECONDS
from sodam.messages.elements import MAX_BODY_BYTES
from sodam.messages.events import MessagesRecalled, UnreadChanged
from sodam.messages.model import BY_REST, DELETED_HIGH, DELETED_LOW, HIDE_RECEIVER, ONE_TO_ONE, PEER_READ, Source
from sodam.storage import Tx

_TOGETHER = 100
EVERYTHING = 1 << 40
"""A read mark, in seconds, that no message is later than."""


class Changes:
    def __init__(self, c2c: C2CService) -> None:
        self._c2c = c2c
        self._histories = c2c.histories
        self._db = c2c.db

    async def withdraw(
        self,
        app: App,
        sender: str,
        recipient: str,
        place: Place,
        *,
        revoker: str,
        limit: bool,
        exclude: int = 0,
        source: Source = BY_REST,
    ) -> Message:
        """Recall a message; ``limit`` applies the app's recall window (a client's own recall).

        Raises ApiError 20022 (unknown), 20023 (recalled already), 20016 (window passed).
        """
        found = await self._histories.find(app, sender, recipient, place)
        if limit and self._c2c.now - found.msg_time > app.settings.recall_seconds:
            raise ApiError(Code.C2C_RECALL_EXPIRED)

        async def run(tx: Tx) -> None:
            mark = await store_unread.lock(tx, app.sdkappid, recipient, sender)
            flags = await store_changes.recall(tx, found, revoker)
            if flags is None:
                raise ApiError(Code.C2C_ALREADY_RECALLED)
            await store_missed.record(tx, found)
            gone = store_unread.Gone(flags, found.seq, found.msg_time)
            await store_unread.lower(tx, app.sdkappid, recipient, sender, mark, [gone])
            said = MessagesRecalled(
                app=app.sdkappid, type=ONE_TO_ONE, conv=found.conv, seqs=[found.seq], bodies=[found.body, found.cloud]
            )
            tx.emit(said)
            tx.emit(
                MessageRecalled(
                    app=app.sdkappid, conv=found.conv, source=source, sender=sender, recipient=recipient, key=found.key
                )
            )

        await self._db.write(run)
        notice = events.withdrawn(found, revoker)
        users = (sender,) if found.flags & HIDE_RECEIVER else (recipient, sender)
        self._c2c.notify(app.sdkappid, users, notice, exclude=exclude)
        return found

    async def modify(
        self,
        app: App,
        sender: str,
        recipient: str,
        place: Place,
        *,
        body: bytes | None = None,
        cloud: bytes | None = None,
        version: int | None = None,
        exclude: int = 0,
        operator: str = "",
        source: Source = BY_REST,
        max_bytes: int = MAX_BODY_BYTES,
    ) -> Message:
        """Replace the content of a message: see ``modify.modify``."""
        change = Change(body, cloud, version, operator or sender, source)
        return await modify(self._c2c, app, sender, recipient, place, change, exclude=exclude, max_bytes=max_bytes)

    async def mark_read(
        self, app: App, reader: str, peer: str, read_time: int, *, exclude: int = 0, source: Source = BY_REST
    ) -> None:
        """Everything that ``peer`` sent up to the second ``read_time`` is read; before an earlier mark: nothing new.

        A mark of now or later reads up to the newest message, whatever time that has: the clock may have been wrong.
        """
        now = self._c2c.now

        beside = self._histories.beside if peer != reader else None

        async def run(tx: Tx) -> int | None:
            until = await self._mark_log(tx, app, reader, peer, read_time, now)
            if beside is not None and beside.has(peer):
                other = await beside.mark_read(tx, app.sdkappid, reader, peer, read_time)
                until = other if until is None else max(until, other or 0)
            if until is not None:
                tx.emit(
                    MessagesRead(
                        app=app.sdkappid,
                        conv=conversation(reader, peer),
                        source=source,
                        reader=reader,
                        peer=peer,
                        until=until,
                    )
                )
            return until

        marked = await self._db.write(run)
        if marked is not None:
            self._c2c.notify(app.sdkappid, (reader,), events.self_read(reader, peer, marked), exclude=exclude)
            self._c2c.notify(app.sdkappid, (peer,), events.peer_read(reader, peer, marked))

    @staticmethod
    async def _mark_log(tx: Tx, app: App, reader: str, peer: str, read_time: int, now: int) -> int | None:
        """Move the read mark of a conversation; up to which second it is read. None: there is nothing new."""
        before = await store_unread.lock(tx, app.sdkappid, reader, peer)
        arrived = await store_changes.arrived(tx, app.sdkappid, reader, peer)
        if arrived is None or before is None:
            return None
        counted, last_seq, newest = arrived
        # Where a conversation stands ahead of the clock, what a client calls now may be a little before it.
        slack = STEP_SECONDS if newest > now + STEP_SECONDS else 0
        everything = read_time >= min(now - slack, newest)
        read_until = max(before.time, newest) if everything else read_time
        if read_until < before.time:
            return None
        left = 0
        if read_until < newest:
            left = await store_reads.count_unread_after(tx, app.sdkappid, reader, peer, read_until, last_seq)
        await store_changes.put_read(
            tx, app.sdkappid, reader, peer, time=read_until, count=counted - left, seq=last_seq
        )
        return read_until

    async def mark_all_read(self, app: App, reader: str, *, exclude: int = 0, source: Source = BY_REST) -> list[str]:
        """Every conversation of ``reader`` is read up to now; the peers of those that had unread messages."""
        peers = await self._histories.with_unread(app, reader)
        for at in range(0, len(peers), _TOGETHER):  # they share commits
            await asyncio.gather(
                *(
                    self.mark_read(app, reader, peer, EVERYTHING, exclude=exclude, source=source)
                    for peer in peers[at : at + _TOGETHER]
                )
            )
        self._c2c.notify(app.sdkappid, (reader,), events.all_read(), exclude=exclude)
        return peers

    async def receipt(
        self,
        app: App,
        reader: str,
        peer: str,
        places: list[Place],
        *,
        exclude: int = 0,
        source: Source = BY_REST,
    ) -> int:
        """The per-message receipts of ``reader`` for messages of ``peer``; the number of those that exist.

        Unknown messages are passed over, as are receipts given before.
        """
        known = 0
        found = []
        for place in dict.fromkeys(places):
            message = await store_reads.find(self._db, app.sdkappid, peer, reader, place)
            if message is None or message.flags & HIDE_RECEIVER:
                continue
            known += 1
            if not message.flags & PEER_READ:
                found.append(message)
        if not found:
            return known

        tiny_id = await self._histories.tiny_id(app, peer)
        given = ReceiptsSent(
            app=app.sdkappid,
            conv=conversation(reader, peer),
            source=source,
            reader=reader,
            peer=peer,
            tiny_id=tiny_id,
            messages=found,
        )

        async def run(tx: Tx) -> None:
            await store_changes.put_receipts(tx, found)
            tx.emit(given)

        await self._db.write(run)
        self._c2c.notify(app.sdkappid, (peer,), events.receipts(reader, self._c2c.now, found, tiny_id), exclude=exclude)
        return known

    async def delete_for(self, app: App, owner: str, peer: str, places: list[Place], *, exclude: int = 0) -> None:
        """One-sided deletion; messages that do not exist are passed over. Unread ones among them count no more."""
        bit, own = (DELETED_HIGH, 1) if owner > peer else (DELETED_LOW, 0)
        conv = conversation(owner, peer)
        oldest = self._histories.oldest(app)
        window = self._histories.window(app)

        async def run(tx: Tx) -> tuple[int, Head]:
            mark = await store_unread.lock(tx, app.sdkappid, owner, peer)
            before = await store_heads.head(tx, app.sdkappid, owner, peer, window=window)
            gone = []
            for place in dict.fromkeys(places):
                for one in await store_reads.keyed(tx, app.sdkappid, conv, place):
                    await store_changes.put_flag(tx, [one.id], bit)
                    if one.high != own:
                        gone.append(store_unread.Gone(one.flags, one.seq, place[0]))
            await store_unread.lower(tx, app.sdkappid, owner, peer, mark, gone)
            head = await store_heads.head(tx, app.sdkappid, owner, peer, window=window)
            # Of these only, as those that counted no more are in no device's number.
            lowered = before.unread - head.unread
            if (beside := self._histories.beside) is not None and beside.has(peer):
                lowered += await beside.delete_for(tx, app.sdkappid, owner, peer, places)
                sides = await beside.sides(tx, app.sdkappid, owner, oldest=oldest, peers=[peer])
                head = merged(head, sides.get(peer))
            if lowered:
                tx.emit(UnreadChanged(app=app.sdkappid, user_id=owner))
            return lowered, head

        lowered, head = await self._db.write(run)
        if lowered:
            until = max(head.last_time, self._c2c.now)
            notice = events.fewer_unread(owner, peer, lowered, head.unread, until)
            self._c2c.notify(app.sdkappid, (owner,), notice, exclude=exclude)

    async def hide(self, app: App, owner: str, peer: str, *, clear: bool, remove: bool = True) -> bool:
        """Take a conversation off the owner's list until a new message comes; ``clear`` its history for the owner.

        Unread messages of it count no more. False: there is no such conversation.
        """

        async def run(tx: Tx) -> bool:
            await store_unread.lock(tx, app.sdkappid, owner, peer)
            there = await store_changes.hide(tx, app.sdkappid, owner, peer, clear=clear, remove=remove)
            if (beside := self._histories.beside) is not None and beside.has(peer):
                there = await beside.hide(tx, app.sdkappid, owner, peer, clear=clear, remove=remove) or there
                if there and remove:
                    await store_changes.put_option(tx, app.sdkappid, owner, [peer], "top_time", 0)
            if there:
                tx.emit(UnreadChanged(app=app.sdkappid, user_id=owner))
            return there

        return await self._db.write(run)

    async def pinned(self, tx: Tx, app: int, owner: str) -> set[str]:
        """The peers of the pinned conversations."""
        return await store_changes.pinned(tx, app, owner)

    async def put_pins(self, tx: Tx, app: int, owner: str, peers: Collection[str], at: int) -> None:
        """Pin conversations at the second ``at``, or unpin them with 0; those that do not exist yet are made."""
        await store_changes.put_option(tx, app, owner, peers, "top_time", at)

    async def mute(self, app: App, owner: str, peers: list[str], option: int) -> None:
        """Set MsgRecvOption: 0 receive, 1 discard, 2 receive without notification."""
        await self._db.write(lambda tx: store_changes.put_option(tx, app.sdkappid, owner, peers, "mute", option))

    async def forget_accounts(self, tx: Tx, events: Sequence[AccountsDeleted]) -> None:
        """Part of deleting accounts: their lists and histories end; peers keep what was said to them."""
        for event in events:
            for user_id in event.user_ids:
                await store_changes.forget(tx, event.app, user_id)
