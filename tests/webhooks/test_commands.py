"""Every command that the server causes: switched on and caused, one request in the shape of its sample."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode
from typing import Any

import pytest

from sodam.apps.webhooks import COMMANDS, SWITCHES
from sodam.webhooks.samples import SAMPLES
from sodam_client.errors import RequestError
from tests.gateway.raw_client import RawClient
from tests.support.receiver import Got, Receiver, answering
from tests.support.waiting import eventually
from tests.webhooks.conftest import Shop, text, through
from tests.webhooks.test_before import decides

NEWER = {
    "EventTime",
    "MsgId",
    "CloudCustomData",
    "KickedDevice",
    "UserDefinedDataList",
    "GroupAtInfo",
    "Role",
    "NameCard",
    "TopicId",
}
"""Fields that a body may have though the sample lacks them, or lack though the sample has them."""
ONE_OF = {"Name", "Introduction", "Notification", "FaceUrl"}
OFFICIAL = "OfficialAccount.Callback"


def shape(value: Any) -> Any:
    """Names and types; of a list those of its first element."""
    if isinstance(value, dict):
        return {name: shape(inner) for name, inner in value.items() if name not in NEWER}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def check(got: Got) -> dict[str, Any]:
    """A request as the specification wants it; its body."""
    command = got.command
    body, query = got.body, got.query
    if "Events" in body:
        assert all(next(iter(one)) == "CallbackCommand" for one in body["Events"])
        assert shape(body) == shape(SAMPLES[command]), command
        assert set(query) - {"RequestId", "of"} == {"SdkAppid", "CallbackCommand", "contenttype"}
        return body
    if command == "Group.CallbackOnMemberStateChange":
        assert shape(body) == shape(SAMPLES[command]), command
        assert set(query) - {"RequestId", "of"} == {"SdkAppid", "CallbackCommand", "contenttype"}
        return body
    assert query["SdkAppid"].isdigit()
    assert (query["CallbackCommand"], query["contenttype"]) == (command, "json")
    assert query["OptPlatform"] in ("RESTAPI", "Web")
    assert query["ClientIP"] == "127.0.0.1", query
    assert got.path == "/hook"
    assert query["of"] == "shop", "the app's own parameter stays"
    assert got.headers["content-type"] == "application/json"
    assert next(iter(body)) == "CallbackCommand"
    sample = dict(SAMPLES[command])
    if command == "Group.CallbackAfterGroupInfoChanged":
        body, sample = ({k: v for k, v in one.items() if k not in ONE_OF} for one in (body, sample))
    if body.get("MemberList") == []:
        body, sample = ({k: v for k, v in one.items() if k != "MemberList"} for one in (body, sample))
    if command == "Profile.CallbackPortraitSet":
        assert all(set(item) == {"Tag", "Value"} for item in body["ProfileItem"])
    assert shape(body) == shape(sample), command
    return got.body


async def by_rest(shop: Shop) -> None:
    await shop.users("ann", "bob", "cat", "@RBT#guide")
    await shop.say("ann", "@RBT#guide", "hi")
    sent = await shop.say("ann", "bob", "lunch?", CloudCustomData="{}")
    key = sent["MsgKey"]
    ids = {"From_Account": "ann", "To_Account": "bob", "MsgKey": key}
    await shop.rest("openim/modify_c2c_msg", {**ids, "MsgBody": text("dinner?")})
    asked = await shop.say("ann", "bob", "read?", IsNeedReadReceipt=1)
    receipt = {"From_Account": "ann", "To_Account": "bob", "MsgKey": asked["MsgKey"]}
    await shop.rest(
        "openim/c2c_msg_read_receipt",
        {"Operator_Account": "bob", "Peer_Account": "ann", "C2CMsgInfo": [receipt]},
    )
    extended = await shop.say("ann", "bob", "vote", SupportMessageExtension=1)
    pair = {"Key": "vote_a", "Value": "2", "Seq": 0}
    names = {"From_Account": "ann", "To_Account": "bob", "MsgKey": extended["MsgKey"]}
    await shop.rest("openim_msg_ext_http_svc/set_key_values", {**names, "OperateType": 1, "ExtensionList": [pair]})
    await shop.rest("openim/admin_msgwithdraw", ids)
    await shop.rest("openim/admin_set_msg_read", {"Report_Account": "bob", "Peer_Account": "ann"})
    await shop.rest(
        "profile/portrait_set",
        {"From_Account": "ann", "ProfileItem": [{"Tag": "Tag_Profile_IM_Nick", "Value": "Ann"}]},
    )
    friend = {"From_Account": "ann", "AddFriendItem": [{"To_Account": "bob", "AddSource": "AddSource_Type_Web"}]}
    await shop.rest("sns/friend_add", friend)
    await shop.rest("sns/friend_delete", {"From_Account": "ann", "To_Account": ["bob"]})
    await shop.rest("sns/black_list_add", {"From_Account": "ann", "To_Account": ["cat"]})
    await shop.rest("sns/black_list_delete", {"From_Account": "ann", "To_Account": ["cat"]})
    await shop.rest("follow/follow_add", {"From_Account": "ann", "FollowItem": [{"To_Account": "cat"}]})
    await shop.rest("follow/follow_delete", {"From_Account": "ann", "To_Account": ["cat"]})
    group = "group_open_http_svc/"
    made = await shop.rest(
        group + "create_group",
        {"Type": "Public", "Name": "Hikers", "Owner_Account": "ann", "MemberList": [{"Member_Account": "cat"}]},
    )
    of = {"GroupId": made["GroupId"]}
    await shop.rest(group + "add_group_member", {**of, "MemberList": [{"Member_Account": "bob"}]})
    await shop.rest(group + "modify_group_base_info", {**of, "Name": "Walkers"})
    await shop.rest(
        group + "modify_group_member_info", {**of, "Member_Account": "bob", "Role": "Admin", "NameCard": "B"}
    )
    await shop.rest(group + "set_group_attr", {**of, "GroupAttr": [{"key": "phase", "value": "2"}]})
    await of_messages(shop, of)
    await shop.rest(group + "change_group_owner", {**of, "NewOwner_Account": "bob"})
    await shop.rest(group + "delete_group_member", {**of, "MemberToDel_Account": ["cat"]})
    await shop.rest(group + "modify_group_base_info", {**of, "MaxMemberNum": 3})
    await shop.rest(group + "add_group_member", {**of, "MemberList": [{"Member_Account": "cat"}]})
    await shop.rest(group + "destroy_group", of)


async def of_messages(shop: Shop, of: dict[str, str]) -> None:
    """What becomes of messages in a group."""
    group = "group_open_http_svc/"

    def said(words: str, **more: Any) -> dict[str, Any]:
        shop.count += 1
        return {**of, "From_Account": "ann", "Random": shop.count, "MsgBody": text(words), **more}

    at = [{"GroupAt_Account": "bob"}, {"GroupAt_Account": "@RBT#guide"}]
    both = {"NeedReadReceipt": 1, "SupportMessageExtension": 1}
    seq = (await shop.rest(group + "send_group_msg", said("route?", GroupAtInfo=at, **both)))["MsgSeq"]
    await shop.rest("openim/modify_group_msg", {**of, "MsgSeq": seq, "MsgBody": text("north route?")})
    pair = {"Key": "vote_a", "Value": "2"}
    put = {**of, "MsgSeq": seq, "OperateType": 1, "ExtensionList": [pair]}
    await shop.rest("openim_msg_ext_http_svc/group_set_key_values", put)
    await shop.rest(group + "group_msg_receipt", {**of, "From_Account": "bob", "MsgSeqList": [{"MsgSeq": seq}]})
    await shop.rest(group + "group_msg_recall", {**of, "MsgSeqList": [{"MsgSeq": seq}]})
    await shop.rest(group + "forbid_send_msg", {**of, "Members_Account": ["bob"], "MuteTime": 60})
    refused = await shop.server.rest(group + "send_group_msg", said("x", From_Account="bob"))
    assert refused["ErrorCode"] == 10017


async def by_client(shop: Shop) -> None:
    """What only a client causes."""
    await shop.users("eve", "fay")
    await shop.rest(
        "profile/portrait_set",
        {
            "From_Account": "fay",
            "ProfileItem": [{"Tag": "Tag_Profile_IM_AllowType", "Value": "AllowType_Type_NeedConfirm"}],
        },
    )
    eve, fay = await shop.client("eve"), await shop.client("fay")
    item = {"To_Account": "fay", "AddSource": "AddSource_Type_Web", "AddWording": "hello", "GroupName": "work"}
    await eve.request("sns.friend_add", {"From_Account": "eve", "AddFriendItem": [item]})
    made = await shop.rest(
        "group_open_http_svc/create_group",
        {"Type": "ChatRoom", "Name": "Open", "Owner_Account": "eve", "MemberList": [{"Member_Account": "cat"}]},
    )
    await fay.request("group_open_http_svc.apply_join_group", {"GroupId": made["GroupId"]})
    reply = {"To_Account": "eve", "ResponseAction": "Response_Action_AgreeAndAdd", "Remark": "", "TagName": ""}
    await fay.request("sns.friend_response", {"From_Account": "fay", "ResponseFriendItem": [reply]})


async def pushes(shop: Shop, vendor: Receiver) -> None:
    """Of a message, of a task, and of one that was planned."""
    await shop.users("hal")
    await shop.console("CreatePlanOrder", Plan="Flagship", AcceptTerms=True)
    fields = {"PackageName": "p", "AppId": "1", "AppSecret": "secret", "Endpoint": vendor.url}
    one = await shop.console("PutPushCertificate", Vendor="xiaomi", Fields=fields)
    phone = await shop.client("hal")
    token = {"BusiID": str(one["CertificateId"]), "TokenID": "regid", "InstType": 2000}
    await phone.request("im_open_status.ws_stat_settoken", token)
    await phone.request("im_open_status.ws_stat_background", {"C2cUnread": 0, "GrpUnread": 0})
    sent = await shop.say("ann", "hal", "away?")
    (got,) = await shop.receiver.wait("Push.OfflinePush")
    (told,) = got.body["Events"]
    key = f"{told['MsgSeq']}_{told['MsgRandom']}_{told['MsgTime']}"
    assert (told["MsgKey"], key) == (sent["MsgKey"], sent["MsgKey"])
    assert (told["From_Account"], told["To_Account"], told["PushPlatform"]) == ("ann", "hal", 2)
    info = {"Title": "Sale", "Desc": "now"}
    content = {"From_Account": "ann", "MsgRandom": 7, "DataId": "spring", "OfflinePushInfo": info}
    planned = {"Type": "All", "SchedAt": "2020-01-01 00:00:00", "Content": content | {"MsgBody": text("sale")}}
    vendor.answer = answering({"result": "error", "code": 10029, "reason": "token bad"})
    task = (await shop.rest("timpush/add_sched_task", planned))["TaskId"]

    def of_hal() -> dict[int, Any]:
        """What came of the task by device and online, in one request or in two."""
        bodies = [got.body for got in shop.receiver.of("Push.AllMemberPush")]
        return {one["EventType"]: one for body in bodies for one in body["Events"] if one["To_Account"] == "hal"}

    async def kinds() -> set[int]:
        return set(of_hal())

    await eventually(kinds, {1, 2}, what="kinds of events")
    offline, online = of_hal()[1], of_hal()[2]
    assert (online["TaskId"], online["DataId"], online["PushStage"]) == (task, "spring", 2)
    assert (offline["TaskId"], offline["TaskTime"]) == (task, online["TaskTime"])
    assert (offline["PushPlatform"], offline["ErrCode"], offline["ErrInfo"]) == (2, 10029, "token bad")


async def communities_and_rooms(shop: Shop) -> None:
    """Topics, and who is in a live room."""
    version = (await shop.console("DescribeAbilityConfInfo"))["Version"]
    on = {"Community": True, "CommunityTopics": True, "RoomOnlineMembers": True}
    await shop.console("SetAbilityConfInfo", Version=version, **on)
    group, topics = "group_open_http_svc/", "million_group_open_http_svc/"
    city = {"GroupId": "@TGS#_city"}
    made = {**city, "Type": "Community", "Name": "City", "Owner_Account": "ann", "SupportTopic": 1}
    await shop.rest(group + "create_group", made)
    topic = {**city, "TopicId": "@TGS#_city@TOPIC#_food"}
    shop.receiver.before = decides(10155, "no more topics")
    refused = await shop.server.rest(topics + "create_topic", {**topic, "TopicName": "food"})
    assert (refused["ErrorCode"], refused["ErrorInfo"]) == (10155, "no more topics")
    shop.receiver.before = None
    await shop.rest(topics + "create_topic", {**topic, "TopicName": "food", "From_Account": "ann"})
    await shop.rest(topics + "modify_topic", {**topic, "TopicName": "meals"})
    await shop.rest(topics + "modify_topic", {**topic, "MuteAllMember": "On"})
    said = {**topic, "From_Account": "ann", "Random": 1, "MsgBody": text("soup?")}
    await shop.rest(group + "send_group_msg", said)
    await shop.rest(topics + "destroy_topic", {**city, "TopicIdList": [topic["TopicId"]]})
    got = await shop.receiver.wait("Group.CallbackAfterTopicDestroyed")
    assert got[0].body["TopicIdList"] == [topic["TopicId"]]
    (asked,) = [one.body for one in shop.receiver.of("Group.CallbackBeforeSendMsg") if "TopicId" in one.body]
    assert (asked["GroupId"], asked["TopicId"]) == (city["GroupId"], topic["TopicId"])
    (changed,) = [one.body for one in shop.receiver.of("Group.CallbackAfterTopicInfoChanged")]
    assert changed["Name"] == "meals"
    room = {"GroupId": "live"}
    await shop.rest(group + "create_group", {**room, "Type": "AVChatRoom", "Name": "Live"})
    shop.receiver.before = decides(1)
    guest = await shop.client("ivy")
    with pytest.raises(RequestError) as closed:
        await guest.request("group_open_http_svc.apply_join_group", room)
    assert closed.value.code == 10016
    shop.receiver.before = None
    for _ in range(2):  # the second changes nothing, and nobody is asked
        await guest.request("group_open_http_svc.apply_join_group", room)
    await guest.request("group_open_http_svc.quit_group", room)
    states = [one.body for one in await shop.receiver.wait("Group.CallbackOnMemberStateChange", 2)]
    assert [(one["EventType"], one["EventCause"]) for one in states] == [("Online", "Join"), ("Offline", "Quit")]
    assert states[0]["MemberList"] == [{"Member_Account": "ivy"}]
    of_room = [one for one in shop.receiver.of("Group.CallbackBeforeApplyJoinGroup") if one.body["GroupId"] == "live"]
    assert len(of_room) == 2


async def officials(shop: Shop) -> None:
    """Official accounts, and what an app decides about them."""
    service, news = "official_account_open_http_svc/", {"Official_Account": "@TOA#_news"}
    made = {"Owner_Account": "ann", "Name": "News", "OfficialAccountUserID": "@TOA#_news", "MaxSubscriberNum": 2}
    shop.receiver.before = decides(10150, "no more news")
    refused = await shop.server.rest(service + "create_official_account", made)
    assert (refused["ErrorCode"], refused["ErrorInfo"]) == (10150, "no more news")
    shop.receiver.before = None
    await shop.rest(service + "create_official_account", made)
    await shop.rest(service + "modify_official_account_base_info", {**news, "Introduction": "daily"})
    add = {**news, "SubscriberList": [{"Subscriber_Account": "bob"}, {"Subscriber_Account": "cat"}]}
    shop.receiver.before = decides(1)
    assert (await shop.server.rest(service + "add_subscriber", add))["ErrorCode"] == 10016
    shop.receiver.before = answering({"ErrorCode": 0, "RefusedSubscribers_Account": ["cat"]})
    answer = await shop.rest(service + "add_subscriber", add)
    assert [one["Result"] for one in answer["SubscriberList"]] == [1, 0]
    shop.receiver.before = None
    answer = await shop.rest(service + "add_subscriber", add)
    assert [one["Result"] for one in answer["SubscriberList"]] == [2, 1]
    asked = [got.body["SubscribeAccountList"] for got in shop.receiver.of(OFFICIAL + "BeforeAddSubscriber")]
    assert asked[-1] == [{"Subscriber_Account": "cat"}], "nobody is asked about who has subscribed"
    said = {**news, "Random": 1, "MsgBody": text("issue 12")}
    for code, outcome in ((1, 10016), (10150, 10150), (2, 0)):
        shop.receiver.before = decides(code)
        assert (await shop.server.rest(service + "send_official_account_msg", said))["ErrorCode"] == outcome
    shop.receiver.before = answering({"ErrorCode": 0, "MsgBody": text("issue 13")})
    sent = await shop.rest(service + "send_official_account_msg", said)
    shop.receiver.before = None
    (told,) = [got.body for got in await shop.receiver.wait(OFFICIAL + "AfterSendMsg")]
    assert (told["MsgKey"], told["MsgBody"]) == (sent["MsgKey"], text("issue 13"))
    quiet = ["ForbidBeforeSendMsgCallback", "ForbidAfterSendMsgCallback"]
    await shop.rest(service + "send_official_account_msg", {**said, "Random": 2, "ForbidCallbackControl": quiet})
    await shop.rest(service + "official_account_msg_recall", {**news, "MsgKeyList": [sent["MsgKey"]]})
    await shop.rest(service + "delete_subscriber", {**news, "SubscriberToDel_Account": ["bob"]})
    await shop.rest(service + "destroy_official_account", news)
    await shop.receiver.wait(OFFICIAL + "AfterOfficialAccountDestroyed")
    assert len(shop.receiver.of(OFFICIAL + "AfterSendMsg")) == 1


async def signals(shop: Shop) -> None:
    """To a robot, by a client, whether the message is stored or not; over REST there is nobody who signals."""
    robot, command = "@RBT#guide", "Chatbot.OnC2CSignalMessage"
    await shop.say("ann", robot, "", MsgBody=through("over REST"))
    await shop.receiver.wait("Bot.OnC2CMessage", 2)  # two conversations have no order between them
    ivy = await shop.client("ivy")
    sent = [await ivy.send(robot, through(f"{n}"), online_only=bool(n)) for n in range(2)]
    found = [check(got) for got in await shop.receiver.wait(command, 2)]
    assert [(body["From_Account"], body["Data"], body["MsgKey"]) for body in found] == [
        ("ivy", f"{n}", one.key) for n, one in enumerate(sent)
    ]
    written = [got.body["From_Account"] for got in await shop.receiver.wait("Bot.OnC2CMessage", 4)]
    assert written == ["ann", "ann", "ivy", "ivy"]


async def test_every_command_has_its_shape_once(shop: Shop, receiver: Receiver) -> None:
    version = (await shop.console("DescribeAbilityConfInfo"))["Version"]
    await shop.console("SetAbilityConfInfo", Version=version, MessageExtension=True, PublicReceipts=True)
    await shop.configure()
    await by_rest(shop)
    await by_client(shop)
    async with Receiver() as vendor:
        vendor.answer = answering({"result": "ok", "code": 0, "data": {"id": "x"}})
        await pushes(shop, vendor)
    await communities_and_rooms(shop)
    await officials(shop)
    await shop.console("AddDirtyWords", Words=[{"Word": "unspeakable"}])
    assert (await shop.say("ann", "bob", "unspeakable"))["ErrorCode"] == 80001
    for command in COMMANDS:
        if command in ("Group.CallbackOnDailyGroupQuotaAlarm", "Alert.RequestOverLimit", "Chatbot.OnC2CSignalMessage"):
            continue  # it takes thousands: tests/contract/test_group_days.py, test_webhooks_alert.py; the last is below
        found = await receiver.wait(command)
        for got in found:
            check(got)
    once = [
        *("C2C.CallbackAfterMsgWithDraw", "C2C.CallbackAfterModifyMsg", "C2C.CallbackAfterMsgReadReceipt"),
        *("Sns.CallbackFriendDelete", "Sns.CallbackBlackListAdd", "Follow.CallbackAfterFollowAdd"),
        *("Group.CallbackAfterGroupDestroyed", "Group.CallbackAfterGroupFull"),
        *("Group.CallbackAfterRecallMsg", "Group.CallbackAfterModifyMsg", "Group.CallbackAfterReadReceipt"),
        *("Group.CallbackSendMsgException", "Group.CallbackAfterCreateTopic", "Group.CallbackAfterTopicDestroyed"),
        *("Bot.OnGroupMessage", "Bot.OnC2CMessage"),
    ]
    assert {command: len(receiver.of(command)) for command in once} == dict.fromkeys(once, 1)
    await signals(shop)


async def test_the_numbers_of_a_message_are_those_of_its_answer(shop: Shop, receiver: Receiver) -> None:
    """Body, key, unread number, who and when; in order; by REST and by a client."""
    await shop.configure(["C2C.CallbackBeforeSendMsg", "C2C.CallbackAfterSendMsg"])
    await shop.users("ann", "bob")
    first = await shop.say("ann", "bob", "one", CloudCustomData="mine")
    client = await shop.client("bob")
    second = await client.send_text("ann", "two")
    await shop.say("ann", "bob", "three", OnlineOnlyFlag=1)
    found = [got.body for got in await receiver.wait("C2C.CallbackAfterSendMsg", 3)]
    assert [body["MsgBody"] for body in found] == [text("one"), text("two"), text("three")]
    assert (found[0]["MsgKey"], found[0]["MsgTime"]) == (first["MsgKey"], first["MsgTime"])
    assert (found[0]["MsgSeq"], found[0]["MsgRandom"], found[0]["UnreadMsgNum"]) == (1, 1001, 1)
    assert (found[0]["CloudCustomData"], found[0]["OnlineOnlyFlag"]) == ("mine", 0)
    assert found[1]["MsgKey"] == second.key
    assert "CloudCustomData" not in found[1]
    assert found[2]["OnlineOnlyFlag"] == 1
    platforms = [got.query["OptPlatform"] for got in receiver.of("C2C.CallbackAfterSendMsg")]
    assert platforms == ["RESTAPI", "Web", "RESTAPI"]
    assert len(receiver.of("C2C.CallbackBeforeSendMsg")) == 3


async def test_nothing_is_sent_for_what_is_off_or_forbidden(shop: Shop, receiver: Receiver) -> None:
    await shop.configure([])
    await shop.console("SetAbilityConfInfo", Version=2, MessageExtension=True, PublicReceipts=True)
    await by_rest(shop)
    await shop.configure(["C2C.CallbackBeforeSendMsg", "C2C.CallbackAfterSendMsg", "Sns.CallbackBlackListAdd"])
    both = ["ForbidBeforeSendMsgCallback", "ForbidAfterSendMsgCallback"]
    await shop.say("ann", "bob", "quiet", ForbidCallbackControl=both)
    batch = shop.message("ann", "", "to all") | {"To_Account": ["bob", "cat"]}
    await shop.rest("openim/batchsendmsg", batch)
    await shop.say("ann", "bob", "half", ForbidCallbackControl=both[0])
    await shop.rest("sns/black_list_add", {"From_Account": "ann", "To_Account": ["cat"]})
    await receiver.wait("Sns.CallbackBlackListAdd")
    await receiver.wait("C2C.CallbackAfterSendMsg")
    assert [got.body.get("MsgBody") for got in receiver.got if got.command.startswith("C2C")] == [text("half")]


async def test_requests_are_signed_afresh(shop: Shop, receiver: Receiver) -> None:
    """Sign as the original makes it, and the signature of Standard Webhooks; the ID stays over tries."""
    await shop.configure(["Sns.CallbackBlackListAdd"], Token="wh-secret-743")
    await shop.users("ann", "bob")
    tries = []

    async def twice(got: Got) -> tuple[int, bytes]:
        tries.append(got)
        return (500 if len(tries) == 1 else 204), b""

    receiver.answer = twice
    await shop.rest("sns/black_list_add", {"From_Account": "ann", "To_Account": ["bob"]})
    first, second = await receiver.wait("Sns.CallbackBlackListAdd", 2)
    assert first.raw == second.raw
    assert first.id == second.id
    for got in (first, second):
        token, when = "wh-secret-743", got.query["RequestTime"]
        assert got.query["Sign"] == hashlib.sha256(f"{token}{when}".encode()).hexdigest()
        signed = f"{got.id}.{got.headers['webhook-timestamp']}.".encode() + got.raw
        version, _, signature = got.headers["webhook-signature"].partition(",")
        assert version == "v1"
        assert hmac.compare_digest(b64decode(signature), hmac.new(token.encode(), signed, hashlib.sha256).digest())
    assert int(second.query["RequestTime"]) > int(first.query["RequestTime"])


async def test_a_users_states(shop: Shop, receiver: Receiver) -> None:
    """Sign-in, a second sign-in that ends the first, a lost socket, a sign-out."""
    await shop.configure(["State.StateChange"])
    first = await shop.client("gil")
    await receiver.wait("State.StateChange", 1)
    second = await shop.client("gil")
    await receiver.wait("State.StateChange", 2)
    await second.close()
    await receiver.wait("State.StateChange", 3)
    await first.close()
    infos = [got.body["Info"] for got in receiver.of("State.StateChange")]
    assert [(info["Action"], info["Reason"]) for info in infos[:2]] == [("Login", "Register")] * 2
    assert infos[2]["Action"] in ("Logout", "Disconnect")
    assert receiver.of("State.StateChange")[1].body["KickedDevice"] == [{"Platform": "Web"}]
    assert len(infos) == 3, "nothing is said of the device that was ended"


async def test_a_device_that_comes_back_while_its_old_socket_hangs(shop: Shop, receiver: Receiver) -> None:
    """It never went: the app hears of its sign-in, and of its end."""
    await shop.configure(["State.StateChange"])
    async with RawClient(shop.server, "hal") as old, RawClient(shop.server, "hal") as again:
        await old.sign_in()
        await receiver.wait("State.StateChange", 1)
        again.head = dict(old.head)
        await again.sign_in()
        await old.wait(lambda: old.closed)
        await again.close()
        got = await receiver.wait("State.StateChange", 2)
    infos = [one.body["Info"] for one in got]
    assert [info["Action"] for info in infos] == ["Login", "Disconnect"]


def test_every_command_has_a_sample() -> None:
    assert list(SAMPLES) == list(COMMANDS)
    assert {command.switch for command in COMMANDS.values()} == SWITCHES
