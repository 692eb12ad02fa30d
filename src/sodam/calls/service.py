"""Who may have credentials for calls, and what they are.

Media passes through servers of the operator's own, never through this one: a TURN server shares a secret with it, as
coturn's REST scheme has it, and a LiveKit server a key. Nothing is stored: a credential says by itself when it ends.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Final

import msgspec

from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.settings import Settings

LEAST_SECONDS: Final = 1
MOST_SECONDS: Final = 86400
USUAL_SECONDS: Final = 3600


class IceServer(msgspec.Struct):
    """As a browser's RTCPeerConnection takes it."""

    urls: list[str]
    username: str
    credential: str


class Grant(msgspec.Struct, frozen=True):
    """What a user may do in a room."""

    publish: bool = True
    subscribe: bool = True
    create: bool = True


class Calls:
    def __init__(self, settings: Settings, clock: Callable[[], float]) -> None:
        self._settings = settings
        self._clock = clock

    def now(self) -> int:
        return int(self._clock())

    def turn(self, app: App, user_id: str, seconds: int) -> tuple[list[IceServer], int]:
        """Servers with a name and a password, and the second after which these end. Raises ApiError 60020."""
        _check(app)
        settings = self._settings
        if not (settings.turn_urls and settings.turn_secret):
            raise ApiError(Code.PLAN_EXPIRED, "this server names no TURN server: SODAM_TURN_URLS, SODAM_TURN_SECRET")
        ends = self.now() + seconds
        name = f"{ends}:{app.sdkappid}.{user_id}"
        # The scheme is coturn's own: a keyed SHA-1, which is not a plain one.
        password = base64.b64encode(hmac.digest(settings.turn_secret.encode(), name.encode(), hashlib.sha1)).decode()
        return [IceServer(list(settings.turn_urls), name, password)], ends

    def room_token(self, app: App, user_id: str, room: str, seconds: int, grant: Grant) -> tuple[str, str, int]:
        """The address of the LiveKit server, a token for one room of the app, and its end. Raises ApiError 60020."""
        _check(app)
        settings = self._settings
        if not (settings.livekit_url and settings.livekit_key and settings.livekit_secret):
            raise ApiError(Code.PLAN_EXPIRED, "this server names no LiveKit server: SODAM_LIVEKIT_URL, _KEY, _SECRET")
        now = self.now()
        claims = {
            "iss": settings.livekit_key,
            "sub": user_id,
            "nbf": now,
            "exp": now + seconds,
            "video": {
                "room": f"{app.sdkappid}:{room}",
                "roomJoin": True,
                "roomCreate": grant.create,
                "canPublish": grant.publish,
                "canPublishData": grant.publish,
                "canSubscribe": grant.subscribe,
            },
        }
        return settings.livekit_url, _signed(claims, settings.livekit_secret), now + seconds


def _check(app: App) -> None:
    if not app.settings.calls:
        raise ApiError(Code.PLAN_EXPIRED, "the app's switch for calls is off")


def _signed(claims: dict[str, object], secret: str) -> str:
    """A JSON Web Token, HS256."""
    text = b".".join(_url64(msgspec.json.encode(part)) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return b".".join((text, _url64(hmac.digest(secret.encode(), text, "sha256")))).decode()


def _url64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
