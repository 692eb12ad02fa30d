"""Who is in a live room at the moment (rest-groups.md 2.32)."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from sodam.accounts.model import MAX_USER_ID
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.chat_groups import OfChatGroup, RoleName, people
from sodam.cloudapi.actions.views import Limit, Offset
from sodam.groups.rooms import LISTED, LISTED_WITHOUT
from sodam.groups.seats import ALWAYS_ONLINE

_MICRO: Final = 1_000_000


class DescribeRoomVisitors(OfChatGroup):
    Keyword: Annotated[str, msgspec.Meta(max_length=MAX_USER_ID)] = ""
    """How the UserID begins."""
    Offset: Offset = 0
    Limit: Limit = 20


class VisitorRow(msgspec.Struct, kw_only=True):
    UserID: str
    Nick: str
    FaceUrl: str
    Role: RoleName
    JoinTime: int
    MuteUntil: int
    """Unix seconds; 0: not muted. 4294967295: for ever."""
    Robot: bool
    """Counts as present without being connected."""


class RoomVisitors(msgspec.Struct):
    TotalCount: int
    """Of what was asked for, among those listed."""
    Online: int
    """How many are in the room, listed or not."""
    Most: int
    """So many are listed, the newest: 1000 with the app's setting ``room_online_members``, 30 without."""
    Visitors: list[VisitorRow]
    """The newest first."""


@action("im", "DescribeRoomVisitors", kind="list", level="app")
async def describe_room_visitors(call: Call, request: DescribeRoomVisitors) -> RoomVisitors:
    """A page of those who are in a live room at the moment, on all nodes, with role and mute."""
    groups, app = call.plane.services.groups, call.the_app
    group = await groups.rooms.group(app, request.GroupId)
    most = LISTED if app.settings.room_online_members else LISTED_WITHOUT
    listed = await groups.rooms.listed(app.sdkappid, group.group_id, most, None)
    found = [one for one in listed if one.user_id.startswith(request.Keyword)]
    page = found[request.Offset : request.Offset + request.Limit]
    person = await people(call, (one.user_id for one in page))
    mutes = await groups.members.mutes(group)
    admins = set(await groups.rooms.staff.admins(app, group.group_id))
    rows = []
    for one in page:
        who = person(one.user_id)
        role: RoleName = "Owner" if one.user_id == group.owner else "Admin" if one.user_id in admins else "Member"
        rows.append(
            VisitorRow(
                UserID=who.UserID,
                Nick=who.Nick,
                FaceUrl=who.FaceUrl,
                Role=role,
                JoinTime=one.joined_at // _MICRO,
                MuteUntil=mutes.get(one.user_id, 0),
                Robot=ALWAYS_ONLINE in one.marks,
            )
        )
    online = await groups.rooms.number(app.sdkappid, group.group_id)
    return RoomVisitors(len(found), online, most, rows)
