"""Generated: every action, over both edges, by everybody: allowed or refused as the policies say.

What is expected is worked out here from the policies' plain meaning, not by the code under test. Refusals name action
and resource. Requests carry a resource and nothing else, so that those allowed fail on their parameters or do little.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal

import httpx
import pytest_asyncio

from sodam.access.presets import KEY_READERS
from sodam.cloudapi.action import Action
from sodam.cloudapi.table import actions
from sodam.console.session_actions import SESSION_ACTIONS
from tests.cloudapi.test_tc3 import signed_call
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.server import ServerFactory, ServerProcess

Who = Literal["root", "read-only", "full", "tag-bound", "explicit deny", "no policy", "logged out"]
EVERYBODY: tuple[Who, ...] = ("root", "read-only", "full", "tag-bound", "explicit deny", "no policy", "logged out")
DENIED_ACTION = "im:Describe*"


@dataclass
class World:
    server: ServerProcess
    root: ConsoleClient
    owner: int
    tagged: int
    untagged: int
    jobs: dict[int, str]
    consoles: dict[Who, ConsoleClient]
    keys: dict[Who, tuple[str, str]]
    uins: dict[Who, int]


async def _user(world: World, who: Who, policies: list[int]) -> None:
    name = who.replace(" ", "-")
    made = await world.root.call("cam/AddUser", Name=name, ConsoleLogin=1, UseApi=1, Password=PASSWORD)
    for policy in policies:
        await world.root.call("cam/AttachUserPolicy", PolicyId=policy, AttachUin=made["Uin"])
    client = ConsoleClient(world.server.url)
    await client.login(name)
    world.consoles[who], world.uins[who] = client, made["Uin"]
    world.keys[who] = (made["SecretId"], made["SecretKey"])


@pytest_asyncio.fixture
async def world(server_factory: ServerFactory) -> AsyncIterator[World]:
    server = server_factory(env={"SODAM_ROOT_PASSWORD": PASSWORD})
    root = ConsoleClient(server.url)
    who = await root.login()
    apps, jobs = [], {}
    for name in ("tagged", "untagged"):
        app = (await root.call("im/RegisterIMApp", Name=name))["SDKAppID"]
        jobs[app] = (await root.call("im/ExportAccounts", SDKAppID=app))["JobId"]
        await root.job(jobs[app])
        apps.append(app)
    await root.call("im/ModifyAppTags", SDKAppID=apps[0], Tags=[{"Key": "team", "Value": "support"}])
    world = World(server, root, who["Uin"], apps[0], apps[1], jobs, {"root": root}, {}, {"root": who["Uin"]})
    presets = {p["PolicyName"]: p["PolicyId"] for p in (await root.call("cam/ListPolicies", Scope="QCS"))["List"]}
    key = (await root.call("cam/CreateAccessKey"))["AccessKey"]
    world.keys["root"] = key["AccessKeyId"], key["SecretAccessKey"]
    await _user(world, "read-only", [presets["QcloudIMReadOnlyAccess"]])
    await _user(world, "full", [presets["QcloudIMFullAccess"]])
    tag = await root.call(
        "cam/CreateTagPolicy",
        PolicyName="support",
        Actions=["name/im:*"],
        Tags=[{"Key": "team", "Value": "support"}],
    )
    await _user(world, "tag-bound", [tag["PolicyId"]])
    denial = {"version": "2.0", "statement": [{"effect": "deny", "action": DENIED_ACTION, "resource": "*"}]}
    deny = await root.call("cam/CreatePolicy", PolicyName="denial", PolicyDocument=json.dumps(denial))
    await _user(world, "explicit deny", [deny["PolicyId"], presets["AdministratorAccess"]])
    await _user(world, "no policy", [])
    world.consoles["logged out"] = ConsoleClient(server.url)
    yield world
    for client in world.consoles.values():
        await client.http.aclose()


def expected(who: Who, action: Action, tagged: bool) -> bool:
    """What the policies mean in words."""
    match who:
        case "root":
            return True
        case "read-only":
            return action.service == "im" and action.kind != "write" and action.name not in KEY_READERS
        case "full":
            return action.service == "im"
        case "tag-bound":
            return action.service == "im" and (tagged or action.level in ("operation", "list"))
        case "explicit deny":
            return not (action.service == "im" and action.name.startswith("Describe"))
        case _:
            return False


def body_of(world: World, action: Action, app: int) -> dict[str, Any]:
    if action.level == "job":
        return {"JobId": world.jobs[app]}
    return {"SDKAppID": app} if action.level in ("app", "list") else {}


def asked(world: World, who: Who, app: int) -> list[Action]:
    """Each action once, and those of an app or a job also on the other app by whom the app's tags concern."""
    if app == world.tagged:
        return actions()
    return [action for action in actions() if who == "tag-bound" and action.level in ("app", "job", "list")]


