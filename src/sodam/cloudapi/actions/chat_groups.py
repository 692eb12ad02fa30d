"""Groups of an app: list, details, make, edit, dissolve, and the groups of an account (console.md section 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Final, Literal, cast

import msgspec

from sodam.accounts.model import MAX_USER_ID
from sodam.apps.model import DEFAULT_ADMIN
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.views import Keyword, Limit, OfApp, Offset, UserId
from sodam.cloudapi.run import each
from sodam.errors import ApiError, Code
from sodam.groups.core import Operator
from sodam.groups.model import MAX_BYTES, MAX_TOPIC_ID, ApplyOption, Changes, Group, InviteOption, Order, Switch, Wanted
from sodam.groups.types import ALIASES, TYPES, Operation, type_name, type_of
from sodam.messages.model import Source

GroupTypeName = Literal["Work", "Public", "Meeting", "AVChatRoom", "Community"]
RoleName = Literal["Owner", "Admin", "Member"]
MAX_NAME: Final = 30
"""Bytes of the name of a group that is made here; REST takes more (console.md section 5)."""
MOST_AT_ONCE: Final = 100
MAX_GROUP_ID: Final = 53
GroupId = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_GROUP_ID)]
"""With the beginning that the server's own have."""
PlaceId = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TOPIC_ID)]
"""A group, or a topic of one."""
GroupIds = Annotated[list[GroupId], msgspec.Meta(min_length=1, max_length=MOST_AT_ONCE)]
_SHOWN: Final = {stored: name for name, stored in ALIASES.items()}


def admin(call: Call) -> Operator:
    """In whose name an operator of the console acts."""
    return Operator(DEFAULT_ADMIN, admin=True, source=Source(client_ip=call.caller.ip))


def shown_type(group: Group) -> GroupTypeName:
    """The type by the name that people know it by."""
    return cast(GroupTypeName, _SHOWN.get(group.type, group.type))


class Person(msgspec.Struct):
    UserID: str
    Nick: str
    FaceUrl: str


async def people(call: Call, user_ids: Iterable[str]) -> Callable[[str], Person]:
    """Accounts by UserID; of those that do not exist the UserID alone is known."""
    found = await call.plane.services.accounts.find_many(call.the_app.sdkappid, [u for u in user_ids if u])

    def person(user_id: str) -> Person:
        account = found.get(user_id)
        return Person(user_id, account.nick if account else "", account.image if account else "")

    return person


class ChatGroupRow(msgspec.Struct):
    GroupId: str
    Name: str
    FaceUrl: str
    Type: GroupTypeName
    Owner: Person
    """Its UserID is empty in a group without an owner."""
    MemberNum: int
    CreateTime: int
    LastMsgTime: int


class DescribeAppidGroupList(OfApp):
    Keyword: Keyword = ""
    """Is in the GroupID or the name."""
    Type: GroupTypeName | Literal[""] = ""
    Ownerless: bool = False
    """Only those without an owner, which nobody but an administrator can give one."""
    Offset: Offset = 0
    Limit: Limit = 20
    Sort: Literal[
        "CreateTime",
        "-CreateTime",
        "GroupId",
        "-GroupId",
        "MemberNum",
        "-MemberNum",
        "LastMsgTime",
        "-LastMsgTime",
    ] = "-CreateTime"
    """``-`` before it: from the end."""


class ChatGroupList(msgspec.Struct):
    TotalCount: int
    """Of what was asked for."""
    Groups: list[ChatGroupRow]


@action("im", "DescribeAppidGroupList", kind="list", level="app")
async def describe_appid_group_list(call: Call, request: DescribeAppidGroupList) -> ChatGroupList:
    """A page of groups, those whose GroupID or name holds the keyword, of one type or all, in the order wished.

    Topics are found in their community.
    """
    listed, total = await call.plane.services.groups.listing.find(
        request.SDKAppID,
        keyword=request.Keyword,
        type_name=type_name(request.Type) if request.Type else "",
        ownerless=request.Ownerless,
        order=cast(Order, request.Sort.removeprefix("-")),
        down=request.Sort.startswith("-"),
        offset=request.Offset,
        limit=request.Limit,
    )
    person = await people(call, (group.owner for group in listed))
    rows = [
        ChatGroupRow(
            group.group_id,
            group.profile.name,
            group.profile.face_url,
            shown_type(group),
            person(group.owner),
            group.members,
            group.created_at,
            group.last_msg_at,
        )
        for group in listed
    ]
    return ChatGroupList(total, rows)


class OfChatGroup(OfApp):
    GroupId: GroupId


class Attribute(msgspec.Struct):
    Key: str
    Value: str


class Counter(msgspec.Struct):
    Key: str
    Value: int


