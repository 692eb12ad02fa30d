"""PrivateMapKeys made and checked with an app's keys: which room a user may enter, and what the user may do there."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam import private_map_key as map_keys
from sodam import usersig
from sodam.accounts.model import valid_user_id
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.views import OfApp, UserId
from sodam.control import ControlError, invalid
from sodam.errors import ApiError

Room = Annotated[str, msgspec.Meta(min_length=1, max_length=map_keys.MAX_ROOM_TEXT)]
Privileges = Annotated[int, msgspec.Meta(ge=0, le=map_keys.ALL)]


class CreatePrivateMapKey(OfApp):
    UserID: UserId
    Room: Room
    RoomIsNumber: bool = False
    """Whether the room is named by number, from 0 to 4294967295, as older clients have it."""
    Privileges: Privileges = map_keys.ALL
    Expire: Annotated[int, msgspec.Meta(ge=1, le=50 * 365 * 86400)] = 86400


class PrivateMapKeyMade(msgspec.Struct):
    PrivateMapKey: str
    ExpireTime: int


@action("im", "CreatePrivateMapKey", kind="write", level="app")
async def create_private_map_key(call: Call, request: CreatePrivateMapKey) -> PrivateMapKeyMade:
    """Make a PrivateMapKey with the app's newest secret key."""
    if not valid_user_id(request.UserID):
        raise invalid("a UserID has 1 to 32 bytes of printable ASCII", detail="UserIdForm")
    keys = await call.plane.services.apps.keys(request.SDKAppID)
    secrets = [key for key in keys if key.algorithm == "HMAC-SHA256"]
    if not secrets:
        raise ControlError("FailedOperation", "a PrivateMapKey takes an HMAC-SHA256 key", detail="PublicKeyOnly")
    secret = max(secrets, key=lambda key: key.key_id).secret
    now = int(call.plane.clock())
    try:
        room: int | str = int(request.Room) if request.RoomIsNumber else request.Room
        made = map_keys.generate(
            request.SDKAppID,
            secret,
            request.UserID,
            room,
            privileges=request.Privileges,
            expire=request.Expire,
            now=now,
        )
    except ValueError:
        message = "the room is a number from 0 to 4294967295, or a text of at most 128 bytes"
        raise invalid(message, detail="RoomForm") from None
    return PrivateMapKeyMade(made, now + request.Expire)


class VerifyPrivateMapKey(OfApp):
    UserID: UserId
    PrivateMapKey: Annotated[str, msgspec.Meta(max_length=usersig.MAX_TOKEN_LENGTH + 1)]


class PrivateMapKeyChecked(msgspec.Struct, omit_defaults=True):
    Valid: bool
    ErrorCode: int
    Cause: str = ""
    UserID: str | None = None
    Room: str | None = None
    RoomIsNumber: bool = False
    Privileges: int | None = None
    ExpireTime: int | None = None


@action("im", "VerifyPrivateMapKey", kind="read", level="app")
async def verify_private_map_key(call: Call, request: VerifyPrivateMapKey) -> PrivateMapKeyChecked:
    """Check a PrivateMapKey, and show the room and what it allows there."""
    seen = PrivateMapKeyChecked(Valid=False, ErrorCode=0)
    try:
        found = map_keys.inspect(request.PrivateMapKey)
        seen.UserID, seen.Room, seen.RoomIsNumber = found.user_id, str(found.room), isinstance(found.room, int)
        seen.Privileges, seen.ExpireTime = found.privileges, found.expires_at
        account = await call.plane.services.accounts.find(request.SDKAppID, request.UserID)
        map_keys.verify(
            request.PrivateMapKey,
            keys=call.the_app.keys,
            sdkappid=request.SDKAppID,
            user_id=request.UserID,
            now=int(call.plane.clock()),
            valid_after=account.invalid_before if account else 0,
        )
    except ApiError as error:
        seen.ErrorCode, seen.Cause = int(error.code), error.info
        return seen
    seen.Valid = True
    return seen
