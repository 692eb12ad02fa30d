"""One-time codes against the vectors of RFC 6238, appendix B (SHA-1, its last six digits), and pyotp."""

from __future__ import annotations

import base64

import pyotp
import pytest

from sodam.access import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_vectors(second: int, code: str) -> None:
    assert totp.code_at(SECRET, second // 30) == code
    assert totp.accept(SECRET, code, second, 0) == second // 30


def test_a_code_works_once_and_not_for_long() -> None:
    secret = totp.new_secret()
    now = 1_800_000_000
    code = pyotp.TOTP(secret).at(now)
    step = totp.accept(secret, code, now, 0)
    assert step == now // 30
    assert totp.accept(secret, code, now + 30, 0) == step
    assert totp.accept(secret, code, now, step) == 0
    assert totp.accept(secret, code, now + 90, 0) == 0
    assert totp.accept(secret, "", now, 0) == 0
    assert totp.accept(secret, "éééééé", now, 0) == 0
    assert pyotp.parse_uri(totp.uri(secret, "a b")).secret == secret
