"""What happens to messages after they were sent: recall, read marks, one-sided deletion, conversation marks.

Each change is one transaction; devices are told after it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sodam.accounts.events import AccountsDeleted
from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.messages import events, missed, reads, unread
from sodam.messages.clock import STEP_SECONDS
from sodam.messages.model import (
    DELETED_HIGH,
    DELETED_LOW,
    HIDE_RECEIVER,
    PEER_READ,
    RECALLED,
    Head,
    Message,
    conversation,
)
from sodam.messages.modify import modify
from sodam.messages.service import MessageService
from sodam.storage import Tx

_TOGETHER = 100
EVERYTHING = 1 << 40
"""A read mark, in seconds, that no message is later than."""
_NEWEST = "(SELECT MAX(x.msg_time) FROM c2c_message x WHERE x.app = h.app AND x.conv = h.conv)"
# The end of an UPDATE of a user's conversations ($1 app, $2 owner) by which everything in them counts as read.
_ALL_READ = (
    "read_count = CASE WHEN high = 0 THEN h.in_low ELSE h.in_high END, read_seq = h.last_seq, "
    f"read_time = CASE WHEN {_NEWEST} > read_time THEN {_NEWEST} ELSE read_time END "
    "FROM c2c_head h WHERE h.app = c2c_member.app AND h.conv = c2c_member.conv "
    "AND c2c_member.app = $1 AND c2c_member.owner = $2"
)


class MessageChanges:
    def __init__(self, messages: MessageService) -> None:
        self._messages = messages
        self._db = messages.db

    async def withdraw(
        self, app: App, sender: str, recipient: str, place: reads.Place, *, revoker: str, limit: bool, exclude: int = 0
    ) -> Message:
        """Recall a message; ``limit`` applies the app's recall window (a client's own recall).

        Raises ApiError 20022 (unknown), 20023 (recalled already), 20016 (window passed).
        """
        found = await self._messages.find(app, sender, recipient, place)
        if limit and self._messages.now - found.msg_time > app.settings.recall_seconds:
            raise ApiError(Code.C2C_RECALL_EXPIRED)

        async def run(tx: Tx) -> None:
            mark = await unread.lock(tx, app.sdkappid, recipient, sender)
            row = await tx.fetch_one(
                f"UPDATE c2c_message SET flags = flags | {RECALLED}, revoker = $2 "
                f"WHERE id = $1 AND (flags & {RECALLED}) = 0 RETURNING flags",
                found.id,
                revoker,
            )
            if row is None:
                raise ApiError(Code.C2C_ALREADY_RECALLED)
            await missed.record(tx, found)
            gone = unread.Gone(row[0] & ~RECALLED, found.seq, found.msg_time)
            await unread.lower(tx, app.sdkappid, recipient, sender, mark, [gone])

        await self._db.write(run)
        notice = events.withdrawn(found, revoker)
        users = (sender,) if found.flags & HIDE_RECEIVER else (recipient, sender)
        self._messages.notify(app.sdkappid, users, notice, exclude=exclude)
        return found

    async def modify(
        self,
        app: App,
        sender: str,
        recipient: str,
        place: reads.Place,
        *,
        body: bytes | None = None,
        cloud: bytes | None = None,
        version: int | None = None,
        exclude: int = 0,
    ) -> Message:
        """Replace the content of a message: see ``modify.modify``."""
        return await modify(
            self._messages, app, sender, recipient, place, body=body, cloud=cloud, version=version, exclude=exclude
        )

    async def mark_read(self, app: App, reader: str, peer: str, read_time: int, *, exclude: int = 0) -> None:
        """Everything that ``peer`` sent up to the second ``read_time`` is read; before an earlier mark: nothing new.

        A mark of now or later reads up to the newest message, whatever time that has: the clock may have been wrong.
        """
        now = self._messages.now
        conv = conversation(reader, peer)
        column = "in_high" if reader > peer else "in_low"

        async def run(tx: Tx) -> int | None:
            before = await unread.lock(tx, app.sdkappid, reader, peer)
            head = await tx.fetch_one(
                f"SELECT {column}, last_seq, COALESCE({_NEWEST}, 0) FROM c2c_head h WHERE app = $1 AND conv = $2",
                app.sdkappid,
                conv,
            )
            if head is None or before is None:
                return None
            count, last_seq, newest = head
            # Where a conversation stands ahead of the clock, what a client calls now may be a little before it.
            slack = STEP_SECONDS if newest > now + STEP_SECONDS else 0
            everything = read_time >= min(now - slack, newest)
            read_until = max(before.time, newest) if everything else read_time
            if read_until < before.time:
                return None
            left = 0
            if read_until < newest:
                left = await reads.count_unread_after(tx, app.sdkappid, reader, peer, read_until, last_seq)
            await tx.execute(
                "UPDATE c2c_member SET read_time = $4, read_count = $5, read_seq = $6 "
                "WHERE app = $1 AND owner = $2 AND peer = $3",
                app.sdkappid,
                reader,
                peer,
                read_until,
                count - left,
                last_seq,
            )
            return read_until

        marked = await self._db.write(run)
        if marked is not None:
            self._messages.notify(app.sdkappid, (reader,), events.self_read(reader, peer, marked), exclude=exclude)
            self._messages.notify(app.sdkappid, (peer,), events.peer_read(reader, peer, marked))

    async def mark_all_read(self, app: App, reader: str, *, exclude: int = 0) -> list[str]:
        """Every conversation of ``reader`` is read up to now; the peers of those that had unread messages."""
        peers = [head.peer for head in await self._messages.heads(app, reader, 10_000) if head.unread]
        for at in range(0, len(peers), _TOGETHER):  # they share commits
            await asyncio.gather(
                *(self.mark_read(app, reader, peer, EVERYTHING, exclude=exclude) for peer in peers[at : at + _TOGETHER])
            )
        self._messages.notify(app.sdkappid, (reader,), events.all_read(), exclude=exclude)
        return peers

    async def receipt(self, app: App, reader: str, peer: str, places: list[reads.Place], *, exclude: int = 0) -> int:
        """The per-message receipts of ``reader`` for messages of ``peer``; the number of those that exist.

        Unknown messages are passed over, as are receipts given before.
        """
        known = 0
        found = []
        for place in dict.fromkeys(places):
            message = await reads.find(self._db, app.sdkappid, peer, reader, place)
            if message is None or message.flags & HIDE_RECEIVER:
                continue
            known += 1
            if not message.flags & PEER_READ:
                found.append(message)
        if not found:
            return known

        async def run(tx: Tx) -> None:
            for message in found:
                await tx.execute(f"UPDATE c2c_message SET flags = flags | {PEER_READ} WHERE id = $1", message.id)

        await self._db.write(run)
        tiny_id = await self._messages.tiny_id(app, peer)
        self._messages.notify(
            app.sdkappid, (peer,), events.receipts(reader, self._messages.now, found, tiny_id), exclude=exclude
        )
        return known

    async def delete_for(self, app: App, owner: str, peer: str, places: list[reads.Place], *, exclude: int = 0) -> None:
        """One-sided deletion; messages that do not exist are passed over. Unread ones among them count no more."""
        bit, own = (DELETED_HIGH, 1) if owner > peer else (DELETED_LOW, 0)
        conv = conversation(owner, peer)
        oldest = self._messages.oldest(app)

        async def run(tx: Tx) -> tuple[int, Head]:
            mark = await unread.lock(tx, app.sdkappid, owner, peer)
            gone = []
            for place in dict.fromkeys(places):
                for one in await reads.keyed(tx, app.sdkappid, conv, place):
                    await tx.execute(f"UPDATE c2c_message SET flags = flags | {bit} WHERE id = $1", one.id)
                    if one.high != own:
                        gone.append(unread.Gone(one.flags, one.seq, place[0]))
            # Those past retention stood in the counter only: no device has them in its number.
            await unread.lower(tx, app.sdkappid, owner, peer, mark, [one for one in gone if one.time < oldest])
            young = [one for one in gone if one.time >= oldest]
            lowered = await unread.lower(tx, app.sdkappid, owner, peer, mark, young)
            return lowered, await reads.head(tx, app.sdkappid, owner, peer, oldest=oldest)

        lowered, head = await self._db.write(run)
        if lowered:
            until = max(head.last_time, self._messages.now)
            notice = events.fewer_unread(owner, peer, lowered, head.unread, until)
            self._messages.notify(app.sdkappid, (owner,), notice, exclude=exclude)

    async def hide(self, app: App, owner: str, peer: str, *, clear: bool, remove: bool = True) -> None:
        """Take a conversation off the owner's list until a new message comes; ``clear`` its history for the owner.

        Unread messages of it count no more.
        """
        hidden = "hidden_seq = h.last_seq, top_time = 0, " if remove else ""
        cleared = "clear_seq = h.last_seq, " if clear else ""

        async def run(tx: Tx) -> None:
            await unread.lock(tx, app.sdkappid, owner, peer)
            await tx.execute(
                f"UPDATE c2c_member SET {hidden}{cleared}{_ALL_READ} AND c2c_member.peer = $3",
                app.sdkappid,
                owner,
                peer,
            )

        await self._db.write(run)

    async def pin(self, app: App, owner: str, peers: list[str], *, pinned: bool) -> None:
        """Pin or unpin conversations; those that do not exist yet are made."""
        now = self._messages.now if pinned else 0

        async def run(tx: Tx) -> None:
            for peer in peers:
                await self._upsert(tx, app, owner, peer, "top_time", now)

        await self._db.write(run)

    async def mute(self, app: App, owner: str, peers: list[str], option: int) -> None:
        """Set MsgRecvOption: 0 receive, 1 discard, 2 receive without notification."""

        async def run(tx: Tx) -> None:
            for peer in peers:
                await self._upsert(tx, app, owner, peer, "mute", option)

        await self._db.write(run)

    async def _upsert(self, tx: Tx, app: App, owner: str, peer: str, column: str, value: int) -> None:
        await tx.execute(
            "INSERT INTO c2c_member (app, owner, peer, conv, high, read_time, read_seq, read_count, hidden_seq, "
            "clear_seq, top_time, mute) VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 0, 0, 0, 0) ON CONFLICT DO NOTHING",
            app.sdkappid,
            owner,
            peer,
            conversation(owner, peer),
            int(owner > peer),
        )
        await tx.execute(
            f"UPDATE c2c_member SET {column} = $4 WHERE app = $1 AND owner = $2 AND peer = $3",
            app.sdkappid,
            owner,
            peer,
            value,
        )

    async def forget_accounts(self, tx: Tx, events: Sequence[AccountsDeleted]) -> None:
        """Part of deleting accounts: their lists and histories end; peers keep what was said to them."""
        for app, user_id in [(event.app, user_id) for event in events for user_id in event.user_ids]:
            await tx.execute(
                "UPDATE c2c_member SET hidden_seq = h.last_seq, clear_seq = h.last_seq, top_time = 0, mute = 0, "
                + _ALL_READ,
                app,
                user_id,
            )
