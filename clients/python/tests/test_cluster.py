"""Two nodes over PostgreSQL and NATS: pushes are lost with the bus and overtake each other, messages are not."""

from __future__ import annotations

import asyncio

from reading import SignIn, nothing_more, read, texts, until

from sodam_client import Client
from tests.support.nats import Nats
from tests.support.server import ServerFactory


async def test_the_bus_goes_and_comes_amid_a_stream(
    server_factory: ServerFactory, nats_server: Nats, sign_in: SignIn
) -> None:
    """The receiver's connection stays: nothing but what the server says tells it that it missed something."""
    one, two = server_factory("postgres", nodes=2, nats=True).nodes
    amy = await sign_in("amy", two)
    senders = [await sign_in("bob", one), await sign_in("cyd", one), await sign_in("dan", two)]
    said: dict[str, list[str]] = {sender.user_id: [] for sender in senders}
    over = asyncio.Event()

    async def talk(sender: Client) -> None:
        texts = said[sender.user_id]
        while not over.is_set():
            await sender.send_text("amy", str(len(texts)))
            texts.append(str(len(texts)))

    got: dict[str, list[str]] = {sender.user_id: [] for sender in senders}

    async def hear() -> None:
        async for message in amy.messages():
            got[message.sender].append(message.text)

    hearing = asyncio.create_task(hear())
    talking = [asyncio.create_task(talk(sender)) for sender in senders]
    for _ in range(2):
        await until(lambda: all(got[sender] for sender in got))
        nats_server.stop()
        begin = {sender: len(texts) for sender, texts in said.items()}
        await until(lambda begin=begin: all(len(said[sender]) > begin[sender] + 20 for sender in said))
        nats_server.start()
        begin = {sender: len(texts) for sender, texts in said.items()}
        await until(lambda begin=begin: all(len(said[sender]) > begin[sender] + 30 for sender in said))
    over.set()
    await asyncio.gather(*talking)
    await until(lambda: sum(map(len, got.values())) >= sum(map(len, said.values())))
    hearing.cancel()
    await asyncio.gather(hearing, return_exceptions=True)
    assert got == said
    await nothing_more(amy, two, "bob")


async def test_a_node_dies_and_its_client_comes_back_to_another(server_factory: ServerFactory, sign_in: SignIn) -> None:
    one, two = server_factory("postgres", nodes=2, nats=True).nodes
    amy, bob = await sign_in("amy", one), await sign_in("bob", two)
    said = [str(number) for number in range(90)]
    for text in said[:30]:
        await bob.send_text("amy", text)
    got = await texts(amy, 20)
    one.kill()
    for text in said[30:60]:
        await bob.send_text("amy", text)
    position = amy.position
    await amy.close()  # the process that held it ends as well
    amy = await sign_in("amy", two, resume=position)
    for text in said[60:]:
        await bob.send_text("amy", text)
    got += await texts(amy, 70)
    assert got == said
    await nothing_more(amy, two, "bob")


async def test_two_nodes_write_into_one_conversation_at_once(server_factory: ServerFactory, sign_in: SignIn) -> None:
    """A device of a third node's user sees both in the order of the store, though their pushes race."""
    one, two = server_factory("postgres", nodes=2, nats=True).nodes
    bob = await sign_in("bob", one)
    amy = await sign_in("amy", two)
    body = {"From_Account": "bob", "To_Account": "amy", "SyncOtherMachine": 2}
    bodies = [
        body | {"MsgRandom": n, "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": str(n)}}]}
        for n in range(60)
    ]
    answers = await asyncio.gather(
        *((one if n % 2 else two).rest("openim/sendmsg", body) for n, body in enumerate(bodies))
    )
    assert {answer["ErrorCode"] for answer in answers} == {0}
    got = await read(amy, 60)
    assert [message.place for message in got] == list(range(1, 61))
    assert sorted(int(message.text) for message in got) == list(range(60))
    assert bob.position
