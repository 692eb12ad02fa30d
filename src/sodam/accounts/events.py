"""What happens to accounts, for packages that keep something of them."""

from __future__ import annotations

import msgspec


class AccountsDeleted(msgspec.Struct, frozen=True, kw_only=True):
    """Accounts are deleted by the transaction that raises this: whoever keeps something of them erases it there."""

    app: int
    user_ids: list[str]
    """In byte order, each once, at least one."""


class AccountSignedOut(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that an account signed until now is void: it is signed out on every device."""

    app: int
    user_id: str


class AccountsNamed(msgspec.Struct, frozen=True, kw_only=True):
    """Accounts were made, or their profiles changed, by the transaction that raises this."""

    app: int
    nicks: dict[str, str]
    """By UserID; '' for none."""


class AccountsAdded(msgspec.Struct, frozen=True, kw_only=True):
    """So many accounts are made by the transaction that raises this."""

    app: int
    number: int
