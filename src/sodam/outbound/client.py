"""The HTTP client of the server: pinned to checked addresses, one deadline for everything, answers bounded.

Redirects are not followed, proxies of the environment are not used, certificates are checked.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import ssl
import time
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from sodam.outbound import http1
from sodam.outbound.guard import Guard, resolve
from sodam.outbound.model import MOST, Answer, Connections, OutboundError, Resolve, Target

_HOSTS: Final = 256
"""Hosts whose connections are kept."""
_Key = tuple[str, str, int, bool, ssl.SSLContext | None]


@functools.cache
def _trusting(http2: bool) -> ssl.SSLContext:
    """Trusts whom the machine trusts. Made when first needed: reading the certificates takes 30 ms. What a context
    offers to speak is a state of its own, so that each protocol has one."""
    return ssl.create_default_context()


@functools.lru_cache(maxsize=1024)
def _target(address: str) -> Target:
    """Of an address up to its query. Raises OutboundError."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise OutboundError("dns", f"no address: {error}") from None
    path = address[len(parts.scheme) + 3 + len(parts.netloc) :]  # as it was given, unchanged
    return Target(
        parts.scheme,
        (parts.hostname or "").encode("ascii", "replace").decode(),
        port or (443 if parts.scheme == "https" else 80),
        port,
        parts.netloc.rpartition("@")[2].encode("ascii", "replace"),
        (path if path.startswith("/") else f"/{path}").encode("ascii", "replace"),
    )


class Outbound:
    def __init__(
        self, *, private: bool = True, resolve: Resolve = resolve, tls: ssl.SSLContext | None = None, user_agent: str
    ) -> None:
        """``private``: private and loopback addresses may be connected to."""
        self._guard = Guard(resolve, private)
        self._tls = tls
        self._agent = ("User-Agent", user_agent)
        self._hosts: OrderedDict[_Key, Connections] = OrderedDict()
        self._closing: set[asyncio.Task[None]] = set()

    def refuses(self, url: str) -> bool:
        """Whether ``url`` names an address that is never called, so that nobody need wait for a failure to hear it."""
        try:
            return self._guard.refuses(_target(url.partition("?")[0]).host)
        except OutboundError:
            return False

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
        repeatable: bool = False,
    ) -> Answer:
        """POST, within ``seconds`` from the look-up of the name to the last byte that is read.

        ``http2``: over HTTP/2 where the host speaks it. ``tls``: with this context, which holds a certificate of the
        caller; connections are kept by context, so one that is used again is to be the same object. ``repeatable``:
        the receiver knows a repetition, so that a kept connection which the host ended without a word is no failure.
        Raises OutboundError.
        """
        started = time.monotonic()
        address, mark, query = url.partition("?")
        target = _target(address)
        key = (target.scheme, target.host, target.port, http2, tls)
        host = self._hosts.get(key)
        if host is None:
            host = self._make(key, target)
        elif len(self._hosts) > 1:
            self._hosts.move_to_end(key)
        try:
            return await host.post(
                target.path + (mark + query).encode("ascii", "replace"),
                [self._agent, *headers],
                body,
                most=most,
                deadline=started + seconds,
                repeatable=repeatable,
            )
        except TimeoutError:
            raise OutboundError("timeout", f"no answer within {time.monotonic() - started:.1f} s") from None

    def _make(self, key: _Key, target: Target) -> Connections:
        http2 = key[3]
        tls = (key[4] or self._tls or _trusting(http2)) if target.scheme == "https" else None
        if http2:
            from sodam.outbound.http2 import Connections as Http2

            made: Connections = Http2(self._guard, target, tls)
        else:
            made = http1.Connections(self._guard, target, tls)
        self._hosts[key] = made
        if len(self._hosts) > _HOSTS:
            _, old = self._hosts.popitem(last=False)
            task = asyncio.create_task(old.close())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
        return made

    async def close(self) -> None:
        for host in self._hosts.values():
            with contextlib.suppress(Exception):
                await host.close()
        self._hosts.clear()
