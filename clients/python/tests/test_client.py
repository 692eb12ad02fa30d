"""Sign-in, requests, pushes and the end of a client, against a fake server."""

from __future__ import annotations

import asyncio

import pytest
from fake_server import FakeServer, message
from picows import WSMsgType

from sodam_client import (
    Client,
    ClientClosedError,
    ConnectionLostError,
    KickedError,
    LoginError,
    Message,
    Push,
    RequestError,
    RequestTimeoutError,
)


async def read(client: Client, count: int) -> list[Message]:
    found: list[Message] = []
    async with asyncio.timeout(5):
        async for one in client.messages():
            found.append(one)
            if len(found) == count:
                break
    return found


async def test_login_sends_the_signature_and_then_the_ticket(server: FakeServer, client: Client) -> None:
    await client.send_text("bob", "hi")
    login, send = server.asked("im_open_status.wslogin")[0]["head"], server.asked("openim.sendmsg")[0]
    assert (login["identifier"], login["usersig"], login["sdkappid"]) == ("alice", "sig", 1400000001)
    assert (send["head"]["a2"], send["head"]["tinyid"], send["head"]["status_instid"]) == ("a2", "144", 7)
    assert "usersig" not in send["head"]
    assert server.paths[0].startswith("/binfo?sdkappid=1400000001&instanceid=")
    assert send["body"]["MsgBody"] == [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hi"}}]


async def test_a_refused_login_raises_its_code(server: FakeServer) -> None:
    server.answers["im_open_status.wslogin"] = lambda _: {"ErrorCode": 70003, "ErrorInfo": "wrong"}
    with pytest.raises(LoginError) as caught:
        await Client(server.url, 1, "alice", "bad").open()
    assert caught.value.code == 70003


async def test_nobody_listening_is_one_clear_error() -> None:
    with pytest.raises(ConnectionLostError):
        await Client("ws://127.0.0.1:9", 1, "alice", "sig", request_timeout=2).open()


async def test_a_failed_request_raises_its_code(client: Client) -> None:
    with pytest.raises(RequestError) as caught:
        await client.request("sns.no_such", {})
    assert caught.value.code == 60009


async def test_an_unanswered_request_times_out(server: FakeServer) -> None:
    server.answers["openim.sendmsg"] = lambda _: None
    async with Client(server.url, 1, "alice", "sig", request_timeout=0.05) as client:
        with pytest.raises(RequestTimeoutError):
            await client.send_text("bob", "hi")


@pytest.mark.parametrize("compress", [False, True])
async def test_pushed_messages_are_read_and_acknowledged(server: FakeServer, compress: bool) -> None:
    server.compress = compress
    seen: list[Push] = []
    async with Client(server.url, 1, "alice", "sig", on_push=seen.append) as client:
        server.push_messages(message(1), message(2), NeedAck=1, SessionData="s9")
        assert [m.text for m in await read(client, 2)] == ["text 1", "text 2"]
        assert (await server.wait_for("openim.ws_msg_push_ack"))["body"] == {"SessionData": "s9"}
    assert seen[0].body["NeedAck"] == 1


async def test_offline_messages_come_first(server: FakeServer) -> None:
    pages = iter([{"Cookie": "x", "SyncFlag": 1, "MsgList": [message(1)]}, {"SyncFlag": 2, "MsgList": [message(2)]}])
    server.answers["openim.getmsg"] = lambda _: next(pages)
    async with Client(server.url, 1, "alice", "sig") as client:
        assert [m.seq for m in await read(client, 2)] == [1, 2]
    assert [f["body"]["Cookie"] for f in server.asked("openim.getmsg")] == ["", "x"]


async def test_a_reconnect_uses_the_ticket_and_catches_up_once_and_in_order(server: FakeServer, client: Client) -> None:
    server.push_messages(message(1, time=2**31))
    assert [m.seq for m in await read(client, 1)] == [1]
    later = 2**31 + 5
    server.answers["openim.getmsg"] = lambda _: {"SyncFlag": 2, "MsgList": [message(2, time=later)]}
    server.answers["recentcontact.page_get"] = lambda _: {
        "CompleteFlag": 1,
        "SessionItem": [{"Type": 1, "To_Account": "bob", "MsgTime": later + 1}],
    }
    history = [message(1, time=2**31), message(2, time=later), message(3, time=later + 1)]
    server.answers["openim.getroammsg"] = lambda _: {"Complete": 1, "MsgList": history}
    server.drop()
    assert [m.seq for m in await read(client, 2)] == [2, 3]
    again = server.asked("im_open_status.wslogin")[1]["head"]
    assert again["a2"] == "a2"
    assert "usersig" not in again
    assert server.asked("openim.getmsg")[1]["body"]["Cookie"] == "c1"


async def test_a_refused_ticket_falls_back_to_the_signature_and_then_ends(server: FakeServer, client: Client) -> None:
    server.answers["im_open_status.wslogin"] = lambda _: {"ErrorCode": 70001, "ErrorInfo": "expired"}
    server.drop()
    with pytest.raises(LoginError):
        await read(client, 1)
    assert server.asked("im_open_status.wslogin")[2]["head"]["usersig"] == "sig"
    with pytest.raises(LoginError):
        await client.send_text("bob", "hi")


async def test_a_message_cut_off_before_its_answer_is_sent_again_with_the_same_marks(
    server: FakeServer, client: Client
) -> None:
    server.answers["openim.sendmsg"] = lambda _: None
    sending = asyncio.create_task(client.send_text("bob", "hi"))
    await server.wait_for("openim.sendmsg")
    server.answers["openim.sendmsg"] = lambda _: {"MsgTime": 5, "MsgSeq": 6, "MsgKey": "k"}
    server.drop()
    assert (await sending).time == 5
    first, second = server.asked("openim.sendmsg")
    assert first["body"] == second["body"]


@pytest.mark.parametrize("by_event", [True, False])
async def test_a_kick_ends_the_client(server: FakeServer, client: Client, by_event: bool) -> None:
    if by_event:
        notice = {"KickoutMsgNotify": {"KickType": 2}}
        server.push({"EventArray": [{"Event": 10, "C2cNotifyMsgArray": [notice]}]})
    else:
        server.push({"KickType": 2}, servcmd="im_open_status.stat_forceoffline")
    with pytest.raises(KickedError) as caught:
        await read(client, 1)
    assert caught.value.kick_type == 2
    with pytest.raises(KickedError):
        await client.send_text("bob", "hi")


async def test_a_silent_server_is_asked_and_then_left(server: FakeServer) -> None:
    async with Client(server.url, 1, "alice", "sig", heartbeat_interval=0.02):
        await server.wait_for("heartbeat.alive", 3)
    assert len(server.asked("im_open_status.wslogin")) == 1


async def test_rubbish_from_the_server_costs_the_connection_not_the_client(server: FakeServer, client: Client) -> None:
    server.connections[-1].send(WSMsgType.BINARY, b"rubbish")
    await server.wait_for("im_open_status.wslogin", 2)
    assert (await client.send_text("bob", "hi")).time == 100
    server.push({"EventArray": 3})
    server.push_messages(message(4))
    assert [m.seq for m in await read(client, 1)] == [4]


async def test_close_signs_out_and_ends_the_reader(server: FakeServer, client: Client) -> None:
    reader = asyncio.create_task(read(client, 1))
    await client.close()
    assert await reader == []
    assert server.asked("im_open_status.wslogout")
    with pytest.raises(ClientClosedError):
        await client.send_text("bob", "hi")


async def test_recall_read_mark_history_and_conversations(server: FakeServer, client: Client) -> None:
    server.answers |= {"openim.msgwithdraw": lambda _: {}, "openim.msgreaded": lambda _: {}}
    server.answers["openim.getroammsg"] = lambda _: {"Complete": 0, "LastMsgTime": 9, "LastMsgKey": "k9", "MsgList": []}
    sent = await client.send_text("bob", "hi")
    await client.recall(sent)
    assert server.asked("openim.msgwithdraw")[0]["body"]["MsgInfo"]["MsgRandom"] == sent.random
    await client.mark_read("bob", 77)
    assert server.asked("openim.msgreaded")[0]["body"]["C2CMsgReaded"]["C2CMsgReadedItem"][0]["LastedMsgTime"] == 77
    page = await client.history("bob")
    await client.history("bob", before=page)
    assert server.asked("openim.getroammsg")[1]["body"]["MsgKey"] == "k9"
    assert await client.conversations() == []
