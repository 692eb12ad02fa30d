"""Whose address counts when proxies stand in front."""

from __future__ import annotations

import ipaddress
from typing import Any

import pytest

from sodam.proxies import Proxies

PROXIES = Proxies([ipaddress.ip_network(text) for text in ("127.0.0.1", "10.0.0.0/8", "2001:db8:1::/48")])


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.7", [], "198.51.100.7"),
        ("198.51.100.7", ["203.0.113.9"], "198.51.100.7"),  # not a proxy: it may say what it likes
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("::ffff:10.0.0.1", ["203.0.113.9"], "203.0.113.9"),
        ("2001:db8:1::5", ["2001:db8:9::1"], "2001:db8:9::1"),
        ("10.0.0.1", ["1.1.1.1, 203.0.113.9, 10.0.0.2"], "203.0.113.9"),  # what the client wrote itself comes first
        ("10.0.0.1", ["1.1.1.1", "203.0.113.9"], "203.0.113.9"),  # a proxy may add a header instead of a hop
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["203.0.113.9:51234"], "203.0.113.9"),
        ("10.0.0.1", ["[2001:db8:9::1]:443"], "2001:db8:9::1"),
        ("10.0.0.1", ["203.0.113.9, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["203.0.113.9, unknown, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("", ["203.0.113.9"], ""),
    ],
)
def test_client(peer: str, forwarded: list[str], client: str) -> None:
    assert PROXIES.client(peer, forwarded) == client
    assert Proxies(()).client(peer, forwarded) == peer


async def seen(proxies: Proxies, peer: str, **headers: str) -> tuple[Any, Any]:
    """Client and scheme that the application behind sees."""
    found: list[tuple[Any, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        found.append((scope["client"][0], scope["scheme"]))

    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "client": (peer, 5), "scheme": "http", "headers": pairs}
    await proxies.asgi(app)(scope, None, None)  # type: ignore[arg-type]
    return found[0]


async def test_requests() -> None:
    said = {"x_forwarded_for": "203.0.113.9", "x_forwarded_proto": "https"}
    assert await seen(PROXIES, "10.0.0.1", **said) == ("203.0.113.9", "https")
    assert await seen(PROXIES, "198.51.100.7", **said) == ("198.51.100.7", "http")
    assert await seen(Proxies(()), "127.0.0.1", **said) == ("127.0.0.1", "http")
    assert await seen(PROXIES, "10.0.0.1", x_forwarded_proto="gopher") == ("10.0.0.1", "http")
