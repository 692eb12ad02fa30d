"""The audit log: what gets into it, how it is searched, and that an export finds what the search finds."""

from __future__ import annotations

import csv
import io
import json
import time
from typing import Any

import pyotp
import pytest

from sodam.access.policy import MAX_CHARS
from tests.cloudapi.test_tc3 import signed_call
from tests.support.console import PASSWORD, ConsoleClient, Refused
from tests.support.server import ServerProcess


async def events(root: ConsoleClient, **filters: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await root.call("cloudaudit/DescribeEvents", Limit=100, **filters))["Events"]
    return found


async def add_user(root: ConsoleClient, name: str, **fields: object) -> dict[str, Any]:
    return await root.call("cam/AddUser", Name=name, ConsoleLogin=1, Password=PASSWORD, **fields)


def kinds(found: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(e["Action"], e["Outcome"], e["ErrorCode"]) for e in reversed(found)]


async def test_signing_in_and_out(root: ConsoleClient, console_server: ServerProcess) -> None:
    user = await add_user(root, "visitor")
    async with ConsoleClient(console_server.url) as client:
        with pytest.raises(Refused, match="LoginFailure"):
            await client.login("visitor", "wrong")
        await client.login("visitor")
        await client.call("session/Logout")
    found = await events(root, Uin=user["Uin"])
    assert kinds(found) == [
        ("session:Login", "failed", "AuthFailure.LoginFailure"),
        ("session:Login", "ok", ""),
        ("session:Logout", "ok", ""),
    ]
    assert {e["Name"] for e in found} == {"visitor"}


async def test_a_name_that_does_not_exist(root: ConsoleClient, console_server: ServerProcess) -> None:
    async with ConsoleClient(console_server.url) as client:
        with pytest.raises(Refused, match="LoginFailure"):
            await client.login("nobody-7", "wrong")
        with pytest.raises(Refused, match="LoginFailure"):
            await client.login("root", "wrong")
    (found,) = await events(root, User="NOBODY-7")
    assert (found["Uin"], found["Name"], found["Edge"], found["Outcome"]) == (0, "nobody-7", "console", "failed")
    newest = (await events(root, Action="session:Login", Outcome="failed"))[0]
    assert (newest["Name"], newest["Uin"] > 0) == ("root", True)


async def test_a_right_password_without_its_code(root: ConsoleClient, console_server: ServerProcess) -> None:
    user = await add_user(root, "coded")
    async with ConsoleClient(console_server.url) as client:
        await client.login("coded")
        secret = (await client.call("session/BeginMFA", Password=PASSWORD))["Secret"]
        code = pyotp.TOTP(secret).at(int(time.time()))
        await client.call("session/ConfirmMFA", Code=code)
        with pytest.raises(Refused, match="MFAFailure"):
            await client.login("coded")
        with pytest.raises(Refused, match="MFAFailure"):
            await client.login("coded", code="000000" if code != "000000" else "111111")
    found = await events(root, Uin=user["Uin"])
    assert kinds(found)[-2:] == [
        ("session:Login", "challenged", "AuthFailure.MFAFailure"),
        ("session:Login", "failed", "AuthFailure.MFAFailure"),
    ]
    kept = json.dumps(found)
    for text in (PASSWORD, secret, f'"{code}"', "000000"):
        assert text not in kept


async def test_refused_signatures_are_recorded_once_a_minute(
    root: ConsoleClient, console_server: ServerProcess
) -> None:
    made = await root.call("cam/AddUser", Name="signs-badly", UseApi=1)
    for _ in range(5):
        answer = await signed_call(console_server, made["SecretId"], "wrong", "GetUserAppId", {})
        assert "SignatureFailure" in json.dumps(answer)
    await signed_call(console_server, "AKIDunknown", "wrong", "GetUserAppId", {})
    (found,) = await events(root, Uin=made["Uin"])
    assert (found["Action"], found["Outcome"]) == ("cloudapi:Authenticate", "refused")
    assert (found["Name"], found["ErrorCode"]) == ("signs-badly", "AuthFailure.SignatureFailure")
    after = json.loads(found["After"])
    assert after == {"SecretId": made["SecretId"], "Action": "cam:GetUserAppId", "RefusedBefore": 0}
    assert not await events(root, Keyword="AKIDunknown")


async def test_rules_of_passwords_are_readable(root: ConsoleClient) -> None:
    rules = (await root.call("cam/GetPasswordRules"))["Rules"]
    await root.call("cam/UpdatePasswordRules", Rules=rules | {"ReusePasswordLimit": 2})
    await root.call("cam/UpdatePasswordRules", Rules=rules)
    found = await events(root, Action="UpdatePasswordRules")
    assert [json.loads(e["After"])["Rules"]["ReusePasswordLimit"] for e in found[:2]] == [1, 2]


