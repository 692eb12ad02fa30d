"""Serving: the one port with everything behind it, from its first byte to the drain."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Final, cast

import structlog
import uvicorn

from sodam import __version__, connect
from sodam.apps.apply import Wanted, load
from sodam.cloudapi import apply
from sodam.cloudapi.http import CloudApi
from sodam.console.http import PATH as CONSOLE_PATH
from sodam.console.http import Console
from sodam.development import PATH as DEV_PATH
from sodam.development import DevelopmentApp, begin
from sodam.errors import Unavailable
from sodam.gateway.picows_ws import upgrade_protocol
from sodam.history_files.service import PATH as HISTORY_PATH
from sodam.http import AsgiApp, Page, Router, json_page
from sodam.listener import Admission, Limits, Listener, file_limit
from sodam.observability import traces
from sodam.rest import openapi, table
from sodam.rest.history_http import HistoryFileApp
from sodam.rest.http import RestApp
from sodam.rest.limits import RateLimits
from sodam.rest.media_http import PATH as MEDIA_PATH
from sodam.rest.media_http import MediaApp
from sodam.server import Server, build
from sodam.settings import Settings, SettingsError

log = structlog.get_logger(__name__)
_GC_ALLOCATIONS: Final = 20_000
_ACCEPTED: Final = 4
"""Connections that are accepted in one turn of the loop, which takes one of each handle of the listening socket: when
many come at once, a turn for each would cost more than the tries in vain while they come one by one."""
UNSENT = 128 * 1024
"""Bytes that the kernel takes for a client that does not read, beside its window: it would take 4 MiB by itself."""


def _pages(server: Server) -> dict[str, Page]:
    async def livez() -> tuple[int, bytes, bytes]:
        return 200, b"text/plain; charset=utf-8", b"ok\n"

    async def readyz() -> tuple[int, bytes, bytes]:
        loops = server.services.loops
        database = True
        try:
            await server.db.ping()
        except Exception:  # the outage is logged where it is noticed
            database = False
        reasons = [f"the loop {name!r} has ended" for name in loops.ended()]
        if not database:
            reasons.append("the database does not answer")
        if server.draining:
            reasons.append("the server is stopping")
        page = {
            "ready": not reasons,
            "reasons": reasons,
            "database": database,
            "bus": server.bus.connected(),
            "draining": server.draining,
            "loops": loops.states(),
        }
        return json_page(503 if reasons else 200, page)

    async def metrics() -> tuple[int, bytes, bytes]:
        return 200, b"text/plain; version=0.0.4; charset=utf-8", server.metrics.text()

    async def version() -> tuple[int, bytes, bytes]:
        return json_page(200, {"name": "sodam", "version": __version__, "database": await server.db.version()})

    @functools.cache  # it takes a while, and anybody may ask
    def described() -> tuple[int, bytes, bytes]:
        return json_page(200, openapi.document(table.commands()))

    async def openapi_json() -> tuple[int, bytes, bytes]:
        return described()

    return {
        "/livez": livez,
        "/readyz": readyz,
        "/metrics": metrics,
        "/version": version,
        "/openapi.json": openapi_json,
        "/connect.js": connect.page,
    }


def application(server: Server) -> AsgiApp:
    """The ASGI application of the one port."""
    limits = RateLimits(enabled=server.settings.rate_limits)
    limits.near = server.services.webhooks.near_limit
    rest = RestApp(server.services, table.SERVICES, server.auth, limits, server.metrics)
    rest.fast.client_of, rest.fast.gathering = server.proxies.client, server.hub.fast.gathering
    server.plane.rest = cast(AsgiApp, rest)
    mounts = {
        MEDIA_PATH: cast(AsgiApp, MediaApp(server.services, server.auth)),
        HISTORY_PATH: cast(AsgiApp, HistoryFileApp(server.services.history_files)),
        CONSOLE_PATH: Console(server.plane, lambda: server.draining).app(),
        "/": cast(AsgiApp, CloudApi(server.plane)),
    }
    if server.dev:
        mounts[DEV_PATH] = cast(AsgiApp, DevelopmentApp(server))
    return server.proxies.asgi(cast(AsgiApp, Router(cast(AsgiApp, rest), _pages(server), mounts)))


class _Uvicorn(uvicorn.Server):
    """Signals are ours: draining has an order that uvicorn does not know."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bind(settings: Settings) -> socket.socket:
    """The listening socket. Raises OSError when the port is taken or forbidden."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if hasattr(socket, "TCP_NOTSENT_LOWAT"):  # accepted sockets have it from this one
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)
        sock.bind((settings.host, settings.port))
        sock.listen(4096)
    except BaseException:
        sock.close()
        raise
    sock.setblocking(False)
    return sock


@contextlib.asynccontextmanager
async def listening(server: Server, sock: socket.socket) -> AsyncIterator[None]:
    """Serve on ``sock`` while the block runs."""
    settings = server.settings
    files = file_limit()
    app = application(server)
    listener = Listener(
        upgrade_protocol(server.hub.accept, server.proxies.client),
        Admission(files, settings.connections_per_address),
        Limits(request=settings.request_timeout, login=settings.login_timeout),
        server.proxies.trusts,
        cast(RestApp, server.plane.rest).fast,
    )
    config = uvicorn.Config(
        cast(Any, app),
        http=cast(Any, listener.protocol),
        ws="none",
        backlog=min(4096, files // 8) if files is not None else 4096,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # see proxies.py
        timeout_keep_alive=75,
        timeout_graceful_shutdown=5,
    )
    http = _Uvicorn(config)
    handles = [sock, *(sock.dup() for _ in range(_ACCEPTED - 1))]
    task = asyncio.create_task(http.serve(sockets=handles))
    try:
        while not http.started and not task.done():
            await asyncio.sleep(0.005)
        yield
    finally:
        http.should_exit = True
        await task


def _rare_collections() -> None:
    """What stands for the server's life is left out of garbage collections, and these are rarer.

    Nearly everything here is freed by its reference count; with Python's own thresholds, collections that found
    nothing were a sixth of the time of one-to-one messages under load.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GC_ALLOCATIONS, 20, 50)


