"""Topics over REST: their making and end, messages and mutes of their own, and whose they are."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
import pytest_asyncio

from sodam.errors import ApiError
from sodam.groups import topics as topics_module
from sodam.groups.core import Operator
from tests.rest.conftest import Rest

CITY = "@TGS#_city"
FOOD = f"{CITY}@TOPIC#_food"
ART = f"{CITY}@TOPIC#_art"
TEXT = [{"MsgType": "TIMTextElem", "MsgContent": {"Text": "hello"}}]


async def call(rest: Rest, command: str, **body: Any) -> dict[str, Any]:
    service = "million_group_open_http_svc" if command.endswith("_topic") else "group_open_http_svc"
    if command == "import_topic":
        service = "group_open_http_svc"
    return await rest(f"{service}/{command}", body)


async def ok(rest: Rest, command: str, **body: Any) -> dict[str, Any]:
    answer = await call(rest, command, **body)
    assert answer["ErrorCode"] == 0, (command, answer)
    return answer


async def code(rest: Rest, command: str, **body: Any) -> int:
    return int((await call(rest, command, **body))["ErrorCode"])


async def seen(rest: Rest, user: str) -> dict[str, tuple[int, int]]:
    """By topic, its next sequence and what the user has read."""
    found = (await ok(rest, "get_topic", GroupId=CITY, From_Account=user))["TopicAndSelfInfo"]
    return {one["TopicInfo"]["TopicId"]: (one["TopicInfo"]["NextMsgSeq"], one["SelfInfo"]["MsgSeq"]) for one in found}


@pytest_asyncio.fixture
async def city(rest: Rest) -> Rest:
    settings = msgspec.structs.replace(rest.app.settings, community=True)
    await rest.configure(plan="Flagship", settings=settings)
    await rest("im_open_login_svc/multiaccount_import", {"Accounts": ["ann", "bob", "cid"]})
    body = {"Type": "Community", "Name": "City", "GroupId": CITY, "Owner_Account": "ann", "SupportTopic": 1}
    assert await code(rest, "create_group", **body) == 11000, "topics have a switch of their own"
    await rest.configure(settings=msgspec.structs.replace(settings, community_topics=True))
    await ok(rest, "create_group", **body, MemberList=[{"Member_Account": "bob"}])
    for topic in (FOOD, ART):
        made = await ok(rest, "create_topic", GroupId=CITY, TopicId=topic, TopicName=topic[-4:], CustomString="c")
        assert made["TopicId"] == topic
    return rest


async def test_making_editing_and_removing(city: Rest, monkeypatch: pytest.MonkeyPatch) -> None:
    for topic, expected in (
        (FOOD, 10025),
        (f"{CITY}@TOPIC#_" + "x" * 90, 10015),
        ("@TGS#_other@TOPIC#_x", 10015),
        (f"{CITY}@TOPIC#_@TOPIC#_x", 10015),
        (f"{CITY}@TOPIC#_a@TGS#_b", 10015),
        ("plain", 10015),
    ):
        assert await code(city, "create_topic", GroupId=CITY, TopicId=topic, TopicName="x") == expected, topic
    assert await code(city, "create_topic", GroupId=CITY, TopicName="") == 10004
    assert await code(city, "create_topic", GroupId=CITY, TopicName="x", CustomString="y" * 3001) == 10004
    assert await code(city, "import_topic", GroupId=CITY, TopicId=FOOD, TopicName="x") == 10021
    old = await ok(city, "import_topic", Type="Community", GroupId=CITY, TopicName="Old", CreateTime=1_600_000_000)
    assert old["TopicId"].startswith(f"{CITY}@TOPIC#_@TOPIC#c")
    monkeypatch.setattr(topics_module, "MAX_TOPICS", 3)
    assert await code(city, "create_topic", GroupId=CITY, TopicName="x") == 10037
    await ok(
        city, "modify_topic", GroupId=CITY, TopicId=FOOD, TopicName="Meals", Introduction="eat", MuteAllMember="On"
    )
    (one,) = (await ok(city, "get_topic", GroupId=CITY, TopicIdList=[FOOD]))["TopicAndSelfInfo"]
    info = one["TopicInfo"]
    assert (info["TopicName"], info["Introduction"], info["MuteAllMember"], info["ShutUpAllFlag"]) == (
        *("Meals", "eat"),
        *("On", 1),
    )
    assert (info["GroupID"], info["CustomString"], "SelfInfo" in one) == (CITY, "c", False)
    gone = await ok(city, "destroy_topic", GroupId=CITY, TopicIdList=[ART, f"{CITY}@TOPIC#_no"])
    assert [item["ErrorCode"] for item in gone["DestroyResultItem"]] == [0, 110003]
    (one,) = (await ok(city, "get_topic", GroupId=CITY, TopicIdList=[ART]))["TopicAndSelfInfo"]
    assert one["ErrorCode"] == 110003
    assert await code(city, "send_group_msg", GroupId=CITY, TopicId=ART, Random=1, MsgBody=TEXT) == 10010
    # A topic is no group of its own anywhere.
    assert (await ok(city, "get_appid_group_list"))["TotalCount"] == 1
    (info,) = (await ok(city, "get_group_info", GroupIdList=[FOOD]))["GroupInfo"]
    assert info["ErrorCode"] == 10015
    for command in ("destroy_group", "get_group_member_info", "get_online_member_num"):
        assert await code(city, command, GroupId=FOOD) == 10015, command
    joined = await ok(city, "get_joined_group_list", Member_Account="bob", SupportTopic=1)
    (only,) = joined["GroupIdList"]
    assert (only["GroupId"], only["SelfInfo"]) == (CITY, {"GrossTopicReadSeq": 0})


async def test_messages_and_mutes_of_each(city: Rest) -> None:
    for number in range(3):
        sent = await ok(
            city, "send_group_msg", GroupId=CITY, TopicId=FOOD, From_Account="ann", Random=number, MsgBody=TEXT
        )
        assert sent["MsgSeq"] == number + 1
    assert (await ok(city, "send_group_msg", GroupId=CITY, TopicId=ART, Random=7, MsgBody=TEXT))["MsgSeq"] == 1
    assert await code(city, "send_group_msg", GroupId=CITY, Random=8, MsgBody=TEXT) == 10004, "no topic is named"
    history = await ok(city, "group_msg_get_simple", GroupId=CITY, TopicId=FOOD, ReqMsgNumber=10)
    assert [m["MsgSeq"] for m in history["RspMsgList"]] == [3, 2, 1]
    assert await seen(city, "bob") == {FOOD: (4, 0), ART: (2, 0)}
    groups, app = city.server.services.groups, city.app.sdkappid
    await groups.changes.mark_read(app, "bob", FOOD, 2)
    assert await seen(city, "bob") == {FOOD: (4, 2), ART: (2, 0)}, "reading one moves no other"
    assert await seen(city, "ann") == {FOOD: (4, 3), ART: (2, 0)}
    joined = await ok(city, "get_joined_group_list", Member_Account="bob", SupportTopic=1)
    sums = {"GrossTopicNextMsgSeq": 6, "SelfInfo": {"GrossTopicReadSeq": 2}}
    assert joined["GroupIdList"] == [{"GroupId": CITY, "Type": "Community", "SupportTopic": 1, **sums}]
    with pytest.raises(ApiError):
        await groups.changes.mark_read(app, "cid", FOOD, 2)
    await ok(city, "forbid_send_msg", GroupId=CITY, TopicId=FOOD, Members_Account=["bob"], MuteTime=600)
    said = {"GroupId": CITY, "From_Account": "bob", "MsgBody": TEXT}
    assert await code(city, "send_group_msg", **said, TopicId=FOOD, Random=20) == 10017
    assert await code(city, "send_group_msg", **said, TopicId=ART, Random=21) == 0
    muted = await ok(city, "get_group_muted_account", GroupId=CITY, TopicId=FOOD)
    assert [one["Member_Account"] for one in muted["MutedAccountList"]] == ["bob"]
    assert (await ok(city, "get_group_muted_account", GroupId=CITY))["MutedAccountList"] == []
    await ok(city, "forbid_send_msg", GroupId=CITY, Members_Account=["bob"], MuteTime=600)
    assert await code(city, "send_group_msg", **said, TopicId=ART, Random=22) == 10017, "muted in all of it"
    flag = {"GroupId": CITY, "TopicId": ART, "Member_Account": "bob"}
    await ok(city, "modify_group_member_info", **flag, MsgFlag="NotReceiveMsgExceptAt")
    assert await code(city, "modify_group_member_info", **flag, NameCard="x") == 10004
    found = (await ok(city, "get_topic", GroupId=CITY, From_Account="bob", TopicIdList=[ART]))["TopicAndSelfInfo"]
    assert found[0]["SelfInfo"]["MsgFlag"] == "NotReceiveMsgExceptAt"
    recalled = await ok(city, "group_msg_recall", GroupId=CITY, TopicId=FOOD, MsgSeqList=[{"MsgSeq": 3}])
    assert recalled["RecallRetList"] == [{"MsgSeq": 3, "RetCode": 0}]


async def test_topics_count_for_themselves(city: Rest) -> None:
    """What is read, muted or changed in one topic is so in it alone, and the community's sums follow from them."""
    for topic, number in ((FOOD, 3), (ART, 2)):
        for n in range(number):
            said = {"TopicId": topic, "From_Account": "ann", "Random": 100 + n, "MsgBody": TEXT}
            await ok(city, "send_group_msg", GroupId=CITY, **said)

    async def sums() -> tuple[int, int]:
        joined = await ok(city, "get_joined_group_list", Member_Account="bob", SupportTopic=1)
        (one,) = joined["GroupIdList"]
        return one["GrossTopicNextMsgSeq"], one["SelfInfo"]["GrossTopicReadSeq"]

    assert (await sums(), await seen(city, "bob")) == ((7, 0), {FOOD: (4, 0), ART: (3, 0)})
    flag = {"GroupId": CITY, "TopicId": ART, "Member_Account": "bob"}
    await ok(city, "modify_group_member_info", **flag, MsgFlag="Discard")
    await city.server.services.groups.changes.mark_read(city.app.sdkappid, "bob", ART, 99)
    await ok(city, "modify_topic", GroupId=CITY, TopicId=ART, Notification="A tip that nobody counts")
    assert (await sums(), await seen(city, "bob")) == ((7, 2), {FOOD: (4, 0), ART: (3, 2)}), "a muted one is summed too"
    await ok(city, "destroy_topic", GroupId=CITY, TopicIdList=[ART])
    assert (await sums(), await seen(city, "bob")) == ((4, 0), {FOOD: (4, 0)}), "nothing of it is left in the sums"
    await ok(city, "create_topic", GroupId=CITY, TopicId=ART, TopicName="Art")
    assert (await sums(), await seen(city, "bob")) == ((5, 0), {FOOD: (4, 0), ART: (1, 0)})


