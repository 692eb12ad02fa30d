"""What tests of groups do with clients and servers."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from typing import Any

from tests.gateway.raw_client import TIMEOUT, RawClient
from tests.support.server import ServerProcess

_random = itertools.count(1)


async def rest(server: ServerProcess, command: str, **body: Any) -> dict[str, Any]:
    """A REST command of groups that must succeed."""
    answer = await server.rest(f"group_open_http_svc/{command}", body)
    assert answer["ErrorCode"] == 0, answer
    return answer


async def make(server: ServerProcess, *members: str, kind: str = "Public", **more: Any) -> str:
    """A group; the first of ``members`` is its owner."""
    people = [{"Member_Account": user} for user in members]
    body = {"Type": kind, "Name": "a group", "Owner_Account": members[0], "MemberList": people} | more
    return str((await rest(server, "create_group", **body))["GroupId"])


def said(client: RawClient, group: str, text: str, **more: Any) -> dict[str, Any]:
    number = next(_random)
    body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": text}}]
    return {
        "From_Account": client.user_id,
        "GroupId": group,
        "Random": number,
        "MsgClientTime": 1_700_000_000 + number,
        "MsgBody": body,
    } | more


async def say(client: RawClient, group: str, text: str, **more: Any) -> int:
    """Write to a group; the message's MsgSeq."""
    answer = await client.call("group_open_http_svc.send_group_msg", said(client, group, text, **more))
    return int(answer["MsgSeq"])


async def reach(speaker: RawClient, group: str, text: str, *listeners: RawClient) -> None:
    """Write it until all of them have heard it: where a node has just begun to listen, a hint may pass it by."""
    async with asyncio.timeout(TIMEOUT):
        for client in listeners:
            while text not in [said for _, said in heard(client)]:
                await say(speaker, group, text)
                with contextlib.suppress(TimeoutError):
                    await client.wait(lambda c=client: text in [said for _, said in heard(c)], timeout=1)  # type: ignore[misc]


def heard(client: RawClient) -> list[tuple[int, str]]:
    """Sequence and text of the group messages that were pushed, in the order in which they came."""
    return [
        (message["MsgSeq"], message["MsgBody"][0]["MsgContent"]["Text"])
        for event in client.pushes
        if event["Event"] == 3
        for message in event["GroupMsgArray"]
    ]
