"""The services of a server without its port, for commands that work on the state."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TypeVar

import uvloop

from sodam.apps.model import App
from sodam.bus import BusError
from sodam.cli.common import CliError, place_of
from sodam.observability import logs
from sodam.server import Server, build
from sodam.settings import Settings
from sodam.storage import holds_data

T = TypeVar("T")


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Server]:
    # A command must not make apps that only `serve` was told to make.
    server = await build(replace(settings, bootstrap_apps=()))
    try:
        yield server
    finally:
        await server.close()


class NoData(CliError):
    """No server has kept its state where the settings say."""


def with_server(settings: Settings, work: Callable[[Server], Awaitable[T]], *, create: bool = False) -> T:
    """Run `work` on the services. Raises StorageError or CliError when the state cannot be opened.

    Raises NoData, and makes nothing, where there is no state yet, unless ``create`` (and the settings want no data).

    SQLite belongs to one process: while `serve` runs on it, this is refused. With PostgreSQL both may work.
    """
    logs.configure("warning", settings.log_format)

    async def run() -> T:
        made_here = create and not settings.require_data
        if not made_here and not await holds_data(settings.database_url, settings.data_dir):
            raise NoData(_no_data(settings))
        async with _opened(settings) as server:
            return await work(server)

    try:
        return uvloop.run(run())
    except BusError as error:
        raise CliError(str(error)) from None


def _no_data(settings: Settings) -> str:
    made = "`sodam serve` and `sodam app create` make it"
    if settings.require_data:
        made += " where SODAM_REQUIRE_DATA is off"
    if settings.database_url is not None:
        return f"there is no data in {place_of(settings)}; {made}"
    return (
        f"there is no data here: {place_of(settings)} does not exist; "
        f"--data-dir or SODAM_DATA_DIR name another place, {made}"
    )


def app_of(server: Server, sdkappid: int) -> App:
    """The app. Raises CliError when there is none."""
    app = server.apps.get(sdkappid)
    if app is None:
        raise CliError(f"there is no app {sdkappid}; `sodam app list` shows all")
    return app
