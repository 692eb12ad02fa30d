"""Online status as the REST API tells it (rest-accounts-relations.md 4.1)."""

from __future__ import annotations

from typing import Literal

import msgspec

Status = Literal["Online", "PushOnline", "Offline"]
_PLATFORMS = {7: "Web"}


class Device(msgspec.Struct, frozen=True, array_like=True):
    """One connected instance of a user."""

    platform: int
    instid: int

    @property
    def platform_name(self) -> str:
        return platform_name(self.platform)


def platform_name(number: int) -> str:
    """The name of the platform that a client states by number in its frames."""
    return _PLATFORMS.get(number, "Unknown")
