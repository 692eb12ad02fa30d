"""Client commands of groups that the web SDK names and that no public method of it sends (client-protocol-groups.md 3,
4.5, 12): for clients of one's own.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

import msgspec

from sodam.errors import ApiError, Code
from sodam.gateway.commands.group_open_http_svc import service
from sodam.gateway.commands.guests import GetMsg, GetMsgAnswer
from sodam.groups.receipts import MAX_MESSAGES
from sodam.rest import group_open_avchatroom_http_svc as rooms
from sodam.rest.group_fields import COMMON, Names, at_most
from sodam.rest.group_message_changes import Seq
from sodam.wire import Call, Service

polling = Service(
    "group_open_long_polling_http_svc",
    bad_json=Code.GROUP_BODY_NOT_JSON,
    bad_request=Code.GROUP_BAD_PARAMETER,
    internal=Code.GROUP_INTERNAL,
)
_MAX_USERS: Final = 200
_ROOM: Final = (*COMMON, Code.GROUP_TOO_MANY_ACCOUNTS, Code.GROUP_ACCOUNT_NOT_FOUND)


class AskedReaders(msgspec.Struct):
    MsgSeq: Seq
    MemberList_Account: Names


class ReadersGet(msgspec.Struct):
    GroupId: str
    MemberReadMsgList: list[AskedReaders]


class ReadersItem(msgspec.Struct):
    MsgSeq: int
    Code: int
    ReadList_Account: list[str]
    UnreadList_Account: list[str]


class ReadersAnswer(msgspec.Struct):
    MsgReadList: list[ReadersItem]


@service.command("get_group_msg_receipts_by_users", errors=(*COMMON, Code.GROUP_PLAN_REQUIRED))
async def get_group_msg_receipts_by_users(call: Call, request: ReadersGet) -> ReadersAnswer:
    """Which of up to 200 members have read each of 1 to 50 messages of one's own, and which have not.

    Code of an item: 0, or 10062 for a message that has no receipts or is somebody else's.
    """
    at_most(request.MemberReadMsgList, MAX_MESSAGES, "MemberReadMsgList", Code.GROUP_BAD_PARAMETER)
    asked = {item.MsgSeq: item.MemberList_Account for item in request.MemberReadMsgList}
    if any(len(users) > _MAX_USERS for users in asked.values()):
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"MemberList_Account has at most {_MAX_USERS} entries")
    found = await call.services.groups.receipts.by_users(call.app, request.GroupId, asked, call.caller)
    items = []
    for seq, users in asked.items():
        readers = found.get(seq)
        if readers is None:
            items.append(ReadersItem(seq, int(Code.GROUP_RECEIPT_NOT_FOUND), [], []))
        else:
            unread = [user_id for user_id in dict.fromkeys(users) if user_id not in readers]
            items.append(ReadersItem(seq, 0, sorted(readers), unread))
    return ReadersAnswer(items)


class HandleInvite(msgspec.Struct, kw_only=True):
    GroupId: str
    Inviter_Account: str
    HandleMsg: Literal["Agree", "Reject"]
    ApprovalMsg: str = ""
    Authentication: str = ""
    MsgKey: Any = None


@service.command(
    "handle_invite_join_group", errors=(*COMMON, Code.GROUP_APPLICATION_HANDLED, Code.GROUP_ALREADY_MEMBER)
)
async def handle_invite_join_group(call: Call, request: HandleInvite) -> None:
    """Answer an invitation as the one who is invited. None of Sodam's waits for that: 10024, or 10013 for a member."""
    groups = call.services.groups
    group = await groups.get(call.app.sdkappid, request.GroupId)
    if await groups.members.role_of(group, call.caller):
        raise ApiError(Code.GROUP_ALREADY_MEMBER)
    raise ApiError(Code.GROUP_APPLICATION_HANDLED)


class HugeGet(msgspec.Struct, kw_only=True):
    GroupId: str
    LongPollingKey: str = ""
    PullPreSeq: Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)] = 0


class HugeAnswer(msgspec.Struct):
    GroupId: str
    RspMsgList: list[msgspec.Raw]
    IsFinished: int


@service.command("get_huge_group_msg", errors=COMMON)
async def get_huge_group_msg(call: Call, request: HugeGet) -> HugeAnswer:
    """What is kept of a live room that one is in, before PullPreSeq (0: the newest), the oldest first: as many messages
    as the app keeps for newcomers. IsFinished is 1: there is nothing older."""
    groups = call.services.groups
    group = await groups.rooms.group(call.app, request.GroupId)
    await groups.members.check_reader(group, call.caller)
    kept = await groups.histories.of_room(call.app, request.GroupId, request.PullPreSeq)
    return HugeAnswer(request.GroupId, [msgspec.Raw(item) for item in kept], 1)


@service.command("modify_user_info", errors=_ROOM)
async def modify_user_info(call: Call, request: rooms.UserInfo) -> rooms.UserInfoAnswer:
    """As the command of ``group_open_avchatroom_http_svc``: mark users in a live room."""
    return await rooms.modify_user_info(call, request)


@polling.command("get_msg", errors=COMMON)
async def get_msg(call: Call, request: GetMsg) -> GetMsgAnswer:
    """What was written in a live room that one is in since StartSeq, as soon as there is something, but after 12 s at
    the latest. Clients are pushed to, and need not ask.

    Key is the GroupId or that of the answer before. StartSeq 0 is now; later it is NextSeq of the answer before.
    """
    groups = call.services.groups
    key = request.Key if ":" in request.Key else f":{request.Key}"
    group = await groups.rooms.group(call.app, key.partition(":")[2])
    await groups.members.check_reader(group, call.caller)
    items, following, key = await groups.guests.poll(call.app.sdkappid, key, request.StartSeq)
    return GetMsgAnswer(key, following, [msgspec.Raw(item) for item in items])
