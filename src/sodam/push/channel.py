"""The way to a vendor's service: which client, HTTP/2 or not, with which client certificate."""

from __future__ import annotations

import ssl
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from sodam.outbound import Answer, Outbound
from sodam.push.model import Certificate, Request
from sodam.push.vendors import VENDORS
from sodam.push.vendors.apns import client_context

SECONDS: Final = 10.0
_CONTEXTS: Final = 256


class Channel:
    def __init__(
        self,
        outbound: Outbound,
        public: Outbound,
        context: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        """``public``: for addresses that users give; it never connects to private ones."""
        self._outbound = outbound
        self._public = public
        self._context = context
        self._contexts: OrderedDict[tuple[int, int, str], ssl.SSLContext] = OrderedDict()

    async def post(self, one: Certificate, request: Request, secrets: dict[str, str] | None = None) -> Answer:
        """Raises OutboundError, BadCredentials."""
        outbound = self._public if one.vendor == "webpush" else self._outbound
        return await outbound.post(
            request.url,
            request.body,
            request.headers,
            seconds=SECONDS,
            http2=VENDORS[one.vendor].http2,
            tls=self._tls(one, secrets) if one.vendor == "apns_p12" and secrets else None,
        )

    def _tls(self, one: Certificate, secrets: dict[str, str]) -> ssl.SSLContext:
        key = (one.app, one.id, secrets["File"])
        context = self._contexts.get(key)
        if context is None:
            context = self._contexts[key] = client_context(secrets, self._context())
            if len(self._contexts) > _CONTEXTS:
                self._contexts.popitem(last=False)
        return context

    async def close(self) -> None:
        """The connections to addresses that users gave; the others belong to the server's own client."""
        await self._public.close()
