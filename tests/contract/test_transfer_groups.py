"""Groups in an archive of an app: all that there is of them moves, and an import that is stopped goes on where it was,
on both engines.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sodam.apps.group_fields import GroupField, GroupFieldRight, MemberField, MemberFieldRight
from sodam.transfer import reading, writing
from sodam.transfer.reading import Archive, Reading
from tests.contract.test_transfer import NUMBER, Stopped, rows, silent
from tests.support.relations import APP, Host, host

__all__ = ["host"]
G = "group_open_http_svc/"
M = "million_group_open_http_svc/"
CITY = "@TGS#_city"
FOOD = f"{CITY}@TOPIC#_food"
PMG = "@PMG#_mods"
TEXT = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "안녕 \U0001f600"}}]


async def fill(host: Host) -> None:
    fields = {
        "group_fields": (GroupField(name="floor", rights=(GroupFieldRight(type="Public"),)),),
        "group_member_fields": (MemberField(name="desk", rights=(MemberFieldRight(type="Public"),)),),
    }
    on = dict.fromkeys(("community", "community_topics", "public_receipts", "message_extension"), True)
    await host.configure(plan="Flagship", room_history=5, room_broadcast=True, **on, **fields)

    async def ok(command: str, **body: Any) -> Any:
        return await host.ok(command if "/" in command else G + command, body)

    people = [{"Member_Account": f"u{n}"} for n in range(2, 6)]
    desk = [{"Key": "desk", "Value": "7"}]
    team = {"Type": "Public", "GroupId": "team", "Name": "Team", "Owner_Account": "u1", "MemberList": people}
    await ok("create_group", **team, AppDefinedData=[{"Key": "floor", "Value": "3"}])
    await ok("modify_group_member_info", GroupId="team", Member_Account="u2", Role="Admin", AppMemberDefinedData=desk)
    sent = {"From_Account": "u1", "MsgBody": TEXT, "SupportMessageExtension": 1}
    for number in range(7):
        await ok("send_group_msg", GroupId="team", Random=number, NeedReadReceipt=1, **sent)
    named = [{"MsgSeq": seq} for seq in (2, 3)]
    await ok("group_msg_receipt", GroupId="team", From_Account="u3", MsgSeqList=named)
    await ok("pin_message", GroupId="team", MsgSeq=2)
    pair = [{"Key": "a", "Value": "1", "Seq": 0}]
    await ok(
        "openim_msg_ext_http_svc/group_set_key_values", GroupId="team", MsgSeq=2, OperateType=1, ExtensionList=pair
    )
    await ok("group_msg_recall", GroupId="team", MsgSeqList=[{"MsgSeq": 4}])
    await ok("openim/modify_group_msg", GroupId="team", MsgSeq=5, CloudCustomData="new")
    await ok("forbid_send_msg", GroupId="team", Members_Account=["u4"], MuteTime=4294967295)
    await ok("ban_group_member", GroupId="team", Members_Account=["u5"], Duration=86400)
    await ok("set_group_attr", GroupId="team", GroupAttr=[{"key": "k", "value": "v"}])
    await ok("update_group_counter", GroupId="team", GroupCounter=[{"Key": "like", "Value": -5}])
    for user in ("u6", "u7"):
        await host.ok(G + "apply_join_group", {"GroupId": "team", "ApplyMsg": "please"}, client=user)
    reaction = {"GroupId": "team", "MsgSeq": 2, "Reaction": "heart"}
    await host.ok("openim_msg_ext_http_svc/group_reaction_add", reaction, client="u3")
    hide = {"GroupId": "team", "Deleter_Account": "u3", "Seqs": ["1"]}
    await host.ok(G + "delete_group_ramble_msg_by_seq", hide, client="u3")
    await ok("create_group", Type="AVChatRoom", GroupId="live", Name="Live", Owner_Account="u1")
    room = "group_open_avchatroom_http_svc/"
    await ok(room + "modify_admin", GroupId="live", CommandType=1, Admin_Account=["u2"])
    await ok(room + "add_robots", GroupId="live", Member_Account=["u9"])
    await ok("send_broadcast_msg", Random=1, From_Account="u1", MsgBody=TEXT)
    await ok("send_group_msg", GroupId="live", Random=1, From_Account="u1", MsgBody=TEXT)
    city = {"Type": "Community", "GroupId": CITY, "Name": "City", "Owner_Account": "u1", "MemberList": people}
    await ok("create_group", **city, SupportTopic=1, EnablePermission=1)
    await ok(M + "create_topic", GroupId=CITY, TopicId=FOOD, TopicName="Food")
    for number in range(4):
        await ok("send_group_msg", GroupId=CITY, TopicId=FOOD, Random=number, From_Account="u2", MsgBody=TEXT)
    mods = {"GroupId": CITY, "PermissionGroupId": PMG}
    await ok("create_permission_group", **mods, PermissionGroupName="Mods", Permission=64)
    await ok("add_topic_permission_group", **mods, TopicPermissionList=[{"TopicId": FOOD, "Permission": 36}])
    await ok("add_permission_group_member", **mods, MemberList=people[:2])


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of three rows, read in pages of two."""
    monkeypatch.setattr(writing, "_PAGE", 2)
    monkeypatch.setattr(writing, "_PART_ROWS", 3)
    monkeypatch.setattr(reading, "_PAGE", 2)


@pytest.mark.usefixtures("small")
async def test_groups_move_whole(host: Host, tmp_path: Path) -> None:
    await fill(host)
    app = host.server.apps.get(APP)
    assert app is not None
    manifest = await writing.write(host.server.db, app, tmp_path / "archive", silent)
    of_groups = {
        n: t.rows for n, t in manifest.tables.items() if n.startswith(("group_", "room_", "chat_group", "permission_"))
    }
    assert len(of_groups) > 15
    assert [name for name, number in of_groups.items() if not number] == [], "each table has rows"
    before = await rows(host.server.db, APP)
    archive, stops = Archive(tmp_path / "archive"), 0
    while True:
        left = stops + 1

        def stop(table: str, moved: int) -> None:
            nonlocal left
            left -= 1
            if not left:
                raise Stopped

        try:
            await Reading(host.server.db, archive, NUMBER, stop).run()
            break
        except Stopped:
            stops += 4  # a file or more further each time
    assert stops > 20
    assert await rows(host.server.db, NUMBER) == before
    assert await rows(host.server.db, APP) == before
