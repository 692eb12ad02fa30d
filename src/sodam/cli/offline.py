"""The services of a server without its port, for commands that work on the state."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TypeVar

import uvloop

from sodam.apps.model import App
from sodam.bus import BusError
from sodam.cli.common import CliError
from sodam.observability import logs
from sodam.server import Server, build
from sodam.settings import Settings
from sodam.storage import holds_data
from sodam.storage.address import hosts
from sodam.storage.open import DATABASE_FILE

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

    Raises NoData, and makes nothing, where there is no state yet, unless ``create``.

    SQLite belongs to one process: while `serve` runs on it, this is refused. With PostgreSQL both may work.
    """
    logs.configure("warning", settings.log_format)

    async def run() -> T:
        if not create and not await holds_data(settings.database_url, settings.data_dir):
            raise NoData(_no_data(settings))
        async with _opened(settings) as server:
            return await work(server)

    try:
        return uvloop.run(run())
    except BusError as error:
        raise CliError(str(error)) from None


def _no_data(settings: Settings) -> str:
    made = "`sodam serve` and `sodam app create` make it"
    if settings.database_url is not None:
        return f"there is no data in the PostgreSQL database at {hosts(settings.database_url)}; {made}"
    looked = settings.data_dir.absolute() / DATABASE_FILE
    return f"there is no data here: {looked} does not exist; --data-dir or SODAM_DATA_DIR name another place, {made}"


def app_of(server: Server, sdkappid: int) -> App:
    """The app. Raises CliError when there is none."""
    app = server.apps.get(sdkappid)
    if app is None:
        raise CliError(f"there is no app {sdkappid}; `sodam app list` shows all")
    return app
