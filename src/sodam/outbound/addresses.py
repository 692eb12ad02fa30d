"""Which addresses the server may connect to on somebody else's word (a URL in a setting, a picture's address).

Link-local addresses and the metadata services of clouds never: they hand out secrets to whoever asks from inside.
Private and loopback ones unless the operator denies them (SODAM_OUTBOUND_PRIVATE): there live self-hosters' back ends.
"""

from __future__ import annotations

import ipaddress
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NEVER: Final = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "fe80::/10", "ff00::/8"),
        # Metadata services that are not link-local: Alibaba Cloud, Oracle, Azure; IPv6: AWS (two), Google, Scaleway.
        *("100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32"),
        *("fd00:ec2::254/128", "fd00:ec2::23/128", "fd20:ce::254/128", "fd00:42::42/128"),
    )
)
_PRIVATE_TOO: Final = tuple(
    ipaddress.ip_network(text) for text in ("192.0.0.0/24", "192.88.99.0/24", "fec0::/10", "64:ff9b:1::/48")
)
"""Which ``ipaddress`` takes for global, in some versions at least: protocol assignments, relays, site-local ones."""
_LAST_32: Final = tuple(ipaddress.ip_network(text) for text in ("64:ff9b::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48"))
"""NAT64, SIIT and NAT64 of a network's own: the last 32 bits are the IPv4 address."""
_LOCAL_NAT64: Final = _LAST_32[2]
_ISATAP: Final = (0x00005EFE, 0x02005EFE)
"""The upper half of an interface whose lower half is an IPv4 address."""


def inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for (mapped, 6to4, Teredo, NAT64, SIIT, ISATAP), or itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if (mapped := address.ipv4_mapped or address.sixtofour) is not None:
        return mapped
    if address.teredo is not None:
        return address.teredo[1]
    number = int(address)
    last = number & 0xFFFFFFFF
    if address in _LOCAL_NAT64 and not last & 0xFFFFFF:  # with a shorter prefix the bits stand elsewhere: no telling
        return ipaddress.IPv4Address(0)
    compatible = number >> 32 == 0 and number > 1
    if compatible or (number >> 32) & 0xFFFFFFFF in _ISATAP or any(address in network for network in _LAST_32):
        return ipaddress.IPv4Address(last)
    return address


def refused(text: str, *, private: bool) -> str:
    """Why the server does not connect to this address; empty: it may. ``private``: the operator allows private ones."""
    try:
        given = ipaddress.ip_address(text.split("%")[0])
    except ValueError:
        return "it is no address"
    address = inner(given)
    if _among(given, _NEVER) or _among(address, _NEVER):
        return "link-local, metadata and multicast addresses are never used"
    if not private and (not address.is_global or _among(given, _PRIVATE_TOO) or _among(address, _PRIVATE_TOO)):
        return "private addresses are denied (SODAM_OUTBOUND_PRIVATE)"
    return ""


def _among(address: Address, networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]) -> bool:
    return any(address in network for network in networks if network.version == address.version)
