"""Communities over REST: who has them, their IDs, members by a cursor, and what an answer leaves out."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest_asyncio

from sodam.groups.types import TYPES
from tests.rest.conftest import Rest

CITY = "@TGS#_city"


async def ok(rest: Rest, command: str, **body: Any) -> dict[str, Any]:
    answer = await rest(f"group_open_http_svc/{command}", body)
    assert answer["ErrorCode"] == 0, (command, answer)
    return answer


async def code(rest: Rest, command: str, **body: Any) -> int:
    return await rest.code(f"group_open_http_svc/{command}", body)


@pytest_asyncio.fixture
async def city(rest: Rest) -> Rest:
    await rest.configure(plan="Flagship")
    await rest("im_open_login_svc/multiaccount_import", {"Accounts": [f"u{n}" for n in range(8)]})
    assert await code(rest, "create_group", Type="Community", Name="City") == 11000, "not on by itself"
    await rest.configure(settings=msgspec.structs.replace(rest.app.settings, community=True))
    members = [{"Member_Account": f"u{n}"} for n in range(1, 6)]
    await ok(rest, "create_group", Type="Community", Name="City", GroupId=CITY, Owner_Account="u0", MemberList=members)
    return rest


async def test_ids_and_limits(city: Rest) -> None:
    made = await ok(city, "create_group", Type="Community", Name="Two")
    assert made["GroupId"].startswith("@TGS#_@TGS#c")
    assert await code(city, "create_group", Type="Community", Name="x", GroupId="plain") == 10015
    assert await code(city, "create_group", Type="Public", Name="x", GroupId="@TGS#_no") == 10015
    assert await code(city, "create_group", Type="Community", Name="x", GroupId=CITY) == 10021
    assert await code(city, "create_group", Type="Community", Name="x", MaxMemberCount=100_001) == 10004
    (info,) = (await ok(city, "get_group_info", GroupIdList=[CITY]))["GroupInfo"]
    assert (info["Type"], info["MemberNum"], info["MaxMemberNum"]) == ("Community", 6, TYPES["Community"].most_members)
    assert "MemberList" not in info
    assert info["ApplyJoinOption"] == "FreeAccess"
    listed = await ok(city, "get_appid_group_list", GroupType="Community")
    assert listed["TotalCount"] == 2
    joined = await ok(city, "get_joined_group_list", Member_Account="u1", GroupType="Community", SupportTopic=1)
    assert joined["GroupIdList"] == [], "only those with topics"


async def test_members_by_a_cursor(city: Rest) -> None:
    for start in (None, "", "0"):
        found: list[str] = []
        following: Any = start
        while True:
            body = {"GroupId": CITY, "Limit": 4} | ({} if following is None else {"Next": following})
            page = await ok(city, "get_group_member_info", **body)
            assert page["MemberNum"] == 6
            found += [one["Member_Account"] for one in page["MemberList"]]
            following = page["Next"]
            if following == "":
                break
        assert found == [f"u{n}" for n in range(6)]
    page = await ok(city, "get_group_member_info", GroupId=CITY, Limit=100, Next=0)
    assert (len(page["MemberList"]), page["Next"]) == (6, 0)
    page = await ok(city, "get_group_member_info", GroupId=CITY, Limit=100, MemberRoleFilter=["Owner"])
    assert [one["Member_Account"] for one in page["MemberList"]] == ["u0"]
    assert await code(city, "get_group_member_info", GroupId=CITY, Next="x") == 10004


async def test_messages_and_rights(city: Rest) -> None:
    text = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hello"}}]
    sent = await ok(city, "send_group_msg", GroupId=CITY, From_Account="u1", Random=1, MsgBody=text)
    assert sent["MsgSeq"] == 1
    shown = await ok(city, "group_msg_get_simple", GroupId=CITY, ReqMsgNumber=5)
    assert [m["MsgSeq"] for m in shown["RspMsgList"]] == [1]
    targeted = {"GroupId": CITY, "Random": 2, "MsgBody": text, "To_Account": ["u1"]}
    assert await code(city, "send_group_msg", **targeted) == 10007
    await ok(city, "change_group_owner", GroupId=CITY, NewOwner_Account="u1")
    await ok(city, "delete_group_member", GroupId=CITY, MemberToDel_Account=["u5"])
    number = await city("million_group_open_http_svc/get_online_member_num", {"GroupId": CITY})
    assert (number["ErrorCode"], number["OnlineMemberNum"]) == (0, 0)
    await ok(city, "destroy_group", GroupId=CITY)
    assert await code(city, "get_group_member_info", GroupId=CITY) == 10010
