"""Pushes to many through the console's actions: who may, whom they would reach, their report; causes in words."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from sodam.push.causes import HINTS, cause_of
from sodam.push.vendors import VENDORS
from tests.console.test_apps import new_app
from tests.support.console import ConsoleClient, Refused
from tests.support.server import ServerProcess


async def test_pushes_to_many(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = (await new_app(root, console_server, "pushes to many")).app

    async def call(action: str, **fields: Any) -> dict[str, Any]:
        return await root.call(f"im/{action}", SDKAppID=app, **fields)

    with pytest.raises(Refused, match="PlanRequired"):
        await call("CreatePushTask", Desc="hi")
    await call("CreatePlanOrder", Plan="Flagship", Months=1, AcceptTerms=True)
    for user in ("ann", "bea", "cho"):
        await call("CreateAccount", UserID=user)
    assert await call("ModifyPushAttributes", AttrNames={"0": "city"}) == {"AttrNames": {"0": "city"}}
    await call("ModifyPushMarks", UserID="ann", AddTags=["x", "y"], Attrs={"city": "Porto"})
    await call("ModifyPushMarks", UserID="bea", AddTags=["x"])
    marked = await call("ModifyPushMarks", UserID="ann", RemoveTags=["y"], Attrs={"city": ""}, AddTags=["z"])
    assert marked == {"Tags": ["x", "z"], "Attrs": {}}
    for condition, count in (({"TagsOr": ["x"]}, 2), ({"TagsAnd": ["x", "z"]}, 1), ({"AttrsOr": {"city": "Porto"}}, 0)):
        assert await call("DescribePushAudience", Condition=condition) == {"Accounts": count}
    everyone = (await call("DescribePushAudience"))["Accounts"]
    assert everyone == 3
    for wrong in ({"TagsOr": ["x"], "AttrsOr": {"city": "1"}}, {"AttrsOr": {"no": "1"}}, {"TagsOr": ["x"] * 11}):
        with pytest.raises(Refused, match="ErrorCode"):
            await call("CreatePushTask", Desc="hi", Condition=wrong)
    for fields in ({}, {"Desc": "hi", "From": "nobody"}):
        with pytest.raises(Refused):
            await call("CreatePushTask", **fields)

    task = await call("CreatePushTask", Title="Sale", Desc="At noon", Text="At noon, all", Stored=True, From="ann")
    end = time.monotonic() + 60
    while (report := (await call("DescribePushTask"))["Tasks"])[0]["State"] != "done":
        assert time.monotonic() < end, report
        await asyncio.sleep(0.1)
    shown = report[0] | {"CreateTime": 0, "StartTime": 0, "EndTime": 0}
    assert len(report) == 1
    assert shown == task | {
        "State": "done",
        "Title": "Sale",
        "Desc": "At noon",
        "Text": "At noon, all",
        "Stored": True,
        "From": "ann",
        "Condition": {"TagsOr": [], "TagsAnd": [], "TagsNot": [], "AttrsOr": {}, "AttrsAnd": {}},
        "CreateTime": 0,
        "StartTime": 0,
        "EndTime": 0,
        "Total": everyone,
        "Done": everyone,
        "Devices": 0,
        "Results": [],
        "Awaited": False,
        "Revokes": "",
        "RevokeTime": 0,
    }
    at = int(time.time()) + 86_400
    with pytest.raises(Refused, match="PushTooFar"):
        await call("CreatePushTask", Desc="hi", At=at + 366 * 86_400)
    planned = await call("CreatePushTask", Title="Lanterns", Desc="At eight", Condition={"TagsOr": ["x"]}, At=at)
    to_come, *others = (await call("DescribePushTask"))["Tasks"]
    assert (to_come["TaskId"], to_come["State"], to_come["StartTime"]) == (planned["TaskId"], "planned", at)
    assert (to_come["Title"], to_come["Condition"]["TagsOr"], others) == ("Lanterns", ["x"], report)
    await call("RevokePushTask", TaskId=planned["TaskId"], Desc="Never mind")
    assert (await call("DescribePushTask"))["Tasks"] == report
    await call("RevokePushTask", TaskId=task["TaskId"], Desc="Never mind")
    with pytest.raises(Refused, match="90050"):
        await call("RevokePushTask", TaskId=task["TaskId"], Desc="Never mind")
    states = [(one["State"], one["Revokes"]) for one in (await call("DescribePushTask"))["Tasks"]]
    assert ("revoked", "") in states
    assert any(revokes == task["TaskId"] for _, revokes in states)


def test_causes_have_hints() -> None:
    """Whatever a vendor's table of codes knows has a cause with a hint, and what was taken has none."""
    for vendor, one in VENDORS.items():
        codes = {"HTTP 500": "wait", "connect": "wait", "21": "payload"} | dict(getattr(one, "codes", {}))
        for code, result in codes.items():
            cause = cause_of(vendor, result, code)
            assert (cause in HINTS) is (result != "ok"), (vendor, code)
    assert cause_of("apns_p8", "gone", "BadDeviceToken") == "environment"
    assert cause_of("fcm", "gone", "UNREGISTERED") == "token"
    assert cause_of("oppo", "payload", "30", channel=False) == "channel"
    assert cause_of("xiaomi", "wait", "10034") == "quota"