async def test_a_policy_of_full_length(root: ConsoleClient) -> None:
    """The event is JSON, and the document in it whole."""

    def text(names: list[str]) -> str:
        statement = {"effect": "allow", "action": names, "resource": "*"}
        return json.dumps({"version": "2.0", "statement": [statement]}, separators=(",", ":"))

    names = ["im:*"]
    while len(text([*names, f"im:Describe*{len(names) * '*'}"])) <= MAX_CHARS:
        names.append(f"im:Describe*{len(names) * '*'}")
    await root.call("cam/CreatePolicy", PolicyName="full-length", PolicyDocument=text(names))
    event = (await events(root, Action="CreatePolicy", Keyword="full-length"))[0]
    after = json.loads(event["After"])
    assert after.get("Document", after.get("PolicyDocument")) == text(names)
    assert len(text(names)) > MAX_CHARS - 200


async def test_search_and_export(root: ConsoleClient) -> None:
    await add_user(root, "Finder-Me")
    document = '{"version":"2.0","statement":[{"effect":"allow","action":"im:*","resource":"*"}]}'
    async with ConsoleClient(root.url) as client:
        admin = {"PolicyId": 1_000_000_001, "AttachUin": (await root.call("cam/GetUser", Name="Finder-Me"))["Uin"]}
        await root.call("cam/AttachUserPolicy", **admin)
        await client.login("Finder-Me")
        await client.call("cam/CreatePolicy", PolicyName="found-by-part", PolicyDocument=document)
        await client.call("cam/CreateGroup", GroupName="found-by-part")
    found = await events(root, User="finder", Action="Create")
    assert [e["Action"] for e in found] == ["cam:CreateGroup", "cam:CreatePolicy"]
    assert len(await events(root, User="finder", Action="cam:createp")) == 1
    assert {e["Action"] for e in await events(root, Keyword="FINDER-me")} >= {"cam:CreateGroup", "session:Login"}
    assert not await events(root, User="finder", To=1)
    period = {"From": int(time.time()) - 600, "To": int(time.time()) + 600}
    job = (await root.call("cloudaudit/ExportEvents", User="finder", Action="create", **period))["JobId"]
    assert (await root.job(job))["State"] == "done"
    file = await root.http.get(f"/console/files/{job}")
    rows = list(csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff"))))
    assert [row["action"] for row in rows] == ["cam:CreateGroup", "cam:CreatePolicy"]


async def test_what_became_of_each_item_of_a_bulk_action(root: ConsoleClient) -> None:
    """Refused items are in the log with their numbers, whether or not the transaction met them; none is a success."""
    app = (await root.call("im/RegisterIMApp", Name="Bulk"))["SDKAppID"]
    for name in ("a1", "a2", "a3"):
        await root.call("im/CreateAccount", SDKAppID=app, UserID=name)

    async def add(*peers: str) -> dict[str, Any]:
        items = [{"To_Account": peer, "AddSource": "AddSource_Type_Web"} for peer in peers]
        await root.call("im/AddFriend", SDKAppID=app, From_Account="a1", AddFriendItem=items)
        return (await events(root, SDKAppID=app, Action="im:AddFriend"))[0]

    event = await add("no_such_user")
    assert (event["Outcome"], event["ErrorCode"]) == ("failed", "30003")
    assert json.loads(event["After"]) == {"From_Account": "a1", "Done": [], "Refused": {"no_such_user": 30003}}
    event = await add("a1")
    assert (event["Outcome"], event["ErrorCode"]) == ("failed", "30001")
    event = await add("a2", "no_such_user", "a3", "a1")
    assert (event["Outcome"], event["ErrorCode"]) == ("partly", "30003")
    assert json.loads(event["After"]) == {
        "From_Account": "a1",
        "Done": ["a2", "a3"],
        "Refused": {"no_such_user": 30003, "a1": 30001},
    }
    assert (await events(root, SDKAppID=app, Outcome="partly"))[0]["EventId"] == event["EventId"]

    # A request that waits for the other side's answer was made, though the wire has a number for it.
    await root.call("im/CreateAccount", SDKAppID=app, UserID="shy")
    profile = {"Tag_Profile_IM_AllowType": "AllowType_Type_NeedConfirm"}
    await root.call("im/ModifyAccountProfile", SDKAppID=app, UserID="shy", Profile=profile)
    event = await add("shy")
    assert (event["Outcome"], event["ErrorCode"]) == ("ok", "")
    event = await add("shy", "no_such_user")
    assert (event["Outcome"], json.loads(event["After"])["Done"]) == ("partly", ["shy"])

    await root.call("im/RemoveUser", SDKAppID=app, UserIDs=["a2", "administrator", "nobody"])
    (event,) = await events(root, SDKAppID=app, Action="im:RemoveUser")
    assert (event["Outcome"], event["ErrorCode"]) == ("partly", "70402")
    assert json.loads(event["Before"]) == {"UserIDs": ["a2"]}
    assert json.loads(event["After"]) == {"Done": ["a2"], "Refused": {"administrator": 70402, "nobody": 70107}}
    await root.call("im/RemoveUser", SDKAppID=app, UserIDs=["nobody"])
    assert kinds(await events(root, SDKAppID=app, Action="im:RemoveUser"))[-1] == ("im:RemoveUser", "failed", "70107")
    await root.call("im/RemoveUser", SDKAppID=app, UserIDs=["a3"])
    event = (await events(root, SDKAppID=app, Action="im:RemoveUser"))[0]
    assert (event["Outcome"], event["Before"], event["After"]) == ("ok", '{"UserIDs":["a3"]}', "{}")
