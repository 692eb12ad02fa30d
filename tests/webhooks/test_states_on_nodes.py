"""What an app hears of a device that comes back by its ticket on another node: nothing while its old socket hangs, and
exactly one sign-in where that was lost."""

from __future__ import annotations

import contextlib

import pytest

from tests.gateway.raw_client import RawClient
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.receiver import Receiver
from tests.support.server import ServerFactory, ServerProcess

STATE = "State.StateChange"


async def configure(server: ServerProcess, receiver: Receiver) -> None:
    async with ConsoleClient(server.url) as root:
        await root.login()
        app = {"SDKAppID": server.sdkappid}
        version = (await root.call("im/DescribeCallBack", **app))["Version"]
        fields = {"Url": receiver.url, "Commands": [STATE], "Version": version, "Confirmed": True}
        await root.call("im/SetCallBack", **app, **fields)


async def settled(server: ServerProcess) -> None:
    """Whatever other nodes published for this one has arrived."""
    asked = await server.rest("im_open_login_svc/account_check", {"CheckItem": [{"UserID": "ida"}]})
    assert asked["ErrorCode"] == 0
    assert (await server.rest("openim/query_online_status", {"To_Account": ["ida"]}))["ErrorCode"] == 0


@pytest.mark.parametrize("nats", [True, False], ids=["nats", "postgres alone"])
async def test_back_on_another_node(server_factory: ServerFactory, receiver: Receiver, nats: bool) -> None:
    nodes = server_factory("postgres", nodes=2, nats=nats, env={"SODAM_ROOT_PASSWORD": PASSWORD}).nodes
    await configure(nodes[0], receiver)
    async with contextlib.AsyncExitStack() as stack:

        async def client(node: int, head: dict[str, object]) -> RawClient:
            made = await stack.enter_async_context(RawClient(nodes[node], "ida"))
            made.head = dict(head)
            return await made.sign_in()

        device = await client(0, {})
        await receiver.wait(STATE, 1)
        for node in (1, 0, 1):  # while the old socket hangs
            before, device = device, await client(node, device.head)
            await before.wait(lambda before=before: before.closed)  # type: ignore[misc]
            await settled(nodes[node])
        await device.close()
        await receiver.wait(STATE, 2)
        for node in (0, 1):  # after it was lost
            device = await client(node, device.head)
            await receiver.wait(STATE, 3 + 2 * node)
            await device.close()
            await receiver.wait(STATE, 4 + 2 * node)
        device = await client(0, device.head)  # and only for a moment
        await device.close()
        got = await receiver.wait(STATE, 8)
    infos = [one.body["Info"] for one in got]
    assert [info["Action"] for info in infos] == ["Login", "Disconnect"] * 4
    assert {info["Reason"] for info in infos} == {"Register", "LinkClose"}
