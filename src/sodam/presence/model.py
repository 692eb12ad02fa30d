"""Online status as the REST API tells it (rest-accounts-relations.md 4.1)."""

from __future__ import annotations

from typing import Literal

import msgspec

from sodam.presence.devices import platform_name

Status = Literal["Online", "PushOnline", "Offline"]


class Device(msgspec.Struct, frozen=True, array_like=True):
    """One connected instance of a user."""

    platform: int
    instid: int
    login: int = 0
    """Unix milliseconds of its login, by the database's clock."""

    @property
    def platform_name(self) -> str:
        return platform_name(self.platform)
