"""Members of a group: read, add, remove, roles, mutes, bans (console.md section 5)."""

from __future__ import annotations

from typing import Annotated, Literal, cast

import msgspec

from sodam.accounts.model import MAX_USER_ID
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.chat_groups import OfChatGroup, Person, RoleName, admin, people
from sodam.cloudapi.actions.views import Limit, Offset, UserId
from sodam.errors import ApiError, Code
from sodam.groups.listing import ROLES
from sodam.groups.members import ALREADY, not_member
from sodam.groups.model import MAX_NAME_CARD, MemberChanges
from sodam.groups.types import Role

Seconds = Annotated[int, msgspec.Meta(ge=0, le=4_294_967_295)]
UserIds = Annotated[list[UserId], msgspec.Meta(min_length=1, max_length=100)]
FewUserIds = Annotated[list[UserId], msgspec.Meta(min_length=1, max_length=20)]


class DescribeGroupMemberInfo(OfChatGroup):
    Keyword: Annotated[str, msgspec.Meta(max_length=MAX_USER_ID)] = ""
    """How the UserID begins."""
    Role: RoleName | Literal[""] = ""
    Offset: Offset = 0
    Limit: Limit = 20


class MemberRow(msgspec.Struct):
    UserID: str
    Nick: str
    FaceUrl: str
    NameCard: str
    Role: RoleName
    JoinTime: int
    LastSendTime: int
    """0: has written nothing."""
    MuteUntil: int
    """Unix seconds; 0: not muted. 4294967295: for ever."""


class ChatMembers(msgspec.Struct):
    TotalCount: int
    """Of what was asked for."""
    Members: list[MemberRow]


@action("im", "DescribeGroupMemberInfo", kind="list", level="app")
async def describe_group_member_info(call: Call, request: DescribeGroupMemberInfo) -> ChatMembers:
    """A page of members in the order of joining, with role, times and mute."""
    groups = call.plane.services.groups
    group = await groups.get(request.SDKAppID, request.GroupId)
    roles = [Role[request.Role]] if request.Role else list(ROLES)
    listed, total = await groups.listing.members(
        group, roles=roles, prefix=request.Keyword, offset=request.Offset, limit=request.Limit
    )
    person = await people(call, (member.user_id for member in listed))
    mutes = await groups.members.mutes(group)
    rows = []
    for member in listed:
        who = person(member.user_id)
        rows.append(
            MemberRow(
                who.UserID,
                who.Nick,
                who.FaceUrl,
                member.name_card,
                cast(RoleName, member.role.name),
                member.joined_at,
                member.last_send_at,
                mutes.get(member.user_id, 0),
            )
        )
    return ChatMembers(total, rows)


class MemberOutcome(msgspec.Struct):
    UserID: str
    ErrorCode: int
    ErrorInfo: str
    Already: bool = False
    """Nothing was to be done: it was so before."""


class MemberOutcomes(msgspec.Struct):
    Results: list[MemberOutcome]


def _outcome(user_id: str, code: Code, info: str = "", *, already: bool = False) -> MemberOutcome:
    return MemberOutcome(user_id, int(code), info or (code.meaning if code else ""), already)


class ManyMembers(OfChatGroup):
    UserIDs: UserIds


@action("im", "AddGroupMember", kind="write", level="app")
async def add_group_member(call: Call, request: ManyMembers) -> MemberOutcomes:
    """Make registered accounts members, without their consent; what became of each."""
    users = list(dict.fromkeys(request.UserIDs))
    facts = {"GroupId": request.GroupId, "UserIDs": users}
    # Looking accounts up may make the administrator's, which is not the change.
    call.changed_by(lambda written: (None, facts) if isinstance(written, tuple) else None)
    results = await call.plane.services.groups.members.added(call.the_app, admin(call), request.GroupId, users)
    told = zip(users, results, strict=True)
    return MemberOutcomes([_outcome(user, code, already=result == ALREADY) for user, (result, code) in told])


class DeleteGroupMember(ManyMembers):
    Reason: Annotated[str, msgspec.Meta(max_length=200)] = ""
    """Told to those who are removed."""


@action("im", "DeleteGroupMember", kind="write", level="app")
async def delete_group_member(call: Call, request: DeleteGroupMember) -> MemberOutcomes:
    """Remove members; what became of each. The owner stays: another must be made the owner first."""
    groups = call.plane.services.groups
    group = await groups.get(request.SDKAppID, request.GroupId)
    present = await groups.members.named(group, request.UserIDs)
    results = []
    for user_id in dict.fromkeys(request.UserIDs):
        if user_id == group.owner:
            results.append(_outcome(user_id, Code.GROUP_BAD_PARAMETER, "the owner cannot be removed"))
        elif user_id not in present:
            results.append(_outcome(user_id, Code.GROUP_NOT_PERMITTED, not_member(user_id).info))
        else:
            results.append(_outcome(user_id, Code.OK))
    gone = [one.UserID for one in results if not one.ErrorCode]
    if gone:
        call.changed({"GroupId": request.GroupId, "UserIDs": gone}, {"Reason": request.Reason})
        await groups.members.remove(call.the_app, admin(call), request.GroupId, gone, request.Reason)
    return MemberOutcomes(results)


class ModifyGroupMemberInfo(OfChatGroup, kw_only=True):
    UserID: UserId
    Role: Literal["Admin", "Member"] | None = None
    NameCard: Annotated[str, msgspec.Meta(max_length=MAX_NAME_CARD)] | None = None
    """At most 50 bytes."""


