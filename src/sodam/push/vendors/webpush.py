"""Web push: browsers' own services, without any vendor's account (RFC 8030, 8188, 8291, 8292).

A device's token is the subscription as the browser gives it: JSON with ``endpoint`` and ``keys``.
"""

from __future__ import annotations

import hashlib
import json
import secrets as random
from typing import Any, Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sodam.outbound import Answer
from sodam.push.model import Certificate, Delivery, Outcome, Request
from sodam.push.vendors.base import BadCredentials, Field, Plain, Secrets, by_status, compact, without_empty
from sodam.push.vendors.jwt import b64, es256, unb64
from sodam.push.words import cut_bytes, words

_HEADER: Final = 86
"""Salt, record size, length of the key, key."""
_TAG: Final = 16
MOST_BYTES: Final = 4096
"""Of the encrypted body: what every browser's service takes."""
MOST_PLAIN: Final = MOST_BYTES - _HEADER - _TAG - 1
_JWT_LIFE: Final = 12 * 3600


class WebPush(Plain):
    name = "webpush"
    number = 0
    counts_badge = True
    sets_badge = False
    fields = (Field("Subject", most=200), Field("PublicKey", required=False, most=200),
              Field("PrivateKey", required=False, secret=True, most=200))  # fmt: skip

    def check(self, fields: dict[str, str], secrets: dict[str, str]) -> None:
        """Without a PrivateKey a pair is made. Browsers need the public key to subscribe."""
        if not fields["Subject"].startswith(("mailto:", "https://")):
            raise BadCredentials("Subject is a mailto: or https: address", "PushSubject")
        secrets.setdefault("PrivateKey", b64(random.token_bytes(32)))
        fields["PublicKey"] = b64(_point(_private(secrets).public_key()))

    def request(
        self, certificate: Certificate, secrets: Secrets, access: str, delivery: Delivery, now: float
    ) -> Request:
        subscription = read_subscription(delivery.token)
        if subscription is None:
            raise BadCredentials("the token is no subscription")
        endpoint, p256dh, auth = subscription
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(now) + _JWT_LIFE,
            "sub": certificate.fields["Subject"],
        }
        token = es256(_private(secrets), {"typ": "JWT"}, claims)
        headers = [
            ("Content-Type", "application/octet-stream"),
            ("Content-Encoding", "aes128gcm"),
            ("TTL", str(max(0, delivery.expires - int(now)))),
            ("Urgency", "low" if delivery.quiet else "high"),
            ("Topic", hashlib.sha256(delivery.collapse.encode()).hexdigest()[:32]),
            ("Authorization", f"vapid t={token}, k={certificate.fields['PublicKey']}"),
        ]
        return Request(endpoint, encrypt(_payload(delivery), p256dh, auth), headers)

    def judge(self, answer: Answer) -> Outcome:
        if 200 <= answer.status < 300:
            return Outcome("ok")
        reason = answer.body[:200].decode(errors="replace")
        if answer.status in (404, 410):
            return Outcome("gone", f"HTTP {answer.status}", reason)
        return by_status(answer, "", reason)


def _private(secrets: Secrets) -> ec.EllipticCurvePrivateKey:
    """Raises BadCredentials."""
    try:
        return ec.derive_private_key(int.from_bytes(unb64(secrets["PrivateKey"])), ec.SECP256R1())
    except ValueError:
        raise BadCredentials("PrivateKey is no key of P-256 in base64url") from None


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def read_subscription(token: str) -> tuple[str, bytes, bytes] | None:
    """Endpoint, public key and secret of a browser's subscription; None when it is none."""
    try:
        found: Any = json.loads(token)
        endpoint = str(found["endpoint"])
        p256dh, auth = unb64(found["keys"]["p256dh"]), unb64(found["keys"]["auth"])
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)
        scheme = urlsplit(endpoint).scheme
    except (ValueError, LookupError, TypeError):
        return None
    if scheme not in ("https", "http") or len(auth) != 16 or len(p256dh) != 65:
        return None
    return endpoint, p256dh, auth


def _payload(delivery: Delivery) -> bytes:
    found = words(delivery)
    body = without_empty(
        {
            "title": found.title,
            "body": found.body,
            "ext": found.ext,
            "badge": delivery.badge,
            "tag": delivery.collapse,
            "silent": delivery.quiet or None,
        }
    )
    raw = compact(body)
    if len(raw) > MOST_PLAIN:
        body["body"] = cut_bytes(found.body, max(0, len(found.body.encode()) - (len(raw) - MOST_PLAIN) - 200))
        raw = compact(body)
    if len(raw) > MOST_PLAIN:
        body.pop("ext", None)
        body["title"] = cut_bytes(found.title, 200)
        body["body"] = cut_bytes(found.body, 1000)
        raw = compact(body)
    return raw


def encrypt(plain: bytes, p256dh: bytes, auth: bytes) -> bytes:
    """``aes128gcm`` in one record, for one receiver."""
    receiver = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), p256dh)
    own = ec.generate_private_key(ec.SECP256R1())
    point, salt = _point(own.public_key()), random.token_bytes(16)
    key, nonce = keys(own.exchange(ec.ECDH(), receiver), auth, salt, p256dh, point)
    sealed = AESGCM(key).encrypt(nonce, plain + b"\x02", None)
    return salt + MOST_BYTES.to_bytes(4) + bytes([len(point)]) + point + sealed


def keys(shared: bytes, auth: bytes, salt: bytes, receiver: bytes, sender: bytes) -> tuple[bytes, bytes]:
    """Content key and nonce, from what both sides know."""
    secret = HKDF(hashes.SHA256(), 32, auth, b"WebPush: info\0" + receiver + sender).derive(shared)
    key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
    nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
    return key, nonce
