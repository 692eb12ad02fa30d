"""Vectors of the specification, agreement with the vendor's own library, every failure code, and hostile tokens."""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from TLSSigAPIv2 import TLSSigAPIv2

from sodam import usersig
from sodam.errors import ApiError, Code
from sodam.usersig import Claims, Keys

SECRET = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
OTHER = "f" * 64
APP = 1400000001
NOW = 1700000000
ADMIN_TOKEN = (
    "eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwokpuZl5mcUlRYkl*UVQBcUp2YkFBZkpSlaGJgYQYAiRSa0oyCxKVbKyMANKQIRKMnOBAobmUIVQ0eLM"
    "dKDh5oluGeF*ZYklZpFuTtqWBRZGBQHe6YYuTi5mOea*XmlJiUY*TknJhmnO5bZKtQCrIjMf"
)
BUFFER_TOKEN = (
    "eJw1jdEKgkAQRf9lnkPXWGwTfEiwQAyMSss3N8cYKzNXU4j*PVGbt3vO5c4HDv5ee2MFFsw1BrMhU4pFTRkNOLnTBSeh0ltSlpSCZXA2njEa7EqqECyTccHYyGp6"
    "9MRYTM2JNgor2WT98mrnPeOoU7K17f8DuvZiszznRXYKjm0Yrl0-F60eKRlI3-TQESI0Y667r4i2nbDh*wPKtjl9"
)
V1_TOKEN = (
    "eJxN0FFPwjAQB-Dv0mdj2o6FacLDhCFIFRdU5l6asnXjArR1K8vU*N2ts4ne4-93ubvcJ3pim0tRFPqsLLfvRqJrhNHFEEMplYUKZONCcYRCehDGQMmF5UFT-utv"
    "ywMfyGVkhH*LeJS9gUZyUdlhHAnDkDr22smmBa0cUEwiHNAA-2ELtYP7JJ0uY3qou3Cx*RB6rY5JsqjtbZc-tPM8WEXawLmy-YnIiLFZDDd4ZHpTZTOdPa-sTu3i"
    "-eP8zkTZerxl9HWfTt*ulvmLYVuRTiZ*mYXTzw-I2N*P0dc3C45YFg__"
)
V1_PUBLIC = """-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAELmIY/rk80pHW1N323mSNN/ewhbK5
kx9kqMfJeyXXxg82u1vO7bRerXeihUAjz/c4M7ScRvhSnb4NjHxYrKgiqA==
-----END PUBLIC KEY-----
"""
KEYS = Keys((SECRET,), (V1_PUBLIC,))

# One of this run's own, so that no private key lives in the repository.
PRIVATE = ec.generate_private_key(ec.SECP256R1())
PRIVATE_PEM = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
SEC1_PEM = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()).decode()
PUBLIC_PEM = PRIVATE.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def pack(document: bytes) -> str:
    return base64.b64encode(zlib.compress(document)).decode().translate(str.maketrans("+/=", "*-_"))


def unpack(token: str) -> dict[str, Any]:
    payload = json.loads(zlib.decompress(base64.b64decode(token.translate(str.maketrans("*-_", "+/=")))))
    assert isinstance(payload, dict)
    return payload


def changed(token: str, **fields: Any) -> str:
    payload = unpack(token)
    for name, value in fields.items():
        if value is ...:
            del payload[f"TLS.{name}"]
        else:
            payload[f"TLS.{name}"] = value
    return pack(json.dumps(payload).encode())


def code_of(
    token: str, *, keys: Keys = KEYS, sdkappid: int = APP, user_id: str = "alice", now: int = NOW, **kw: int
) -> Code:
    with pytest.raises(ApiError) as caught:
        usersig.verify(token, keys=keys, sdkappid=sdkappid, user_id=user_id, now=now, **kw)
    return Code(caught.value.code)


def test_vector_without_buffer() -> None:
    claims = usersig.verify(ADMIN_TOKEN, keys=KEYS, sdkappid=APP, user_id="administrator", now=NOW)
    assert claims == Claims("administrator", APP, NOW, 86400, 2, usersig.fingerprint(SECRET))
    made = unpack(usersig.generate(APP, SECRET, "administrator", expire=86400, now=NOW))
    assert made == unpack(ADMIN_TOKEN)
    assert made["TLS.sig"] == "7aFhWNvat6YFB+9p82pPKg1DBD6l7MJfba2LBbc1fCw="


