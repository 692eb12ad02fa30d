"""Condition operators of a policy (access-management.md 2.6), as pure functions.

A key that the request does not have makes every operator false, the negative ones and ``for_all_value`` too, so that
nothing is granted by what is unknown; ``_if_exist`` makes it true, ``null_equal`` asks for it. Of a key with several
values in the request, one value that matches one of the policy's suffices; the negative operators want none to match.
"""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

import msgspec

from sodam.access.wildcard import wildcard

Context = Mapping[str, tuple[str, ...]]
"""What is known of a request: condition key (lower case; the part after ``/`` as it is) to its values."""

IF_EXIST: Final = "_if_exist"
ANY: Final = "for_any_value:"
ALL: Final = "for_all_value:"


class Test(msgspec.Struct, frozen=True):
    """One key of a condition: ``operator`` without qualifier and suffix."""

    operator: str
    key: str
    values: tuple[str, ...]
    qualifier: str = ""
    if_exist: bool = False


def number(text: str) -> Decimal:
    """Raises ValueError."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number") from None
    if not value.is_finite():
        raise ValueError(f"{text!r} is not a number")
    return value


def date(text: str) -> datetime.datetime:
    """ISO 8601; without a zone it is UTC. Raises ValueError."""
    parsed = datetime.datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=datetime.UTC)


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false", "1", "0"):
        raise ValueError(f"{text!r} is neither true nor false")
    return text.lower() in ("true", "1")


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(text, strict=False)


def _in_network(have: str, want: str) -> bool:
    address = ipaddress.ip_address(have)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return address in _network(want)


Compare = Callable[[str, str], bool]
_POSITIVE: Final[dict[str, Compare]] = {
    "string_equal": lambda have, want: have == want,
    "string_equal_ignore_case": lambda have, want: have.casefold() == want.casefold(),
    "string_like": lambda have, want: wildcard(want, have),
    "binary_equal": lambda have, want: have.encode() == want.encode(),
    "numeric_equal": lambda have, want: number(have) == number(want),
    "numeric_greater_than": lambda have, want: number(have) > number(want),
    "numeric_greater_than_equal": lambda have, want: number(have) >= number(want),
    "numeric_less_than": lambda have, want: number(have) < number(want),
    "numeric_less_than_equal": lambda have, want: number(have) <= number(want),
    "date_equal": lambda have, want: date(have) == date(want),
    "date_greater_than": lambda have, want: date(have) > date(want),
    "date_greater_than_equal": lambda have, want: date(have) >= date(want),
    "date_less_than": lambda have, want: date(have) < date(want),
    "date_less_than_equal": lambda have, want: date(have) <= date(want),
    "ip_equal": _in_network,
    "bool_equal": lambda have, want: _boolean(have) == _boolean(want),
}
_NEGATIVE: Final = {
    "string_not_equal": "string_equal",
    "string_not_equal_ignore_case": "string_equal_ignore_case",
    "string_not_like": "string_like",
    "numeric_not_equal": "numeric_equal",
    "date_not_equal": "date_equal",
    "ip_not_equal": "ip_equal",
}
OPERATORS: Final = frozenset((*_POSITIVE, *_NEGATIVE, "null_equal"))
_CHECKS: Final[dict[str, Callable[[str], object]]] = {
    "numeric": number,
    "date": date,
    "ip": _network,
    "bool": _boolean,
    "null": _boolean,
}
_PLAIN_KEYS: Final = frozenset(
    (
        "qcs:ip",
        "qcs:current_time",
        "qcs:uin",
        "qcs:owner_uin",
        "qcs:create_uin",
        "qcs:mfa",
        "mfa",
        "qcs:resource_tag",
        "qcs:request_tag",
        "qcs:tag",
    )
)
_TAG_PREFIXES: Final = ("qcs:tag/", "qcs:resource_tag/", "qcs:request_tag/")


def known_key(key: str) -> bool:
    """Whether requests can carry this condition key at all."""
    return key.lower() in _PLAIN_KEYS or any(key.lower().startswith(p) and len(key) > len(p) for p in _TAG_PREFIXES)


def normal_key(key: str) -> str:
    """Keys are compared without case, tag names with it."""
    head, slash, tail = key.partition("/")
    return head.lower() + slash + tail


def split_operator(text: str) -> tuple[str, str, bool]:
    """Qualifier, operator and whether it ends in ``_if_exist``."""
    qualifier = next((q for q in (ANY, ALL) if text.startswith(q)), "")
    rest = text.removeprefix(qualifier)
    return qualifier, rest.removesuffix(IF_EXIST), rest.endswith(IF_EXIST)


def check_value(operator: str, value: str) -> None:
    """Raises ValueError when ``value`` can never be compared by ``operator``. Variables are left alone."""
    check = _CHECKS.get(operator.split("_", 1)[0])
    if check is not None and "${" not in value:
        check(value)


def holds(test: Test, context: Context, substitute: Callable[[str], str]) -> bool:
    """Whether a request passes the test. ``substitute`` replaces variables in the policy's values."""
    have = tuple(v for v in context.get(test.key, ()) if v != "")
    if test.operator == "null_equal":
        return any((not have) == _boolean(value) for value in test.values)
    if not have:
        return test.if_exist
    want = [substitute(value) for value in test.values]
    negative = test.operator in _NEGATIVE
    compare = _POSITIVE[_NEGATIVE.get(test.operator, test.operator)]

    def one(value: str) -> bool:
        return any(_safely(compare, value, wanted) for wanted in want) is not negative

    if test.qualifier == ANY:
        return any(map(one, have))
    return all(map(one, have)) if negative or test.qualifier == ALL else any(map(one, have))


def _safely(compare: Compare, have: str, want: str) -> bool:
    try:
        return compare(have, want)
    except ValueError:  # an address, date or number that is none matches nothing
        return False