class ChatTopic(msgspec.Struct):
    TopicId: str
    """Stands for a GroupId where messages are read, sent and recalled."""
    Name: str
    CreateTime: int
    LastMsgTime: int


class ChatGroupView(msgspec.Struct, kw_only=True):
    GroupId: str
    Name: str
    Type: GroupTypeName
    Introduction: str
    Notification: str
    FaceUrl: str
    Owner: Person
    CreateTime: int
    LastInfoTime: int
    LastMsgTime: int
    MemberNum: int
    MaxMemberNum: int
    """0: no limit."""
    ApplyJoinOption: str
    InviteJoinOption: str
    MuteAllMember: str
    HistoryMsgBeforeJoin: str
    Attributes: list[Attribute]
    Counters: list[Counter]
    SupportTopic: int
    """1: a community whose messages go to its topics."""
    Topics: list[ChatTopic]
    """In the order in which they were made."""
    Operations: list[str]
    """What the type knows, of: add, appoint, ban, count, history, kick, mute, read_members, recall, transfer, and
    visitors: whoever is connected to it at the moment may be read."""
    Choices: list[str]
    """Options that the type lets one choose, of: ApplyJoinOption, InviteJoinOption, HistoryMsgBeforeJoin."""


_OPERATIONS: Final = {
    "add": Operation.ADD,
    "appoint": Operation.APPOINT,
    "ban": Operation.BAN,
    "count": Operation.COUNT,
    "history": Operation.HISTORY,
    "kick": Operation.KICK,
    "mute": Operation.MUTE,
    "read_members": Operation.READ_MEMBERS,
    "recall": Operation.RECALL_ANY,
    "transfer": Operation.TRANSFER,
}


async def _view(call: Call, group: Group) -> ChatGroupView:
    groups, kind, profile = call.plane.services.groups, TYPES[group.type], group.profile
    _, attributes = await groups.attributes.get(group)
    counters: dict[str, int] = {}
    if Operation.COUNT in kind.least:
        _, counters = await groups.counters.get(group)
    topics: list[ChatTopic] = []
    if profile.support_topic:
        listed = await groups.topics.listed(group)
        topics = [ChatTopic(one.group_id, one.profile.name, one.created_at, one.last_msg_at) for one in listed]
    person = await people(call, [group.owner])
    operations = [name for name, operation in _OPERATIONS.items() if operation in kind.least]
    if not kind.stores_members:
        operations.append("visitors")
    choices = {
        "ApplyJoinOption": kind.keeps_apply,
        "InviteJoinOption": kind.keeps_invite,
        "HistoryMsgBeforeJoin": kind.keeps_history,
    }
    return ChatGroupView(
        GroupId=group.group_id,
        Name=profile.name,
        Type=shown_type(group),
        Introduction=profile.introduction,
        Notification=profile.notification,
        FaceUrl=profile.face_url,
        Owner=person(group.owner),
        CreateTime=group.created_at,
        LastInfoTime=group.info_at,
        LastMsgTime=group.last_msg_at,
        MemberNum=group.members,
        MaxMemberNum=group.max_members,
        ApplyJoinOption=profile.apply_option,
        InviteJoinOption=profile.invite_option,
        MuteAllMember=profile.mute_all,
        HistoryMsgBeforeJoin=profile.history_option,
        Attributes=[Attribute(key, one.value) for key, one in sorted(attributes.items())],
        Counters=[Counter(key, value) for key, value in sorted(counters.items())],
        SupportTopic=profile.support_topic,
        Topics=topics,
        Operations=operations,
        Choices=[name for name, chosen in choices.items() if chosen],
    )


@action("im", "DescribeGroupInfo", kind="read", level="app")
async def describe_group_info(call: Call, request: OfChatGroup) -> ChatGroupView:
    """A group with its profile, attributes and counters, and what its type knows."""
    return await _view(call, await call.plane.services.groups.get(request.SDKAppID, request.GroupId))


class CreateChatGroup(OfApp, kw_only=True):
    Name: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME)]
    """At most 30 bytes."""
    Type: GroupTypeName
    Owner: Annotated[str, msgspec.Meta(max_length=MAX_USER_ID)] = ""
    """A registered account; empty: the group has no owner."""
    GroupId: Annotated[str, msgspec.Meta(max_length=MAX_GROUP_ID)] = ""
    """Empty: the server makes one. At most 48 bytes, for a community behind ``@TGS#_``, with which its ID begins."""
    SupportTopic: Literal[0, 1] = 0
    """1: a community whose messages go to topics; it stays so."""


class GroupMade(msgspec.Struct):
    GroupId: str


