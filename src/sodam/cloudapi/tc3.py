"""The signature TC3-HMAC-SHA256, exactly (access-management.md 5.1), as pure functions of time and secret."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sodam.control import ControlError

ALGORITHM: Final = "TC3-HMAC-SHA256"
MAX_AGE_SECONDS: Final = 300
UNSIGNED: Final = "UNSIGNED-PAYLOAD"
_AUTHORIZATION: Final = re.compile(
    r"TC3-HMAC-SHA256\s+Credential=([^/,\s]+)/(\d{4}-\d{2}-\d{2})/([a-z0-9]+)/tc3_request\s*,"
    r"\s*SignedHeaders=([a-z0-9;-]+)\s*,\s*Signature=([0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Authorization:
    """The parsed header."""

    secret_id: str
    date: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str


def parse(header: str) -> Authorization:
    """Raises ControlError AuthFailure.InvalidAuthorization."""
    match = _AUTHORIZATION.fullmatch(header.strip())
    if match is None:
        raise _bad("the Authorization header is not a TC3-HMAC-SHA256 signature")
    signed = tuple(match[4].split(";"))
    if "content-type" not in signed or "host" not in signed:
        raise _bad("content-type and host must be signed")
    return Authorization(match[1], match[2], match[3], signed, match[5])


def check_time(authorization: Authorization, timestamp: str, now: float) -> None:
    """Raises ControlError when the time is unreadable, off by more than 300 s, or of another day than the scope."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        raise _bad("X-TC-Timestamp is missing or not a number of seconds")
    if abs(now - int(timestamp)) > MAX_AGE_SECONDS:
        raise ControlError(
            "AuthFailure.SignatureExpire", "the request is more than five minutes off this server's time"
        )
    day = datetime.datetime.fromtimestamp(int(timestamp), datetime.UTC).strftime("%Y-%m-%d")
    if day != authorization.date:
        raise _bad("the credential's date is not the timestamp's date in UTC")


def canonical_request(
    method: str, uri: str, query: str, headers: Mapping[str, str], signed: tuple[str, ...], payload: bytes
) -> str:
    """``headers`` by lower-case name."""
    lines = "".join(f"{name}:{headers.get(name, '').strip().lower()}\n" for name in signed)
    unsigned = headers.get("x-tc-content-sha256", "") == UNSIGNED
    hashed = hashlib.sha256(UNSIGNED.encode() if unsigned else payload).hexdigest()
    return "\n".join((method, uri, query, lines, ";".join(signed), hashed))


def sign(secret_key: str, date: str, service: str, timestamp: str, canonical: str) -> str:
    """The signature, 64 hexadecimal digits."""
    scope = f"{date}/{service}/tc3_request"
    text = "\n".join((ALGORITHM, timestamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    return hmac.digest(signing_key(secret_key, date, service), text.encode(), "sha256").hex()


def signing_key(secret_key: str, date: str, service: str) -> bytes:
    of_date = hmac.digest(b"TC3" + secret_key.encode(), date.encode(), "sha256")
    of_service = hmac.digest(of_date, service.encode(), "sha256")
    return hmac.digest(of_service, b"tc3_request", "sha256")


def matches(authorization: Authorization, secret_key: str, timestamp: str, canonical: str) -> bool:
    """Compared in constant time."""
    expected = sign(secret_key, authorization.date, authorization.service, timestamp, canonical)
    return hmac.compare_digest(expected, authorization.signature)


def _bad(message: str) -> ControlError:
    return ControlError("AuthFailure.InvalidAuthorization", message)
