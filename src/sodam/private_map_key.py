"""PrivateMapKey: a UserSig that also says which room a user may enter, and what the user may do there.

It is a UserSig with a buffer: a byte that is 1 for a room named by text, the UserID with its length, SDKAppID, the
room's number, expiry, privileges and a kind of account, big-endian, and the room's text with its length. The public
generators of UserSig write it so.
"""

from __future__ import annotations

import struct
from typing import Final

import msgspec

from sodam import usersig
from sodam.errors import ApiError, Code
from sodam.usersig import Keys

ALL: Final = 255
CREATE, ENTER, SEND_AUDIO, RECEIVE_AUDIO, SEND_VIDEO, RECEIVE_VIDEO, SEND_SCREEN, RECEIVE_SCREEN = (
    1 << bit for bit in range(8)
)
MAX_ROOM_NUMBER: Final = 2**32 - 1
MAX_ROOM_TEXT: Final = 128
_NUMBERS: Final = struct.Struct(">IIIII")


class MapKey(msgspec.Struct, frozen=True):
    """What a PrivateMapKey says. `room` is a number, or a text."""

    user_id: str
    sdkappid: int
    room: int | str
    privileges: int
    expires_at: int

    def may(self, privilege: int) -> bool:
        return bool(self.privileges & privilege)


def buffer(sdkappid: int, user_id: str, room: int | str, privileges: int, expires_at: int) -> bytes:
    """Raises ValueError for what the form has no place for."""
    user, text = user_id.encode(), room.encode() if isinstance(room, str) else b""
    number = room if isinstance(room, int) else 0
    if not 0 <= privileges <= ALL or not 0 <= number <= MAX_ROOM_NUMBER or not 0 <= expires_at <= MAX_ROOM_NUMBER:
        raise ValueError("the room, the privileges or the lifetime is out of range")
    if isinstance(room, str) and not (0 < len(text) <= MAX_ROOM_TEXT and room.isprintable()):
        raise ValueError(f"a room's text has 1 to {MAX_ROOM_TEXT} printable bytes")
    packed = bytes([1 if text else 0]) + struct.pack(">H", len(user)) + user
    packed += _NUMBERS.pack(sdkappid, number, expires_at, privileges, 0)
    return packed + struct.pack(">H", len(text)) + text if text else packed


def generate(
    sdkappid: int, key: str, user_id: str, room: int | str, *, privileges: int = ALL, expire: int, now: int
) -> str:
    """With the app's secret. Raises ValueError as ``usersig.generate`` does, and for what has no place."""
    packed = buffer(sdkappid, user_id, room, privileges, now + expire)
    return usersig.generate(sdkappid, key, user_id, expire=expire, now=now, userbuf=packed)


def inspect(token: str) -> MapKey:
    """Read one without checking it. Raises ApiError 70002, 70003 or 70005."""
    packed = usersig.userbuf(token)
    if packed is None:
        raise _bad("this is a UserSig without a buffer, no PrivateMapKey")
    try:
        (size,) = struct.unpack_from(">H", packed, 1)
        at = 3 + size
        user = packed[3:at].decode("ascii")
        sdkappid, number, expires_at, privileges, _ = _NUMBERS.unpack_from(packed, at)
        at += _NUMBERS.size
        room: int | str = number
        if packed[0] == 1:
            (size,) = struct.unpack_from(">H", packed, at)
            room = packed[at + 2 : at + 2 + size].decode()
            at += 2 + size
    except (struct.error, UnicodeDecodeError):
        raise _bad("the buffer is no PrivateMapKey's") from None
    if at != len(packed) or packed[0] > 1:
        raise _bad("the buffer is no PrivateMapKey's")
    return MapKey(user, sdkappid, room, privileges, expires_at)


def verify(
    token: str,
    *,
    keys: Keys,
    sdkappid: int,
    user_id: str,
    now: int,
    room: int | str | None = None,
    valid_after: int = 0,
) -> MapKey:
    """Check one, as ``usersig.verify`` does, and what it says about the room (None: of any)."""
    usersig.verify(token, keys=keys, sdkappid=sdkappid, user_id=user_id, now=now, valid_after=valid_after)
    found = inspect(token)
    if found.user_id != user_id:
        raise ApiError(Code.USERSIG_USER_MISMATCH)
    if found.sdkappid != sdkappid:
        raise ApiError(Code.USERSIG_SDKAPPID_MISMATCH)
    if now > found.expires_at:
        raise ApiError(Code.USERSIG_EXPIRED)
    if room is not None and str(found.room) != str(room):
        raise _bad("the PrivateMapKey is for another room")
    return found


def _bad(why: str) -> ApiError:
    return ApiError(Code.USERSIG_CONTENT_INVALID, why)
