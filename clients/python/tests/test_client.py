"""Sign-in, requests, pushes, histories and the end of a client, against the real server."""

from __future__ import annotations

import asyncio
import time

import pytest
from reading import Names, SignIn, accounts, nothing_more, read, say, texts, until
from wire import Wire

from sodam_client import (
    Client,
    ClientClosedError,
    ConnectionLostError,
    Element,
    KickedError,
    LoginError,
    Push,
    RequestError,
    RequestTimeoutError,
)
from tests.support.server import ServerFactory, ServerProcess


async def test_login_sends_the_signature_and_then_the_ticket(
    sign_in: SignIn, name: Names, wire: Wire, server: ServerProcess
) -> None:
    amy, bob = name("amy"), name("bob")
    await accounts(server, bob)
    client = await sign_in(amy, url=wire.url)
    await client.send_text(bob, "hi")
    login, sent = wire.asked("im_open_status.wslogin")[0]["head"], wire.asked("openim.sendmsg")[0]
    assert (login["identifier"], login["sdkappid"]) == (amy, server.sdkappid)
    assert login["usersig"]
    assert sent["head"]["a2"]
    assert sent["head"]["status_instid"]
    assert "usersig" not in sent["head"]
    assert sent["body"]["MsgBody"] == [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hi"}}]


async def test_a_refused_login_raises_its_code(server: ServerProcess, name: Names) -> None:
    with pytest.raises(LoginError) as caught:
        await Client(server.ws_url, server.sdkappid, name("amy"), server.usersig(name("bob"))).open()
    assert caught.value.code == 70013
    with pytest.raises(LoginError) as caught:
        await Client(server.ws_url, server.sdkappid, name("amy"), "no signature").open()
    assert caught.value.code in (70002, 70003, 70009, 6026)


async def test_nobody_listening_is_one_clear_error() -> None:
    with pytest.raises(ConnectionLostError):
        await Client("ws://127.0.0.1:9", 1, "alice", "sig", request_timeout=2).open()


async def test_a_failed_request_raises_its_code(sign_in: SignIn, name: Names) -> None:
    client = await sign_in(name("amy"))
    with pytest.raises(RequestError) as caught:
        await client.request("sns.no_such", {})
    assert caught.value.code == 60009
    with pytest.raises(RequestError) as caught:
        await client.send_text(name("nobody"), "hi")
    assert caught.value.code == 90012
    friends = await client.request("sns.friend_get", {"From_Account": client.user_id, "StartIndex": 0})
    assert friends["FriendNum"] == 0


async def test_an_unanswered_request_times_out(sign_in: SignIn, name: Names, wire: Wire) -> None:
    client = await sign_in(name("amy"), url=wire.url)
    client._timeout = 0.3
    wire.swallow_answers = True
    with pytest.raises(RequestTimeoutError):
        await client.request("sns.friend_get", {"From_Account": client.user_id, "StartIndex": 0})
    wire.swallow_answers = False


async def test_messages_of_every_kind_are_read(sign_in: SignIn, name: Names, server: ServerProcess) -> None:
    pushes: list[Push] = []
    amy, bob = await sign_in(name("amy")), await sign_in(name("bob"), on_push=pushes.append)
    custom = Element("TIMCustomElem", {"Data": "d", "Desc": "", "Ext": "e"})
    sent = await amy.send(bob.user_id, [Element("TIMTextElem", {"Text": "안녕"}), custom], custom_data='{"order":7}')
    await amy.send(bob.user_id, [Element("TIMTextElem", {"Text": "only now"})], online_only=True)
    stored, fleeting = await read(bob, 2)
    assert (stored.sender, stored.recipient, stored.text) == (amy.user_id, bob.user_id, "안녕")
    assert (stored.seq, stored.random, stored.time, stored.key) == (sent.seq, sent.random, sent.time, sent.key)
    assert (stored.custom_data, stored.body[1], stored.place) == ('{"order":7}', custom, 1)
    assert (fleeting.text, fleeting.life_time, fleeting.place) == ("only now", 0, 0)
    assert sum(len(push.messages) for push in pushes) == 2
    await nothing_more(bob, server, amy.user_id)


async def test_two_bots_that_answer_each_other_ask_for_nothing_twice(
    sign_in: SignIn, name: Names, server: ServerProcess
) -> None:
    async with Wire(server.ws_url) as wire:
        amy, bob = await sign_in(name("amy")), await sign_in(name("bob"), url=wire.url)
        await amy.send_text(bob.user_id, "0")
        for number in range(30):
            asked, answered = (bob, amy) if number % 2 == 0 else (amy, bob)
            assert await texts(asked, 1) == [str(number)]
            await asked.send_text(answered.user_id, str(number + 1))
        assert len(wire.asked("openim.getmsg")) == 2, "a gap was seen where none was"


async def test_another_device_gets_copies_and_a_client_none_of_its_own(
    sign_in: SignIn, name: Names, server: ServerProcess
) -> None:
    bob = name("bob")
    await accounts(server, bob)
    amy = await sign_in(name("amy"))
    await amy.send_text(bob, "from here")
    await say_as_oneself(server, amy.user_id, bob, "from elsewhere")
    assert [(m.sender, m.text) for m in await read(amy, 1)] == [(amy.user_id, "from elsewhere")]
    await nothing_more(amy, server, bob)


async def say_as_oneself(server: ServerProcess, sender: str, recipient: str, line: str) -> None:
    body = {
        "SyncOtherMachine": 1,
        "From_Account": sender,
        "To_Account": recipient,
        "MsgRandom": 1,
        "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": line}}],
    }
    assert (await server.rest("openim/sendmsg", body))["ErrorCode"] == 0


