"""Forms of settings: each function turns text into the value, or raises ValueError with what was expected."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

PLANS: Final = ("Trial", "Pro", "Flagship")
DEFAULT_PLAN: Final = "Flagship"
PRICED: Final = ("Pro", "Flagship", "groups_joined", "group_members", "history_days", "avchatrooms")
PASSWORD_MEMORY: Final = (12, 1024)
"""MiB. With three passes, 12 is the least that OWASP's Password Storage Cheat Sheet takes for safe."""
LOG_LEVELS: Final = ("debug", "info", "warning", "error")
LOG_FORMATS: Final = ("text", "json")
DEFAULT_HISTORY_DAYS: Final = 7
MAX_HISTORY_DAYS: Final = 3650
MAX_SDKAPPID: Final = 2**32 - 1
MAX_KEY_CHARS: Final = 256


@dataclass(frozen=True, slots=True)
class BootstrapApp:
    """An app that `serve` creates when it is missing: its SDKAppID, secret key and plan (one of `PLANS`)."""

    sdkappid: int
    key: str = field(repr=False)
    plan: str = DEFAULT_PLAN


def host(text: str) -> str:
    if any(char.isspace() for char in text) or "/" in text:
        raise ValueError("expected a host name or an address")
    return text


def port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise ValueError("expected a port from 0 to 65535 (0 takes a free one)")
    return int(text)


def database_url(text: str) -> str:
    if urlsplit(text).scheme not in ("postgresql", "postgres"):
        raise ValueError("expected postgresql://...; leave it out to keep SQLite in the data directory")
    return text


def nats_url(text: str) -> str:
    for server in text.split(","):
        parts = urlsplit(server.strip())
        if parts.scheme not in ("nats", "tls") or not parts.hostname:
            raise ValueError("expected nats://host:port or tls://host:port, several separated by commas")
    return text


def secret_key(text: str) -> str:
    if len(text) < 32:
        raise ValueError("expected at least 32 characters")
    return text


def root_password(text: str) -> str:
    if len(text) < 8:
        raise ValueError("expected at least 8 characters")
    return text


def password_memory(text: str) -> int:
    low, high = PASSWORD_MEMORY
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise ValueError(f"expected {low} to {high} (MiB)")
    return int(text)


def bootstrap_app(text: str) -> BootstrapApp:
    parts = text.strip().split(":")
    if len(parts) not in (2, 3) or not parts[1]:
        raise ValueError("expected SDKAPPID:SECRETKEY or SDKAPPID:SECRETKEY:PLAN, several separated by commas")
    if not (parts[0].isascii() and parts[0].isdigit() and 0 < int(parts[0]) <= MAX_SDKAPPID):
        raise ValueError(f"expected an SDKAppID from 1 to {MAX_SDKAPPID}")
    if len(parts[1]) > MAX_KEY_CHARS or not parts[1].isascii() or not parts[1].isprintable():
        raise ValueError(f"expected a key of at most {MAX_KEY_CHARS} printable ASCII characters")
    plan = parts[2] if len(parts) == 3 else DEFAULT_PLAN
    if plan not in PLANS:
        raise ValueError(f"expected a plan that is one of {', '.join(PLANS)}")
    return BootstrapApp(int(parts[0]), parts[1], plan)


def bootstrap_apps(text: str) -> tuple[BootstrapApp, ...]:
    apps = tuple(bootstrap_app(part) for part in text.split(","))
    if len({app.sdkappid for app in apps}) != len(apps):
        raise ValueError("the same SDKAppID is given twice")
    return apps


def currency(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise ValueError("expected a currency of three capitals, such as EUR")
    return text


def prices(text: str) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for part in text.split(","):
        name, _, amount = part.strip().partition("=")
        if name not in PRICED or not (amount.isascii() and amount.isdigit() and len(amount) <= 9):
            raise ValueError(f"expected NAME=AMOUNT, several separated by commas; names: {', '.join(PRICED)}")
        found[name] = int(amount)
    return tuple(found.items())


def days(most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most):
            raise ValueError(f"expected a number of days from 1 to {most}")
        return int(text)

    return parse


def switch(text: str) -> bool:
    if text.lower() not in ("on", "off"):
        raise ValueError("expected on or off")
    return text.lower() == "on"


def networks(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(","))
    except ValueError:
        raise ValueError("expected addresses or networks such as 10.0.0.0/8, several separated by commas") from None


def number(least: int, most: int, unit: str) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 10 and least <= int(text) <= most):
            raise ValueError(f"expected {unit} from {least} to {most}")
        return int(text)

    return parse


def store_url(text: str) -> str:
    if not re.fullmatch(r"(s3|gs|az|abfss?|https?|file|memory)://\S+", text):
        raise ValueError("expected a URL such as s3://bucket/prefix or file:///srv/files")
    return text


def web_address(text: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", text):
        raise ValueError("expected an address such as https://files.example.com")
    return text.rstrip("/")


def one_of(*values: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in values:
            raise ValueError(f"expected one of {', '.join(values)}")
        return text.lower()

    return parse


def short_text(text: str) -> str:
    if not 1 <= len(text) <= 256 or not (text.isascii() and text.isprintable()):
        raise ValueError("expected 1 to 256 printable ASCII characters")
    return text


def turn_urls(text: str) -> tuple[str, ...]:
    urls = tuple(part.strip() for part in text.split(","))
    if not all(re.fullmatch(r"turns?:[^\s?/,]+(\?transport=(udp|tcp))?", url) for url in urls):
        raise ValueError("expected turn:host:port or turns:host:port, with ?transport=udp or tcp, separated by commas")
    return urls


def livekit_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("ws", "wss") or not parts.hostname:
        raise ValueError("expected wss://host or ws://host:port")
    return text.rstrip("/")
