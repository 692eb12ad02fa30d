"""Which devices of a user may be online together: the login type and the numbers of instances of an app.

Every node decides by the same table, from logins that have one order: where more share a place than it has room for,
the latest stay (docs/decisions/0054-devices-online-together.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple, Protocol

from sodam.apps.model import AppSettings, LoginType

WINDOWS: Final = 1
ANDROID: Final = 2
IPHONE: Final = 3
MAC: Final = 4
WEB: Final = 7
IPAD: Final = 8
LINUX: Final = 9
_MOBILE: Final = (ANDROID, IPHONE, IPAD)
_DESKTOP: Final = (WINDOWS, MAC, LINUX)
_CALLED: Final = {WEB: "Web", WINDOWS: "Windows", ANDROID: "Android", MAC: "Mac", IPAD: "iPad", LINUX: "Linux"}


@lru_cache(maxsize=64)  # asked for every message
def opt_platform(number: int) -> str:
    """What webhooks call the platform that a client states by number (webhooks.md 1)."""
    return "iOS" if number == IPHONE else _CALLED.get(number, "Unknown")


def platform_name(number: int) -> str:
    """What REST calls it (rest-accounts-relations.md 4.1)."""
    return {IPHONE: "iPhone", WINDOWS: "PC"}.get(number) or _CALLED.get(number, "Unknown")


class Login(Protocol):
    """One device that is signed in."""

    @property
    def platform(self) -> int: ...
    @property
    def instid(self) -> int: ...
    @property
    def login(self) -> int:
        """When: logins are compared by it, and by the InstId."""
        ...


class Scope(NamedTuple):
    """The platforms that share a place: those named; without names every one but those spared."""

    platforms: tuple[int, ...] = ()
    spared: tuple[int, ...] = ()


class Rule(NamedTuple):
    """What an app allows."""

    type: LoginType = "multi"
    web: int = 1
    native: int = 1

    @classmethod
    def of(cls, settings: AppSettings) -> Rule:
        if settings.login_type != "multi":
            return cls(settings.login_type)
        return cls("multi", settings.web_instances, settings.device_instances)

    def scope(self, platform: int) -> Scope:
        """The platforms whose devices share the place of this one."""
        if self.type == "single":
            return Scope()
        if self.type == "dual":
            return Scope((WEB,)) if platform == WEB else Scope(spared=(WEB,))
        if self.type == "triple":
            return Scope(next((known for known in (_MOBILE, _DESKTOP) if platform in known), (platform,)))
        return Scope((platform,))

    def room(self, platform: int) -> int:
        """How many devices may share the place of this one."""
        return self.web if platform == WEB else self.native

    def over(self, logins: Iterable[Login]) -> list[Login]:
        """Of a user's devices those that must leave."""
        places: dict[Scope, list[Login]] = {}
        for login in logins:
            places.setdefault(self.scope(login.platform), []).append(login)
        gone: list[Login] = []
        for here in places.values():
            here.sort(key=lambda login: (login.login, login.instid), reverse=True)
            gone += here[self.room(here[0].platform) :]
        return gone