async def test_a_history_of_many_messages_in_one_second_is_paged_to_its_beginning(
    sign_in: SignIn, name: Names, server: ServerProcess
) -> None:
    amy, bob = await sign_in(name("amy")), name("bob")
    await accounts(server, bob)
    await asyncio.gather(*(amy.send_text(bob, str(number)) for number in range(70)))
    found: list[str] = []
    page = None
    for _ in range(10):
        page = await amy.history(bob, limit=20, before=page)
        found = [message.text for message in page.messages] + found
        if page.complete:
            break
    assert page is not None
    assert page.complete
    assert sorted(found, key=int) == [str(number) for number in range(70)]


async def test_recall_read_mark_and_conversations(sign_in: SignIn, name: Names, server: ServerProcess) -> None:
    amy, bob = await sign_in(name("amy")), await sign_in(name("bob"))
    sent = await amy.send_text(bob.user_id, "a mistake")
    await amy.send_text(bob.user_id, "better")
    await read(bob, 2)
    (before,) = await bob.conversations()
    assert (before.type, before.user, before.unread, before.pinned) == (1, amy.user_id, 2, 0)
    await bob.mark_read(amy.user_id, sent.time + 1)
    (after,) = await bob.conversations()
    assert after.unread == 0
    await amy.recall(sent)
    page = await bob.history(amy.user_id)
    assert [(m.recalled, m.text if not m.recalled else "") for m in page.messages] == [(True, ""), (False, "better")]


async def test_a_kick_over_rest_ends_the_client(sign_in: SignIn, name: Names, server: ServerProcess) -> None:
    amy = await sign_in(name("amy"))
    assert (await server.rest("im_open_login_svc/kick", {"UserID": amy.user_id}))["ErrorCode"] == 0
    with pytest.raises(KickedError) as caught:
        await read(amy, 1)
    assert caught.value.kick_type == 3
    with pytest.raises(KickedError):
        await amy.send_text(amy.user_id, "hi")


async def test_the_second_client_of_a_user_ends_the_first_which_stays_out(sign_in: SignIn, name: Names) -> None:
    first = await sign_in(name("amy"))
    second = await sign_in(name("amy"))
    with pytest.raises(KickedError) as caught:
        await read(first, 1)
    assert caught.value.kick_type == 2
    assert (await second.request("heartbeat.alive", {}))["ErrorCode"] == 0


async def test_a_client_that_missed_its_kick_is_told_when_it_comes_back(
    sign_in: SignIn, name: Names, wire: Wire
) -> None:
    first = await sign_in(name("amy"), url=wire.url)
    wire.swallow_answers = True
    second = await sign_in(name("amy"))
    wire.swallow_answers = False
    wire.cut()
    with pytest.raises(KickedError):
        await read(first, 1)
    assert len(wire.asked("im_open_status.wslogin")) == 2, "it must not sign in anew with its signature"
    assert (await second.request("heartbeat.alive", {}))["ErrorCode"] == 0


async def test_a_withdrawn_signature_ends_the_client(server_factory: ServerFactory, sign_in: SignIn) -> None:
    server = server_factory()
    now = int(time.time())
    signatures = [server.usersig("amy", expire=10, now=now)]
    client = Client(server.ws_url, server.sdkappid, "amy", lambda: signatures[0], retry_delay=(0.02, 0.1))
    async with client:
        await until(lambda: time.time() > now + 11)
        server.restart()
        with pytest.raises(LoginError) as caught:
            await read(client, 1)
        assert caught.value.code == 70001
        with pytest.raises(LoginError):
            await client.send_text("amy", "hi")


async def test_close_signs_out_and_ends_the_reader(sign_in: SignIn, name: Names, wire: Wire) -> None:
    client = await sign_in(name("amy"), url=wire.url)
    reader = asyncio.create_task(read(client, 1))
    await asyncio.sleep(0)
    await client.close()
    assert await reader == []
    assert wire.asked("im_open_status.wslogout")
    with pytest.raises(ClientClosedError):
        await client.send_text("bob", "hi")
    await client.close()


async def test_say_is_heard(sign_in: SignIn, name: Names, server: ServerProcess) -> None:
    bob = await sign_in(name("bob"))
    await accounts(server, name("amy"))
    await say(server, name("amy"), bob.user_id, "1", "2", "3")
    assert await texts(bob, 3) == ["1", "2", "3"]
