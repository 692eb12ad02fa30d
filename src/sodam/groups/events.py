"""What happens to groups, raised inside the transaction that does it, for webhooks and other followers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from sodam.groups.message import GroupMessage
from sodam.messages.model import Source


class Scene(msgspec.Struct, frozen=True):
    """Where something happened, and by whom; made by ``core.scene``."""

    app: int
    group_id: str
    group_type: str
    name: str
    """The group's, as it is now."""
    operator: str
    """Who did it: the administrator who called, whom the call names, or a user."""
    instid: int = 0
    """The client that asked; 0: none."""
    source: Source | None = None
    """Whence it asked; None: as ``instid`` says."""


class GroupEvent(msgspec.Struct, frozen=True, kw_only=True):
    scene: Scene

    @property
    def app(self) -> int:
        return self.scene.app

    @property
    def group_id(self) -> str:
        return self.scene.group_id

    @property
    def group_type(self) -> str:
        return self.scene.group_type

    @property
    def name(self) -> str:
        return self.scene.name

    @property
    def operator(self) -> str:
        return self.scene.operator

    @property
    def instid(self) -> int:
        return self.scene.instid

    @property
    def source(self) -> Source | None:
        return self.scene.source


class GroupCreated(GroupEvent, frozen=True, kw_only=True):
    owner: str
    user_ids: list[str]
    custom: dict[str, str] = {}
    """Values of the group's custom fields."""


class GroupInfoChanged(GroupEvent, frozen=True, kw_only=True):
    fields: dict[str, str]
    """Names of groups/model.py's Changes with the new values."""
    custom: dict[str, str] = {}
    """Custom fields that were written, with their values; an empty one was deleted."""


class GroupDestroyed(GroupEvent, frozen=True, kw_only=True):
    owner: str
    user_ids: list[str]
    """The members as they were."""


class TopicCreated(GroupEvent, frozen=True, kw_only=True):
    """``scene``: the community, with the topic's name."""

    topic_id: str


class TopicsDestroyed(GroupEvent, frozen=True, kw_only=True):
    topic_ids: list[str]


class TopicInfoChanged(GroupEvent, frozen=True, kw_only=True):
    topic_id: str
    fields: dict[str, str]
    """Names of groups/model.py's Changes with the new values."""


class QuotaNearlyUsed(msgspec.Struct, frozen=True, kw_only=True):
    """Most of the groups that an app may make in a day are made."""

    app: int
    used: int
    quota: int


class VisitorsChanged(GroupEvent, frozen=True, kw_only=True):
    """Users came into a live room, left it, or were lost: the last of their devices there, or the first."""

    user_ids: list[str]
    here: bool
    cause: str
    """``Join``, ``Quit`` or ``HeartbeatInterrupt``."""
    at: int
    """Unix milliseconds."""


class MembersJoined(GroupEvent, frozen=True, kw_only=True):
    user_ids: list[str]
    members: int
    """How many there are now."""
    invited: bool = True
    """By others, otherwise on their own application."""
    silent: bool = False
    """Nobody is notified."""


class MembersLeft(GroupEvent, frozen=True, kw_only=True):
    user_ids: list[str]
    members: int
    """How many are left."""
    reason: str
    kicked: bool = True
    """By the operator; otherwise they left, or their accounts were deleted."""
    silent: bool = False
    """Only those who left are notified."""


class Banned(GroupEvent, frozen=True, kw_only=True):
    """From a live room, whose visitors are stored nowhere; of other groups members have left (``MembersLeft``)."""

    user_ids: list[str]
    seconds: int
    reason: str


class OwnerChanged(GroupEvent, frozen=True, kw_only=True):
    old: str
    new: str


class GroupFull(GroupEvent, frozen=True, kw_only=True):
    """The last place was taken, or somebody was refused because none is left."""


class AttributesChanged(GroupEvent, frozen=True, kw_only=True):
    option: str
    """What was done: ``set`` (all), ``modify``, ``clear`` or ``delete``."""
    attributes: dict[str, str]


class RoleChanged(GroupEvent, frozen=True, kw_only=True):
    user_id: str
    admin: bool
    """Whether the member is an admin now."""


class RoomAdminChanged(RoleChanged, frozen=True, kw_only=True):
    """The same of a live room, whose admins need not be there."""


class MembersMuted(GroupEvent, frozen=True, kw_only=True):
    user_ids: list[str]
    seconds: int
    """From now; 0 ends it."""


class NameCardChanged(GroupEvent, frozen=True, kw_only=True):
    user_id: str
    name_card: str


class MsgFlagChanged(GroupEvent, frozen=True, kw_only=True):
    user_id: str
    msg_flag: str


class Asked(GroupEvent, frozen=True, kw_only=True):
    """Somebody applied, or (``invited`` is given) a member invites somebody, and it is to be decided on."""

    invited: str
    deciders: list[str]
    remark: str
    at: int
    """Unix seconds."""
    token: str


class Decided(GroupEvent, frozen=True, kw_only=True):
    """An application or invitation was decided on, by the operator."""

    applicant: str
    """Who had applied or invited."""
    invited: str
    """'' for an application."""
    agreed: bool
    remark: str


class GroupNamed(msgspec.Struct, frozen=True, kw_only=True):
    """A group was made or imported, or its profile was edited."""

    app: int
    group_id: str
    group_type: str
    name: str


class Receipt(NamedTuple):
    """How many members have read a message and how many have not, after ``readers`` have."""

    seq: int
    read: int
    unread: int
    readers: list[str]


class ReceiptsGiven(GroupEvent, frozen=True, kw_only=True):
    receipts: list[Receipt]


class GroupMessagesRecalled(GroupEvent, frozen=True, kw_only=True):
    messages: list[GroupMessage]


class GroupMessageEdited(GroupEvent, frozen=True, kw_only=True):
    message: GroupMessage
    """As it is now."""


class GroupAdded(msgspec.Struct, frozen=True, kw_only=True):
    """There is a group more, however it was made; topics are none."""

    app: int


class GroupMessagesSent(msgspec.Struct, frozen=True, kw_only=True):
    """Messages are stored; those of a batch and group at once."""

    app: int
    group_id: str
    """Of a topic: its community's."""
    room: bool
    """A live room."""
    senders: Sequence[str]
    """One for each message."""
    receivers: int
    """Members whom the messages are for, their senders apart, one after the other; of a room none."""
    at: int
    """Unix seconds."""
