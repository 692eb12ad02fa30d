"""What vendors are sent and how their answers are read: tables, signatures, lengths."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from sodam.conversations.quiet import holds
from sodam.messages.offline_push import OfflinePushInfo, Wish, check_offline_push_info, wish_of
from sodam.outbound import Answer
from sodam.push.model import Certificate, Delivery
from sodam.push.vendors import VENDORS
from sodam.push.vendors.android import meizu_sign, oppo_sign, vivo_sign
from sodam.push.vendors.apns import MOST_BYTES, payload
from sodam.push.words import cut, units, words

NOW = 1_764_590_000
FIELDS = {
    "PackageName": "com.example.app",
    "AppId": "10917",
    "AppKey": "k",
    "ClientId": "c",
    "BadgeClass": "com.example.app.Main",
    "ChannelId": "chat",
    "ClickAction": "page",
    "ClickPage": "intent://h/p#Intent;scheme=app;end",
}
SECRETS = {"AppSecret": "s", "MasterSecret": "m", "ClientSecret": "q"}


def delivery(info: dict[str, Any] | None = None, **fields: Any) -> Delivery:
    made = check_offline_push_info(json.dumps(info, ensure_ascii=False).encode()) if info is not None else None
    base: dict[str, Any] = {
        "certificate": 1,
        "token": "T",
        "registration": "r",
        "user_id": "b",
        "kind": "c2c",
        "wish": Wish(made, "lunch?"),
        "collapse": "c2c 1 2",
        "expires": NOW + 3600,
        "title": "Nora",
    }
    return Delivery(**{**base, **fields})


def sent(vendor: str, info: dict[str, Any] | None = None, **fields: Any) -> tuple[Any, dict[str, str]]:
    """The body as an object, and the headers."""
    one = Certificate(app=1, id=1, vendor=vendor, name="", fields=FIELDS, created_at=0)
    request = VENDORS[vendor].request(one, SECRETS, "ACCESS", delivery(info, **fields), NOW)
    headers = dict(request.headers)
    if headers["Content-Type"].startswith("application/json"):
        return json.loads(request.body), headers
    return dict(parse_qsl(request.body.decode(), keep_blank_values=True)), headers


def test_signatures() -> None:
    assert oppo_sign("kOppo1", "1764590000000", "mOppo2") == (
        "b97c3db72532a51b1ff132ec74d154ecc74b7883d1b4af3b77ae287066ede70b"
    )
    assert vivo_sign("10917", "kVivo1", "1764590000000", "sVivo2") == "437029814ae7c6e871339f9ce246a9be"
    values = {"appId": "3311", "messageJson": '{"a":1}', "pushIds": "P77"}
    assert meizu_sign(values, "sMeizu9") == "9434e35dc7d39ba52f39172f64c340c2"


def test_huawei() -> None:
    info = {
        "Ext": '{"page":1}',
        "BadgeSetNum": 3,
        "AndroidInfo": {
            "HuaWeiChannelID": "own",
            "HuaWeiCategory": "IM",
            "ExtAsHuaweiIntentParam": 1,
            "Sound": "/raw/d",
        },
    }
    body, headers = sent("huawei", info, add=1)
    assert headers["Authorization"] == "Bearer ACCESS"
    message = body["message"]
    assert (message["token"], message["data"]) == (["T"], '{"page":1}')
    android = message["android"]
    assert (android["category"], android["ttl"]) == ("IM", "3600s")
    shown = android["notification"]
    assert (shown["title"], shown["body"], shown["channel_id"], shown["sound"]) == ("Nora", "lunch?", "own", "/raw/d")
    assert shown["badge"] == {"set_num": 3, "class": "com.example.app.Main"}
    assert shown["click_action"]["intent"] == "intent://h/p#Intent;scheme=app;S.ext=%7B%22page%22%3A1%7D;end"
    assert sent("huawei", add=2)[0]["message"]["android"]["notification"]["badge"]["add_num"] == 2


def test_honor() -> None:
    body, headers = sent("honor", {"AndroidInfo": {"HonorImportance": "LOW"}}, add=1)
    assert headers["timestamp"] == f"{NOW}000"
    shown = body["android"]["notification"]
    assert (shown["importance"], shown["badge"]["addNum"], shown["clickAction"]["type"]) == ("LOW", 1, 1)


def test_xiaomi() -> None:
    body, headers = sent("xiaomi", {"Ext": "a b", "AndroidInfo": {"XiaoMiChannelID": "x"}})
    assert headers["Authorization"] == "key=s"
    assert (body["registration_id"], body["extra.channel_id"], body["payload"]) == ("T", "x", "a%20b")
    assert body["time_to_live"] == "3600000"


def test_oppo_uses_unicast() -> None:
    info = {"Ext": "plain", "AndroidInfo": {"OPPOCategory": "IM", "OPPONotifyLevel": 16}}
    body, _ = sent("oppo", info)
    message = json.loads(body["message"])
    shown = message["notification"]
    assert (message["target_type"], message["target_value"], body["auth_token"]) == (2, "T", "ACCESS")
    assert (shown["category"], shown["notify_level"]) == ("IM", 16)
    assert json.loads(shown["action_parameters"])["ext"] == '"plain"'


def test_vivo_and_meizu() -> None:
    body, headers = sent("vivo", {"AndroidInfo": {"VIVOClassification": 0, "VIVONotifyType": 2}})
    assert (headers["authToken"], body["classification"], body["notifyType"]) == ("ACCESS", 0, 2)
    assert (body["appId"], len(body["requestId"])) == (10917, 64)
    body, _ = sent("meizu", {"AndroidInfo": {"MeiZuNoticeMsgType": 1}})
    message = json.loads(body["messageJson"])
    assert (body["pushIds"], message["clickTypeInfo"]["clickType"], message["noticeMsgType"]) == ("T", 1, 1)


@pytest.mark.parametrize(
    ("vendor", "body", "result"),
    [
        ("huawei", {"code": "80000000"}, "ok"),
        ("huawei", {"code": "80300007"}, "gone"),
        ("huawei", {"code": "80200003"}, "auth"),
        ("huawei", {"code": "80100001"}, "payload"),
        ("huawei", {"code": "80300002"}, "ours"),
        ("honor", {"code": 200, "data": {"sendResult": True}}, "ok"),
        ("honor", {"code": 80100000, "data": {"expireTokens": ["T"]}}, "gone"),
        ("xiaomi", {"code": 0}, "ok"),
        ("xiaomi", {"code": 10029}, "gone"),
        ("xiaomi", {"code": 10008}, "payload"),
        ("xiaomi", {"code": 10027}, "wait"),
        ("oppo", {"code": 0}, "ok"),
        ("oppo", {"code": 10000}, "gone"),
        ("oppo", {"code": 29}, "payload"),
        ("oppo", {"code": -2}, "wait"),
        ("vivo", {"result": 0}, "ok"),
        ("vivo", {"result": 10302}, "gone"),
        ("vivo", {"result": 0, "invalidUser": {"status": 2}}, "gone"),
        ("vivo", {"result": 0, "invalidUser": {"status": 4}}, "ok"),
        ("vivo", {"result": 10070}, "wait"),
        ("meizu", {"code": "200", "value": {}}, "ok"),
        ("meizu", {"code": "200", "value": {"110002": ["T"]}}, "gone"),
        ("meizu", {"code": "110001"}, "ours"),
    ],
)
def test_what_answers_mean(vendor: str, body: Any, result: str) -> None:
    assert VENDORS[vendor].judge(Answer(200, json.dumps(body).encode(), True)).result == result


@pytest.mark.parametrize("vendor", sorted(VENDORS))
def test_a_busy_vendor_is_waited_for_as_long_as_it_says(vendor: str) -> None:
    outcome = VENDORS[vendor].judge(Answer(503, b"<html>", True, ((b"Retry-After", b"17"),)))
    assert (outcome.result, outcome.wait) == ("wait", 17.0)


def test_texts_are_cut_as_the_vendor_counts() -> None:
    assert cut("\N{GRINNING FACE}" * 30, 20) == "\N{GRINNING FACE}" * 8 + "..."
    assert units(cut("x" * 200, 50)) == 50
    body, _ = sent("vivo", {"Title": "t" * 90, "Desc": "d" * 900})
    assert (len(body["title"]), len(body["content"])) == (40, 100)


def test_apple_takes_4096_bytes() -> None:
    long = {"Title": "t" * 100, "Desc": "\N{GRINNING FACE}" * 2000, "Ext": "e" * 3000}
    assert len(payload(delivery(long), NOW)) <= MOST_BYTES
    assert len(payload(delivery({"Title": "t" * 9000, "Desc": "d"}), NOW)) <= MOST_BYTES
    info = {
        "Desc": "d",
        "ApnsInfo": {"SubTitle": "s", "MutableContent": 1, "InterruptionLevel": "passive", "Sound": "x"},
    }
    assert json.loads(payload(delivery(info, badge=2), NOW)) == {
        "aps": {
            "alert": {"subtitle": "s", "body": "d"},
            "sound": "x",
            "badge": 2,
            "mutable-content": 1,
            "interruption-level": "passive",
        }
    }


def test_words_follow_the_device() -> None:
    info = {"Title": "Hi", "Desc": "d", "MultiLanguageContent": [{"Language": "ko", "Title": "안녕", "Desc": "설명"}]}
    assert words(delivery(info, language="ko-KR"))[:2] == ("안녕", "설명")
    assert words(delivery(info, language="en"))[:2] == ("Hi", "d")


def test_wishes() -> None:
    assert wish_of(None, "", "", "") is None
    assert wish_of(OfflinePushInfo(PushFlag=1), "text", "", "") is None
    assert wish_of(OfflinePushInfo(), "", "", "") is None
    assert wish_of(None, "text", "ext", "sound") == Wish(None, "text", "ext", "sound")
    assert wish_of(OfflinePushInfo(Title="t"), "text", "ext", "sound") == Wish(OfflinePushInfo(Title="t"), "text")


def test_quiet_hours() -> None:
    """22:00 to 07:00 every day, over midnight; once; and for good."""
    day, hour = 86_400, 3600
    night = (22 * hour, 31 * hour, 1)
    assert [holds(*night, 50 * day + at * hour) for at in (21, 22, 23, 0, 6, 7, 12)] == [
        False, True, True, True, True, False, False,
    ]  # fmt: skip
    assert [holds(100, 200, 0, at) for at in (99, 100, 199, 200)] == [False, True, True, False]
    assert holds(0, 0, 0, 5)
