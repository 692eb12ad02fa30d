"""``sodam_call_svc``: credentials for calls. A service of this server alone: the original has none of the kind."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam import private_map_key as map_keys
from sodam.calls.service import LEAST_SECONDS, MOST_SECONDS, USUAL_SECONDS, Grant, IceServer
from sodam.errors import ApiError, Code
from sodam.wire import Call, Service

service = Service(
    "sodam_call_svc", bad_json=Code.BODY_NOT_JSON, bad_request=Code.REQUEST_MALFORMED, internal=Code.SERVER_TIMEOUT
)
Seconds = Annotated[int, msgspec.Meta(ge=LEAST_SECONDS, le=MOST_SECONDS)]
_ERRORS = (Code.NOT_ADMIN, Code.REQUEST_FORBIDDEN, Code.PLAN_EXPIRED)


class ForCalls(msgspec.Struct, kw_only=True):
    UserID: str = ""
    """Whose credentials: empty is the caller; an administrator may name any account."""
    Expire: Seconds = USUAL_SECONDS


async def _user(call: Call, user_id: str) -> str:
    user = call.acting_for(user_id or call.caller, Code.NOT_ADMIN)
    if await call.services.accounts.find(call.app.sdkappid, user) is None:
        raise ApiError(Code.REQUEST_FORBIDDEN, "there is no such account")
    return user


class TurnAnswer(msgspec.Struct):
    IceServers: list[IceServer]
    """As a browser's ``RTCPeerConnection`` takes them."""
    ExpireTime: int
    """Unix second after which the TURN servers refuse them."""


@service.command("get_turn", errors=_ERRORS, own=True)
async def get_turn(call: Call, request: ForCalls) -> TurnAnswer:
    """Name and password for the operator's TURN servers, which end by themselves.

    Sent with a user's own UserSig as well as with an administrator's.
    """
    user = await _user(call, request.UserID)
    return TurnAnswer(*call.services.calls.turn(call.app, user, request.Expire))


class RoomToken(ForCalls, kw_only=True):
    Room: Annotated[str, msgspec.Meta(min_length=1, max_length=map_keys.MAX_ROOM_TEXT)]
    PrivateMapKey: str = ""
    """Narrows what the token allows to what the key says of this room."""


class RoomAnswer(msgspec.Struct):
    Url: str
    Token: str
    ExpireTime: int


@service.command(
    "get_room_token",
    errors=(
        *_ERRORS,
        Code.USERSIG_EXPIRED,
        Code.USERSIG_UNDECODABLE,
        Code.USERSIG_CONTENT_INVALID,
        Code.USERSIG_USER_MISMATCH,
        Code.USERSIG_SDKAPPID_MISMATCH,
        Code.USERSIG_MISMATCH,
        Code.USERSIG_NO_KEY,
        Code.USERSIG_NO_METHOD,
        Code.LOGIN_KICKED,
    ),
    own=True,
)
async def get_room_token(call: Call, request: RoomToken) -> RoomAnswer:
    """A token for a room of the operator's LiveKit server, which ends by itself.

    Rooms of two apps never meet: there the name begins with the SDKAppID.
    """
    user = await _user(call, request.UserID)
    if not request.Room.isprintable():
        raise ApiError(Code.REQUEST_MALFORMED, "Room has unprintable characters")
    grant = await _grant(call, user, request) if request.PrivateMapKey else Grant()
    return RoomAnswer(*call.services.calls.room_token(call.app, user, request.Room, request.Expire, grant))


async def _grant(call: Call, user: str, request: RoomToken) -> Grant:
    account = await call.services.accounts.find(call.app.sdkappid, user)
    key = map_keys.verify(
        request.PrivateMapKey,
        keys=call.app.keys,
        sdkappid=call.app.sdkappid,
        user_id=user,
        now=call.services.calls.now(),
        room=request.Room,
        valid_after=account.invalid_before if account else 0,
    )
    if not key.may(map_keys.ENTER):
        raise ApiError(Code.REQUEST_FORBIDDEN, "the PrivateMapKey does not let the user enter")
    return Grant(
        publish=key.may(map_keys.SEND_AUDIO | map_keys.SEND_VIDEO | map_keys.SEND_SCREEN),
        subscribe=key.may(map_keys.RECEIVE_AUDIO | map_keys.RECEIVE_VIDEO | map_keys.RECEIVE_SCREEN),
        create=key.may(map_keys.CREATE),
    )
