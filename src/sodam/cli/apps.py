"""``sodam app create|list|show|apply|dump``: apps, each a world of its own with its accounts, groups and keys."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

from cyclopts import Parameter

from sodam.apps.apply import load
from sodam.apps.dump import dump as as_file
from sodam.apps.dump import dump_access
from sodam.apps.model import App, AppKey, Plan
from sodam.apps.service import AppExists
from sodam.cli.common import STORE_FLAGS, CliError, settings_flags, settings_from, table
from sodam.cli.offline import app_of, with_server
from sodam.cloudapi import apply as applying
from sodam.cloudapi.build import app_made
from sodam.cloudapi.dump import access
from sodam.server import Server
from sodam.settings import DEFAULT_PLAN, MAX_KEY_CHARS, MAX_SDKAPPID, PLANS

if TYPE_CHECKING:
    StoreFlags = Any
else:
    StoreFlags = settings_flags(*STORE_FLAGS, "nats_url")


def create(
    name: str,
    /,
    *,
    sdkappid: int | None = None,
    key: str | None = None,
    plan: str = DEFAULT_PLAN,
    flags: Annotated[StoreFlags, Parameter(name="*")] = None,
) -> int:
    """Create an app and print its SDKAppID and key.

    Parameters
    ----------
    name
        What people call it.
    sdkappid
        Its number; a free one is drawn when left out.
    key
        Its secret key; 64 random hexadecimal characters when left out.
    plan
        Trial, Pro or Flagship.
    """
    if plan not in PLANS:
        raise CliError(f"unknown plan {plan!r}; choose one of {', '.join(PLANS)}")
    if sdkappid is not None and not 0 < sdkappid <= MAX_SDKAPPID:
        raise CliError(f"the SDKAppID must be from 1 to {MAX_SDKAPPID}")
    if key is not None and not (0 < len(key) <= MAX_KEY_CHARS and key.isascii() and key.isprintable()):
        raise CliError(f"the key must be 1 to {MAX_KEY_CHARS} printable ASCII characters")

    async def work(server: Server) -> tuple[App, AppKey]:
        try:
            with server.plane.audit.recording(lambda app: app_made(server.plane, app)):
                return await server.apps.create(name, sdkappid=sdkappid, secret=key, plan=cast(Plan, plan))
        except AppExists:
            raise CliError(f"there is an app {sdkappid} already") from None

    app, made = with_server(settings_from(flags, dict(os.environ)), work, create=True)
    print(f"SDKAppID  {app.sdkappid}\nkey       {made.secret}")
    return 0


def list_(*, flags: Annotated[StoreFlags, Parameter(name="*")] = None) -> int:
    """List all apps."""

    async def work(server: Server) -> list[App]:
        return server.apps.all()

    apps = with_server(settings_from(flags, dict(os.environ)), work)
    rows = [(app.sdkappid, app.name, app.plan, app.status, _day(app.created_at)) for app in apps]
    print(table(("SDKAppID", "name", "plan", "status", "created"), rows))
    return 0


def show(sdkappid: int, /, *, flags: Annotated[StoreFlags, Parameter(name="*")] = None) -> int:
    """Show an app with its keys and administrators.

    Parameters
    ----------
    sdkappid
        Its number.
    """

    async def work(server: Server) -> tuple[App, list[AppKey]]:
        return app_of(server, sdkappid), await server.apps.keys(sdkappid)

    app, keys = with_server(settings_from(flags, dict(os.environ)), work)
    rows: list[tuple[str, str]] = [
        ("SDKAppID", str(app.sdkappid)),
        ("name", app.name),
        ("plan", app.plan),
        ("status", app.status),
        ("created", _day(app.created_at)),
        ("admins", ", ".join(sorted(app.admins))),
    ]
    for key in keys:
        text = key.secret if key.algorithm == "HMAC-SHA256" else "public key\n" + key.public_pem
        rows.append((f"key {key.key_id}", f"{text} ({key.algorithm}, {_day(key.created_at)})"))
    print("\n".join(f"{label:<9} {value}" for label, value in rows))
    return 0


def apply(file: Path, /, *, flags: Annotated[StoreFlags, Parameter(name="*")] = None) -> int:
    """Apply a file of apps, policies and sub-users, as `sodam serve` does with SODAM_APPLY.

    Parameters
    ----------
    file
        TOML; see "An app without a click" in the guide.
    """
    env = dict(os.environ)
    wanted = load(file, env)
    changes = with_server(settings_from(flags, env), lambda server: applying.apply(server.plane, wanted), create=True)
    print(f"{changes} changes" if changes else "nothing to change")
    return 0


def dump(
    sdkappid: int,
    /,
    *,
    secrets: bool = False,
    users: bool = True,
    flags: Annotated[StoreFlags, Parameter(name="*")] = None,
) -> int:
    """Print an app, with the server's policies and sub-users, as a file that `sodam app apply` and SODAM_APPLY take.

    Parameters
    ----------
    sdkappid
        Its number.
    secrets
        With its keys in clear; without it they are names of environment variables. Passwords always are.
    users
        With the custom policies and the sub-users, which belong to the server and not to one app.
    """

    async def work(server: Server) -> str:
        text = as_file(app_of(server, sdkappid), await server.apps.keys(sdkappid), secrets=secrets)
        return text + (dump_access(*await access(server.plane)) if users else "")

    print(with_server(settings_from(flags, dict(os.environ)), work), end="")
    return 0


def _day(seconds: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))
