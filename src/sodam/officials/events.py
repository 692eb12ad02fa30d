"""What happens to official accounts, raised in the transaction that does it, for webhooks."""

from __future__ import annotations

import msgspec

from sodam.messages.model import BY_REST, Source
from sodam.officials.model import Broadcast


class OfficialEvent(msgspec.Struct, frozen=True, kw_only=True):
    app: int
    account: str
    operator: str = ""
    source: Source = BY_REST


class OfficialCreated(OfficialEvent, frozen=True, kw_only=True):
    owner: str
    name: str


class OfficialChanged(OfficialEvent, frozen=True, kw_only=True):
    changes: dict[str, str]
    """By their names on the wire."""


class OfficialDestroyed(OfficialEvent, frozen=True, kw_only=True):
    owner: str
    name: str


class SubscribersAdded(OfficialEvent, frozen=True, kw_only=True):
    user_ids: list[str]


class SubscribersLeft(OfficialEvent, frozen=True, kw_only=True):
    user_ids: list[str]


class OfficialFull(OfficialEvent, frozen=True, kw_only=True):
    pass


class BroadcastSent(OfficialEvent, frozen=True, kw_only=True):
    message: Broadcast


class BroadcastsRecalled(OfficialEvent, frozen=True, kw_only=True):
    keys: list[str]


class BroadcastStored(msgspec.Struct, frozen=True, kw_only=True):
    """For packages that keep something of what was said, whatever its sender wants webhooks to be told."""

    message: Broadcast


class BroadcastsErased(msgspec.Struct, frozen=True, kw_only=True):
    """Messages of an account are erased: they are too old to be kept."""

    app: int
    account: str
    seqs: list[int]
