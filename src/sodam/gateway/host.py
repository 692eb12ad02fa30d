"""What a connection needs of whoever holds all connections of this node."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from sodam.apps.model import App
from sodam.gateway.backlog import Backlog
from sodam.gateway.fast_path import FastPath
from sodam.gateway.following import Following
from sodam.gateway.limits import ClientLimits
from sodam.gateway.session import Login
from sodam.gateway.tickets import Ticket
from sodam.notices import Key
from sodam.observability.metrics import Metrics
from sodam.services import Services

C = TypeVar("C", contravariant=True)
"""The connection's own type."""


class Host(Protocol[C]):
    @property
    def services(self) -> Services: ...
    @property
    def metrics(self) -> Metrics: ...
    @property
    def limits(self) -> ClientLimits: ...

    @property
    def following(self) -> Following: ...
    @property
    def fast(self) -> FastPath: ...

    def now(self) -> float: ...

    def opened(self, connection: C) -> None: ...
    def closed(self, connection: C) -> None: ...

    def app(self, sdkappid: int) -> App:
        """Raises ApiError 60006, 60016 or 60020."""
        ...

    async def login(self, connection: C, action: Login) -> None: ...

    async def check_ticket(self, app: App, ticket: Ticket) -> None:
        """For a request that comes before the login of its socket. Raises ApiError."""
        ...

    def recalls_known(self, ticket: Ticket) -> list[Key]:
        """Recalls that the client acknowledged over other connections."""
        ...

    def unregister(self, connection: C) -> None:
        """Events no longer reach the connection."""
        ...

    def remember_kick(self, instid: int, kind: int) -> None:
        """A kicked device that comes back by its ticket is refused again."""
        ...

    def displace_older(self, connection: C) -> None:
        """End the user's sessions of this kind of device that are of earlier logins, wherever they are."""
        ...

    def flush_later(self, connection: C) -> None:
        """Call the connection's ``flush`` at the end of this turn of the loop."""
        ...

    def spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a command that may wait for anything."""
        ...

    def later(self, seconds: float, callback: Callable[[], None]) -> None: ...

    @property
    def backlog(self) -> Backlog: ...

    def watch(self, connection: C) -> None:
        """More waits for the client than may wait for one that does not read: ``look`` at it until it reads."""
        ...

    def holding(self, connection: C) -> None:
        """The connection holds notices back while it catches up: ``expire`` it after its deadline."""
        ...
