"""Client ``group_open_http_noauth_svc`` and ``group_open_long_polling_http_noauth_svc``: live rooms without a login.

Source: client-protocol-groups.md section 12. Whoever knows an app and a room may read it, if the app allows guests.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam.errors import ApiError, Code
from sodam.rest.group_fields import COMMON
from sodam.wire import Call, Service

joining = Service(
    "group_open_http_noauth_svc",
    bad_json=Code.GROUP_BODY_NOT_JSON,
    bad_request=Code.GROUP_BAD_PARAMETER,
    internal=Code.GROUP_INTERNAL,
)
polling = Service(
    "group_open_long_polling_http_noauth_svc",
    bad_json=Code.GROUP_BODY_NOT_JSON,
    bad_request=Code.GROUP_BAD_PARAMETER,
    internal=Code.GROUP_INTERNAL,
)


class GuestJoin(msgspec.Struct):
    GroupId: str


class GuestJoinAnswer(msgspec.Struct):
    JoinedStatus: str
    HugeGroupFlag: int
    LongPollingKey: str
    StartSeq: int


@joining.command("apply_join_group", errors=COMMON, guest=True)
async def apply_join_group(call: Call, request: GuestJoin) -> GuestJoinAnswer:
    """Begin to read a live room, signed in or not. Refused with 10007 where the app allows no guests."""
    _check(call)
    groups = call.services.groups
    await groups.rooms.group(call.app, request.GroupId)
    await groups.guests.begin(call.app.sdkappid, request.GroupId)
    if (transport := call.connection.transport) is not None:
        transport.signed_in(True)  # it may stay
    return GuestJoinAnswer("JoinedSuccess", 1, groups.guests.key_of(request.GroupId), 0)


class GetMsg(msgspec.Struct):
    Key: str
    StartSeq: Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)] = 0


class GetMsgAnswer(msgspec.Struct):
    Key: str
    NextSeq: int
    RspMsgList: list[msgspec.Raw]


@polling.command("get_msg", errors=COMMON, guest=True)
async def get_msg(call: Call, request: GetMsg) -> GetMsgAnswer:
    """What was written in a room since StartSeq, as soon as there is something, but after 12 s at the latest.

    StartSeq 0 is now; later it is NextSeq of the answer before.
    """
    _check(call)
    groups = call.services.groups
    await groups.rooms.group(call.app, request.Key.partition(":")[2])
    items, following, key = await groups.guests.poll(call.app.sdkappid, request.Key, request.StartSeq)
    return GetMsgAnswer(key, following, [msgspec.Raw(item) for item in items])


def _check(call: Call) -> None:
    if not call.app.settings.room_guests:
        raise ApiError(Code.GROUP_NOT_PERMITTED, "live rooms of this app are read by signed-in clients only")
