"""What nobody must know is in no log, no metric, no trace and no audit entry: a scripted life at the level debug."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from tests.cloudapi.test_tc3 import signed_call
from tests.gateway.raw_client import RawClient
from tests.gateway.raw_client import Refused as ClientRefused
from tests.support import collector
from tests.support.console import PASSWORD, ConsoleClient, Refused
from tests.support.nats import Nats
from tests.support.receiver import OK, Got, Receiver
from tests.support.server import SDKAPPID, ServerFactory, ServerProcess

GROUPS = "group_open_http_svc/"
SEAL = "seal-" + "q" * 40
SAID = "what-was-said"
"""Part of every text that people write."""
TOKEN = "hush-webhook-token"
BUS = "hush-bus-password"
OURS = {"AppSecret": "hush-app-secret"}
ACCESS = "hush-access-token"
DEVICE = "hush-device-token"
WRONG = "Hush-wrong-password-1"
OTHERS = "Hush-other-password-1"


class Life:
    """Does what people, apps and operators do, and remembers what of it is a secret."""

    def __init__(self, server: ServerProcess, root: ConsoleClient, back: Receiver, vendor: Receiver) -> None:
        self.server, self.root, self.back, self.vendor = server, root, back, vendor
        self.secrets = {SEAL, SAID, TOKEN, BUS, *OURS.values(), ACCESS, DEVICE, WRONG, OTHERS, PASSWORD, server.key}

    async def console(self, action: str, **fields: Any) -> dict[str, Any]:
        return await self.root.call(f"im/{action}", SDKAppID=SDKAPPID, **fields)

    def text(self, number: int) -> dict[str, Any]:
        body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": f"{SAID} {number}"}}]
        return {"MsgRandom": number, "MsgBody": body, "CloudCustomData": f"{SAID} cloud"}

    async def configure(self) -> None:
        await self.root.login()
        self.secrets.add(self.root.token)
        self.secrets |= {value for value in self.root.http.cookies.values() if len(value) > 16}
        stranger = ConsoleClient(self.server.url)
        async with stranger:
            with pytest.raises(Refused):
                await stranger.login("root", WRONG)
        async with Receiver() as gone:
            away = gone.url
        commands = ["C2C.CallbackBeforeSendMsg", "C2C.CallbackAfterSendMsg", "Group.CallbackAfterSendMsg"]
        for url in (away, self.back.url):  # nobody answers; then somebody who does
            version = (await self.console("DescribeCallBack"))["Version"]
            await self.console("SetCallBack", Version=version, Confirmed=True, Url=url, Token=TOKEN, Commands=commands)
            await self.console("SendTestCallback", Command="C2C.CallbackBeforeSendMsg")
        user = {"ConsoleLogin": 1, "UseApi": 1, "NeedResetPassword": 0, "Password": OTHERS}
        made = await self.root.call("cam/AddUser", Name="minsu", Remark="", **user)
        self.secrets |= {
            str(value) for name, value in made.items() if "Secret" in name and name != "SecretId" and value
        }
        code = await self.root.call("session/BeginMFA", Password=PASSWORD)
        self.secrets |= {code["Secret"], code["Uri"]}
        key = (await self.root.call("cam/CreateAccessKey", Description="x"))["AccessKey"]
        self.secrets.add(key["SecretAccessKey"])
        await signed_call(self.server, key["AccessKeyId"], key["SecretAccessKey"], "ListUsers", {})
        await signed_call(self.server, key["AccessKeyId"], "not-" + key["SecretAccessKey"], "ListUsers", {})
        for one in (await self.console("DescribeSecret"))["Keys"]:
            self.secrets.add(one["Secret"])

    async def certificate(self) -> int:
        fields = {"PackageName": "p", "AppId": "1", "Endpoint": self.vendor.url, **OURS}
        return int((await self.console("PutPushCertificate", Vendor="huawei", Fields=fields))["CertificateId"])

    async def people(self) -> None:
        accounts = [{"UserID": name, "Nick": f"{SAID} nick"} for name in ("ann", "bob", "cho")]
        await self.server.rest("im_open_login_svc/multiaccount_import", {"AccountList": accounts})
        certificate = await self.certificate()
        async with RawClient(self.server, "cho") as phone:
            await phone.sign_in(sync=False)
            token = {"BusiID": certificate, "TokenID": DEVICE, "InstType": 2001}
            await phone.call("im_open_status.ws_stat_settoken", token)
        async with RawClient(self.server, "ann") as ann:
            await ann.sign_in()
            self.secrets |= {ann.login_answer["A2Key"]}
            await ann.send_text("bob", f"{SAID} by a client")
            broken = {"From_Account": "ann", "To_Account": 7, **self.text(1)}
            with pytest.raises(ClientRefused):
                await ann.call("openim.sendmsg", broken)
            head = {"platform": 7, "identifier": "bob", "usersig": self._kept(self.server.usersig("ann"))}
            with pytest.raises(ClientRefused):
                await ann.call("im_open_status.wslogin", {"State": "Online"}, head=head)

    def _kept(self, secret: str) -> str:
        self.secrets.add(secret)
        return secret

    async def messages(self) -> None:
        query = {"sdkappid": str(SDKAPPID), "identifier": "administrator", "contenttype": "json"}
        query["usersig"] = self._kept(self.server.usersig("administrator", expire=7777))
        async with httpx.AsyncClient(base_url=f"{self.server.url}/v4/", trust_env=False, timeout=60) as http:
            sent = {"From_Account": "ann", "To_Account": "cho", **self.text(2)}
            for body in (json.dumps(sent), json.dumps(sent)[:-9], json.dumps(sent | {"MsgBody": SAID})):
                await http.post("openim/sendmsg", params=query, content=body)
            await http.post("openim/sendmsg", params=query | {"usersig": self._kept("eJw" + "Hush" * 20)}, json=sent)
        made = {"Type": "Public", "Name": f"{SAID}"[:30], "Owner_Account": "ann", "GroupId": "g"}
        members = [{"Member_Account": "bob"}, {"Member_Account": "cho"}]
        await self.server.rest(GROUPS + "create_group", made | {"MemberList": members})
        told = {"GroupId": "g", "From_Account": "ann", "Random": 3, "MsgBody": self.text(3)["MsgBody"]}
        assert (await self.server.rest(GROUPS + "send_group_msg", told))["ErrorCode"] == 0
        pushed = {"From_Account": "administrator", "MsgRandom": 9}
        pushed["OfflinePushInfo"] = {"Title": f"{SAID} title", "Desc": f"{SAID} to all"}
        await self.server.rest("all_member_push/im_push", pushed)
        await self.server.rest("openim/sendmsg", {"From_Account": "ann", "To_Account": "bob", **self.text(4)})

    async def everything_went_out(self) -> None:
        """Callbacks and pushes, those that failed, too."""
        async with asyncio.timeout(90):
            while not (self._said(self.back) and self._said(self.vendor, DEVICE)):
                await asyncio.sleep(0.05)
            while not (await self.console("DescribePushFailures"))["Failures"]:
                await asyncio.sleep(0.05)

    @staticmethod
    def _said(receiver: Receiver, what: str = SAID) -> bool:
        return any(what.encode() in got.raw for got in receiver.got)


async def own_server(got: Got) -> tuple[int, bytes]:
    """Answers as it should; what it is told afterwards it refuses with words of its own, and what it was sent."""
    if "After" in got.query.get("CallbackCommand", ""):
        return 500, got.raw
    return 200, json.dumps(OK).encode()


async def push_service(got: Got) -> tuple[int, bytes]:
    """Gives access, and sends back what it was asked with its refusal."""
    if "token" in got.path:
        return 200, json.dumps({"access_token": ACCESS, "expires_in": 3600}).encode()
    said = {"code": "80300002", "msg": f"no permission: {got.headers.get('authorization')} {got.raw.decode()}"}
    return 200, json.dumps(said).encode()


@contextlib.asynccontextmanager
async def lived(make: Callable[..., ServerProcess], **env: str) -> AsyncIterator[Life]:
    """A server's life until its end, and what it told whoever collects traces."""
    async with Receiver() as back, Receiver() as vendor, Receiver() as gathered:
        back.answer, vendor.answer = own_server, push_service
        server = make(env={"SODAM_TRACES_URL": gathered.url, **env})
        async with ConsoleClient(server.url) as root:
            life = Life(server, root, back, vendor)
            for step in (life.configure, life.people, life.messages, life.everything_went_out):
                await step()
            yield life
        await asyncio.to_thread(server.stop)
        assert collector.spans(gathered), "there are traces"
        _clean(
            "a trace",
            b"".join(collector.raw(got) + json.dumps(got.headers).encode() for got in gathered.got),
            life.secrets,
        )


