"""Which heads ask for a WebSocket, and what of them is kept: alike at the first time and when their lines are known."""

from __future__ import annotations

import pytest

from sodam.listener.head import upgrade_request

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
