"""``group_open_http_svc``: who of a group is online (rest-groups.md 2.20)."""

from __future__ import annotations

from typing import Final

import msgspec

from sodam.errors import Code
from sodam.groups.types import TYPES
from sodam.rest.group_fields import COMMON
from sodam.rest.group_members import group_of
from sodam.rest.group_open_http_svc import GroupId, service
from sodam.wire import Call

__all__ = ["service"]

_ASKED_AT_ONCE: Final = 1000
_SECONDS: Final = 10


class OnlineNumber(msgspec.Struct, omit_defaults=True):
    OnlineMemberNum: int
    ExpireTime: int = 0


@service.command("get_online_member_num", errors=(*COMMON, Code.ACCOUNT_TIMEOUT))
async def get_online_member_num(call: Call, request: GroupId) -> OnlineNumber:
    """How many members of a group have a connected device, on any node; how many are in a live room.

    Of a live room, the number serves for ExpireTime seconds. Source: rest-groups.md 2.20.
    """
    group = await group_of(call, request.GroupId)
    if not TYPES[group.type].stores_members:
        return OnlineNumber(await call.services.groups.rooms.number(group.app, group.group_id), _SECONDS)
    ids = await call.services.groups.members.ids(group)
    online = 0
    for at in range(0, len(ids), _ASKED_AT_ONCE):
        online += len(await call.services.presence.status(group.app, ids[at : at + _ASKED_AT_ONCE]))
    return OnlineNumber(online)
