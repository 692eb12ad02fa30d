"""Apple's service (rest-operations-push.md 5.1): HTTP/2, a client certificate (.p12) or a signed token (.p8)."""

from __future__ import annotations

import base64
import contextlib
import json
import ssl
import tempfile
import uuid
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12

from sodam.outbound import Answer
from sodam.push.model import Access, Certificate, Delivery, Outcome, Request
from sodam.push.vendors.base import ENDPOINT, BadCredentials, Field, Plain, Secrets, by_status, compact, decoded
from sodam.push.vendors.jwt import ec_key, es256
from sodam.push.words import cut_bytes, words

_HOSTS: Final = {"production": "https://api.push.apple.com", "development": "https://api.sandbox.push.apple.com"}
_TOKEN_LIFE: Final = 3000
"""Apple takes a token from 20 minutes to an hour; counted from its own ``iat``."""
MOST_BYTES: Final = 4096
_GONE: Final = ("Unregistered", "ExpiredToken")
_AUTH: Final = ("ExpiredProviderToken",)
_OURS: Final = (
    "BadCertificate",
    "BadCertificateEnvironment",
    "BadTopic",
    "DeviceTokenNotForTopic",
    "Forbidden",
    "InvalidProviderToken",
    "MissingProviderToken",
    "MissingTopic",
    "TopicDisallowed",
)
_WAIT: Final = (
    "IdleTimeout",
    "InternalServerError",
    "ServiceUnavailable",
    "Shutdown",
    "TooManyProviderTokenUpdates",
    "TooManyRequests",
)
_ENVIRONMENT: Final = Field("Environment", required=False, choices=("production", "development"))


class Apns(Plain):
    number = 1
    http2 = True
    counts_badge = True
    sets_badge = True

    def judge(self, answer: Answer) -> Outcome:
        if answer.status == 200:
            return Outcome("ok")
        reason = str(decoded(answer).get("reason", ""))
        if reason in _GONE or answer.status == 410:
            return Outcome("gone", reason or "410", reason)
        if reason in _AUTH:
            return Outcome("auth", reason, reason)
        if reason in _OURS:
            return Outcome("ours", reason, reason)
        if reason in _WAIT:
            return by_status(answer._replace(status=503), reason, reason)
        return by_status(answer, reason, reason)

    def request(
        self, certificate: Certificate, secrets: Secrets, access: str, delivery: Delivery, now: float
    ) -> Request:
        host = certificate.fields.get("Endpoint") or _HOSTS[certificate.fields.get("Environment") or "production"]
        kind, topic, priority = _kind(delivery, certificate.fields.get("BundleId", ""))
        headers = [
            ("content-type", "application/json"),
            ("apns-push-type", kind),
            ("apns-priority", priority),
            ("apns-expiration", str(delivery.expires)),
            ("apns-id", str(uuid.uuid5(uuid.NAMESPACE_OID, delivery.once))),
            ("apns-collapse-id", delivery.collapse[:64]),
        ]
        if topic:
            headers.append(("apns-topic", topic))
        if access:
            headers.append(("authorization", f"bearer {access}"))
        return Request(f"{host.rstrip('/')}/3/device/{delivery.token}", payload(delivery, int(now)), headers)


class P8(Apns):
    name = "apns_p8"
    fields = (Field("Key", secret=True, most=4000), Field("KeyId", most=20), Field("TeamId", most=20),
              Field("BundleId", most=200), _ENVIRONMENT, ENDPOINT)  # fmt: skip

    def check(self, fields: dict[str, str], secrets: dict[str, str]) -> None:
        ec_key(secrets["Key"])

    def access(self, certificate: Certificate, secrets: Secrets, now: float) -> Access | Request | None:
        claims = {"iss": certificate.fields["TeamId"], "iat": int(now)}
        token = es256(ec_key(secrets["Key"]), {"kid": certificate.fields["KeyId"]}, claims)
        return Access(token, int(now) + _TOKEN_LIFE)


class P12(Apns):
    name = "apns_p12"
    fields = (Field("File", secret=True, most=40_000), Field("Password", secret=True), Field("BundleId", most=200),
              _ENVIRONMENT, ENDPOINT)  # fmt: skip

    def check(self, fields: dict[str, str], secrets: dict[str, str]) -> None:
        client_context(secrets, ssl.create_default_context())


