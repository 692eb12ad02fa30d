"""Requests that wait for an answer, and the client's own commands (docs/protocol.md section 12)."""

from __future__ import annotations

from typing import Any

import pytest

from sodam.relations.model import PENDENCY_SECONDS
from tests.support.relations import SOURCE, Host, host

__all__ = ["host"]
IN, OUT, BOTH = "Pendency_Type_ComeIn", "Pendency_Type_SendOut", "Pendency_Type_Both"
AGREE, MUTUAL, REJECT = "Response_Action_Agree", "Response_Action_AgreeAndAdd", "Response_Action_Reject"


@pytest.fixture
def clock(host: Host) -> list[float]:
    """The relations' time; tests move it."""
    now = [1_700_000_000.0]
    host.relations._core.clock = lambda: now[0]
    return now


async def pending(host: Host, user_id: str, kind: str = BOTH, **more: Any) -> dict[str, Any]:
    return await host.ok("sns/pendency_get", {"From_Account": user_id, "PendencyType": kind, **more}, client=user_id)


async def names(host: Host, user_id: str, kind: str = BOTH) -> list[tuple[str, str]]:
    items = (await pending(host, user_id, kind))["PendencyItem"]
    return [(item["To_Account"], item["PendencyType"].removeprefix("Pendency_Type_")) for item in items]


async def reply(host: Host, user_id: str, to: str, action: str, **fields: str) -> list[int]:
    body = {"From_Account": user_id, "ResponseFriendItem": [{"To_Account": to, "ResponseAction": action, **fields}]}
    return await host.codes("sns/friend_response", body, client=user_id)


async def ask(host: Host, user_id: str, to: str, **fields: Any) -> None:
    await host.accounts(to, AllowType="AllowType_Type_NeedConfirm")
    assert await host.add(user_id, to, **fields) == [30539]


async def test_lists(host: Host, clock: list[float]) -> None:
    await host.accounts("u1", Nick="One", Image="https://img.example/1")
    await ask(host, "u1", "u2", AddWording="hello")
    assert await pending(host, "u2") == {
        "PendencyItem": [
            {
                "To_Account": "u1",
                "Nick": "One",
                "Image": "https://img.example/1",
                "AddSource": SOURCE,
                "AddWording": "hello",
                "AddTime": 1_700_000_000,
                "PendencyType": IN,
            }
        ],
        "UnreadPendencyCount": 1,
        "StartTime": 0,
        "CurrentSequence": 1,
    }
    clock[0] += 10
    await ask(host, "u3", "u1")
    assert await names(host, "u1") == [("u3", "ComeIn"), ("u2", "SendOut")]
    assert await names(host, "u1", IN) == [("u3", "ComeIn")]
    assert await names(host, "u1", OUT) == [("u2", "SendOut")]
    page = await pending(host, "u1", MaxLimited=1)
    assert ([item["To_Account"] for item in page["PendencyItem"]], page["StartTime"]) == (["u3"], 1_700_000_000)
    page = await pending(host, "u1", MaxLimited=1, StartTime=page["StartTime"])
    assert ([item["To_Account"] for item in page["PendencyItem"]], page["StartTime"]) == (["u2"], 0)


