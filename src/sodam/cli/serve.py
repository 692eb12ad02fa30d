"""``sodam serve``: run the server until SIGTERM or Ctrl-C."""

from __future__ import annotations

import ipaddress
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import structlog
import uvloop
from cyclopts import Parameter

from sodam import welcome
from sodam.bus import BusError
from sodam.cli.common import CliError, place_of, settings_flags, settings_from
from sodam.cli.demo import DEMO_SDKAPPID, ensure_demo, show_bootstrapped, show_demo
from sodam.cli.preflight import address_problem, finds_data, listen_problem, prepare_data_dir, raise_file_limit
from sodam.console import static
from sodam.development import NotForDevelopment, seed
from sodam.observability import logs
from sodam.server import Server
from sodam.serving import bind, run
from sodam.settings import TABLE, Settings

if TYPE_CHECKING:
    ServeFlags = Any
else:
    ServeFlags = settings_flags(*(row.name for row in TABLE))

log = structlog.get_logger(__name__)
_NOT_EXPECTED = (
    "nothing, at a first start; else stop, mount the volume or mend the address, and set SODAM_REQUIRE_DATA=on"
)


def serve(*, dev: bool = False, flags: Annotated[ServeFlags, Parameter(name="*")] = None) -> int:
    """Run the server. Ends with 0 on SIGTERM or SIGINT, after open requests were answered.

    Parameters
    ----------
    dev
        Development mode, in an empty data directory: users, friends, groups and messages to begin with, and a clock
        that `sodam dev clock` moves forward. Never for real data.
    """
    settings = settings_from(flags, dict(os.environ))
    logs.configure(settings.log_level, settings.log_format)
    new = not uvloop.run(finds_data(settings))
    prepare_data_dir(settings.data_dir)
    raise_file_limit()
    if problem := address_problem(settings.media_address):
        log.warning("clients may not reach uploaded files", setting="SODAM_MEDIA_ADDRESS", problem=problem)
    try:
        sock = bind(settings)
    except OSError as error:
        raise CliError(listen_problem(settings.host, settings.port, error)) from None
    port: int = sock.getsockname()[1]

    async def announce(server: Server) -> None:
        made = await ensure_demo(server)
        if dev and (app := server.apps.get(DEMO_SDKAPPID)) is not None:
            await seed(server, app)
        facts = welcome.Welcome(
            url=f"http://{_reachable(settings.host)}:{port}",
            state=await server.db.version(),
            place=place_of(settings),
            new=new,
            console=static.built(),
            root_password=server.plane.made_root_password,
            history_days=settings.history_days,
            demo=_shown(server, settings) if made or _private(settings) else None,
        )
        sys.stdout.write(welcome.text(facts))
        sys.stdout.flush()
        if new:
            log.warning("new data: there was none before this start", place=place_of(settings), cure=_NOT_EXPECTED)
        log.info("serving", host=settings.host, port=port, database=server.db.engine, apps=len(server.apps.all()))

    try:
        return uvloop.run(run(settings, sock, announce, dev=dev))
    except NotForDevelopment as error:
        raise CliError(str(error)) from None
    except BusError as error:
        raise CliError(str(error)) from None


def _shown(server: Server, settings: Settings) -> welcome.DemoApp | None:
    """The app whose lines the banner has: the demo app of a first start, or the first that the settings ask for."""
    return show_bootstrapped(server, settings.bootstrap_apps) or show_demo(server)


def _reachable(host: str) -> str:
    """What to write in a browser on this machine."""
    if host in ("", "0.0.0.0", "::"):  # noqa: S104 - read, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _private(settings: Settings) -> bool:
    """Whether the demo app's key may be shown again: on a developer's machine, not in a server's journal."""
    if sys.stdout.isatty() or settings.host == "localhost":
        return True
    try:
        return ipaddress.ip_address(settings.host).is_loopback
    except ValueError:
        return False
