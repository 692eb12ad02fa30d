"""Official accounts through the console's actions: list, followers, a message, and what the audit log says."""

from __future__ import annotations

import json

import pytest

from tests.console.test_apps import new_app
from tests.support.console import ConsoleClient, Refused
from tests.support.server import ServerProcess

NEWS = "@TOA#_news"


async def test_an_official_account(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = (await new_app(root, console_server, "officials", "Pro")).app
    for user in ("ann", "bob", "cho"):
        await root.call("im/CreateAccount", SDKAppID=app, UserID=user, Nick=user.title())
    for account, name in ((NEWS, "News 100%"), ("@TOA#_offers", "Offers")):
        made = await root.call("im/CreateOfficialAccount", SDKAppID=app, Account=account, Name=name, Owner="ann")
        assert made == {"Account": account}
    with pytest.raises(Refused):
        await root.call("im/CreateOfficialAccount", SDKAppID=app, Account=NEWS, Name="x", Owner="ann")
    first = await root.call("im/DescribeOfficialAccounts", SDKAppID=app, Limit=1)
    assert (first["TotalCount"], [row["Account"] for row in first["Accounts"]]) == (2, [NEWS])
    second = await root.call("im/DescribeOfficialAccounts", SDKAppID=app, Limit=1, Cursor=first["Cursor"])
    assert ([row["Name"] for row in second["Accounts"]], second["Cursor"]) == (["Offers"], "")
    found = await root.call("im/DescribeOfficialAccounts", SDKAppID=app, Keyword="News 100%")
    assert [row["Account"] for row in found["Accounts"]] == [NEWS]
    assert (await root.call("im/DescribeOfficialAccounts", SDKAppID=app, Keyword="%"))["Accounts"] == []
    of = {"SDKAppID": app, "Account": NEWS}

    async def told(action: str) -> dict[str, str]:
        """The last event of an action in the audit log."""
        found = await root.call("cloudaudit/DescribeEvents", SDKAppID=app, Action=action, Limit=1)
        event: dict[str, str] = found["Events"][0]
        return event

    added = await root.call("im/AddOfficialSubscribers", **of, UserIDs=["bob", "cho", "nobody"])
    assert [(one["Result"], one["ErrorCode"]) for one in added["Results"]] == [(1, 0), (1, 0), (0, 70107)]
    # Nothing refused is called a success in the audit log.
    event = await told("AddOfficialSubscribers")
    assert (event["Outcome"], event["ErrorCode"]) == ("partly", "70107")
    assert json.loads(event["After"]) == {"Account": NEWS, "Done": ["bob", "cho"], "Refused": {"nobody": 70107}}
    await root.call("im/DeleteOfficialSubscribers", **of, UserIDs=["nobody"])
    event = await told("DeleteOfficialSubscribers")
    assert (event["Outcome"], event["Before"]) == ("failed", "")
    await root.call("im/SendOfficialMsg", **of, Text="issue 12")
    await root.call("im/ModifyOfficialAccount", **of, Introduction="daily", MaxSubscriberNum=5)
    listed = await root.call("im/DescribeOfficialSubscribers", **of, Limit=1)
    assert (listed["TotalCount"], listed["Subscribers"][0]["Nick"], listed["Cursor"]) == (2, "Bob", "bob")
    gone = await root.call("im/DeleteOfficialSubscribers", **of, UserIDs=["bob"])
    assert gone["Results"] == [{"UserID": "bob", "Result": 1, "ErrorCode": 0}]
    row = (await root.call("im/DescribeOfficialAccounts", SDKAppID=app, Keyword=NEWS))["Accounts"][0]
    assert (row["SubscriberNum"], row["MaxSubscriberNum"], row["Introduction"]) == (1, 5, "daily")
    assert row["Owner"]["Nick"] == "Ann"
    assert row["LastMsgTime"] > 0
    await root.call("im/DestroyOfficialAccount", **of)
    with pytest.raises(Refused):
        await root.call("im/DescribeOfficialSubscribers", **of)
    for action in ("CreateOfficialAccount", "ModifyOfficialAccount", "SendOfficialMsg", "DestroyOfficialAccount"):
        events = (await root.call("cloudaudit/DescribeEvents", Action=f"im:{action}", SDKAppID=app, Limit=9))["Events"]
        assert any(NEWS in json.dumps(event) for event in events), action
