"""Messages that are pinned in a group or topic: ten at most (rest-messages.md 4.14 to 4.16)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.groups import pushes, store, store_messages, store_receipts
from sodam.groups.core import Core, Operator, hold_place, not_found
from sodam.groups.message import TIP, GroupMessage
from sodam.groups.model import Group, check_place
from sodam.groups.store_receipts import Pin
from sodam.groups.types import Operation, Role, check
from sodam.messages.model import RECALLED
from sodam.storage import Tx

MAX_PINS: Final = 10


class Pins:
    def __init__(self, core: Core) -> None:
        self._core = core

    async def pin(self, app: App, operator: Operator, group_id: str, seq: int, pinner: str) -> None:
        """Raises ApiError 10007, 10010, 10015, 10030 (no such message), 10070 (ten are pinned), 10071 (it is)."""
        check_place(group_id)

        async def run(tx: Tx) -> tuple[GroupMessage, Group]:
            group = await hold_place(tx, app.sdkappid, group_id)
            check(group.type, Operation.PIN, *await self._core.standing(tx, group, operator))
            message = (await store_messages.named(tx, app.sdkappid, group_id, [seq])).get(seq)
            if message is None or message.kind == TIP or message.flags & RECALLED or message.extra.to:
                raise ApiError(Code.GROUP_MESSAGE_NOT_FOUND)
            pinned = await store_receipts.pins(tx, app.sdkappid, group_id)
            if any(pin.seq == seq for pin in pinned):
                raise ApiError(Code.GROUP_ALREADY_PINNED)
            if len(pinned) >= MAX_PINS:
                raise ApiError(Code.GROUP_PIN_LIMIT)
            await store_receipts.pin(tx, app.sdkappid, group_id, seq, pinner)
            return message, group

        message, group = await self._core.db.write(run)
        await self._core.messages.names([message])
        by = self._core.person(app.sdkappid, pinner)
        self._core.feed.notify(app.sdkappid, group_id, pushes.pinned(message, group, by))

    async def unpin(self, app: App, operator: Operator, group_id: str, seq: int, by: str) -> None:
        """Raises ApiError 10007, 10010, 10015, 10030 (it is not pinned)."""
        check_place(group_id)

        async def run(tx: Tx) -> tuple[list[GroupMessage], Group]:
            group = await hold_place(tx, app.sdkappid, group_id)
            check(group.type, Operation.PIN, *await self._core.standing(tx, group, operator))
            if not await store_receipts.unpin(tx, app.sdkappid, group_id, [seq]):
                raise ApiError(Code.GROUP_MESSAGE_NOT_FOUND, "the message is not pinned")
            return list((await store_messages.named(tx, app.sdkappid, group_id, [seq])).values()), group

        await notify_unpinned(self._core, *await self._core.db.write(run), by)

    async def listed(self, app: App, group_id: str, viewer: str = "") -> list[Pin]:
        """What is pinned, the newest first; ``viewer``: a client, which sees what it may read.

        Raises ApiError 10007, 10010, 10015.
        """
        check_place(group_id)
        db = self._core.db
        group = (await store.load(db, app.sdkappid, [group_id])).get(group_id)
        if group is None:
            raise not_found(group_id)
        check(group.type, Operation.PIN, Role.AppAdmin)
        floor = await self._core.floor(group, viewer) if viewer else 0
        return [pin for pin in await store_receipts.pins(db, app.sdkappid, group_id) if pin.seq > floor]


async def notify_unpinned(core: Core, messages: Sequence[GroupMessage], group: Group, by: str) -> None:
    """The pins were taken off these messages."""
    await core.messages.names(messages)
    person = core.person(group.app, by)
    for message in messages:
        core.feed.notify(group.app, group.group_id, pushes.unpinned(message, group, person))
