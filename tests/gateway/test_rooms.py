"""Live rooms between clients: on two nodes over PostgreSQL and NATS, without signing in, with one who reads nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from sodam.groups.seats import GRACE_SECONDS
from tests.gateway.conftest import SignIn
from tests.gateway.group_talk import heard, reach, rest, said, say
from tests.gateway.raw_client import RawClient, Refused
from tests.support.server import ServerFactory, ServerProcess
from tests.support.waiting import eventually

UserId = Callable[[str], str]
GROUPS = "group_open_http_svc"
ROOMS = "group_open_avchatroom_http_svc"


async def enter(client: RawClient, room: str) -> None:
    answer = await client.call(f"{GROUPS}.apply_join_group", {"GroupId": room})
    assert (answer["JoinedStatus"], answer["HugeGroupFlag"]) == ("JoinedSuccess", 1)


async def make(server: ServerProcess, owner: str, room: str) -> None:
    await server.rest("im_open_login_svc/account_import", {"UserID": owner})
    await rest(server, "create_group", Type="AVChatRoom", GroupId=room, Name="live", Owner_Account=owner)


async def present(server: ServerProcess, room: str) -> set[str]:
    answer = await server.rest(f"{ROOMS}/get_members", {"GroupId": room, "Timestamp": 0})
    return {one["Member_Account"] for one in answer["MemberList"]}


async def test_a_room_on_two_nodes(server_factory: ServerFactory, sign_in: SignIn, user_id: UserId) -> None:
    nodes = server_factory("postgres", nodes=2, nats=True).nodes
    room = user_id("room")
    amy, bob = await sign_in(nodes[0], user_id("amy")), await sign_in(nodes[1], user_id("bob"))
    await make(nodes[0], amy.user_id, room)
    for client in (amy, bob):
        await enter(client, room)
    await reach(amy, room, "begin", bob)
    await reach(bob, room, "begin", amy)
    for number in range(5):
        await say(amy, room, f"a{number}")
        await say(bob, room, f"b{number}")
    for client, name in ((amy, "b"), (bob, "a")):
        await client.wait(lambda c=client, n=name: f"{n}4" in texts_of(c))  # type: ignore[misc]
        assert [text for text in texts_of(client) if text != "begin"] == [f"{name}{n}" for n in range(5)]
    await together(nodes, amy, bob, room)
    marked = {"GroupId": room, "CommandType": 1, "MemberList": [{"Member_Account": bob.user_id, "Marks": [1001]}]}

    async def mark() -> int:
        return int((await nodes[0].rest(f"{ROOMS}/modify_user_info", marked))["ErrorCode"])

    await eventually(mark, 0)
    # The owner's connection is lost: back with the same device it is in the room, and may enter again as well.
    await amy.close()
    await eventually(lambda: present(nodes[1], room), {amy.user_id, bob.user_id})
    await amy.open()
    await amy.sign_in()
    await reach(bob, room, "welcome back", amy)
    await enter(amy, room)
    await moving(nodes, amy, bob, room)
    with pytest.raises(Refused) as refused:
        await bob.call(f"{GROUPS}.destroy_group", {"GroupId": room})
    assert refused.value.code == 10007
    await amy.call(f"{GROUPS}.destroy_group", {"GroupId": room})
    await bob.wait(lambda: any(_reports(event) == [5] for event in bob.pushes))
    with pytest.raises(Refused) as refused:
        await say(bob, room, "too late")
    assert refused.value.code == 10010


def texts_of(client: RawClient) -> list[str]:
    return [text for _, text in heard(client)]


async def together(nodes: list[ServerProcess], amy: RawClient, bob: RawClient, room: str) -> None:
    """Each node says so, as soon as it knows of the other one and is answered in time."""
    for node in nodes:
        await eventually(partial(present, node, room), {amy.user_id, bob.user_id})

        async def online(node: ServerProcess = node) -> int:
            return int((await rest(node, "get_online_member_num", GroupId=room))["OnlineMemberNum"])

        await eventually(online, 2)

    async def checked() -> list[str]:
        body = {"GroupId": room, "Member_Account": [bob.user_id, "x"]}
        return list((await nodes[0].rest(f"{ROOMS}/check_members", body))["Member_Account"])

    await eventually(checked, [bob.user_id])


async def moving(nodes: list[ServerProcess], amy: RawClient, bob: RawClient, room: str) -> None:
    """A device that reconnects to another node sits in its room there, and nowhere else; also when its own was
    killed."""

    async def there(node: ServerProcess, text: str) -> bool:
        await bob.close()
        await bob.open(node)
        await bob.sign_in()
        try:
            await say(bob, room, f"re {text}")
        except Refused:
            return False
        return True

    async def back_at(node: ServerProcess, text: str) -> None:
        # Nodes report to each other several times a second who sits on them: who moves sooner is unknown there.
        await eventually(partial(there, node, text), True, GRACE_SECONDS - 5)
        await reach(amy, room, text, bob)

    for number, node in enumerate(nodes):
        await back_at(node, f"hello {number}")

    await together(nodes, amy, bob, room)
    nodes[1].kill()
    await back_at(nodes[0], "still there")
    await eventually(lambda: present(nodes[0], room), {amy.user_id, bob.user_id})


async def test_after_kill_9_all_sit_where_they_sat(
    server_factory: ServerFactory, sign_in: SignIn, user_id: UserId
) -> None:
    """The one process there is: who comes back is in the room without joining, and counts; who left is not."""
    server, room = server_factory("sqlite"), user_id("room")
    amy, bob, cid = [await sign_in(server, user_id(name)) for name in ("amy", "bob", "cid")]
    await make(server, amy.user_id, room)
    for client in (amy, bob, cid):
        await enter(client, room)
    await cid.call(f"{GROUPS}.quit_group", {"GroupId": room})
    journal = server.directory / "data" / "room-seats.0"
    async with asyncio.timeout(90):
        while b"false" not in journal.read_bytes():
            await asyncio.sleep(0.02)
    server.kill()
    killed = time.monotonic()
    await asyncio.to_thread(server.start)
    for client in (amy, bob, cid):
        await client.close()
        await client.open()
        await client.sign_in()
    assert await present(server, room) == {amy.user_id, bob.user_id}
    assert (await rest(server, "get_online_member_num", GroupId=room))["OnlineMemberNum"] == 2
    print(f"right again {time.monotonic() - killed:.1f} s after the kill")
    await say(amy, room, "still here?")
    await bob.wait(lambda: "still here?" in [text for _, text in heard(bob)])
    await say(bob, room, "yes")
    await amy.wait(lambda: "yes" in [text for _, text in heard(amy)])
    with pytest.raises(Refused) as refused:
        await say(cid, room, "not I")
    assert refused.value.code == 10007


def _reports(event: dict[str, Any]) -> list[int]:
    return [item["MsgBody"].get("ReportType", 0) for item in event.get("GroupTips", ())]


async def test_guests_read_and_do_nothing_else(server: ServerProcess, sign_in: SignIn, user_id: UserId) -> None:
    amy, room = await sign_in(server, user_id("amy")), user_id("room")
    await make(server, amy.user_id, room)
    await enter(amy, room)
    await say(amy, room, "before")
    async with RawClient(server, "") as guest:
        head = {"identifier": "", "usersig": ""}
        joined = await guest.call("group_open_http_noauth_svc.apply_join_group", {"GroupId": room}, head=head)
        service = "group_open_long_polling_http_noauth_svc.get_msg"

        async def poll(key: str, seq: int) -> tuple[list[str], dict[str, Any]]:
            """Until a message comes: a tip about who came may come before. Its text, and what to ask next."""
            answer = {"Key": key, "NextSeq": seq}
            while True:
                answer = await guest.call(service, {"Key": answer["Key"], "StartSeq": answer["NextSeq"]}, head=head)
                found = [one["MsgBody"][0]["MsgContent"]["Text"] for one in answer["RspMsgList"] if one["Event"] == 3]
                if found:
                    return found, answer

        first = asyncio.create_task(poll(joined["LongPollingKey"], 0))
        await asyncio.sleep(0.3)
        await say(amy, room, "now")
        found, answer = await first
        assert found == ["now"]
        await say(amy, room, "then")
        for _ in range(2):  # a lost answer is no loss
            found, _ = await poll(answer["Key"], answer["NextSeq"])
            assert found == ["then"]
        for command in ("send_group_msg", "apply_join_group", "get_group_member_info"):
            with pytest.raises(Refused) as refused:
                await guest.call(f"{GROUPS}.{command}", {"GroupId": room}, head=head)
            assert refused.value.code == 60006 or refused.value.code != 0
        with pytest.raises(Refused) as refused:
            await guest.call("group_open_http_noauth_svc.apply_join_group", {"GroupId": "none"}, head=head)
        assert refused.value.code == 10010
    assert await present(server, room) == {amy.user_id}


async def test_a_client_of_ones_own_may_poll(server: ServerProcess, sign_in: SignIn, user_id: UserId) -> None:
    """What the web SDK has no method for: polling while signed in, what is kept of the room, marks."""
    amy, bob = await sign_in(server, user_id("amy")), await sign_in(server, user_id("bob"))
    room = user_id("room")
    await make(server, amy.user_id, room)
    await enter(amy, room)
    service = "group_open_long_polling_http_svc.get_msg"
    with pytest.raises(Refused) as refused:
        await bob.call(service, {"Key": room, "StartSeq": 0})
    assert refused.value.code == 10007, "who is not there reads nothing"
    first = asyncio.create_task(amy.call(service, {"Key": room, "StartSeq": 0, "HoldTime": 90, "USP": 1}))
    await asyncio.sleep(0.3)
    await rest(server, "send_group_msg", GroupId=room, Random=1, MsgBody=said(amy, room, "hi")["MsgBody"])
    answer, texts = await first, []
    while not texts:  # a tip about who came may come before
        texts = [one["MsgBody"][0]["MsgContent"]["Text"] for one in answer["RspMsgList"] if one["Event"] == 3]
        if not texts:
            answer = await amy.call(service, {"Key": answer["Key"], "StartSeq": answer["NextSeq"]}, timeout=20)
    assert texts == ["hi"]
    kept = await amy.call(f"{GROUPS}.get_huge_group_msg", {"GroupId": room, "LongPollingKey": "", "PullPreSeq": 0})
    assert kept["IsFinished"] == 1
    with pytest.raises(Refused):
        await bob.call(f"{GROUPS}.get_huge_group_msg", {"GroupId": room})
    marked = {"GroupId": room, "CommandType": 1, "MemberList": [{"Member_Account": amy.user_id, "Marks": [1001]}]}
    assert (await amy.call(f"{GROUPS}.modify_user_info", marked))["MemberList"][0]["Member_Account"] == amy.user_id


async def test_who_reads_nothing_holds_up_nobody(server: ServerProcess, sign_in: SignIn, user_id: UserId) -> None:
    room = user_id("room")
    clients = [await sign_in(server, user_id(f"u{n}")) for n in range(12)]
    speaker, stuck, *others = clients
    await make(server, speaker.user_id, room)
    for client in clients:
        await enter(client, room)
    assert stuck._socket is not None
    middle = {}  # of 30 messages in all: a room hands on 40 a second
    for stopped in (False, True):
        if stopped:
            stuck._socket.transport.pause_reading()
        taken = []
        for number in range(15):
            began = time.monotonic()
            await say(speaker, room, f"{number} " + "x" * 10_000)
            await others[-1].wait(lambda n=number + 15 * stopped: len(heard(others[-1])) > n)  # type: ignore[misc]
            taken.append(time.monotonic() - began)
        middle[stopped] = sorted(taken)[len(taken) // 2]
    for client in others:
        await client.wait(lambda c=client: len(heard(c)) == 30)
    assert middle[True] < 10 * middle[False] + 1.0
    stuck._socket.transport.resume_reading()
    await stuck.wait(lambda: stuck.closed or len(heard(stuck)) == 30)