@action("im", "ModifyGroupMemberInfo", kind="write", level="app")
async def modify_group_member_info(call: Call, request: ModifyGroupMemberInfo) -> None:
    """Change a member's role or name card."""
    changes = MemberChanges(role=Role[request.Role] if request.Role else None, name_card=request.NameCard)
    groups = call.plane.services.groups
    await groups.members.edit(call.the_app, admin(call), request.GroupId, request.UserID, changes)


class ForbidSendMessage(ManyMembers, kw_only=True):
    Seconds: Seconds
    """From now; 0 ends a mute, 4294967295 never ends."""


@action("im", "ForbidSendMessage", kind="write", level="app")
async def forbid_send_message(call: Call, request: ForbidSendMessage) -> MemberOutcomes:
    """Mute accounts in a group for some time, members or not, or end that; a mute outlasts leaving."""
    known = await _known(call, request.UserIDs)
    if known:
        call.changed_by(lambda _: (None, {"GroupId": request.GroupId, "UserIDs": known, "Seconds": request.Seconds}))
        members = call.plane.services.groups.members
        await members.mute(call.the_app, admin(call), request.GroupId, known, request.Seconds)
    return _of_known(request.UserIDs, known)


async def _known(call: Call, user_ids: list[str]) -> list[str]:
    """Those that exist."""
    found = await call.plane.services.accounts.find_many(call.the_app.sdkappid, user_ids)
    return [user_id for user_id in dict.fromkeys(user_ids) if user_id in found]


def _of_known(user_ids: list[str], known: list[str]) -> MemberOutcomes:
    there = set(known)
    codes = {user_id: Code.OK if user_id in there else Code.GROUP_ACCOUNT_NOT_FOUND for user_id in user_ids}
    return MemberOutcomes([_outcome(user_id, code) for user_id, code in codes.items()])


class PagedOfChatGroup(OfChatGroup):
    Offset: Offset = 0
    Limit: Limit = 20


class UntilRow(msgspec.Struct):
    UserID: str
    Nick: str
    FaceUrl: str
    Until: int
    """Unix seconds; 4294967295: for ever."""


def _until(who: Person, until: int) -> UntilRow:
    return UntilRow(who.UserID, who.Nick, who.FaceUrl, until)


class MuteList(msgspec.Struct):
    TotalCount: int
    Mutes: list[UntilRow]


@action("im", "DescribeGroupMutes", kind="list", level="app")
async def describe_group_mutes(call: Call, request: PagedOfChatGroup) -> MuteList:
    """Who is muted in a group, member or not, and until when."""
    groups = call.plane.services.groups
    muted = await groups.members.muted(await groups.get(request.SDKAppID, request.GroupId))
    page = muted[request.Offset : request.Offset + request.Limit]
    person = await people(call, (user_id for user_id, _ in page))
    return MuteList(len(muted), [_until(person(user_id), until) for user_id, until in page])


class BanRow(UntilRow):
    Reason: str = ""
    """What whoever banned it gave as the reason; empty: nothing."""


class BanList(msgspec.Struct):
    Bans: list[BanRow]
    Next: int
    """Pass it as ``Offset`` for what follows; 0 at the end."""


@action("im", "DescribeGroupBans", kind="list", level="app")
async def describe_group_bans(call: Call, request: PagedOfChatGroup) -> BanList:
    """Who is banned from a group, until when and why; whose ban ends first stands first."""
    groups = call.plane.services.groups
    group = await groups.get(request.SDKAppID, request.GroupId)
    found, following = await groups.bans.page(group, request.Offset, request.Limit)
    person = await people(call, (ban.user_id for ban in found))
    rows = []
    for ban in found:
        who = person(ban.user_id)
        rows.append(BanRow(who.UserID, who.Nick, who.FaceUrl, ban.until, ban.reason))
    return BanList(rows, following)


class AddGroupBan(OfChatGroup, kw_only=True):
    UserIDs: FewUserIds
    Seconds: Annotated[int, msgspec.Meta(ge=1, le=4_294_967_295)]
    Description: Annotated[str, msgspec.Meta(max_length=200)] = ""


@action("im", "AddGroupBan", kind="write", level="app")
async def add_group_ban(call: Call, request: AddGroupBan) -> MemberOutcomes:
    """Take accounts out of a group for some time: until then they cannot join, nor be added."""
    groups = call.plane.services.groups
    group = await groups.get(request.SDKAppID, request.GroupId)
    if group.owner in request.UserIDs:
        raise ApiError(Code.GROUP_BAD_PARAMETER, "the owner cannot be banned")
    known = await _known(call, request.UserIDs)
    if known:
        facts = {"GroupId": request.GroupId, "UserIDs": known, "Seconds": request.Seconds}
        call.changed_by(lambda _: (None, facts))
        await groups.bans.ban(call.the_app, admin(call), request.GroupId, known, request.Seconds, request.Description)
    return _of_known(request.UserIDs, known)


class DeleteGroupBan(OfChatGroup):
    UserIDs: FewUserIds


@action("im", "DeleteGroupBan", kind="write", level="app")
async def delete_group_ban(call: Call, request: DeleteGroupBan) -> None:
    """End bans. Nobody becomes a member again by it."""
    await call.plane.services.groups.bans.unban(call.the_app, admin(call), request.GroupId, request.UserIDs)
