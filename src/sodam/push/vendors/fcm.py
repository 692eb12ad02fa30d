"""Google's service, HTTP v1 (rest-operations-push.md 5.2)."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlsplit

from sodam.outbound import Answer
from sodam.push.model import Access, Certificate, Delivery, Outcome, Request
from sodam.push.vendors.base import (
    ENDPOINT,
    BadCredentials,
    Field,
    Secrets,
    as_json,
    base,
    by_status,
    decoded,
    form,
    without_empty,
)
from sodam.push.vendors.jwt import rs256, rsa_key
from sodam.push.words import cut_bytes, words

_HOST: Final = "https://fcm.googleapis.com"
_SCOPE: Final = "https://www.googleapis.com/auth/firebase.messaging"
_GRANT: Final = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_EARLY: Final = 300
"""Seconds before its end at which a token is got anew."""
_MOST_TEXT: Final = 3000
_RESULTS: Final = {
    "UNREGISTERED": "gone",
    "SENDER_ID_MISMATCH": "ours",
    "THIRD_PARTY_AUTH_ERROR": "ours",
    "QUOTA_EXCEEDED": "wait",
    "UNAVAILABLE": "wait",
    "INTERNAL": "wait",
    "INVALID_ARGUMENT": "payload",
}


class Fcm:
    name = "fcm"
    number = 4
    http2 = True
    counts_badge = True
    sets_badge = False
    fields = (Field("ServiceAccount", secret=True, most=10_000), Field("ChannelId", required=False),
              Field("ClickAction", required=False), ENDPOINT)  # fmt: skip

    def check(self, fields: dict[str, str], secrets: dict[str, str]) -> None:
        account = _account(secrets)
        rsa_key(account["private_key"])

    def access(self, certificate: Certificate, secrets: Secrets, now: float) -> Access | Request | None:
        account = _account(secrets)
        claims = {
            "iss": account["client_email"],
            "scope": _SCOPE,
            "aud": account["token_uri"],
            "iat": int(now),
            "exp": int(now) + 3600,
        }
        assertion = rs256(rsa_key(account["private_key"]), {"typ": "JWT"}, claims)
        url = account["token_uri"]
        if certificate.fields.get("Endpoint"):
            url = base(certificate, _HOST) + (urlsplit(url).path or "/token")
        return form(url, {"grant_type": _GRANT, "assertion": assertion})

    def read_access(self, answer: Answer, now: float) -> Access | Outcome:
        found = decoded(answer)
        if answer.status == 200 and found.get("access_token"):
            life = int(found.get("expires_in", 3600))
            return Access(str(found["access_token"]), int(now) + max(60, life - _EARLY))
        if answer.status in (400, 401, 403):
            return Outcome("ours", str(found.get("error", answer.status)), str(found.get("error_description", "")))
        return by_status(answer)

    def request(
        self, certificate: Certificate, secrets: Secrets, access: str, delivery: Delivery, now: float
    ) -> Request:
        project = _account(secrets)["project_id"]
        url = f"{base(certificate, _HOST)}/v1/projects/{project}/messages:send"
        return as_json(url, {"message": _message(certificate, delivery, now)}, {"Authorization": f"Bearer {access}"})

    def judge(self, answer: Answer) -> Outcome:
        if answer.status == 200:
            return Outcome("ok")
        error = decoded(answer).get("error")
        if not isinstance(error, dict):
            return by_status(answer)
        details = error.get("details") if isinstance(error.get("details"), list) else []
        code = next((str(d["errorCode"]) for d in details or () if isinstance(d, dict) and "errorCode" in d), "")
        reason = str(error.get("message", ""))
        if answer.status == 401 and code != "THIRD_PARTY_AUTH_ERROR":
            return Outcome("auth", code or str(error.get("status", "")), reason)
        waited = by_status(answer, code, reason)
        result = _RESULTS.get(code)
        return waited._replace(result=result) if result else waited  # type: ignore[arg-type]


def project_of(secrets: Secrets) -> str:
    """The Firebase project of a service account; empty: there is none."""
    try:
        return _account(secrets)["project_id"]
    except BadCredentials:
        return ""


def _account(secrets: Secrets) -> dict[str, str]:
    """Raises BadCredentials."""
    try:
        account = json.loads(secrets["ServiceAccount"])
        found = {name: str(account[name]) for name in ("project_id", "client_email", "private_key")}
        found["token_uri"] = str(account.get("token_uri") or "https://oauth2.googleapis.com/token")
    except (ValueError, LookupError, TypeError, AttributeError):
        raise BadCredentials("the file is no service account of Firebase", "PushServiceAccount") from None
    return found


def _message(certificate: Certificate, delivery: Delivery, now: float) -> dict[str, Any]:
    found, android = words(delivery), delivery.info.AndroidInfo
    body = cut_bytes(found.body, max(100, _MOST_TEXT - len(found.ext.encode())))
    notification = without_empty({"title": cut_bytes(found.title, 500), "body": body})
    shown: dict[str, Any] = {
        "channel_id": (android.GoogleChannelID if android else "") or certificate.fields.get("ChannelId"),
        "sound": android.Sound if android else "",
        "click_action": certificate.fields.get("ClickAction"),
        "tag": delivery.collapse,
        "notification_count": delivery.badge,
    }
    if android is not None and android.GoogleImage:
        notification["image"] = android.GoogleImage
    message: dict[str, Any] = {
        "token": delivery.token,
        "notification": notification,
        "android": {
            "priority": (android.GooglePriority if android else "") or "high",
            "ttl": f"{max(0, delivery.expires - int(now))}s",
            "notification": without_empty(shown),
        },
    }
    if found.ext:
        message["data"] = {"ext": found.ext}
    return message
