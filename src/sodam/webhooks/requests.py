"""The request itself: address with its parameters, signature, headers (webhooks.md 1.1 and 1.2)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from sodam.apps.webhooks import Webhooks
from sodam.webhooks.model import Event, unique

_SHORT: Final = frozenset({"Group.CallbackOnMemberStateChange", "Push.AllMemberPush", "Push.OfflinePush"})
"""Commands whose address says nothing of a client."""
_ALERT: Final = "Alert.RequestOverLimit"
_KEY: Final = "whsec_"
_PLAIN: Final = re.compile(r"[A-Za-z0-9._~-]*").fullmatch


def address(config: Webhooks, sdkappid: int, event: Event, now: int) -> str:
    """The configured URL as it is, with our parameters behind it. ``now``: unix seconds."""
    begin = _begin(config.url, sdkappid, event.command, event.platform, event.client_ip)
    signature = f"&Sign={sign(config.token, now)}&RequestTime={now}" if config.token else ""
    return f"{begin}{signature}&RequestId={unique():0>32}"


@lru_cache(maxsize=1024)
def _begin(url: str, sdkappid: int, command: str, platform: str, client_ip: str) -> str:
    """The address up to what is another for each try."""
    parameters = {"SdkAppid": str(sdkappid), "CallbackCommand": command, "contenttype": "json"}
    if command == _ALERT:
        parameters["OptPlatform"] = platform
    elif command not in _SHORT:
        if command == "State.StateChange" and platform == "iOS":
            platform = "IOS"
        parameters |= {"ClientIP": client_ip, "OptPlatform": platform or "Unknown"}
    query = "&".join(
        [f"{name}={value if _PLAIN(value) else quote(value, safe='')}" for name, value in parameters.items()]
    )
    if "?" not in url:
        return f"{url}?{query}"
    return f"{url}{query}" if url.endswith(("?", "&")) else f"{url}&{query}"


@lru_cache(maxsize=128)
def sign(token: str, now: int) -> str:
    return hashlib.sha256(f"{token}{now}".encode()).hexdigest()


def headers(config: Webhooks, event: Event, body: bytes, now: int) -> list[tuple[str, str]]:
    """Those of Standard Webhooks beside the type: the ID is the same for every try of an event."""
    found = [("Content-Type", "application/json"), ("webhook-id", event.id), ("webhook-timestamp", str(now))]
    if config.token:
        content = b"%b.%d.%b" % (event.id.encode(), now, body)
        digest = hmac.digest(_key(config.token), content, "sha256")
        found.append(("webhook-signature", f"v1,{base64.b64encode(digest).decode()}"))
    return found


def _key(token: str) -> bytes:
    """A token in the form of Standard Webhooks (``whsec_`` and base64) is the key it says, any other its own bytes."""
    if token.startswith(_KEY):
        try:
            return base64.b64decode(token.removeprefix(_KEY), validate=True)
        except binascii.Error:
            pass
    return token.encode()
