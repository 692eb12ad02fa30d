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
        # Metadata services that are not link-local: Alibaba Cloud, Oracle, Azure, AWS over IPv6.
        *("100.100.100.200/32", "192.0.0.192/32", "168.63.129.16/32", "fd00:ec2::254/128"),
    )
)
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


def inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 one stands for (mapped, 6to4, NAT64), or the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if (mapped := address.ipv4_mapped or address.sixtofour) is not None:
        return mapped
    if address in _NAT64 or (int(address) >> 32 == 0 and int(address) > 1):  # the latter: IPv4-compatible
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def refused(text: str, *, private: bool) -> str:
    """Why the server does not connect to this address; empty: it may. ``private``: the operator allows private ones."""
    try:
        address = inner(ipaddress.ip_address(text.split("%")[0]))
    except ValueError:
        return "it is no address"
    if any(address in network for network in _NEVER if network.version == address.version):
        return "link-local, metadata and multicast addresses are never used"
    if not private and not address.is_global:
        return "private addresses are denied (SODAM_OUTBOUND_PRIVATE)"
    return ""
