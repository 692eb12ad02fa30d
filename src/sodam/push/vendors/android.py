"""The other services of Android's makers (rest-operations-push.md 5.5 to 5.8): Xiaomi, OPPO, vivo, Meizu.

Each is its credentials, its payload, and a table of those of its codes that mean more than a push that was not taken.
"""

from __future__ import annotations

import hashlib
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
    compact,
    decoded,
    form,
    without_empty,
)
from sodam.push.vendors.makers import CATEGORY, CHANNEL, PACKAGE, ttl, wishes_of
from sodam.push.words import ext_json, fitting


class Xiaomi(Plain):
    name = "xiaomi"
    number = 2
    fields = (PACKAGE, Field("AppId"), Field("AppSecret", secret=True), CHANNEL,
              Field("Region", required=False, choices=("china", "global", "russia", "india", "europe", "singapore")),
              *CLICK, ENDPOINT)  # fmt: skip
    codes: Final = {
        "10029": "gone",
        "21301": "ours",
        "21302": "ours",
        "21303": "ours",
        "21305": "ours",
        "22000": "ours",
        "22006": "ours",
        "22007": "ours",
        "22022": "ours",
        "27001": "ours",
        "-1": "wait",
        "10001": "wait",
        "10002": "wait",
        "10003": "wait",
        "10027": "wait",
        "10034": "wait",
        "20301": "wait",
        "26003": "wait",
        "26004": "wait",
    }
    _hosts: Final = {
        "china": "https://api.xmpush.xiaomi.com",
        "global": "https://api.xmpush.global.xiaomi.com",
        "russia": "https://ru-api.xmpush.global.xiaomi.com",
        "india": "https://idmb-api.xmpush.global.xiaomi.com",
        "europe": "https://fr-api.xmpush.global.xiaomi.com",
        "singapore": "https://sgp-api.xmpush.global.xiaomi.com",
    }

    def request(
        self, certificate: Certificate, secrets: Secrets, access: str, delivery: Delivery, now: float
    ) -> Request:
        found, wishes, fields = fitting(self.name, delivery), wishes_of(delivery), certificate.fields
        kind = fields.get("ClickAction") or "app"
        click: dict[str, object] = {"extra.notify_effect": 1}
        if kind == "page" and fields.get("ClickPage"):
            click = {"extra.notify_effect": 2, "extra.intent_uri": fields["ClickPage"]}
        elif kind == "url" and fields.get("ClickUrl"):
            click = {"extra.notify_effect": 3, "extra.web_uri": fields["ClickUrl"]}
        sound = f"android.resource://{fields['PackageName']}/raw/{wishes.Sound}" if wishes.Sound else None
        values: dict[str, object] = {
            "registration_id": delivery.token,
            "restricted_package_name": fields["PackageName"],
            "pass_through": 0,
            "title": found.title or found.body[:20],
            "description": found.body,
            "payload": quote(found.ext, safe=""),
            "notify_type": -1,
            "notify_id": int(hashlib.sha256(delivery.collapse.encode()).hexdigest()[:7], 16),
            "time_to_live": ttl(delivery, now) * 1000,
            "extra.channel_id": wishes.XiaoMiChannelID or fields.get("ChannelId"),
            "extra.sound_uri": sound,
            "extra.ext": found.ext,
            **click,
        }
        host = base(certificate, self._hosts[fields.get("Region") or "china"])
        return form(f"{host}/v3/message/regid", without_empty(values), {"Authorization": f"key={secrets['AppSecret']}"})

    def judge(self, answer: Answer) -> Outcome:
        found = decoded(answer)
        if "code" not in found:
            return by_status(answer)
        reason = str(found.get("reason") or found.get("description") or "")
        return by_table(self.codes, str(found["code"]), reason, answer, "0")


