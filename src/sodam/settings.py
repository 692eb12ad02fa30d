"""Every setting of the server: one table, from which flags, environment, TOML keys and documentation derive.

A setting is named once, in `TABLE`. Its flag is ``--name-with-dashes``, its environment variable ``SODAM_NAME``, its
key in the TOML file ``name``. Where several give a value, the flag wins over the environment, the environment over the
file.
Anything unknown is refused: a misspelt setting that is silently ignored is found in production.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

ENV_PREFIX: Final = "SODAM_"
CONFIG_ENV: Final = "SODAM_CONFIG"
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


class SettingsError(Exception):
    """A setting is unknown or has a value that cannot be used. The text is one line that says which and why."""


@dataclass(frozen=True, slots=True)
class BootstrapApp:
    """An app that `serve` creates when it is missing: its SDKAppID, secret key and plan (one of `PLANS`)."""

    sdkappid: int
    key: str = field(repr=False)
    plan: str = DEFAULT_PLAN


@dataclass(frozen=True, slots=True)
class Settings:
    """What the server was told, checked for form. Secrets do not show in ``repr``."""

    host: str = "127.0.0.1"
    port: int = 8080
    data_dir: Path = Path("sodam-data")
    database_url: str | None = field(default=None, repr=False)
    nats_url: str | None = field(default=None, repr=False)
    root_password: str | None = field(default=None, repr=False)
    password_memory: int = 64
    bootstrap_apps: tuple[BootstrapApp, ...] = ()
    currency: str = "USD"
    prices: tuple[tuple[str, int], ...] = ()
    history_days: int = DEFAULT_HISTORY_DAYS
    rate_limits: bool = False
    audit_days: int = 180
    trusted_proxies: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    log_level: str = "info"
    log_format: str = "text"


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table. `parse` turns text into the value, or raises ValueError with what was expected."""

    name: str
    field: str
    parse: Callable[[str], Any]
    default: str
    help: str
    metavar: str
    secret: bool = False

    @property
    def env(self) -> str:
        return ENV_PREFIX + self.name.upper()

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")


def _host(text: str) -> str:
    if any(char.isspace() for char in text) or "/" in text:
        raise ValueError("expected a host name or an address")
    return text


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise ValueError("expected a port from 0 to 65535 (0 takes a free one)")
    return int(text)


def _database_url(text: str) -> str:
    if urlsplit(text).scheme not in ("postgresql", "postgres"):
        raise ValueError("expected postgresql://...; leave it out to keep SQLite in the data directory")
    return text


def _nats_url(text: str) -> str:
    for server in text.split(","):
        parts = urlsplit(server.strip())
        if parts.scheme not in ("nats", "tls") or not parts.hostname:
            raise ValueError("expected nats://host:port or tls://host:port, several separated by commas")
    return text


def _root_password(text: str) -> str:
    if len(text) < 8:
        raise ValueError("expected at least 8 characters")
    return text


def _password_memory(text: str) -> int:
    low, high = PASSWORD_MEMORY
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise ValueError(f"expected {low} to {high} (MiB)")
    return int(text)


def _bootstrap_app(text: str) -> BootstrapApp:
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


def _bootstrap_apps(text: str) -> tuple[BootstrapApp, ...]:
    apps = tuple(_bootstrap_app(part) for part in text.split(","))
    if len({app.sdkappid for app in apps}) != len(apps):
        raise ValueError("the same SDKAppID is given twice")
    return apps


