"""Names become addresses here, once a connection, and every address is checked: what is checked is connected to."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence

from sodam.outbound.addresses import refused
from sodam.outbound.model import OutboundError, Resolve


async def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a name, in the order of preference. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


class Guard:
    def __init__(self, resolve: Resolve, private: bool) -> None:
        """``private``: private and loopback addresses may be connected to."""
        self._resolve = resolve
        self._private = private

    def refuses(self, host: str) -> bool:
        """Whether ``host`` is an address that may not be connected to. What a name is shows when it is used."""
        try:
            ipaddress.ip_address(host.split("%")[0])
        except ValueError:
            return False
        return bool(refused(host, private=self._private))

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """To which a connection may be made. One that may not be is enough to refuse all. Raises OutboundError."""
        try:
            addresses = await self._resolve(host, port)
        except OSError as error:
            raise OutboundError("dns", f"the name {host} was not found: {error.strerror or error}") from None
        except UnicodeError:
            raise OutboundError("dns", f"{host[:100]!r} is no name of a host") from None
        for address in addresses:
            if why := refused(address, private=self._private):
                raise OutboundError("address", f"{host} is {address}: {why}")
        if not addresses:
            raise OutboundError("connect", f"{host} has no address")
        return addresses