def test_vector_with_buffer() -> None:
    usersig.verify(BUFFER_TOKEN, keys=KEYS, sdkappid=APP, user_id="alice", now=NOW)
    made = unpack(usersig.generate(APP, SECRET, "alice", expire=604800, now=NOW, userbuf=b"\x01\x02hello"))
    assert made == unpack(BUFFER_TOKEN)
    assert made["TLS.sig"] == "G9YjnfXPUwVVFELj8w/WsbPbL6JeB88V6Z4/EqWiMx8="


def test_vector_version_1() -> None:
    claims = usersig.verify(V1_TOKEN, keys=KEYS, sdkappid=APP, user_id="alice", now=NOW)
    assert claims == Claims("alice", APP, NOW, 15552000, 1, usersig.fingerprint(V1_PUBLIC))


def test_the_vendors_library_and_we_accept_each_other() -> None:
    library = TLSSigAPIv2(APP, SECRET)
    theirs = library.gen_sig("alice", 3600)
    claims = usersig.inspect(theirs)
    verified = usersig.verify(theirs, keys=KEYS, sdkappid=APP, user_id="alice", now=claims.issued)
    assert msgspec.structs.replace(verified, signed_by="") == claims
    theirs = library.gen_sig_with_userbuf("alice", 3600, b"\x00room")
    usersig.verify(theirs, keys=KEYS, sdkappid=APP, user_id="alice", now=claims.issued)


user_ids = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=32)
seconds = st.integers(0, 2**40)


@given(
    sdkappid=st.integers(1, 2**32 - 1),
    key=st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
    user_id=user_ids,
    expire=seconds,
    now=seconds,
    userbuf=st.none() | st.binary(max_size=400),
)
def test_round_trip_version_2(
    sdkappid: int, key: str, user_id: str, expire: int, now: int, userbuf: bytes | None
) -> None:
    token = usersig.generate(sdkappid, key, user_id, expire=expire, now=now, userbuf=userbuf)
    claims = usersig.verify(token, keys=Keys((key,), ()), sdkappid=sdkappid, user_id=user_id, now=now + expire)
    assert usersig.inspect(token) == Claims(user_id, sdkappid, now, expire, 2)
    assert claims == Claims(user_id, sdkappid, now, expire, 2, usersig.fingerprint(key))
    assert claims.expires_at == now + expire


@given(
    user_id=user_ids,
    now=seconds,
    userbuf=st.none() | st.binary(max_size=400),
    pem=st.sampled_from([PRIVATE_PEM, SEC1_PEM]),
)
def test_round_trip_version_1(user_id: str, now: int, userbuf: bytes | None, pem: str) -> None:
    token = usersig.generate_v1(APP, pem, user_id, expire=9, now=now, userbuf=userbuf)
    keys = Keys((), (V1_PUBLIC, PUBLIC_PEM))
    claims = usersig.verify(token, keys=keys, sdkappid=APP, user_id=user_id, now=now + 9)
    assert usersig.inspect(token) == Claims(user_id, APP, now, 9, 1)
    assert claims == Claims(user_id, APP, now, 9, 1, usersig.fingerprint(PUBLIC_PEM))


def test_either_of_two_live_keys_verifies() -> None:
    for keys in (Keys((SECRET, OTHER), ()), Keys((OTHER, SECRET), ())):
        usersig.verify(ADMIN_TOKEN, keys=keys, sdkappid=APP, user_id="administrator", now=NOW)
    assert code_of(ADMIN_TOKEN, keys=Keys((OTHER, OTHER), ()), user_id="administrator") is Code.USERSIG_MISMATCH


def test_version_1_without_the_third_party_field() -> None:
    payload = {
        "TLS.account_type": "0",
        "TLS.identifier": "alice",
        "TLS.sdk_appid": str(APP),
        "TLS.time": str(NOW),
        "TLS.expire_after": "60",
    }
    text = "".join(f"{name}:{value}\n" for name, value in payload.items()).encode()
    payload["TLS.sig"] = base64.b64encode(PRIVATE.sign(text, ec.ECDSA(SHA256()))).decode()
    token = pack(json.dumps(payload).encode())
    usersig.verify(token, keys=Keys((), (PUBLIC_PEM,)), sdkappid=APP, user_id="alice", now=NOW)


def test_the_last_second_is_valid_and_the_next_is_not() -> None:
    usersig.verify(BUFFER_TOKEN, keys=KEYS, sdkappid=APP, user_id="alice", now=NOW + 604800)
    assert code_of(BUFFER_TOKEN, now=NOW + 604801) is Code.USERSIG_EXPIRED


