"""What a connection needs of whoever holds all connections of this node."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from sodam.gateway.backlog import Backlog
from sodam.gateway.fast_path import FastPath
from sodam.gateway.following import Following
from sodam.gateway.running import Node
from sodam.gateway.session import Login

C = TypeVar("C", contravariant=True)
"""The connection's own type."""


class Host(Node, Protocol[C]):
    @property
    def following(self) -> Following: ...
    @property
    def fast(self) -> FastPath: ...

    def now(self) -> float: ...

    def opened(self, connection: C) -> None: ...
    def closed(self, connection: C) -> None: ...

    async def login(self, connection: C, action: Login) -> None: ...

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
