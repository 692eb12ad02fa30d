"""The head of a request, as bytes: is it whole, is it within its limits, does it ask for a WebSocket?

Pure functions. What is no WebSocket is read by the HTTP parser, which is strict; so here anything odd is simply not
an upgrade.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

MAX_HEAD: Final = 64 * 1024
"""Bytes of request line and headers together."""
MAX_LINE: Final = 8 * 1024
"""Bytes of the request line."""
MAX_HEADERS: Final = 128
"""Header lines: each costs ten times its bytes once it is read."""
END: Final = b"\r\n\r\n"
_IGNORED, _KEPT, _UPGRADE, _OTHER_UPGRADE, _CONNECTION = range(5)
_NAMES: Final = {
    b"host": _KEPT,
    b"sec-websocket-key": _KEPT,
    b"sec-websocket-version": _KEPT,
    b"x-forwarded-for": _KEPT,
    b"x-forwarded-proto": _KEPT,
    b"content-length": _KEPT,
    b"transfer-encoding": _KEPT,
    b"upgrade": _UPGRADE,
    b"connection": _CONNECTION,
}
"""Headers of an upgrade that the WebSocket side reads, or that make it one."""


def over_limit(head: bytes | bytearray, end: int) -> bool:
    """Whether a head is too large already. ``end``: where its empty line begins, or -1 while it is not whole."""
    line = head.find(b"\r\n", 0, MAX_LINE + 2)
    if line < 0 and len(head) > MAX_LINE:
        return True
    return (len(head) if end < 0 else end) > MAX_HEAD


def lone_line_feed(head: bytes | bytearray) -> bool:
    """Whether a line ends without CR: no such head ever ends for us, and the HTTP parser refuses it at once."""
    return head.count(b"\n") != head.count(b"\r\n")


def upgrade_request(head: bytes) -> bytes | None:
    """The request for a WebSocket in ``head`` (without its empty line), reduced to what matters; None when it is none.

    ``Connection`` may name more than ``Upgrade``, as Firefox sends it (RFC 9110 7.8), and cookies and other headers
    do not count against the WebSocket library's own limits.
    """
    line = head.find(b"\r\n")
    if line < 0 or not head.startswith(b"GET ") or not head.startswith(b" HTTP/1.1", line - 9):
        return None
    key = head.find(_KEY, line)
    if key < 0 and (key := head.find(_LOWER_KEY, line)) < 0:
        kept = _kept(head[line:])
        return None if kept is None else head[:line] + kept
    end = head.find(b"\r\n", key + 2)
    if end < 0:
        end = len(head)
    rest = head[line:key] + head[end:]  # without what is another one in each request
    kept = (_known if len(rest) <= _LINES else _kept)(rest)
    return None if kept is None else head[:line] + head[key:end] + kept


def _kept(lines: bytes) -> bytes | None:
    """What of an upgrade's header lines, each with its CRLF in front, is kept, with the end of the head."""
    kept = []
    upgrade = connection = False
    headers = lines.split(b"\r\n")
    if len(headers) > MAX_HEADERS:
        return None
    for line in headers[1:]:
        meaning = (_known_line if len(line) <= _LINE else _meaning)(line)
        if meaning == _KEPT:
            kept.append(line)
        elif meaning is None:
            return None
        elif meaning == _CONNECTION:
            connection = True
        elif meaning != _IGNORED:
            upgrade = meaning == _UPGRADE
    if not (upgrade and connection):
        return None
    return b"\r\n".join([b"", *kept, b"Upgrade: websocket", b"Connection: Upgrade", b"", b""])


def _meaning(line: bytes) -> int | None:
    """What a header is to an upgrade; None for a line that is none."""
    name, colon, value = line.partition(b":")
    if not colon or not name or name[:1] in b" \t" or name[-1:] in b" \t":
        return None
    meaning = _NAMES.get(name.lower(), _IGNORED)
    if meaning == _UPGRADE:
        return _UPGRADE if value.strip().lower() == b"websocket" else _OTHER_UPGRADE
    if meaning == _CONNECTION:
        names = [token.strip() for token in value.lower().split(b",")]
        return _CONNECTION if b"upgrade" in names else _IGNORED
    return meaning


_KEY: Final = b"\r\nSec-WebSocket-Key:"
_LOWER_KEY: Final = _KEY.lower()
"""As some proxies write it."""
_LINES: Final = 1024
_LINE: Final = 128
# What a browser sends is nearly the same in each of its requests: all of it, or all but a line of a proxy in front.
_known: Final = lru_cache(maxsize=256)(_kept)
_known_line: Final = lru_cache(maxsize=512)(_meaning)
