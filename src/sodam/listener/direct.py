"""Requests that are answered without ASGI: no scope, no task, no messages between the two, one write.

Only what is whole in the bytes at hand goes this way, so that nothing of a stranger's is kept for it; and whoever is
asked may say no, before anything is done: then the request goes the usual way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

Headers = list[tuple[bytes, bytes]]
_OK: Final = b"HTTP/1.1 200 OK\r\n"


@dataclass(slots=True, eq=False)
class Asked:
    """A request."""

    query: bytes
    """What stands behind the question mark."""
    headers: Headers
    """Their names in lower case."""
    body: bytes
    peer: str
    """The address that the connection comes from."""
    answer: Callable[[bytes, bytes], None]
    """Call it with header lines, each with its end and ``content-length`` among them, and a body: the answer is
    HTTP 200. Does nothing where the client is gone."""


class Direct(Protocol):
    """Who answers such requests."""

    target: bytes
    """The path and its question mark; the method is POST."""

    def take(self, asked: Asked) -> bool:
        """Whether the request is being answered; ``answer`` is called later then, never before this returns. Must not
        raise."""
        ...


class _Event:
    """Nobody waits for it."""

    def set(self) -> None:
        return


class Cycle:
    """Stands where uvicorn keeps the request that is being answered."""

    __slots__ = ("disconnected", "keep_alive", "response_complete", "response_started")
    message_event = _Event()

    def __init__(self, keep_alive: bool) -> None:
        self.keep_alive = keep_alive
        self.disconnected = self.response_started = self.response_complete = False


class Heads:
    """The beginning of an answer: uvicorn's own headers, of which one is the time, change once a second."""

    def __init__(self) -> None:
        self._of: Sequence[tuple[bytes, bytes]] | None = None
        self._head = b""

    def head(self, headers: Sequence[tuple[bytes, bytes]], *, keep_alive: bool) -> bytes:
        if headers is not self._of:
            self._of = headers
            self._head = _OK + b"".join([name + b": " + value + b"\r\n" for name, value in headers])
        return self._head if keep_alive else self._head + b"connection: close\r\n"
