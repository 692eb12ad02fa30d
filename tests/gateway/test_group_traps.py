"""How groups went wrong elsewhere: the dissolved group that lives on, coming back, unread numbers that drift."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.gateway.conftest import SignIn
from tests.gateway.group_talk import heard, make, rest, said, say
from tests.gateway.raw_client import RawClient, Refused
from tests.gateway.test_group_messages import history, sessions
from tests.gateway.test_group_tips import reports
from tests.support.server import ServerProcess

UserId = Callable[[str], str]
G, MILLION = "group_open_http_svc", "million_group_open_http_svc"
TEXT = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "late"}}]


async def refused(client: RawClient, command: str, body: dict[str, Any]) -> int:
    with pytest.raises(Refused) as error:
        await client.call(command, body)
    return error.value.code


async def joined(client: RawClient) -> list[str]:
    answer = await client.call(f"{G}.get_joined_group_list", {"Limit": 200, "Offset": 0})
    return [item["GroupId"] for item in answer["GroupIdList"]]


async def test_a_dissolved_group_lives_nowhere(server: ServerProcess, sign_in: SignIn, user_id: UserId) -> None:
    """No door lets anybody in, it is in no list, what waited is void, and who was away hears of it once."""
    amy, bob = await sign_in(server, user_id("amy")), await sign_in(server, user_id("bob"))
    cid, dan = await sign_in(server, user_id("cid")), await sign_in(server, user_id("dan"))
    group = await make(server, amy.user_id, bob.user_id, cid.user_id, ApplyJoinOption="NeedPermission")
    seq = await say(amy, group, "hello")
    await rest(server, "set_group_attr", GroupId=group, GroupAttr=[{"key": "colour", "value": "red"}])
    assert (await dan.call(f"{G}.apply_join_group", {"GroupId": group}))["JoinedStatus"] == "WaitAdminApproval"
    await cid.close()
    await amy.call(f"{G}.destroy_group", {"GroupId": group})
    await bob.wait(lambda: reports(bob, group)[-1:] == [5])
    of = {"GroupId": group}
    for command, body in (
        (f"{G}.send_group_msg", said(bob, group, "late")),
        (f"{G}.group_msg_get", {"ReqMsgNumber": 5, "ReqMsgSeq": 0}),
        (f"{G}.group_msg_recall", {"MsgSeqList": [{"MsgSeq": seq}]}),
        (f"{G}.msg_read_report", {"MsgReadedSeq": seq}),
        (f"{G}.apply_join_group", {}),
        (f"{G}.quit_group", {}),
        (f"{G}.get_group_member_info", {"Limit": 10, "Offset": 0}),
        (f"{G}.modify_group_base_info", {"Name": "x"}),
        (f"{G}.add_group_member", {"MemberList": [{"Member_Account": dan.user_id}]}),
        ("group_open_attr_http_svc.get_group_attr", {}),
        (f"{G}.set_group_attr", {"GroupAttr": [{"key": "colour", "value": "blue"}]}),
        (f"{G}.get_group_counter", {}),
    ):
        assert await refused(bob, command, {**body, **of}) in (10010, 10015), command
    for command, body in (
        ("send_group_msg", {"Random": 7, "MsgBody": TEXT}),
        ("send_group_system_notification", {"Content": "late"}),
        ("group_msg_get_simple", {"ReqMsgNumber": 5}),
        ("import_group_msg", {"MsgList": [{"From_Account": bob.user_id, "SendTime": 1, "Random": 1, "MsgBody": TEXT}]}),
        ("set_unread_msg_num", {"Member_Account": bob.user_id, "UnreadMsgNum": 1}),
        ("ban_group_member", {"Members_Account": [bob.user_id], "Duration": 9}),
        ("get_online_member_num", {}),
        ("update_group_counter", {"GroupCounter": [{"Key": "k", "Value": 1}]}),
    ):
        answer = await server.rest(f"{G}/{command}", {**of, **body})
        assert answer["ErrorCode"] == 10010, (command, answer)
    assert (await amy.call(f"{G}.get_pendency", {"Limit": 10, "StartTime": 0}))["PendencyList"] == []
    again = await sign_in(server, bob.user_id, platform=2)
    for client in (bob, again):
        assert group not in await joined(client)
        assert group not in await sessions(client)
    info = await server.rest(f"{G}/get_group_info", {"GroupIdList": [group]})
    assert info["GroupInfo"][0]["ErrorCode"] == 10010
    back = await sign_in(server, cid.user_id, sync=False)
    answer = await back.call("openim.getmsg", {"Cookie": cid.cookie, "SyncFlag": 0})
    told = [item["MsgBody"]["ReportType"] for event in answer["EventArray"] for item in event["GroupTips"]]
    assert told == [7, 5]


async def test_who_comes_back_is_new(server: ServerProcess, sign_in: SignIn, user_id: UserId) -> None:
    """A plain member from now on, with nothing of before but a mute; nothing is unread, and what is said comes at once.
    Of what was said before nothing is to be read, as the type has it."""
    amy, bob, cid = [await sign_in(server, user_id(name)) for name in ("amy", "bob", "cid")]
    group = await make(server, amy.user_id, bob.user_id, cid.user_id)
    member = {"GroupId": group, "Member_Account": bob.user_id}
    await rest(server, "modify_group_member_info", **member, Role="Admin", NameCard="B.", MsgFlag="Discard")
    await rest(server, "forbid_send_msg", GroupId=group, Members_Account=[bob.user_id], MuteTime=600)
    await say(amy, group, "before")
    await bob.call(f"{G}.quit_group", {"GroupId": group})
    await say(amy, group, "while away")
    await rest(server, "add_group_member", GroupId=group, MemberList=[{"Member_Account": bob.user_id}])

    async def standing(client: RawClient) -> dict[str, Any]:
        asked = {"GroupId": group, "Member_List_Account": [client.user_id]}
        (one,) = (await rest(server, "get_specified_group_member_info", **asked))["MemberList"]
        return dict(one)

    one = await standing(bob)
    assert (one["Role"], one["NameCard"], one["MsgFlag"]) == ("Member", "", "AcceptAndNotify")
    assert one["MuteUntil"] > one["JoinTime"]
    assert (await sessions(bob))[group]["UnreadMsgCount"] == 0
    await say(amy, group, "welcome back")
    await bob.wait(lambda: heard(bob)[-1:] != [] and heard(bob)[-1][1] == "welcome back")
    assert (await sessions(bob))[group]["UnreadMsgCount"] == 1
    texts = [
        message["MsgBody"][0]["MsgContent"].get("Text")
        for message in (await history(bob, group))["RspMsgList"]
        if isinstance(message["MsgBody"], list) and message["MsgBody"]
    ]
    assert ("welcome back" in texts, "before" in texts, "while away" in texts) == (True, False, False)
    # A former owner is none, and one who was removed and is added again reads what is said then.
    await rest(server, "change_group_owner", GroupId=group, NewOwner_Account=cid.user_id)
    await amy.call(f"{G}.quit_group", {"GroupId": group})
    await rest(server, "add_group_member", GroupId=group, MemberList=[{"Member_Account": amy.user_id}])
    assert (await standing(amy))["Role"] == "Member"
    await rest(server, "delete_group_member", GroupId=group, MemberToDel_Account=[amy.user_id])
    await rest(server, "add_group_member", GroupId=group, MemberList=[{"Member_Account": amy.user_id}])
    await say(cid, group, "for all")
    await amy.wait(lambda: heard(amy)[-1:] != [] and heard(amy)[-1][1] == "for all")


async def test_unread_numbers_are_one(server: ServerProcess, sign_in: SignIn, user_id: UserId) -> None:
    """After each act the list of a device, that of one that signs in anew, and REST say the same."""
    amy, bob = await sign_in(server, user_id("amy")), await sign_in(server, user_id("bob"))
    group = await make(server, amy.user_id, bob.user_id)

    async def unread(user: RawClient) -> int:
        anew = await sign_in(server, user.user_id, platform=2)
        lists = [(await sessions(client))[group]["UnreadMsgCount"] for client in (user, anew)]
        await anew.close()
        asked = {"Member_Account": user.user_id, "ResponseFilter": {"SelfInfoFilter": ["UnreadMsgNum"]}}
        answer = await rest(server, "get_joined_group_list", **asked)
        (one,) = [item for item in answer["GroupIdList"] if item["GroupId"] == group]
        assert {*lists} == {one["SelfInfo"]["UnreadMsgNum"]}, (lists, one)
        return int(lists[0])

    seqs = [await say(amy, group, f"m{n}") for n in range(4)]
    await say(bob, group, "mine")
    assert (await unread(bob), await unread(amy)) == (4, 1)
    await rest(server, "send_group_msg", GroupId=group, Random=1, MsgBody=TEXT, SendMsgControl=["NoUnread"])
    await rest(server, "send_group_msg", GroupId=group, Random=2, MsgBody=TEXT, OnlineOnlyFlag=1)
    await rest(server, "send_group_msg", GroupId=group, Random=3, MsgBody=TEXT, To_Account=[bob.user_id])
    assert await unread(bob) == 4, "what counts as none counts nowhere"
    await rest(server, "group_msg_recall", GroupId=group, MsgSeqList=[{"MsgSeq": seqs[0]}])
    assert await unread(bob) == 3
    await bob.call(f"{G}.delete_group_ramble_msg_by_seq", {"GroupId": group, "Seqs": [seqs[1]]})
    assert await unread(bob) == 2
    await bob.call(f"{G}.msg_read_report", {"GroupId": group, "MsgReadedSeq": seqs[2]})
    assert await unread(bob) == 1
    late = {"GroupId": group, "Member_Account": bob.user_id, "UnreadMsgNum": 3}
    await rest(server, "set_unread_msg_num", **late)
    await bob.call(f"{G}.msg_read_report", {"GroupId": group, "MsgReadedSeq": 100})
    assert await unread(bob) == 0, "a newcomer's counter and an old one can be cleared"
    old, made = await make(server, amy.user_id), int(time.time()) - 1000
    await rest(server, "destroy_group", GroupId=old)
    await rest(server, "import_group", GroupId=old, Type="Public", Name="old", CreateTime=made)
    items = [{"From_Account": amy.user_id, "SendTime": made + 10 + n, "Random": n, "MsgBody": TEXT} for n in range(5)]
    group = old
    await rest(server, "import_group_msg", GroupId=old, MsgList=items, RecentContactFlag=1)
    people = [
        {"Member_Account": bob.user_id, "UnreadMsgNum": 3, "JoinTime": made + 12},
        {"Member_Account": amy.user_id, "JoinTime": made + 1},
    ]
    await rest(server, "import_group_member", GroupId=old, MemberList=people)
    assert (await unread(bob), await unread(amy)) == (3, 0)
    for client, seqs in ((bob, [5, 4, 3]), (amy, [5, 4, 3, 2, 1])):
        page = await history(client, old)
        found = [one["MsgSeq"] for one in page["RspMsgList"] if one.get("MsgBody")]
        assert found == seqs, "an import brings what was said since the member joined"
