"""UserSig: the signed ticket with which an administrator calls REST and a user logs in.

Version 2 is an HMAC-SHA256 under the app's secret, version 1 an ECDSA P-256 signature under its key pair; both are
packed alike (JSON, zlib, a base64 whose `+ / =` are written `* - _`). Source: `rest-accounts-relations.md` section 2.

Everything here is a pure function: the caller brings the keys and the time (unix seconds). A token is attacker's input,
so its length, its decompressed size and the form of every field are bounded before anything is done with them.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from sodam.errors import ApiError, Code

DEFAULT_EXPIRE: Final = 180 * 86400
"""Lifetime in seconds that the server SDKs use when they are told nothing."""
MAX_TOKEN_LENGTH: Final = 8192
"""Characters. An ordinary token has about 200; the rest is room for a user buffer."""
MAX_PAYLOAD_BYTES: Final = 65536
"""Bound on the decompressed JSON: zlib may blow its input up a thousandfold."""

_MAX_NUMBER: Final = 2**53
_MAX_DIGITS: Final = 16
# A token may use only the token alphabet, so the three letters that it replaces become ones that base64 refuses.
_UNPACK: Final = bytes.maketrans(b"*-_+/=", b"+/=!!!")
_PACK: Final = bytes.maketrans(b"+/=", b"*-_")


@dataclass(frozen=True, slots=True)
class Keys:
    """What an app can check signatures with: secrets for version 2, SPKI public keys in PEM for version 1.

    Several may be live at once while an app changes its key; any one of them may verify.
    """

    secrets: tuple[str, ...] = ()
    public_pems: tuple[str, ...] = ()

    def holds(self, signed_by: str) -> bool:
        """Whether the key of a ``fingerprint`` is still among them."""
        return signed_by in map(fingerprint, (*self.secrets, *self.public_pems))


class Claims(msgspec.Struct, frozen=True, gc=False):
    """What a token says. `issued` is in unix seconds, `expire` a lifetime in seconds, `version` 1 or 2."""

    user_id: str
    sdkappid: int
    issued: int
    expire: int
    version: int
    signed_by: str = ""
    """Which of the app's keys verified it, as ``fingerprint`` names it; empty as long as none has."""

    @property
    def expires_at(self) -> int:
        """The last unix second at which the token is accepted."""
        return self.issued + self.expire


class _Payload(msgspec.Struct, frozen=True, gc=False):
    """The JSON of either version. Values are checked one by one, because the order decides which code is answered."""

    ver: object = msgspec.field(default=None, name="TLS.ver")
    identifier: object = msgspec.field(default=None, name="TLS.identifier")
    sdkappid: object = msgspec.field(default=None, name="TLS.sdkappid")
    expire: object = msgspec.field(default=None, name="TLS.expire")
    time: object = msgspec.field(default=None, name="TLS.time")
    userbuf: object = msgspec.field(default=None, name="TLS.userbuf")
    sig: object = msgspec.field(default=None, name="TLS.sig")
    appid_at_3rd: object = msgspec.field(default=None, name="TLS.appid_at_3rd")
    account_type: object = msgspec.field(default=None, name="TLS.account_type")
    sdk_appid: object = msgspec.field(default=None, name="TLS.sdk_appid")
    expire_after: object = msgspec.field(default=None, name="TLS.expire_after")


_decode_payload: Final = msgspec.json.Decoder(_Payload).decode


def generate(
    sdkappid: int, key: str, user_id: str, *, expire: int = DEFAULT_EXPIRE, now: int, userbuf: bytes | None = None
) -> str:
    """Make a version 2 token for `user_id`, valid for `expire` seconds from `now`.

    `key` is the app's secret as its text (the hexadecimal text is not decoded). `userbuf` is opaque and signed along.
    Raises ValueError where the result could not be verified: an empty or unprintable UserID, numbers out of range,
    a buffer that makes the token too long.
    """
    _check_signable(user_id, now, expire)
    buffer = None if userbuf is None else binascii.b2a_base64(userbuf, newline=False).decode()
    text = _text_v2(user_id, sdkappid, now, expire, buffer)
    payload: dict[str, str | int] = {
        "TLS.ver": "2.0",
        "TLS.identifier": user_id,
        "TLS.sdkappid": sdkappid,
        "TLS.expire": expire,
        "TLS.time": now,
    }
    if buffer is not None:
        payload["TLS.userbuf"] = buffer
    return _pack(payload, hmac.digest(key.encode(), text, "sha256"))


