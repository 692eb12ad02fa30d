"""What a developer meets when something does not work: the log and the tools say why, and what to do."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from sodam import usersig
from sodam.troubleshooting.advice import WORDS
from tests.gateway.raw_client import RawClient
from tests.gateway.raw_client import Refused as ClientRefused
from tests.support.console import PASSWORD, ConsoleClient, Refused
from tests.support.receiver import OK, Got, Receiver
from tests.support.server import KEY, SDKAPPID, ServerFactory, ServerProcess
from tests.support.waiting import eventually

LOCALE = Path(__file__).parents[2] / "web/src"
OTHER_KEY = "0" * 64
SETTOKEN = "im_open_status.ws_stat_settoken"
RATE = 20
MANY = 130
"""Failures at a time: more than a page of the log holds, fewer than are left out."""
HTTP = {"verify": False, "trust_env": False, "timeout": 60}


def signed(user: str, *, app: int = SDKAPPID, key: str = KEY, ago: int = 0, expire: int = 86400) -> str:
    return usersig.generate(app, key, user, expire=expire, now=int(time.time()) - ago)


class Site:
    """A server, its app's own server, a push service, and the console."""

    def __init__(self, server: ServerProcess, root: ConsoleClient, back: Receiver, vendor: Receiver) -> None:
        self.server, self.root, self.back, self.vendor = server, root, back, vendor
        self.phones: dict[str, RawClient] = {}

    async def console(self, action: str, **fields: Any) -> dict[str, Any]:
        return await self.root.call(f"im/{action}", SDKAppID=SDKAPPID, **fields)

    async def search(self, **fields: Any) -> list[dict[str, Any]]:
        now = int(time.time() * 1000)
        found = await self.console("DescribeTroubleshootingLog", StartTime=now - 600_000, EndTime=now + 5000, **fields)
        events: list[dict[str, Any]] = found["Events"]
        return events

    async def prepare(self) -> None:
        async def push_service(got: Got) -> tuple[int, bytes]:
            return 200, json.dumps({"result": "error", "code": 10029, "reason": "Invalid device token"}).encode()

        async def own_server(got: Got) -> tuple[int, bytes]:
            refused = b"forbidden" in got.raw
            return 200, json.dumps(OK | {"ErrorCode": int(refused)}).encode()

        self.vendor.answer, self.back.answer = push_service, own_server
        version = (await self.console("DescribeCallBack"))["Version"]
        await self.console(
            "SetCallBack", Version=version, Confirmed=True, Url=self.back.url, Commands=["C2C.CallbackBeforeSendMsg"]
        )
        names = ("ana", "ben", "cara", "dora", "mute")
        accounts = {"AccountList": [{"UserID": name} for name in names]}
        await self.rest("im_open_login_svc/multiaccount_import", accounts)

    async def rest(self, command: str, body: Any) -> dict[str, Any]:
        return await self.server.rest(command, body)

    async def online(self, user: str = "dora") -> bool:
        """Whether a device of the user is connected: a push is for whoever has none."""
        (one,) = (await self.rest("openim/querystate", {"To_Account": [user]}))["QueryResult"]
        return bool(one["State"] == "Online")

    async def rest_signed(self, token: str, identifier: str = "administrator") -> int:
        query = {"sdkappid": str(SDKAPPID), "identifier": identifier, "usersig": token}
        async with httpx.AsyncClient(**HTTP) as http:  # type: ignore[arg-type]
            return int(
                (await http.post(f"{self.server.url}/v4/openim/querystate", params=query, content=b"{}")).json()[
                    "ErrorCode"
                ]
            )

    async def login(self, user: str, token: str) -> int:
        async with RawClient(self.server, user) as phone:
            return await refusal(
                phone.call(
                    "im_open_status.wslogin",
                    {"State": "Online"},
                    head={"platform": 7, "identifier": user, "usersig": token},
                )
            )

    async def say(self, sender: str, recipient: str, words: str) -> int:
        async with RawClient(self.server, sender) as phone:
            await phone.sign_in(sync=False)
            return await refusal(phone.send_text(recipient, words))


async def refusal(answer: Awaitable[Any]) -> int:
    try:
        await answer
    except ClientRefused as refused:
        return refused.code
    return 0


async def wrong_key(site: Site) -> int:
    await site.rest_signed(signed("administrator", key=OTHER_KEY))
    return await site.login("ana", signed("ana", key=OTHER_KEY))


async def expired(site: Site) -> int:
    return await site.login("ana", signed("ana", expire=60, ago=3600))


async def wrong_app(site: Site) -> int:
    return await site.login("ana", signed("ana", app=SDKAPPID + 1))


