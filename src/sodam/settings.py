"""Every setting of the server: one table, from which flags, environment, TOML keys and documentation derive.

A setting is named once, in `TABLE`. Its flag is ``--name-with-dashes``, its environment variable ``SODAM_NAME``, its
key in the TOML file ``name``. Where several give a value, the flag wins over the environment, the environment over the
file.
Anything unknown is refused: a misspelt setting that is silently ignored is found in production.
"""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sodam import setting_values as forms
from sodam.setting_values import (
    DEFAULT_HISTORY_DAYS,
    DEFAULT_PLAN,
    LOG_FORMATS,
    LOG_LEVELS,
    MAX_HISTORY_DAYS,
    MAX_KEY_CHARS,
    MAX_SDKAPPID,
    PASSWORD_MEMORY,
    PLANS,
    PRICED,
    BootstrapApp,
)

__all__ = [
    "DEFAULT_HISTORY_DAYS",
    "DEFAULT_PLAN",
    "MAX_HISTORY_DAYS",
    "MAX_KEY_CHARS",
    "MAX_SDKAPPID",
    "PASSWORD_MEMORY",
    "PLANS",
    "TABLE",
    "BootstrapApp",
    "Setting",
    "Settings",
    "SettingsError",
    "load",
]
ENV_PREFIX: Final = "SODAM_"
CONFIG_ENV: Final = "SODAM_CONFIG"


class SettingsError(Exception):
    """A setting is unknown or has a value that cannot be used. The text is one line that says which and why."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the server was told, checked for form. Secrets do not show in ``repr``."""

    host: str = "127.0.0.1"
    port: int = 8080
    data_dir: Path = Path("sodam-data")
    database_url: str | None = field(default=None, repr=False)
    database_connections: int = 10
    database_log_connections: int = 2
    database_scan_connections: int = 4
    nats_url: str | None = field(default=None, repr=False)
    root_password: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)
    password_memory: int = 64
    bootstrap_apps: tuple[BootstrapApp, ...] = ()
    apply: Path | None = None
    currency: str = "USD"
    prices: tuple[tuple[str, int], ...] = ()
    history_days: int = DEFAULT_HISTORY_DAYS
    rate_limits: bool = False
    audit_days: int = 180
    session_check_seconds: int = 30
    outbound_private: str = "allow"
    trusted_proxies: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    request_timeout: float = 20.0
    login_timeout: float = 300.0
    connections_per_address: int = 0
    client_rate: int = 1000
    sqlite_cache: int = 64
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


