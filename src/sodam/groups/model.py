"""A group, its members, and what is checked of their fields (rest-groups.md 1.5 to 1.7)."""

from __future__ import annotations

import re
from typing import Final, Literal

import msgspec

from sodam.errors import ApiError, Code
from sodam.groups.types import GroupType, Role

Switch = Literal["On", "Off"]
ApplyOption = Literal["FreeAccess", "NeedPermission", "DisableApply"]
InviteOption = Literal["FreeAccess", "NeedPermission", "DisableInvite"]
Order = Literal["CreateTime", "GroupId", "MemberNum", "LastMsgTime"]
"""Of groups in a list."""
MsgFlag = Literal["AcceptAndNotify", "AcceptNotNotify", "Discard", "AcceptNotNotifyExceptAt", "NotReceiveMsgExceptAt"]
MAX_BYTES: Final = {"name": 100, "introduction": 400, "notification": 400, "face_url": 500}
MAX_NAME_CARD: Final = 50
MAX_CUSTOM: Final = 3000
MAX_TOPIC_ID: Final = 96
_OF_TOPICS: Final = ("name", "introduction", "notification", "face_url", "custom_string", "mute_all")
ASSIGNED: Final = "@TGS#"
TOPIC_MARK: Final = "@TOPIC#"
"""Behind it stands a topic's own part of its ID, before it the community."""
_PRINTABLE: Final = re.compile(r"[\x20-\x7e]+")
_CUSTOM: Final = re.compile(r"[\x20-\x7e]{1,48}")


class Profile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What describes a group; stored as one document."""

    name: str
    introduction: str = ""
    notification: str = ""
    face_url: str = ""
    apply_option: str
    invite_option: str
    mute_all: str = "Off"
    history_option: str
    custom: dict[str, str] = {}
    """Values of custom fields."""
    support_topic: int = 0
    """1: a community whose messages go to topics."""
    custom_string: str = ""
    """Of a topic: whatever its app says."""
    permissions: int = 0
    """1: permission groups, not roles, decide what the members of this community with topics may."""
    default_permission: int = 0
    """What every member may then."""


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """Fields of a profile to be written; None: as it is."""

    name: str | None = None
    introduction: str | None = None
    notification: str | None = None
    face_url: str | None = None
    apply_option: ApplyOption | None = None
    invite_option: InviteOption | None = None
    mute_all: Switch | None = None
    history_option: Switch | None = None
    custom: dict[str, str] | None = None
    """Values of custom fields; an empty one deletes."""

    @property
    def edits(self) -> bool:
        """Whether anything but custom fields is to be written."""
        return any(v is not None for name, v in msgspec.structs.asdict(self).items() if name != "custom")

    custom_string: str | None = None
    """Topics have it."""
    permissions: Literal[0, 1] | None = None
    default_permission: int | None = None
    """These two communities with topics have."""

    @property
    def grants(self) -> bool:
        """Whether it says anything of permissions."""
        return self.permissions is not None or self.default_permission is not None

    @property
    def configures(self) -> bool:
        """Whether anything but the texts is to be written."""
        return any(v is not None for v in (self.apply_option, self.invite_option, self.mute_all, self.history_option))

    def onto(self, profile: Profile, kind: GroupType) -> Profile:
        """The profile with these fields; options that are fixed for the type are ignored. Raises ApiError 10004."""
        given = {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}
        if not kind.keeps_apply:
            given.pop("apply_option", None)
        if not kind.keeps_invite:
            given.pop("invite_option", None)
        if not kind.keeps_history:
            given.pop("history_option", None)
        given.pop("custom_string", None)
        if (self.permissions or self.default_permission) and not profile.support_topic:
            raise ApiError(Code.GROUP_BAD_PARAMETER, "only communities with topics have permission groups")
        check_text(given)
        if self.custom is not None:
            given["custom"] = {name: text for name, text in {**profile.custom, **self.custom}.items() if text}
        return msgspec.structs.replace(profile, **given)

    def of_topic(self, profile: Profile) -> Profile:
        """The profile of a topic with these fields. Raises ApiError 10004."""
        given = {name: getattr(self, name) for name in _OF_TOPICS if getattr(self, name) is not None}
        check_text(given | {"name": given.get("name", profile.name)})
        if len(given.get("custom_string", "").encode()) > MAX_CUSTOM or "\0" in given.get("custom_string", ""):
            raise ApiError(Code.GROUP_BAD_PARAMETER, f"CustomString has at most {MAX_CUSTOM} bytes")
        return msgspec.structs.replace(profile, **given)


class Group(msgspec.Struct, kw_only=True):
    """A group's row. Only who holds the row may change it."""

    num: int = 0
    app: int
    group_id: str
    type: str
    owner: str
    created_at: int
    info_seq: int = 0
    info_at: int
    last_msg_at: int = 0
    next_seq: int = 1
    members: int = 0
    next_pos: int = 1
    max_members: int
    active: int
    profile: Profile
    counted: int = 0
    """Messages that count as unread."""
    shown_seq: int = 0
    """The message that stands in conversation lists; 0: none."""
    shown_at: int = 0
    """Its arrival, in unix microseconds."""
    clear_seq: int = 0
    """Clients read nothing up to it."""
    changes: int = 0
    """The number of the last change of its messages."""
    purged_counted: int = 0
    """``counted`` of the newest message that was erased for its age."""
    parent: str = ""
    """Of a topic: its community."""

    @property
    def home(self) -> str:
        """The group whose members this one's are."""
        return self.parent or self.group_id