class Oppo(Plain):
    name = "oppo"
    number = 6
    fields = (PACKAGE, Field("AppId", required=False), Field("AppKey"), Field("MasterSecret", secret=True), CHANNEL,
              *CLICK, ENDPOINT)  # fmt: skip
    codes: Final = {
        "10000": "gone",
        "11": "auth",
        "14": "ours",
        "15": "ours",
        "16": "ours",
        "17": "ours",
        "18": "ours",
        "19": "ours",
        "-1": "wait",
        "-2": "wait",
        "13": "wait",
        "33": "wait",
    }
    _host: Final = "https://api.push.oppomobile.com"

    def access(self, certificate: Certificate, secrets: Secrets, now: float) -> Access | Request | None:
        key, stamp = certificate.fields["AppKey"], str(int(now * 1000))
        values = {"app_key": key, "timestamp": stamp, "sign": oppo_sign(key, stamp, secrets["MasterSecret"])}
        return form(f"{base(certificate, self._host)}/server/v1/auth", values)

    def read_access(self, answer: Answer, now: float) -> Access | Outcome:
        found = decoded(answer)
        data = found.get("data")
        if str(found.get("code")) == "0" and isinstance(data, dict) and data.get("auth_token"):
            return Access(str(data["auth_token"]), int(now) + 3600)
        return self.judge(answer)

    def request(
        self, certificate: Certificate, secrets: Secrets, access: str, delivery: Delivery, now: float
    ) -> Request:
        found, wishes, fields = fitting(self.name, delivery), wishes_of(delivery), certificate.fields
        kind, click = fields.get("ClickAction") or "app", {"click_action_type": 0}
        if kind == "page" and fields.get("ClickPage"):
            click = {"click_action_type": 4, "click_action_activity": fields["ClickPage"]}  # type: ignore[dict-item]
        elif kind == "url" and fields.get("ClickUrl"):
            click = {"click_action_type": 2, "click_action_url": fields["ClickUrl"]}  # type: ignore[dict-item]
        notification = without_empty(
            {
                "app_message_id": hashlib.sha256(delivery.collapse.encode()).hexdigest()[:32],
                "style": 2 if wishes.PushStyle else 1,
                "title": found.title or found.body[:20],
                "content": found.body,
                **click,
                "action_parameters": compact({"ext": ext_json(found.ext)}).decode() if found.ext else None,
                "off_line": True,
                "off_line_ttl": ttl(delivery, now),
                "channel_id": wishes.OPPOChannelID or fields.get("ChannelId"),
                "category": wishes.OPPOCategory,
                "notify_level": wishes.OPPONotifyLevel if wishes.OPPOCategory else None,
                "private_msg_template_id": wishes.OPPOPrivateMsgTemplateId,
                "private_title_parameters": _parameters(wishes.OPPOPrivateTitleParameters),
                "private_content_parameters": _parameters(wishes.OPPOPrivateContentParameters),
            }
        )
        message = {"target_type": 2, "target_value": delivery.token, "notification": notification}
        url = f"{base(certificate, self._host)}/server/v1/message/notification/unicast"
        return form(url, {"auth_token": access, "message": compact(message).decode()})

    def judge(self, answer: Answer) -> Outcome:
        found = decoded(answer)
        if "code" not in found:
            return by_status(answer)
        return by_table(self.codes, str(found["code"]), str(found.get("message", "")), answer, "0")


def oppo_sign(key: str, stamp: str, secret: str) -> str:
    return hashlib.sha256(f"{key}{stamp}{secret}".encode()).hexdigest()


