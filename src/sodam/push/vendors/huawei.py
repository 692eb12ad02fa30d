"""The services of Huawei and Honor, which speak nearly alike (rest-operations-push.md 5.3 and 5.4)."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from sodam.outbound import Answer
from sodam.push.model import Access, Certificate, Delivery, Outcome, Request
from sodam.push.vendors.base import (
    CLICK,
    ENDPOINT,
    Field,
    Plain,
    Secrets,
    as_json,
    base,
    by_status,
    by_table,
    decoded,
    form,
    without_empty,
)
from sodam.push.vendors.makers import CATEGORY, CHANNEL, PACKAGE, ttl, wishes_of
from sodam.push.words import ext_json, fitting

_BADGE: Final = Field("BadgeClass", required=False)
_AUTH_ENDPOINT: Final = Field("AuthEndpoint", required=False)
_EARLY: Final = 300


def _auth_url(certificate: Certificate, default: str, path: str) -> str:
    own = certificate.fields.get("AuthEndpoint") or certificate.fields.get("Endpoint")
    return f"{(own or default).rstrip('/')}{path}"


def _oauth(answer: Answer, now: float) -> Access | Outcome:
    """The answer to client_credentials."""
    found = decoded(answer)
    if answer.status == 200 and found.get("access_token"):
        life = int(found.get("expires_in", 3600))
        return Access(str(found["access_token"]), int(now) + max(60, life - _EARLY))
    if answer.status == 429 or answer.status >= 500:
        return by_status(answer)
    return Outcome("ours", str(found.get("error", answer.status)), str(found.get("error_description", "")))


def _badge(delivery: Delivery, set_name: str, add_name: str) -> dict[str, Any]:
    info = delivery.info
    if info.BadgeSetNum is not None:
        return {set_name: min(info.BadgeSetNum, 99)}
    return {add_name: delivery.add} if delivery.add else {}


def _importance(value: str | None) -> str | None:
    return value or None


class Huawei(Plain):
    name = "huawei"
    number = 3
    counts_badge = True
    sets_badge = False
    fields = (PACKAGE, Field("AppId"), Field("ClientId", required=False), Field("AppSecret", secret=True), CHANNEL,
              CATEGORY, _BADGE, *CLICK, ENDPOINT, _AUTH_ENDPOINT)  # fmt: skip
    codes: Final = {
        "80300007": "gone",
        "80200001": "auth",
        "80200003": "auth",
        "80300002": "ours",
        "80600003": "ours",
        "80300011": "ours",
        "81000001": "wait",
    }

    def access(self, certificate: Certificate, secrets: Secrets, now: float) -> Access | Request | None:
        client = certificate.fields.get("ClientId") or certificate.fields["AppId"]
        values = {"grant_type": "client_credentials", "client_id": client, "client_secret": secrets["AppSecret"]}
        return form(_auth_url(certificate, "https://oauth-login.cloud.huawei.com", "/oauth2/v3/token"), values)

    def read_access(self, answer: Answer, now: float) -> Access | Outcome:
        return _oauth(answer, now)

    def request(
        self, certificate: Certificate, secrets: Secrets, access: str, delivery: Delivery, now: float
    ) -> Request:
        found, wishes, fields = fitting(self.name, delivery), wishes_of(delivery), certificate.fields
        badge = _badge(delivery, "set_num", "add_num")
        notification = without_empty(
            {
                "title": found.title,
                "body": found.body,
                "click_action": _huawei_click(certificate, found.ext, in_intent=bool(wishes.ExtAsHuaweiIntentParam)),
                "channel_id": wishes.HuaWeiChannelID or fields.get("ChannelId"),
                "importance": _importance(wishes.HuaWeiImportance),
                "sound": wishes.Sound,
                "default_sound": None if wishes.Sound else True,
                "image": wishes.HuaWeiImage,
                "badge": {**badge, "class": fields["BadgeClass"]} if badge and fields.get("BadgeClass") else None,
                "style": wishes.PushStyle,
                "tag": delivery.collapse,
                "foreground_show": False,
            }
        )
        android = without_empty(
            {
                "category": wishes.HuaWeiCategory or fields.get("Category"),
                "ttl": f"{ttl(delivery, now)}s",
                "target_user_type": 0,
                "notification": notification,
            }
        )
        message: dict[str, Any] = {"token": [delivery.token], "android": android}
        if found.ext:
            message["data"] = ext_json(found.ext)
        url = f"{base(certificate, 'https://push-api.cloud.huawei.com')}/v1/{fields['AppId']}/messages:send"
        return as_json(url, {"validate_only": False, "message": message}, {"Authorization": f"Bearer {access}"})

    def judge(self, answer: Answer) -> Outcome:
        found = decoded(answer)
        code, reason = str(found.get("code", "")), str(found.get("msg", ""))
        if not code:
            return by_status(answer)
        if code == "80100000":  # of one token: it is illegal
            return Outcome("gone", code, reason)
        return by_table(self.codes, code, reason, answer, "80000000")


def _huawei_click(certificate: Certificate, ext: str, *, in_intent: bool) -> dict[str, Any]:
    fields = certificate.fields
    kind, page = fields.get("ClickAction") or "app", fields.get("ClickPage") or ""
    if kind == "url" and fields.get("ClickUrl"):
        return {"type": 2, "url": fields["ClickUrl"]}
    if kind == "page" and page:
        if page.startswith("intent:"):
            extra = f"S.ext={quote(ext, safe='')};end" if ext and in_intent else "end"
            return {"type": 1, "intent": page.removesuffix("end") + extra}
        return {"type": 1, "action": page}
    return {"type": 3}


class Honor(Plain):
    name = "honor"
    number = 8
    counts_badge = True
    sets_badge = False
    fields = (PACKAGE, Field("AppId"), Field("ClientId"), Field("ClientSecret", secret=True), _BADGE, *CLICK,
              ENDPOINT, _AUTH_ENDPOINT)  # fmt: skip
    codes: Final = {**Huawei.codes, "80100000": "payload"}

    def access(self, certificate: Certificate, secrets: Secrets, now: float) -> Access | Request | None:
        values = {
            "grant_type": "client_credentials",
            "client_id": certificate.fields["ClientId"],
            "client_secret": secrets["ClientSecret"],
        }
        return form(_auth_url(certificate, "https://iam.developer.honor.com", "/auth/token"), values)

    def read_access(self, answer: Answer, now: float) -> Access | Outcome:
        return _oauth(answer, now)

    def request(
        self, certificate: Certificate, secrets: Secrets, access: str, delivery: Delivery, now: float
    ) -> Request:
        found, wishes, fields = fitting(self.name, delivery), wishes_of(delivery), certificate.fields
        badge = _badge(delivery, "setNum", "addNum")
        click = _huawei_click(certificate, found.ext, in_intent=True)
        notification = without_empty(
            {
                "title": found.title,
                "body": found.body,
                "clickAction": click,
                "importance": _importance(wishes.HonorImportance),
                "image": wishes.HonorImage,
                "badge": {**badge, "badgeClass": fields["BadgeClass"]} if badge and fields.get("BadgeClass") else None,
                "tag": delivery.collapse,
            }
        )
        body: dict[str, Any] = {
            "token": [delivery.token],
            "android": {"ttl": f"{ttl(delivery, now)}s", "targetUserType": 0, "notification": notification},
        }
        if found.ext:
            body["data"] = ext_json(found.ext)
        url = f"{base(certificate, 'https://push-api.cloud.honor.com')}/api/v1/{fields['AppId']}/sendMessage"
        return as_json(url, body, {"Authorization": f"Bearer {access}", "timestamp": str(int(now * 1000))})

    def judge(self, answer: Answer) -> Outcome:
        found = decoded(answer)
        data = found.get("data") if isinstance(found.get("data"), dict) else {}
        code, reason = str(found.get("code", "")), str(found.get("message", ""))
        if data and data.get("expireTokens"):
            return Outcome("gone", code or "expireTokens", reason)
        if data and data.get("failTokens"):
            return Outcome("payload", code or "failTokens", reason)
        if not code:
            return by_status(answer)
        return by_table(self.codes, code, reason, answer, "200")
