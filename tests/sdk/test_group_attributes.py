"""Attributes and counters of groups in the official web SDK: members learn of each change at once."""

from __future__ import annotations

from typing import Any

from driver import SdkClient
from scene import SignIn, UserId


async def _team(sign_in: SignIn, user_id: UserId) -> tuple[SdkClient, SdkClient, str]:
    ann, bob, team = await sign_in(user_id("ann")), await sign_in(user_id("bob")), user_id("team")
    members = [{"userID": user_id("bob")}]
    await ann.call("createGroup", {"type": "Public", "name": "Team", "groupID": team, "memberList": members})
    await bob.wait_event("GROUP_LIST_UPDATED", lambda data: [g["groupID"] for g in data] == [team])
    return ann, bob, team


async def _attributes(client: SdkClient, wanted: dict[str, str]) -> None:
    await client.wait_event("GROUP_ATTRIBUTES_UPDATED", lambda data: data["groupAttributes"] == wanted)


async def test_attributes(sign_in: SignIn, user_id: UserId) -> None:
    ann, bob, team = await _team(sign_in, user_id)

    async def write(method: str, **values: Any) -> None:
        await ann.call(method, {"groupID": team, **values})

    await write("initGroupAttributes", groupAttributes={"a": "1", "b": "2"})
    await _attributes(bob, {"a": "1", "b": "2"})
    assert (await bob.call("getGroupAttributes", {"groupID": team, "keyList": []}))["groupAttributes"] == {
        "a": "1",
        "b": "2",
    }
    await bob.call("setGroupAttributes", {"groupID": team, "groupAttributes": {"b": "3", "c": "4"}})
    for client in (ann, bob):
        await _attributes(client, {"a": "1", "b": "3", "c": "4"})
    await write("deleteGroupAttributes", keyList=["a"])
    await _attributes(bob, {"b": "3", "c": "4"})
    await write("deleteGroupAttributes", keyList=[])
    await _attributes(bob, {})


async def test_counters(sign_in: SignIn, user_id: UserId) -> None:
    ann, bob, team = await _team(sign_in, user_id)
    await ann.call("setGroupCounters", {"groupID": team, "counters": {"like": 5}})
    await bob.wait_event("GROUP_COUNTER_UPDATED", lambda data: (data["key"], data["value"]) == ("like", 5))
    await bob.call("increaseGroupCounter", {"groupID": team, "key": "like", "value": 2})
    await ann.wait_event("GROUP_COUNTER_UPDATED", lambda data: (data["key"], data["value"]) == ("like", 7))
    await ann.call("decreaseGroupCounter", {"groupID": team, "key": "like", "value": 3})
    await bob.wait_event("GROUP_COUNTER_UPDATED", lambda data: (data["key"], data["value"]) == ("like", 4))
    assert (await bob.call("getGroupCounters", {"groupID": team, "keyList": []}))["counters"] == {"like": 4}
