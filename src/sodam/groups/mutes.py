"""Whether a user may write in groups at all: an operator may have muted the account for some time."""

from __future__ import annotations

import time
from collections.abc import Callable

from sodam.accounts.model import Account
from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.groups.message import GroupMessage


class GroupMuteCheck:
    """The interceptor of mutes."""

    def __init__(self, accounts: AccountService, clock: Callable[[], float] = time.time) -> None:
        self._accounts = accounts
        self._clock = clock

    def waits(self, app: App) -> bool:
        return False  # for the database at most

    def passes(self, app: App, message: GroupMessage) -> bool:
        sender = self._accounts.peek(app.sdkappid, message.sender)
        return sender is not None and not self._muted(sender)

    async def check(self, app: App, message: GroupMessage) -> None:
        """Raises ApiError 10017."""
        sender = await self._accounts.find(app.sdkappid, message.sender)
        if sender is not None and self._muted(sender):
            raise ApiError(Code.GROUP_MUTED)

    def _muted(self, account: Account) -> bool:
        return account.group_muted_until > 0 and account.group_muted_until > self._clock()
