"""Who is told of a change: devices (docs/protocol.md 12 and 13) and webhooks (webhooks.md 4.3 and 4.4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest

from sodam.relations.events import COMMANDS, DomainEvent, FriendAdded
from sodam.storage import Tx
from tests.support.relations import APP, SOURCE, Host, host

__all__ = ["host"]
ASK = {"AllowType": "AllowType_Type_NeedConfirm"}


@pytest.fixture
def events(host: Host) -> list[dict[str, Any]]:
    """Webhook bodies of the events so far."""
    found: list[dict[str, Any]] = []

    async def note(tx: Tx, raised: Sequence[DomainEvent]) -> None:
        await tx.fetch_one("SELECT 1")  # the transaction is open
        for event in raised:
            body = msgspec.to_builtins(event)
            assert body.pop("app") == APP
            body.pop("platform")
            body.pop("client_ip")
            if "EventTime" in body:
                assert body.pop("EventTime") > 1e12
            found.append({"CallbackCommand": event.command, **body})

    for kind in COMMANDS:
        host.server.db.events.subscribe(kind, note)
    return found


def taken(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found = list(events)
    events.clear()
    return found


def added(
    *pairs: str, initiator: str, command: str = "friend_add", admin: str = "administrator", force: int = 0
) -> Any:
    return {
        "CallbackCommand": "Sns.CallbackFriendAdd",
        "PairList": [
            {"From_Account": pair[:2], "To_Account": pair[2:], "Initiator_Account": initiator} for pair in pairs
        ],
        "ClientCmd": command,
        "Admin_Account": admin,
        "ForceFlag": force,
    }


def pairs(command: str, *names: str) -> Any:
    listed = [{"From_Account": pair[:2], "To_Account": pair[2:]} for pair in names]
    return {"CallbackCommand": f"Sns.Callback{command}", "PairList": listed}


async def test_friendship(host: Host, events: list[dict[str, Any]]) -> None:
    one, other, two = host.device("u1"), host.device("u1"), host.device("u2")
    body = {"From_Account": "u1", "AddFriendItem": [{"To_Account": "u2", "AddSource": SOURCE}]}
    await host("sns/friend_add", body, client="u1", instid=one.instid)
    for device in (one, other):
        assert device.heard() == [{"PushType": 1, "FriendAdd_Account": ["u2"]}], "the acting device, too"
    assert two.heard() == [{"PushType": 1, "FriendAdd_Account": ["u1"]}]
    assert taken(events) == [added("u1u2", "u2u1", initiator="u1", admin="")]
    await host.codes("sns/friend_delete", {"From_Account": "u1", "To_Account": ["u2"]})
    assert one.heard() == [{"PushType": 2, "FriendDel_Account": ["u2"]}]
    assert two.heard() == []
    assert taken(events) == [pairs("FriendDelete", "u1u2")]
    await host.add("u1", "u2", ForceAddFlags=1)
    assert one.heard() == [{"PushType": 1, "FriendAdd_Account": ["u2"]}]
    assert two.heard() == [], "had the other already"
    assert taken(events) == [added("u1u2", initiator="u1", force=1)]
    await host.codes("sns/friend_delete", {"From_Account": "u1", "To_Account": "u2", "DeleteType": "Delete_Type_Both"})
    assert (one.heard(), two.heard()) == (
        [{"PushType": 2, "FriendDel_Account": ["u2"]}],
        [{"PushType": 2, "FriendDel_Account": ["u1"]}],
    )
    assert taken(events) == [pairs("FriendDelete", "u1u2", "u2u1")]
    assert await host.add("u1", "ghost") == [30003]
    assert (taken(events), one.heard()) == ([], [])


async def test_request_and_answer(host: Host, events: list[dict[str, Any]]) -> None:
    await host.accounts("u1", Nick="One", Image="https://img.example/1")
    await host.accounts("u2", Nick="Two", **ASK)
    one, two = host.device("u1"), host.device("u2")
    await host.add("u1", "u2", AddWording="please")
    came, went = two.heard(), one.heard()
    assert taken(events) == [], "no webhook for a request"
    at = came[0]["PendencyAdd"][0].pop("AddTime")
    assert went[0]["PendencyAdd"][0].pop("AddTime") == at
    shared = {"AddSource": SOURCE, "AddWording": "please"}
    shown = {"PendencyAdd_Account": "u1", "ProfileImNick": "One", "ProfileImImage": "https://img.example/1", **shared}
    assert came == [{"PushType": 3, "From_Account": "u1", "PendencyAdd": [shown]}]
    shown = {"PendencyAdd_Account": "u2", "ProfileImNick": "Two", "ProfileImImage": "", **shared}
    assert went == [{"PushType": 3, "From_Account": "u1", "PendencyAdd": [shown]}]
    answer = {"To_Account": "u1", "ResponseAction": "Response_Action_AgreeAndAdd"}
    body = {"From_Account": "u2", "ResponseFriendItem": [answer]}
    assert await host.codes("sns/friend_response", body, client="u2") == [0]
    assert one.heard() == [
        {"PushType": 4, "FrienPencydDel_Account": ["u2"]},
        {"PushType": 1, "FriendAdd_Account": ["u2"]},
    ]
    assert two.heard() == [
        {"PushType": 4, "FrienPencydDel_Account": ["u1"]},
        {"PushType": 1, "FriendAdd_Account": ["u1"]},
    ]
    assert taken(events) == [added("u1u2", "u2u1", initiator="u1", command="friend_response", admin="")]


@pytest.mark.parametrize("action", ["Response_Action_Reject", "Response_Action_Agree", "delete"])
async def test_other_ends_of_a_request(host: Host, events: list[dict[str, Any]], action: str) -> None:
    await host.accounts("u2", **ASK)
    await host.add("u1", "u2")
    one, two = host.device("u1"), host.device("u2")
    if action == "delete":
        await host.codes("sns/pendency_delete", {"From_Account": "u2", "To_Account": "u1"}, client="u2")
    else:
        answer = {"To_Account": "u1", "ResponseAction": action}
        await host.codes("sns/friend_response", {"From_Account": "u2", "ResponseFriendItem": answer}, client="u2")
    agreed = action == "Response_Action_Agree"
    gone = [{"PushType": 4, "FrienPencydDel_Account": ["u2"]}]
    assert one.heard() == gone + ([{"PushType": 1, "FriendAdd_Account": ["u2"]}] if agreed else [])
    assert two.heard() == [{"PushType": 4, "FrienPencydDel_Account": ["u1"]}]
    expected = [added("u1u2", initiator="u1", command="friend_response", admin="")] if agreed else []
    assert taken(events) == expected


async def test_read_mark_reaches_other_devices(host: Host) -> None:
    await host.accounts("u2", **ASK)
    await host.add("u1", "u2")
    acting, other = host.device("u2"), host.device("u2")
    body = {"From_Account": "u2", "LatestPendencyTimeStamp": 0}
    await host("sns/pendency_report", body, client="u2", instid=acting.instid)
    assert acting.heard() == []
    assert [item["PushType"] for item in other.heard()] == [7]


async def test_blacklist(host: Host, events: list[dict[str, Any]]) -> None:
    await host.add("u1", "u2")
    taken(events)
    one, two = host.device("u1"), host.device("u2")
    body = {"From_Account": "u1", "To_Account": ["u2", "u3"]}
    await host("sns/black_list_add", body, client="u1", instid=one.instid)
    assert one.heard() == [
        {"PushType": 2, "FriendDel_Account": ["u2"]},
        {"PushType": 8, "BlackListAdd_Account": ["u2", "u3"]},
    ]
    assert two.heard() == [{"PushType": 2, "FriendDel_Account": ["u1"]}], "not told who blocks"
    assert taken(events) == [pairs("BlackListAdd", "u1u2", "u1u3")], "the friendship's end is part of it"
    await host("sns/black_list_delete", body | {"To_Account": ["u3", "u4"]})
    assert one.heard() == [{"PushType": 8, "BlackListDel_Account": ["u3"]}]
    assert taken(events) == [pairs("BlackListDelete", "u1u3")]


async def test_fields_and_groups(host: Host, events: list[dict[str, Any]]) -> None:
    await host.add("u1", "u2")
    taken(events)
    one = host.device("u1")

    def updated(tag: str, value: Any) -> list[dict[str, Any]]:
        name = f"Tag_SNS_IM_{tag}"
        item = {
            "Friend_Account": "u2",
            "Sns": [{"Tag": name, "ValueBytes": value}],
            "SNS": [{"BytesTag": name, "BytesValue": value}],
        }
        return [{"PushType": 6, "FriendUpInfo": [item]}]

    item = {"To_Account": "u2", "SnsItem": [{"Tag": "Tag_SNS_IM_Remark", "Value": "Lee"}]}
    await host.codes("sns/friend_update", {"From_Account": "u1", "UpdateItem": [item]})
    assert one.heard() == updated("Remark", "Lee")
    await host.codes("sns/friend_update", {"From_Account": "u1", "UpdateItem": [item]})
    assert one.heard() == [], "nothing changed"
    await host.ok("sns/group_add", {"From_Account": "u1", "GroupName": ["work"], "To_Account": ["u2"]})
    assert one.heard() == updated("Group", ["work"])
    body = {"From_Account": "u1", "GroupOldName": "work", "GroupNewName": "office"}
    await host.ok("sns/group_update", body, client="u1")
    assert one.heard() == updated("Group", ["office"])
    await host.ok("sns/group_delete", {"From_Account": "u1", "GroupName": ["office"]})
    assert one.heard() == updated("Group", [])
    assert taken(events) == []


async def test_imports_and_clearing_call_no_webhook(host: Host, events: list[dict[str, Any]]) -> None:
    one, two = host.device("u1"), host.device("u2")
    entry = {"To_Account": "u2", "AddSource": SOURCE}
    await host.codes("sns/friend_import", {"From_Account": "u1", "AddFriendItem": [entry]})
    assert (one.heard(), two.heard()) == ([{"PushType": 1, "FriendAdd_Account": ["u2"]}], [])
    await host.ok("sns/friend_delete_all", {"From_Account": "u1"})
    assert (one.heard(), two.heard()) == ([{"PushType": 2, "FriendDel_Account": ["u2"]}], [])
    assert taken(events) == []


async def test_follow(host: Host, events: list[dict[str, Any]]) -> None:
    await host.accounts("u2", Nick="Two")
    one, two = host.device("u1"), host.device("u2")
    body = {"From_Account": "u1", "FollowItem": [{"To_Account": "u2"}, {"To_Account": "u3"}]}
    await host.codes("follow/follow_add", body, client="u1")

    def change(user_id: str, nick: str, *kinds: int, add: int = 1) -> dict[str, Any]:
        diffs = [{"IsAdd": add, "FollowType": kind} for kind in kinds]
        return {"From_Account": user_id, "Nick": nick, "FollowDiffList": diffs}

    assert one.heard() == [change("u2", "Two", 2), change("u3", "", 2)]
    assert two.heard() == [change("u1", "", 1)]
    expected = {"CallbackCommand": "Follow.CallbackAfterFollowAdd", "From_Account": "u1"}
    assert taken(events) == [expected | {"FollowList": [{"To_Account": "u2"}, {"To_Account": "u3"}]}]
    await host.codes("follow/follow_add", body | {"FollowItem": {"To_Account": "u3"}})
    assert (taken(events), one.heard()) == ([], []), "nothing changed"
    await host.codes("follow/follow_add", {"From_Account": "u2", "FollowItem": {"To_Account": "u1"}})
    assert one.heard() == [change("u2", "Two", 1, 3)]
    assert two.heard() == [change("u1", "", 2, 3)]
    taken(events)
    await host.codes("follow/follow_delete", {"From_Account": "u1", "To_Account": ["u2", "u5", "u3"]})
    assert one.heard() == [change("u2", "Two", 2, 3, add=0), change("u3", "", 2, add=0)]
    assert two.heard() == [change("u1", "", 1, 3, add=0)]
    expected = {"CallbackCommand": "Follow.CallbackAfterFollowDelete", "From_Account": "u1"}
    assert taken(events) == [expected | {"To_Account": ["u2", "u3"]}]


async def test_a_failing_subscriber_keeps_the_change_out(host: Host) -> None:
    one = host.device("u1")

    async def broken(tx: Tx, raised: Sequence[FriendAdded]) -> None:
        raise RuntimeError("the outbox is broken")

    cancel = host.server.db.events.subscribe(FriendAdded, broken)
    with pytest.raises(RuntimeError):
        await host.add("u1", "u2")
    cancel()
    assert await host.friends("u1") == []
    assert one.heard() == []


async def test_profile_change_reaches_friends(host: Host) -> None:
    await host.add("u1", "u2")
    await host.add("u3", "u1", AddType="Add_Type_Single")
    await host.add("u1", "u4", AddType="Add_Type_Single")
    devices = {user_id: host.device(user_id) for user_id in ("u1", "u2", "u3", "u4")}
    items = [{"Tag": "Tag_Profile_IM_Nick", "Value": "New"}]
    await host.ok("profile/portrait_set", {"From_Account": "u1", "ProfileItem": items})
    assert {user_id for user_id, device in devices.items() if device.events} == {"u1", "u2", "u3"}
