"""What ends a session takes effect on every node, also when the event that says so is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest

from tests.gateway.conftest import SignIn
from tests.gateway.raw_client import RawClient, Refused
from tests.support.console import PASSWORD, ConsoleClient
from tests.support.nats import Nats
from tests.support.server import ServerFactory, ServerProcess

UserId = Callable[[str], str]
EVERY = 2
"""Seconds between two comparisons in these tests."""


def two_nodes(factory: ServerFactory, *, nats: bool = True) -> tuple[ServerProcess, ServerProcess]:
    env = {"SODAM_SESSION_CHECK_SECONDS": str(EVERY), "SODAM_ROOT_PASSWORD": PASSWORD}
    one, two = factory("postgres", nodes=2, nats=nats, env=env).nodes
    for node in (one, two):
        node.allow_errors("the bus")
    return one, two


async def away(node: ServerProcess, http: httpx.AsyncClient) -> None:
    """Wait until a node knows that the bus is gone."""
    async with asyncio.timeout(90):
        while (await http.get(f"{node.url}/readyz")).json()["bus"]:
            await asyncio.sleep(0.05)


async def kicked(client: RawClient, kind: int) -> None:
    await client.wait(lambda: bool(client.notices("KickoutMsgNotify")))
    assert client.notices("KickoutMsgNotify")[0]["KickType"] == kind
    with pytest.raises(Refused):
        await client.send_text(client.user_id, "still here")


async def test_a_kick_counts_though_the_bus_stays_away(
    server_factory: ServerFactory, nats_server: Nats, sign_in: SignIn, user_id: UserId
) -> None:
    one, two = two_nodes(server_factory)
    amy, gone, bob = [await sign_in(two, user_id(name)) for name in ("amy", "gone", "bob")]
    nats_server.stop()
    assert (await one.rest("im_open_login_svc/kick", {"UserID": amy.user_id}))["ErrorCode"] == 0
    deleted = await one.rest("im_open_login_svc/account_delete", {"DeleteItem": [{"UserID": gone.user_id}]})
    assert deleted["ErrorCode"] == 0
    await kicked(amy, 3)
    await kicked(gone, 3)
    for node in (one, two):  # nor does its ticket bring it back while the bus stays away
        await amy.close()
        await amy.open(node)
        with pytest.raises(Refused) as refused:
            await amy.sign_in(sync=False)
        assert refused.value.body["KickType"] == 3
    await bob.send_text(bob.user_id, "nobody else is touched")


async def test_a_kick_counts_as_soon_as_the_bus_is_back(
    server_factory: ServerFactory, nats_server: Nats, sign_in: SignIn, user_id: UserId
) -> None:
    """Hints lost on the way from the node that kicks: the other one sees the outage end, and looks."""
    env = {"SODAM_SESSION_CHECK_SECONDS": "3600"}
    one, two = server_factory("postgres", nodes=2, nats=True, env=env).nodes
    for node in (one, two):
        node.allow_errors("the bus")
    amy = await sign_in(two, user_id("amy"))
    async with httpx.AsyncClient(verify=False) as http:
        nats_server.stop()
        await away(one, http)
        await away(two, http)
    assert (await one.rest("im_open_login_svc/kick", {"UserID": amy.user_id}))["ErrorCode"] == 0
    await amy.send_text(amy.user_id, "not known yet")
    nats_server.start()
    await kicked(amy, 3)


async def test_withdrawn_keys_and_disabled_apps_count_without_the_bus(
    server_factory: ServerFactory, nats_server: Nats, sign_in: SignIn, user_id: UserId
) -> None:
    one, two = two_nodes(server_factory)
    amy = await sign_in(two, user_id("amy"))
    nats_server.stop()
    async with ConsoleClient(one.url) as root:
        await root.login()
        await root.call("im/StopSdkAppId", SDKAppID=one.sdkappid)
    await amy.wait(lambda: bool(amy.notices("KickoutMsgNotify")))
    with pytest.raises(Refused):
        await amy.send_text(amy.user_id, "x")


@pytest.mark.parametrize("where", ["the node of the newer", "the node of the older"])
async def test_a_displaced_device_does_not_come_back_by_its_ticket(
    server_factory: ServerFactory, nats_server: Nats, sign_in: SignIn, user_id: UserId, where: str
) -> None:
    """It missed the login that displaced it. The newer one stays, at once or when the bus is back."""
    one, two = two_nodes(server_factory)
    older = await sign_in(one, user_id("amy"))
    async with httpx.AsyncClient(verify=False) as http:
        nats_server.stop()
        await away(one, http)
        await away(two, http)
    newer = await sign_in(two, older.user_id)
    await older.close()
    older.pushes.clear()
    if where == "the node of the newer":
        await older.open(two)
        with pytest.raises(Refused) as refused:
            await older.sign_in(sync=False)
        assert refused.value.body["KickType"] == 2
    else:
        await older.open(one)
        await older.sign_in(sync=False)
        nats_server.start()
        await kicked(older, 2)
    await newer.send_text(newer.user_id, "the one who signed in last stays")
    assert newer.notices("KickoutMsgNotify") == []


async def test_a_ticket_brings_back_whoever_was_not_displaced(
    server_factory: ServerFactory, sign_in: SignIn, user_id: UserId
) -> None:
    one, two = two_nodes(server_factory)
    amy = await sign_in(one, user_id("amy"))
    phone = await sign_in(one, amy.user_id, platform=2)
    for node in (two, one, two):
        await amy.close()
        await amy.open(node)
        await amy.sign_in()
    await phone.send_text(amy.user_id, "hello")
    await amy.wait(lambda: amy.texts() == ["hello"])
    assert phone.notices("KickoutMsgNotify") == []
