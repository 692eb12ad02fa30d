"""Every setting of the server: one table, from which flags, environment, TOML keys and documentation derive.

A setting is named once, in `TABLE` (setting_table.py). Its flag is ``--name-with-dashes``, its environment variable
``SODAM_NAME``, its key in the TOML file ``name``. Where several give a value, the flag wins over the environment, the
environment over the file.
Anything unknown is refused: a misspelt setting that is silently ignored is found in production.
"""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from sodam.setting_table import ENV_PREFIX, TABLE, Setting
from sodam.setting_values import (
    DEFAULT_HISTORY_DAYS,
    DEFAULT_PLAN,
    MAX_HISTORY_DAYS,
    MAX_KEY_CHARS,
    MAX_SDKAPPID,
    PASSWORD_MEMORY,
    PLANS,
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
    require_data: bool = False
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
    statistics: bool = True
    troubleshooting: bool = True
    audit_days: int = 180
    background_work: bool = True
    session_check_seconds: int = 30
    outbound_private: str = "allow"
    trusted_proxies: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    public_addresses: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    egress_addresses: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    request_timeout: float = 20.0
    login_timeout: float = 300.0
    connections_per_address: int = 0
    client_rate: int = 1000
    sqlite_cache: int = 64
    media_url: str | None = field(default=None, repr=False)
    media_address: str = ""
    media_gigabytes: int = 0
    media_link_days: int = 0
    turn_urls: tuple[str, ...] = ()
    turn_secret: str = field(default="", repr=False)
    livekit_url: str = ""
    livekit_key: str = ""
    livekit_secret: str = field(default="", repr=False)
    demo_page: str = ""
    log_level: str = "info"
    log_format: str = "text"
    traces_url: str = ""


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
    settings = Settings(**values)
    if not settings.background_work and settings.database_url is None:
        raise SettingsError("background_work is off, and with SQLite there is no other process to do it")
    return settings


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