def check(world: World, who: Who, action: Action, app: int, error: dict[str, Any] | None) -> None:
    place = f"{who}: {action.id} on {'tagged' if app == world.tagged else 'untagged'}: {error}"
    refused = error is not None and error["Code"] == "AuthFailure.UnauthorizedOperation"
    assert refused is not expected(who, action, app == world.tagged), place
    if not refused:
        assert error is None or error["Code"] != "InternalError", place
        return
    assert error is not None
    assert error["Action"] == action.id, place
    resources = {
        "app": f"qcs::im::uin/{world.owner}:sdkappid/{app}",
        "job": f"qcs::im::uin/{world.owner}:sdkappid/{app}",
        "list": f"qcs::im::uin/{world.owner}:sdkappid/*",
        "user": f"qcs::cam::uin/{world.owner}:uin/{world.uins[who]}",
        "operation": "*",
    }
    assert error["Resource"] == resources[action.level], place
    assert action.id in error["Message"], place
    assert error["Resource"] in error["Message"], place


async def test_console(world: World) -> None:
    assert len(actions()) > 100
    for who in EVERYBODY:
        for app in (world.tagged, world.untagged):
            for action in asked(world, who, app):
                client = world.consoles[who]
                response = await client.raw(f"{action.service}/{action.name}", body_of(world, action, app))
                error = response.json().get("Error")
                if who == "logged out":
                    assert (response.status_code, error["Code"]) == (401, "AuthFailure.NotSignedIn"), action.id
                    continue
                check(world, who, action, app, error)
                if error and error["Code"] == "AuthFailure.UnauthorizedOperation":
                    assert response.status_code == 403
    for name in SESSION_ACTIONS:
        if name != "Login":
            response = await world.consoles["logged out"].raw(f"session/{name}")
            assert response.status_code == 401, name


async def test_cloud_api(world: World) -> None:
    async with httpx.AsyncClient(verify=False, timeout=60) as http:
        for action in actions():
            headers = {"x-tc-action": action.name}
            answer = (await http.post(world.server.url + "/", json={}, headers=headers)).json()["Response"]
            assert answer["Error"]["Code"] == "AuthFailure.InvalidAuthorization", action.id
        for who, (secret_id, secret_key) in world.keys.items():
            for app in (world.tagged, world.untagged):
                for action in asked(world, who, app):
                    body = body_of(world, action, app)
                    response = await signed_call(
                        world.server, secret_id, secret_key, action.name, body, http=http, service=action.service
                    )
                    error = response.get("Error")
                    assert error is None or isinstance(error, dict)
                    check(world, who, action, app, error)


async def test_lists_show_what_may_be_seen(world: World) -> None:
    async def seen(who: Who) -> set[int]:
        return {a["SDKAppID"] for a in (await world.consoles[who].call("im/DescribeIMAppList"))["Apps"]}

    assert {world.tagged, world.untagged} <= await seen("root")
    assert await seen("tag-bound") == {world.tagged}
    jobs = (await world.consoles["tag-bound"].call("im/DescribeJobs"))["Jobs"]
    assert {job["SDKAppID"] for job in jobs} == {world.tagged}
    # An app that a tag-bound user creates has no tag: it is out of reach until somebody tags it.
    made = (await world.consoles["tag-bound"].raw("im/RegisterIMApp", {"Name": "mine"})).json()
    app = made["Data"]["SDKAppID"]
    assert await seen("tag-bound") == {world.tagged}
    refused = await world.consoles["tag-bound"].raw("im/DescribeSdkAppInfo", {"SDKAppID": app})
    assert refused.status_code == 403
    await world.root.call("im/ModifyAppTags", SDKAppID=app, Tags=[{"Key": "team", "Value": "support"}])
    assert await seen("tag-bound") == {world.tagged, app}


async def test_locks_are_told_as_they_are(world: World) -> None:
    """``CheckPermissions`` says beforehand what the calls say."""
    chosen = [a for a in actions() if a.level in ("app", "operation")]
    items = [{"Action": a.id, "SDKAppID": world.tagged if a.level == "app" else 0} for a in chosen]
    for who in EVERYBODY[:-1]:
        said = (await world.consoles[who].call("session/CheckPermissions", Items=items))["Allowed"]
        assert said == [expected(who, a, True) for a in chosen], who
