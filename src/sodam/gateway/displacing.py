"""Which devices a login ends, on whatever node they are (docs/decisions/0054-devices-online-together.md).

Where one device has the place, a hint to the others says so, and whoever is newer answers it with a hint of its own.
Where several have it, the login registers first and asks the cluster then: of two at the same moment the later one sees
both, and every node comes to the same end, since logins have one order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from sodam.apps.model import App
from sodam.bus import Kick, LiveSession, Topic, of_user
from sodam.bus.live import Live
from sodam.errors import ApiError
from sodam.gateway.frames import features
from sodam.gateway.tickets import Ticket
from sodam.presence.devices import Login, Rule, opt_platform
from sodam.presence.service import PresenceService
from sodam.services import Services

_REMEMBERED = 100_000
_TOLD_AT_ONCE = 200
DISPLACED = 2
"""The KickType."""


class Signed(LiveSession, Protocol):
    """A connection that somebody is signed in on."""

    ended: tuple[str, ...]
    ticket: Ticket | None
    registered: Topic | None

    def send(self, frame: bytes) -> None: ...


class Displacing:
    def __init__(self, services: Services) -> None:
        self._live: Live = services.live
        self._presence: PresenceService = services.presence
        self._apps = services.apps
        self._kicked: dict[int, int] = {}
        self._ruled: tuple[App, Rule] | None = None

    def _rule(self, app: App) -> Rule:
        """The app's; that of the last one is at hand, which nearly every login asks."""
        if self._ruled is not None and self._ruled[0] is app:
            return self._ruled[1]
        rule = Rule.of(app.settings)
        self._ruled = app, rule
        return rule

    def remember(self, instid: int, kind: int) -> None:
        """A kicked device that comes back by its ticket is refused again."""
        if len(self._kicked) >= _REMEMBERED:
            self._kicked.clear()
        self._kicked[instid] = kind

    def kick_type(self, app: App, ticket: Ticket) -> int:
        """Why a device with this ticket may not come back, as far as this node knows: a KickType, or 0."""
        others = self._live.local(of_user(app.sdkappid, ticket.user_id))
        known: list[Login] = [other for other in others if other.instid != ticket.instid]
        if any(login is ticket for login in Rule.of(app.settings).over([*known, ticket])):
            return DISPLACED  # by a login of which it never learned
        return self._kicked.get(ticket.instid, 0)

    def arrived(self, app: App, user: Topic, ticket: Ticket, *, latest: bool) -> tuple[str, ...]:
        """A login is about to be registered: end what it displaces. The platforms of those that end here."""
        rule = self._rule(app)
        if rule.room(ticket.platform) > 1 or not self._live.wanted(user):  # nobody is here, and nobody elsewhere hears
            return ()
        kick = _kick(rule, ticket, 0 if latest else max(1, ticket.login))
        ended = tuple(opt_platform(old.platform) for old in self._live.local(user) if latest and kick.meets(old))
        self._live.kick(user, kick)
        return ended

    async def counted(self, app: App, connection: Signed) -> bool:
        """Behind the registration of a login, where several devices share its place: end those that are too many.

        False: it is one of them, and must not be let in.
        """
        user, ticket = connection.registered, connection.ticket
        rule = self._rule(app)
        if user is None or ticket is None or rule.room(ticket.platform) == 1:
            return True
        over = await self._over(rule, user)
        others = [login for login in over if login.instid != ticket.instid]
        connection.ended = (*connection.ended, *(opt_platform(login.platform) for login in others))
        self._end(user, others)
        return len(others) == len(over)

    async def again(self, connection: Signed) -> None:
        """What a login said of itself may have been lost, or the app's rule has changed: once more."""
        user, ticket = connection.registered, connection.ticket
        app = self._apps.get(user.app) if user is not None else None
        if user is None or ticket is None or app is None:
            return
        rule = Rule.of(app.settings)
        if rule.room(ticket.platform) == 1:
            self._live.kick(user, _kick(rule, ticket, max(1, ticket.login)))
        else:
            self._end(user, await self._over(rule, user))

    async def tell(self, connections: Sequence[Signed], bits: str | None, *, displace: bool) -> None:
        """Tell clients the new features of their app; ``displace``: its rule has changed, too."""
        for number, connection in enumerate(connections, 1):
            if bits is not None and connection.registered is not None:
                connection.send(features(bits))
            if displace:
                await self.again(connection)
            if number % _TOLD_AT_ONCE == 0:
                await asyncio.sleep(0)

    async def _over(self, rule: Rule, user: Topic) -> list[Login]:
        here: Iterable[Login] = self._live.local(user)
        try:
            asked = asyncio.ensure_future(self._presence.status(user.app, [user.name]))  # a login is no task itself
            everywhere = (await asked).get(user.name, [])
        except ApiError:  # nobody can be asked: again when the bus is back
            everywhere = []
        known = {login.instid: login for login in [*everywhere, *here]}
        return rule.over(known.values())

    def _end(self, user: Topic, logins: list[Login]) -> None:
        if logins:
            self._live.kick(user, Kick(DISPLACED, instids=tuple(login.instid for login in logins)))


def _kick(rule: Rule, ticket: Ticket, login: int) -> Kick:
    """What ends the devices whose place the login takes."""
    scope = rule.scope(ticket.platform)
    return Kick(
        DISPLACED,
        platform=ticket.platform if scope.platforms else None,
        newer=ticket.instid,
        login=login,
        also=scope.platforms,
        spared=scope.spared,
    )


Bits = Callable[[App], str]


class Told:
    """What the clients of an app go by as long as they are signed in: told anew when it changes."""

    def __init__(self, bits: Bits) -> None:
        self._bits = bits
        self._of: dict[int, tuple[str, Rule, App]] = {}

    def bits(self, app: App) -> str:
        """The feature bits that a client of the app is told now."""
        before = self._of.get(app.sdkappid)
        if before is not None and before[2] is app:  # as at nearly every login
            return before[0]
        bits = self._bits(app)
        self._of[app.sdkappid] = (bits, Rule.of(app.settings), app)
        return bits

    def changed(self, app: App) -> tuple[str | None, bool]:
        """The new feature bits, if clients know others, and whether other devices may be online together now."""
        before = self._of.get(app.sdkappid)
        bits, rule = self.bits(app), Rule.of(app.settings)
        if before is None:
            return None, False
        return (bits if bits != before[0] else None), rule != before[1]
