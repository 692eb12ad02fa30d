"""How messages of groups look to devices: elements of a push's EventArray, and items of a history
(client-protocol-groups.md 4.1, 4.4, 5).
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from sodam.groups.message import SYSTEM, TIP, GroupMessage
from sodam.groups.model import Group, home_of, is_topic
from sodam.messages.model import EMPTY_TEXT, EXTENSIBLE, NEED_RECEIPT, NO_LAST, NO_UNREAD, RECALLED
from sodam.notices import Kind, Notice, Place

_encode = msgspec.json.Encoder().encode
_decode_item = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_HOLE: Final = 1
_RECALLED: Final = 2
"""IsPlaceMsg of a recalled message; 1 is one that is not to be had."""
_PASSING_TIP: Final = 6
"""Event of a tip that is stored nowhere: it counts for nothing."""
_BROADCAST_SEQ: Final = 1 << 30
"""Above the sequences of any room: the web SDK takes two messages of one number for one."""
_WITH_TOPICS: Final = 2
"""MillionGroupFlag of what stands in a topic."""
DISSOLVED: Final = 5
TOPIC_CREATED: Final = 17
TOPICS_DELETED: Final = 18
_CUSTOM: Final = 255
"""Numbers of ReportType."""


def place_of(group_id: str) -> dict[str, Any]:
    """How GroupInfo names a group, or a topic in its community: with only a part of it the web SDK takes the topic for
    the community itself."""
    if is_topic(group_id):
        return {"GroupId": home_of(group_id), "TopicId": group_id, "MillionGroupFlag": _WITH_TOPICS}
    return {"GroupId": group_id}


def _named(group_id: str) -> dict[str, Any]:
    """The same where there is no GroupInfo."""
    if is_topic(group_id):
        return {"GroupId": home_of(group_id), "TopicId": group_id}
    return {"GroupId": group_id}


def _info(message: GroupMessage, name: str, type_name: str) -> dict[str, Any]:
    return {
        **place_of(message.group_id),
        "GroupName": name,
        "GroupType": type_name,
        "From_AccountNick": message.nick,
        "From_AccountHeadurl": message.image,
        "From_AccountLevel": 0,
        "MsgFrom_AccountExtraInfo": {"NameCard": message.card},
    }


def _basics(message: GroupMessage, name: str, type_name: str) -> dict[str, Any]:
    return {
        "From_Account": message.sender,
        "ToGroupId": home_of(message.group_id),
        "MsgSeq": message.seq,
        "MsgRandom": message.random,
        "MsgTimeStamp": message.msg_time,
        "MsgClientTime": message.client_time or message.msg_time,
        "MsgPriority": message.priority,
        "GroupInfo": _info(message, name, type_name),
    }


def wire(message: GroupMessage, group: Group, viewer: str = "") -> dict[str, Any]:
    """A message object as 4.1 has it. ``viewer``: whose history it is part of; recalls and edits show only there."""
    item = _basics(message, group.profile.name, group.type)
    if message.kind == TIP:
        return {**item, "Event": 4, "MsgBody": msgspec.Raw(message.body)}
    body, cloud = message.content_for(viewer) if viewer else (message.shown, message.cloud)
    item |= {
        "ClientSeq": message.seq,
        "TinyId": str(message.tiny_id),
        "MsgBody": msgspec.Raw(body),
        "CloudCustomData": msgspec.Raw(cloud),
        "NeedReadReceipt": int(bool(message.flags & NEED_RECEIPT)),
        "SupportMessageExtension": int(bool(message.flags & EXTENSIBLE)),
    }
    if control := {name: 1 for name, flag in (("NoUnread", NO_UNREAD), ("NoLastMsg", NO_LAST)) if message.flags & flag}:
        item["SendMsgControl"] = control
    if mentions := mentions_of(message):
        item["GroupAtInfo"] = mentions
    if not message.seq:
        item["OnlineOnlyFlag"] = 1
    if viewer and message.version:
        item["MsgVersion"] = message.version
    if viewer and message.flags & RECALLED:
        item["IsPlaceMsg"] = _RECALLED
        item["RevokerInfo"] = {"Revoker_Account": message.extra.revoker, "Reason": message.extra.reason}
    return item


def item_of(message: GroupMessage) -> dict[str, Any]:
    """A message as REST reads it (rest-messages.md 4.5)."""
    item: dict[str, Any] = {
        "From_Account": message.sender,
        "IsPlaceMsg": _RECALLED if message.flags & RECALLED else 0,
        "MsgBody": msgspec.Raw(message.body),
        "MsgPriority": message.priority,
        "MsgRandom": message.random,
        "MsgSeq": message.seq,
        "MsgTimeStamp": message.msg_time,
    }
    if message.kind == TIP:
        item["IsSystemMsg"] = 1
    if message.cloud != EMPTY_TEXT:
        item["CloudCustomData"] = msgspec.Raw(message.cloud)
    if is_topic(message.group_id):
        item["TopicId"] = message.group_id
    return item


def hole(seq: int) -> dict[str, Any]:
    """Where a message stood that was erased, as REST reads it."""
    empty = {"From_Account": "", "IsPlaceMsg": _HOLE, "MsgBody": [], "MsgPriority": 2, "MsgRandom": 0}
    return empty | {"MsgSeq": seq, "MsgTimeStamp": 0}


def mentions_of(message: GroupMessage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"GroupAtAllFlag": 1}] if message.extra.at_all else []
    return found + [{"GroupAtAllFlag": 0, "GroupAt_Account": user_id} for user_id in message.extra.at]


def arrived(message: GroupMessage, group: Group) -> Notice:
    """A message or tip that was appended, or (sequence 0) is for those who are online."""
    event, name = (3, "GroupMsgArray")
    if message.kind == TIP:
        event, name = (4 if message.seq else _PASSING_TIP, "GroupTips")
    item = wire(message, group)
    item.pop("Event", None)
    kind = Kind.GROUP if message.seq else Kind.OTHER
    return Notice(_encode({"Event": event, name: [item]}), kind, _place(message))


def skipped(message: GroupMessage) -> Notice:
    """A sequence that is not for everyone: those who follow the group's sequence must not wait for it."""
    return Notice(b"null", Kind.GROUP_SKIP, _place(message))


