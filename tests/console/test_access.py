"""Access management and the audit log through the console."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.console import PASSWORD, ConsoleClient, Refused
from tests.support.server import ServerProcess

READ = json.dumps({"version": "2.0", "statement": [{"effect": "allow", "action": "im:Describe*", "resource": "*"}]})
ALL = json.dumps({"version": "2.0", "statement": [{"effect": "allow", "action": "im:*", "resource": "*"}]})


async def policy(root: ConsoleClient, name: str, document: str = READ) -> int:
    return int((await root.call("cam/CreatePolicy", PolicyName=name, PolicyDocument=document))["PolicyId"])


async def user(root: ConsoleClient, name: str, **fields: Any) -> dict[str, Any]:
    return await root.call("cam/AddUser", Name=name, ConsoleLogin=1, Password=PASSWORD, **fields)


async def refused(client: ConsoleClient, code: str, action: str, **fields: Any) -> dict[str, Any]:
    with pytest.raises(Refused) as error:
        await client.call(action, **fields)
    assert error.value.code == code, error.value
    return error.value.error


async def test_users(root: ConsoleClient) -> None:
    made = await root.call("cam/AddUser", Name="ursula", ConsoleLogin=1, UseApi=1, Remark="shift A", Email="u@x.test")
    assert len(made["Password"]) == 32
    assert made["SecretId"].startswith("AKID")
    assert (len(made["SecretId"]), len(made["SecretKey"])) == (36, 32)
    await refused(root, "InvalidParameter.SubUserNameInUse", "cam/AddUser", Name="ursula")
    for name in ("root", "Root", "a b", ""):
        with pytest.raises(Refused, match="InvalidParameter"):
            await root.call("cam/AddUser", Name=name)
    await refused(
        root, "InvalidParameter.PasswordViolatedRules", "cam/AddUser", Name="weak", ConsoleLogin=1, Password="password"
    )
    await root.call("cam/UpdateUser", Name="ursula", Remark="shift B", ConsoleLogin=0)
    found = await root.call("cam/GetUser", Name="ursula")
    assert (found["Remark"], found["ConsoleLogin"], found["Email"]) == ("shift B", 0, "u@x.test")
    assert "ursula" in [u["Name"] for u in (await root.call("cam/ListUsers"))["Data"]]
    assert (await root.call("cam/DescribeSubAccounts", FilterSubAccountUin=[made["Uin"]]))["SubAccounts"][0][
        "UserType"
    ] == 2
    await refused(root, "OperationDenied.HaveKeys", "cam/DeleteUser", Name="ursula")
    await root.call("cam/DeleteUser", Name="ursula", Force=1)
    await refused(root, "ResourceNotFound.UserNotExist", "cam/GetUser", Name="ursula")
    await refused(root, "ResourceNotFound.UserNotExist", "cam/DeleteUser", Name="root")


async def test_own_keys_only(root: ConsoleClient, console_server: ServerProcess) -> None:
    made = await user(root, "keyholder")
    await root.call("cam/AttachUserPolicy", PolicyId=1_000_000_008, AttachUin=made["Uin"])
    async with ConsoleClient(console_server.url) as client:
        await client.login("keyholder")
        keys = [await client.call("cam/CreateAccessKey") for _ in range(2)]
        await refused(client, "OperationDenied.AccessKeyOverLimit", "cam/CreateAccessKey")
        listed = (await client.call("cam/ListAccessKeys"))["AccessKeys"]
        assert "SecretAccessKey" not in listed[0]
        error = await refused(
            client,
            "AuthFailure.UnauthorizedOperation",
            "cam/ListAccessKeys",
            TargetUin=(await root.call("session/Whoami"))["Uin"],
        )
        assert error["Action"] == "cam:ListAccessKeys"
        key = keys[0]["AccessKey"]["AccessKeyId"]
        await refused(client, "FailedOperation.Accesskey", "cam/DeleteAccessKey", AccessKeyId=key)
        await client.call("cam/UpdateAccessKey", AccessKeyId=key, Status="Inactive")
        await client.call("cam/DeleteAccessKey", AccessKeyId=key)
        await refused(client, "ResourceNotFound.SecretNotExist", "cam/DeleteAccessKey", AccessKeyId=key)


async def test_groups_give_and_take_at_once(root: ConsoleClient, console_server: ServerProcess) -> None:
    made = await user(root, "grouped")
    group = (await root.call("cam/CreateGroup", GroupName="readers", Remark="they read"))["GroupId"]
    await refused(root, "InvalidParameter.GroupNameInUse", "cam/CreateGroup", GroupName="readers")
    await root.call("cam/AttachGroupPolicy", PolicyId=await policy(root, "group-read"), AttachGroupId=group)
    async with ConsoleClient(console_server.url) as client:
        await client.login("grouped")
        await refused(client, "AuthFailure.UnauthorizedOperation", "im/DescribeIMAppList")
        await root.call("cam/AddUserToGroup", Info=[{"GroupId": group, "Uin": made["Uin"]}])
        await client.call("im/DescribeIMAppList")
        held = await root.call("cam/ListAttachedUserAllPolicies", TargetUin=made["Uin"])
        assert [(p["PolicyName"], p["Groups"][0]["GroupName"]) for p in held["PolicyList"]] == [
            ("group-read", "readers")
        ]
        assert (await root.call("cam/GetGroup", GroupId=group))["GroupNum"] == 1
        assert (await root.call("cam/ListGroupsForUser", SubUin=made["Uin"]))["TotalNum"] == 1
        await root.call("cam/RemoveUserFromGroup", Info=[{"GroupId": group, "Uid": made["Uid"]}])
        await refused(client, "AuthFailure.UnauthorizedOperation", "im/DescribeIMAppList")
    await root.call("cam/UpdateGroup", GroupId=group, GroupName="viewers")
    assert (await root.call("cam/ListGroups", Keyword="view"))["GroupInfo"][0]["GroupId"] == group
    await root.call("cam/DeleteGroup", GroupId=group)
    await refused(root, "ResourceNotFound.GroupNotExist", "cam/GetGroup", GroupId=group)


async def test_versions_and_default(root: ConsoleClient, console_server: ServerProcess) -> None:
    made = await user(root, "versioned")
    policy_id = await policy(root, "versions")
    await root.call("cam/AttachUserPolicy", PolicyId=policy_id, AttachUin=made["Uin"])
    async with ConsoleClient(console_server.url) as client:
        await client.login("versioned")
        await refused(client, "AuthFailure.UnauthorizedOperation", "im/RegisterIMApp", Name="x")
        second = await root.call("cam/CreatePolicyVersion", PolicyId=policy_id, PolicyDocument=ALL, SetAsDefault=False)
        await refused(client, "AuthFailure.UnauthorizedOperation", "im/RegisterIMApp", Name="x")
        await root.call("cam/SetDefaultPolicyVersion", PolicyId=policy_id, VersionId=second["VersionId"])
        await client.call("im/RegisterIMApp", Name="by a sub-user")
    for _ in range(3):
        await root.call("cam/CreatePolicyVersion", PolicyId=policy_id, PolicyDocument=READ, SetAsDefault=False)
    more = {"PolicyId": policy_id, "PolicyDocument": READ, "SetAsDefault": True}
    await refused(root, "FailedOperation.PolicyVersionFull", "cam/CreatePolicyVersion", **more)
    await refused(root, "FailedOperation", "cam/DeletePolicyVersion", PolicyId=policy_id, VersionId=[2])
    await root.call("cam/DeletePolicyVersion", PolicyId=policy_id, VersionId=[1, 3])
    made6 = await root.call("cam/CreatePolicyVersion", **more)
    assert made6["VersionId"] == 6  # numbers never come back
    await root.call("cam/UpdatePolicy", PolicyId=policy_id, PolicyDocument=ALL, Description="now all")
    got = await root.call("cam/GetPolicy", PolicyId=policy_id)
    assert (json.loads(got["PolicyDocument"]), got["Description"]) == (json.loads(ALL), "now all")
    full = {"PolicyId": policy_id, "PolicyDocument": READ}
    await refused(root, "FailedOperation.PolicyVersionFull", "cam/UpdatePolicy", **full)
    kept = [v["VersionId"] for v in (await root.call("cam/ListPolicyVersions", PolicyId=policy_id))["Versions"]]
    assert kept == [7, 6, 5, 4, 2]  # nothing gave way unasked
    await root.call("cam/UpdatePolicy", PolicyId=policy_id, PolicyDocument=ALL, Description="the same document")
    await root.call("cam/DeletePolicyVersion", PolicyId=policy_id, VersionId=[2])
    await root.call("cam/UpdatePolicy", **full)
    await refused(root, "OperationDenied", "cam/DeletePolicy", PolicyId=[1_000_000_001])


async def test_boundary_limits(root: ConsoleClient, console_server: ServerProcess) -> None:
    made = await user(root, "bounded")
    await root.call("cam/AttachUserPolicy", PolicyId=1_000_000_001, AttachUin=made["Uin"])
    await root.call("cam/PutUserPermissionsBoundary", TargetUin=made["Uin"], PolicyId=await policy(root, "bound"))
    async with ConsoleClient(console_server.url) as client:
        await client.login("bounded")
        await client.call("im/DescribeIMAppList")
        await refused(client, "AuthFailure.UnauthorizedOperation", "im/RegisterIMApp", Name="x")
        assert (await root.call("cam/GetUserPermissionBoundary", TargetUin=made["Uin"]))["PolicyName"] == "bound"
        await root.call("cam/DeleteUserPermissionsBoundary", TargetUin=made["Uin"])
        await client.call("im/RegisterIMApp", Name="free")


async def test_a_boundary_is_not_deleted_with_its_policy(root: ConsoleClient) -> None:
    made = [await user(root, f"fenced-{number}") for number in range(6)]
    policy_id = await policy(root, "fence")
    for one in made:
        await root.call("cam/PutUserPermissionsBoundary", TargetUin=one["Uin"], PolicyId=policy_id)
    error = await refused(root, "OperationDenied", "cam/DeletePolicy", PolicyId=[await policy(root, "free"), policy_id])
    names = "fenced-0, fenced-1, fenced-2, fenced-3, fenced-4, ..."
    assert error["Detail"] == "PolicyIsBoundary"
    assert error["Params"] == {"Policy": "fence", "Users": names, "Count": 6}
    lines = (await root.call("cam/ListPolicies", Scope="Local", Keyword="f"))["List"]
    counts = {line["PolicyName"]: line["AttachEntityBoundaryCount"] for line in lines}
    assert (counts["fence"], counts["free"]) == (6, 0)
    listing = {"PolicyId": policy_id, "Usage": "Boundary"}
    bounds = await root.call("cam/ListEntitiesForPolicy", Keyword="-5", **listing)
    assert [(b["Name"], b["RelatedType"], b["IsBoundary"]) for b in bounds["List"]] == [("fenced-5", 1, 1)]
    assert (await root.call("cam/ListEntitiesForPolicy", Rp=2, Page=3, **listing))["TotalNum"] == 6
    assert (await root.call("cam/ListEntitiesForPolicy", EntityFilter="Group", **listing))["TotalNum"] == 0
    assert (await root.call("cam/ListEntitiesForPolicy", PolicyId=policy_id))["TotalNum"] == 0
    for one in made:
        await root.call("cam/DeleteUserPermissionsBoundary", TargetUin=one["Uin"])
    await root.call("cam/DeletePolicy", PolicyId=[policy_id])


async def test_presets_come_first(root: ConsoleClient) -> None:
    presets = (await root.call("cam/ListPolicies", Scope="QCS"))["TotalNum"]
    last = await policy(root, "newest")
    listed = (await root.call("cam/ListPolicies", Rp=presets + 1))["List"]
    assert [line["Type"] for line in listed] == [2] * presets + [1]
    assert listed[-1]["PolicyId"] == last


async def test_tools_for_policies(root: ConsoleClient) -> None:
    checked = await root.call("cam/CheckPolicySyntax", PolicyDocument='{"version":"2.0",\n"statement":7}')
    assert (checked["Valid"], checked["Mistakes"][0]["Line"]) == (False, 2)
    error = await refused(
        root,
        "InvalidParameter.ActionNotExist",
        "cam/CreatePolicy",
        PolicyName="bad",
        PolicyDocument=READ.replace("Describe*", "Nix"),
    )
    assert error["Mistakes"][0]["Column"] > 1
    built = await root.call(
        "cam/BuildPolicyDocument",
        Statements=[
            {
                "Effect": "deny",
                "Actions": ["name/im:RemoveUser"],
                "Conditions": [{"Operator": "ip_not_equal", "Key": "qcs:ip", "Values": ["10.0.0.0/8"]}],
            }
        ],
    )
    assert built["Mistakes"] == []
    assert json.loads(built["PolicyDocument"])["statement"][0]["resource"] == ["*"]
    named = {(a["Service"], a["Action"]) for a in (await root.call("cam/DescribeActions"))["Actions"]}
    assert {("im", "RegisterIMApp"), ("cam", "CreatePolicy"), ("cloudaudit", "DescribeEvents")} <= named
    made = await user(root, "simulated")
    policy_id = await policy(root, "simulated")
    await root.call("cam/AttachUserPolicy", PolicyId=policy_id, AttachUin=made["Uin"])
    yes = await root.call("cam/SimulatePolicy", TargetUin=made["Uin"], Action="im:DescribeIMAppList")
    no = await root.call("cam/SimulatePolicy", TargetUin=made["Uin"], Action="im:RegisterIMApp")
    assert (yes["Allowed"], yes["Statements"][0]["PolicyId"], no["Decision"]) == (True, policy_id, "implicitDeny")


async def test_password_rules(root: ConsoleClient) -> None:
    before = await root.call("cam/GetPasswordRules")
    strict = before["Rules"] | {"MinimumLength": 16}
    await root.call("cam/UpdatePasswordRules", Rules=strict)
    with pytest.raises(Refused, match="PasswordViolatedRules"):
        await user(root, "short")
    await root.call("cam/UpdatePasswordRules", Rules=before["Rules"])
    await refused(
        root, "InvalidParameter.PasswordRuleError", "cam/UpdatePasswordRules", Rules=strict | {"MustContain": "Emoji"}
    )


async def test_audit(root: ConsoleClient, console_server: ServerProcess) -> None:
    app = (await root.call("im/RegisterIMApp", Name="audited"))["SDKAppID"]
    await root.call("im/ModifyAppInfo", SDKAppID=app, Name="renamed_100%")
    await root.call("im/CreateSecret", SDKAppID=app)
    await root.call("im/DescribeSecret", SDKAppID=app)
    with pytest.raises(Refused):
        await root.call("im/ModifyAppInfo", SDKAppID=app, Name="")
    await user(root, "curious")
    async with ConsoleClient(console_server.url) as client:
        await client.login("curious")
        await refused(client, "AuthFailure.UnauthorizedOperation", "im/StopSdkAppId", SDKAppID=app)
        await refused(client, "AuthFailure.UnauthorizedOperation", "cloudaudit/DescribeEvents")
    events = (await root.call("cloudaudit/DescribeEvents", SDKAppID=app, Limit=100))["Events"]
    assert [(e["Action"], e["Outcome"], e["Name"]) for e in events] == [
        ("im:StopSdkAppId", "refused", "curious"),
        ("im:ModifyAppInfo", "failed", "root"),
        ("im:DescribeSecret", "ok", "root"),
        ("im:CreateSecret", "ok", "root"),
        ("im:ModifyAppInfo", "ok", "root"),
        ("im:RegisterIMApp", "ok", "root"),
    ]
    change = events[4]
    assert (json.loads(change["Before"])["name"], json.loads(change["After"])["name"]) == ("audited", "renamed_100%")
    assert change["Ip"] == "127.0.0.1"
    assert str(app) in change["Resource"]
    secrets = [k["Secret"] for k in (await root.call("im/DescribeSecret", SDKAppID=app))["Keys"]]
    everything = json.dumps(await root.call("cloudaudit/DescribeEvents", Limit=100))
    assert not any(word in everything for word in (*secrets, PASSWORD))
    found = await root.call("cloudaudit/DescribeEvents", Keyword="RENAMED_100%", Outcome="ok", Action="ModifyAppInfo")
    assert [e["EventId"] for e in found["Events"]] == [change["EventId"]]
    assert (await root.call("cloudaudit/DescribeEvents", Keyword="renamed_100%x"))["Events"] == []
    one = await root.call("cloudaudit/DescribeEvents", SDKAppID=app, Limit=1)
    two = await root.call("cloudaudit/DescribeEvents", SDKAppID=app, Limit=1, Before=one["Next"])
    assert two["Events"][0]["EventId"] < one["Events"][0]["EventId"]
    assert (await root.call("cloudaudit/DescribeEvent", EventId=change["EventId"])) == change
    job = await root.call("cloudaudit/ExportEvents", SDKAppID=app, Format="json")
    reader = await user(root, "im-reader")
    await root.call("cam/AttachUserPolicy", PolicyId=1_000_000_003, AttachUin=reader["Uin"])
    async with ConsoleClient(console_server.url) as client:  # all of IM, and still not the audit log
        await client.login("im-reader")
        error = await refused(client, "AuthFailure.UnauthorizedOperation", "im/DescribeJob", JobId=job["JobId"])
        assert (error["Action"], error["Resource"]) == ("cloudaudit:ExportEvents", "*")
        assert (await client.http.get(f"/console/files/{job['JobId']}")).status_code == 403
    exported = json.loads((await root.http.get((await root.job(job["JobId"]))["File"])).content)
    assert change["EventId"] in [e["id"] for e in exported]


async def test_quick_creation(root: ConsoleClient, console_server: ServerProcess) -> None:
    made = await root.call(
        "cam/AddUsers", Users=[{"Name": f"quick-{i}"} for i in range(10)], UseApi=1, PolicyId=[1_000_000_001]
    )
    assert [len(line["Password"]) for line in made["Users"]] == [32] * 10
    assert len({line["SecretId"] for line in made["Users"]}) == 10
    last = made["Users"][-1]
    async with ConsoleClient(console_server.url) as client:
        assert (await client.login("quick-9", last["Password"]))["MustChangePassword"]
    held = await root.call("cam/ListAttachedUserPolicies", TargetUin=last["Uin"])
    assert [line["PolicyName"] for line in held["List"]] == ["AdministratorAccess"]
    for names, code in (
        (["quick-a", "quick-1"], "InvalidParameter.SubUserNameInUse"),
        (["quick-b", "quick-b"], "InvalidParameter.SubUserNameInUse"),
        (["quick-c", "no spaces"], "InvalidParameter.UserNameIllegal"),
        ([], "InvalidParameter"),
        ([f"quick-x{i}" for i in range(11)], "InvalidParameter"),
    ):
        await refused(root, code, "cam/AddUsers", Users=[{"Name": name} for name in names])
    await refused(
        root, "ResourceNotFound.PolicyIdNotFound", "cam/AddUsers", Users=[{"Name": "quick-d"}], PolicyId=[12345]
    )
    names = [line["Name"] for line in (await root.call("cam/ListUsers"))["Data"]]
    assert len([name for name in names if name.startswith("quick-")]) == 10


async def test_what_attaches_needs_that_right_too(root: ConsoleClient, console_server: ServerProcess) -> None:
    """Creating users or policies must not be a way to rights that one may not give."""
    creators = json.dumps(
        {
            "version": "2.0",
            "statement": [{"effect": "allow", "action": ["cam:AddUsers", "cam:CreateTagPolicy"], "resource": "*"}],
        }
    )
    made = await user(root, "creator")
    await root.call("cam/AttachUserPolicy", PolicyId=await policy(root, "creators", creators), AttachUin=made["Uin"])
    tagged = {"PolicyName": "mine", "Actions": ["cam:*"], "Tags": [{"Key": "team"}]}
    async with ConsoleClient(console_server.url) as client:
        await client.login("creator")
        await client.call("cam/AddUsers", Users=[{"Name": "harmless"}])
        for fields, name, needed in (
            ({"Users": [{"Name": "mighty"}], "PolicyId": [1_000_000_001]}, "cam/AddUsers", "cam:AttachUserPolicy"),
            (tagged | {"Uins": [made["Uin"]]}, "cam/CreateTagPolicy", "cam:AttachUserPolicy"),
            (tagged | {"GroupIds": [1]}, "cam/CreateTagPolicy", "cam:AttachGroupPolicy"),
        ):
            error = await refused(client, "AuthFailure.UnauthorizedOperation", name, **fields)
            assert (error["Action"], error["Resource"]) == (needed, "*")
        await client.call("cam/CreateTagPolicy", **tagged)
    await refused(root, "ResourceNotFound.UserNotExist", "cam/GetUser", Name="mighty")


async def test_no_collaborators(root: ConsoleClient) -> None:
    assert await root.call("cam/ListCollaborators", Limit=5, Offset=0) == {"TotalNum": 0, "Data": []}
