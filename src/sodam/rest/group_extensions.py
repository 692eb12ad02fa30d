"""``openim_msg_ext_http_svc``: key-value pairs of messages of groups (rest-messages.md 4.17 and 4.18)."""

from __future__ import annotations

import msgspec

from sodam.errors import Code
from sodam.extensions.model import Subject
from sodam.rest.group_fields import COMMON
from sodam.rest.group_messages import place_of
from sodam.rest.openim_msg_ext_http_svc import (
    GetKeyValuesAnswer,
    Number,
    Pair,
    SetKeyValuesAnswer,
    changed,
    check_on,
    items_of,
    read,
    service,
)
from sodam.wire import Call

__all__ = ["service"]
ERRORS = (
    *COMMON,
    Code.GROUP_REQUEST_ILLEGAL,
    Code.GROUP_NO_HISTORY,
    Code.EXTENSION_NOT_FOUND,
    Code.COMMUNITY_DISABLED,
)


class NamedGroup(msgspec.Struct, kw_only=True):
    """A message of a group."""

    GroupId: str
    MsgSeq: Number
    TopicId: str | None = None


class GroupSetKeyValues(NamedGroup, kw_only=True):
    OperateType: int
    ExtensionList: list[Pair] | None = None


class GroupGetKeyValues(NamedGroup, kw_only=True):
    StartSeq: Number = 0
    startSeq: Number = 0
    """As the web SDK writes it."""


async def group_subject(call: Call, request: NamedGroup) -> Subject:
    """The message that a request names. Raises ApiError 10007 (a client is no member), 10010, 10015, 23004."""
    place = place_of(call, request.GroupId, request.TopicId)
    viewer = "" if call.admin else call.caller
    return await call.services.group_extensions.find(call.app, place, request.MsgSeq, viewer=viewer)


@service.command(
    "group_set_key_values",
    errors=(*ERRORS, Code.EXTENSION_UNSUPPORTED, Code.EXTENSION_CONFLICT, Code.EXTENSION_TOO_FREQUENT),
)
async def group_set_key_values(call: Call, request: GroupSetKeyValues) -> SetKeyValuesAnswer:
    """As ``set_key_values``, of a message of a group. Source: rest-messages.md 4.17."""
    check_on(call)
    operation, items = items_of(request.OperateType, request.ExtensionList)
    return await changed(call, await group_subject(call, request), operation, items)


@service.command("group_get_key_values", errors=ERRORS)
async def group_get_key_values(call: Call, request: GroupGetKeyValues) -> GetKeyValuesAnswer:
    """As ``get_key_values``, of a message of a group. Source: rest-messages.md 4.18."""
    check_on(call)
    return await read(call, await group_subject(call, request), request.StartSeq or request.startSeq)
