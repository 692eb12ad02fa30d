"""What an app is told of the beginning and the end of a group: once each, with all who were in it."""

from __future__ import annotations

from typing import Any

from tests.support.receiver import Got, Receiver
from tests.webhooks.conftest import Shop, text

CREATED, DESTROYED = "Group.CallbackAfterCreateGroup", "Group.CallbackAfterGroupDestroyed"
GROUPS = "group_open_http_svc"
MANY = 90


def members(got: Got) -> list[str]:
    return sorted(one["Member_Account"] for one in got.body["MemberList"])


async def test_all_members_once(shop: Shop, receiver: Receiver) -> None:
    """Whoever joined meanwhile is among them, whoever left is not; who dissolves it, by client or by REST, is the
    same; and what is said to a group that is gone is told to nobody."""
    people = [f"m{number:02}" for number in range(MANY)]
    await shop.users("ann", "bob", "cat", *people)
    await shop.configure([CREATED, DESTROYED, "Group.CallbackAfterMemberExit", "Group.CallbackAfterSendMsg"])
    ann = await shop.client("ann")
    club = {
        "Type": "Public",
        "Name": "club",
        "GroupId": "club",
        "Owner_Account": "ann",
        "ApplyJoinOption": "FreeAccess",
    }
    await shop.rest(f"{GROUPS}/create_group", {**club, "MemberList": [{"Member_Account": one} for one in people]})
    (created,) = await receiver.wait(CREATED)
    assert (members(created), created.body["Owner_Account"]) == (["ann", *people], "ann")
    await (await shop.client("cat")).request(f"{GROUPS}.apply_join_group", {"GroupId": "club"})
    await shop.rest(f"{GROUPS}/delete_group_member", {"GroupId": "club", "MemberToDel_Account": people[:2]})
    await ann.request(f"{GROUPS}.destroy_group", {"GroupId": "club"})
    (destroyed,) = await receiver.wait(DESTROYED)
    assert members(destroyed) == sorted(["ann", "cat", *people[2:]])
    named = {name: destroyed.body[name] for name in ("GroupId", "Type", "Owner_Account", "Name")}
    assert named == {"GroupId": "club", "Type": "Public", "Owner_Account": "ann", "Name": "club"}

    # The same ID once more, dissolved by the app; and one whose last member leaves.
    await shop.rest(f"{GROUPS}/create_group", {**club, "MemberList": [{"Member_Account": "bob"}]})
    await shop.rest(f"{GROUPS}/destroy_group", {"GroupId": "club"})
    late: dict[str, Any] = {"GroupId": "club", "From_Account": "bob", "Random": 1, "MsgBody": text("late")}
    assert (await shop.server.rest(f"{GROUPS}/send_group_msg", late))["ErrorCode"] == 10010
    assert (await shop.server.rest(f"{GROUPS}/destroy_group", {"GroupId": "club"}))["ErrorCode"] == 10010
    await shop.rest(f"{GROUPS}/create_group", {**club, "GroupId": "pair", "Type": "Private"})
    await ann.request(f"{GROUPS}.quit_group", {"GroupId": "pair"})
    ended = await receiver.wait(DESTROYED, 3)
    by_id = {one.body["GroupId"]: members(one) for one in ended[1:]}
    assert by_id == {"club": ["ann", "bob"], "pair": []}, "who has left is told by the callback of leaving"
    exits = await receiver.wait("Group.CallbackAfterMemberExit", 2)
    assert {one.body["GroupId"]: one.body["ExitMemberList"] for one in exits}["pair"] == [{"Member_Account": "ann"}]
    assert (len(receiver.of(DESTROYED)), len(receiver.of(CREATED)), receiver.of("Group.CallbackAfterSendMsg")) == (
        *(3, 3),
        [],
    )
