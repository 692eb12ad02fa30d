"""``getappinfo`` and ``GetIPList``."""

from __future__ import annotations

import time

from tests.support.server import ServerProcess


async def test_what_can_be_counted(server: ServerProcess) -> None:
    await server.rest("im_open_login_svc/multiaccount_import", {"AccountList": [{"UserID": "counted"}]})
    answer = await server.rest("openconfigsvr/getappinfo", {})
    assert (answer["ErrorCode"], answer["ErrorInfo"], len(answer["Result"])) == (0, "OK", 30)
    today = answer["Result"][0]
    assert today["Date"] == time.strftime("%Y%m%d", time.gmtime())
    assert int(today["RegistUserNumTotal"]) >= int(today["RegistUserNumOneDay"]) >= 1
    assert all(isinstance(value, str) for day in answer["Result"] for value in day.values())
    assert "UpMsgNum" not in today, "nothing counts it, so nothing is said"
    some = await server.rest("openconfigsvr/getappinfo", {"RequestField": ["AppId", "NoSuchField"]})
    assert some["Result"][0] == {"Date": today["Date"], "AppId": str(server.sdkappid)}


async def test_addresses(server: ServerProcess) -> None:
    answer = await server.rest("ConfigSvc/GetIPList", {})
    assert (answer["ErrorCode"], answer["IPList"]) == (0, [])
