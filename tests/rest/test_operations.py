"""``getappinfo`` and ``GetIPList``."""

from __future__ import annotations

import datetime

from tests.support.server import ServerProcess

_ZONE = datetime.timezone(datetime.timedelta(hours=8))


async def test_what_is_counted(server: ServerProcess) -> None:
    async def today() -> dict[str, str]:
        answer = await server.rest("openconfigsvr/getappinfo", {})
        assert (answer["ErrorCode"], answer["ErrorInfo"], len(answer["Result"])) == (0, "OK", 30)
        assert all(isinstance(value, str) for day in answer["Result"] for value in day.values())
        dates = [day["Date"] for day in answer["Result"]]
        assert dates == sorted(dates, reverse=True), "the newest first"
        newest: dict[str, str] = answer["Result"][0]
        return newest

    before = await today()
    users = [f"counted{n}" for n in range(4)]
    one, two, three, _ = users
    body = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hi"}}]
    for command, request in (
        ("im_open_login_svc/multiaccount_import", {"AccountList": [{"UserID": user} for user in users]}),
        (
            "sns/friend_add",
            {"From_Account": one, "AddFriendItem": [{"To_Account": two, "AddSource": "AddSource_Type_T"}]},
        ),
        ("sns/friend_delete", {"From_Account": one, "To_Account": [two], "DeleteType": "Delete_Type_Both"}),
        ("openim/sendmsg", {"From_Account": one, "To_Account": two, "MsgRandom": 1, "MsgBody": body}),
        ("openim/sendmsg", {"From_Account": one, "To_Account": three, "MsgRandom": 2, "MsgBody": body}),
        (
            "group_open_http_svc/create_group",
            {"Type": "Public", "Name": "g", "GroupId": "counted", "Owner_Account": one},
        ),
        ("group_open_http_svc/add_group_member", {"GroupId": "counted", "MemberList": [{"Member_Account": two}]}),
        (
            "group_open_http_svc/send_group_msg",
            {"GroupId": "counted", "From_Account": two, "Random": 1, "MsgBody": body},
        ),
        ("group_open_http_svc/delete_group_member", {"GroupId": "counted", "MemberToDel_Account": [two]}),
        ("group_open_http_svc/destroy_group", {"GroupId": "counted"}),
    ):
        await server.rest(command, request)
    after = await today()
    if before["Date"] == after["Date"]:  # else midnight has passed
        assert after["Date"] == datetime.datetime.now(_ZONE).strftime("%Y%m%d")
        gathered = ("LoginTimes", "LoginUserNum", "ActiveUserNum", "MaxOnlineNum", "CallBackReq", "CallBackRsp")
        changes = {
            name: int(after[name]) - int(before[name])
            for name in after
            if after[name] != before[name] and name not in gathered  # of tests before this one
        }
        assert changes == {
            "RegistUserNumOneDay": 4,
            "RegistUserNumTotal": 4,
            "UpMsgNum": 3,
            "DownMsgNum": 3,
            "SendMsgUserNum": 2,
            "C2CUpMsgNum": 2,
            "C2CDownMsgNum": 2,
            "C2CSendMsgUserNum": 1,
            "GroupUpMsgNum": 1,
            "GroupDownMsgNum": 1,
            "GroupSendMsgUserNum": 1,
            "GroupSendMsgGroupNum": 1,
            "GroupNewGroupNum": 1,
            "GroupDestroyGroupNum": 1,
            "GroupJoinGroupTimes": 1,
            "GroupQuitGroupTimes": 1,
            "ChainIncrease": 1,
            "ChainDecrease": 1,
        }
    some = await server.rest("openconfigsvr/getappinfo", {"RequestField": ["AppId", "NoSuchField"]})
    assert some["Result"][0] == {"Date": after["Date"], "AppId": str(server.sdkappid)}


async def test_addresses(server: ServerProcess) -> None:
    answer = await server.rest("ConfigSvc/GetIPList", {})
    assert (answer["ErrorCode"], answer["IPList"]) == (0, [])