async def broken_compression(site: Site) -> int:
    return await site.rest_signed("eJwNotAZlibStream")


async def no_certificate(site: Site) -> int:
    async with RawClient(site.server, "ana") as phone:
        await phone.sign_in(sync=False)
        return await refusal(phone.call(SETTOKEN, {"BusiID": 77, "TokenID": "t"}))


async def dead_token(site: Site) -> int:
    fields = {"PackageName": "p", "AppId": "1", "AppSecret": "s", "Endpoint": site.vendor.url}
    one = await site.console("PutPushCertificate", Vendor="xiaomi", Fields=fields)
    async with RawClient(site.server, "dora") as phone:
        await phone.sign_in(sync=False)
        await phone.call(SETTOKEN, {"BusiID": one["CertificateId"], "TokenID": "dead", "InstType": 2000})
    await eventually(site.online, False)
    body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hello"}}]
    await site.rest("openim/sendmsg", {"From_Account": "ben", "To_Account": "dora", "MsgRandom": 1, "MsgBody": body})
    async with asyncio.timeout(60):
        while not await site.search(Event="push", ErrorCode="10029"):
            await asyncio.sleep(0.05)
    return 10029


async def blacklisted(site: Site) -> int:
    version = (await site.console("DescribeAbilityConfInfo"))["Version"]
    await site.console("SetAbilityConfInfo", Version=version, BlacklistCheck=False)  # then the sender hears of it
    await site.rest("sns/black_list_add", {"From_Account": "ben", "To_Account": ["cara"]})
    return await site.say("cara", "ben", "let me in")


async def callback_refused(site: Site) -> int:
    return await site.say("ana", "ben", "forbidden")


async def muted(site: Site) -> int:
    await site.rest("openconfigsvr/setnospeaking", {"Set_Account": "mute", "C2CmsgNospeakingTime": 4294967295})
    return await site.say("mute", "ben", "hello")


async def rate_limited(site: Site) -> int:
    async with RawClient(site.server, "ana") as phone:
        await phone.sign_in(sync=False)
        asked = [refusal(phone.call("openim.get_peer_read_time", {"To_Account": ["ben"]})) for _ in range(RATE * 8)]
        return max(await asyncio.gather(*asked))


# What goes wrong, its code, and what else is asked of the log: who it names, in which event.
TABLE: list[tuple[Callable[[Site], Awaitable[int]], str, dict[str, str]]] = [
    (wrong_key, "70009", {"Event": "login", "UserID": "ana"}),
    (expired, "70001", {"Event": "login", "UserID": "ana"}),
    (wrong_app, "70014", {"Event": "login", "UserID": "ana"}),
    (broken_compression, "70003", {"UserID": "administrator"}),
    (no_certificate, "22001", {"Event": "push", "UserID": "ana"}),
    (dead_token, "10029", {"Event": "push", "Receiver": "dora"}),
    (blacklisted, "20007", {"Event": "c2c_message", "UserID": "cara", "Receiver": "ben"}),
    (callback_refused, "20006", {"Event": "c2c_message", "UserID": "ana", "Receiver": "ben"}),
    (muted, "20012", {"Event": "c2c_message", "UserID": "mute"}),
    (rate_limited, "60018", {"UserID": "ana"}),
]


async def test_every_failure_has_cause_and_cure(server_factory: ServerFactory) -> None:
    server = server_factory(env={"SODAM_ROOT_PASSWORD": PASSWORD, "SODAM_CLIENT_RATE": str(RATE)})
    async with ConsoleClient(server.url) as root, Receiver() as back, Receiver() as vendor:
        await root.login()
        site = Site(server, root, back, vendor)
        await site.prepare()
        for happen, code, filters in TABLE:
            assert str(await happen(site)) == code, happen.__name__
            found = await site.search(ErrorCode=code, FailedOnly=True, **filters)
            assert found, happen.__name__
            assert all(one["Failed"] and one["Cause"] and one["Cure"] for one in found), (happen.__name__, found)
            assert_translated(found[0]["Advice"])
        await tools(site)
        await explorer(site)
        await follow(site)
        await not_everybody(site)


def assert_translated(key: str) -> None:
    """The console has cause and cure in each of its languages."""
    for language in ("en", "ko", "zh"):
        if key.isdecimal():
            text = json.loads((LOCALE / f"locale/numbers/{language}.json").read_text())[key]
        else:
            event, _, word = key.partition(".")
            locale = json.loads((LOCALE / f"features/troubleshooting/locale/{language}.json").read_text())
            text = locale["words"][event][word]
        assert text["title"], (language, key)
        assert text["cure"], (language, key)


