"""Apps in the console, and what the changes do to REST."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from sodam import usersig
from tests.support.console import ConsoleClient, Refused
from tests.support.server import ServerProcess


class Rest:
    """REST as an app's administrator."""

    def __init__(self, server: ServerProcess, app: int, key: str) -> None:
        self._url, self.app, self.key = server.url, app, key

    async def call(self, command: str, body: dict[str, Any], signature: str = "") -> dict[str, Any]:
        sig = signature or usersig.generate(self.app, self.key, "administrator", now=int(time.time()))
        query = {"sdkappid": str(self.app), "identifier": "administrator", "usersig": sig, "random": "1"}
        async with httpx.AsyncClient(verify=False, timeout=60) as http:
            answer = await http.post(f"{self._url}/v4/{command}", params=query, json=body)
        found: dict[str, Any] = answer.json()
        return found

    async def code(self, command: str, body: dict[str, Any], signature: str = "") -> int:
        return int((await self.call(command, body, signature))["ErrorCode"])


async def new_app(root: ConsoleClient, server: ServerProcess, name: str, plan: str = "") -> Rest:
    app = (await root.call("im/RegisterIMApp", Name=name))["SDKAppID"]
    if plan:
        await root.call("im/CreatePlanOrder", SDKAppID=app, Plan=plan, AcceptTerms=True)
    key = (await root.call("im/DescribeSecret", SDKAppID=app))["Keys"][0]["Secret"]
    return Rest(server, app, key)


CHECK = {"CheckItem": [{"UserID": "nobody"}]}


async def test_life_of_an_app(root: ConsoleClient, console_server: ServerProcess) -> None:
    made = await root.call("im/RegisterIMApp", Name="shop", Type="retail", Introduction="sells")
    app = made["SDKAppID"]
    assert 1_400_000_000 < app < 10_000_000_000
    assert (made["Plan"], made["Status"], made["Admins"], made["Tags"]) == ("Trial", "enabled", ["administrator"], [])
    assert made["Limits"]["Friends"] == 20
    assert "Secret" not in made["Keys"][0]
    changed = await root.call("im/ModifyAppInfo", SDKAppID=app, Name="market", Introduction="")
    assert (changed["Name"], changed["Type"], changed["Introduction"]) == ("market", "retail", "")
    await root.call("im/ModifyAppTags", SDKAppID=app, Tags=[{"Key": "team", "Value": "a"}, {"Key": "live"}])
    by_tag = await root.call("im/DescribeIMAppList", Tag={"Key": "team", "Value": "a"})
    assert [a["SDKAppID"] for a in by_tag["Apps"]] == [app]
    assert (await root.call("im/DescribeIMAppList", Tag={"Key": "team", "Value": "b"}))["TotalCount"] == 0
    found = await root.call("im/DescribeIMAppList", Keyword=str(app), Plan="Trial", Status="enabled")
    assert found["Apps"][0]["Tags"] == [{"Key": "live", "Value": ""}, {"Key": "team", "Value": "a"}]
    with pytest.raises(Refused, match="MissingParameter"):
        await root.call("im/RegisterIMApp")
    with pytest.raises(Refused, match="ResourceNotFound"):
        await root.call("im/DescribeSdkAppInfo", SDKAppID=7)


async def test_a_disabled_app_refuses_rest(root: ConsoleClient, console_server: ServerProcess) -> None:
    rest = await new_app(root, console_server, "switched", "Pro")
    assert await rest.code("im_open_login_svc/account_check", CHECK) == 0
    await root.call("im/StopSdkAppId", SDKAppID=rest.app)
    assert await rest.code("im_open_login_svc/account_check", CHECK) == 60016
    await root.call("im/StartSdkAppId", SDKAppID=rest.app)
    expired = await root.call("sodam/ModifyAppStatus", SDKAppID=rest.app, Status="expired")
    assert 0 <= time.time() + 7 * 86400 - expired["DisableTime"] < 60
    assert await rest.code("im_open_login_svc/account_check", CHECK) == 60020
    with pytest.raises(Refused, match="PlanExpired"):
        await root.call("im/StartSdkAppId", SDKAppID=rest.app)
    back = await root.call("sodam/ModifyAppStatus", SDKAppID=rest.app, Status="enabled")
    assert (back["Status"], back["DisableTime"]) == ("enabled", 0)
    assert await rest.code("im_open_login_svc/account_check", CHECK) == 0


