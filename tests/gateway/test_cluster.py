"""Two processes over PostgreSQL and NATS behave as one server."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

import pytest

from tests.gateway.conftest import SignIn
from tests.gateway.raw_client import RawClient, Refused
from tests.support.nats import Nats
from tests.support.server import ServerFactory, ServerProcess

UserId = Callable[[str], str]


@pytest.fixture
def nodes(server_factory: ServerFactory) -> tuple[ServerProcess, ServerProcess]:
    one, two = server_factory("postgres", nodes=2, nats=True).nodes
    return one, two


Nodes = tuple[ServerProcess, ServerProcess]


async def test_users_on_two_nodes_talk_as_on_one(nodes: Nodes, sign_in: SignIn, user_id: UserId) -> None:
    amy, bob = await sign_in(nodes[0], user_id("amy")), await sign_in(nodes[1], user_id("bob"))

    async def talk(client: RawClient, to: str) -> list[str]:
        for number in range(100):
            await client.send_text(to, f"{client.user_id} {number}")
        return [f"{client.user_id} {number}" for number in range(100)]

    said_by_amy, said_by_bob = await asyncio.gather(talk(amy, bob.user_id), talk(bob, amy.user_id))
    await amy.wait(lambda: len(amy.texts()) >= 100)
    await bob.wait(lambda: len(bob.texts()) >= 100)
    assert (amy.texts(), bob.texts()) == (said_by_bob, said_by_amy)


async def test_own_devices_on_two_nodes_see_the_same(nodes: Nodes, sign_in: SignIn, user_id: UserId) -> None:
    amy_id, bob_id = user_id("amy"), user_id("bob")
    web = await sign_in(nodes[0], amy_id, platform=7)
    phone = await sign_in(nodes[1], amy_id, platform=2)
    bob = await sign_in(nodes[1], bob_id)
    key = await web.send_text(bob_id, "from the web")
    await phone.wait(lambda: phone.texts() == ["from the web"])
    await bob.send_text(amy_id, "an answer")
    for device in (web, phone):
        await device.wait(lambda device=device: device.texts()[-1:] == ["an answer"])
    assert web.texts() == ["an answer"], "a device gets no copy of what it sent"

    read = {"C2CMsgReaded": {"C2CMsgReadedItem": [{"To_Account": bob_id, "LastedMsgTime": int(time.time()) + 1}]}}
    await phone.call("openim.msgreaded", read)
    await web.wait(lambda: bool(web.notices("ReadC2cMsgNotify")))
    await bob.wait(lambda: bool(bob.notices("C2cReadedReceipt")))
    assert bob.notices("C2cReadedReceipt")[0]["To_Account"] == amy_id

    seq, random, at = (int(part) for part in key.split("_"))
    info = {"From_Account": amy_id, "To_Account": bob_id, "MsgSeq": seq, "MsgRandom": random, "MsgTimeStamp": at}
    await web.call("openim.msgwithdraw", {"MsgInfo": info})
    for device in (phone, bob):
        await device.wait(lambda device=device: bool(device.notices("WithdrawC2cMsgNotify")))


async def test_a_login_elsewhere_ends_the_first(nodes: Nodes, sign_in: SignIn, user_id: UserId) -> None:
    first = await sign_in(nodes[0], user_id("amy"))
    second = await sign_in(nodes[1], user_id("amy"))
    await first.wait(lambda: bool(first.notices("KickoutMsgNotify")))
    assert first.notices("KickoutMsgNotify")[0]["KickType"] == 2
    with pytest.raises(Refused) as refused:
        await first.call("openim.getmsg", {"Cookie": ""})
    assert refused.value.body["KickType"] == 2
    assert second.notices("KickoutMsgNotify") == []
    bob = await sign_in(nodes[0], user_id("bob"))
    await bob.send_text(second.user_id, "still there?")
    await second.wait(lambda: second.texts() == ["still there?"])


async def test_rest_on_one_node_and_the_client_on_the_other(nodes: Nodes, sign_in: SignIn, user_id: UserId) -> None:
    one, two = nodes
    amy, bob = await sign_in(two, user_id("amy")), await sign_in(two, user_id("bob"))
    message = {
        "From_Account": bob.user_id,
        "To_Account": amy.user_id,
        "SyncOtherMachine": 1,
        "MsgRandom": 7,
        "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "by REST"}}],
    }
    sent = await one.rest("openim/sendmsg", message)
    assert sent["ErrorCode"] == 0, sent
    for client in (amy, bob):
        await client.wait(lambda client=client: client.texts() == ["by REST"])
    again = await two.rest("openim/sendmsg", message)
    assert again["MsgKey"] == sent["MsgKey"], "the same message on another node is one message"
    assert len(amy.texts()) == 1

    await one.rest("im_open_login_svc/kick", {"UserID": amy.user_id})
    await amy.wait(lambda: bool(amy.notices("KickoutMsgNotify")))
    assert amy.notices("KickoutMsgNotify")[0]["KickType"] == 3


async def test_a_client_of_a_killed_node_moves_and_has_all(nodes: Nodes, sign_in: SignIn, user_id: UserId) -> None:
    one, two = nodes
    amy, bob = await sign_in(one, user_id("amy")), await sign_in(two, user_id("bob"))
    said: list[str] = []

    async def talk() -> None:
        for number in range(150):
            await bob.send_text(amy.user_id, f"message {number}")
            said.append(f"message {number}")

    talking = asyncio.create_task(talk())
    await amy.wait(lambda: len(amy.texts()) >= 30)
    one.kill()
    await amy.wait(lambda: amy.closed)
    seen = amy.texts()
    amy.pushes.clear()
    await amy.open(two)
    await amy.sign_in(sync=False)
    missed = [m["MsgBody"][0]["MsgContent"]["Text"] for m in await amy.sync()]
    await talking
    await amy.wait(lambda: (amy.texts() or missed)[-1] == said[-1])
    everything = list(dict.fromkeys([*seen, *missed, *amy.texts()]))
    assert everything == said
    # What comes again is the tail that the cookie did not cover, never a hole.
    assert len(said) == 150


async def test_hints_that_are_lost_are_made_up_for(
    nodes: Nodes, nats_server: Nats, sign_in: SignIn, user_id: UserId
) -> None:
    amy, bob = await sign_in(nodes[0], user_id("amy")), await sign_in(nodes[1], user_id("bob"))
    await bob.send_text(amy.user_id, "before")
    await amy.wait(lambda: amy.texts() == ["before"])
    for node in nodes:
        node.allow_errors("the bus")
    nats_server.stop()
    for number in range(20):
        await bob.send_text(amy.user_id, f"lost {number}")
    await amy.call("heartbeat.alive", {})  # the answer comes behind whatever the node had for her
    assert amy.texts() == ["before"], "the bus is away"
    asked = [(client, client.flags) for client in (amy, bob)]
    nats_server.start()
    # Each node asks its clients to look as soon as the bus is back for it.
    for client, flags in asked:
        await client.wait(lambda c=client, f=flags: c.flags > f)  # type: ignore[misc]
    missed = [m["MsgBody"][0]["MsgContent"]["Text"] for m in await amy.sync()]
    assert missed[-20:] == [f"lost {number}" for number in range(20)]
    await bob.send_text(amy.user_id, "after")
    await amy.wait(lambda: "after" in amy.texts())


async def test_a_login_while_the_bus_is_away(nodes: Nodes, nats_server: Nats, sign_in: SignIn, user_id: UserId) -> None:
    """Users of one node go on; those of the other are heard, and displaced, when the bus is back."""
    for node in nodes:
        node.allow_errors("the bus")
    nats_server.stop()
    amy, bob = await sign_in(nodes[0], user_id("amy")), await sign_in(nodes[0], user_id("bob"))
    newer = await sign_in(nodes[1], user_id("bob"))
    await bob.send_text(amy.user_id, "same node")
    await amy.wait(lambda: amy.texts() == ["same node"])
    nats_server.start()
    cat = await sign_in(nodes[1], user_id("cat"))

    async def heard() -> bool:
        await cat.send_text(amy.user_id, "other node")
        with contextlib.suppress(TimeoutError):
            await amy.wait(lambda: "other node" in amy.texts(), timeout=0.2)
        return "other node" in amy.texts()

    async with asyncio.timeout(90):
        while not await heard():
            pass
    await bob.wait(lambda: bool(bob.notices("KickoutMsgNotify")))
    assert newer.notices("KickoutMsgNotify") == [], "the one who signed in last stays"
