"""The port that takes webhooks in while ``sodam migrate --follow`` runs, with the server's own bounds for strangers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, cast

import uvicorn

from sodam.listener import Admission, Limits, Listener, file_limit
from sodam.migrate.listener import MAX_SECONDS, Hook


class _NoWebSocket:
    """A connection that asks for a WebSocket: there is none here."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        transport.close()

    def data_received(self, data: bytes) -> None: ...
    def connection_lost(self, exc: Exception | None) -> None: ...
    def pause_writing(self) -> None: ...
    def resume_writing(self) -> None: ...
    def close(self, code: int, reason: str) -> None: ...


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # they end the migration, which ends this


@asynccontextmanager
async def listening(hook: Hook, taken: socket.socket, seconds: float = MAX_SECONDS) -> AsyncIterator[None]:
    """Take webhooks in at this socket. ``seconds``: for a request's head."""
    listener = Listener(lambda front: _NoWebSocket(), Admission(file_limit()), Limits(request=seconds))
    config = uvicorn.Config(
        cast(Any, hook),
        http=cast(Any, listener.protocol),
        ws="none",
        lifespan="off",
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[taken]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving
        await hook.close()