def test_words_have_their_texts() -> None:
    for key in WORDS:
        assert_translated(key)


async def tools(site: Site) -> None:
    """The verifier says the same of a UserSig as the log."""
    for token, code in (
        (signed("ana", key=OTHER_KEY), 70009),
        (signed("ana", expire=60, ago=3600), 70001),
        (signed("ana", app=SDKAPPID + 1), 70014),
        ("eJwNotAZlibStream", 70003),
    ):
        said = await site.console("VerifySecretUserSig", UserID="ana", UserSig=token)
        assert (said["ErrorCode"], bool(said["Cause"]), bool(said["Cure"])) == (code, True, True)
    callbacks = await site.search(Event="callback")
    assert {one["Command"] for one in callbacks} == {"C2C.CallbackBeforeSendMsg"}
    assert {one["ErrorCode"] for one in callbacks} == {"0"}
    assert any((one["UserID"], one["Receiver"]) == ("ana", "ben") for one in callbacks)
    (login, *_) = await site.search(Event="login", UserID="dora")
    assert (login["Failed"], login["Platform"], login["Address"]) == (False, "Web", "127.0.0.1")
    assert "forbidden" not in json.dumps(await site.search(Limit=100)), "no bodies"


async def explorer(site: Site) -> None:
    """A REST command sent from the console is as any other, and in the audit log."""
    profile = {"From_Account": "ana", "ProfileItem": [{"Tag": "Tag_Profile_IM_Nick", "Value": "Ana"}]}
    sent = await site.console("CallRestApi", Command="profile/portrait_set", Body=json.dumps(profile))
    assert (sent["ErrorCode"], json.loads(sent["Answer"])["ActionStatus"]) == (0, "OK")
    sent = await site.console("CallRestApi", Command="group_open_http_svc/destroy_group", Body='{"GroupId":"none"}')
    assert (sent["ErrorCode"], bool(sent["Cause"]), bool(sent["Cure"])) == (10010, True, True)
    (event, *_) = await site.search(Event="group", Receiver="none")
    assert (event["Command"], event["ErrorCode"]) == ("group_open_http_svc/destroy_group", "10010")
    events = (await site.root.call("cloudaudit/DescribeEvents", Action="im:CallRestApi"))["Events"]
    assert [(one["Outcome"], one["ErrorCode"]) for one in events] == [("failed", "10010"), ("ok", "")]
    for body in ("[]", "x"):
        with pytest.raises(Refused, match="InvalidParameter"):
            await site.console("CallRestApi", Command="openim/sendmsg", Body=body)


async def follow(site: Site) -> None:
    """The log arrives as it grows, filtered."""
    cookies = dict(site.root.http.cookies)
    query = {"SDKAppID": str(SDKAPPID), "UserID": "ben", "FailedOnly": "true"}
    async with (
        httpx.AsyncClient(base_url=site.server.url, cookies=cookies, **HTTP) as http,  # type: ignore[arg-type]
        http.stream("GET", "/console/live/troubleshooting", params=query) as stream,
        asyncio.timeout(120),
    ):
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        while await anext(lines) != ": open":
            pass
        await site.login("ana", "")
        await site.login("ben", signed("ben", key=OTHER_KEY))
        while not (line := await anext(lines)).startswith("data: "):
            pass
        event = json.loads(line.removeprefix("data: "))
        assert (event["UserID"], event["ErrorCode"], bool(event["Cure"])) == ("ben", "70009", True)
        # Many at a time: each is told, and once. In a second of its own: what was refused for its rate a moment ago
        # counts for what the log keeps of a second, too.
        before = int(time.time())
        while int(time.time()) == before:
            await asyncio.sleep(0.01)
        wrong = signed("ben", key=OTHER_KEY)
        assert set(await asyncio.gather(*(site.rest_signed(wrong, "ben") for _ in range(MANY)))) == {70009}
        told: list[int] = []
        while len(told) < MANY:
            if (line := await anext(lines)).startswith("data: "):
                told.append(json.loads(line.removeprefix("data: "))["EventId"])
        assert len(set(told)) == MANY


async def not_everybody(site: Site) -> None:
    async with httpx.AsyncClient(base_url=site.server.url, **HTTP) as http:  # type: ignore[arg-type]
        assert (await http.get("/console/live/troubleshooting?SDKAppID=1")).status_code == 401
    cookies = dict(site.root.http.cookies)
    async with httpx.AsyncClient(base_url=site.server.url, cookies=cookies, **HTTP) as http:  # type: ignore[arg-type]
        answer = await http.get("/console/live/troubleshooting?SDKAppID=99")
        assert "ResourceNotFound" in answer.text
