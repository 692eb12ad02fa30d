"""The public package ``tencentcloud-sdk-python-im``, unmodified: it takes the server's address as an argument."""

from __future__ import annotations

import time
from typing import Any

import pytest
from tencentcloud_im.tcim_client import MessageObj, MessageText, TCIMClient

from tests.support.server import ServerProcess

OK = {"ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 0}


@pytest.fixture
def tcim(server: ServerProcess) -> Any:
    return TCIMClient(server.sdkappid, server.key, "administrator", tencent_url=f"{server.url}/v4")


def test_accounts(tcim: Any) -> None:
    assert tcim.add_single_user("tcim_kim", "Kim", "https://img.example/kim.png").json() == OK
    assert tcim.add_single_user("tcim_lee", "", "").json() == OK
    assert tcim.batch_add_users(["tcim_1", "tcim_2"]).json() == OK | {"FailAccounts": []}
    online = tcim.check_user_online(["tcim_kim", "tcim_1"]).json()
    assert online["ErrorCode"] == 0
    assert [(item["To_Account"], item["Status"]) for item in online["QueryResult"]] == [
        ("tcim_kim", "Offline"),
        ("tcim_1", "Offline"),
    ]
    assert tcim.abolition_user_sig("tcim_kim").json() == OK
    deleted = tcim.del_user(["tcim_1", "tcim_ghost"]).json()
    assert [item["ResultCode"] for item in deleted["ResultItem"]] == [0, 70107]


def test_one_to_one_messages(tcim: Any) -> None:
    tcim.batch_add_users(["tcim_a", "tcim_b"])
    begin = int(time.time()) - 5
    keys = {}
    for text in ("one", "두울", "three"):
        sent = tcim.send_message(MessageObj("tcim_a", "tcim_b", [MessageText(text)])).json()
        assert sent["ErrorCode"] == 0, sent
        keys[text] = sent["MsgKey"]
    page = tcim.get_message_list("tcim_a", "tcim_b", 100, begin, begin + 60).json()
    assert page["ErrorCode"] == 0, page
    # The SDK states no MsgSeq, so that messages of one second have no order of their own.
    assert {m["MsgBody"][0]["MsgContent"]["Text"]: m["MsgKey"] for m in page["MsgList"]} == keys
    assert page["MsgCnt"] == 3
    unread = tcim.get_unread_num("tcim_b").json()
    assert (unread["ErrorCode"], unread["AllC2CUnreadMsgNum"]) == (0, 3)
    assert tcim.set_user_message_read("tcim_b", "tcim_a", int(time.time())).json()["ErrorCode"] == 0
    assert tcim.get_unread_num("tcim_b").json()["AllC2CUnreadMsgNum"] == 0
    assert tcim.draw_message("tcim_a", "tcim_b", keys["one"]).json()["ErrorCode"] == 0
