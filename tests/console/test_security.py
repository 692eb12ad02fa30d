"""What guards sign-in: from where sub-users may come, how long sessions last, behind a proxy as without one."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.cloudapi.test_tc3 import signed_call
from tests.support.console import PASSWORD, ConsoleClient, Refused
from tests.support.server import Engine, ServerFactory, ServerProcess

ADMINISTRATOR = 1_000_000_001
OFFICE, HOME = "198.51.100.7", "203.0.113.9"


class House:
    """A server behind a proxy, so that everybody may come from where the test likes."""

    def __init__(self, server: ServerProcess, root: ConsoleClient, stack: contextlib.AsyncExitStack) -> None:
        self.server = server
        self.root = root
        self._stack = stack

    async def come(self, address: str, name: str = "mina") -> ConsoleClient:
        client = await self.stranger(address)
        await client.login(name)
        return client

    async def stranger(self, address: str) -> ConsoleClient:
        client = await self._stack.enter_async_context(ConsoleClient(self.server.url))
        client.http.headers["x-forwarded-for"] = address
        return client

    async def rule(self, *entries: str, by: ConsoleClient | None = None, **more: Any) -> None:
        """``+10.0.0.0/8`` allows, ``-10.0.0.1`` denies."""
        lines = [{"IP": entry[1:], "Effect": "Allow" if entry[0] == "+" else "Deny"} for entry in entries]
        await (by or self.root).call("cam/CreateSubAccountLoginIpPolicy", IpPolicies=lines, **more)


@pytest_asyncio.fixture
async def house(server_factory: ServerFactory, engine: Engine) -> AsyncIterator[House]:
    server = server_factory(engine, env={"SODAM_ROOT_PASSWORD": PASSWORD, "SODAM_TRUSTED_PROXIES": "127.0.0.1"})
    async with contextlib.AsyncExitStack() as stack:
        root = await stack.enter_async_context(ConsoleClient(server.url))
        root.http.headers["x-forwarded-for"] = HOME
        await root.login()
        made = await root.call("cam/AddUser", Name="mina", ConsoleLogin=1, Password=PASSWORD)
        await root.call("cam/AttachUserPolicy", PolicyId=ADMINISTRATOR, AttachUin=made["Uin"])
        yield House(server, root, stack)


async def refused(client: ConsoleClient, action: str, **fields: Any) -> dict[str, Any]:
    with pytest.raises(Refused) as error:
        await client.call(action, **fields)
    return {"Status": error.value.status, **error.value.error}


async def test_addresses_at_the_door_and_inside(house: House) -> None:
    inside = await house.come(OFFICE)
    outside = await house.come(HOME)
    for client in (inside, outside):
        await client.call("im/DescribeIMAppList")
    await house.rule("+198.51.100.0/24")
    await inside.call("im/DescribeIMAppList")  # the rules count for sessions that run
    for action in ("im/DescribeIMAppList", "session/Whoami", "session/DescribeSessions"):
        error = await refused(outside, action)
        assert (error["Status"], error["Code"]) == (403, "IpNotInWhitelist")
        assert HOME in error["Message"]
        assert error["Cure"]
    assert (await outside.http.get("/console/files/none")).status_code == 403
    await outside.call("session/Logout")  # leaving is allowed
    door = await house.stranger(HOME)
    for name, password in (("mina", PASSWORD), ("mina", "wrong"), ("nobody", "wrong")):
        error = await refused(door, "session/Login", UserName=name, Password=password)
        assert error["Code"] == "IpNotInWhitelist"  # the same for all: a forbidden place learns nothing
    await house.rule("+198.51.100.0/24", f"-{OFFICE}")
    assert (await refused(inside, "im/DescribeIMAppList"))["Code"] == "IpInBlacklist"
    await house.come("198.51.100.8")
    await house.rule("+198.51.100.0/24", f"-{OFFICE}", DisablePolicy=1)
    await inside.call("im/DescribeIMAppList")
    await house.come(HOME)
    told = await house.root.call("cloudaudit/DescribeEvents", Action="Login", Outcome="failed")
    assert {e["ErrorCode"] for e in told["Events"]} == {"IpNotInWhitelist"}


async def test_root_is_never_locked_out(house: House) -> None:
    await house.rule("-0.0.0.0/0", "-::/0")
    await house.come(HOME, "root")
    seen = await house.root.call("cam/DescribeSubAccountLoginIpPolicy")
    assert [(line["IP"], line["Effect"]) for line in seen["IpPolicies"]] == [("0.0.0.0/0", "Deny"), ("::/0", "Deny")]
    assert (seen["ClientIp"], seen["DisablePolicy"], seen["Modifier"]) == (HOME, 0, "root")


async def test_nobody_shuts_himself_out(house: House) -> None:
    mina = await house.come(OFFICE)
    for entries in ((f"-{OFFICE}",), ("+192.0.2.0/24",)):
        with pytest.raises(Refused) as error:
            await house.rule(*entries, by=mina)
        assert error.value.code == "OperationDenied"
        assert OFFICE in error.value.error["Message"]
        assert error.value.error["Cure"]
    assert (await mina.call("cam/DescribeSubAccountLoginIpPolicy"))["IpPolicies"] == []
    await house.rule(f"+{OFFICE}", f"-{HOME}", by=mina)
    await house.rule(f"-{OFFICE}", by=mina, DisablePolicy=1)  # not in force, so it shuts nobody out


async def test_what_is_not_offered_or_wrong(house: House) -> None:
    for fields in ({"ApproverType": "SubAccountLoginLimitApproval"}, {"ApproverUin": [7]}, {"PolicyType": 2}):
        error = await refused(house.root, "cam/CreateSubAccountLoginIpPolicy", **fields)
        assert (error["Status"], error["Code"]) == (409, "UnsupportedOperation")
    for lines in (
        [{"IP": "office", "Effect": "Allow"}],
        [{"IP": "10.0.0.1", "Effect": "allow"}],
        [{"IP": "10.0.0.1"}],
        [{"IP": f"10.0.0.{i}", "Effect": "Allow"} for i in range(11)],
    ):
        error = await refused(house.root, "cam/CreateSubAccountLoginIpPolicy", IpPolicies=lines)
        assert error["Code"] in ("InvalidParameter", "MissingParameter"), lines
    assert (await house.root.call("cam/DescribeSubAccountLoginIpPolicy"))["IpPolicies"] == []


async def test_the_cloud_api_asks_the_same(house: House) -> None:
    mina = await house.come(OFFICE)
    key = (await mina.call("cam/CreateAccessKey"))["AccessKey"]
    own = (await house.root.call("cam/CreateAccessKey"))["AccessKey"]
    await house.rule("+198.51.100.0/24", f"-{OFFICE}")

    async def code(address: str, made: dict[str, Any] = key) -> str:
        client = await house.stranger(address)
        secret = made["AccessKeyId"], made["SecretAccessKey"]
        response = await signed_call(house.server, *secret, "GetUserAppId", {}, http=client.http)
        error = response.get("Error")
        assert error is None or isinstance(error, dict)
        if error:
            assert error["Cure"]
        return str(error["Code"]) if error else "ok"

    assert await code("198.51.100.8") == "ok"
    assert await code(OFFICE) == "IpInBlacklist"
    assert await code(HOME) == "IpNotInWhitelist"
    assert await code(HOME, own) == "ok"


async def test_without_a_proxy_the_header_is_a_lie(root: ConsoleClient) -> None:
    root.http.headers["x-forwarded-for"] = OFFICE
    assert (await root.call("cam/DescribeSubAccountLoginIpPolicy"))["ClientIp"] == "127.0.0.1"


async def test_session_rules(house: House) -> None:
    mina = await house.come(OFFICE)
    before = await house.root.call("cam/DescribeSessionRules")
    assert before["Rules"] == {"IdleMinutes": 720, "MaxHours": 168}
    for wrong in ({"IdleMinutes": 4}, {"MaxHours": 721}, {"IdleMinutes": 100, "MaxHours": 1}):
        error = await refused(house.root, "cam/UpdateSessionRules", Rules=wrong)
        assert error["Code"] == "InvalidParameter"
    began = (await mina.call("session/Whoami"))["ExpireTime"] - 168 * 3600
    await house.root.call("cam/UpdateSessionRules", Rules={"IdleMinutes": 30, "MaxHours": 2})
    assert (await mina.call("session/Whoami"))["ExpireTime"] == began + 2 * 3600
    after = await house.root.call("cam/DescribeSessionRules")
    assert (after["Rules"], after["Modifier"]) == ({"IdleMinutes": 30, "MaxHours": 2}, "root")
