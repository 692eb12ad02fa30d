"""The bodies of callbacks about groups, made of the domain's events (webhooks.md 6). Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from sodam.extensions.events import MessageExtended
from sodam.groups import events as groups
from sodam.groups.message import GroupMessage
from sodam.groups.model import home_of, is_topic
from sodam.groups.pushes import mentions_of
from sodam.messages.model import EMPTY_TEXT

Body = dict[str, Any]
ROBOT: Final = "@RBT#"
_GROUP_INFO: Final = {
    "name": "Name",
    "introduction": "Introduction",
    "notification": "Notification",
    "face_url": "FaceUrl",
}


def members_of(user_ids: Iterable[str]) -> list[dict[str, str]]:
    return [{"Member_Account": user_id} for user_id in user_ids]


def _pairs(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": name, "Value": value} for name, value in values.items()]


def created(event: groups.GroupCreated, at: int) -> Body:
    return {
        "GroupId": event.group_id,
        "Operator_Account": event.operator,
        "Owner_Account": event.owner,
        "Type": event.group_type,
        "Name": event.name,
        "MemberList": members_of(event.user_ids),
        **({"UserDefinedDataList": _pairs(event.custom)} if event.custom else {}),
        "EventTime": at,
    }


def topic_created(event: groups.TopicCreated, at: int) -> Body:
    return {
        "GroupId": event.group_id,
        "TopicId": event.topic_id,
        "Operator_Account": event.operator,
        "Owner_Account": event.operator,
        "Type": event.group_type,
        "Name": event.name,
        "EventTime": at,
    }


def topics_destroyed(event: groups.TopicsDestroyed, at: int) -> Body:
    return {"GroupId": event.group_id, "Type": event.group_type, "TopicIdList": event.topic_ids, "EventTime": at}


def topic_changed(event: groups.TopicInfoChanged, at: int) -> Body | None:
    """None: nothing changed that the callback speaks of."""
    changed = {wire: event.fields[name] for name, wire in _GROUP_INFO.items() if name in event.fields}
    if not changed:
        return None
    return {
        "GroupId": event.group_id,
        "TopicId": event.topic_id,
        "Type": event.group_type,
        "Operator_Account": event.operator,
        **changed,
        "EventTime": at,
    }


def quota(event: groups.QuotaNearlyUsed, at: int) -> Body:
    return {"QuotaUsed": event.used, "Quota": event.quota, "EventTime": at}


def visitors(event: groups.VisitorsChanged, at: int) -> Body:
    return {
        "GroupId": event.group_id,
        "Type": event.group_type,
        "EventType": "Online" if event.here else "Offline",
        "EventCause": event.cause,
        "MemberList": members_of(event.user_ids),
        "EventTime": event.at,
    }


def changed(event: groups.GroupInfoChanged, at: int) -> Body | None:
    """None: nothing changed that the callback speaks of."""
    changed = {wire: event.fields[name] for name, wire in _GROUP_INFO.items() if name in event.fields}
    if not changed:
        return None
    return {
        "GroupId": event.group_id,
        "Type": event.group_type,
        "Operator_Account": event.operator,
        **changed,
        "EventTime": at,
    }


def destroyed(event: groups.GroupDestroyed, at: int) -> Body:
    body: Body = {
        "GroupId": event.group_id,
        "Type": event.group_type,
        "Owner_Account": event.owner,
        "Name": event.name,
    }
    if event.group_type != "Community":
        body["MemberList"] = members_of(event.user_ids)
    return body | {"EventTime": at}


def joined(event: groups.MembersJoined, at: int) -> Body:
    return {
        "GroupId": event.group_id,
        "Type": event.group_type,
        "JoinType": "Invited" if event.invited else "Apply",
        "Operator_Account": event.operator,
        "NewMemberList": members_of(event.user_ids),
        "EventTime": at,
    }


def left(event: groups.MembersLeft, at: int) -> Body:
    """Whose account is deleted quits: then nobody is the operator."""
    kicked = event.kicked and bool(event.operator)
    return {
        "GroupId": event.group_id,
        "Type": event.group_type,
        "ExitType": "Kicked" if kicked else "Quit",
        "Operator_Account": event.operator or event.user_ids[0],
        "ExitMemberList": members_of(event.user_ids),
        "EventTime": at,
    }


def owner_changed(event: groups.OwnerChanged, at: int) -> Body:
    return {
        "GroupId": event.group_id,
        "Type": event.group_type,
        "Operator_Account": event.operator,
        "OldOwner_Account": event.old,
        "NewOwner_Account": event.new,
        "EventTime": at,
    }


def field_changed(event: groups.RoleChanged | groups.NameCardChanged, at: int) -> Body:
    """The changed member stands under both names that receivers know."""
    if isinstance(event, groups.RoleChanged):
        field = {"Role": "Admin" if event.admin else "Member"}
    else:
        field = {"NameCard": event.name_card}
    return {
        "GroupId": event.group_id,
        "Type": event.group_type,
        "Operator_Account": event.operator,
        "Member_Account": event.user_id,
        "Modified_Account": event.user_id,
        **field,
        "EventTime": at,
    }


def full(event: groups.GroupFull, at: int) -> Body:
    return {"GroupId": event.group_id, "EventTime": at}


def attributes_changed(event: groups.AttributesChanged, at: int) -> Body:
    return {
        "GroupId": event.group_id,
        "Type": event.group_type,
        "Operator_Account": event.operator,
        "OptionType": event.option,
        "GroupAttr": [{"key": key, "value": value} for key, value in event.attributes.items()],
        "EventTime": at,
    }


def _place(group_id: str) -> Body:
    """Where a message is: in a group, or in a topic of it."""
    if is_topic(group_id):
        return {"GroupId": home_of(group_id), "TopicId": group_id}
    return {"GroupId": group_id}


def recalled(event: groups.GroupMessagesRecalled, at: int) -> Body:
    return {
        "Operator_Account": event.operator,
        "Type": event.group_type,
        **_place(event.group_id),
        "MsgSeqList": [{"MsgSeq": message.seq} for message in event.messages],
        "EventTime": at,
    }


def edited(event: groups.GroupMessageEdited, at: int) -> Body:
    return {
        "Operator_Account": event.operator,
        **_place(event.group_id),
        "MsgSeq": event.message.seq,
        "MsgBody": msgspec.Raw(event.message.body),
        "EventTime": at,
    }


def receipts(event: groups.ReceiptsGiven, at: int) -> Body:
    items = [
        {
            "MsgSeq": one.seq,
            "ReadNum": one.read,
            "UnreadNum": one.unread,
            "ReadReceiptMembers": members_of(one.readers),
        }
        for one in event.receipts
    ]
    return {"GroupId": event.group_id, "Type": event.group_type, "GroupMsgReceiptList": items, "EventTime": at}


def extended(event: MessageExtended, at: int) -> Body:
    return {
        **_place(event.ref.conv),
        "MsgSeq": event.ref.seq,
        "OperateType": int(event.operation),
        "ExtensionList": [{"Key": one.key, "Value": one.value, "Seq": one.seq} for one in event.extensions],
        "Seq": event.last_seq,
        "EventTime": at,
    }


def _said(message: GroupMessage, group_type: str) -> Body:
    source = message.source
    return {
        **_place(message.group_id),
        "Type": group_type,
        "From_Account": message.sender,
        "Operator_Account": message.operator or message.sender,
        "Random": message.random,
        "OnlineOnlyFlag": int(source.online_only) if source is not None else 0,
        "MsgBody": msgspec.Raw(message.body),
    }


def _ended(body: Body, message: GroupMessage, at: int) -> Body:
    if message.cloud != EMPTY_TEXT:
        body["CloudCustomData"] = msgspec.Raw(message.cloud)
    return body | {"EventTime": at}


def before(message: GroupMessage, group_type: str, at: int) -> Body:
    """Group.CallbackBeforeSendMsg."""
    return _ended(_said(message, group_type), message, at)


def failed(message: GroupMessage, group_type: str, code: int, info: str, at: int) -> Body:
    """Group.CallbackSendMsgException."""
    return _ended(_said(message, group_type) | {"ErrorCode": code, "ErrorInfo": info}, message, at)


def _placed(message: GroupMessage, group_type: str) -> Body:
    return _said(message, group_type) | {"MsgSeq": message.seq, "MsgTime": message.msg_time}


def sent(message: GroupMessage, group_type: str, at: int) -> Body:
    """Group.CallbackAfterSendMsg."""
    body = _placed(message, group_type)
    if mentions := mentions_of(message):
        body["GroupAtInfo"] = [{"GroupAtAllFlag": 0, "GroupAt_Account": "", **mention} for mention in mentions]
    return _ended(body, message, at)


def to_robots(message: GroupMessage, group_type: str, robots: list[str], at: int) -> Body:
    """Bot.OnGroupMessage."""
    return _ended(_placed(message, group_type) | {"AtRobots_Account": robots}, message, at)
