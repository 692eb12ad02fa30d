"""From where sub-users may come, as a table."""

from __future__ import annotations

import pytest

from sodam.access.addresses import MAX_ENTRIES, AddressRules, IpPolicy, checked, refusal
from sodam.control import ControlError


def rules(*entries: str, disabled: bool = False) -> AddressRules:
    """``+10.0.0.0/8`` allows, ``-10.0.0.1`` denies."""
    made = tuple(IpPolicy(entry[1:], "Allow" if entry[0] == "+" else "Deny") for entry in entries)
    return checked(AddressRules(IpPolicies=made, DisablePolicy=1 if disabled else 0))


@pytest.mark.parametrize(
    ("entries", "address", "code"),
    [
        ("", "198.51.100.7", ""),
        ("+198.51.100.0/24", "198.51.100.7", ""),
        ("+198.51.100.0/24", "198.51.101.7", "IpNotInWhitelist"),
        ("+198.51.100.0/24 +2001:db8::/32", "2001:db8::1", ""),
        ("+198.51.100.0/24", "2001:db8::1", "IpNotInWhitelist"),
        ("-198.51.100.7", "198.51.100.7", "IpInBlacklist"),
        ("-198.51.100.7", "198.51.100.8", ""),
        ("+198.51.100.0/24 -198.51.100.7", "198.51.100.7", "IpInBlacklist"),
        ("-198.51.100.7 +198.51.100.0/24", "198.51.100.7", "IpInBlacklist"),
        ("-198.51.100.7 +198.51.100.0/24", "198.51.100.8", ""),
        ("-2001:db8::/32", "2001:db8:ffff::", "IpInBlacklist"),
        ("-0.0.0.0/0", "198.51.100.7", "IpInBlacklist"),
        ("-0.0.0.0/0", "::1", ""),
        # IPv4 in the clothes of IPv6 is IPv4, on both sides
        ("-198.51.100.7", "::ffff:198.51.100.7", "IpInBlacklist"),
        ("-::ffff:198.51.100.0/120", "198.51.100.7", "IpInBlacklist"),
        ("+::ffff:198.51.100.7", "::ffff:198.51.100.7", ""),
        # What cannot be read is trusted by no rule
        ("-198.51.100.7", "", "IpNotInWhitelist"),
        ("-198.51.100.7", "testclient", "IpNotInWhitelist"),
        ("", "", ""),
    ],
)
def test_who_may_come(entries: str, address: str, code: str) -> None:
    found = refusal(rules(*entries.split()), address)
    assert (found.code if found else "") == code
    if found:
        assert found.cure
        assert address in found.message or "::ffff:" in address


def test_rules_that_are_not_in_force() -> None:
    assert refusal(rules("-0.0.0.0/0", disabled=True), "198.51.100.7") is None


def test_usual_form() -> None:
    found = rules("+ 198.51.100.77/24 ", "+198.51.100.7/32", "-2001:DB8:0::1", "-::ffff:10.0.0.0/104")
    assert [entry.IP for entry in found.IpPolicies] == ["198.51.100.0/24", "198.51.100.7", "2001:db8::1", "10.0.0.0/8"]


@pytest.mark.parametrize("text", ["", "office", "198.51.100", "198.51.100.7/33", "198.51.100.1-9", "::g", "1.2.3.4:80"])
def test_no_address(text: str) -> None:
    with pytest.raises(ControlError) as refused:
        rules("+" + text)
    assert refused.value.code == "InvalidParameter"
    assert repr(text) in refused.value.message


def test_at_most_ten() -> None:
    many = [f"+198.51.100.{i}" for i in range(MAX_ENTRIES + 1)]
    rules(*many[:MAX_ENTRIES])
    with pytest.raises(ControlError, match="at most 10"):
        rules(*many)
