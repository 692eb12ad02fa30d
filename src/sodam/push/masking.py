"""A push as it may be shown to whoever reads an app: without what would let them send pushes in the app's name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote_plus, urlsplit

from sodam.push.model import Request
from sodam.push.vendors.webpush import read_subscription

MASK: Final = "***"
_LEAST: Final = 6
"""Characters of a secret that is looked for: what is shorter stands anywhere by chance."""
_CREDENTIALS: Final = frozenset({"authorization", "authtoken", "auth_token"})
_CREDENTIAL: Final = re.compile(r"^((?:bearer |basic |key=|vapid t=)?)[^\s,]+", re.IGNORECASE)
_IN_FORM: Final = re.compile(rb"(?<![^&])(sign|auth_token|access_token)=[^&]*")


def masked(request: Request, secrets: Mapping[str, str]) -> Request:
    """Without credentials in the headers that vendors read them from, without signatures in a form, and without
    anything that is a secret of the certificate, wherever it stands."""
    hidden = [value for value in secrets.values() if len(value) >= _LEAST]
    headers, form = [], False
    for name, value in request.headers:
        if name.lower() in _CREDENTIALS:
            value = _CREDENTIAL.sub(rf"\1{MASK}", value)
        form |= name.lower() == "content-type" and value.startswith("application/x-www-form-urlencoded")
        headers.append((name, _without(value, hidden)))
    body = _IN_FORM.sub(rb"\1=" + MASK.encode(), request.body) if form else request.body
    for secret in hidden:
        for written in (secret, quote_plus(secret)):
            body = body.replace(written.encode(), MASK.encode())
    return Request(_without(request.url, hidden), body, headers)


def shown_token(token: str) -> str:
    """A device's token by its ends; a browser's subscription by who runs its push service, such as
    ``mozilla.com``, and the end of its address."""
    if (subscription := read_subscription(token)) is not None:
        endpoint = urlsplit(subscription[0])
        host = ".".join((endpoint.hostname or "").split(".")[-2:])
        return f"{host}/…{endpoint.path[-6:]}"
    return token if len(token) < 16 else f"{token[:6]}…{token[-6:]}"


def unsaid(reason: str, repeated: Iterable[str]) -> str:
    """What a vendor says of a push, without what it only repeats: credentials, the device's token, title and text."""
    hidden = {
        written
        for text in repeated
        if len(text) >= (_LEAST if text.isascii() else 2)
        for written in (text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], quote_plus(text))
    }
    return _without(reason, sorted(hidden, key=len, reverse=True))


def _without(text: str, hidden: list[str]) -> str:
    for secret in hidden:
        text = text.replace(secret, MASK)
    return text
