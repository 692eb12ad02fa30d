"""``recentcontact`` over REST: the list, pins, deletion, marks and conversation groups."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec

from sodam.conversations.model import MAX_PINNED
from tests.rest.conftest import SDKAPPID, Rest
from tests.rest.openim import OK, SEND, codes, message, people, seen

LIST = "recentcontact/get_list"
DELETE = "recentcontact/delete"
TOP = "recentcontact/top"
MARK = "recentcontact/mark_contact"
CREATE = "recentcontact/create_contact_group"
REMOVE = "recentcontact/del_contact_group"
UPDATE = "recentcontact/update_contact_group"
SEARCH = "recentcontact/search_contact_group"
KEPT = "recentcontact/get_contact_group"
START = {"TimeStamp": 0, "StartIndex": 0, "TopTimeStamp": 0, "TopStartIndex": 0}
_randoms = itertools.count(1000)
DONE: dict[str, Any] = {**OK, "ErrorDisplay": ""}


def user(user_id: str) -> dict[str, Any]:
    return {"Type": 1, "To_Account": user_id}


async def said(rest: Rest, *peers: str, owner: str = "lena") -> None:
    """``owner`` writes to each of them, one after the other."""
    for peer in peers:
        sent = await rest(SEND, message(From_Account=owner, To_Account=peer, MsgRandom=next(_randoms)))
        assert sent["ErrorCode"] == 0, sent


async def pages(rest: Rest, owner: str = "lena", flags: int = 7) -> list[dict[str, Any]]:
    """Every page of the list."""
    found: list[dict[str, Any]] = []
    cursor = START
    while True:
        page = await rest(LIST, {"From_Account": owner, "AssistFlags": flags, **cursor})
        assert page["ErrorCode"] == 0, page
        found.append(page)
        if page["CompleteFlag"]:
            return found
        cursor = {name: page[name] for name in START}


async def listed(rest: Rest, owner: str = "lena", flags: int = 7) -> list[tuple[str, int]]:
    return [(i["To_Account"], i["TopFlag"]) for page in await pages(rest, owner, flags) for i in page["SessionItem"]]


async def pin(rest: Rest, *peers: str, operation: int = 1) -> int:
    items = [user(peer) for peer in peers]
    return await rest.code(TOP, {"From_Account": "lena", "OperationType": operation, "RecentContactItem": items})


async def test_the_newest_message_comes_first_also_within_a_second(rest: Rest) -> None:
    await people(rest, "lena", "zoe", "amy", "mia")
    await said(rest, "mia", "zoe", "amy")
    assert await listed(rest) == [("amy", 0), ("zoe", 0), ("mia", 0)]
    await rest(SEND, message(From_Account="zoe", To_Account="lena", MsgRandom=next(_randoms)))
    assert await listed(rest) == [("zoe", 0), ("amy", 0), ("mia", 0)]
    (page,) = await pages(rest)
    assert set(page) == {*DONE, "SessionItem", "CompleteFlag", *START}
    assert set(page["SessionItem"][0]) == {"Type", "To_Account", "MsgTime", "TopFlag"}
    assert await listed(rest, "mia") == [("lena", 0)]


async def test_pinned_ones_stand_first_where_it_is_asked_for(rest: Rest) -> None:
    await people(rest, "lena", "zoe", "amy", "mia")
    await said(rest, "mia", "zoe", "amy")
    assert await pin(rest, "mia") == 0
    assert await listed(rest) == [("mia", 1), ("amy", 0), ("zoe", 0)]
    assert await listed(rest, flags=6) == [("amy", 0), ("zoe", 0), ("mia", 1)]
    assert await pin(rest, "mia", operation=2) == 0
    assert await listed(rest) == [("amy", 0), ("zoe", 0), ("mia", 0)]


async def test_the_list_is_read_in_pages_up_to_the_limit_of_the_app(rest: Rest) -> None:
    peers = [f"p{n:03}" for n in range(230)]
    await people(rest, "lena", *peers)
    for peer in peers:
        assert (await rest(SEND, message(From_Account="lena", To_Account=peer)))["ErrorCode"] == 0
    expected = peers[::-1]
    assert [name for name, _ in await listed(rest)] == expected[:100], "100 unless the app says otherwise"
    settings = msgspec.structs.replace(rest.app.settings, conversation_limit=220)
    await rest.configure(plan="Flagship", settings=settings)
    assert await pin(rest, "p007", "p001") == 0
    expected = ["p007", "p001", *(p for p in expected if p not in ("p007", "p001"))]
    read = await pages(rest)
    assert [len(page["SessionItem"]) for page in read] == [100, 100, 20]
    assert [name for name, _ in await listed(rest)] == expected[:220]
    # A message between two pages repeats nothing and loses nothing of what stood further down.
    first = await rest(LIST, {"From_Account": "lena", "AssistFlags": 7, **START})
    await said(rest, "p100")
    cursor = {name: first[name] for name in START}
    second = await rest(LIST, {"From_Account": "lena", "AssistFlags": 7, **cursor})
    names = [i["To_Account"] for i in second["SessionItem"]]
    assert names == [p for p in expected[100:] if p != "p100"][: len(names)]


async def test_a_deleted_conversation_comes_back_with_its_next_message(rest: Rest) -> None:
    await people(rest)
    await said(rest, "omar")
    assert await rest(DELETE, {"From_Account": "lena", "Type": 1, "To_Account": "omar"}) == DONE
    assert (await listed(rest), await listed(rest, "omar")) == ([], [("lena", 0)])
    assert await seen(rest, "lena", "omar") == ["hi"], "the history stays"
    await said(rest, "omar")
    assert await listed(rest) == [("omar", 0)]
    assert await rest(DELETE, {"From_Account": "lena", "Type": 1, "To_Account": "omar", "ClearRamble": 1}) == DONE
    assert await seen(rest, "lena", "omar") == []
    assert len(await seen(rest, "omar", "lena")) > 0, "only one side"


async def test_empty_conversations_are_listed_on_demand(rest: Rest) -> None:
    await people(rest)
    await said(rest, "omar")
    peers = rest.server.services.c2c_changes
    await peers.hide(rest.app, "lena", "omar", clear=True, remove=False)
    assert await listed(rest, flags=7) == [("omar", 0)]
    assert await listed(rest, flags=5) == []


async def test_a_conversation_stays_when_its_messages_are_deleted_one_by_one(rest: Rest) -> None:
    await people(rest)
    keys = [(await rest(SEND, message(MsgRandom=next(_randoms))))["MsgKey"] for _ in range(2)]
    for key in keys:
        gone = {"Operator_Account": "omar", "Peer_Account": "lena", "MsgKeyList": [key]}
        assert await rest.code("openim/delete_c2c_msg_ramble", gone) == 0
        assert await listed(rest, "omar", flags=7) == [("lena", 0)]
    assert await seen(rest) == []
    assert await listed(rest, "omar", flags=5) == [], "there is nothing in it"
    assert await listed(rest) == [("omar", 0)], "the other side has them"
    # What was never the owner's to see begins no conversation.
    hidden = message(From_Account="kim", MsgRandom=next(_randoms), SyncOtherMachine=2)
    assert await rest.code(SEND, hidden) == 0
    assert await listed(rest, "kim", flags=7) == []


async def test_only_so_many_are_pinned(rest: Rest) -> None:
    peers = [f"p{n}" for n in range(MAX_PINNED + 1)]
    await people(rest, "lena", *peers)
    assert await pin(rest, *peers[:-1]) == 0
    assert await pin(rest, peers[-1]) == 51012
    assert await pin(rest, peers[0]) == 0, "it is pinned already"
    assert await pin(rest, peers[0], operation=2) == 0
    assert await pin(rest, peers[-1]) == 0


async def test_marks_and_custom_data(rest: Rest) -> None:
    await people(rest)
    await said(rest, "omar", "kim")
    both = {"OptType": 3, "ContactItem": user("omar"), "SetMark": [1, 33, 64], "ClearMark": [2], "CustomMark": "vip"}
    ghost = {"OptType": 1, "ContactItem": user("ghost"), "SetMark": [1]}
    group = {"OptType": 1, "ContactItem": {"Type": 2, "ToGroupId": "@TGS#none"}, "SetMark": [1]}
    long = {"OptType": 2, "ContactItem": user("kim"), "CustomMark": "x" * 257}
    answer = await rest(MARK, {"From_Account": "lena", "MarkItem": [both, ghost, group, long]})
    assert answer["ErrorCode"] == 0
    assert [item["ResultCode"] for item in answer["ResultItem"]] == [0, 50001, 51007, 50002]
    assert answer["ResultItem"][0] == {"OptType": 3, "ContactItem": user("omar"), "ResultCode": 0, "ResultInfo": ""}
    assert answer["ResultItem"][2]["ContactItem"] == {"Type": 2, "ToGroupId": "@TGS#none"}
    mask = f"{1 | 1 << 32 | 1 << 63:b}"
    (page,) = await pages(rest)
    items = {item["To_Account"]: item for item in page["SessionItem"]}
    assert (items["omar"]["StandardMark"], items["omar"]["CustomMark"]) == (mask, "vip")
    assert "StandardMark" not in items["kim"]

    await rest(
        MARK, {"From_Account": "lena", "MarkItem": [{"OptType": 1, "ContactItem": user("omar"), "ClearMark": [33, 64]}]}
    )
    found = await rest(SEARCH, {"From_Account": "lena", "ContactItem": [user("omar"), user("kim")]})
    first, second = found["ContactResultItem"]
    assert first.pop("Timestamp") > 0
    assert first == {"Type": 1, "To_Account": "omar", "StandardMark": "1", "CustomMark": "vip", "ContactGroupId": []}
    assert second == {"Type": 1, "To_Account": "kim", "ContactGroupId": []}
    # What is kept outlives a deletion from the list, and goes with the last of it.
    await rest(DELETE, {"From_Account": "lena", "Type": 1, "To_Account": "omar"})
    assert [i["To_Account"] for i in (await rest(KEPT, {"From_Account": "lena", "StartIndex": 0}))["ContactItem"]] == [
        "omar"
    ]
    gone = {"OptType": 3, "ContactItem": user("omar"), "ClearMark": [1], "CustomMark": ""}
    await rest(MARK, {"From_Account": "lena", "MarkItem": [gone]})
    assert (await rest(KEPT, {"From_Account": "lena", "StartIndex": 0}))["ContactItem"] == []


async def test_conversation_groups(rest: Rest) -> None:
    await people(rest)
    await said(rest, "omar", "kim")

    async def create(name: str, *peers: str) -> dict[str, Any]:
        item = {"GroupName": name, "ContactItem": [user(peer) for peer in peers]}
        return await rest(CREATE, {"From_Account": "lena", "GroupContactItem": [item]})

    made = await create("team", "omar", "ghost")
    (result,) = made["GroupResultItem"]
    assert result["GroupItem"] == {"GroupName": "team", "GroupId": 1}
    assert [item["ResultCode"] for item in result["ResultItem"]] == [0, 50001]
    assert (await create("team", "kim"))["GroupResultItem"][0]["GroupItem"]["GroupId"] == 1, "one of the name is it"
    assert (await create("shop", "kim"))["GroupResultItem"][0]["GroupItem"]["GroupId"] == 2
    (page,) = await pages(rest)
    assert {i["To_Account"]: i["ContactGroupId"] for i in page["SessionItem"]} == {"omar": [1], "kim": [1, 2]}

    changes = [{"ContactOptType": 2, "ContactItem": user("kim")}, {"ContactOptType": 1, "ContactItem": user("ghost")}]
    body = {"UpdateGroupType": 2, "OldGroupName": "team", "ContactUpdateItem": changes}
    answer = await rest(UPDATE, {"From_Account": "lena", "UpdateType": 1, "UpdateGroup": body})
    assert answer["UpdateType"] == 1
    result = answer["UpdateGroupResult"]
    assert [(i["ContactOptType"], i["ResultCode"]) for i in result.pop("ContactResultItem")] == [(2, 0), (1, 50001)]
    assert result == {"UpdateGroupType": 2, "GroupName": "team", "GroupId": 1, "OldGroupName": "team"}

    body = {"UpdateGroupType": 1, "OldGroupName": "team", "NewGroupName": "crew"}
    answer = await rest(UPDATE, {"From_Account": "lena", "UpdateType": 1, "UpdateGroup": body})
    assert (answer["UpdateGroupResult"]["GroupName"], answer["UpdateGroupResult"]["OldGroupName"]) == ("crew", "team")
    removed = await rest(REMOVE, {"From_Account": "lena", "GroupName": ["shop"]})
    assert removed == {**DONE, "GroupItem": [{"GroupName": "shop", "GroupId": 2}]}
    kept = await rest(KEPT, {"From_Account": "lena", "StartIndex": 0})
    assert kept["GroupItem"] == [{"GroupName": "crew", "GroupId": 1}]
    assert [(i["To_Account"], i["ContactGroupId"]) for i in kept["ContactItem"]] == [("omar", [1])]
    assert (await create("new"))["GroupResultItem"][0]["GroupItem"]["GroupId"] == 3, "no GroupId is used twice"


async def test_what_is_kept_is_read_in_pages(rest: Rest) -> None:
    peers = [f"p{n:03}" for n in range(250)]
    await people(rest, "lena", *peers)
    for at in range(0, 250, 50):
        items = [{"OptType": 1, "ContactItem": user(peer), "SetMark": [1]} for peer in peers[at : at + 50]]
        await rest(MARK, {"From_Account": "lena", "MarkItem": items})
    first = await rest(KEPT, {"From_Account": "lena", "StartIndex": 0})
    assert (len(first["ContactItem"]), first["CompleteFlag"], first["NextStartIndex"]) == (200, 0, 200)
    rest_of_it = await rest(KEPT, {"From_Account": "lena", "StartIndex": 200})
    assert (rest_of_it["CompleteFlag"], rest_of_it["NextStartIndex"]) == (1, 0)
    assert [i["To_Account"] for i in first["ContactItem"] + rest_of_it["ContactItem"]] == peers


async def test_limits(rest: Rest) -> None:
    peers = [f"p{n:04}" for n in range(1002)]
    await people(rest, "lena", *peers)
    marks, groups = [], []
    for at in range(0, 1002, 100):
        some = peers[at : at + 100]
        items = [{"OptType": 2, "ContactItem": user(peer), "CustomMark": "x"} for peer in some]
        answer = await rest(MARK, {"From_Account": "lena", "MarkItem": items})
        marks += [item["ResultCode"] for item in answer["ResultItem"]]
        item = {"GroupName": "all", "ContactItem": [user(peer) for peer in some]}
        answer = await rest(CREATE, {"From_Account": "lena", "GroupContactItem": [item]})
        groups += [item["ResultCode"] for item in answer["GroupResultItem"][0]["ResultItem"]]
    assert marks == groups == [0] * 1000 + [51008] * 2
    for number in range(19):
        item = {"GroupName": f"g{number}", "ContactItem": []}
        assert await rest.code(CREATE, {"From_Account": "lena", "GroupContactItem": [item]}) == 0
    item = {"GroupName": "one more", "ContactItem": []}
    assert await rest.code(CREATE, {"From_Account": "lena", "GroupContactItem": [item]}) == 51010


async def test_refusals(rest: Rest) -> None:
    await people(rest)
    mark = {"OptType": 1, "ContactItem": user("omar"), "SetMark": [1]}
    await codes(
        rest,
        LIST,
        [(b"{", 50002), (START, 50002), ({"From_Account": "ghost", **START}, 50001)],
    )
    await codes(
        rest,
        DELETE,
        [
            ({"From_Account": "lena", "Type": 3, "To_Account": "omar"}, 50002),
            ({"From_Account": "lena", "Type": 1}, 50002),
            ({"From_Account": "lena", "Type": 1, "To_Account": "ghost"}, 50001),
            ({"From_Account": "lena", "Type": 2, "ToGroupid": "@TGS#none"}, 51007),
            ({"From_Account": "lena", "Type": 1, "To_Account": "omar"}, 0),
        ],
    )
    await codes(
        rest,
        TOP,
        [
            ({"From_Account": "lena", "OperationType": 3, "RecentContactItem": [user("omar")]}, 50002),
            ({"From_Account": "lena", "OperationType": 1, "RecentContactItem": []}, 50002),
            ({"From_Account": "lena", "OperationType": 1, "RecentContactItem": [user("ghost")]}, 50001),
            ({"From_Account": "lena", "OperationType": 1, "RecentContactItem": [{"Type": 2, "GroupId": "g"}]}, 51007),
        ],
    )
    await codes(
        rest,
        MARK,
        [
            ({"From_Account": "lena", "MarkItem": []}, 51006),
            ({"From_Account": "lena", "MarkItem": [mark] * 101}, 51006),
            ({"From_Account": "lena", "MarkItem": [{**mark, "SetMark": [0]}]}, 50002),
            ({"From_Account": "lena", "MarkItem": [{**mark, "SetMark": [65]}]}, 50002),
        ],
    )
    long = {"GroupName": "x" * 33, "ContactItem": []}
    await codes(
        rest,
        CREATE,
        [
            ({"From_Account": "lena", "GroupContactItem": [long]}, 51011),
            ({"From_Account": "lena", "GroupContactItem": [{**long, "GroupName": ""}]}, 50002),
            ({"From_Account": "lena", "GroupContactItem": [{**long, "GroupName": "a"}] * 2}, 50002),
            ({"From_Account": "ghost", "GroupContactItem": [{**long, "GroupName": "a"}]}, 50001),
            ({"From_Account": "lena", "GroupContactItem": [{**long, "GroupName": "a"}]}, 0),
            ({"From_Account": "lena", "GroupContactItem": [{**long, "GroupName": "b"}]}, 0),
        ],
    )
    rename = {"UpdateGroupType": 1, "OldGroupName": "a", "NewGroupName": "b"}
    await codes(
        rest,
        UPDATE,
        [
            ({"From_Account": "lena", "UpdateType": 1, "UpdateGroup": rename}, 50002),
            ({"From_Account": "lena", "UpdateType": 1, "UpdateGroup": {**rename, "OldGroupName": "c"}}, 51009),
            ({"From_Account": "lena", "UpdateType": 1, "UpdateGroup": {**rename, "NewGroupName": "x" * 33}}, 51011),
            ({"From_Account": "lena", "UpdateType": 1, "UpdateGroup": {**rename, "UpdateGroupType": 2}}, 51006),
        ],
    )
    await codes(rest, REMOVE, [({"From_Account": "lena", "GroupName": ["c"]}, 51009)])
    await codes(rest, SEARCH, [({"From_Account": "lena", "ContactItem": [user("omar")] * 301}, 51006)])


async def test_a_deleted_account_leaves_nothing_of_it(rest: Rest) -> None:
    await people(rest)
    mark = {"OptType": 1, "ContactItem": user("omar"), "SetMark": [1]}
    await rest(MARK, {"From_Account": "lena", "MarkItem": [mark]})
    item = {"GroupName": "team", "ContactItem": [user("omar")]}
    await rest(CREATE, {"From_Account": "lena", "GroupContactItem": [item]})
    await rest.configure(plan="Flagship")
    answer = await rest("im_open_login_svc/account_delete", {"DeleteItem": [{"UserID": "lena"}]})
    assert answer["ErrorCode"] == 0
    for table in ("conversation_entry", "conversation_group", "conversation_owner"):
        rows = await rest.server.db.fetch(f"SELECT 1 FROM {table} WHERE app = $1", SDKAPPID)
        assert rows == [], table


async def test_what_a_message_does_to_the_lists_of_its_two_users(rest: Rest) -> None:
    """Each flag of a message (rest-messages.md 1.2) against a plain one: who lists it, where, and counts it."""
    await people(rest, "lena", "omar", "kim")

    async def send(**fields: Any) -> None:
        answer = await rest(SEND, message(MsgRandom=next(_randoms), **fields))
        assert answer["ErrorCode"] == 0, answer

    async def unread() -> int:
        answer = await rest("openim/get_c2c_unread_msg_num", {"To_Account": "omar"})
        return int(answer["AllC2CUnreadMsgNum"])

    for fields in ({"OnlineOnlyFlag": 1}, {"MsgLifeTime": 0}):
        await send(**fields)
        assert (await listed(rest), await listed(rest, "omar"), await unread()) == ([], [], 0), fields
    await send(SyncOtherMachine=2)
    assert (await listed(rest), await listed(rest, "omar"), await unread()) == ([], [("lena", 0)], 1)
    await send()
    assert (await listed(rest), await unread()) == ([("omar", 0)], 2)
    await send(SendMsgControl=["NoUnread"])
    assert await unread() == 2
    assert len(await seen(rest)) == 3, "it is there all the same"

    await said(rest, "lena", owner="kim")
    await said(rest, "omar", owner="kim")
    before = {owner: await listed(rest, owner) for owner in ("lena", "omar")}
    assert before == {"lena": [("kim", 0), ("omar", 0)], "omar": [("kim", 0), ("lena", 0)]}
    await send(SendMsgControl=["NoLastMsg"])
    assert {owner: await listed(rest, owner) for owner in before} == before, "it moves no list"
    assert await unread() == 4
    await send(SendMsgControl=["WithMuteNotifications", "NoMsgCheck"], MsgLifeTime=1 << 40)
    assert {owner: (await listed(rest, owner))[0][0] for owner in before} == {"lena": "omar", "omar": "lena"}
    assert await unread() == 5


async def test_a_nul_character_is_refused_wherever_it_stands(rest: Rest) -> None:
    await people(rest, "lena", "omar")
    who, odd = {"From_Account": "lena"}, "om\0ar"

    def group(name: str, *peers: str) -> dict[str, Any]:
        return {**who, "GroupContactItem": [{"GroupName": name, "ContactItem": [user(peer) for peer in peers]}]}

    assert await rest.code(CREATE, group("work", "omar")) == 0
    for kind, peer in ((1, odd), (2, odd)):
        item = {"Type": kind, "To_Account": peer, "ToGroupId": peer}
        assert await rest.code(DELETE, {**who, **item}) == 50002
        assert await rest.code(TOP, {**who, "OperationType": 1, "RecentContactItem": [item]}) == 50002
        assert await rest.code(SEARCH, {**who, "ContactItem": [item]}) == 50002
        assert (
            await rest.code(MARK, {**who, "MarkItem": [{"OptType": 1, "ContactItem": item, "SetMark": [1]}]}) == 50002
        )
        change = {"ContactOptType": 2, "ContactItem": item}
        update = {"UpdateGroupType": 2, "OldGroupName": "work", "ContactUpdateItem": [change]}
        assert await rest.code(UPDATE, {**who, "UpdateGroup": update}) == 50002
    assert await rest.code(CREATE, group("work", odd)) == 50002
    assert await rest.code(CREATE, group(odd, "omar")) == 50002
    rename = {"UpdateGroupType": 1, "OldGroupName": "work", "NewGroupName": odd}
    assert await rest.code(UPDATE, {**who, "UpdateGroup": rename}) == 50002
    assert await rest.code(REMOVE, {**who, "GroupName": odd}) == 51009
    marked = await rest(MARK, {**who, "MarkItem": [{"OptType": 2, "ContactItem": user("omar"), "CustomMark": odd}]})
    assert [item["ResultCode"] for item in marked["ResultItem"]] == [50002]
