"""What was said, as one of the two users may see it: conversations, histories, what came while a device was away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from msgspec.structs import replace

from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.bus import Bus
from sodam.c2c import store_arrived, store_heads, store_missed, store_peers, store_reads, store_search
from sodam.c2c.beside import Beside, merged
from sodam.c2c.model import (
    FIRST,
    MAX_UNREAD_CONVERSATIONS,
    NEWEST,
    UNREAD_DAYS,
    Change,
    Head,
    Message,
    Place,
    Position,
    Rank,
    Window,
)
from sodam.errors import ApiError, Code
from sodam.messages import paging
from sodam.messages.naming import Naming
from sodam.notices import Notice
from sodam.storage import Database, Tx

DAY = 86400
_EVERY = 10_000
_COMMIT_SECONDS = 10


Teller = Callable[[App, str, Sequence[Change]], Awaitable[list[Notice]]]
"""The notices by which devices of a user learn of changes of one kind that were made while they were away."""


class Histories:
    """The reading half of the message service."""

    def __init__(self, db: Database, bus: Bus, accounts: AccountService, clock: Callable[[], float]) -> None:
        self._db = db
        self._bus = bus
        self._accounts = accounts
        self._clock = clock
        self.naming = Naming(db, "c2c_message")
        self.tellers: dict[int, Teller] = {}
        """By kind of change, who knows how a device is notified of it; recalls and edits need none."""
        self.beside: Beside | None = None
        """What stands in conversations without being in their log."""

    def oldest(self, app: App) -> int:
        """Messages before this second are past the app's retention."""
        return int(self._clock()) - app.settings.history_days * DAY

    def window(self, app: App) -> Window:
        """Which messages there are, and which may count as unread."""
        now, days = int(self._clock()), app.settings.history_days
        return Window(now - days * DAY, now - UNREAD_DAYS * DAY if days > UNREAD_DAYS else 0)

    def _beside(self, peer: str) -> Beside | None:
        """Who has messages beside the log in conversations with ``peer``."""
        return self.beside if self.beside is not None and self.beside.has(peer) else None

    async def beside_peers(self, app: int, owner: str) -> list[str]:
        """In whose conversations ``owner`` may find messages that are not in the log."""
        if self.beside is None or await self.beside.idle(app):
            return []
        return await self.beside.peers(app, owner)

    def beside_in(self, peer: str) -> bool:
        """Whether a conversation with ``peer`` may hold messages that are not in the log."""
        return self._beside(peer) is not None

    async def head(self, app: App, owner: str, peer: str) -> Head:
        """What is unread of it, even if it is so much in others that this one does not count (``unread_from``)."""
        head = await store_heads.head(self._db, app.sdkappid, owner, peer, window=self.window(app))
        if (beside := self._beside(peer)) is None:
            return head
        if not head.last_seq:
            head = (await store_peers.bare_heads(self._db, app.sdkappid, owner, [peer])).get(peer, head)
        sides = await beside.sides(self._db, app.sdkappid, owner, oldest=self.oldest(app), peers=[peer])
        return merged(head, sides.get(peer))

    async def heads(self, app: App, owner: str, limit: int) -> list[Head]:
        """The conversations that are not deleted: pinned ones first, then by last arrival, newest first."""
        return await self._with_others(app, owner, await self._counting(app, owner, limit), limit)

    async def _counting(self, app: App, owner: str, limit: int) -> list[Head]:
        """Those of the log. Only the messages of the newest with unread ones count; older ones stand with 0."""
        found = await store_heads.heads(self._db, app.sdkappid, owner, limit, window=self.window(app))
        unread = [head for head in found if head.unread]
        if len(found) == limit and any(head.top_time for head in unread):
            # A pinned conversation may be older than some that the list ends before.
            counted = set(await store_heads.unread_by_peer(self._db, app.sdkappid, owner, window=self.window(app)))
        elif len(unread) > MAX_UNREAD_CONVERSATIONS:
            unread.sort(key=lambda head: (-head.list_at, head.peer))
            counted = {head.peer for head in unread[:MAX_UNREAD_CONVERSATIONS]}
        else:
            return found
        return [head if not head.unread or head.peer in counted else replace(head, unread=0) for head in found]

    async def with_unread(self, app: App, owner: str) -> list[str]:
        """The peers of all conversations in which anything is unread, whether it counts or not."""
        found = await store_heads.heads(self._db, app.sdkappid, owner, _EVERY, window=self.window(app))
        return [head.peer for head in await self._with_others(app, owner, found, _EVERY) if head.unread]

    async def _with_others(self, app: App, owner: str, found: list[Head], limit: int) -> list[Head]:
        """With the conversations that have messages beside the log."""
        number, oldest = app.sdkappid, self.oldest(app)
        if self.beside is None or await self.beside.idle(number):
            return found
        sides = await self.beside.sides(self._db, number, owner, oldest=oldest)
        others = sides.keys() - {head.peer for head in found}
        if others:
            bare = await store_peers.bare_heads(self._db, number, owner, sorted(others))
            found += [bare.get(peer, Head(peer)) for peer in others]
        heads = [merged(head, sides.get(head.peer)) for head in found]
        heads.sort(key=lambda head: (not head.top_time, -head.list_at, head.peer))
        return heads[:limit]

    async def history(
        self,
        app: App,
        owner: str,
        peer: str,
        *,
        limit: int,
        before: Rank = NEWEST,
        min_time: int = 0,
    ) -> list[Message]:
        """Newest first."""
        head = await self.head(app, owner, peer)
        found = await store_reads.history(
            self._db,
            app.sdkappid,
            owner,
            peer,
            oldest=max(min_time, self.oldest(app)),
            clear_seq=head.clear_seq,
            limit=limit,
            before=before,
        )
        if beside := self._beside(peer):
            oldest = max(min_time, self.oldest(app))
            found += await beside.history(app.sdkappid, owner, peer, oldest=oldest, limit=limit, before=before)
            found = sorted(found, key=lambda message: message.rank, reverse=True)[:limit]
        return await self._with_senders(app, found)

    async def page(
        self,
        app: App,
        owner: str,
        peer: str,
        *,
        limit: int,
        before: Rank = NEWEST,
        min_time: int = 0,
        max_bytes: int | None = None,
    ) -> tuple[list[Message], bool]:
        """As ``history``, in pages of about ``limit`` messages or ``max_bytes``; True with the last of them."""

        async def read(count: int, start: Rank) -> list[Message]:
            return await self.history(app, owner, peer, limit=count, before=start, min_time=min_time)

        return await self._page(app, owner, peer, read, before, limit, max_bytes, backward=True)

    async def forward(self, app: App, owner: str, peer: str, *, after: Rank, limit: int) -> list[Message]:
        """Oldest first."""
        head = await self.head(app, owner, peer)
        after = max(after, (self.oldest(app), FIRST))
        found = await store_reads.forward(
            self._db, app.sdkappid, owner, peer, after=after, clear_seq=head.clear_seq, limit=limit
        )
        if beside := self._beside(peer):
            oldest = self.oldest(app)
            found += await beside.forward(app.sdkappid, owner, peer, oldest=oldest, limit=limit, after=after)
            found = sorted(found, key=lambda message: message.rank)[:limit]
        return await self._with_senders(app, found)

    async def page_forward(
        self, app: App, owner: str, peer: str, *, after: Rank, limit: int
    ) -> tuple[list[Message], bool]:
        """As ``forward``, in pages; True with the last of them."""

        async def read(count: int, start: Rank) -> list[Message]:
            return await self.forward(app, owner, peer, after=start, limit=count)

        return await self._page(app, owner, peer, read, after, limit, None, backward=False)

    async def _page(
        self,
        app: App,
        owner: str,
        peer: str,
        read: Callable[[int, Rank], Awaitable[list[Message]]],
        start: Rank,
        limit: int,
        max_bytes: int | None,
        *,
        backward: bool,
    ) -> tuple[list[Message], bool]:
        """A page goes on at a MsgKey. Where several messages share one, it ends with the last of them."""
        found = await read(limit + 1, start)
        page = paging.cut(found, limit, max_bytes)
        if len(page) == len(found):
            return page, True
        end = page[-1].place
        goal = await self.rank(app, owner, peer, end, backward=backward)
        while page[-1].rank != goal:
            more = await read(limit, page[-1].rank)
            for message in more:
                page.append(message)
                if message.rank == goal:
                    break
            if not more:
                return page, True
        return page, not await read(1, goal)

    async def rank(self, app: App, owner: str, peer: str, place: Place, *, backward: bool) -> Rank:
        """Where a page goes on behind the MsgKey at which the one before it ended; see ``reads.rank``."""
        head = await self.head(app, owner, peer)
        found = await store_reads.rank(
            self._db, app.sdkappid, owner, peer, place, clear_seq=head.clear_seq, backward=backward
        )
        if (beside := self._beside(peer)) and (other := await beside.rank(app.sdkappid, owner, peer, place)):
            return min(found, other) if backward else max(found, other)
        return found

    async def last(self, app: App, owner: str, heads: Sequence[Head]) -> dict[str, Message]:
        """By peer, the message that stands in the owner's list; peers with none are left out."""
        found = await store_reads.last_visible(
            self._db, app.sdkappid, owner, [head.peer for head in heads], oldest=self.oldest(app)
        )
        if (beside := self.beside) and (peers := [head.peer for head in heads if beside.has(head.peer)]):
            for message in await beside.last(app.sdkappid, owner, peers, oldest=self.oldest(app)):
                before = found.get(message.sender)
                if before is None or before.rank < message.rank:
                    found[message.sender] = message
        await self._with_senders(app, list(found.values()))
        return found

    async def deleted_in(self, app: App, owner: str, peers: Sequence[str]) -> set[str]:
        """Those peers with whom ``owner`` has messages that ``owner`` alone deleted."""
        return await store_peers.deleted_in(self._db, app.sdkappid, owner, peers, oldest=self.oldest(app))

    async def position(self) -> Position:
        """Now, as a point in what a user's devices are sent."""
        newest = await store_reads.newest_id(self._db)
        return Position(int(self._clock()), newest, await store_missed.newest(self._db))

    async def since(self, app: App, owner: str, position: Position) -> store_arrived.Page:
        """A page of what reached ``owner`` after ``position``, oldest first.

        In a cluster the last seconds before it come again: another node's commit may have been under way then. A
        position that no answer ever gave costs no more than another, and nothing past the app's retention is read.
        """
        clustered = self._bus.clustered
        # The second in which a batch is stamped begins before its commit.
        begin = max(position.time - (_COMMIT_SECONDS if clustered else 2), self.oldest(app))
        found = await store_arrived.page(
            self._db,
            app.sdkappid,
            owner,
            after=max(store_arrived.Place(begin, -1), store_arrived.Place(position.at_time, position.at_id)),
            after_id=0 if clustered else position.newest,
            now=int(self._clock()),
        )
        if found.complete and self.beside is not None and not await self.beside.idle(app.sdkappid):
            more = await self.beside.since(app.sdkappid, owner, begin)
            found = found._replace(messages=found.messages + more)
        await self._with_senders(app, found.messages)
        return found

    async def recalled_beside(self, app: App, owner: str, position: Position) -> list[Notice]:
        """What tells of recalls since ``position`` of messages that are not in the log."""
        if self.beside is None or await self.beside.idle(app.sdkappid):
            return []
        begin = max(position.time - _COMMIT_SECONDS, self.oldest(app))
        return await self.beside.recalled_since(app.sdkappid, owner, begin)

    async def changed_since(self, app: App, owner: str, position: Position) -> store_missed.Changes:
        """A page of what happened to the messages of ``owner`` after ``position``; they are as they are now."""
        found = await store_missed.changed_since(self._db, app.sdkappid, owner, position.change)
        await self._with_senders(app, [change.message for change in found.changes])
        return found

    async def at(self, app: App, owner: str, peer: str, ranks: Sequence[Rank]) -> list[Message]:
        """Those of the messages at these places that ``owner`` may see, newest first; recalled ones are left out."""
        head = await self.head(app, owner, peer)
        found = await store_search.at(
            self._db, app.sdkappid, owner, peer, ranks, oldest=self.oldest(app), clear_seq=head.clear_seq
        )
        if beside := self._beside(peer):
            found += await beside.at(app.sdkappid, owner, peer, ranks, oldest=self.oldest(app))
            found.sort(key=lambda message: message.rank, reverse=True)
        return await self._with_senders(app, found)

    async def walk(self, tx: Tx, app: int, after: int, limit: int) -> list[Message]:
        """Stored messages behind a row, which nobody changes until ``tx`` ends: for the search index."""
        return await store_search.walk(tx, app, after, limit)

    async def sample(self, tx: Tx, app: int, limit: int, *, newest: bool) -> list[Message]:
        """Some stored messages, as ``walk``: of those stored first or last."""
        return await store_search.sample(tx, app, limit, newest=newest)

    async def _with_senders(self, app: App, messages: list[Message]) -> list[Message]:
        senders = await self._accounts.find_many(app.sdkappid, {m.sender for m in messages})
        for message in messages:
            if account := senders.get(message.sender):
                message.tiny_id = account.tiny_id
        return messages

    async def unread(self, app: App, owner: str) -> int:
        """How many messages to ``owner`` are unread, in all conversations."""
        return (await self.unread_of(app, [owner]))[owner]

    async def unread_of(self, app: App, owners: Sequence[str]) -> dict[str, int]:
        """How many messages to each of them are unread, in all conversations."""
        found = await store_heads.unread(self._db, app.sdkappid, owners, window=self.window(app))
        counts = {owner: found.get(owner, 0) for owner in owners}
        if self.beside is not None and not await self.beside.idle(app.sdkappid):
            for owner in counts:
                counts[owner] += await self.beside.unread(self._db, app.sdkappid, owner, oldest=self.oldest(app))
        return counts

    async def unread_from(self, app: App, owner: str, peers: Sequence[str]) -> dict[str, int]:
        """How many messages from each of them are unread, of those that ``unread`` counts."""
        found = await store_heads.unread_by_peer(self._db, app.sdkappid, owner, window=self.window(app))
        counts = {peer: found.get(peer, 0) for peer in peers}
        if self.beside is not None and (others := [peer for peer in counts if self._beside(peer) is not None]):
            sides = await self.beside.sides(self._db, app.sdkappid, owner, oldest=self.oldest(app), peers=others)
            for peer, side in sides.items():
                counts[peer] += side.unread
        return counts

    async def unread_in(self, tx: Tx, app: App, owner: str) -> int:
        """As ``unread``, with what ``tx`` has written."""
        count = await store_heads.unread_in(tx, app.sdkappid, owner, window=self.window(app))
        if self.beside is None:
            return count
        return count + await self.beside.unread(tx, app.sdkappid, owner, oldest=self.oldest(app))

    async def named(self, tx: Tx, app: int, conv: str, seq: int) -> tuple[str, str, str] | None:
        """Sender, receiver and MsgKey of the message at a place of a conversation."""
        return await store_reads.named(tx, app, conv, seq)

    async def recalled(self, app: int, conv: str, seq: int) -> bool:
        """Whether the message at a place was recalled, or is there no more."""
        return await store_reads.recalled(self._db, app, conv, seq)

    async def find(self, app: App, sender: str, recipient: str, place: Place) -> Message:
        """Raises ApiError 20022 when there is no such message."""
        found = await store_reads.find(self._db, app.sdkappid, sender, recipient, place)
        if found is None or found.msg_time < self.oldest(app):
            raise ApiError(Code.C2C_MESSAGE_NOT_FOUND)
        return (await self._with_senders(app, [found]))[0]

    async def mutes(self, app: int, owners: Sequence[str], peer: str) -> dict[str, int]:
        """By owner, MsgRecvOption of the conversation with ``peer``, where it is not 0."""
        return await store_peers.mutes(self._db, app, owners, peer)

    async def last_sent(self, app: int, senders: Sequence[str], peer: str) -> dict[str, int]:
        """By sender, MsgTime of the last message to ``peer``."""
        return await store_peers.last_sent(self._db, app, senders, peer)

    async def tiny_id(self, app: App, user_id: str) -> int:
        """The internal number of an account; 0 when it is gone."""
        account = await self._accounts.find(app.sdkappid, user_id)
        return account.tiny_id if account else 0