class Member(msgspec.Struct, kw_only=True):
    user_id: str
    role: Role = Role.Member
    joined_at: int
    pos: int
    read_seq: int
    msg_flag: str
    name_card: str = ""
    last_send_at: int = 0
    join_seq: int = 0
    """Nothing up to it is the member's to read."""
    custom: dict[str, str] = {}
    """Values of custom fields."""


class MemberChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Fields of a member to be written; None: as it is."""

    role: Role | None = None
    msg_flag: MsgFlag | None = None
    name_card: str | None = None
    mute_seconds: int | None = None
    """From now; 0 ends a mute, 4294967295 never ends."""
    custom: dict[str, str] | None = None
    """Values of custom fields; an empty one deletes."""


class Newcomer(msgspec.Struct, frozen=True):
    """Somebody to be made a member."""

    user_id: str
    role: Role = Role.Member
    joined_at: int = 0
    """0: now."""
    unread: int = 0
    custom: dict[str, str] = {}
    """Values of custom fields."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A group to be made."""

    kind: GroupType
    group_id: str
    """'': the server assigns one."""
    owner: str
    max_members: int
    """0: what the plan allows."""
    changes: Changes
    newcomers: tuple[Newcomer, ...] = ()
    created_at: int = 0
    """0: now."""
    support_topic: int = 0


def check_group_id(group_id: str) -> None:
    """An ID by which a group may be asked for. Raises ApiError 10015."""
    body = group_id.removeprefix(ASSIGNED)
    if not _CUSTOM.fullmatch(body) or is_topic(group_id):
        raise ApiError(Code.GROUP_ID_INVALID, f"{group_id[:60]!r} can be no group id")


def is_topic(group_id: str) -> bool:
    return TOPIC_MARK in group_id


def home_of(group_id: str) -> str:
    """The community of a topic; any other group itself."""
    return group_id.partition(TOPIC_MARK)[0]


def check_place(group_id: str) -> None:
    """An ID that messages may go to: a group's or a topic's. Raises ApiError 10015."""
    if is_topic(group_id):
        check_topic_id(home_of(group_id), group_id)
    else:
        check_group_id(group_id)


def check_topic_id(group_id: str, topic_id: str) -> None:
    """Raises ApiError 10015 for what can be no topic of the group."""
    check_group_id(group_id)
    own = topic_id.removeprefix(f"{group_id}{TOPIC_MARK}_")
    assigned = own.removeprefix(TOPIC_MARK)
    if own in ("", topic_id) or len(topic_id) > MAX_TOPIC_ID or not _PRINTABLE.fullmatch(assigned):
        raise ApiError(Code.GROUP_ID_INVALID, f"{topic_id[:100]!r} can be no topic of {group_id!r}")
    if is_topic(assigned) or "@TGS#_" in assigned:
        raise ApiError(Code.GROUP_ID_INVALID, f"{topic_id[:100]!r} can be no topic of {group_id!r}")


def check_custom_id(group_id: str, kind: GroupType, *, imported: bool = False) -> None:
    """An ID that a caller gives to a new group of a type; ``imported``: also one that a server assigned elsewhere.

    Raises ApiError 10015.
    """
    check_group_id(group_id)
    if kind.id_prefix:
        own = group_id.removeprefix(kind.id_prefix)
        if own in ("", group_id) or (own.startswith(ASSIGNED) and not imported):
            raise ApiError(Code.GROUP_ID_INVALID, f"the id of a {kind.name} begins with {kind.id_prefix}")
    elif group_id.startswith(f"{ASSIGNED}_" if imported else ASSIGNED):
        raise ApiError(Code.GROUP_ID_INVALID, f"a group id of one's own does not begin with {ASSIGNED}")


def check_text(fields: dict[str, str]) -> None:
    """Lengths of a profile's texts, in bytes of UTF-8. Raises ApiError 10004."""
    for name, most in MAX_BYTES.items():
        text = fields.get(name)
        if text is None:
            continue
        if len(text.encode()) > most or "\0" in text:
            raise ApiError(Code.GROUP_BAD_PARAMETER, f"the {name} of a group has at most {most} bytes")
    if fields.get("name") == "":
        raise ApiError(Code.GROUP_BAD_PARAMETER, "a group needs a name")
