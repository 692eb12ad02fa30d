"""PrivateMapKeys: the bytes of the public scheme, and what a wrong one is refused with."""

from __future__ import annotations

import pytest

from sodam import private_map_key as map_keys
from sodam import usersig
from sodam.errors import ApiError, Code
from sodam.usersig import Keys

APP, KEY, NOW = 1400000000, "5bd2850fff3ecb11", 1_790_000_000
KEYS = Keys(secrets=(KEY,))


def test_bytes_of_a_numbered_room() -> None:
    token = map_keys.generate(APP, KEY, "xiaojun", 10000, expire=86400, now=NOW)
    expected = "000007" + b"xiaojun".hex() + f"53724e0000002710{NOW + 86400:08x}000000ff00000000"
    assert usersig.userbuf(token) == bytes.fromhex(expected)


def test_bytes_of_a_named_room() -> None:
    token = map_keys.generate(APP, KEY, "xiaojun", "adbjkl", privileges=42, expire=60, now=NOW)
    numbers = f"53724e0000000000{NOW + 60:08x}0000002a00000000"
    assert usersig.userbuf(token) == bytes.fromhex("010007" + b"xiaojun".hex() + numbers + "0006") + b"adbjkl"


@pytest.mark.parametrize("room", [10000, "standup"])
def test_what_was_made_is_read(room: int | str) -> None:
    token = map_keys.generate(APP, KEY, "amy", room, privileges=map_keys.ENTER, expire=60, now=NOW)
    found = map_keys.verify(token, keys=KEYS, sdkappid=APP, user_id="amy", now=NOW + 60, room=room)
    assert found == map_keys.MapKey("amy", APP, room, map_keys.ENTER, NOW + 60)
    assert found.may(map_keys.ENTER)
    assert not found.may(map_keys.SEND_AUDIO)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"now": NOW + 61}, Code.USERSIG_EXPIRED),
        ({"user_id": "bob"}, Code.USERSIG_USER_MISMATCH),
        ({"sdkappid": 1}, Code.USERSIG_SDKAPPID_MISMATCH),
        ({"keys": Keys(secrets=("other",))}, Code.USERSIG_MISMATCH),
        ({"room": "elsewhere"}, Code.USERSIG_CONTENT_INVALID),
        ({"valid_after": NOW}, Code.LOGIN_KICKED),
    ],
)
def test_refusals(how: dict[str, object], code: Code) -> None:
    token = map_keys.generate(APP, KEY, "amy", "standup", expire=60, now=NOW)
    asked = {"keys": KEYS, "sdkappid": APP, "user_id": "amy", "now": NOW, "room": "standup"} | how
    with pytest.raises(ApiError) as refused:
        map_keys.verify(token, **asked)  # type: ignore[arg-type]
    assert refused.value.code == code


@pytest.mark.parametrize(
    "packed", [None, b"", b"\1", b"\2" + bytes(30), bytes(200), b"\1\0\1a" + bytes(20) + b"\0\5ab"]
)
def test_other_buffers(packed: bytes | None) -> None:
    token = usersig.generate(APP, KEY, "amy", expire=60, now=NOW, userbuf=packed)
    with pytest.raises(ApiError) as refused:
        map_keys.inspect(token)
    assert refused.value.code == Code.USERSIG_CONTENT_INVALID


@pytest.mark.parametrize(("room", "privileges"), [(-1, 1), (2**32, 1), ("", 1), ("x" * 129, 1), ("a\n", 1), (1, 256)])
def test_what_has_no_place(room: int | str, privileges: int) -> None:
    with pytest.raises(ValueError, match="room"):
        map_keys.generate(APP, KEY, "amy", room, privileges=privileges, expire=60, now=NOW)