def _place(message: GroupMessage) -> Place:
    return Place(
        message.sender, message.group_id, message.seq, message.random, message.msg_time, message.seq, message.counts
    )


def _tip(group_id: str, sender: str, body: dict[str, Any], **more: Any) -> Notice:
    content = {
        "ToGroupId": home_of(group_id),
        "From_Account": sender,
        "GroupInfo": place_of(group_id),
        "MsgBody": body,
    }
    return Notice(_encode({"Event": 5, "GroupTips": [{**content, **more}]}))


def recalled(messages: list[GroupMessage], revoker: str, reason: str) -> Notice:
    """Recalls are sent once: each lowers the web SDK's unread number."""
    by = {"Revoker_Account": revoker, "Reason": reason}
    items = [
        {
            **_named(m.group_id),
            "MsgSeq": m.seq,
            "MsgRandom": m.random,
            "MsgTime": m.msg_time,
            "From_Account": m.sender,
            "TinyId": str(m.tiny_id),
            "MsgClientTime": m.client_time or m.msg_time,
            "RevokerInfo": by,
        }
        for m in messages
    ]
    return _tip(messages[0].group_id, revoker, {"GroupWithdrawInfoArray": items}, RevokerInfo=by)


def edited(message: GroupMessage) -> Notice:
    item = {
        **_named(message.group_id),
        "From_Account": message.sender,
        "MsgSeq": message.seq,
        "MsgRandom": message.random,
        "MsgTime": message.msg_time,
        "MsgTimeStamp": message.msg_time,  # by which lite-chat finds the message
        "MsgVersion": message.version,
        "MsgBody": msgspec.Raw(message.shown),
        "CloudCustomData": msgspec.Raw(message.cloud),
    }
    return Notice(_encode({"Event": 18, "GroupMsgModNotifys": [item]}))


def read(group_id: str, seq: int) -> Notice:
    """For the reader's other devices."""
    return _tip(group_id, SYSTEM, {"GroupReadInfoArray": [{**_named(group_id), "LastReadMsgSeq": seq}]})


def mentioned(message: GroupMessage, flags: list[int]) -> Notice:
    """For one who is mentioned; ``flags``: 1 the user, 2 everyone (client-protocol-groups.md 7)."""
    tips = {
        **_named(message.group_id),
        "From_Account": message.sender,
        "AtMsgSeq": message.seq,
        "AtFlagList": flags,
    }
    item = {"MsgRandom": message.random, "ClientSeq": message.seq, "GroupAtTips": tips}
    return Notice(_encode({"Event": 12, "GroupTips": [item]}))


