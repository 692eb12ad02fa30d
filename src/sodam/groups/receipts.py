"""Read receipts of messages that ask for them, in groups of up to 200 members (rest-messages.md 4.10 to 4.12).
Communities and their topics have none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from sodam.apps.model import App
from sodam.bus import of_user
from sodam.errors import ApiError, Code
from sodam.groups import pushes, store, store_members, store_messages, store_receipts
from sodam.groups.core import Core, Operator, hold_place, not_found, scene
from sodam.groups.events import Receipt, ReceiptsGiven
from sodam.groups.message import TIP, GroupMessage
from sodam.groups.model import Group, check_place
from sodam.groups.options import check_receipts
from sodam.messages.model import NEED_RECEIPT, RECALLED
from sodam.storage import Tx

MAX_MESSAGES: Final = 50
"""Of one call."""
MAX_PAGE: Final = 200
_USER: Final = "u"
"""Before the UserID in a cursor, so that none looks like an end."""


class Count(NamedTuple):
    seq: int
    code: Code
    """0; 10062: the message has no receipts."""
    read: int
    unread: int


class Receipts:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def give(self, app: App, operator: Operator, group_id: str, reader: str, seqs: Sequence[int]) -> None:
        """A member has read these messages; their senders are notified. One's own and tips are passed over.

        Raises ApiError 10007 (no member; the type or the app has no receipts), 10010, 10015, 10059 (plan), 10062 (none
        of the messages has receipts).
        """
        check_place(group_id)

        async def run(tx: Tx) -> tuple[list[GroupMessage], list[Receipt]]:
            group = await hold_place(tx, app.sdkappid, group_id)
            check_receipts(app, group.type)
            member = (await store_members.load(tx, app.sdkappid, group_id, [reader])).get(reader)
            if member is None:
                raise ApiError(Code.GROUP_NOT_PERMITTED, f"{reader[:40]!r} is not a member")
            found = await store_messages.named(tx, app.sdkappid, group_id, [s for s in seqs if s > member.join_seq])
            asked = {seq: m for seq, m in found.items() if _has_receipts(m) and m.for_user(reader)}
            if not asked:
                raise ApiError(Code.GROUP_RECEIPT_NOT_FOUND)
            others = [seq for seq, message in asked.items() if message.sender != reader]
            fresh = await store_receipts.add(tx, app.sdkappid, group_id, reader, others)
            given = [Receipt(*await self._count(tx, asked[seq]), [reader]) for seq in sorted(fresh)]
            if given:
                tx.emit(ReceiptsGiven(scene=scene(group, operator), receipts=given))
            return [asked[receipt.seq] for receipt in given], given

        messages, given = await self._core.db.write(run)
        await self._core.messages.names(messages)
        self._notify(messages, given)

    async def _count(self, tx: Tx, message: GroupMessage) -> tuple[int, int, int]:
        read = await store_receipts.read(tx, message.app, message.group_id, [message.seq])
        return message.seq, read.get(message.seq, 0), await store_receipts.unread(tx, message)

    def _notify(self, messages: Sequence[GroupMessage], given: Sequence[Receipt]) -> None:
        """The authors alone."""
        by_author: dict[str, list[tuple[GroupMessage, Receipt]]] = {}
        for message, receipt in zip(messages, given, strict=True):
            by_author.setdefault(message.sender, []).append((message, receipt))
        for author, some in by_author.items():
            topic = of_user(some[0][0].app, author)
            if self._core.live.wanted(topic):
                self._core.live.send(topic, pushes.receipts([(m, r.read, r.unread) for m, r in some]))

    async def counts(self, app: App, group_id: str, seqs: Sequence[int], viewer: str = "") -> list[Count]:
        """Of each message, how many have read it and how many have not. ``viewer``: a client, to whom messages of
        others have no receipts.

        Raises ApiError 10007, 10010, 10015, 10059.
        """
        group = await self._group(app, group_id, viewer)
        found = await store_messages.named(self._core.db, app.sdkappid, group.group_id, seqs)
        read = await store_receipts.read(self._core.db, app.sdkappid, group.group_id, seqs)
        counts = []
        for seq in seqs:
            message = found.get(seq)
            if message is None or not _has_receipts(message) or viewer not in ("", message.sender):
                counts.append(Count(seq, Code.GROUP_RECEIPT_NOT_FOUND, 0, 0))
            else:
                unread = await store_receipts.unread(self._core.db, message)
                counts.append(Count(seq, Code.OK, read.get(seq, 0), unread))
        return counts

    async def by_users(
        self, app: App, group_id: str, asked: Mapping[int, Sequence[str]], viewer: str
    ) -> dict[int, set[str]]:
        """Of each message of the viewer's own that has receipts, those of some users who have read it.

        Raises ApiError 10007, 10010, 10015, 10059.
        """
        group = await self._group(app, group_id, viewer)
        found = await store_messages.named(self._core.db, app.sdkappid, group.group_id, asked)
        return {
            seq: await store_receipts.readers_among(self._core.db, message, asked[seq])
            for seq, message in found.items()
            if _has_receipts(message) and message.sender == viewer
        }

    async def detail(
        self, app: App, group_id: str, seq: int, cursor: str, limit: int, *, read: bool, viewer: str = ""
    ) -> tuple[list[str], str]:
        """Who has read a message, or who has not, in the order of UserIDs, and the cursor behind them; '': the end.

        Raises ApiError 10007, 10010, 10015, 10059, 10062.
        """
        group = await self._group(app, group_id, viewer)
        message = (await store_messages.named(self._core.db, app.sdkappid, group.group_id, [seq])).get(seq)
        if message is None or not _has_receipts(message) or viewer not in ("", message.sender):
            raise ApiError(Code.GROUP_RECEIPT_NOT_FOUND)
        after = cursor[1:] if cursor.startswith(_USER) and "\0" not in cursor else ""
        ask = store_receipts.readers if read else store_receipts.others
        found = await ask(self._core.db, message, after, limit + 1)
        return found[:limit], _USER + found[limit - 1] if len(found) > limit else ""

    async def _group(self, app: App, group_id: str, viewer: str) -> Group:
        check_place(group_id)
        group = (await store.load(self._core.db, app.sdkappid, [group_id])).get(group_id)
        if group is None:
            raise not_found(group_id)
        check_receipts(app, group.type)
        if viewer and viewer not in await store_members.load(self._core.db, app.sdkappid, group_id, [viewer]):
            raise ApiError(Code.GROUP_NOT_PERMITTED, f"{viewer[:40]!r} is not a member")
        return group


def _has_receipts(message: GroupMessage) -> bool:
    return bool(message.flags & NEED_RECEIPT) and message.kind != TIP and not message.flags & RECALLED