async def test_leaving_and_the_end(city: Rest) -> None:
    await ok(city, "send_group_msg", GroupId=CITY, TopicId=FOOD, From_Account="bob", Random=1, MsgBody=TEXT)
    db, app = city.server.services.db, city.app.sdkappid

    async def rows(table: str) -> int:
        return int((await db.fetch(f"SELECT count(*) FROM {table} WHERE app = $1", app))[0][0])

    before = await rows("group_member")
    await ok(city, "delete_group_member", GroupId=CITY, MemberToDel_Account=["bob"])
    assert await rows("group_member") == before - 2, "the row of the community and that of the topic"
    assert await code(city, "get_topic", GroupId=CITY, From_Account="bob") == 10007
    await ok(city, "add_group_member", GroupId=CITY, MemberList=[{"Member_Account": "bob"}])
    await ok(city, "send_group_msg", GroupId=CITY, TopicId=FOOD, From_Account="bob", Random=2, MsgBody=TEXT)
    assert await city.code("im_open_login_svc/account_delete", {"DeleteItem": [{"UserID": "bob"}]}) == 0
    left = await db.fetch("SELECT user_id FROM group_member WHERE app = $1", app)
    assert {row[0] for row in left} == {"ann"}
    await ok(city, "destroy_group", GroupId=CITY)
    for table in ("chat_group", "group_member", "group_message"):
        assert await rows(table) == 0, table


