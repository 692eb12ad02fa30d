"""The HTTP client of the server: pinned to checked addresses, one deadline for everything, answers bounded.

httpcore rather than httpx on top of it: there the connection is made by an object of ours, by its public interface, and
so the address that is checked is the one that is connected to. Redirects are not followed, proxies of the environment
are not used, certificates are checked.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import importlib.util
import socket
import ssl
import sys
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import httpcore

from sodam.outbound.addresses import refused

if importlib.util.find_spec("sniffio") is None:
    # httpcore tries this import five times a request; while it is merely missing, each try looks through all folders.
    sys.modules["sniffio"] = None  # type: ignore[assignment]

MOST: Final = 64 * 1024
"""Bytes of an answer that are read, unless the caller says otherwise."""
CONNECTIONS: Final = 64
"""Of one host and port: a host that does not answer takes nothing from others."""
_IDLE_SECONDS: Final = 30.0
_HOSTS: Final = 256
"""Hosts whose connections are kept."""
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class Answer(NamedTuple):
    status: int
    body: bytes
    """What was read of it."""
    whole: bool
    """False: it is longer than the caller takes."""
    headers: tuple[tuple[bytes, bytes], ...] = ()

    def header(self, name: str) -> str:
        """The value of a header, by its name in lower case; empty where it is missing."""
        wanted = name.encode()
        return next((value.decode("latin-1") for key, value in self.headers if key.lower() == wanted), "")


class OutboundError(Exception):
    """No answer. ``kind`` is a word for logs and charts, the text a line for people."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


async def resolve(host: str, port: int) -> Sequence[str]:
    """All addresses of a name, in the order of preference. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


class _Guarded(httpcore.AsyncNetworkBackend):
    """Makes connections: looks a name up once, checks every address, connects to one of those and to nothing else."""

    def __init__(self, resolve: Resolve, private: bool) -> None:
        self._resolve = resolve
        self._private = private
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            addresses = await self._resolve(host, port)
        except OSError as error:
            raise OutboundError("dns", f"the name {host} was not found: {error.strerror or error}") from None
        for address in addresses:
            if why := refused(address, private=self._private):
                raise OutboundError("address", f"{host} is {address}: {why}")
        failure: Exception = OSError(f"{host} has no address")
        for address in addresses:
            try:
                return await self._plain.connect_tcp(address, port, timeout, local_address, socket_options)
            except httpcore.ConnectError as error:
                failure = error
        raise OutboundError("connect", f"{host}:{port} does not take connections: {failure}")


_Key = tuple[str, str, int, bool, ssl.SSLContext | None]


@functools.cache
def _trusting() -> ssl.SSLContext:
    """Trusts whom the machine trusts. Made when first needed: reading the certificates takes 30 ms."""
    return ssl.create_default_context()


class Outbound:
    def __init__(
        self, *, private: bool = True, resolve: Resolve = resolve, tls: ssl.SSLContext | None = None, user_agent: str
    ) -> None:
        """``private``: private and loopback addresses may be connected to."""
        self._backend = _Guarded(resolve, private)
        self._tls = tls
        self._agent = user_agent.encode()
        self._pools: OrderedDict[_Key, httpcore.AsyncConnectionPool] = OrderedDict()
        self._closing: set[asyncio.Task[None]] = set()

    async def post(
        self,
        url: str,
        body: bytes,
        headers: Sequence[tuple[str, str]] = (),
        *,
        seconds: float,
        most: int = MOST,
        http2: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> Answer:
        """POST, within ``seconds`` from the look-up of the name to the last byte that is read.

        ``http2``: over HTTP/2 where the host speaks it. ``tls``: with this context, which holds a certificate of the
        caller; connections are kept by context, so one that is used again is to be the same object.
        Raises OutboundError.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        path = url[len(parts.scheme) + 3 + len(parts.netloc) :]  # as it was given, unchanged
        target = httpcore.URL(
            scheme=parts.scheme.encode(),
            host=host.encode("ascii", "replace"),
            port=parts.port,
            target=(path if path.startswith("/") else f"/{path}").encode("ascii", "replace"),
        )
        sent = [
            (b"Host", parts.netloc.rpartition("@")[2].encode("ascii", "replace")),
            (b"User-Agent", self._agent),
            (b"Content-Length", b"%d" % len(body)),
            *((name.encode(), value.encode()) for name, value in headers),
        ]
        started = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                pool = self._pool((parts.scheme, host, port, http2, tls))
                return await self._exchange(pool, target, sent, body, most)
        except OutboundError:
            raise
        except (TimeoutError, httpcore.TimeoutException):
            raise OutboundError("timeout", f"no answer within {time.monotonic() - started:.1f} s") from None
        except ssl.SSLError as error:
            raise OutboundError("tls", f"TLS with {host}: {error.reason or error}") from None
        except httpcore.ConnectError as error:
            kind = "tls" if isinstance(error.__cause__ or error.__context__, ssl.SSLError) else "connect"
            raise OutboundError(kind, f"{host}:{port}: {error}") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise OutboundError("broken", f"{host}:{port} broke off: {error}") from None

    async def _exchange(
        self,
        pool: httpcore.AsyncConnectionPool,
        target: httpcore.URL,
        headers: list[tuple[bytes, bytes]],
        body: bytes,
        most: int,
    ) -> Answer:
        read = bytearray()
        async with pool.stream("POST", target, headers=headers, content=body) as response:
            answered = tuple(response.headers)
            async for chunk in response.aiter_stream():
                read += chunk
                if len(read) > most:
                    return Answer(response.status, bytes(read[:most]), False, answered)
            return Answer(response.status, bytes(read), True, answered)

    def _pool(self, key: _Key) -> httpcore.AsyncConnectionPool:
        pool = self._pools.get(key)
        if pool is None:
            pool = self._pools[key] = httpcore.AsyncConnectionPool(
                ssl_context=key[4] or self._tls or _trusting(),
                http2=key[3],
                max_connections=CONNECTIONS,
                max_keepalive_connections=CONNECTIONS,
                keepalive_expiry=_IDLE_SECONDS,
                network_backend=self._backend,
            )
            if len(self._pools) > _HOSTS:
                _, old = self._pools.popitem(last=False)
                task = asyncio.create_task(old.aclose())
                self._closing.add(task)
                task.add_done_callback(self._closing.discard)
        self._pools.move_to_end(key)
        return pool

    async def close(self) -> None:
        for pool in self._pools.values():
            with contextlib.suppress(Exception):
                await pool.aclose()
        self._pools.clear()