def generate_v1(
    sdkappid: int,
    private_pem: str,
    user_id: str,
    *,
    expire: int = DEFAULT_EXPIRE,
    now: int,
    userbuf: bytes | None = None,
) -> str:
    """Make a version 1 token, signed with an EC P-256 private key in PEM (PKCS#8 or SEC1).

    Raises ValueError as `generate` does, and where the key is of another kind.
    """
    _check_signable(user_id, now, expire)
    key = load_pem_private_key(private_pem.encode(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("the private key is not an EC P-256 key")
    buffer = None if userbuf is None else binascii.b2a_base64(userbuf, newline=False).decode()
    text = _text_v1("0", "0", user_id, str(sdkappid), str(now), str(expire), buffer)
    payload: dict[str, str | int] = {
        "TLS.account_type": "0",
        "TLS.identifier": user_id,
        "TLS.appid_at_3rd": "0",
        "TLS.sdk_appid": str(sdkappid),
        "TLS.expire_after": str(expire),
        "TLS.version": "201803230000",
        "TLS.time": str(now),
    }
    if buffer is not None:
        payload["TLS.userbuf"] = buffer
    return _pack(payload, key.sign(text, ec.ECDSA(SHA256())))


def inspect(token: str) -> Claims:
    """Read a token without checking its signature or age, to show it to whoever debugs one.

    Raises ApiError 70002, 70003 or 70005 where it cannot be read. Never a proof of anything.
    """
    payload = _unpack(token)
    if payload.ver is not None:
        return _claims_v2(payload, None, None)
    return _claims_v1(payload, None, None)


def userbuf(token: str) -> bytes | None:
    """The opaque buffer of a token, unchecked as ``inspect`` is; None where it has none."""
    payload = _unpack(token)
    return None if payload.userbuf is None else _base64_field("userbuf", payload.userbuf)


def verify(token: str, *, keys: Keys, sdkappid: int, user_id: str, now: int, valid_after: int = 0) -> Claims:
    """Check a token of either version and give back what it says.

    `valid_after` is the second of the account's last `kick`: a token of that second or earlier is refused.
    Raises ApiError, in the order of section 2.1: 70002 empty, 70003 cannot be unpacked, 70005 content, 70013 other
    user, 70014 other app, 70001 expired, 70052 kicked, 70016 the app has no key, 70015 none for this version,
    70009 mismatch.
    A token from the future is accepted, since clocks differ.
    """
    payload = _unpack(token)
    v2 = payload.ver is not None
    claims = _claims_v2(payload, user_id, sdkappid) if v2 else _claims_v1(payload, user_id, sdkappid)
    if now > claims.issued + claims.expire:
        raise ApiError(Code.USERSIG_EXPIRED)
    if valid_after and claims.issued <= valid_after:
        raise ApiError(Code.LOGIN_KICKED)
    if not (keys.secrets if v2 else keys.public_pems):
        raise ApiError(Code.USERSIG_NO_METHOD if keys.secrets or keys.public_pems else Code.USERSIG_NO_KEY)
    key = _signed_v2(payload, claims, keys.secrets) if v2 else _signed_v1(payload, keys.public_pems)
    if key is None:
        raise ApiError(Code.USERSIG_MISMATCH)
    return Claims(claims.user_id, claims.sdkappid, claims.issued, claims.expire, claims.version, fingerprint(key))


@lru_cache(maxsize=4096)
def fingerprint(key: str) -> str:
    """Names a key without telling it: enough to know it again among the few of an app."""
    return hashlib.sha256(b"sodam key " + key.encode()).hexdigest()[:16]


def _check_signable(user_id: str, now: int, expire: int) -> None:
    if not user_id or not user_id.isprintable():
        raise ValueError("the UserID is empty or holds unprintable characters")
    if not (0 <= now <= _MAX_NUMBER and 0 <= expire <= _MAX_NUMBER):
        raise ValueError("the time or the lifetime is out of range")


def _pack(payload: dict[str, str | int], signature: bytes) -> str:
    payload["TLS.sig"] = binascii.b2a_base64(signature, newline=False).decode()
    document = msgspec.json.encode(payload)
    token = binascii.b2a_base64(zlib.compress(document), newline=False).translate(_PACK).decode()
    if len(document) > MAX_PAYLOAD_BYTES or len(token) > MAX_TOKEN_LENGTH:
        raise ValueError("the user buffer makes the token too long")
    return token


def _unpack(token: str) -> _Payload:
    if not token:
        raise ApiError(Code.USERSIG_EMPTY)
    if len(token) > MAX_TOKEN_LENGTH:
        raise ApiError(Code.USERSIG_UNDECODABLE, f"the UserSig is longer than {MAX_TOKEN_LENGTH} characters")
    try:
        packed = binascii.a2b_base64(token.encode("ascii").translate(_UNPACK), strict_mode=True)
        inflater = zlib.decompressobj()
        document = inflater.decompress(packed, MAX_PAYLOAD_BYTES)
    except (ValueError, zlib.error):
        raise ApiError(Code.USERSIG_UNDECODABLE) from None
    if not inflater.eof or inflater.unused_data:
        raise ApiError(Code.USERSIG_UNDECODABLE)
    try:
        return _decode_payload(document)
    except (ValueError, RecursionError):
        raise ApiError(Code.USERSIG_CONTENT_INVALID, "the UserSig does not hold a JSON object") from None


def _bad_field(name: str) -> ApiError:
    return ApiError(Code.USERSIG_CONTENT_INVALID, f"TLS.{name} is missing or illegal")


def _claims_v2(payload: _Payload, user_id: str | None, sdkappid: int | None) -> Claims:
    """Check the fields of version 2 in the order of section 2.1; None means that any user or app will do."""
    if payload.ver != "2.0":
        raise _bad_field("ver")
    identifier, app, issued, expire = payload.identifier, payload.sdkappid, payload.time, payload.expire
    if type(identifier) is not str or not identifier:
        raise _bad_field("identifier")
    if user_id is not None and identifier != user_id:
        raise ApiError(Code.USERSIG_USER_MISMATCH)
    if type(app) is not int:
        raise _bad_field("sdkappid")
    if sdkappid is not None and app != sdkappid:
        raise ApiError(Code.USERSIG_SDKAPPID_MISMATCH)
    if type(issued) is not int or not 0 <= issued <= _MAX_NUMBER:
        raise _bad_field("time")
    if type(expire) is not int or not 0 <= expire <= _MAX_NUMBER:
        raise _bad_field("expire")
    return Claims(identifier, app, issued, expire, 2)


def _claims_v1(payload: _Payload, user_id: str | None, sdkappid: int | None) -> Claims:
    """Check the fields of version 1, whose values are all strings."""
    identifier = payload.identifier
    if type(identifier) is not str or not identifier:
        raise _bad_field("identifier")
    if user_id is not None and identifier != user_id:
        raise ApiError(Code.USERSIG_USER_MISMATCH)
    app = _number("sdk_appid", payload.sdk_appid)
    if sdkappid is not None and app != sdkappid:
        raise ApiError(Code.USERSIG_SDKAPPID_MISMATCH)
    issued, expire = _number("time", payload.time), _number("expire_after", payload.expire_after)
    return Claims(identifier, app, issued, expire, 1)


def _number(name: str, value: object) -> int:
    if not isinstance(value, str) or len(value) > _MAX_DIGITS or not (value.isascii() and value.isdigit()):
        raise _bad_field(name)
    return int(value)


def _signature(payload: _Payload) -> bytes:
    return _base64_field("sig", payload.sig)


def _base64_field(name: str, value: object) -> bytes:
    if not isinstance(value, str):
        raise _bad_field(name)
    try:
        return binascii.a2b_base64(value, strict_mode=True)
    except ValueError:
        raise _bad_field(name) from None


def _buffer(payload: _Payload) -> str | None:
    """The user buffer as its base64 text.

    The signed lines have no escapes, so a line break inside a field could make one signed text mean two tokens:
    a buffer must be clean base64, and every other string printable.
    """
    if payload.userbuf is not None:
        _base64_field("userbuf", payload.userbuf)
        return str(payload.userbuf)
    return None


def _signed_v2(payload: _Payload, claims: Claims, secrets: tuple[str, ...]) -> str | None:
    """The secret that made the signature."""
    if not claims.user_id.isprintable():
        raise _bad_field("identifier")
    text = _text_v2(claims.user_id, claims.sdkappid, claims.issued, claims.expire, _buffer(payload))
    signature = _signature(payload)
    for secret in secrets:
        mac = _begun(secret).copy()
        mac.update(text)
        if hmac.compare_digest(mac.digest(), signature):
            return secret
    return None


@lru_cache(maxsize=4096)
def _begun(secret: str) -> hmac.HMAC:
    """A signature under this key, to which a copy adds the text: OpenSSL takes three times as long to begin anew."""
    return hmac.new(secret.encode(), digestmod="sha256")


def _signed_v1(payload: _Payload, public_pems: tuple[str, ...]) -> str | None:
    """The public key whose private one made the signature."""
    fields = {
        "account_type": payload.account_type,
        "identifier": payload.identifier,
        "sdk_appid": payload.sdk_appid,
        "time": payload.time,
        "expire_after": payload.expire_after,
    }
    if payload.appid_at_3rd is not None:
        fields["appid_at_3rd"] = payload.appid_at_3rd
    texts: dict[str, str] = {}
    for name, value in fields.items():
        if not isinstance(value, str) or not value.isprintable():
            raise _bad_field(name)
        texts[name] = value
    text = _text_v1(
        texts.get("appid_at_3rd"),
        texts["account_type"],
        texts["identifier"],
        texts["sdk_appid"],
        texts["time"],
        texts["expire_after"],
        _buffer(payload),
    )
    signature = _signature(payload)
    try:
        decode_dss_signature(signature)
    except ValueError:
        raise _bad_field("sig") from None
    return next((pem for pem in public_pems if _verifies(pem, signature, text)), None)


def _verifies(pem: str, signature: bytes, text: bytes) -> bool:
    try:
        _load_public(pem).verify(signature, text, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


@lru_cache(maxsize=1024)
def _load_public(pem: str) -> ec.EllipticCurvePublicKey:
    key = load_pem_public_key(pem.encode())
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("the public key is not an EC P-256 key")
    return key


def _text_v2(user_id: str, sdkappid: int, issued: int, expire: int, buffer: str | None) -> bytes:
    text = f"TLS.identifier:{user_id}\nTLS.sdkappid:{sdkappid}\nTLS.time:{issued}\nTLS.expire:{expire}\n"
    if buffer is not None:
        text += f"TLS.userbuf:{buffer}\n"
    return text.encode()


def _text_v1(
    appid_at_3rd: str | None, account_type: str, user_id: str, app: str, issued: str, expire: str, buffer: str | None
) -> bytes:
    lines = [] if appid_at_3rd is None else [f"TLS.appid_at_3rd:{appid_at_3rd}"]
    lines += [
        f"TLS.account_type:{account_type}",
        f"TLS.identifier:{user_id}",
        f"TLS.sdk_appid:{app}",
        f"TLS.time:{issued}",
        f"TLS.expire_after:{expire}",
    ]
    if buffer is not None:
        lines.append(f"TLS.userbuf:{buffer}")
    return "\n".join([*lines, ""]).encode()
