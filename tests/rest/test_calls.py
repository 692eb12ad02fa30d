"""Credentials for calls over REST: who gets them, what they say, when they end, and who gets none."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from sodam import private_map_key as map_keys
from sodam.calls.service import Calls
from sodam.errors import Code
from sodam.settings import Settings
from tests.rest.conftest import KEY, SDKAPPID, Rest

NOW = 1_790_000_000
SECRET, LIVE_KEY, LIVE_SECRET = "turn secret", "APIabc", "livekit secret"
TURN, ROOM = "sodam_call_svc/get_turn", "sodam_call_svc/get_room_token"


def configured(rest: Rest, **settings: Any) -> None:
    """As a server that was started with these settings."""
    told: Settings = replace(rest.server.services.settings, **settings)
    rest.server.services.calls = Calls(told, lambda: NOW)


@pytest_asyncio.fixture
async def calls(rest: Rest) -> Rest:
    await rest("im_open_login_svc/multiaccount_import", {"Accounts": ["amy", "bob"]})
    await rest.configure(settings=msgspec.structs.replace(rest.app.settings, calls=True))
    configured(
        rest,
        turn_urls=("turn:t.example.com:3478?transport=udp",),
        turn_secret=SECRET,
        livekit_url="wss://live.example.com",
        livekit_key=LIVE_KEY,
        livekit_secret=LIVE_SECRET,
    )
    return rest


def claims(token: str) -> dict[str, Any]:
    """Of a token whose signature holds."""
    head, body, signature = (base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split("."))
    assert json.loads(head) == {"alg": "HS256", "typ": "JWT"}
    assert hmac.digest(LIVE_SECRET.encode(), token.rpartition(".")[0].encode(), "sha256") == signature
    said: dict[str, Any] = json.loads(body)
    return said


async def test_turn(calls: Rest) -> None:
    for caller, body in (("amy", {}), ("amy", {"UserID": "amy"}), ("administrator", {"UserID": "amy"})):
        answer = await calls(TURN, body | {"Expire": 60}, identifier=caller)
        assert answer["ExpireTime"] == NOW + 60
        name = f"{NOW + 60}:{SDKAPPID}.amy"
        password = base64.b64encode(hmac.new(SECRET.encode(), name.encode(), hashlib.sha1).digest()).decode()
        server = {"urls": ["turn:t.example.com:3478?transport=udp"], "username": name, "credential": password}
        assert answer["IceServers"] == [server]


async def test_room(calls: Rest) -> None:
    answer = await calls(ROOM, {"Room": "standup"}, identifier="amy")
    assert (answer["Url"], answer["ExpireTime"]) == ("wss://live.example.com", NOW + 3600)
    assert claims(answer["Token"]) == {
        "iss": LIVE_KEY,
        "sub": "amy",
        "nbf": NOW,
        "exp": NOW + 3600,
        "video": {
            "room": f"{SDKAPPID}:standup",
            "roomJoin": True,
            "roomCreate": True,
            "canPublish": True,
            "canPublishData": True,
            "canSubscribe": True,
        },
    }


async def test_private_map_key_narrows(calls: Rest) -> None:
    def made(privileges: int, room: str = "standup", now: int = NOW) -> dict[str, Any]:
        key = map_keys.generate(SDKAPPID, KEY, "amy", room, privileges=privileges, expire=60, now=now)
        return {"Room": "standup", "PrivateMapKey": key}

    answer = await calls(ROOM, made(map_keys.ENTER | map_keys.RECEIVE_AUDIO), identifier="amy")
    video = claims(answer["Token"])["video"]
    assert (video["canPublish"], video["canSubscribe"], video["roomCreate"]) == (False, True, False)
    for body, code in (
        (made(map_keys.SEND_AUDIO), Code.REQUEST_FORBIDDEN),
        (made(map_keys.ALL, "elsewhere"), Code.USERSIG_CONTENT_INVALID),
        (made(map_keys.ALL, now=NOW - 61), Code.USERSIG_EXPIRED),
    ):
        assert (await calls(ROOM, body, identifier="amy"))["ErrorCode"] == code
    assert (await calls(ROOM, made(map_keys.ALL), identifier="bob"))["ErrorCode"] == Code.USERSIG_USER_MISMATCH


@pytest.mark.parametrize(("command", "body"), [(TURN, {}), (ROOM, {"Room": "standup"})])
async def test_who_gets_none(calls: Rest, command: str, body: dict[str, Any]) -> None:
    async def code(caller: str, more: dict[str, Any]) -> int:
        return int((await calls(command, body | more, identifier=caller))["ErrorCode"])

    assert await code("amy", {"UserID": "bob"}) == Code.NOT_ADMIN
    assert await code("amy", {"Expire": 86401}) == Code.REQUEST_MALFORMED
    assert await code("administrator", {"UserID": "ghost"}) == Code.REQUEST_FORBIDDEN
    await calls.configure(settings=msgspec.structs.replace(calls.app.settings, calls=False))
    assert await code("amy", {}) == Code.PLAN_EXPIRED
    await calls.configure(settings=msgspec.structs.replace(calls.app.settings, calls=True))
    configured(calls)
    assert await code("amy", {}) == Code.PLAN_EXPIRED
