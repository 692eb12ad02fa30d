"""Accounts for tests that meet on several nodes."""

from __future__ import annotations

import itertools
from typing import Protocol

from sodam.accounts.model import Wanted
from sodam.accounts.service import AccountService
from sodam.apps.model import App


class HasAccounts(Protocol):
    @property
    def app(self) -> App: ...
    @property
    def accounts(self) -> AccountService: ...


async def new_users(node: HasAccounts, numbers: itertools.count[int], count: int) -> list[str]:
    """Accounts that nobody has used yet."""
    ids = [f"u{next(numbers):04}" for _ in range(count)]
    await node.accounts.import_accounts(node.app, [Wanted(user_id) for user_id in ids])
    return ids
