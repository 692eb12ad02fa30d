"""What picows is given while it opens a WebSocket, so that it does once what it would do many times.

It asks the socket for six options, each of which makes uvloop build a socket object, only to log them; and it puts the
same answer together again for everybody, header by header.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, Final

from picows import WSListener, WSUpgradeResponseWithListener

_SWITCHING: Final = HTTPStatus.SWITCHING_PROTOCOLS
_ANSWER: Final = (
    b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: %b\r\n\r\n"
)


class QuietTransport:
    """A transport as picows sees it, and its socket in one. The loop has set TCP_NODELAY already."""

    __slots__ = ("_file_number", "get_write_buffer_size", "transport", "write")

    def __init__(self, transport: asyncio.Transport, file_number: int) -> None:
        self.transport = transport
        self._file_number = file_number
        self.write = transport.write
        self.get_write_buffer_size = transport.get_write_buffer_size

    def __getattr__(self, name: str) -> Any:
        """What is rarely asked for."""
        return getattr(self.transport, name)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        if name == "socket":
            return self
        return self.transport.get_extra_info(name, default) if name == "ssl_object" else None

    def fileno(self) -> int:
        return self._file_number

    def setsockopt(self, level: int, option: int, value: int) -> None:
        return

    def getsockopt(self, level: int, option: int) -> int:
        return 0


class _Switching:
    """The answer to an upgrade that is accepted."""

    __slots__ = ("headers",)
    status = _SWITCHING

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}

    def to_bytes(self) -> bytearray:
        """picows has put in what the client's key asks for."""
        return bytearray(_ANSWER % self.headers["Sec-WebSocket-Accept"].encode())


def accepted(listener: WSListener) -> WSUpgradeResponseWithListener:
    """Open the WebSocket for ``listener``."""
    return WSUpgradeResponseWithListener(_Switching(), listener)  # type: ignore[arg-type]
