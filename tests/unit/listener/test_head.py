"""Which heads ask for a WebSocket, and what of them is kept: alike at the first time and when their lines are known."""

from __future__ import annotations

import pytest

from sodam.listener.head import MAX_HEADERS, upgrade_request

_LINE = b"GET /binfo?sdkappid=1 HTTP/1.1"
_KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
_BOTH = (b"Upgrade: websocket", b"Connection: Upgrade")


def _asked(*lines: bytes) -> bytes | None:
    head = b"\r\n".join((_LINE, *lines))
    first, again = upgrade_request(head), upgrade_request(head)
    assert first == again
    return first


@pytest.mark.parametrize(
    "lines",
    [
        _BOTH,
        (b"upgrade:WebSocket ", b"CONNECTION: keep-alive, Upgrade"),
        (*_BOTH, b"Connection: keep-alive"),
        (b"Upgrade: h2c", *_BOTH),
        (*_BOTH, b"Cookie: " + b"c" * 4000, b"Origin: http://example.com"),
    ],
)
def test_a_websocket_is_asked_for(lines: tuple[bytes, ...]) -> None:
    kept = (_LINE, _KEY, b"Host: a", b"Upgrade: websocket", b"Connection: Upgrade", b"", b"")
    assert _asked(b"Host: a", _KEY, *lines) == b"\r\n".join(kept)


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (b"Upgrade: websocket",),
        (b"Connection: Upgrade",),
        (*_BOTH, b"Upgrade: h2c"),
        (b"Upgrade: websocket, h2c", b"Connection: Upgrade"),
        (b"Upgrade: websocket", b"Connection: Upgraded"),
        (*_BOTH, b"no colon"),
        (*_BOTH, b": nameless"),
        (*_BOTH, b" Folded: line"),
        (*_BOTH, b"Space : before"),
        (*_BOTH, b"l" * 400),
    ],
)
def test_no_websocket(lines: tuple[bytes, ...]) -> None:
    assert _asked(b"Host: a", _KEY, *lines) is None


@pytest.mark.parametrize("name", [b"Sec-WebSocket-Key", b"sec-websocket-key", b"SEC-WEBSOCKET-KEY"])
@pytest.mark.parametrize("place", [0, 1, 3])
def test_the_key_stands_anywhere_and_is_each_clients_own(name: bytes, place: int) -> None:
    for key in (b"dGhlIHNhbXBsZSBub25jZQ==", b"AQIDBAUGBwgJCgsMDQ4PEA=="):
        line = name + b": " + key
        lines = [b"Host: a", *_BOTH]
        lines.insert(place, line)
        kept = _asked(*lines)
        assert kept is not None
        assert sorted(kept.split(b"\r\n")) == sorted([_LINE, b"Host: a", line, *_BOTH, b"", b""])


@pytest.mark.parametrize("size", [1, 200])
def test_a_head_has_so_many_lines_at_most(size: int) -> None:
    """Those that are short enough to be known by heart and those that are not."""
    more = [b"a:" + b"b" * size] * (MAX_HEADERS - 3)
    assert _asked(_KEY, *_BOTH, *more) is not None
    assert _asked(_KEY, *_BOTH, *more, b"a:b") is None
