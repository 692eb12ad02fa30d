"""Messages of groups that are too old, and old notices, are erased; numbers stay right. On both engines."""

from __future__ import annotations

import time
from typing import Any

import pytest

from sodam.groups import retention
from sodam.groups.notices import KEPT_SECONDS
from tests.rest.test_group_lifecycle import create, ok
from tests.rest.test_group_messages import send
from tests.support.relations import APP, Host, host

__all__ = ["host"]


async def unread(host: Host, user: str) -> int:
    shown = {"SelfInfoFilter": ["UnreadMsgNum"]}
    found = await ok(host, "get_joined_group_list", Member_Account=user, ResponseFilter=shown)
    return int(found["GroupIdList"][0]["SelfInfo"]["UnreadMsgNum"])


async def age(host: Host, seq: int) -> None:
    """Make the messages up to a sequence as old as the hills."""
    sql = "UPDATE group_message SET msg_time = 1000 WHERE app = $1 AND group_id = 'team-7' AND seq <= $2"
    await host.server.db.execute(sql, APP, seq)


async def test_old_messages_go_and_unread_numbers_count_what_is_left(host: Host, monkeypatch: Any) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    await create(host, Owner_Account="u1", MemberList=[{"Member_Account": "u2"}, {"Member_Account": "u3"}])
    seqs = [await send(host, f"m{n}", "u1" if n % 2 else "u2") for n in range(10)]
    await ok(host, "group_msg_recall", GroupId="team-7", MsgSeqList=[{"MsgSeq": seqs[1]}, {"MsgSeq": seqs[7]}])
    assert (await unread(host, "u3"), await unread(host, "u2")) == (8, 4 - 2 + 1)
    await age(host, seqs[4])
    db = host.server.db
    assert await retention.purge(db, APP, int(time.time()) - 60) == 5
    assert await retention.purge(db, APP, int(time.time()) - 60) == 0
    found = await ok(host, "group_msg_get_simple", GroupId="team-7", ReqMsgNumber=20, WithRecalledMsg=1)
    assert [item["MsgSeq"] for item in found["RspMsgList"] if item["IsPlaceMsg"] != 1] == seqs[:4:-1]
    hole = {"From_Account": "", "IsPlaceMsg": 1, "MsgBody": [], "MsgPriority": 2, "MsgRandom": 0, "MsgTimeStamp": 0}
    assert found["RspMsgList"][5:] == [hole | {"MsgSeq": seq} for seq in seqs[4::-1]]
    for high, finished in ((seqs[-1], 1), (seqs[5], 1), (seqs[4], 2)):
        page = await ok(host, "group_msg_get_simple", GroupId="team-7", ReqMsgNumber=5, ReqMsgSeq=high)
        assert page["IsFinished"] == finished, high
    assert await unread(host, "u3") == 4
    for table in ("group_change", "group_message"):
        rows = await db.fetch(f"SELECT seq FROM {table} WHERE app = $1 AND seq <= $2", APP, seqs[4])
        assert not rows
    read = await host.server.services.groups.histories.page(APP, "u3", "team-7", 0, 20)
    assert (len(read.messages), read.complete) == (5, True)
    report = {"GroupId": "team-7", "MsgReadedSeq": seqs[5]}
    await host.ok("group_open_http_svc/msg_read_report", report, client="u3")
    assert await unread(host, "u3") == 3
    assert await send(host, "on") == seqs[-1] + 1
    assert await unread(host, "u3") == 4


@pytest.mark.parametrize("seconds", [KEPT_SECONDS + 5, 5])
async def test_old_notices_go(host: Host, seconds: int) -> None:
    await create(host, Owner_Account="u1", MemberList=[{"Member_Account": "u2"}])
    db = host.server.db
    await db.execute("UPDATE group_notice SET at = $2 WHERE app = $1", APP, int(time.time()) - seconds)
    assert await host.server.services.groups.notices.forget() == (1 if seconds > KEPT_SECONDS else 0)


async def test_tips_do_not_count_as_the_last_message(host: Host) -> None:
    await create(host, Owner_Account="u1")
    await ok(host, "modify_group_base_info", GroupId="team-7", Name="New")
    found = await ok(host, "get_group_info", GroupIdList=["team-7"])
    [item] = found["GroupInfo"]
    assert (item["NextMsgSeq"], item["LastMsgTime"]) == (2, 0)