async def test_what_is_added_to_messages(city: Rest) -> None:
    """Pins, key-value pairs and reactions belong to a topic, and go with it; receipts communities have none."""
    services, app = city.server.services, city.app.sdkappid
    settings = msgspec.structs.replace(city.app.settings, message_extension=True)
    await city.configure(settings=settings)
    for topic in (FOOD, ART):
        said = {"GroupId": CITY, "TopicId": topic, "From_Account": "ann", "MsgBody": TEXT, "Random": 1}
        assert (await ok(city, "send_group_msg", **said, SupportMessageExtension=1))["MsgSeq"] == 1
    food, art = {"GroupId": CITY, "TopicId": FOOD}, {"GroupId": CITY, "TopicId": ART}
    await ok(city, "pin_message", **food, MsgSeq=1, Pinner_Account="ann")
    assert await code(city, "pin_message", **food, MsgSeq=1) == 10071
    assert await code(city, "pin_message", GroupId=CITY, MsgSeq=1) == 10030, "no topic is named"
    listed = [await ok(city, "get_pinned_messages", **place) for place in (food, art)]
    assert [one["PinnedMsgList"] for one in listed] == [[{"MsgSeq": 1, "Pinner_Account": "ann"}], []]
    bob = Operator("bob", admin=False)
    with pytest.raises(ApiError) as refused:
        await services.groups.pins.pin(city.app, bob, ART, 1, "bob")
    assert refused.value.code == 10007, "a plain member pins nothing"
    assert [pin.seq for pin in await services.groups.pins.listed(city.app, FOOD, "bob")] == [1]
    put = {**food, "MsgSeq": 1, "OperateType": 1, "ExtensionList": [{"Key": "k", "Value": "v", "Seq": 0}]}
    assert (await city("openim_msg_ext_http_svc/group_set_key_values", put))["ErrorCode"] == 0
    for place, pairs in ((food, 1), (art, 0)):
        got = await city("openim_msg_ext_http_svc/group_get_key_values", {**place, "MsgSeq": 1})
        assert len(got["ExtensionList"]) == pairs
    subject = await services.group_extensions.find(city.app, FOOD, 1, viewer="bob")
    await services.reactions.add(subject, "bob", "smile")
    with pytest.raises(ApiError):
        await services.group_extensions.find(city.app, FOOD, 1, viewer="cid")
    receipt = {"GroupId": FOOD, "From_Account": "bob", "MsgSeqList": [{"MsgSeq": 1}]}
    assert await code(city, "group_msg_receipt", **receipt) == 10007
    assert await code(city, "get_group_msg_receipt", GroupId=FOOD, MsgSeqList=[{"MsgSeq": 1}]) == 10007

    async def rows(table: str) -> int:
        return int((await services.db.fetch(f"SELECT count(*) FROM {table} WHERE app = $1", app))[0][0])

    tables = ("message_extension", "message_extension_key", "message_reaction", "group_pin")
    assert [await rows(table) for table in tables] == [1, 1, 1, 1]
    await ok(city, "unpin_message", **food, MsgSeq=1)
    await ok(city, "destroy_topic", GroupId=CITY, TopicIdList=[FOOD])
    assert [await rows(table) for table in tables] == [0, 0, 0, 0]
    subject = await services.group_extensions.find(city.app, ART, 1, viewer="bob")
    await services.reactions.add(subject, "bob", "smile")
    await ok(city, "destroy_group", GroupId=CITY)
    assert [await rows(table) for table in tables] == [0, 0, 0, 0], "a group that takes the ID begins anew"