def _currency(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise ValueError("expected a currency of three capitals, such as EUR")
    return text


def _prices(text: str) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for part in text.split(","):
        name, _, amount = part.strip().partition("=")
        if name not in PRICED or not (amount.isascii() and amount.isdigit() and len(amount) <= 9):
            raise ValueError(f"expected NAME=AMOUNT, several separated by commas; names: {', '.join(PRICED)}")
        found[name] = int(amount)
    return tuple(found.items())


def _days(most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= most):
            raise ValueError(f"expected a number of days from 1 to {most}")
        return int(text)

    return parse


def _switch(text: str) -> bool:
    if text.lower() not in ("on", "off"):
        raise ValueError("expected on or off")
    return text.lower() == "on"


def _networks(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(","))
    except ValueError:
        raise ValueError("expected addresses or networks such as 10.0.0.0/8, several separated by commas") from None


def _one_of(*values: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text.lower() not in values:
            raise ValueError(f"expected one of {', '.join(values)}")
        return text.lower()

    return parse


TABLE: Final[tuple[Setting, ...]] = (
    Setting("host", "host", _host, "127.0.0.1", "Address to listen on.", "ADDRESS"),
    Setting("port", "port", _port, "8080", "Port for everything: REST, client connections, console.", "PORT"),
    Setting(
        "data_dir",
        "data_dir",
        Path,
        "./sodam-data",
        "Directory of the SQLite database, uploaded files and exports. Created when missing.",
        "DIR",
    ),
    Setting(
        "database_url",
        "database_url",
        _database_url,
        "SQLite in the data directory",
        "PostgreSQL to keep the state in, as `postgresql://user:password@host:port/name`.",
        "URL",
        secret=True,
    ),
    Setting(
        "nats_url",
        "nats_url",
        _nats_url,
        "none: one process alone",
        "NATS servers that carry live events between processes sharing one database.",
        "URL",
        secret=True,
    ),
    Setting(
        "root_password",
        "root_password",
        _root_password,
        "made at the first start and shown once",
        "Password of the console's `root`, at least 8 characters. Used when root does not exist yet.",
        "TEXT",
        secret=True,
    ),
    Setting(
        "password_memory",
        "password_memory",
        _password_memory,
        "64",
        "MiB of memory that hashing a console password takes (argon2id, three passes), from "
        f"{PASSWORD_MEMORY[0]} to {PASSWORD_MEMORY[1]}. Less makes sign-ins cheaper, and guessing from a stolen "
        "database too. Counts for passwords set from then on.",
        "MIB",
    ),
    Setting(
        "bootstrap_app",
        "bootstrap_apps",
        _bootstrap_apps,
        "a demo app at the first start",
        "Apps to create when missing, as `SDKAPPID:SECRETKEY` or `SDKAPPID:SECRETKEY:PLAN`, several separated by "
        f"commas. Plans: {', '.join(PLANS)}; {DEFAULT_PLAN} when left out.",
        "APP",
        secret=True,
    ),
    Setting(
        "currency",
        "currency",
        _currency,
        "USD",
        "Currency in which the console shows prices of plans.",
        "CODE",
    ),
    Setting(
        "prices",
        "prices",
        _prices,
        "everything costs nothing",
        "Prices of a month in hundredths of the currency, as `NAME=AMOUNT`, several separated by commas. They make "
        f"estimates in the console; nobody is charged. Names: {', '.join(PRICED)}.",
        "LIST",
    ),
    Setting(
        "history_days",
        "history_days",
        _days(MAX_HISTORY_DAYS),
        str(DEFAULT_HISTORY_DAYS),
        "Days for which messages are kept: what new apps begin with, and the most that every plan allows. Apps that "
        "exist keep their own number, which the console changes.",
        "DAYS",
    ),
    Setting(
        "rate_limits",
        "rate_limits",
        _switch,
        "off",
        "`on` applies the request rates that the original service publishes, for each app and command.",
        "on|off",
    ),
    Setting(
        "audit_days",
        "audit_days",
        _days(36_500),
        "180",
        "Days for which the audit log keeps an event, from 1 to 36500. Older ones are erased, for good.",
        "DAYS",
    ),
    Setting(
        "trusted_proxies",
        "trusted_proxies",
        _networks,
        "none",
        "Addresses or networks of the reverse proxies in front, several separated by commas. From them alone the "
        "server believes `X-Forwarded-For` and `X-Forwarded-Proto`.",
        "LIST",
    ),
    Setting(
        "log_level", "log_level", _one_of(*LOG_LEVELS), "info", "Least level that is logged.", "|".join(LOG_LEVELS)
    ),
    Setting(
        "log_format",
        "log_format",
        _one_of(*LOG_FORMATS),
        "text",
        "`text` for people, `json` for one object a line.",
        "|".join(LOG_FORMATS),
    ),
)

_BY_NAME: Final = {setting.name: setting for setting in TABLE}


def load(argv_overrides: Mapping[str, str], env: Mapping[str, str], toml_path: str | Path | None = None) -> Settings:
    """The settings that flags, environment and TOML file give together, in that order of precedence.

    `argv_overrides` maps names of `TABLE` to text. An empty environment variable counts as not set, as container tools
    pass it so. `toml_path` (the ``--config`` flag) wins over ``SODAM_CONFIG``. Raises `SettingsError` for anything
    unknown or unusable, also when a value of higher precedence would hide it.
    """
    path = toml_path or env.get(CONFIG_ENV)
    values: dict[str, Any] = {}
    for name, text in _from_toml(Path(path)).items() if path else ():
        _put(values, name, text, f"{name} in {path}")
    for variable, text in env.items():
        if variable.startswith(ENV_PREFIX) and variable != CONFIG_ENV and text:
            name = variable.removeprefix(ENV_PREFIX).lower()
            known = _BY_NAME.get(name)
            if known is None or known.env != variable:
                raise SettingsError(f"unknown setting {variable} in the environment; `sodam settings` lists all")
            _put(values, name, text, variable)
    for name, text in argv_overrides.items():
        if name not in _BY_NAME:
            raise SettingsError(f"unknown setting {name}; `sodam settings` lists all")
        _put(values, name, text, _BY_NAME[name].flag)
    return Settings(**values)


def _put(values: dict[str, Any], name: str, text: str, source: str) -> None:
    setting = _BY_NAME[name]
    try:
        values[setting.field] = setting.parse(text)
    except ValueError as error:
        shown = "" if setting.secret else f" {text!r}"
        raise SettingsError(f"{source}: cannot use the value{shown}: {error}") from None


def _from_toml(path: Path) -> dict[str, str]:
    """The file's keys as text. TOML's own booleans, numbers and arrays of text are taken for what they mean."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"cannot read the settings file {path}: {error.strerror}") from None
    except ValueError as error:  # also what is not UTF-8
        raise SettingsError(f"{path} is not a TOML file: {' '.join(str(error).split())}") from None
    texts: dict[str, str] = {}
    for name, value in document.items():
        if name not in _BY_NAME:
            raise SettingsError(f"unknown setting {name} in {path}; `sodam settings` lists all")
        match value:
            case bool():
                texts[name] = "on" if value else "off"
            case str() | int():
                texts[name] = str(value)
            case list() if value and all(isinstance(item, str) for item in value):
                texts[name] = ",".join(value)
            case _:
                raise SettingsError(f"{name} in {path}: expected text, a number, true, false or a list of text")
    return texts


def reference() -> str:
    """The settings page of the documentation (`docs/settings.md`), as Markdown."""
    lines = [
        "# Settings",
        "",
        "A flag wins over the environment, the environment over the TOML file given by `--config` or `SODAM_CONFIG`.",
        "An unknown name or a value that cannot be used ends `sodam` with one line and exit code 2. An empty",
        "environment variable counts as not set. This page is printed by `sodam settings`.",
        "",
        "| flag of `sodam serve` | environment | TOML key | default | meaning |",
        "|---|---|---|---|---|",
    ]
    for row in TABLE:
        metavar = row.metavar.replace("|", "\\|")
        lines.append(f"| `{row.flag} {metavar}` | `{row.env}` | `{row.name}` | {row.default} | {row.help} |")
    lines += [
        "",
        "An example of the file:",
        "",
        "```toml",
        'host = "0.0.0.0"',
        'data_dir = "/var/lib/sodam"',
        'database_url = "postgresql://sodam:password@db.internal/sodam"',
        "rate_limits = true",
        'log_format = "json"',
        "```",
        "",
    ]
    return "\n".join(lines)
