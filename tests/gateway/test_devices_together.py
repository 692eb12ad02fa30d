"""Which devices of a user may be online together, on two nodes: by type, by number, at once, and with hints lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.gateway.conftest import SignIn
from tests.gateway.raw_client import RawClient, Refused
from tests.gateway.test_lost_kicks import away
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.nats import Nats
from tests.support.server import ServerFactory, ServerProcess
from tests.support.waiting import eventually

UserId = Callable[[str], str]
WINDOWS, ANDROID, IPHONE, WEB = 1, 2, 3, 7


async def change(node: ServerProcess, **settings: Any) -> None:
    """Change the app's rules, and wait until every node goes by them."""
    async with ConsoleClient(node.url) as root:
        await root.login()
        now = await root.call("im/DescribeAbilityConfInfo", SDKAppID=node.sdkappid)
        await root.call("im/SetAbilityConfInfo", SDKAppID=node.sdkappid, Version=now["Version"], **settings)
    for other in node.nodes:
        async with ConsoleClient(other.url) as root:
            await root.login()

            async def known(root: ConsoleClient = root) -> dict[str, Any]:
                found = await root.call("im/DescribeAbilityConfInfo", SDKAppID=node.sdkappid)
                return {name: found[name] for name in settings}

            await eventually(known, settings, what="the rule on another node")


async def kicked(client: RawClient) -> None:
    await client.wait(lambda: bool(client.notices("KickoutMsgNotify")))
    assert client.notices("KickoutMsgNotify")[0]["KickType"] == 2


async def stays(*clients: RawClient) -> None:
    for client in clients:
        await client.call("openim.getmsg", {"Cookie": client.cookie, "SyncFlag": 0})
        assert client.notices("KickoutMsgNotify") == []


async def test_types_and_numbers_on_two_nodes(
    server_factory: ServerFactory, nats_server: Nats, sign_in: SignIn, user_id: UserId
) -> None:
    # Nodes compare sessions with the rows by themselves, which is not what is looked at here.
    env = {"SODAM_ROOT_PASSWORD": PASSWORD, "SODAM_SESSION_CHECK_SECONDS": "3600"}
    one, two = server_factory("postgres", nodes=2, nats=True, env=env).nodes
    for node in (one, two):
        node.allow_errors("the bus")
    amy = user_id("amy")
    phone = await sign_in(two, amy, platform=ANDROID)
    tablet = await sign_in(one, amy, platform=IPHONE)  # each node hears of amy's devices on the other from now on

    # Two Web instances: of many that sign in at the same moment on both nodes the two latest stay.
    await change(one, WebInstances=2)
    webs = await asyncio.gather(
        *(sign_in(node, amy, sync=False) for node in (one, two, one, two)), return_exceptions=True
    )
    there = [web for web in webs if isinstance(web, RawClient)]
    assert all(isinstance(web, RawClient | Refused) for web in webs), webs
    async with asyncio.timeout(90):
        while len([web for web in there if not web.notices("KickoutMsgNotify")]) > 2:
            await asyncio.sleep(0.05)
    left = [web for web in there if not web.notices("KickoutMsgNotify")]
    await stays(*left)
    assert len(left) == 2

    async def online() -> list[int]:
        asked = {"To_Account": [amy], "IsNeedDetail": 1, "IsReturnInstid": 1}
        (found,) = (await one.rest("openim/query_online_status", asked))["QueryResult"]
        return sorted(device["Instid"] for device in found["Detail"])

    await eventually(online, sorted(device.login_answer["InstId"] for device in (phone, tablet, *left)))

    # A rule that is tightened counts at once, wherever the devices are; the latest stays.
    await stays(*left, phone, tablet)
    await change(two, LoginType="triple")
    await kicked(phone)
    async with asyncio.timeout(90):
        while len([web for web in left if not web.notices("KickoutMsgNotify")]) > 1:
            await asyncio.sleep(0.05)
    web = next(web for web in left if not web.notices("KickoutMsgNotify"))
    desk = await sign_in(two, amy, platform=WINDOWS)
    await stays(web, tablet, desk)
    await change(one, LoginType="dual")
    await kicked(tablet)
    await stays(web, desk)

    # While the bus is away a login counts all the same: when it is back, or when the device comes back.
    await change(one, LoginType="single")
    await kicked(web)
    async with httpx.AsyncClient(verify=False) as http:
        nats_server.stop()
        await away(one, http)
        await away(two, http)
    phone = await sign_in(one, amy, platform=ANDROID)
    await stays(desk)
    nats_server.start()
    await kicked(desk)
    await stays(phone)


async def test_the_third_instance_and_the_features_of_an_app(
    server_factory: ServerFactory, sign_in: SignIn, user_id: UserId
) -> None:
    node = server_factory(env={"SODAM_ROOT_PASSWORD": PASSWORD})
    amy = user_id("amy")
    await change(node, DeviceInstances=2, WebInstances=2)
    phones = [await sign_in(node, amy, platform=ANDROID) for _ in range(3)]
    await kicked(phones[0])
    await stays(*phones[1:])
    # One that came back by its ticket is not a new one, and one that was displaced does not come back by it.
    await phones[1].close()
    await phones[1].open()
    await phones[1].sign_in(platform=ANDROID)
    await stays(*phones[1:])
    await phones[0].close()
    await phones[0].open()
    with pytest.raises(Refused) as refused:
        await phones[0].sign_in(platform=ANDROID, sync=False)
    assert refused.value.body["KickType"] == 2
    await phones[0].close()
    # Clients are told of features that come and go while they are signed in.
    assert phones[1].login_answer["PurchaseBits"][-8] == "0"
    await change(node, UserStatus=True)
    await phones[1].wait(lambda: phones[1].features != "")
    assert phones[1].features[-8] == "1"
    bob = await sign_in(node, user_id("bob"))
    assert bob.login_answer["PurchaseBits"] == phones[1].features
