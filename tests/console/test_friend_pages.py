"""Friends of a user as operators look for them."""

from __future__ import annotations

import pytest

from tests.console.test_apps import new_app
from tests.support.console import ConsoleClient, Refused
from tests.support.server import ServerProcess


async def test_friends_are_found_by_any_part_and_paged(root: ConsoleClient, console_server: ServerProcess) -> None:
    rest = await new_app(root, console_server, "friends")
    app = rest.app
    people = {"ann": "Ann", "hong.gildong": "홍길동", "mate_1": "Maté One", "mate_2": "", "bob": "Bob"}
    for user, nick in people.items():
        await root.call("im/CreateAccount", SDKAppID=app, UserID=user, Nick=nick)
    for user, remark in (("hong.gildong", "Bow 100%"), ("mate_1", ""), ("mate_2", "Stroke"), ("bob", "")):
        item = {"To_Account": user, "AddSource": "AddSource_Type_Web", "Remark": remark, "GroupName": "Crew"}
        kind = "Add_Type_Single" if user == "bob" else "Add_Type_Both"
        await root.call(
            "im/AddFriend", SDKAppID=app, From_Account="ann", AddFriendItem=[item], AddType=kind, ForceAddFlags=1
        )

    async def found(**wanted: object) -> list[str]:
        page = await root.call("im/DescribeFriendPage", SDKAppID=app, UserID="ann", **wanted)
        assert page["FriendNum"] == 4
        assert page["TotalCount"] >= len(page["Friends"])
        return [row["To_Account"] for row in page["Friends"]]

    for keyword, users in (
        ("", ["hong.gildong", "mate_1", "mate_2", "bob"]),
        ("  ", ["hong.gildong", "mate_1", "mate_2", "bob"]),
        ("길동", ["hong.gildong"]),
        ("GILD", ["hong.gildong"]),
        ("mate o", ["mate_1"]),
        ("e_", ["mate_1", "mate_2"]),
        ("stroke", ["mate_2"]),
        ("100%", ["hong.gildong"]),
        ("%", ["hong.gildong"]),
        ("ann", []),
    ):
        assert await found(Keyword=keyword) == users, keyword
    assert await found(Offset=1, Limit=2) == ["mate_1", "mate_2"]
    assert await found(Keyword="e_", Offset=1) == ["mate_2"]
    assert await found(Offset=9) == []
    page = await root.call("im/DescribeFriendPage", SDKAppID=app, UserID="ann", Limit=4)
    assert [row["Both"] for row in page["Friends"]] == [True, True, True, False]
    first = page["Friends"][0]
    values = {one["Tag"]: one["Value"] for one in first["ValueItem"]}
    assert (first["Nick"], values["Tag_SNS_IM_Remark"], values["Tag_SNS_IM_Group"]) == ("홍길동", "Bow 100%", ["Crew"])
    with pytest.raises(Refused) as refused:
        await root.call("im/DescribeFriendPage", SDKAppID=app, UserID="nobody")
    assert refused.value.error["ErrorCode"] == 30003
