"""A phone's way: its token, the background, a push over the vendor's interface, sign-out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.gateway.conftest import SignIn
from tests.gateway.raw_client import RawClient, Refused
from tests.isolation import snapshot
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.postgres import Postgres
from tests.support.receiver import Got, Receiver
from tests.support.server import Engine, ServerFactory

SETTOKEN = "im_open_status.ws_stat_settoken"


async def taken(got: Got) -> tuple[int, bytes]:
    return 200, json.dumps({"result": "ok", "code": 0, "data": {"id": "x"}}).encode()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(90):
        while not condition():
            await asyncio.sleep(0.02)


async def test_from_token_to_push(
    engine: Engine, server_factory: ServerFactory, sign_in: SignIn, postgres: Postgres
) -> None:
    server = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD})
    async with ConsoleClient(server.url) as root, Receiver() as vendor:
        vendor.answer = taken
        await root.login()

        async def console(action: str, **fields: Any) -> dict[str, Any]:
            return await root.call(f"im/{action}", SDKAppID=server.sdkappid, **fields)

        fields = {"PackageName": "p", "AppId": "1", "AppSecret": "secret", "Endpoint": vendor.url}
        one = await console("PutPushCertificate", Vendor="xiaomi", Fields=fields)
        assert "secret" not in json.dumps(await console("DescribePushCertificates"))
        await sign_in(server, "nora")
        count = 0

        async def say(words: str) -> None:
            nonlocal count
            count += 1
            body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": words}}]
            answer = await server.rest(
                "openim/sendmsg", {"From_Account": "nora", "To_Account": "tomas", "MsgRandom": count, "MsgBody": body}
            )
            assert answer["ErrorCode"] == 0

        def nothing_left() -> bool:
            tables = snapshot.read(server, postgres, server.database_url)
            return not tables["outbox"] and not tables["outbox_bundle"]

        async def status() -> str:
            answer = await server.rest("openim/query_online_status", {"To_Account": ["tomas"]})
            return str(answer["QueryResult"][0]["Status"])

        async with RawClient(server, "tomas") as phone:
            await phone.sign_in()
            with pytest.raises(Refused):
                await phone.call(SETTOKEN, {"BusiID": one["CertificateId"] + 1, "TokenID": "regid"})
            await phone.call(SETTOKEN, {"BusiID": str(one["CertificateId"]), "TokenID": "regid", "InstType": 2000})
            (device,) = (await console("DescribePushDevices", UserID="tomas"))["Devices"]
            assert (device["Vendor"], device["Token"], device["Background"]) == ("xiaomi", "regid", False)
            await say("in the foreground")
            await until(nothing_left)  # who is where is looked at after the message was stored
            await phone.call("im_open_status.ws_stat_background", {"C2cUnread": 2, "GrpUnread": 1})
            await say("in the background")
            await until(lambda: vendor.got)
            await phone.call("im_open_status.ws_stat_foreground", {})
        await say("away")
        await until(lambda: len(vendor.got) == 2)
        assert [b"background" in got.raw for got in vendor.got] == [True, False]
        assert vendor.got[0].headers["authorization"] == "key=secret"
        assert await status() == "PushOnline"
        tested = await console("TestPush", RegistrationId=device["RegistrationId"])
        assert tested["Taken"] is True
        async with RawClient(server, "tomas") as phone:
            await phone.sign_in()
            await phone.call(SETTOKEN, {"BusiID": one["CertificateId"], "TokenID": "regid"})
            await phone.call("im_open_status.wslogout", {})
        assert (await console("DescribePushDevices", UserID="tomas"))["Devices"] == []
        assert await status() == "Offline"
