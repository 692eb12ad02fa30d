"""``sodam search``: the index by which messages, accounts and groups are found."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from sodam.cli.common import EXIT_OK, STORE_FLAGS, settings_flags, settings_from
from sodam.cli.offline import app_of, with_server
from sodam.server import Server

if TYPE_CHECKING:
    StoreFlags = Any
else:
    StoreFlags = settings_flags(*STORE_FLAGS, "nats_url")


def rebuild(
    *,
    sdkappid: int | None = None,
    flags: Annotated[StoreFlags, Parameter(name="*")] = None,
) -> int:
    """Empty the search index and make it anew from the messages, accounts and groups.

    Meanwhile the search finds a part only. SQLite belongs to one process: stop the server first. With PostgreSQL the
    servers go on.

    Parameters
    ----------
    sdkappid
        The app; without it, every app.
    """

    async def work(server: Server) -> None:
        apps = [app_of(server, sdkappid)] if sdkappid is not None else server.apps.all()
        for app in apps:
            counted = await server.services.search.building.again(app)
            print(f"{app.sdkappid}: {counted.names} accounts and groups, {counted.messages} messages", flush=True)

    with_server(settings_from(flags, dict(os.environ)), work)
    return EXIT_OK
