"""Two browsers of one user in the official web SDK, on two nodes: what happens in a group arrives on both, once, in
order, with the same numbers, and after reconnects too."""

from __future__ import annotations

import contextlib
from typing import Any

from driver import SdkClient
from scene import SignIn, UserId, learned
from test_group_messages import entry, history, write
from tests.gateway.group_talk import make, rest, say
from tests.gateway.raw_client import RawClient
from tests.gateway.test_devices_together import change
from tests.support.console import PASSWORD
from tests.support.server import ServerFactory

NOTICE, MUTED = 255, 7


def told(client: SdkClient, group: str) -> list[tuple[int, str]]:
    """Sequence, and text or kind of tip, of what came of a group, each time that it came."""
    found = []
    for message in client.received():
        if message["conversationID"] == f"GROUP{group}":
            payload = message["payload"]
            tip = message["type"] == "TIMGroupTipElem"
            found.append((message["sequence"], f"tip {payload['operationType']}" if tip else payload["text"]))
    return found


def revoked(client: SdkClient) -> list[int]:
    return [m["sequence"] for event in client.events if event.name == "MESSAGE_REVOKED" for m in event.data]


def notices(client: SdkClient) -> list[str]:
    return [
        message["payload"]["userDefinedField"]
        for message in client.received()
        if message["type"] == "TIMGroupSystemNoticeElem" and message["payload"]["operationType"] == NOTICE
    ]


async def same(devices: list[SdkClient], group: str, unread: int, **wanted: Any) -> None:
    """Both say so: the unread number and more of the conversation, what came, and the history."""
    state = {"unreadCount": unread, **wanted}
    for device in devices:
        with contextlib.suppress(TimeoutError):
            await device.wait_until(lambda d=device: {n: entry(d, group).get(n) for n in state} == state, timeout=60)
        assert {name: entry(device, group).get(name) for name in state} == state, (device.name, told(device, group))
    one, two = [await history(device, group) for device in devices]
    assert [(m["sequence"], m["ID"], m["isRevoked"]) for m in one] == [
        (m["sequence"], m["ID"], m["isRevoked"]) for m in two
    ]
    for device in devices:
        seqs = [seq for seq, _ in told(device, group)]
        assert seqs == sorted(set(seqs)), "each once, in order"
        assert len(revoked(device)) == len(set(revoked(device)))


async def test_two_devices_on_two_nodes(server_factory: ServerFactory, sign_in_at: SignIn, user_id: UserId) -> None:
    nodes = server_factory("postgres", nodes=2, nats=True, env={"SODAM_ROOT_PASSWORD": PASSWORD}).nodes
    await change(nodes[0], WebInstances=2)
    ann_id, bob_id, group = user_id("ann"), user_id("bob"), user_id("team")
    devices = [await sign_in_at(node, bob_id) for node in nodes]
    async with RawClient(nodes[1], ann_id) as ann:
        await ann.sign_in()
        await make(nodes[0], ann_id, bob_id, GroupId=group)
        await learned(group, *devices)

        async def recall(seq: int) -> None:
            await ann.call("group_open_http_svc.group_msg_recall", {"GroupId": group, "MsgSeqList": [{"MsgSeq": seq}]})

        seqs = [await say(ann, group, f"m{n}") for n in range(4)]
        for device in devices:
            await device.wait_until(lambda d=device: len(told(d, group)) == 4)
        await same(devices, group, 4)
        await recall(seqs[1])
        await rest(nodes[0], "send_group_system_notification", GroupId=group, Content="hear")
        await rest(nodes[1], "modify_group_base_info", GroupId=group, Name="renamed")
        await rest(nodes[0], "forbid_send_msg", GroupId=group, Members_Account=[bob_id], MuteTime=600)
        for device in devices:
            await device.wait_until(lambda d=device: len(told(d, group)) == 6 and notices(d) == ["hear"])
            await device.wait_until(lambda d=device: revoked(d) == [seqs[1]])
            assert told(device, group)[4:] == [(5, "tip 6"), (6, f"tip {MUTED}")]
        await same(devices, group, 5)

        await devices[0].call("setMessageRead", {"conversationID": f"GROUP{group}"})
        await same(devices, group, 0)
        await devices[1].call("setMessageRemindType", {"groupID": group, "messageRemindType": "AcceptNotNotify"})
        await rest(nodes[1], "forbid_send_msg", GroupId=group, Members_Account=[bob_id], MuteTime=0)
        await same(devices, group, 1, messageRemindType="AcceptNotNotify")
        await write(devices[0], group, "of one")
        await devices[1].wait_until(lambda: told(devices[1], group)[-1][1] == "of one")
        await write(devices[1], group, "of two")
        await devices[0].wait_until(lambda: told(devices[0], group)[-1][1] == "of two")

        for device in devices:
            await device.offline()
        late = [await say(ann, group, f"late {n}") for n in range(3)]
        await recall(late[0])
        for device in devices:
            await device.online()
            await device.wait_until(lambda d=device: told(d, group)[-1:] == [(late[-1], "late 2")], timeout=60)
        await same(devices, group, 3, messageRemindType="AcceptNotNotify")
        # Not while they are away: the SDK adds one for a tip that it fetches, on top of the server's number.
        await rest(nodes[0], "modify_group_base_info", GroupId=group, Name="again")
        last = await say(ann, group, "back")
        for device in devices:
            await device.wait_until(lambda d=device: told(d, group)[-1:] == [(last, "back")], timeout=60)
        await same(devices, group, 5, messageRemindType="AcceptNotNotify")
        for device in devices:
            await device.destroy()
        again = [await sign_in_at(node, bob_id) for node in reversed(nodes)]  # which know nothing yet
        await same(again, group, 5)
