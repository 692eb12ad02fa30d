"""Policies decide about what a request really does: whoever blurs that gets nothing. Over both edges."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio

from sodam.cloudapi.table import actions
from tests.cloudapi.test_tc3 import signed_call
from tests.support.console import PASSWORD, ConsoleClient, Refused
from tests.support.server import ServerFactory, ServerProcess

SPOILS: list[dict[str, Any]] = [
    {"SDKAppID": -1},
    {"SDKAppID": "x"},
    {"SDKAppID": 2**60},
    {"JobId": 5},
    {"JobId": None},
    {"TargetUin": -1},
    {"Tags": 7},
]
REFUSED = "AuthFailure.UnauthorizedOperation"


@dataclass
class World:
    server: ServerProcess
    root: ConsoleClient
    clerk: ConsoleClient
    key: tuple[str, str]
    http: httpx.AsyncClient
    admin: int
    open_app: int
    closed_app: int
    closed_job: str
    audit_job: str


async def _policy(root: ConsoleClient, name: str, *statements: dict[str, Any]) -> int:
    document = json.dumps({"version": "2.0", "statement": list(statements)})
    made = await root.call("cam/CreatePolicy", PolicyName=name, PolicyDocument=document)
    return int(made["PolicyId"])


@pytest_asyncio.fixture
async def world(server_factory: ServerFactory) -> AsyncIterator[World]:
    """A clerk: everything of ``im`` but for one app, the own access keys, and no more."""
    server = server_factory(env={"SODAM_ROOT_PASSWORD": PASSWORD})
    root, clerk = ConsoleClient(server.url), ConsoleClient(server.url)
    owner = (await root.login())["Uin"]
    opened, closed = [(await root.call("im/RegisterIMApp", Name=name))["SDKAppID"] for name in ("open", "closed")]
    job = (await root.call("im/ExportAccounts", SDKAppID=closed))["JobId"]
    audit = (await root.call("cloudaudit/ExportEvents"))["JobId"]
    await root.job(job)
    presets = {p["PolicyName"]: p["PolicyId"] for p in (await root.call("cam/ListPolicies", Scope="QCS"))["List"]}
    admin = await root.call("cam/AddUser", Name="boss", UseApi=1)
    await root.call("cam/AttachUserPolicy", PolicyId=presets["AdministratorAccess"], AttachUin=admin["Uin"])
    made = await root.call("cam/AddUser", Name="clerk", ConsoleLogin=1, UseApi=1, Password=PASSWORD)
    resource = f"qcs::im::uin/{owner}:sdkappid/{closed}"
    policy = await _policy(
        root,
        "clerk",
        {"effect": "allow", "action": "im:*", "resource": "*"},
        {"effect": "deny", "action": "im:*", "resource": resource},
        {"effect": "allow", "action": "cam:*AccessKey*", "resource": "qcs::cam::uin/:uin/${uin}"},
    )
    await root.call("cam/AttachUserPolicy", PolicyId=policy, AttachUin=made["Uin"])
    await clerk.login("clerk")
    key = made["SecretId"], made["SecretKey"]
    async with httpx.AsyncClient(verify=False, timeout=60) as http:
        yield World(server, root, clerk, key, http, admin["Uin"], opened, closed, job, audit)
    await root.http.aclose()
    await clerk.http.aclose()


async def _codes(world: World, service: str, name: str, body: dict[str, Any]) -> set[str]:
    """What both edges answer: the error's code, or an empty text."""
    answer = (await world.clerk.raw(f"{service}/{name}", body)).json()
    signed: dict[str, Any] = await signed_call(world.server, *world.key, name, body, service=service, http=world.http)
    return {found.get("Error", {}).get("Code", "") for found in (answer, signed)}


async def test_no_spoiled_field_widens_what_is_allowed(world: World) -> None:
    targets = {
        "app": {"SDKAppID": world.closed_app},
        "job": {"JobId": world.closed_job},
        "user": {"TargetUin": world.admin},
    }
    asked = 0
    for action in actions():
        if action.level not in targets:
            continue
        for spoil in ({}, *SPOILS):
            target = targets[action.level]
            if spoil.keys() & target.keys():
                continue
            codes = await _codes(world, action.service, action.name, target | spoil)
            assert codes == {REFUSED} if not spoil else "" not in codes, f"{action.id} {spoil}: {codes}"
            asked += 1
    assert asked > 300


async def test_keys_of_others_stay_theirs(world: World) -> None:
    assert await _codes(world, "cam", "ListAccessKeys", {}) == {""}
    for spoil in SPOILS:
        body = {"TargetUin": world.admin} | spoil
        assert "" not in await _codes(world, "cam", "CreateAccessKey", body)
    assert len((await world.root.call("cam/ListAccessKeys", TargetUin=world.admin))["AccessKeys"]) == 1


async def test_jobs_of_others_are_not_listed(world: World) -> None:
    mine = (await world.clerk.call("im/ExportAccounts", SDKAppID=world.open_app))["JobId"]
    listed = {job["JobId"] for job in (await world.clerk.call("im/DescribeJobs"))["Jobs"]}
    assert mine in listed
    assert not listed & {world.closed_job, world.audit_job}
    assert (await world.clerk.call("im/DescribeJobs", SDKAppID=world.closed_app))["TotalCount"] == 0
    everything = {job["JobId"] for job in (await world.root.call("im/DescribeJobs"))["Jobs"]}
    assert {mine, world.closed_job, world.audit_job} <= everything


async def test_a_condition_on_the_requests_own_tags(world: World) -> None:
    deny = {
        "effect": "deny",
        "action": "im:ModifyAppTags",
        "resource": "*",
        "condition": {"for_any_value:string_equal": {"qcs:request_tag": ["env&prod"]}},
    }
    policy = await _policy(world.root, "no-prod", deny)
    uin = (await world.clerk.call("session/Whoami"))["Uin"]
    await world.root.call("cam/AttachUserPolicy", PolicyId=policy, AttachUin=uin)
    tags = [{"Key": "env", "Value": "test"}]
    await world.clerk.call("im/ModifyAppTags", SDKAppID=world.open_app, Tags=tags)
    tags = [{"Key": "env", "Value": "prod"}]
    with pytest.raises(Refused) as refused:
        await world.clerk.call("im/ModifyAppTags", SDKAppID=world.open_app, Tags=tags)
    assert refused.value.code == REFUSED


async def test_making_an_administrator_needs_that_right(world: World) -> None:
    deny = {"effect": "deny", "action": "im:ModifyAccountInfo", "resource": "*"}
    policy = await _policy(world.root, "no-admins", deny)
    uin = (await world.clerk.call("session/Whoami"))["Uin"]
    await world.root.call("cam/AttachUserPolicy", PolicyId=policy, AttachUin=uin)
    account = {"SDKAppID": world.open_app, "UserID": "mallory"}
    with pytest.raises(Refused) as refused:
        await world.clerk.call("im/CreateAccount", **account, Type="administrator")
    assert (refused.value.code, refused.value.error["Action"]) == (REFUSED, "im:ModifyAccountInfo")
    assert "mallory" not in (await world.root.call("im/DescribeSdkAppInfo", SDKAppID=world.open_app))["Admins"]
    await world.clerk.call("im/CreateAccount", **account)
    with pytest.raises(Refused) as refused:
        await world.root.call("im/CreateAccount", **account, Type="administrator", Nick="other")
    assert refused.value.code == "ResourceInUse"
    assert "mallory" not in (await world.root.call("im/DescribeSdkAppInfo", SDKAppID=world.open_app))["Admins"]
