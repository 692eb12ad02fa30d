"""Reading the messages of groups: for the app, which reads everything, and for members."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.groups import store, store_messages, store_reading, store_rooms
from sodam.groups.core import Core, not_found
from sodam.groups.message import TIP, GroupMessage, Standing
from sodam.groups.model import Group, check_place
from sodam.groups.types import TYPES, Operation, Role, check
from sodam.messages.events import UnreadChanged
from sodam.messages.model import RECALLED
from sodam.messages.naming import Naming
from sodam.storage import Tx


class Page(NamedTuple):
    group: Group
    messages: list[GroupMessage]
    """Newest first."""
    low: int
    """The lowest sequence that was asked for."""
    complete: bool
    """Nothing older is to be had."""
    invisible: list[int]
    """Sequences that exist and are not for the reader, newest first."""
    high: int = 0
    """The highest sequence that was asked for and has been given."""


class Histories:
    def __init__(self, core: Core) -> None:
        self._core = core
        self.naming = Naming(core.db, "group_message")

    async def read(self, app: int, group_id: str, high: int | None, number: int) -> Page:
        """``number`` sequences from ``high`` (None: the newest) downwards, for the app.

        Raises ApiError 10010, 10015, 10044 (the type keeps no messages).
        """
        group = await self._group(app, group_id)
        check(group.type, Operation.HISTORY, Role.AppAdmin)
        newest = group.next_seq - 1
        high = newest if high is None else min(high, newest)
        low = max(1, high - number + 1)
        found = await store_messages.between(self._core.db, app, group_id, low, high) if high else []
        return Page(group, found, low, low <= 1, [], high)

    async def page(
        self, app: int, reader: str, group_id: str, high: int, number: int, seqs: Sequence[int] = ()
    ) -> Page:
        """What a member may read of the ``number`` sequences up to ``high`` (0: the newest), or of ``seqs``.

        Raises ApiError 10007 (no member), 10010, 10015, 10044.
        """
        group = await self._group(app, group_id)
        check(group.type, Operation.HISTORY, Role.Member)
        db = self._core.db
        floor = await self._floor(group, reader)
        if seqs:
            named = await store_messages.named(db, app, group_id, [seq for seq in seqs if seq > floor])
            found = sorted(named.values(), key=lambda m: m.seq, reverse=True)
            low, top = min(seqs), max(seqs)
        else:
            top = high or group.next_seq - 1
            low = max(floor + 1, top - number + 1)
            found = await store_messages.between(db, app, group_id, low, top) if top >= low else []
        hidden = await store_reading.hidden(db, app, reader, group_id, low, top)
        seen = [m for m in found if m.seq not in hidden and m.for_user(reader)]
        kept = {m.seq for m in seen}
        await self._core.messages.names(seen)
        return Page(group, seen, low, low <= floor + 1, [m.seq for m in found if m.seq not in kept])

    async def extensible(self, app: App, group_id: str, seqs: Sequence[int], viewer: str) -> list[GroupMessage]:
        """Those of the messages to which a member, or with '' the app, may add something, with their senders' names.

        Raises ApiError 10007 (no member), 10010, 10015, 10044.
        """
        group = await self._group(app.sdkappid, group_id)
        check(group.type, Operation.HISTORY, Role.Member)
        floor = 0
        if viewer:
            floor = await self._floor(group, viewer)
        named = await store_messages.named(self._core.db, app.sdkappid, group_id, seqs)
        found = [
            m
            for m in named.values()
            if m.kind != TIP and not m.flags & RECALLED and m.seq > floor and (not viewer or m.for_user(viewer))
        ]
        await self._core.messages.names(found)
        return sorted(found, key=lambda m: m.seq)

    async def of_room(self, app: App, group_id: str, before: int) -> list[bytes]:
        """What is kept of a live room before a sequence (0: the newest), the oldest first; JSON."""
        most = app.settings.room_history
        before = before or store_rooms.EVERYTHING
        return await store_rooms.newest(self._core.db, app.sdkappid, group_id, most, before) if most else []

    async def _floor(self, group: Group, reader: str) -> int:
        """Nothing up to it is the member's to read. Raises ApiError 10007 for who is none."""
        db = self._core.db
        standing = (await store_reading.standings(db, group.app, reader, [group.group_id])).get(group.group_id)
        if standing is None and group.parent:
            await db.write(lambda tx: self._core.members(tx, group, [reader]))
            standing = (await store_reading.standings(db, group.app, reader, [group.group_id])).get(group.group_id)
        if standing is None:
            raise ApiError(Code.GROUP_NOT_PERMITTED, "only members may read")
        if group.parent and standing.join_seq and await self._core.reads_all(group, reader):
            return max(standing.cleared, standing.all_cleared)
        return standing.floor

    async def standings(self, app: int, user_id: str, group_ids: Sequence[str]) -> dict[str, Standing]:
        """How the groups' messages stand for a member; unread is 0 in groups that count none."""
        return await store_reading.standings(self._core.db, app, user_id, group_ids)

    async def listed(self, app: int, user_id: str, limit: int) -> list[tuple[str, int, int]]:
        """A member's conversations: group, microsecond of its last message, and second of the pin (0: none)."""
        return await store_reading.listed(self._core.db, app, user_id, limit)

    async def details(
        self, app: int, user_id: str, group_ids: Sequence[str]
    ) -> dict[str, tuple[Group, Standing, GroupMessage | None]]:
        """Each group that exists with how it stands for the member and the last message that the member sees."""
        db = self._core.db
        standings = await store_reading.standings(db, app, user_id, group_ids)
        groups = await store.load(db, app, list(standings))
        last = await store_reading.last(db, app, list(groups))
        found: dict[str, tuple[Group, Standing, GroupMessage | None]] = {}
        for group_id, group in groups.items():
            standing, message = standings[group_id], last.get(group_id)
            if message is not None and message.seq <= standing.floor:
                message = None
            if message is not None and await store_reading.hidden(db, app, user_id, group_id, message.seq, message.seq):
                message = await store_reading.last_kept(db, app, user_id, group_id, standing.floor)
            if message is not None:
                await self._core.messages.names([message])
            found[group_id] = (group, standing, message)
        return found

    async def pinned(self, tx: Tx, app: int, user_id: str) -> set[str]:
        """The groups that the member has pinned."""
        return await store_reading.pinned(tx, app, user_id)

    async def put_pins(self, tx: Tx, app: int, user_id: str, group_ids: Collection[str], at: int) -> None:
        """Pin groups at the second ``at``, or unpin them with 0."""
        await store_reading.put_pins(tx, app, user_id, group_ids, at)

    async def hide(self, app: int, user_id: str, group_id: str, *, clear: bool) -> bool:
        """Take a group off the member's list until something new is said; ``clear``: its history, too, for the member.

        False: the user is no member.
        """

        async def run(tx: Tx) -> bool:
            held = await store_reading.lock(tx, app, user_id, group_id)
            if await store_reading.take_off(tx, app, user_id, group_id, clear=clear, remove=True) is None:
                return False
            if held is not None and held[0] < held[1]:
                tx.emit(UnreadChanged(app=app, user_id=user_id))
            return True

        return await self._core.db.write(run)

    async def recalled(self, app: int, group_id: str, at: int, limit: int) -> list[tuple[GroupMessage, int]]:
        """What was recalled at the microsecond ``at`` or later, and when."""
        found = await store_messages.recalled_since(self._core.db, app, group_id, at, limit)
        named = await store_messages.named(self._core.db, app, group_id, [seq for seq, _ in found])
        return [(named[seq], when) for seq, when in found if seq in named]

    async def walk(self, tx: Tx, app: int, after: int, limit: int) -> list[tuple[int, GroupMessage]]:
        """Stored messages behind a row, which nobody changes until ``tx`` ends: for the search index."""
        return await store_messages.walk(tx, app, after, limit)

    async def sample(self, tx: Tx, app: int, limit: int, *, newest: bool) -> list[GroupMessage]:
        """Some stored messages, as ``walk``: of those stored first or last."""
        return await store_messages.sample(tx, app, limit, newest=newest)

    async def _group(self, app: int, group_id: str) -> Group:
        check_place(group_id)
        group = (await store.load(self._core.db, app, [group_id])).get(group_id)
        if group is None:
            raise not_found(group_id)
        return group


def shown_unread(group: Group, standing: Standing) -> int:
    """The unread number of a member; types that count none have 0."""
    return standing.unread if TYPES[group.type].counts_unread else 0