async def test_key_rotation(root: ConsoleClient, console_server: ServerProcess) -> None:
    rest = await new_app(root, console_server, "rotating")
    second = (await root.call("im/CreateSecret", SDKAppID=rest.app))["Key"]
    renewed = Rest(console_server, rest.app, second["Secret"])
    for one in (rest, renewed):
        assert await one.code("im_open_login_svc/account_check", CHECK) == 0
    view = await root.call("im/DeleteSecret", SDKAppID=rest.app, KeyId=1)
    assert [key["KeyId"] for key in view["Keys"]] == [second["KeyId"]]
    assert await rest.code("im_open_login_svc/account_check", CHECK) == 70009
    assert await renewed.code("im_open_login_svc/account_check", CHECK) == 0
    with pytest.raises(Refused, match="LastKey"):
        await root.call("im/DeleteSecret", SDKAppID=rest.app, KeyId=second["KeyId"])


async def test_usersig_tools(root: ConsoleClient, console_server: ServerProcess) -> None:
    rest = await new_app(root, console_server, "tools")
    made = await root.call("im/CreateSecretUserSig", SDKAppID=rest.app, UserID="administrator", Expire=3600)
    assert await rest.code("im_open_login_svc/account_check", CHECK, made["UserSig"]) == 0
    query = {"SDKAppID": rest.app, "UserID": "administrator"}
    good = await root.call("im/VerifySecretUserSig", **query, UserSig=made["UserSig"])
    assert (good["Valid"], good["Expire"], good["Version"], good["ErrorCode"]) == (True, 3600, 2, 0)
    other = await root.call("im/VerifySecretUserSig", SDKAppID=rest.app, UserID="bob", UserSig=made["UserSig"])
    assert (other["Valid"], other["ErrorCode"], other["UserID"]) == (False, 70013, "administrator")
    for text, code in (("", 70002), ("nonsense", 70003), (made["UserSig"][:-8], 70003)):
        bad = await root.call("im/VerifySecretUserSig", **query, UserSig=text)
        assert (bad["Valid"], bad["ErrorCode"]) == (False, code)
        assert bad["Cause"]
        assert bad["Cure"]