def test_a_token_from_the_future_is_accepted() -> None:
    usersig.verify(BUFFER_TOKEN, keys=KEYS, sdkappid=APP, user_id="alice", now=NOW - 3600)


def test_a_token_of_the_second_of_the_kick_is_old() -> None:
    usersig.verify(BUFFER_TOKEN, keys=KEYS, sdkappid=APP, user_id="alice", now=NOW, valid_after=NOW - 1)
    assert code_of(BUFFER_TOKEN, valid_after=NOW) is Code.LOGIN_KICKED


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("", Code.USERSIG_EMPTY),
        (BUFFER_TOKEN[:-8], Code.USERSIG_UNDECODABLE),
        (BUFFER_TOKEN[:-1], Code.USERSIG_UNDECODABLE),
        (BUFFER_TOKEN + "AAAA", Code.USERSIG_UNDECODABLE),
        (BUFFER_TOKEN.replace("*", "+"), Code.USERSIG_UNDECODABLE),
        (" " + BUFFER_TOKEN, Code.USERSIG_UNDECODABLE),
        ("é" * 40, Code.USERSIG_UNDECODABLE),
        ("AAAA", Code.USERSIG_UNDECODABLE),
        ("A" * 8196, Code.USERSIG_UNDECODABLE),
        (pack(b"{" + b" " * 70000 + b"}"), Code.USERSIG_UNDECODABLE),
        (pack(b"[" * 60000), Code.USERSIG_CONTENT_INVALID),
        (pack(b"[1]"), Code.USERSIG_CONTENT_INVALID),
        (pack(b"{}"), Code.USERSIG_CONTENT_INVALID),
        (pack(b"not json"), Code.USERSIG_CONTENT_INVALID),
        (pack(b'{"TLS.ver":"\xff"}'), Code.USERSIG_CONTENT_INVALID),
        (changed(BUFFER_TOKEN, ver="3.0"), Code.USERSIG_CONTENT_INVALID),
        (changed(BUFFER_TOKEN, ver=...), Code.USERSIG_CONTENT_INVALID),
        (changed(BUFFER_TOKEN, identifier=...), Code.USERSIG_CONTENT_INVALID),
        (changed(BUFFER_TOKEN, identifier=5), Code.USERSIG_CONTENT_INVALID),
        (changed(BUFFER_TOKEN, sdkappid=str(APP)), Code.USERSIG_CONTENT_INVALID),
        (changed(BUFFER_TOKEN, time=...), Code.USERSIG_CONTENT_INVALID),
        (changed(BUFFER_TOKEN, time=True), Code.USERSIG_CONTENT_INVALID),
        (changed(BUFFER_TOKEN, time=10**4000), Code.USERSIG_CONTENT_INVALID),
        (changed(BUFFER_TOKEN, expire="604800"), Code.USERSIG_CONTENT_INVALID),
        (changed(BUFFER_TOKEN, expire=-1), Code.USERSIG_CONTENT_INVALID),
        (changed(BUFFER_TOKEN, sig=...), Code.USERSIG_CONTENT_INVALID),
        (changed(BUFFER_TOKEN, sig="not base64!"), Code.USERSIG_CONTENT_INVALID),
        (changed(BUFFER_TOKEN, userbuf="a\nb"), Code.USERSIG_CONTENT_INVALID),
        (changed(BUFFER_TOKEN, userbuf=...), Code.USERSIG_MISMATCH),
        (changed(BUFFER_TOKEN, time=NOW + 1), Code.USERSIG_MISMATCH),
        (changed(BUFFER_TOKEN, sig=base64.b64encode(bytes(32)).decode()), Code.USERSIG_MISMATCH),
        (changed(BUFFER_TOKEN, sig=""), Code.USERSIG_MISMATCH),
        (changed(BUFFER_TOKEN, identifier="bob"), Code.USERSIG_USER_MISMATCH),
        (changed(BUFFER_TOKEN, sdkappid=APP + 1), Code.USERSIG_SDKAPPID_MISMATCH),
        (changed(BUFFER_TOKEN, time=1), Code.USERSIG_EXPIRED),
        (changed(V1_TOKEN, identifier="bob"), Code.USERSIG_USER_MISMATCH),
        (changed(V1_TOKEN, sdk_appid=str(APP + 1)), Code.USERSIG_SDKAPPID_MISMATCH),
        (changed(V1_TOKEN, sdk_appid=APP), Code.USERSIG_CONTENT_INVALID),
        (changed(V1_TOKEN, time="-5"), Code.USERSIG_CONTENT_INVALID),
        (changed(V1_TOKEN, time="٣"), Code.USERSIG_CONTENT_INVALID),
        (changed(V1_TOKEN, expire_after="1" * 5000), Code.USERSIG_CONTENT_INVALID),
        (changed(V1_TOKEN, account_type=...), Code.USERSIG_CONTENT_INVALID),
        (changed(V1_TOKEN, appid_at_3rd="0\nTLS.account_type:0"), Code.USERSIG_CONTENT_INVALID),
        (changed(V1_TOKEN, sig="AAAA"), Code.USERSIG_CONTENT_INVALID),
        (changed(V1_TOKEN, expire_after="15552001"), Code.USERSIG_MISMATCH),
        (changed(V1_TOKEN, time="1"), Code.USERSIG_EXPIRED),
    ],
)
def test_failures(token: str, code: Code) -> None:
    assert code_of(token) is code


