"""From which addresses sub-users may come: ``CreateSubAccountLoginIpPolicy`` (access-management.md 1 and 6.1)."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from typing import Final, Literal

import msgspec

from sodam.control import ControlError, invalid

MAX_ENTRIES: Final = 10
MAX_ADDRESS: Final = 64
"""Letters of an entry: the longest network in IPv6 has 43."""
_CURE: Final = "Sign in from an allowed network, or ask the root account to change the login restrictions."

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class IpPolicy(msgspec.Struct, frozen=True):
    IP: str
    """An address or a CIDR network, IPv4 or IPv6."""
    Effect: Literal["Allow", "Deny"]


class AddressRules(msgspec.Struct, frozen=True, kw_only=True):
    IpPolicies: tuple[IpPolicy, ...] = ()
    """At most ``MAX_ENTRIES``; none: every address may."""
    DisablePolicy: Literal[0, 1] = 0
    """1: kept, but not in force."""


def checked(rules: AddressRules) -> AddressRules:
    """The rules with every network in its usual form. Raises ControlError InvalidParameter for what is none."""
    if len(rules.IpPolicies) > MAX_ENTRIES:
        raise invalid(f"there are at most {MAX_ENTRIES} entries", detail="TooManyAddresses", Most=MAX_ENTRIES)
    entries = tuple(IpPolicy(_text(entry.IP.strip()), entry.Effect) for entry in rules.IpPolicies)
    return msgspec.structs.replace(rules, IpPolicies=entries)


def refusal(rules: AddressRules, ip: str) -> ControlError | None:
    """Why a sub-user may not come from an address, None when it may.

    Any ``Deny`` that matches refuses; where there is an ``Allow``, one must match. An address that cannot be read
    matches nothing that could be trusted and is refused.
    """
    if rules.DisablePolicy or not rules.IpPolicies:
        return None
    try:
        address = _address(ip)
    except ValueError:
        return ControlError("IpNotInWhitelist", f"the address {ip!r} cannot be read", cure=_CURE)
    effects = {entry.Effect for entry in rules.IpPolicies if address in _network(entry.IP)}
    if "Deny" in effects:
        return ControlError("IpInBlacklist", f"sub-users may not sign in from {address}", cure=_CURE)
    if "Allow" not in effects and any(entry.Effect == "Allow" for entry in rules.IpPolicies):
        return ControlError("IpNotInWhitelist", f"{address} is none of the addresses that may sign in", cure=_CURE)
    return None


def _address(text: str) -> Address:
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped  # how a socket for both families shows a client of IPv4
    return address


@lru_cache(maxsize=256)
def _network(text: str) -> Network:
    network = ipaddress.ip_network(text, strict=False)
    if isinstance(network, ipaddress.IPv6Network) and network.prefixlen >= 96 and network[0].ipv4_mapped:
        return ipaddress.IPv4Network((network[0].ipv4_mapped, network.prefixlen - 96))
    return network


def _text(text: str) -> str:
    try:
        network = _network(text)
    except ValueError:
        raise invalid(
            f"{text!r} is no address and no network: write 198.51.100.7, 10.0.0.0/8 or 2001:db8::/32",
            detail="NoAddress",
            Value=text[:100],
        ) from None
    return str(network.network_address) if network.prefixlen == network.max_prefixlen else str(network)