TABLE: Final[tuple[Setting, ...]] = (
    Setting("host", "host", forms.host, "127.0.0.1", "Address to listen on.", "ADDRESS"),
    Setting("port", "port", forms.port, "8080", "Port for everything: REST, client connections, console.", "PORT"),
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
        forms.database_url,
        "SQLite in the data directory",
        "PostgreSQL to keep the state in, as `postgresql://user:password@host:port/name`.",
        "URL",
        secret=True,
    ),
    Setting(
        "database_connections",
        "database_connections",
        forms.number(2, 1000, "connections"),
        "10",
        "The most connections of a process to PostgreSQL for short reads and writes.",
        "NUMBER",
    ),
    Setting(
        "database_log_connections",
        "database_log_connections",
        forms.number(1, 100, "connections"),
        "2",
        "The most connections of a process to PostgreSQL for storing messages; nothing else uses them.",
        "NUMBER",
    ),
    Setting(
        "database_scan_connections",
        "database_scan_connections",
        forms.number(1, 1000, "connections"),
        "4",
        "The most connections of a process to PostgreSQL for long reads: exports, searches, counts.",
        "NUMBER",
    ),
    Setting(
        "nats_url",
        "nats_url",
        forms.nats_url,
        "none: PostgreSQL carries them",
        "NATS servers that carry live events between processes sharing one PostgreSQL, for clusters with much traffic.",
        "URL",
        secret=True,
    ),
    Setting(
        "root_password",
        "root_password",
        forms.root_password,
        "made at the first start and shown once",
        "Password of the console's `root`, at least 8 characters. Used when root does not exist yet.",
        "TEXT",
        secret=True,
    ),
    Setting(
        "secret_key",
        "secret_key",
        forms.secret_key,
        "a file in the data directory; with PostgreSQL, in the database",
        "Key, at least 32 characters, under which credentials of push services are kept. The same on every node.",
        "TEXT",
        secret=True,
    ),
    Setting(
        "password_memory",
        "password_memory",
        forms.password_memory,
        "64",
        "MiB of memory that hashing a console password takes (argon2id, three passes), from "
        f"{PASSWORD_MEMORY[0]} to {PASSWORD_MEMORY[1]}. Less makes sign-ins cheaper, and guessing from a stolen "
        "database too. Counts for passwords set from then on.",
        "MIB",
    ),
    Setting(
        "bootstrap_app",
        "bootstrap_apps",
        forms.bootstrap_apps,
        "a demo app at the first start",
        "Apps to create when missing, as `SDKAPPID:SECRETKEY` or `SDKAPPID:SECRETKEY:PLAN`, several separated by "
        f"commas. Plans: {', '.join(PLANS)}; {DEFAULT_PLAN} when left out.",
        "APP",
        secret=True,
    ),
    Setting(
        "apply",
        "apply",
        Path,
        "none",
        "TOML file with apps, their settings, policies and sub-users, applied at every start before the port answers. "
        "What it does not name is left alone. See [the guide](guide.md#an-app-without-a-click).",
        "FILE",
    ),
    Setting(
        "currency",
        "currency",
        forms.currency,
        "USD",
        "Currency in which the console shows prices of plans.",
        "CODE",
    ),
    Setting(
        "prices",
        "prices",
        forms.prices,
        "everything costs nothing",
        "Prices of a month in hundredths of the currency, as `NAME=AMOUNT`, several separated by commas. They make "
        f"estimates in the console; nobody is charged. Names: {', '.join(PRICED)}.",
        "LIST",
    ),
    Setting(
        "history_days",
        "history_days",
        forms.days(MAX_HISTORY_DAYS),
        str(DEFAULT_HISTORY_DAYS),
        "Days for which messages are kept: what new apps begin with, and the most that every plan allows. Apps that "
        "exist keep their own number, which the console changes.",
        "DAYS",
    ),
    Setting(
        "session_check_seconds",
        "session_check_seconds",
        forms.number(1, 3600, "seconds"),
        "30",
        "How often a process that shares its database compares open sessions with it: a kick whose event was lost "
        "takes effect after so many seconds at the latest.",
        "SECONDS",
    ),
    Setting(
        "rate_limits",
        "rate_limits",
        forms.switch,
        "off",
        "`on` applies the request rates that the original service publishes, for each app and command.",
        "on|off",
    ),
    Setting(
        "audit_days",
        "audit_days",
        forms.days(36_500),
        "180",
        "Days for which the audit log keeps an event, from 1 to 36500. Older ones are erased, for good.",
        "DAYS",
    ),
    Setting(
        "outbound_private",
        "outbound_private",
        forms.one_of("allow", "deny"),
        "allow",
        "Whether requests that the server makes on an app's word (webhooks) may go to private and loopback addresses. "
        "`deny` on a server whose apps belong to strangers. Link-local and metadata addresses are always refused.",
        "allow|deny",
    ),
    Setting(
        "trusted_proxies",
        "trusted_proxies",
        forms.networks,
        "none",
        "Addresses or networks of the reverse proxies in front, several separated by commas. From them alone the "
        "server believes `X-Forwarded-For` and `X-Forwarded-Proto`.",
        "LIST",
    ),
    Setting(
        "request_timeout",
        "request_timeout",
        forms.number(1, 3600, "seconds"),
        "20",
        "Seconds that a client may take for the head of a request, and for every 16 KiB of its body or of an answer "
        "that it does not read.",
        "SECONDS",
    ),
    Setting(
        "login_timeout",
        "login_timeout",
        forms.number(1, 86_400, "seconds"),
        "300",
        "Seconds that a client connection may stay open without anybody signed in.",
        "SECONDS",
    ),
    Setting(
        "connections_per_address",
        "connections_per_address",
        forms.number(0, 10_000_000, "connections"),
        "half of what the limit of open files allows",
        "Connections that one address (of IPv6: one /64 network) may have. Of trusted proxies only the client "
        "connections count, for the address behind them. `0` is the default.",
        "NUMBER",
    ),
    Setting(
        "client_rate",
        "client_rate",
        forms.number(0, 1_000_000, "requests a second"),
        "1000",
        "Requests a second that one signed-in client connection may make, of all commands together; more are answered "
        "with 60018. `0`: as many as it likes.",
        "NUMBER",
    ),
    Setting(
        "sqlite_cache",
        "sqlite_cache",
        forms.number(1, 65_536, "MiB"),
        "64",
        "MiB of memory that SQLite's writer and reader may each use for pages of the database; long reads: 8 at most.",
        "MIB",
    ),
    Setting(
        "log_level", "log_level", forms.one_of(*LOG_LEVELS), "info", "Least level that is logged.", "|".join(LOG_LEVELS)
    ),
    Setting(
        "log_format",
        "log_format",
        forms.one_of(*LOG_FORMATS),
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
    except RecursionError:
        raise SettingsError(f"{path} is not a file of settings: a value is nested too deeply") from None
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