def _parameters(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return "{" + ",".join(f"{compact(str(k)).decode()}:{bytes(v).decode()}" for k, v in value.items()) + "}"


class Vivo(Plain):
    name = "vivo"
    number = 7
    fields = (PACKAGE, Field("AppId"), Field("AppKey"), Field("AppSecret", secret=True), CATEGORY, *CLICK,
              ENDPOINT)  # fmt: skip
    codes: Final = {
        "10302": "gone",
        "10000": "auth",
        "10094": "ours",
        "10096": "ours",
        "10097": "ours",
        "10070": "wait",
        "10071": "wait",
        "10073": "wait",
        "10252": "wait",
        "10254": "wait",
        "10303": "ok",  # the same request again: the first one was taken
    }
    _host: Final = "https://api-push.vivo.com.cn"

    def access(self, certificate: Certificate, secrets: Secrets, now: float) -> Access | Request | None:
        app, key, stamp = certificate.fields["AppId"], certificate.fields["AppKey"], str(int(now * 1000))
        sign = vivo_sign(app, key, stamp, secrets["AppSecret"])
        body = {"appId": _number(app), "appKey": key, "timestamp": int(stamp), "sign": sign}
        return as_json(f"{base(certificate, self._host)}/message/auth", body)

    def read_access(self, answer: Answer, now: float) -> Access | Outcome:
        found = decoded(answer)
        if str(found.get("result")) == "0" and found.get("authToken"):
            return Access(str(found["authToken"]), int(now) + 3600)
        outcome = self.judge(answer)
        return outcome._replace(result="ours") if outcome.result in ("auth", "payload", "ok") else outcome

    def request(
        self, certificate: Certificate, secrets: Secrets, access: str, delivery: Delivery, now: float
    ) -> Request:
        found, wishes, fields = fitting(self.name, delivery), wishes_of(delivery), certificate.fields
        kind, click = fields.get("ClickAction") or "app", {"skipType": 1}
        if kind == "page" and fields.get("ClickPage"):
            click = {"skipType": 4, "skipContent": fields["ClickPage"]}  # type: ignore[dict-item]
        elif kind == "url" and fields.get("ClickUrl"):
            click = {"skipType": 2, "skipContent": fields["ClickUrl"]}  # type: ignore[dict-item]
        notify = wishes.VIVONotifyType
        unique = delivery.once
        body = without_empty(
            {
                "appId": _number(fields["AppId"]),
                "regId": delivery.token,
                "notifyType": int(notify) if notify not in (None, "", 0, "0") else 4,
                "title": found.title or found.body[:20],
                "content": found.body,
                "timeToLive": ttl(delivery, now),
                **click,
                "classification": 1 if wishes.VIVOClassification is None else wishes.VIVOClassification,
                "category": wishes.VIVOCategory or fields.get("Category"),
                "networkType": -1,
                "requestId": hashlib.sha256(unique.encode()).hexdigest()[:64],
                "pushMode": 0,
                "clientCustomMap": {"ext": found.ext} if found.ext else None,
                "foregroundShow": False,
            }
        )
        return as_json(f"{base(certificate, self._host)}/message/send", body, {"authToken": access})

    def judge(self, answer: Answer) -> Outcome:
        found = decoded(answer)
        if "result" not in found:
            return by_status(answer)
        invalid = found.get("invalidUser")
        if isinstance(invalid, dict) and invalid.get("status") in (1, 2):
            return Outcome("gone", str(found["result"]), f"invalidUser {invalid['status']}")
        return by_table(self.codes, str(found["result"]), str(found.get("desc", "")), answer, "0")


def vivo_sign(app: str, key: str, stamp: str, secret: str) -> str:
    return hashlib.md5(f"{app}{key}{stamp}{secret}".encode()).hexdigest()  # noqa: S324 - the vendor's choice


def _number(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdigit() else text


class Meizu(Plain):
    name = "meizu"
    number = 5
    fields = (PACKAGE, Field("AppId"), Field("AppSecret", secret=True), *CLICK, ENDPOINT)
    codes: Final = {
        "110002": "gone",
        "110003": "gone",
        "110000": "ours",
        "110001": "ours",
        "110004": "wait",
        "110010": "wait",
    }
    _host: Final = "https://api-push.meizu.com"

    def request(
        self, certificate: Certificate, secrets: Secrets, access: str, delivery: Delivery, now: float
    ) -> Request:
        found, wishes, fields = fitting(self.name, delivery), wishes_of(delivery), certificate.fields
        kind = fields.get("ClickAction") or "app"
        click: dict[str, Any] = {"clickType": 0}
        if kind == "page" and fields.get("ClickPage"):
            click = {"clickType": 1, "activity": fields["ClickPage"]}
        elif kind == "url" and fields.get("ClickUrl"):
            click = {"clickType": 2, "url": fields["ClickUrl"]}
        if found.ext:
            click["parameters"] = {"ext": ext_json(found.ext)}
        message = {
            "noticeBarInfo": {"noticeBarType": 2, "title": found.title or found.body[:20], "content": found.body},
            "noticeExpandInfo": {"noticeExpandType": 1 if wishes.PushStyle else 0, "noticeExpandContent": ""},
            "clickTypeInfo": click,
            "pushTimeInfo": {"offLine": 1, "validTime": max(1, min(72, ttl(delivery, now) // 3600))},
            "advanceInfo": {
                "suspend": 1,
                "clearNoticeBar": 1,
                "notificationType": {"vibrate": 1, "lights": 1, "sound": 1},
            },
        }
        if wishes.MeiZuNoticeMsgType is not None:
            message["noticeMsgType"] = wishes.MeiZuNoticeMsgType
        values = {"appId": fields["AppId"], "pushIds": delivery.token, "messageJson": compact(message).decode()}
        url = f"{base(certificate, self._host)}/garcia/api/server/push/varnished/pushByPushId"
        return form(url, {**values, "sign": meizu_sign(values, secrets["AppSecret"])})

    def judge(self, answer: Answer) -> Outcome:
        found = decoded(answer)
        if "code" not in found:
            return by_status(answer)
        code, reason = str(found["code"]), str(found.get("message", ""))
        value = found.get("value")
        if code == "200" and isinstance(value, dict):
            for bad in ("110002", "110003"):
                if value.get(bad):
                    return Outcome("gone", bad, reason)
        return by_table(self.codes, code, reason, answer, "200")


def meizu_sign(values: dict[str, str], secret: str) -> str:
    text = "".join(f"{name}={values[name]}" for name in sorted(values)) + secret
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 - the vendor's choice