@pytest.mark.parametrize(("action", "relation"), [(AGREE, "AWithB"), (MUTUAL, "BothWay"), (REJECT, "NoRelation")])
async def test_answers(host: Host, action: str, relation: str) -> None:
    await ask(host, "u1", "u2", Remark="two", GroupName="pals", AddWording="please")
    assert await reply(host, "u2", "u1", action, Remark="one", TagName="fans") == [0]
    assert await host.relation("u1", "u2") == relation
    assert (await names(host, "u1"), await names(host, "u2")) == ([], [])
    assert await reply(host, "u2", "u1", action) == [30614]
    if action != REJECT:
        info = await host.ok("sns/friend_get_specified", {"From_Account": "u1", "To_Account": ["u2"]}, client="u1")
        fields = {v["Tag"]: v["Value"] for v in info["InfoItem"][0]["SnsProfileItem"]}
        assert fields["Tag_SNS_IM_Remark"] == "two"
        assert fields["Tag_SNS_IM_Group"] == ["pals"]
        assert fields["Tag_SNS_IM_AddWording"] == "please"
        assert fields["Tag_Profile_IM_AllowType"] == "AllowType_Type_NeedConfirm"
    if action == MUTUAL:
        info = await host.ok("sns/friend_get_specified", {"From_Account": "u2", "To_Account": "u1"}, client="u2")
        fields = {v["Tag"]: v["Value"] for v in info["InfoItem"][0]["SnsProfileItem"]}
        assert (fields["Tag_SNS_IM_Remark"], fields["Tag_SNS_IM_Group"]) == ("one", ["fans"])


async def test_answers_obey_limits(host: Host) -> None:
    await host.configure("Trial")
    await host.accounts(*(f"f{n:02}" for n in range(20)))
    await ask(host, "u1", "u2")
    await host.add("u1", *(f"f{n:02}" for n in range(20)))
    assert await reply(host, "u2", "u1", AGREE) == [30014]
    assert await host.codes("sns/friend_delete", {"From_Account": "u1", "To_Account": "f00"}) == [0]
    await host.add("u2", *(f"f{n:02}" for n in range(20)))
    assert await reply(host, "u2", "u1", MUTUAL) == [30010]
    assert await names(host, "u2") == [("u1", "ComeIn")], "still waiting"
    assert await reply(host, "u2", "u1", MUTUAL, Remark="r" * 97) == [30001]
    assert await reply(host, "u2", "u1", AGREE) == [0]
    assert await host.relation("u1", "u2") == "AWithB"


async def test_crossing_requests(host: Host) -> None:
    """Both asked before the app wanted consent from the other: one answer settles both."""
    await host.configure(default_allow_type="AllowType_Type_NeedConfirm")
    assert await host.add("u1", "u2") == [30539]
    assert await host.add("u1", "u2") == [30539], "asking again is no error"
    assert await names(host, "u2") == [("u1", "ComeIn")]
    assert await host.add("u2", "u1") == [0], "the other's request is accepted"
    assert await host.relation("u1", "u2") == "BothWay"
    assert (await names(host, "u1"), await names(host, "u2")) == ([], [])


async def test_force_settles_the_own_request(host: Host) -> None:
    await ask(host, "u1", "u2")
    assert await host.add("u1", "u2", ForceAddFlags=1) == [0]
    assert (await names(host, "u1"), await names(host, "u2")) == ([], [])


@pytest.mark.parametrize(
    ("kind", "owner", "codes"),
    [(IN, "u2", [0]), (OUT, "u1", [0]), (BOTH, "u1", [0]), (IN, "u1", [31804]), (OUT, "u2", [31804])],
)
async def test_delete(host: Host, kind: str, owner: str, codes: list[int]) -> None:
    await ask(host, "u1", "u2")
    other = "u1" if owner == "u2" else "u2"
    body = {"From_Account": owner, "PendencyType": kind, "To_Account": [other, "u5", "ghost"]}
    assert await host.codes("sns/pendency_delete", body, client=owner) == [*codes, 31804, 30003]
    left = [] if codes == [0] else [("u1", "ComeIn")]
    assert await names(host, "u2") == left


async def test_read_marks(host: Host, clock: list[float]) -> None:
    await ask(host, "u1", "u2")
    clock[0] += 10
    await ask(host, "u3", "u2")

    async def unread() -> int:
        count: int = (await pending(host, "u2"))["UnreadPendencyCount"]
        return count

    async def report(at: int) -> None:
        await host.ok("sns/pendency_report", {"From_Account": "u2", "LatestPendencyTimeStamp": at}, client="u2")

    assert await unread() == 2
    await report(1_700_000_000)
    assert await unread() == 1
    await report(1_699_999_000)
    assert await unread() == 1, "what was read stays read"
    await report(0)
    assert await unread() == 0
    clock[0] += 10
    await ask(host, "u4", "u2")
    assert await unread() == 1


