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

T = TypeVar("T")


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Server]:
    # A command must not make apps that only `serve` was told to make.
    server = await build(replace(settings, bootstrap_apps=()))
    try:
        yield server
    finally:
        await server.close()


def with_server(settings: Settings, work: Callable[[Server], Awaitable[T]]) -> T:
    """Run `work` on the services. Raises StorageError or CliError when the state cannot be opened.

    SQLite belongs to one process: while `serve` runs on it, this is refused. With PostgreSQL both may work.
    """
    logs.configure("warning", settings.log_format)

    async def run() -> T:
        async with _opened(settings) as server:
            return await work(server)

    try:
        return uvloop.run(run())
    except BusError as error:
        raise CliError(str(error)) from None


def app_of(server: Server, sdkappid: int) -> App:
    """The app. Raises CliError when there is none."""
    app = server.apps.get(sdkappid)
    if app is None:
        raise CliError(f"there is no app {sdkappid}; `sodam app list` shows all")
    return app