def client_context(secrets: Secrets, context: ssl.SSLContext) -> ssl.SSLContext:
    """``context`` with the client certificate of a .p12 file, given in base64. Raises BadCredentials."""
    try:
        raw = base64.b64decode(secrets["File"], validate=True)
        key, certificate, more = pkcs12.load_key_and_certificates(raw, secrets["Password"].encode())
    except ValueError:
        raise BadCredentials("the file is no .p12, or its password is another one", "PushP12") from None
    if key is None or certificate is None:
        raise BadCredentials("the .p12 file holds no key with its certificate", "PushP12Key")
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for one in (certificate, *more):
        pem += one.public_bytes(Encoding.PEM)
    with tempfile.TemporaryDirectory() as directory:  # ssl reads keys from files only; mode 0700
        path = Path(directory) / "client.pem"
        path.write_bytes(pem)
        context.load_cert_chain(path)
    return context


def expires_at(secrets: Secrets) -> int:
    """When a .p12's certificate ends, unix seconds; 0: it has none."""
    with contextlib.suppress(ValueError, KeyError):
        raw = base64.b64decode(secrets["File"])
        _, certificate, _ = pkcs12.load_key_and_certificates(raw, secrets["Password"].encode())
        if isinstance(certificate, x509.Certificate):
            return int(certificate.not_valid_after_utc.timestamp())
    return 0


def _kind(delivery: Delivery, bundle: str) -> tuple[str, str, str]:
    """apns-push-type, apns-topic and apns-priority."""
    apns = delivery.info.ApnsInfo
    if apns is not None and apns.LiveActivity is not None:
        return "liveactivity", f"{bundle}.push-type.liveactivity" if bundle else "", "10"
    if delivery.quiet:
        return "alert", bundle, "5"
    if not _shown(delivery):
        return "background", bundle, "5"
    return "alert", bundle, "10"


def _shown(delivery: Delivery) -> bool:
    found = words(delivery, named=False)
    return bool(found.title or found.body)


def payload(delivery: Delivery, now: int) -> bytes:
    """The JSON of a push, at most 4096 bytes: texts are cut, then Ext goes."""
    body = _payload(delivery, now)
    raw = compact(body)
    if len(raw) > MOST_BYTES and isinstance(body["aps"].get("alert"), dict | str):
        over = len(raw) - MOST_BYTES
        alert = body["aps"]["alert"]
        text = alert if isinstance(alert, str) else alert.get("body", "")
        short = cut_bytes(text, max(0, len(text.encode()) - over - 3))
        if isinstance(alert, str):
            body["aps"]["alert"] = short
        else:
            alert["body"] = short
        raw = compact(body)
    if len(raw) > MOST_BYTES:
        body.pop("ext", None)
        raw = compact(body)
    if len(raw) > MOST_BYTES:  # a title or a state that long
        raw = compact({"aps": {"alert": cut_bytes(words(delivery).body, 1000)}})
    return raw


def _payload(delivery: Delivery, now: int) -> dict[str, Any]:
    apns, found = delivery.info.ApnsInfo, words(delivery, named=False)
    if delivery.wish.info is None and delivery.plain:
        found = found._replace(body=delivery.plain)
    aps: dict[str, Any] = {}
    if apns is not None and apns.LiveActivity is not None:
        activity = apns.LiveActivity
        state = {name: json.loads(bytes(value)) for name, value in activity.ContentState.items()}
        aps |= {"timestamp": now, "event": activity.Event, "content-state": state}
        if activity.DismissalDate:
            aps["dismissal-date"] = activity.DismissalDate
    title = (apns.Title if apns is not None and apns.Title else "") or found.title
    if title or found.body:
        alert = {"title": title, "subtitle": apns.SubTitle if apns is not None else "", "body": found.body}
        shown = {name: value for name, value in alert.items() if value}
        aps["alert"] = found.body if shown.keys() == {"body"} else shown
        if delivery.quiet:
            aps["interruption-level"] = "passive"
        else:
            aps["sound"] = (apns.Sound if apns is not None and apns.Sound else "") or delivery.wish.sound or "default"
    if delivery.badge is not None:
        aps["badge"] = delivery.badge
    if apns is not None:
        if apns.MutableContent or apns.Image:
            aps["mutable-content"] = 1
        if apns.ContentAvailable:
            aps["content-available"] = 1
        if apns.InterruptionLevel:
            aps["interruption-level"] = apns.InterruptionLevel
    if "alert" not in aps and "event" not in aps and not delivery.quiet:
        aps["content-available"] = 1
    body: dict[str, Any] = {"aps": aps}
    if found.ext:
        body["ext"] = found.ext
    if apns is not None and apns.Image:
        body["image"] = apns.Image
    return body
