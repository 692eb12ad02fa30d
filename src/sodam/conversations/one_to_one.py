"""One-to-one conversations as entries of a list: the ``Source`` of type 1."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.c2c.changes import Changes
from sodam.c2c.histories import Histories
from sodam.c2c.model import Head, Message
from sodam.conversations.model import USER, Contact, Listed
from sodam.errors import Code
from sodam.storage import Tx

Detail = tuple[Head, Message | None]
"""The conversation, and the last message that its owner sees."""


class OneToOne:
    def __init__(self, accounts: AccountService, histories: Histories, changes: Changes) -> None:
        self._accounts = accounts
        self._histories = histories
        self._changes = changes

    async def known(self, app: App, owner: str, ids: Collection[str]) -> Collection[str]:
        return await self._accounts.find_many(app.sdkappid, ids)

    def unknown(self) -> Code:
        return Code.CONV_ACCOUNT_NOT_FOUND

    async def listed(self, app: App, owner: str, limit: int) -> list[Listed]:
        heads = await self._histories.heads(app, owner, limit)
        return [Listed(Contact(USER, head.peer), head.list_at, head.top_time, detail=(head, None)) for head in heads]

    async def fill(self, app: App, owner: str, page: Sequence[Listed]) -> None:
        heads: list[Head] = [one.detail[0] for one in page]
        lasts = await self._histories.last(app, owner, heads)
        bare = [head.peer for head in heads if head.peer not in lasts and not head.clear_seq]
        emptied = await self._histories.deleted_in(app, owner, bare)
        for one, head in zip(page, heads, strict=True):
            last = lasts.get(head.peer)
            one.msg_time = last.msg_time if last else head.list_time
            one.empty = last is None
            one.gone = last is None and not head.clear_seq and head.peer not in emptied
            one.detail = (head, last)

    async def pinned(self, tx: Tx, app: int, owner: str) -> set[str]:
        return await self._changes.pinned(tx, app, owner)

    async def put_pins(self, tx: Tx, app: int, owner: str, ids: Collection[str], at: int) -> None:
        await self._changes.put_pins(tx, app, owner, ids, at)

    async def hide(self, app: App, owner: str, contact_id: str, *, clear: bool) -> bool:
        return await self._changes.hide(app, owner, contact_id, clear=clear)
