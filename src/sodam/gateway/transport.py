"""What a connection needs of a WebSocket, and what it gives back. Two implementations stand behind it: ``picows_ws.py``
(fast) and ``websockets_ws.py`` (plain Python); one contract suite runs over both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

CLOSE_SECONDS = 2.0
"""How long a closing handshake may take."""
PONGS_UNREAD = 4096
"""Bytes that wait for a client; beyond that only its last ping is answered, once it has read (RFC 6455 5.5.3)."""
PINGS_UNREAD = 1024 * 1024
"""Bytes of pings after which a client that reads nothing is cut."""


class Transport(Protocol):
    def write(self, payloads: list[bytes]) -> int:
        """Send binary messages, in one system call where possible; what waits then, as ``waiting`` says it. Does
        nothing once the peer is gone."""
        ...

    def write_frame(self, frame: bytes) -> int:
        """As ``write``, for one message whose frame is made already (``frames.wire_frame``)."""
        ...

    def ping(self) -> None:
        """Ask for a sign of life; ``Receiver.ponged`` says that the client took everything written before."""
        ...

    def waiting(self) -> int:
        """Bytes that the kernel has not taken yet."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Begin the closing handshake: nothing more is received or sent, and the connection ends soon."""
        ...

    def abort(self) -> None:
        """Drop the connection at once."""
        ...

    def signed_in(self, signed_in: bool) -> None:
        """Somebody signed in on this connection, or nobody is signed in any more: then it may be closed for others."""
        ...


class Guard(Protocol):
    """What stands between the socket and the transport while nobody is signed in (``listener/front.py``)."""

    peer: str
    """The address at the other end of the socket; empty for a socket without one."""
    file_number: int
    """The socket's."""

    def counts_for(self, address: str) -> bool:
        """The client's address is known; False when that one has too many connections."""
        ...

    def heard(self) -> None:
        """A whole message came."""
        ...

    def signed_in(self, signed_in: bool) -> None:
        """As ``Transport.signed_in``."""
        ...

    def closed(self) -> None:
        """The connection is gone."""
        ...


class Receiver(Protocol):
    def opened(self, transport: Transport) -> None: ...

    def received(self, data: bytes) -> None:
        """One whole message, binary or text, at most ``frames.MAX_FRAME`` bytes."""
        ...

    def ponged(self) -> None:
        """The client answered a ``ping``, or sent a pong unasked."""
        ...

    def closed(self) -> None:
        """Called once, however the connection ended."""
        ...


class Upgrade(Protocol):
    """The HTTP request that asks for the WebSocket."""

    path: str
    query: str
    client_ip: str


Origin = tuple[bool, str]
"""Whether a client came over TLS, and the host that it came to, as its request says."""
Accept = Callable[[str, str, str, Origin], Receiver | None]
"""``(path, query, client_ip, origin)`` to the receiver of the new connection, or None to refuse it with 404."""
ClientOf = Callable[[str, Sequence[str]], str]
"""``(peer, X-Forwarded-For headers)`` to the client's address."""