@action("im", "CreateGroup", kind="write", level="app")
async def create_group(call: Call, request: CreateChatGroup) -> GroupMade:
    """Make a group, with an owner or without."""
    if len(request.Name.encode()) > MAX_NAME:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"the name of a group has at most {MAX_NAME} bytes")
    wanted = Wanted(
        kind=type_of(request.Type),
        group_id=request.GroupId,
        owner=request.Owner,
        max_members=0,
        changes=Changes(name=request.Name),
        support_topic=request.SupportTopic,
    )
    facts = {"Name": request.Name, "Type": request.Type, "Owner": request.Owner}
    # Looking the owner up may make the administrator's account, which is not the change.
    call.changed_by(lambda made: (None, {"GroupId": made} | facts) if isinstance(made, str) else None)
    return GroupMade(await call.plane.services.groups.create(call.the_app, admin(call), wanted))


def _text(name: str) -> msgspec.Meta:
    """Of a field of a group's profile: the limit is in bytes, letters may have several."""
    return msgspec.Meta(max_length=MAX_BYTES[name])


class ModifyGroupBaseInfo(OfChatGroup, kw_only=True):
    """What is left out stays."""

    Name: Annotated[str, _text("name")] | None = None
    Introduction: Annotated[str, _text("introduction")] | None = None
    Notification: Annotated[str, _text("notification")] | None = None
    FaceUrl: Annotated[str, _text("face_url")] | None = None
    MaxMemberNum: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] | None = None
    ApplyJoinOption: ApplyOption | None = None
    InviteJoinOption: InviteOption | None = None
    MuteAllMember: Switch | None = None
    HistoryMsgBeforeJoin: Switch | None = None


_FIELDS: Final = {
    "Name": "name",
    "Introduction": "introduction",
    "Notification": "notification",
    "FaceUrl": "face_url",
    "ApplyJoinOption": "apply_option",
    "InviteJoinOption": "invite_option",
    "MuteAllMember": "mute_all",
    "HistoryMsgBeforeJoin": "history_option",
}


@action("im", "ModifyGroupBaseInfo", kind="write", level="app")
async def modify_group_base_info(call: Call, request: ModifyGroupBaseInfo) -> ChatGroupView:
    """Change the profile and the options of a group; its members are notified."""
    groups = call.plane.services.groups
    before = await groups.get(request.SDKAppID, request.GroupId)
    given = {wire: value for wire in _FIELDS if (value := getattr(request, wire)) is not None}
    old: dict[str, object] = {wire: getattr(before.profile, _FIELDS[wire]) for wire in given}
    new: dict[str, object] = dict(given)
    if request.MaxMemberNum is not None:
        old["MaxMemberNum"], new["MaxMemberNum"] = before.max_members, request.MaxMemberNum
    named = {"GroupId": request.GroupId}
    call.changed(named | old, named | new)
    changes = Changes(**{_FIELDS[wire]: value for wire, value in given.items()})
    await groups.edit(call.the_app, admin(call), request.GroupId, changes, request.MaxMemberNum)
    return await _view(call, await groups.get(request.SDKAppID, request.GroupId))


class GroupOutcome(msgspec.Struct):
    GroupId: str
    ErrorCode: int
    ErrorInfo: str


class GroupOutcomes(msgspec.Struct):
    Results: list[GroupOutcome]


class DestroyGroup(OfApp):
    GroupIds: GroupIds


@action("im", "DestroyGroup", kind="write", level="app")
async def destroy_group(call: Call, request: DestroyGroup) -> GroupOutcomes:
    """Dissolve groups with all that was said in them; there is no way back. The audit log tells each by itself."""
    groups = call.plane.services.groups
    found = await each(
        call,
        request.GroupIds,
        lambda group_id: {"GroupId": group_id},
        lambda group_id: groups.destroy(call.the_app, admin(call), group_id),
    )
    return GroupOutcomes([GroupOutcome(group_id, *told(error)) for group_id, error in found.items()])


def told(error: ApiError | None) -> tuple[int, str]:
    """Number and words of what became of an item."""
    return (int(error.code), error.info) if error else (0, "")


class ModifyGroupOwner(OfChatGroup):
    UserID: UserId


@action("im", "ModifyGroupOwner", kind="write", level="app")
async def modify_group_owner(call: Call, request: ModifyGroupOwner) -> None:
    """Make a member the owner; who was it stays as a plain member."""
    groups = call.plane.services.groups
    before = await groups.get(request.SDKAppID, request.GroupId)
    named = {"GroupId": request.GroupId}
    call.changed(named | {"Owner": before.owner}, named | {"Owner": request.UserID})
    await groups.change_owner(call.the_app, admin(call), request.GroupId, request.UserID)
