"""HTTP/2, for the few services that speak nothing else, by httpcore: its connections are made by an object of ours, and
so to an address that was checked."""

from __future__ import annotations

import asyncio
import importlib.util
import ssl
import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore

from sodam.outbound.guard import Guard
from sodam.outbound.model import CONNECTIONS, IDLE_SECONDS, Answer, OutboundError, Target

if importlib.util.find_spec("sniffio") is None:
    # httpcore tries this import five times a request; while it is merely missing, each try looks through all folders.
    sys.modules["sniffio"] = None  # type: ignore[assignment]


class _Guarded(httpcore.AsyncNetworkBackend):
    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception | None = None
        for address in await self._guard.addresses(host, port):
            try:
                return await self._plain.connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore.ConnectError as error:
                failure = error
        raise OutboundError("connect", f"{host}:{port} does not take connections: {failure}")


class Connections:
    """Those to one host, port and identity."""

    def __init__(self, guard: Guard, target: Target, tls: ssl.SSLContext | None) -> None:
        self._target = target
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls,
            http2=True,
            max_connections=CONNECTIONS,
            max_keepalive_connections=CONNECTIONS,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=_Guarded(guard),
        )

    async def post(
        self,
        path: bytes,
        headers: Sequence[tuple[str, str]],
        body: bytes,
        *,
        most: int,
        deadline: float,
        repeatable: bool,
    ) -> Answer:
        target = self._target
        url = httpcore.URL(
            scheme=target.scheme.encode(), host=target.host.encode(), port=target.named_port, target=path
        )
        sent = [(b"Host", target.netloc), (b"Content-Length", b"%d" % len(body))]
        sent += [(name.encode(), value.encode()) for name, value in headers]
        where = f"{target.host}:{target.port}"
        try:
            async with asyncio.timeout(deadline - time.monotonic()):
                return await self._exchange(url, sent, body, most)
        except (TimeoutError, httpcore.TimeoutException):
            raise TimeoutError from None
        except ssl.SSLError as error:
            raise OutboundError("tls", f"TLS with {target.host}: {error.reason or error}") from None
        except httpcore.ConnectError as error:
            kind = "tls" if isinstance(error.__cause__ or error.__context__, ssl.SSLError) else "connect"
            raise OutboundError(kind, f"{where}: {error}") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise OutboundError("broken", f"{where} broke off: {error}") from None

    async def _exchange(self, url: httpcore.URL, headers: list[tuple[bytes, bytes]], body: bytes, most: int) -> Answer:
        read = bytearray()
        async with self._pool.stream("POST", url, headers=headers, content=body) as response:
            answered = tuple(response.headers)
            async for chunk in response.aiter_stream():
                read += chunk
                if len(read) > most:
                    return Answer(response.status, bytes(read[:most]), False, answered)
            return Answer(response.status, bytes(read), True, answered)

    async def close(self) -> None:
        await self._pool.aclose()
