"""Custom fields of groups and of their members: who may read and write which (console.md section 3)."""

from __future__ import annotations

from typing import Final, Literal, get_args

import msgspec

TypeOfGroup = Literal["Private", "Public", "ChatRoom", "AVChatRoom", "Community"]
Level = Literal["anyone", "member", "admin", "owner", "app"]
"""The least that somebody has to be: each includes those behind it."""
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
MAX_GROUP_FIELD_NAME: Final = 16
WITHOUT_MEMBERS: Final[TypeOfGroup] = "AVChatRoom"
"""The type whose members have no fields."""


class GroupFieldRight(msgspec.Struct, frozen=True, kw_only=True):
    """Who may read and write a field in groups of one type."""

    type: TypeOfGroup
    read: Level = "member"
    write: Level = "admin"


class MemberFieldRight(msgspec.Struct, frozen=True, kw_only=True):
    """Who may read and write a field of members in groups of one type."""

    type: TypeOfGroup
    read: Level = "member"
    write: Level = "admin"
    own: bool = True
    """Whether members read and write their own value, whatever their role."""


class GroupField(msgspec.Struct, frozen=True, kw_only=True):
    """A custom field of groups, in ``AppDefinedData``."""

    name: str
    rights: tuple[GroupFieldRight, ...]
    """The types of groups that have the field; each at most once, at least one."""


class MemberField(msgspec.Struct, frozen=True, kw_only=True):
    """A custom field of members, in ``AppMemberDefinedData``."""

    name: str
    rights: tuple[MemberFieldRight, ...]
