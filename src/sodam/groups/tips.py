"""Tips: what happens in a group, shown inside its conversation (client-protocol-groups.md section 5).

Each event of events.py becomes a tip in the event's own transaction, under the next sequence of the group. Which events
do, and whether the tip is stored or only for members who are online, stands in the type's table (types.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from functools import partial
from typing import Any, Final

import msgspec

from sodam.groups import store, store_members
from sodam.groups.core import Core
from sodam.groups.events import (
    Banned,
    GroupEvent,
    GroupInfoChanged,
    MembersJoined,
    MembersLeft,
    MembersMuted,
    OwnerChanged,
    RoleChanged,
    RoomAdminChanged,
)
from sodam.groups.model import Group
from sodam.groups.options import delivery
from sodam.groups.types import Delivery, Topic
from sodam.storage import Tx
from sodam.storage.events import Events

_encode = msgspec.json.Encoder().encode
_LISTED: Final = 100
"""Users named in one tip; a larger change has several."""
_APPLIED, _INVITED = 1, 2


class Op(IntEnum):
    """OpType."""

    JOINED = 1
    QUIT = 2
    KICKED = 3
    ADMIN = 4
    NO_ADMIN = 5
    PROFILE = 6
    MEMBER = 7
    TOPIC = 8
    BANNED = 10


_PROFILE: Final = {
    "name": "GroupName",
    "introduction": "GroupIntroduction",
    "notification": "GroupNotification",
    "face_url": "GroupFaceUrl",
}
_OPTIONS: Final = {"apply_option": "GroupApplyJoinOption", "invite_option": "InviteJoinOption"}


class _Tip(msgspec.Struct):
    op: Op
    topic: Topic
    operator: str
    user_ids: list[str]
    more: dict[str, Any]
    members: int | None = None
    """How many there are after it; None: the tip does not say."""


class Tips:
    def __init__(self, core: Core) -> None:
        self._core = core

    def follow(self, events: Events) -> None:
        """Make tips of everything that happens from now on."""
        for kind, tips in _TIPS.items():
            events.subscribe(kind, partial(self._follow, tips))

    async def _follow(self, tips: _Maker, tx: Tx, events: Sequence[Any]) -> None:
        for event in events:
            for tip in tips(event):
                await self._append(tx, event, tip)

    async def _append(self, tx: Tx, event: GroupEvent, tip: _Tip) -> None:
        how = delivery(self._core.accounts.app(event.app), event.group_type, tip.topic)
        if how is Delivery.NOBODY:
            return
        group = (await store.lock(tx, event.app, [event.group_id])).get(event.group_id)
        if group is None or (tip.topic is Topic.MEMBERS and not group.active):
            return
        body = self._body(event.app, tip)
        seq = await self._core.messages.tip(tx, group, body, stored=how is Delivery.STORED)
        if tip.op is Op.JOINED and seq:
            # A newcomer has read everything up to the tip of the own joining.
            await store_members.read_to(tx, event.app, event.group_id, tip.user_ids, seq)

    async def passing(self, group: Group, op: Op, user_ids: list[str], more: dict[str, Any], members: int) -> None:
        """A tip of what is written nowhere."""
        tip = _Tip(op, Topic.MEMBERS, user_ids[0] if user_ids else "", user_ids, more, members)
        await self._core.messages.pass_tip(group.app, group.group_id, self._body(group.app, tip))

    def body_of_topic(self, app: int, op: Op, operator: str, more: dict[str, Any]) -> bytes:
        """MsgBody of a tip in a topic."""
        return self._body(app, _Tip(op, Topic.PROFILE, operator, [], more))

    def _body(self, app: int, tip: _Tip) -> bytes:
        """MsgBody. Nicks and avatars are those at hand: a transaction waits for nothing else."""
        body: dict[str, Any] = {
            "OpType": int(tip.op),
            "Operator_Account": tip.operator,
            "List_Account": tip.user_ids,
            "MsgOperatorMemberExtraInfo": self._core.person(app, tip.operator),
            "MsgMemberExtraInfo": [self._core.person(app, user_id) for user_id in tip.user_ids],
        }
        if tip.members is not None:
            body["MemberNum"] = tip.members
        return _encode(body | tip.more)


_Maker = Callable[[Any], list[_Tip]]


def _parts(user_ids: Sequence[str]) -> list[list[str]]:
    return [list(user_ids[at : at + _LISTED]) for at in range(0, len(user_ids), _LISTED)]


def _joined(event: MembersJoined) -> list[_Tip]:
    if event.silent:
        return []
    more = {"GroupJoinType": _INVITED if event.invited else _APPLIED}
    return [
        _Tip(Op.JOINED, Topic.MEMBERS, event.operator, part, more, event.members) for part in _parts(event.user_ids)
    ]


def _left(event: MembersLeft) -> list[_Tip]:
    if event.silent:
        return []
    if not event.kicked:
        return [_Tip(Op.QUIT, Topic.MEMBERS, user, [user], {}, event.members) for user in event.user_ids]
    tips = []
    for part in _parts(event.user_ids):
        more: dict[str, Any] = {}
        if event.reason:
            more["MemberExtraInfo"] = {"Reason": event.reason}
            more["MsgMemberInfo"] = [{"User_Account": user_id} for user_id in part]
        tips.append(_Tip(Op.KICKED, Topic.MEMBERS, event.operator, part, more, event.members))
    return tips


def _banned(event: Banned) -> list[_Tip]:
    return [_Tip(Op.BANNED, Topic.MEMBERS, event.operator, part, {}) for part in _parts(event.user_ids)]


def _role(event: RoleChanged) -> list[_Tip]:
    op = Op.ADMIN if event.admin else Op.NO_ADMIN
    return [_Tip(op, Topic.STANDING, event.operator, [event.user_id], {})]


def _muted(event: MembersMuted) -> list[_Tip]:
    return [
        _Tip(
            Op.MEMBER,
            Topic.STANDING,
            event.operator,
            part,
            {"MsgMemberInfo": [{"User_Account": user_id, "ShutupTime": event.seconds} for user_id in part]},
        )
        for part in _parts(event.user_ids)
    ]


def _owner(event: OwnerChanged) -> list[_Tip]:
    more = {"MsgGroupNewInfo": {"Owner_Account": event.new}}
    return [_Tip(Op.PROFILE, Topic.PROFILE, event.operator, [], more)]


def _info(event: GroupInfoChanged) -> list[_Tip]:
    profile: dict[str, Any] = {_PROFILE[name]: value for name, value in event.fields.items() if name in _PROFILE}
    if event.custom:
        profile["MsgAppDefinedData"] = [{"Key": name, "Value": value} for name, value in event.custom.items()]
    options: dict[str, Any] = {_OPTIONS[name]: value for name, value in event.fields.items() if name in _OPTIONS}
    if "mute_all" in event.fields:
        options["ShutupAll"] = int(event.fields["mute_all"] == "On")
    tips = []
    for topic, fields in ((Topic.PROFILE, profile), (Topic.OPTIONS, options)):
        if fields:
            tips.append(_Tip(Op.PROFILE, topic, event.operator, [], {"MsgGroupNewInfo": fields}))
    return tips


_TIPS: Final[dict[type[GroupEvent], _Maker]] = {
    MembersJoined: _joined,
    MembersLeft: _left,
    Banned: _banned,
    RoleChanged: _role,
    RoomAdminChanged: _role,
    MembersMuted: _muted,
    OwnerChanged: _owner,
    GroupInfoChanged: _info,
}
