"""What is said of a batch of messages of a group, once they are stored."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sodam.groups.events import GroupMessagesSent
from sodam.groups.message import GroupMessage
from sodam.groups.model import Group
from sodam.groups.types import TYPES


def sent(
    group: Group, over: Group | None, messages: Sequence[GroupMessage], members: Collection[str], now: int
) -> GroupMessagesSent:
    """``over`` is a topic's community, ``members`` are those of the senders who are members."""
    room, everybody = not TYPES[group.type].stores_members, (over or group).members
    receivers = 0
    for message in () if room else messages:
        named = set(message.extra.to) - {message.sender}
        receivers += len(named) if message.extra.to else everybody - (message.sender in members)
    return GroupMessagesSent(
        app=group.app,
        group_id=group.home,
        room=room,
        senders=[message.sender for message in messages],
        receivers=max(0, receivers),
        at=now,
    )
