"""Messages of groups between clients: on one server, and on two over PostgreSQL and NATS."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.gateway.conftest import SignIn
from tests.gateway.group_talk import heard, make, rest, said, say
from tests.gateway.raw_client import Refused
from tests.support.server import ServerFactory, ServerProcess

UserId = Callable[[str], str]
Nodes = tuple[ServerProcess, ServerProcess]
SENDERS, EACH = 50, 6


@pytest.fixture
def nodes(server_factory: ServerFactory) -> Nodes:
    one, two = server_factory("postgres", nodes=2, nats=True).nodes
    return one, two


async def test_fifty_senders_on_two_nodes(nodes: Nodes, sign_in: SignIn, user_id: UserId) -> None:
    """Sequences without holes or repetitions, and everyone reads the same messages in the same order."""
    names = [user_id(f"s{n}") for n in range(SENDERS)]
    clients = [await sign_in(nodes[n % 2], name) for n, name in enumerate(names)]
    group = await make(nodes[0], *names)

    async def talk(number: int) -> list[tuple[int, str]]:
        client = clients[number]
        texts = [f"{number} {turn}" for turn in range(EACH)]
        return [(await say(client, group, text), text) for text in texts]

    answers = await asyncio.gather(*(talk(n) for n in range(SENDERS)))
    everything = sorted(pair for pairs in answers for pair in pairs)
    first = everything[0][0]
    assert [seq for seq, _ in everything] == list(range(first, first + SENDERS * EACH))
    for client, own in zip(clients, answers, strict=True):
        wanted = [pair for pair in everything if pair not in own]
        await client.wait(lambda c=client, w=wanted: len(heard(c)) >= len(w))
        assert heard(client) == wanted, f"{client.user_id} reads them in another order"


async def test_one_message_given_to_both_nodes_at_a_time(nodes: Nodes, sign_in: SignIn, user_id: UserId) -> None:
    amy, phone = [await sign_in(nodes[n], user_id("amy"), platform=p) for n, p in ((0, 7), (1, 2))]
    bob = await sign_in(nodes[1], user_id("bob"))
    group = await make(nodes[0], amy.user_id, bob.user_id)
    for n in range(30):
        body = said(amy, group, f"m{n}")
        both = await asyncio.gather(*(c.call("group_open_http_svc.send_group_msg", body) for c in (amy, phone)))
        assert both[0] == both[1]
    await bob.wait(lambda: len(heard(bob)) >= 30)
    assert [text for _, text in heard(bob)] == [f"m{n}" for n in range(30)]
    last = await say(bob, group, "end")
    assert last == heard(bob)[-1][0] + 1, "a repetition took a sequence"


async def test_joining_and_leaving(nodes: Nodes, sign_in: SignIn, user_id: UserId) -> None:
    """Who joins gets what is written from then on, on every node; who is removed gets nothing more."""
    amy, bob = await sign_in(nodes[0], user_id("amy")), await sign_in(nodes[1], user_id("bob"))
    group = await make(nodes[0], amy.user_id)
    before = await say(amy, group, "alone")
    with pytest.raises(Refused) as refused:
        await say(bob, group, "may I?")
    assert refused.value.code == 10007
    await rest(nodes[0], "add_group_member", GroupId=group, MemberList=[{"Member_Account": bob.user_id}])
    seq = await say(amy, group, "welcome")
    await bob.wait(lambda: bool(heard(bob)))
    assert heard(bob) == [(seq, "welcome")]
    assert seq > before
    await say(bob, group, "thanks")
    await amy.wait(lambda: heard(amy)[-1:] and heard(amy)[-1][1] == "thanks")
    await rest(nodes[1], "delete_group_member", GroupId=group, MemberToDel_Account=[bob.user_id])
    with pytest.raises(Refused):
        await say(bob, group, "still here")
    other = await make(nodes[0], amy.user_id, bob.user_id)
    await say(amy, group, "without bob")
    await say(amy, other, "with bob")
    await bob.wait(lambda: heard(bob)[-1][1] == "with bob")
    assert "without bob" not in [text for _, text in heard(bob)]