async def run(settings: Settings, sock: socket.socket, announce: Callable[[Server], Any], *, dev: bool = False) -> int:
    """Serve until SIGTERM or SIGINT, then drain; 0. ``announce`` is called once the port answers.

    Raises NotForDevelopment where ``dev`` and the data do not belong together.
    """
    wanted = load(settings.apply, os.environ) if settings.apply is not None else None
    with _traced(settings):
        return await _run(settings, sock, announce, wanted, dev=dev)


@contextlib.contextmanager
def _traced(settings: Settings) -> Iterator[None]:
    if not settings.traces_url:
        yield
        return
    try:
        end = traces.start(settings.traces_url, __version__)
    except traces.TracesMissing as error:
        raise SettingsError(str(error)) from None
    try:
        yield
    finally:
        end()


async def _look_for_files(server: Server) -> None:
    """Uploaded files may be on a volume of their own. Raises SettingsError where the settings want what there was."""
    place = await server.services.media.missing(server.apps.all())
    if place and server.settings.require_data:
        raise SettingsError(
            f"there are no uploaded files, and SODAM_REQUIRE_DATA is on: {place}; is the volume mounted?"
        )
    if place:
        log.warning("uploaded files are not where they were", place=place, cure="mount the volume, or give it back")


async def _run(
    settings: Settings, sock: socket.socket, announce: Callable[[Server], Any], wanted: Wanted | None, *, dev: bool
) -> int:
    server = await build(settings, begin=functools.partial(begin, wanted=dev))
    try:
        await _look_for_files(server)
        if wanted is not None:
            await apply.check(server.plane, wanted)  # before root is made, whose password is shown once
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        await server.start()
        if wanted is not None:
            log.info("applied", file=str(settings.apply), changes=await apply.apply(server.plane, wanted))
        async with listening(server, sock):
            server.hub.start()
            result = announce(server)
            if asyncio.iscoroutine(result):
                await result
            _rare_collections()
            await stop.wait()
            server.draining = True
            log.info("draining")
            try:
                await server.db.ping()
            except Unavailable:
                server.db.abandon()  # whoever waits for it is answered now
            await server.hub.drain()
    finally:
        await server.close()
    return 0
