"""Groups as entries of a list: the ``Source`` of type 2. Live rooms, which keep no members, are in no list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from sodam.apps.model import App
from sodam.conversations.model import GROUP, Contact, Listed
from sodam.errors import Code
from sodam.groups.histories import Histories
from sodam.groups.message import GroupMessage, Standing
from sodam.groups.model import Group
from sodam.storage import Tx


class GroupDetail(NamedTuple):
    group: Group
    standing: Standing
    last: GroupMessage | None
    """The last message that the member sees."""


class Groups:
    def __init__(self, histories: Histories) -> None:
        self._histories = histories

    async def known(self, app: App, owner: str, ids: Collection[str]) -> Collection[str]:
        return (await self._histories.standings(app.sdkappid, owner, list(ids))).keys()

    def unknown(self) -> Code:
        return Code.CONV_GROUP_UNRESOLVED

    async def listed(self, app: App, owner: str, limit: int) -> list[Listed]:
        found = await self._histories.listed(app.sdkappid, owner, limit)
        return [Listed(Contact(GROUP, group_id), moved_at, top_at) for group_id, moved_at, top_at in found]

    async def fill(self, app: App, owner: str, page: Sequence[Listed]) -> None:
        details = await self._histories.details(app.sdkappid, owner, [one.contact.id for one in page])
        for one in page:
            found = details.get(one.contact.id)
            if found is None:  # dissolved meanwhile, or no member any more
                one.gone = True
                continue
            one.detail = GroupDetail(*found)
            last = one.detail.last
            one.msg_time = last.msg_time if last else one.moved_at // 1_000_000
            one.empty = last is None

    async def pinned(self, tx: Tx, app: int, owner: str) -> set[str]:
        return await self._histories.pinned(tx, app, owner)

    async def put_pins(self, tx: Tx, app: int, owner: str, ids: Collection[str], at: int) -> None:
        await self._histories.put_pins(tx, app, owner, ids, at)

    async def hide(self, app: App, owner: str, contact_id: str, *, clear: bool) -> bool:
        return await self._histories.hide(app.sdkappid, owner, contact_id, clear=clear)