async def test_newest_hundred_are_kept(host: Host, clock: list[float]) -> None:
    askers = [f"n{n:03}" for n in range(105)]
    await host.accounts(*askers)
    for asker in askers:
        await ask(host, asker, "u2")
        clock[0] += 1
    found = [name for name, _ in await names(host, "u2")]
    assert found == askers[:4:-1]
    assert await reply(host, "u2", "n000", AGREE) == [30614]
    assert await names(host, "n000") == []
    # Another of them asks again, and is the newest.
    await ask(host, "n050", "u2")
    found = [name for name, _ in await names(host, "u2")]
    assert (found[0], len(found)) == ("n050", 100)


async def test_expiry(host: Host, clock: list[float]) -> None:
    await ask(host, "u1", "u2")
    await ask(host, "u3", "u2")
    clock[0] += PENDENCY_SECONDS - 1
    await ask(host, "u3", "u2")
    assert len(await names(host, "u2")) == 2
    clock[0] += 1
    assert await names(host, "u2") == [("u3", "ComeIn")]
    assert await names(host, "u1") == []
    assert await reply(host, "u2", "u1", AGREE) == [30614]
    await ask(host, "u1", "u2")
    assert sorted(await names(host, "u2")) == [("u1", "ComeIn"), ("u3", "ComeIn")]
    owner = await host.relations._core.owner(1400000042, "u2")
    assert owner.pending == 2


async def test_client_group_update(host: Host) -> None:
    await host.add("u1", "u2", "u3", GroupName="work")
    update = {"From_Account": "u1", "GroupOldName": "work"}
    assert await host.ok("sns/group_update", update | {"GroupNewName": "office"}, client="u1") == {}
    items = [
        {"To_Account": "u2", "UpdateType": "Update_Type_Delete"},
        {"To_Account": "u3", "UpdateType": "Update_Type_Add"},
        {"To_Account": "u5", "UpdateType": "Update_Type_Add"},
    ]
    update = {"From_Account": "u1", "GroupOldName": "office", "UpdateGroupItem": items}
    answer = await host.ok("sns/group_update", update, client="u1")
    info = "Err_SNS_GroupUpdate_ToTinyId_Not_Friend"
    assert answer == {
        "ResultItem": [
            {"To_Account": "u2", "ResultCode": 0, "ResultInfo": "", "UpdateType": "Update_Type_Delete"},
            {"To_Account": "u3", "ResultCode": 0, "ResultInfo": "", "UpdateType": "Update_Type_Add"},
            {"To_Account": "u5", "ResultCode": 32216, "ResultInfo": info, "UpdateType": "Update_Type_Add"},
        ],
        "Fail_Account": ["u5"],
    }
    groups = await host.ok("sns/group_get", {"From_Account": "u1", "NeedFriend": "Need_Friend_Type_Yes"}, client="u1")
    assert groups["ResultItem"] == [{"GroupName": "office", "FriendNumber": 1, "To_Account": ["u3"]}]
    await host.ok("sns/group_add", {"From_Account": "u1", "GroupName": ["golf"], "To_Account": []}, client="u1")
    for body, code in (
        ({"GroupOldName": "none", "GroupNewName": "x"}, 30001),
        ({"GroupOldName": "office", "GroupNewName": "golf"}, 30001),
        ({"GroupOldName": "office", "GroupNewName": "g" * 31}, 30011),
        ({"GroupOldName": "office"}, 30001),
        ({"GroupOldName": "office", "GroupNewName": "office"}, 0),
    ):
        answer = await host("sns/group_update", {"From_Account": "u1", **body}, client="u1")
        assert answer["ErrorCode"] == code, body
    answer = await host("sns/group_update", {"From_Account": "u2", "GroupOldName": "office"}, client="u1")
    assert answer["ErrorCode"] == 30004
