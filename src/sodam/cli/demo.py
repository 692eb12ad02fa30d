"""The app that a first start makes, so that whoever tries the server has something to sign in to."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from sodam import usersig
from sodam.apps.model import App
from sodam.apps.service import AppExists
from sodam.server import Server
from sodam.settings import BootstrapApp
from sodam.welcome import DemoApp

DEMO_SDKAPPID: Final = 1400000001
DEMO_NAME: Final = "Demo"
DEMO_USERS: Final = ("alice", "bob")


async def ensure_demo(server: Server) -> bool:
    """Make the demo app with two users when the server holds no app at all; whether it was made."""
    if server.apps.all():
        return False
    try:
        await server.apps.create(DEMO_NAME, sdkappid=DEMO_SDKAPPID, plan="Flagship")
    except AppExists:  # another node was faster
        return False
    await server.accounts.ensure(DEMO_SDKAPPID, DEMO_USERS)
    return True


def show_demo(server: Server) -> DemoApp | None:
    """The demo app with fresh signatures for its administrator and users; None when it is gone or was renamed."""
    app = server.apps.get(DEMO_SDKAPPID)
    return None if app is None or app.name != DEMO_NAME else _shown(app, DEMO_USERS)


def show_bootstrapped(server: Server, wanted: Sequence[BootstrapApp]) -> DemoApp | None:
    """The first app that the settings ask for, with a fresh signature for its administrator.

    Whoever wrote the settings has the key: it is not repeated in a place where output may be kept.
    """
    app = server.apps.get(wanted[0].sdkappid) if wanted else None
    shown = None if app is None else _shown(app, ())
    return None if shown is None else replace(shown, key="")


def _shown(app: App, users: Iterable[str]) -> DemoApp | None:
    if not app.keys.secrets:
        return None
    key, now = app.keys.secrets[0], int(time.time())
    signed = {user: usersig.generate(app.sdkappid, key, user, now=now) for user in ("administrator", *users)}
    return DemoApp(app.sdkappid, key, signed, name=app.name)
