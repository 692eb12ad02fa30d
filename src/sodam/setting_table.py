"""Every setting of the server, declared: its name, form, default and documentation (settings.py reads them)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sodam import setting_values as forms
from sodam.setting_values import (
    DEFAULT_HISTORY_DAYS,
    DEFAULT_PLAN,
    LOG_FORMATS,
    LOG_LEVELS,
    MAX_HISTORY_DAYS,
    PASSWORD_MEMORY,
    PLANS,
    PRICED,
)

ENV_PREFIX: Final = "SODAM_"


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
        "require_data",
        "require_data",
        forms.switch,
        "off",
        "`on`: a start that finds no data is refused, and makes none. For after the first start, so that a volume that "
        "was not mounted, or another's address, is noticed before users meet an empty server.",
        "on|off",
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
        "currency", "currency", forms.currency, "USD", "Currency in which the console shows prices of plans.", "CODE"
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
        "background_work",
        "background_work",
        forms.switch,
        "on",
        "`off`: this process serves clients and REST and leaves callbacks, pushes, jobs and periodic work to other "
        "processes on the same PostgreSQL, of which one at least must have it on.",
        "on|off",
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
        "statistics",
        "statistics",
        forms.switch,
        "on",
        "`off` counts nothing: pages and getappinfo show what was counted before.",
        "on|off",
    ),
    Setting(
        "troubleshooting",
        "troubleshooting",
        forms.switch,
        "on",
        "`off` adds nothing to the troubleshooting log: what went wrong is then found in the app's own logs alone.",
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
        "public_addresses",
        "public_addresses",
        forms.networks,
        "none",
        "Addresses or networks at which clients reach this server, separated by commas: what `GetIPList` answers.",
        "LIST",
    ),
    Setting(
        "egress_addresses",
        "egress_addresses",
        forms.networks,
        "none",
        "Addresses or networks from which its webhooks come, separated by commas, for `GetIPList`.",
        "LIST",
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
        "media_url",
        "media_url",
        forms.store_url,
        "`media` in the data directory",
        "Where uploaded files are kept, such as `s3://bucket/prefix`, `gs://...`, `az://...` or `file:///...`; "
        "credentials come from the environment (`AWS_ACCESS_KEY_ID`, `AWS_ENDPOINT` and so on). Processes that share a "
        "database need a store that they share.",
        "URL",
        secret=True,
    ),
    Setting(
        "media_address",
        "media_address",
        forms.web_address,
        "the address that a client came to",
        "Address under which clients upload and download, as `https://files.example.com`. It must be "
        "set behind a proxy that adds a path, or TLS without `X-Forwarded-Proto`; with a name of its own, files are "
        "apart from the console.",
        "URL",
    ),
    Setting(
        "media_gigabytes",
        "media_gigabytes",
        forms.number(0, 1_000_000, "GiB"),
        "no limit",
        "GiB of uploaded files that an app may keep. `0`: no limit.",
        "GIB",
    ),
    Setting(
        "media_link_days",
        "media_link_days",
        forms.number(0, 3650, "days"),
        "as long as the file is kept",
        "Days after which the address of an uploaded file in a message ends. `0`: it is good as long as the file is "
        "kept.",
        "DAYS",
    ),
    Setting(
        "turn_urls",
        "turn_urls",
        forms.turn_urls,
        "none: calls get no relay",
        "TURN servers for calls, as `turn:turn.example.com:3478?transport=udp`, several separated by commas. Apps "
        "whose switch for calls is on hand out credentials for them that end by themselves.",
        "LIST",
    ),
    Setting(
        "turn_secret",
        "turn_secret",
        forms.short_text,
        "none",
        "The secret that the TURN servers share with this server: `static-auth-secret` of coturn.",
        "TEXT",
        secret=True,
    ),
    Setting(
        "livekit_url",
        "livekit_url",
        forms.livekit_url,
        "none: no rooms",
        "A LiveKit server for calls of several, as `wss://live.example.com`; with `livekit_key` and `livekit_secret`.",
        "URL",
    ),
    Setting("livekit_key", "livekit_key", forms.short_text, "none", "The API key of the LiveKit server.", "TEXT"),
    Setting(
        "livekit_secret", "livekit_secret", forms.short_text, "none", "The secret of that key.", "TEXT", secret=True
    ),
    Setting(
        "demo_page",
        "demo_page",
        forms.web_address,
        "none",
        "Address of a page that shows this server at work; the console's overview links to it. `make demo` sets it.",
        "URL",
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
    Setting(
        "traces_url",
        "traces_url",
        forms.web_address,
        "none",
        "Address of an OpenTelemetry collector that takes OTLP over HTTP, such as `http://127.0.0.1:4318`, for traces "
        "of calls. Needs `pip install 'sodam[otel]'`.",
        "URL",
    ),
)