def custom_notice(group: Group, content: str, at: int, random: int) -> Notice:
    """A system notice of the app's own (client-protocol-groups.md 6)."""
    return system_notice(group, {"ReportType": _CUSTOM, "UserDefinedField": content}, at, random)


def system_notice(group: Group, body: dict[str, Any], at: int, random: int, topic_id: str = "") -> Notice:
    """A system notice for all who follow a group: Event 5. It is kept nowhere. ``topic_id``: it is about that topic."""
    place = place_of(topic_id or group.group_id)
    item = {
        "From_Account": SYSTEM,
        "ToGroupId": home_of(group.group_id),
        "MsgSeq": random,
        "ClientSeq": random,
        "MsgRandom": random,
        "MsgTimeStamp": at,
        "MsgClientTime": at,
        "GroupInfo": {**place, "GroupName": group.profile.name, "GroupType": group.type},
        "MsgBody": body,
    }
    return Notice(_encode({"Event": 5, "GroupTips": [item]}))


def broadcast(message: GroupMessage) -> Notice:
    """A message for all live rooms, on its way to the nodes; ``in_room`` makes of it what devices get."""
    item = {
        **_basics(message, "", "AVChatRoom"),
        "MsgSeq": _BROADCAST_SEQ + message.seq,
        "TinyId": str(message.tiny_id),
        "MsgBody": msgspec.Raw(message.body),
        "CloudCustomData": msgspec.Raw(message.cloud),
    }
    return Notice(_encode(item))


def in_room(notice: Notice, group_id: str) -> Notice:
    """A message to all rooms as those in one of them get it (Event 17). The web SDK knows it by a room it is in."""
    item = _decode_item(notice.body)
    info = {**msgspec.json.decode(item["GroupInfo"]), "GroupId": group_id}
    return Notice(_encode({"Event": 17, "GroupMsgArray": [{**item, "ToGroupId": group_id, "GroupInfo": info}]}))


def polled(message: GroupMessage, group: Group) -> bytes:
    """A message as an item of lists that rooms give: to newcomers, and to guests, who ask for them."""
    return _encode({"Event": 3, "GroupId": message.group_id, **wire(message, group)})


def receipts(counts: list[tuple[GroupMessage, int, int]]) -> Notice:
    """For the author of these messages: how many have read each, and how many have not."""
    items = [
        {
            "MsgSeq": m.seq,
            "MsgRandom": m.random,
            "TinyId": str(m.tiny_id),
            "MsgClientTime": m.client_time or m.msg_time,
            "ReadNum": read_,
            "UnreadNum": unread,
        }
        for m, read_, unread in counts
    ]
    return _tip(counts[0][0].group_id, SYSTEM, {"GroupMsgReceiptList": items})


def _pin(group: Group, body: dict[str, Any]) -> Notice:
    item = {
        "From_Account": SYSTEM,
        "ToGroupId": group.group_id,
        "GroupInfo": {**place_of(group.group_id), "GroupName": group.profile.name, "GroupType": group.type},
        "MsgBody": body,
    }
    return Notice(_encode({"Event": 6, "GroupTips": [item]}))


def pinned(message: GroupMessage, group: Group, by: dict[str, Any]) -> Notice:
    """A message was pinned by ``by``, as tips show people. It takes no sequence (client-protocol-groups.md 9)."""
    shown = {"PinnedMsg": {**wire(message, group), "ToGroupId": group.group_id}}
    operator = {"Operator_Account": by["UserId"], "MsgOperatorMemberExtraInfo": by}
    return _pin(group, {"OpType": 16, **operator, **shown})


def unpinned(message: GroupMessage, group: Group, by: dict[str, Any]) -> Notice:
    named = {
        "MsgSeq": message.seq,
        "MsgRandom": message.random,
        "MsgClientTime": message.client_time or message.msg_time,
        "ServerTime": message.msg_time,
        "SenderTinyId": str(message.tiny_id),
    }
    operator = {"Operator_Account": by["UserId"], "MsgOperatorMemberExtraInfo": by}
    return _pin(group, {"OpType": 17, **operator, "SdkGroupMessageId": named})
