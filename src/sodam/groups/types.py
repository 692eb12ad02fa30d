"""What the types of groups differ in, as one table (rest-groups.md 1.3). Nothing else branches on a type."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, IntEnum, IntFlag
from typing import Final, NamedTuple

from sodam.errors import ApiError, Code


class Role(IntEnum):
    """The greater may do what the smaller may. The numbers are stored."""

    Member = 1
    Admin = 2
    Owner = 3
    AppAdmin = 4
    """Of the app, member or not: every REST call."""


class Operation(Enum):
    EDIT = "edit the profile"
    CONFIGURE = "change the options of the group"
    DISSOLVE = "dissolve"
    TRANSFER = "change the owner"
    READ_MEMBERS = "read the members"
    ADD = "add members without their consent"
    IMPORT = "import"
    KICK = "remove members"
    MUTE = "mute members"
    APPOINT = "appoint admins"
    SEND = "write messages"
    SEND_MUTED_ALL = "write messages while all are muted"
    HISTORY = "read earlier messages"
    RECALL = "recall one's own messages"
    RECALL_ANY = "recall messages of others"
    CHANGE = "edit messages"
    IMPORT_MESSAGES = "import messages"
    CLEAR = "hide the history from clients"
    TARGET = "write messages for some members only"
    INVITE = "invite"
    DECIDE = "decide on applications and invitations"
    EDIT_MEMBER = "edit other members"
    SHARE = "write attributes"
    COUNT = "have counters"
    BAN = "ban users"
    PIN = "pin messages"
    MANAGE_TOPICS = "make, edit and remove topics"
    MANAGE_GRANTS = "manage permission groups and what they may in topics"
    MANAGE_HOLDERS = "manage the members of permission groups"
    MENTION_ALL = "mention everyone"


class Right(IntFlag):
    """What the permission groups of a community give, as REST counts it (rest-groups.md 1.11)."""

    EDIT = 1
    MEMBERS = 2
    GRANTS = 4
    HOLDERS = 8
    TOPICS = 16
    MUTE = 32
    SEND = 64
    MENTION_ALL = 128
    HISTORY = 256
    RECALL = 512
    BAN = 1024


IN_TOPIC: Final = {
    1: Right.TOPICS,
    2: Right.GRANTS,
    4: Right.MUTE,
    8: Right.SEND,
    16: Right.HISTORY,
    32: Right.RECALL,
    64: Right.MENTION_ALL,
}
"""What they give in one topic is counted otherwise."""
NEEDED: Final = {
    Operation.EDIT: Right.EDIT,
    Operation.CONFIGURE: Right.EDIT,
    Operation.KICK: Right.MEMBERS,
    Operation.DECIDE: Right.MEMBERS,
    Operation.EDIT_MEMBER: Right.MEMBERS,
    Operation.MANAGE_GRANTS: Right.GRANTS,
    Operation.MANAGE_HOLDERS: Right.HOLDERS,
    Operation.MANAGE_TOPICS: Right.TOPICS,
    Operation.PIN: Right.TOPICS,
    Operation.MUTE: Right.MUTE,
    Operation.SEND_MUTED_ALL: Right.MUTE,
    Operation.SEND: Right.SEND,
    Operation.MENTION_ALL: Right.MENTION_ALL,
    Operation.RECALL_ANY: Right.RECALL,
    Operation.BAN: Right.BAN,
}
"""Where permission groups decide, the right that an operation needs; the owner has all, an admin none of its own. What
is not named stays a matter of roles."""


def in_topic(mask: int) -> int:
    """What is given in a topic, as rights."""
    rights = 0
    for bit, right in IN_TOPIC.items():
        if mask & bit:
            rights |= right
    return rights


class Power(NamedTuple):
    """What somebody is in a group."""

    role: Role
    rights: int | None = None
    """What permission groups give; None: roles alone decide."""


class Topic(Enum):
    """What tips are about: what the members of a group read inside its conversation."""

    MEMBERS = "who joined, left or was removed"
    PROFILE = "name, texts, picture and owner"
    OPTIONS = "the options to join and invite, and whether all are muted"
    STANDING = "who was muted, and who became or ceased to be an admin"


class Delivery(Enum):
    """How."""

    NOBODY = "not at all"
    ONLINE = "those online"
    STORED = "everyone, in the history"


@dataclass(frozen=True, slots=True)
class GroupType:
    name: str
    """As REST and webhooks write it."""
    least: dict[Operation, Role]
    """The least role for each operation; an operation that is absent does not exist for the type."""
    apply_option: str
    invite_option: str
    keeps_apply: bool
    """Whether the option to join takes the value that a caller sends."""
    keeps_invite: bool
    """The same of the option to invite."""
    keeps_history: bool
    """Whether one group may say otherwise than the app what newcomers read."""
    found_by_id: bool
    """Whether anybody may read its profile."""
    owner_quits: bool
    """Whether the owner may leave; the group has none then."""
    stores_members: bool
    stores_messages: bool
    counts_unread: bool
    msg_flag: str
    starts_active: bool
    """Otherwise only the owner sees the group until he has written."""
    tips: dict[Topic, Delivery]
    history_option: str
    """Whether newcomers read what was written before they joined."""
    most_members: int | None
    """Members that one may have, whatever the app's plan; None: the plan says it, or there is no limit."""
    id_prefix: str
    """What the IDs of its groups begin with; '': with anything but what the server assigns."""
    has_topics: bool
    """Whether its groups may have topics. Their lists are read by a cursor, and profiles come without members."""
    sheds: bool
    """Whether messages above the app's rate are dropped, those of low priority first."""


