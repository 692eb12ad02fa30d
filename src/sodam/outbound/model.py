"""What a request of the server's own comes to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, NamedTuple, Protocol

MOST: Final = 64 * 1024
"""Bytes of an answer that are read, unless the caller says otherwise."""
CONNECTIONS: Final = 64
"""Of one host and port: a host that does not answer takes nothing from others."""
IDLE_SECONDS: Final = 30.0
"""For which a connection without a request is kept."""
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""All addresses of a name. Raises OSError."""


class Answer(NamedTuple):
    status: int
    body: bytes
    """What was read of it."""
    whole: bool
    """False: it is longer than the caller takes."""
    headers: tuple[tuple[bytes, bytes], ...] = ()

    def header(self, name: str) -> str:
        """The value of a header, by its name in lower case; empty where it is missing."""
        wanted = name.encode()
        return next((value.decode("latin-1") for key, value in self.headers if key.lower() == wanted), "")


class OutboundError(Exception):
    """No answer. ``kind`` is a word for logs and charts, the text a line for people."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


class Target(NamedTuple):
    """Whom a request goes to, as far as it is the same for many: all of an address but its query."""

    scheme: str
    host: str
    port: int
    named_port: int | None
    """As the address has it."""
    netloc: bytes
    path: bytes


class Connections(Protocol):
    """Those to one host, port and identity, in one version of HTTP."""

    async def post(
        self,
        path: bytes,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        *,
        most: int,
        deadline: float,
        repeatable: bool,
    ) -> Answer:
        """``path`` with its query; ``deadline`` by the monotonic clock. Raises OutboundError, TimeoutError."""
        ...

    async def close(self) -> None: ...
