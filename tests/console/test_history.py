"""How long messages are kept: the server's setting, an app's own days, who may change them, and who says so."""

from __future__ import annotations

import time

import pytest

from tests.console.test_apps import new_app
from tests.support.console import PASSWORD, ConsoleClient, Refused
from tests.support.server import Engine, ServerFactory

DAY = 86400


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
async def test_a_server_that_keeps_400_days(engine: Engine, server_factory: ServerFactory) -> None:
    env = {"SODAM_ROOT_PASSWORD": PASSWORD, "SODAM_HISTORY_DAYS": "400"}
    server = server_factory(engine, env=env)
    assert "kept for 400 days" in server.output.read_text()
    async with ConsoleClient(server.url) as root:
        await root.login()
        rest = await new_app(root, server, "new")
        ability = await root.call("im/DescribeAbilityConfInfo", SDKAppID=rest.app)
        assert (ability["HistoryDays"], ability["Ranges"]["HistoryDays"]) == (400, {"Min": 1, "Max": 400})
        shown = await root.call("im/DescribeSdkAppInfo", SDKAppID=rest.app)
        assert (shown["HistoryDays"], shown["Limits"]["HistoryDays"]) == (400, 400)
        plans = await root.call("im/DescribePlans")
        (row,) = [row for row in plans["Rows"] if row["Name"] == "HistoryDays"]
        assert (row["Trial"], row["Pro"], row["Flagship"]) == (400, 400, 400)
        assert [line["Limits"]["HistoryDays"] for line in plans["Plans"]] == [400] * 3

        # What the settings promise holds: a message of long ago is taken, and read again.
        for user in ("ann", "bob"):
            assert await rest.code("im_open_login_svc/account_import", {"UserID": user}) == 0
        then = int(time.time()) - 300 * DAY
        body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "long ago"}}]
        message = {"From_Account": "ann", "To_Account": "bob", "MsgRandom": 1, "MsgTimeStamp": then, "MsgBody": body}
        assert await rest.code("openim/importmsg", message | {"SyncFromOldSystem": 2}) == 0
        window = {"MaxCnt": 10, "MinTime": then - 5, "MaxTime": then + 5}
        read = await rest.call("openim/admin_getroammsg", {"From_Account": "ann", "To_Account": "bob", **window})
        assert [found["MsgBody"] for found in read["MsgList"]] == [body]

        # The operator's root changes it as often as need be, and takes nobody's month away.
        version = ability["Version"]
        for days in (300, 200, 400):
            changed = await root.call("im/SetAbilityConfInfo", SDKAppID=rest.app, Version=version, HistoryDays=days)
            assert (changed["HistoryDays"], changed["HistoryDaysChangeableFrom"]) == (days, 0)
            version = changed["Version"]
        with pytest.raises(Refused, match="SODAM_HISTORY_DAYS") as refused:
            await root.call("im/SetAbilityConfInfo", SDKAppID=rest.app, Version=version, HistoryDays=401)
        assert refused.value.code == "InvalidParameter"

        user = await root.call("cam/AddUser", Name="ursula", ConsoleLogin=1, Password=PASSWORD)
        policies = await root.call("cam/ListPolicies", Keyword="QcloudIMFullAccess")
        policy = policies["List"][0]["PolicyId"]
        await root.call("cam/AttachUserPolicy", PolicyId=policy, AttachUin=user["Uin"])
        async with ConsoleClient(server.url) as ursula:
            await ursula.login("ursula")
            call = {"SDKAppID": rest.app, "HistoryDays": 100}
            changed = await ursula.call("im/SetAbilityConfInfo", Version=version, **call)
            assert changed["HistoryDaysChangeableFrom"] > time.time()
            with pytest.raises(Refused) as once:
                await ursula.call(
                    "im/SetAbilityConfInfo", Version=changed["Version"], SDKAppID=rest.app, HistoryDays=90
                )
            assert once.value.code == "FailedOperation.OncePerMonth"
        back = await root.call("im/SetAbilityConfInfo", SDKAppID=rest.app, Version=changed["Version"], HistoryDays=400)
        assert back["HistoryDays"] == 400

    # An app keeps its own days when the setting goes away: nothing is erased by a forgotten variable.
    other = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD})
    assert "kept for 7 days" in other.output.read_text()