_M, _A, _O, _APP = Role.Member, Role.Admin, Role.Owner, Role.AppAdmin
COMMUNITY: Final = "Community"
COMMUNITY_PREFIX: Final = "@TGS#_"
_COLUMNS: Final = ("Private", "Public", "ChatRoom", "AVChatRoom", "Community")
_LEAST: Final[dict[Operation, tuple[Role | None, ...]]] = {
    # One column a type, in the order of _COLUMNS.
    Operation.EDIT: (_M, _A, _A, _O, _A),
    Operation.CONFIGURE: (_O, _A, _A, _O, _A),
    Operation.DISSOLVE: (_APP, _O, _O, _O, _O),
    Operation.TRANSFER: (_O, _O, _O, None, _O),
    Operation.READ_MEMBERS: (_M, _M, _M, None, _M),
    Operation.ADD: (_APP, _APP, _APP, None, _APP),
    Operation.IMPORT: (_APP, _APP, _APP, None, _APP),
    Operation.KICK: (_O, _A, _A, None, _A),
    Operation.MUTE: (None, _A, _A, _A, _A),
    Operation.APPOINT: (None, _O, _O, None, _O),
    Operation.SEND: (_M, _M, _M, _M, _M),
    Operation.SEND_MUTED_ALL: (_M, _A, _A, _A, _A),
    Operation.HISTORY: (_M, _M, _M, None, _M),
    Operation.RECALL: (_M, _M, _M, None, _M),
    Operation.RECALL_ANY: (_O, _A, _A, None, _A),
    Operation.CHANGE: (_M, _M, _M, None, _M),
    Operation.IMPORT_MESSAGES: (_APP, _APP, _APP, None, _APP),
    Operation.CLEAR: (_APP, _APP, _APP, _APP, None),
    Operation.TARGET: (_M, _M, _M, None, None),
    Operation.INVITE: (_M, _M, _M, None, _M),
    Operation.DECIDE: (_O, _A, _A, None, _A),
    Operation.EDIT_MEMBER: (_O, _A, _A, None, _A),
    Operation.SHARE: (_M, _M, _M, _M, _M),
    Operation.COUNT: (_M, _M, _M, _M, None),
    Operation.BAN: (_APP, _APP, _APP, _A, _APP),
    Operation.MANAGE_TOPICS: (None, None, None, None, _A),
    Operation.PIN: (_M, _A, _A, None, _A),
    Operation.MANAGE_GRANTS: (None, None, None, None, _O),
    Operation.MANAGE_HOLDERS: (None, None, None, None, _O),
    Operation.MENTION_ALL: (_M, _M, _M, None, _M),
}

