"""Client ``group_open_http_svc``: joining, leaving, and what is waiting to be decided on.

Source: client-protocol-groups.md section 3. A client acts for its own account alone, with the rights of its role in
the group. Commands that a client sends exactly as a server does by REST stand in gateway/table.py.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from sodam.errors import ApiError, Code
from sodam.gateway.commands.group_open_http_svc import communities, service
from sodam.gateway.commands.openim import service as openim
from sodam.groups.types import TYPES
from sodam.rest.group_fields import COMMON, operator_of
from sodam.rest.group_open_http_svc import GroupId
from sodam.wire import Call

_MAX_PENDENCY = 100
_MAX_DELETED = 100
_Number = Annotated[int, msgspec.Meta(ge=0, lt=1 << 62)]
_JOINING = (
    *COMMON,
    Code.GROUP_ALREADY_MEMBER,
    Code.GROUP_FULL,
    Code.GROUP_ACCOUNT_NOT_FOUND,
    Code.GROUP_JOINED_QUOTA,
)


class ApplyJoin(msgspec.Struct):
    GroupId: str
    ApplyMsg: str = ""
    HugeGroupHistoryMsgFlag: int = 0


class ApplyJoinAnswer(msgspec.Struct, omit_defaults=True):
    JoinedStatus: Literal["JoinedSuccess", "WaitAdminApproval"]
    HugeGroupFlag: int = 0
    AVChatRoomKey: str = ""
    RspMsgList: list[msgspec.Raw] = []


@service.command("apply_join_group", errors=(*_JOINING, Code.GROUP_TOO_FREQUENT, Code.TEXT_REFUSED))
async def apply_join_group(call: Call, request: ApplyJoin) -> ApplyJoinAnswer:
    """Join a group, or apply where its owner or an admin has to agree; enter a live room, again or not."""
    groups = call.services.groups
    group = await groups.get(call.app.sdkappid, request.GroupId)
    if TYPES[group.type].stores_members:
        await call.services.words.refuse(call.app.sdkappid, (request.ApplyMsg,))
        joined = await groups.applications.apply(call.app, await operator_of(call), request.GroupId, request.ApplyMsg)
        return ApplyJoinAnswer("JoinedSuccess" if joined else "WaitAdminApproval")
    connection = call.connection
    operator = await operator_of(call)
    entered = await groups.rooms.enter(
        call.app, operator, group, lambda: connection if connection.registered is not None else None
    )
    call.after = entered.announce
    history = [msgspec.Raw(item) for item in entered.history] if request.HugeGroupHistoryMsgFlag else []
    return ApplyJoinAnswer("JoinedSuccess", HugeGroupFlag=1, AVChatRoomKey=request.GroupId, RspMsgList=history)


@service.command("quit_group", errors=(*COMMON, Code.GROUP_OWNER_CANNOT_QUIT))
async def quit_group(call: Call, request: GroupId) -> None:
    """Leave a group. The owner may leave only groups of the type Private."""
    groups = call.services.groups
    group = await groups.get(call.app.sdkappid, request.GroupId)
    if TYPES[group.type].stores_members:
        await groups.members.quit(call.app, await operator_of(call), request.GroupId)
    else:
        await groups.rooms.leave(call.app, call.caller, group, call.instid, call.connection)


class GetPendency(msgspec.Struct):
    StartTime: _Number = 0
    Limit: Annotated[int, msgspec.Meta(ge=0)] = 20
    Handle_Account: str = ""


class PendencyItem(msgspec.Struct):
    GroupId: str
    GroupName: str
    From_Account: str
    FromUserNickName: str
    To_Account: str
    AddTime: int
    Handled: int
    ApplyInviteMsg: str
    Authentication: str
    ApplicationType: int


class GetPendencyAnswer(msgspec.Struct):
    NextStartTime: int
    PendencyList: list[PendencyItem]


@service.command("get_pendency")
async def get_pendency(call: Call, request: GetPendency) -> GetPendencyAnswer:
    """Read what waits in the groups that the caller owns or administers, newest first.

    NextStartTime is to be sent back as StartTime; 0 is the end. ApplicationType 0 is an application, 2 an invitation
    of To_Account by From_Account.
    """
    app = call.app.sdkappid
    limit = min(request.Limit or 20, _MAX_PENDENCY)
    found, following = await call.services.groups.applications.page(app, call.caller, request.StartTime, limit)
    accounts = await call.services.accounts.find_many(app, {entry.applicant for entry, _ in found})
    items = [
        PendencyItem(
            GroupId=entry.group_id,
            GroupName=name,
            From_Account=entry.applicant,
            FromUserNickName=accounts[entry.applicant].nick if entry.applicant in accounts else "",
            To_Account=entry.invited,
            AddTime=entry.at,
            Handled=0,
            ApplyInviteMsg=entry.remark,
            Authentication=entry.token,
            ApplicationType=2 if entry.invited else 0,
        )
        for entry, name in found
    ]
    return GetPendencyAnswer(following, items)


@communities.command("get_pendency")
async def get_community_pendency(call: Call, request: GetPendency) -> GetPendencyAnswer:
    """What waits in communities: nothing, as everybody may join."""
    return GetPendencyAnswer(0, [])


class HandleApply(msgspec.Struct):
    GroupId: str
    Applicant_Account: str
    HandleMsg: Literal["Agree", "Reject"]
    ApprovalMsg: str = ""
    Authentication: str = ""
    MsgKey: Any = None


@service.command("handle_apply_join_group", errors=(*_JOINING, Code.GROUP_APPLICATION_HANDLED))
async def handle_apply_join_group(call: Call, request: HandleApply) -> None:
    """Accept or refuse an application, as the owner or an admin. Who is first decides; the others get 10024."""
    await _decide(call, request, "")


class HandleInvite(HandleApply, kw_only=True):
    Invited_Account: str


@service.command("handle_invite_join_permission_group", errors=(*_JOINING, Code.GROUP_APPLICATION_HANDLED))
async def handle_invite_join_permission_group(call: Call, request: HandleInvite) -> None:
    """Accept or refuse that Applicant_Account invites Invited_Account, as the owner or an admin."""
    if not request.Invited_Account:
        raise ApiError(Code.GROUP_BAD_PARAMETER, "Invited_Account is empty")
    await _decide(call, request, request.Invited_Account)


async def _decide(call: Call, request: HandleApply, invited: str) -> None:
    await call.services.groups.applications.decide(
        call.app,
        await operator_of(call),
        request.GroupId,
        request.Applicant_Account,
        invited,
        request.Authentication,
        agree=request.HandleMsg == "Agree",
        remark=request.ApprovalMsg,
    )


class DeletedMsg(msgspec.Struct):
    From_Account: str = ""
    MsgSeq: _Number = 0
    MsgRandom: _Number = 0


class DeleteMsg(msgspec.Struct):
    DelMsgList: list[DeletedMsg] = []


@openim.command("deletemsg")
async def deletemsg(call: Call, request: DeleteMsg) -> None:
    """Forget notices that the user has dealt with; what is none is passed over."""
    named = [(item.MsgSeq, item.MsgRandom) for item in request.DelMsgList[:_MAX_DELETED]]
    await call.services.groups.notices.remove(call.app.sdkappid, call.caller, named)
