"""Who a request comes from when reverse proxies stand in front: the one place that believes ``X-Forwarded-For``.

REST, the gateway, the console and the cloud API all have their client's address from here. Anybody can send the
header, so it counts only from a peer that ``trusted_proxies`` names, and only as far back as such peers wrote it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from sodam.http import AsgiApp, Receive, Scope, Send

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_SCHEMES = {b"http": "http", b"https": "https"}


class Proxies:
    def __init__(self, trusted: Sequence[Network]) -> None:
        self._trusted = tuple(trusted)

    def client(self, peer: str, forwarded: Sequence[str]) -> str:
        """The client's address. ``peer``: of the socket; ``forwarded``: the ``X-Forwarded-For`` headers, in order.

        It is the last address that no trusted proxy has. What cannot be read ends the search: the proxy that passed it
        on is then the best that is known.
        """
        if not self._trusted:
            return peer
        found = peer
        hops = [hop for header in forwarded for hop in header.split(",")]
        while self.trusts(found) and hops:
            hop = _host(hops.pop())
            if hop is None:
                break
            found = hop
        return found

    def trusts(self, peer: str) -> bool:
        if not self._trusted:
            return False
        address = _address(peer)
        return address is not None and any(address in network for network in self._trusted)

    def asgi(self, app: AsgiApp) -> AsgiApp:
        """The application seen through the proxies: ``client`` and ``scheme`` of a request are those of its sender."""
        if not self._trusted:
            return app

        async def through(scope: Scope, receive: Receive, send: Send) -> None:
            peer = scope.get("client")
            if peer and self.trusts(peer[0]):
                headers = scope["headers"]
                forwarded = [value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for"]
                protocols = [value.strip().lower() for name, value in headers if name == b"x-forwarded-proto"]
                scope["client"] = (self.client(peer[0], forwarded), 0)
                scope["scheme"] = _SCHEMES.get(protocols[-1] if protocols else b"", scope["scheme"])
            await app(scope, receive, send)

        return through


def _address(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    # A socket for both families shows a client of IPv4 so.
    return address.ipv4_mapped or address if isinstance(address, ipaddress.IPv6Address) else address


def _host(hop: str) -> str | None:
    """The address of one hop, whose port some proxies write too; None when it is none."""
    text = hop.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    address = _address(text)
    return str(address) if address else None
