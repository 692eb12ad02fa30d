"""Whether a user may write at all: an operator may have muted the account for some time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from sodam.accounts.model import Account
from sodam.accounts.service import AccountService
from sodam.apps.model import App
from sodam.clock import now as wall_clock
from sodam.errors import ApiError, Code


class Written(Protocol):
    """A message of any kind."""

    sender: str


class MuteCheck:
    """The interceptor of mutes. ``until`` gives the unix second up to which an account may not write, 0 without one;
    who writes before it is refused with ``code``.
    """

    def __init__(
        self,
        accounts: AccountService,
        until: Callable[[Account], int],
        code: Code,
        clock: Callable[[], float] = wall_clock,
    ) -> None:
        self._accounts = accounts
        self._until = until
        self._code = code
        self._clock = clock

    def waits(self, app: App) -> bool:
        return False  # for the database at most

    def passes(self, app: App, message: Written) -> bool:
        sender = self._accounts.peek(app.sdkappid, message.sender)
        return sender is not None and not self._muted(sender)

    async def check(self, app: App, message: Written) -> None:
        """Raises ApiError with the code."""
        sender = await self._accounts.find(app.sdkappid, message.sender)
        if sender is not None and self._muted(sender):
            raise ApiError(self._code)

    def _muted(self, account: Account) -> bool:
        until = self._until(account)
        return until > 0 and until > self._clock()
