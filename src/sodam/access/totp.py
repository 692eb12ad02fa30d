"""One-time codes by time (RFC 6238): SHA-1, six digits, 30 seconds, as every authenticator app has them."""

from __future__ import annotations

import base64
import hmac
import secrets
from typing import Final
from urllib.parse import quote

STEP_SECONDS: Final = 30
_DIGITS: Final = 6
_TOLERANCE: Final = 1
"""Steps that a phone's clock may be off."""


def new_secret() -> str:
    """160 random bits as base32."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def uri(secret: str, name: str) -> str:
    """What the QR code for the authenticator app says."""
    return f"otpauth://totp/Sodam:{quote(name)}?secret={secret}&issuer=Sodam&digits={_DIGITS}&period={STEP_SECONDS}"


def code_at(secret: str, step: int) -> str:
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0xF
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**_DIGITS).zfill(_DIGITS)


def accept(secret: str, code: str, now: int, last_step: int) -> int:
    """The time step that ``code`` belongs to; 0 when it is wrong or not newer than ``last_step``, the last one used."""
    found = 0
    for step in range(now // STEP_SECONDS - _TOLERANCE, now // STEP_SECONDS + _TOLERANCE + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.strip().encode()) and step > last_step:
            found = step
    return found
