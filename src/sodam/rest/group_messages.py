"""``group_open_http_svc``: messages of groups (rest-messages.md section 4)."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from sodam.errors import ApiError, Code
from sodam.groups.broadcasts import GROUP_ID as EVERYWHERE
from sodam.groups.message import NORMAL, PRIORITIES, Extra, GroupMessage, of_content
from sodam.groups.model import check_topic_id
from sodam.messages import outgoing
from sodam.messages.outgoing import Flag, Names, Outgoing, UInt32
from sodam.rest.group_fields import COMMON
from sodam.rest.group_open_http_svc import service
from sodam.wire import Call

Seq = Annotated[int, msgspec.Meta(ge=0, le=(1 << 53) - 1)]
_MAX_NOTIFIED: Final = 500
_SENT: Final = (
    *COMMON,
    Code.GROUP_MUTED,
    Code.GROUP_TOO_MANY_MENTIONS,
    Code.GROUP_PLAN_REQUIRED,
    Code.GROUP_RECEIPT_TOO_LARGE,
    Code.GROUP_RECEIPT_ONLINE_ONLY,
    Code.MESSAGE_TOO_LONG,
    Code.TEXT_REFUSED,
    Code.GROUP_CALLBACK_REFUSED,
    Code.CALLBACK_FAILED,
)
_OTHERS: Final = (Code.GROUP_MUTED, Code.GROUP_INTERNAL, Code.MESSAGE_TOO_LONG)


class Mention(msgspec.Struct):
    GroupAtAllFlag: Flag = 0
    GroupAt_Account: str = ""


class GroupOutgoing(msgspec.Struct, kw_only=True):
    """The fields of a group message that its sender gives, by REST or as a client. null is the same as absence."""

    GroupId: str
    Random: UInt32
    MsgBody: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)
    From_Account: str | None = None
    MsgPriority: str | None = None
    OnlineOnlyFlag: Flag | None = None
    MsgOnlineOnlyFlag: Flag | None = None
    SendMsgControl: Names | None = None
    ForbidCallbackControl: Names | None = None
    CloudCustomData: str | None = None
    SupportMessageExtension: Flag | None = None
    NeedReadReceipt: Flag | None = None
    GroupAtInfo: list[Mention] | None = None
    To_Account: list[str] | None = None
    TopicId: str | None = None
    OfflinePushInfo: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)


class SendGroupMsg(GroupOutgoing, kw_only=True):
    pass


class SendAnswer(msgspec.Struct):
    MsgTime: int
    MsgSeq: int
    MsgDropReason: str = ""


def message_of(
    call: Call, request: GroupOutgoing, sender: str, *, strict: bool, client_time: int = 0
) -> tuple[GroupMessage, bool]:
    """The message that is asked for, and whether it is for those online only. Raises ApiError 10004, 10059, 80002."""
    place = place_of(call, request.GroupId, request.TopicId)
    content = group_content(request, strict=strict)
    message = of_content(
        call.app.sdkappid,
        place,
        sender,
        content,
        client_time=client_time,
        priority=PRIORITIES.get(request.MsgPriority or "", NORMAL),
    )
    if request.To_Account and call.app.plan != "Flagship":
        raise ApiError(Code.GROUP_PLAN_REQUIRED, "messages for some members only are part of the Flagship plan")
    message.source = content.source(call.platform, call.client_ip)
    message.operator = call.caller
    mentions = request.GroupAtInfo or []
    message.extra = Extra(
        at_all=any(mention.GroupAtAllFlag for mention in mentions),
        at=list(dict.fromkeys(m.GroupAt_Account for m in mentions if not m.GroupAtAllFlag and m.GroupAt_Account)),
        to=list(dict.fromkeys(request.To_Account or [])),
    )
    return message, content.online_only


def group_content(request: GroupOutgoing, *, strict: bool) -> outgoing.Content:
    """The checked content; what is wrong with it is told by the codes of groups: 10004, 80002."""
    asked = Outgoing(
        MsgRandom=request.Random,
        MsgBody=request.MsgBody,
        OnlineOnlyFlag=request.OnlineOnlyFlag or request.MsgOnlineOnlyFlag,
        SendMsgControl=request.SendMsgControl,
        CloudCustomData=request.CloudCustomData,
        SupportMessageExtension=request.SupportMessageExtension,
        ForbidCallbackControl=request.ForbidCallbackControl,
        IsNeedReadReceipt=request.NeedReadReceipt,
        OfflinePushInfo=request.OfflinePushInfo,
    )
    try:
        return outgoing.prepare(asked, strict_required=strict, too_long=Code.MESSAGE_TOO_LONG)
    except ApiError as error:
        raise group_error(error) from None


def group_error(error: ApiError) -> ApiError:
    """A refusal of a body as group services tell it: 10004, or the code for its length."""
    return error if error.code in _OTHERS else ApiError(Code.GROUP_BAD_PARAMETER, error.info)


def place_of(call: Call, group_id: str, topic_id: str | None) -> str:
    """Whose messages a request is about: the topic's that it names, or the group's.

    Raises ApiError 10015, and 11000 for a topic where the app has none.
    """
    if not topic_id:
        return group_id
    if not (call.app.settings.community and call.app.settings.community_topics):
        raise ApiError(Code.COMMUNITY_DISABLED)
    check_topic_id(group_id, topic_id)
    return topic_id


async def sender_of(call: Call, wanted: str | None) -> str:
    """From_Account, or the administrator who calls. Raises ApiError 10004."""
    sender = wanted or call.caller
    if await call.services.accounts.find(call.app.sdkappid, sender) is None:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"From_Account {sender[:40]!r} does not exist")
    return sender


@service.command("send_group_msg", errors=(*_SENT, Code.COMMUNITY_DISABLED))
async def send_group_msg(call: Call, request: SendGroupMsg) -> SendAnswer:
    """Send a message to a group, in the name of any account, member or not.

    MsgBody and CloudCustomData together take at most 12288 bytes (80002). The same group, sender, Random and body
    within 300 s are one message, answered as the first was. Who is muted cannot be the sender (10017); in a Private
    group the owner writes first. OnlineOnlyFlag 1: not stored, MsgSeq 0. To_Account: for these members only, Flagship
    plan. A message that mentions more than 30 members is refused (10053). MsgDropReason "MsgFreqCtrl": a live
    room takes no more messages this second. Source: rest-messages.md 4.1.
    """
    sender = await sender_of(call, request.From_Account)
    message, online_only = message_of(call, request, sender, strict=True)
    sent = await call.services.groups.sending.send(call.app, message, online_only=online_only, as_member=False)
    return SendAnswer(sent.msg_time, sent.seq, "MsgFreqCtrl" if sent.dropped else "")


class Notification(msgspec.Struct, kw_only=True):
    GroupId: str
    Content: str
    ToMembers_Account: list[str] | None = None
    TopicId: str | None = None


@service.command(
    "send_group_system_notification", errors=(*COMMON, Code.GROUP_TOO_MANY_ACCOUNTS, Code.COMMUNITY_DISABLED)
)
async def send_group_system_notification(call: Call, request: Notification) -> None:
    """Push a system notice to the members that are online, all or up to 500 of them. It is stored nowhere.

    Source: rest-messages.md 4.2.
    """
    place = place_of(call, request.GroupId, request.TopicId)
    wanted = list(dict.fromkeys(request.ToMembers_Account or []))
    if len(wanted) > _MAX_NOTIFIED:
        raise ApiError(Code.GROUP_TOO_MANY_ACCOUNTS, f"ToMembers_Account has at most {_MAX_NOTIFIED} entries")
    await call.services.groups.sending.notify(call.app, place, request.Content, wanted)


class Broadcast(msgspec.Struct, kw_only=True):
    Random: UInt32
    MsgBody: msgspec.Raw
    From_Account: str | None = None
    CloudCustomData: str | None = None


class BroadcastAnswer(msgspec.Struct):
    MsgSeq: int


@service.command(
    "send_broadcast_msg",
    errors=(*COMMON, Code.GROUP_MESSAGE_TOO_FREQUENT, Code.MESSAGE_TOO_LONG, Code.TEXT_REFUSED),
)
async def send_broadcast_msg(call: Call, request: Broadcast) -> BroadcastAnswer:
    """Send a message to everybody who is in a live room of the app, now. It is stored nowhere.

    The app's setting allows it, and says how many a second. Source: rest-messages.md 4.3.
    """
    sender = await sender_of(call, request.From_Account)
    asked = GroupOutgoing(
        GroupId=EVERYWHERE, Random=request.Random, MsgBody=request.MsgBody, CloudCustomData=request.CloudCustomData
    )
    message, _ = message_of(call, asked, sender, strict=True)
    await call.services.groups.sending.screens.run(call.app, message)
    return BroadcastAnswer(await call.services.groups.broadcasts.send(call.app, message))