_NO, _ON, _ST = Delivery.NOBODY, Delivery.ONLINE, Delivery.STORED
_TIPS: Final[dict[Topic, tuple[Delivery, ...]]] = {
    Topic.MEMBERS: (_ST, _ST, _NO, _ON, _ST),
    Topic.PROFILE: (_ST, _ST, _ST, _ON, _ST),
    Topic.OPTIONS: (_NO, _NO, _NO, _NO, _NO),
    Topic.STANDING: (_ST, _ST, _NO, _NO, _ST),
}


def _type(name: str, apply: str, invite: str, *, flag: str = "AcceptAndNotify", history: str = "Off") -> GroupType:
    at = _COLUMNS.index(name)
    return GroupType(
        name=name,
        least={operation: role for operation, roles in _LEAST.items() if (role := roles[at]) is not None},
        apply_option=apply,
        invite_option=invite,
        keeps_apply=name in ("Public", "ChatRoom"),
        keeps_invite=name in ("Private", "Public", "ChatRoom"),
        keeps_history=name in ("Private", "Public", "ChatRoom"),
        found_by_id=name != "Private",
        owner_quits=name == "Private",
        stores_members=name != "AVChatRoom",
        stores_messages=name != "AVChatRoom",
        counts_unread=name in ("Private", "Public", COMMUNITY),
        msg_flag=flag,
        starts_active=name != "Private",
        tips={topic: deliveries[at] for topic, deliveries in _TIPS.items()},
        history_option=history,
        most_members=100_000 if name == COMMUNITY else None,
        id_prefix=COMMUNITY_PREFIX if name == COMMUNITY else "",
        has_topics=name == COMMUNITY,
        sheds=name == "AVChatRoom",
    )


TYPES: Final[dict[str, GroupType]] = {
    kind.name: kind
    for kind in (
        _type("Private", "DisableApply", "FreeAccess"),
        _type("Public", "NeedPermission", "DisableInvite"),
        _type("ChatRoom", "FreeAccess", "DisableInvite", flag="AcceptNotNotify", history="On"),
        _type("AVChatRoom", "FreeAccess", "DisableInvite", flag="AcceptNotNotify"),
        _type(COMMUNITY, "FreeAccess", "FreeAccess"),
    )
}
ALIASES: Final = {"Work": "Private", "Meeting": "ChatRoom"}
_LISTED: Final = {*TYPES, "BChatRoom"}


def type_name(text: str) -> str:
    """The stored name of a type in a filter, whose aliases are understood. Raises ApiError 10004."""
    name = ALIASES.get(text, text)
    if name not in _LISTED:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"there is no group type {text[:40]!r}")
    return name


def type_of(text: str) -> GroupType:
    """The type of a group to be made. Raises ApiError 10004."""
    name = type_name(text)
    if name not in TYPES:
        raise ApiError(Code.GROUP_BAD_PARAMETER, f"groups of the type {name} are made no longer")
    return TYPES[name]


_NO_SUCH: Final = {
    Operation.KICK: Code.GROUP_BAD_PARAMETER,
    Operation.HISTORY: Code.GROUP_NO_HISTORY,
    Operation.RECALL: Code.GROUP_RECALL_TYPE,
    Operation.RECALL_ANY: Code.GROUP_RECALL_TYPE,
    Operation.MENTION_ALL: Code.GROUP_BAD_PARAMETER,
}
"""The code for an operation that a type does not have, where it is not 10007."""


def may(type_name: str, operation: Operation, role: Role, rights: int | None = None) -> bool:
    """Whether somebody with this role, and where permission groups decide with these rights, may do it."""
    needed = NEEDED.get(operation)
    if rights is not None and needed is not None:
        return role >= Role.Owner or bool(rights & needed)
    least = TYPES[type_name].least.get(operation)
    return least is not None and role >= least


def check(type_name: str, operation: Operation, role: Role, rights: int | None = None) -> None:
    """Raises ApiError unless ``may``: 10007; 10004, 10033 or 10044 where the type does not have the operation at all
    (``_NO_SUCH``)."""
    if operation not in TYPES[type_name].least:
        code = _NO_SUCH.get(operation, Code.GROUP_NOT_PERMITTED)
        raise ApiError(code, f"{type_name} groups do not support this: {operation.value}")
    if not may(type_name, operation, role, rights):
        what = "role does" if rights is None else "permission groups do"
        raise ApiError(Code.GROUP_NOT_PERMITTED, f"the {what} not allow: {operation.value}")