def _clean(place: str, text: bytes, secrets: set[str]) -> None:
    found = [secret for secret in secrets if secret.encode() in text]
    assert not found, f"{place} has {found}: {text[max(0, text.index(found[0].encode()) - 300) :][:700]!r}"


async def test_nothing_that_must_not_be_known_is_written(server_factory: ServerFactory, nats_server: Nats) -> None:
    collector.needed()

    def make(env: dict[str, str]) -> ServerProcess:
        return server_factory("postgres", env=env, fresh=True)

    bus = nats_server.url.replace("nats://", f"nats://sodam:{BUS}@")
    known = {"SODAM_ROOT_PASSWORD": PASSWORD, "SODAM_SECRET_KEY": SEAL, "SODAM_NATS_URL": bus}
    async with lived(make, SODAM_LOG_LEVEL="debug", **known) as life:
        server = life.server
        nats_server.stop()  # the bus is away, and back: what is said of it
        async with asyncio.timeout(60):
            while "the bus is disconnected" not in server.log.read_text():
                await asyncio.sleep(0.05)
        nats_server.start()
        async with httpx.AsyncClient(trust_env=False) as http:
            metrics = (await http.get(f"{server.url}/metrics")).content
        assert b"sodam_" in metrics
        _clean("/metrics", metrics, life.secrets)
        spoken = life.secrets - {SAID}  # operators see which words they themselves gave
        _clean("the audit log", json.dumps(await life.root.call("cloudaudit/DescribeEvents")).encode(), spoken)
        log = await life.console("DescribeTroubleshootingLog", StartTime=0, EndTime=2**42, Limit=100)
        assert len(log["Events"]) > 10
        _clean("the troubleshooting log", json.dumps(log).encode(), life.secrets)
    written = server.log.read_bytes()
    assert len(written) > 1000
    _clean("the log", written, life.secrets)
    shown = life.secrets - {value for value in life.secrets if value == server.key}
    _clean("standard output", server.output.read_bytes(), shown)