def test_the_order_of_checks() -> None:
    stale = changed(BUFFER_TOKEN, identifier="bob", sdkappid=1, time=None)
    assert code_of(stale) is Code.USERSIG_USER_MISMATCH
    assert code_of(stale, user_id="bob") is Code.USERSIG_SDKAPPID_MISMATCH
    assert code_of(stale, user_id="bob", sdkappid=1) is Code.USERSIG_CONTENT_INVALID
    # Expiry is answered before a wrong key.
    assert code_of(BUFFER_TOKEN, keys=Keys((OTHER,), ()), now=NOW * 2) is Code.USERSIG_EXPIRED


def test_an_app_without_the_right_key() -> None:
    assert code_of(BUFFER_TOKEN, keys=Keys()) is Code.USERSIG_NO_KEY
    assert code_of(V1_TOKEN, keys=Keys()) is Code.USERSIG_NO_KEY
    assert code_of(BUFFER_TOKEN, keys=Keys((), (V1_PUBLIC,))) is Code.USERSIG_NO_METHOD
    assert code_of(V1_TOKEN, keys=Keys((SECRET,), ())) is Code.USERSIG_NO_METHOD
    assert code_of(V1_TOKEN, keys=Keys((), (PUBLIC_PEM, "no pem at all"))) is Code.USERSIG_MISMATCH


def test_a_line_break_in_a_name_cannot_be_reread_as_other_fields() -> None:
    # A user named so would own a signed text that, cut elsewhere, reads as a ticket of "alice" with a long life.
    name = f"alice\nTLS.sdkappid:{APP}\nTLS.time:{NOW}\nTLS.expire:9000000000\nTLS.userbuf:"
    with pytest.raises(ValueError, match="unprintable"):
        usersig.generate(APP, SECRET, name, now=NOW)
    assert code_of(changed(BUFFER_TOKEN, identifier=name), user_id=name) is Code.USERSIG_CONTENT_INVALID


def test_generating_refuses_what_could_not_be_verified() -> None:
    with pytest.raises(ValueError, match="UserID"):
        usersig.generate(APP, SECRET, "", now=NOW)
    with pytest.raises(ValueError, match="range"):
        usersig.generate(APP, SECRET, "alice", expire=-1, now=NOW)
    with pytest.raises(ValueError, match="too long"):
        usersig.generate(APP, SECRET, "alice", now=NOW, userbuf=bytes(60000))
    with pytest.raises(ValueError, match="P-256"):
        usersig.generate_v1(APP, other_kinds_of_key()[0], "alice", now=NOW)


def other_kinds_of_key() -> tuple[str, str]:
    wrong = ec.generate_private_key(ec.SECP384R1())
    return (
        wrong.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        rsa.generate_private_key(65537, 2048)
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        .decode(),
    )


@given(st.text() | st.text("ABCabc019*-_", max_size=400) | st.binary().map(pack))
def test_noise_is_refused_with_a_code(token: str) -> None:
    assert 70002 <= code_of(token) <= 70005
    with pytest.raises(ApiError):
        usersig.inspect(token)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(
    base=st.sampled_from([BUFFER_TOKEN, V1_TOKEN]),
    name=st.sampled_from(sorted({*unpack(BUFFER_TOKEN), *unpack(V1_TOKEN)})),
    value=json_values,
)
def test_no_field_of_any_kind_breaks_the_check(base: str, name: str, value: Any) -> None:
    payload = unpack(base)
    payload[name] = value
    token = pack(json.dumps(payload).encode())
    seen: int = Code.OK
    try:
        usersig.verify(token, keys=KEYS, sdkappid=APP, user_id="alice", now=NOW)
    except ApiError as error:
        seen = error.code
    assert seen == Code.OK or 70001 <= seen <= 70014