async def test_move_of_an_old_app(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = (await root.call("im/RegisterIMApp", Name="old", KeyAlgorithm="ECDSA-SHA256"))["SDKAppID"]
    rest = Rest(console_server, app, "")
    old = (await root.call("im/CreateSecretUserSig", SDKAppID=app, UserID="administrator"))["UserSig"]
    assert await rest.code("im_open_login_svc/account_check", CHECK, old) == 0
    key = (await root.call("im/ToggleSecretVersion", SDKAppID=app))["Key"]
    assert key["Algorithm"] == "HMAC-SHA256"
    new = (await root.call("im/CreateSecretUserSig", SDKAppID=app, UserID="administrator"))["UserSig"]
    for signature in (old, new):
        assert await rest.code("im_open_login_svc/account_check", CHECK, signature) == 0
    await root.call("im/DeleteSecret", SDKAppID=app, KeyId=1)
    assert await rest.code("im_open_login_svc/account_check", CHECK, old) == 70015
    assert await rest.code("im_open_login_svc/account_check", CHECK, new) == 0


async def test_administrators_may_call_rest(root: ConsoleClient, console_server: ServerProcess) -> None:
    rest = await new_app(root, console_server, "admins")
    view = await root.call("im/ModifyAccountInfo", SDKAppID=rest.app, Add=["boss"])
    assert view["Admins"] == ["administrator", "boss"]
    sig = usersig.generate(rest.app, rest.key, "boss", now=int(time.time()))
    query = {"sdkappid": str(rest.app), "identifier": "boss", "usersig": sig, "random": "1"}
    async with httpx.AsyncClient(verify=False, timeout=60) as http:
        url = f"{console_server.url}/v4/im_open_login_svc/account_check"
        assert (await http.post(url, params=query, json=CHECK)).json()["ErrorCode"] == 0
        await root.call("im/ModifyAccountInfo", SDKAppID=rest.app, Remove=["boss"])
        assert (await http.post(url, params=query, json=CHECK)).json()["ErrorCode"] == 60010
    with pytest.raises(Refused, match="LimitExceeded"):
        await root.call("im/ModifyAccountInfo", SDKAppID=rest.app, Add=[f"a{i}" for i in range(10)])


async def test_settings_and_their_version(root: ConsoleClient, console_server: ServerProcess) -> None:
    rest = await new_app(root, console_server, "settings", "Flagship")
    for user in ("ann", "ben"):
        assert await rest.code("im_open_login_svc/account_import", {"UserID": user}) == 0
    message = {
        "From_Account": "ann",
        "To_Account": "ben",
        "MsgRandom": 1,
        "SyncOtherMachine": 2,
        "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "x"}}],
        "SendMsgControl": [],
    }
    assert await rest.code("openim/sendmsg", message) == 0
    ability = await root.call("im/DescribeAbilityConfInfo", SDKAppID=rest.app)
    field = {"Name": "Level", "Type": "uint64", "AppWrite": False}
    tag = {"Tag": "Tag_Profile_Custom_Level", "Value": 7}
    profile = {"From_Account": "ann", "ProfileItem": [tag]}
    assert await rest.code("profile/portrait_set", profile) == 40009
    changed = await root.call("im/AddUserField", SDKAppID=rest.app, Version=ability["Version"], Field=field)
    assert await rest.code("profile/portrait_set", profile) == 0
    with pytest.raises(Refused) as conflict:
        await root.call(
            "im/SetAbilityConfInfo", SDKAppID=rest.app, Version=ability["Version"], AllowAccountDeletion=True
        )
    assert (conflict.value.status, conflict.value.code) == (409, "FailedOperation.VersionConflict")
    assert conflict.value.error["Cure"]
    # Another section is as it was read: whoever changes it is not in the way of who changed this one.
    after = await root.call("im/SetAbilityConfInfo", SDKAppID=rest.app, Version=ability["Version"], RecallSeconds=60)
    assert (after["RecallSeconds"], after["Version"]) == (60, changed["Version"] + 1)
    assert after["UserFields"][0]["Name"] == "Level"
    assert not after["Locked"]


async def test_what_a_plan_locks(root: ConsoleClient, console_server: ServerProcess) -> None:
    rest = await new_app(root, console_server, "trial")
    ability = await root.call("im/DescribeAbilityConfInfo", SDKAppID=rest.app)
    locked = {lock["Setting"]: lock["Plan"] for lock in ability["Locked"]}
    names = (
        "WorkReceipts",
        "PublicReceipts",
        "MeetingReceipts",
        "RecallSeconds",
        "ConversationLimit",
        "MessageExtension",
        "CloudSearch",
        "WebInstances",
        "DeviceInstances",
        "UserStatus",
        "Community",
        "CommunityTopics",
        "RoomOnlineMembers",
        "RoomBan",
        "RoomBroadcast",
    )
    assert locked == dict.fromkeys(names, "Flagship")
    with pytest.raises(Refused) as refused:
        await root.call("im/SetAbilityConfInfo", SDKAppID=rest.app, Version=ability["Version"], RecallSeconds=60)
    assert (refused.value.status, refused.value.error["Plan"]) == (403, "Flagship")
    price = await root.call("im/DescribePlanPrice", SDKAppID=rest.app, Plan="Pro", Months=2)
    assert (price["Amount"], price["ExpireTime"] > time.time()) == (0, True)
    with pytest.raises(Refused, match="AcceptTerms"):
        await root.call("im/CreatePlanOrder", SDKAppID=rest.app, Plan="Pro")
    placed = await root.call(
        "im/CreatePlanOrder", SDKAppID=rest.app, Plan="Pro", AddOns={"HistoryDays": 30}, AcceptTerms=True
    )
    assert placed["App"]["Limits"]["HistoryDays"] == 30
    with pytest.raises(Refused) as again:
        await root.call("im/CreatePlanOrder", SDKAppID=rest.app, Plan="Flagship", AcceptTerms=True)
    assert again.value.code == "FailedOperation.OncePerMonth"
    orders = await root.call("im/DescribePlanOrders", SDKAppID=rest.app)
    assert [(o["Kind"], o["Plan"], o["AddOns"]) for o in orders["Orders"]] == [("upgrade", "Pro", {"HistoryDays": 30})]
    limited = await root.call("sodam/ModifyAppLimits", SDKAppID=rest.app, Overrides={"Accounts": 2})
    assert (limited["Limits"]["Accounts"], limited["Overrides"]) == (2, {"Accounts": 2})
    assert await rest.code("im_open_login_svc/account_import", {"UserID": "one"}) == 0
    assert await rest.code("im_open_login_svc/account_import", {"UserID": "two"}) == 70398


async def test_only_what_is_enforced_is_sold_and_shown(root: ConsoleClient, console_server: ServerProcess) -> None:
    plans = await root.call("im/DescribePlans")
    enforced = {row["Name"] for row in plans["Rows"] if row["Enforced"]}
    assert enforced >= {"GroupsJoined", "GroupMembers", "AVChatRooms"}
    add_ons = {"GroupsJoined", "GroupMembers", "HistoryDays", "AVChatRooms"}
    assert {add_on["Name"] for add_on in plans["AddOns"]} == add_ons <= enforced
    app = (await new_app(root, console_server, "enforced", "Pro")).app
    view = await root.call("im/DescribeSdkAppInfo", SDKAppID=app)
    # No plan limits the members of a live room: there is nothing to set.
    assert view["Limits"].keys() == enforced - {"AVChatRoomMembers"}
    bought = await root.call("im/CreatePlanOrder", SDKAppID=app, AcceptTerms=True, AddOns={"GroupMembers": 300})
    assert bought["App"]["Limits"]["GroupMembers"] == 300
    limited = await root.call("sodam/ModifyAppLimits", SDKAppID=app, Overrides={"GroupsJoined": 9})
    assert limited["Limits"]["GroupsJoined"] == 9
    with pytest.raises(Refused, match="Friends is from 0 to 10000"):
        await root.call("sodam/ModifyAppLimits", SDKAppID=app, Overrides={"Friends": 10001})
    unlimited = await root.call("sodam/ModifyAppLimits", SDKAppID=app, Overrides={"Accounts": None, "Friends": 5})
    assert unlimited["Overrides"] == {"Accounts": None, "Friends": 5}


async def test_orders_of_add_ons(root: ConsoleClient, console_server: ServerProcess) -> None:
    trial = (await new_app(root, console_server, "add-ons of a Trial")).app
    for wish in ({"HistoryDays": 30}, {"HistoryDays": 9999}, {}):
        with pytest.raises(Refused) as refused:
            await root.call("im/CreatePlanOrder", SDKAppID=trial, AddOns=wish, AcceptTerms=True)
        assert (refused.value.code, refused.value.error["Plan"]) == ("UnsupportedOperation.PlanRequired", "Pro")
    app = (await new_app(root, console_server, "add-ons", "Pro")).app
    until = (await root.call("im/DescribeSdkAppInfo", SDKAppID=app))["ExpireTime"]
    for wrong in ({"Months": 24}, {"AutoRenew": True}, {"AutoRenew": False}):
        wish = {"AddOns": {"HistoryDays": 30}, "AcceptTerms": True} | wrong
        with pytest.raises(Refused, match="needs a Plan"):
            await root.call("im/CreatePlanOrder", SDKAppID=app, **wish)
    bought = await root.call("im/CreatePlanOrder", SDKAppID=app, AddOns={"HistoryDays": 30}, AcceptTerms=True)
    order = bought["Order"]
    assert (order["Months"], order["AutoRenew"], order["ExpireTime"]) == (0, False, until)
    with pytest.raises(Refused, match="HistoryDays is from 8 to 360 with the plan Pro"):
        await root.call("im/DescribePlanPrice", SDKAppID=app, AddOns={"HistoryDays": 9999})


async def test_two_editors_of_tags(root: ConsoleClient) -> None:
    made = await root.call("im/RegisterIMApp", Name="tagged twice")
    app, version = made["SDKAppID"], made["Version"]
    await root.call("im/ModifyAppTags", SDKAppID=app, Tags=[{"Key": "team", "Value": "a"}], Version=version)
    with pytest.raises(Refused) as conflict:
        await root.call("im/ModifyAppTags", SDKAppID=app, Tags=[{"Key": "live"}], Version=version)
    assert (conflict.value.status, conflict.value.code) == (409, "FailedOperation.VersionConflict")
    view = await root.call("im/DescribeSdkAppInfo", SDKAppID=app)
    assert view["Tags"] == [{"Key": "team", "Value": "a"}]
    await root.call("im/ModifyAppTags", SDKAppID=app, Tags=[], Version=view["Version"])
