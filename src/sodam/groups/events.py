"""What happens to groups, raised inside the transaction that does it, for webhooks and other followers."""

from __future__ import annotations

import msgspec


class GroupEvent(msgspec.Struct, frozen=True, kw_only=True):
    app: int
    group_id: str
    group_type: str
    operator: str
    """The administrator who called, or whom the call names."""


class GroupCreated(GroupEvent, frozen=True, kw_only=True):
    owner: str
    name: str
    user_ids: list[str]


class GroupInfoChanged(GroupEvent, frozen=True, kw_only=True):
    fields: dict[str, str]
    """Names of groups/model.py's Changes with the new values."""


class GroupDestroyed(GroupEvent, frozen=True, kw_only=True):
    owner: str
    user_ids: list[str]
    """The members as they were."""


class MembersJoined(GroupEvent, frozen=True, kw_only=True):
    user_ids: list[str]


class MembersLeft(GroupEvent, frozen=True, kw_only=True):
    user_ids: list[str]
    reason: str


class OwnerChanged(GroupEvent, frozen=True, kw_only=True):
    old: str
    new: str
