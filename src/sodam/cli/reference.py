"""``sodam reference``: print a reference page that is generated from the code."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from sodam.cli.common import CliError


def _rest() -> str:
    from sodam.rest import reference, table

    return reference.page(
        table.commands(),
        "REST API v4",
        "Every command is `POST /v4/<service>/<command>?sdkappid=&identifier=&usersig=&random=&contenttype=json` with "
        "a JSON body. A field that is null is one that is left out, a whole number may be written as a text, and "
        "fields that a command does not know are ignored. Generated from the code: `make docs`.",
    )


def _client() -> str:
    from sodam.gateway import table
    from sodam.rest import reference
    from sodam.wire import close_codes

    commands = sorted(table.commands().values(), key=lambda command: command.path)
    page = reference.page(
        commands,
        "Client commands",
        "What a client may ask over its WebSocket, as `servcmd` with a dot for the slash; frames are described in "
        "[protocol.md](../protocol.md). Generated from the code: `make docs`.",
        rates=False,
    )
    return page.rstrip("\n") + "\n\n" + close_codes.table()


def _errors() -> str:
    from sodam.rest import reference

    return reference.errors()


def _settings() -> str:
    from sodam.apps.declared import page
    from sodam.apps.model import AppSettings

    return page(AppSettings)


def _openapi() -> str:
    from sodam.rest import openapi, table

    return json.dumps(openapi.document(table.commands()), indent=2) + "\n"


PAGES: Final[dict[str, Callable[[], str]]] = {
    "rest": _rest,
    "client": _client,
    "errors": _errors,
    "settings": _settings,
    "openapi": _openapi,
}


def reference(page: str) -> int:
    """Print a reference page: rest, client, errors, settings or openapi."""
    if page not in PAGES:
        raise CliError(f"no page {page!r}; there are {', '.join(PAGES)}")
    print(PAGES[page](), end="")
    return 0
