"""The console on PostgreSQL with two nodes: what one node changes counts on the other."""

from __future__ import annotations

import pytest

from tests.console.test_apps import CHECK, Rest
from tests.support.console import PASSWORD, ConsoleClient, Refused
from tests.support.server import ServerFactory
from tests.support.waiting import eventually


async def test_two_nodes(server_factory: ServerFactory) -> None:
    one, two = server_factory("postgres", nodes=2, nats=True, env={"SODAM_ROOT_PASSWORD": PASSWORD}).nodes
    async with ConsoleClient(one.url) as first, ConsoleClient(two.url) as second:
        await first.login()
        second.token = first.token
        second.http.cookies.set("sodam_session", first.http.cookies["sodam_session"], path="/console")
        assert (await second.call("session/Whoami"))["Name"] == "root"
        app = (await first.call("im/RegisterIMApp", Name="both"))["SDKAppID"]
        key = (await first.call("im/DescribeSecret", SDKAppID=app))["Keys"][0]["Secret"]
        rest = Rest(two, app, key)
        await eventually(lambda: rest.code("im_open_login_svc/account_check", CHECK), 0)
        ability = await first.call("im/DescribeAbilityConfInfo", SDKAppID=app)
        await first.call("im/SetAbilityConfInfo", SDKAppID=app, Version=ability["Version"], FriendCheck=True)
        with pytest.raises(Refused, match="VersionConflict"):
            await second.call("im/SetAbilityConfInfo", SDKAppID=app, Version=ability["Version"], FriendCheck=False)

        async def seen() -> bool:
            return bool((await second.call("im/DescribeAbilityConfInfo", SDKAppID=app))["FriendCheck"])

        await eventually(seen, True)
        made = await second.call("cam/AddUser", Name="everywhere", UseApi=1)
        await second.call("cam/AttachUserPolicy", PolicyId=1_000_000_004, AttachUin=made["Uin"])
        assert (await first.call("cam/ListAttachedUserPolicies", TargetUin=made["Uin"]))["TotalNum"] == 1
        await first.call("cam/CreateTagPolicy", PolicyName="t", Actions=["name/im:*"], Tags=[{"Key": "a"}])
        content = '[{"UserID":"ann"},{"UserID":""}]'
        job = (await first.call("im/ImportAccounts", SDKAppID=app, Format="json", Content=content))["JobId"]
        assert (await second.job(job))["Refused"] == 1
        out = await second.job((await second.call("im/ExportAccounts", SDKAppID=app))["JobId"])
        assert "ann" in (await first.http.get(out["File"])).text
        await second.call("im/StopSdkAppId", SDKAppID=app)
        await eventually(lambda: rest.code("im_open_login_svc/account_check", CHECK), 60016)
        doomed = await first.call("im/DeleteSdkappid", SDKAppID=app, ConfirmName="both")
        assert (await second.job(doomed["JobId"]))["State"] == "done"
        await eventually(lambda: rest.code("im_open_login_svc/account_check", CHECK), 60006)
        assert (await first.call("cloudaudit/DescribeEvents", SDKAppID=app, Keyword="both"))["Events"]
