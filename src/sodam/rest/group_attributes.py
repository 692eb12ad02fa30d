"""``group_open_http_svc``: attributes and counters (rest-groups.md 2.24 to 2.31)."""

from __future__ import annotations

from typing import Annotated, Any, Final

import msgspec

from sodam.errors import ApiError, Code
from sodam.groups.attributes import NOTHING_EXPECTED, Given
from sodam.groups.counters import LEAST, MOST, Mode
from sodam.rest.group_fields import COMMON, Names, operator_of
from sodam.rest.group_members import group_of
from sodam.rest.group_open_http_svc import GroupId, service
from sodam.wire import Call, Service

__all__ = ["service"]

attributes = Service(
    "group_open_attr_http_svc",
    bad_json=Code.GROUP_BODY_NOT_JSON,
    bad_request=Code.GROUP_BAD_PARAMETER,
    internal=Code.GROUP_INTERNAL,
)
WRITES: Final = (
    *COMMON,
    Code.GROUP_ATTR_KEY_TOO_LONG,
    Code.GROUP_ATTR_VALUE_TOO_LONG,
    Code.GROUP_ATTR_TOO_MANY,
    Code.GROUP_ATTR_TOO_LARGE,
    Code.GROUP_ATTR_TOO_FREQUENT,
    Code.GROUP_ATTR_NOT_FOUND,
    Code.GROUP_ATTR_CONFLICT,
)


class KeyValue(msgspec.Struct):
    key: str
    value: str


class AttributesGet(msgspec.Struct):
    GroupId: str
    GroupType: Any = None
    Key: Any = None


class AttributesAnswer(msgspec.Struct):
    GroupAttrAry: list[KeyValue]


@attributes.command("get_group_attr", errors=COMMON)
@service.command("get_group_attr", errors=COMMON)
async def get_group_attr(call: Call, request: GroupId) -> AttributesAnswer:
    """Read all attributes of a group. Source: rest-groups.md 2.24."""
    group = await group_of(call, request.GroupId)
    _, found = await call.services.groups.attributes.get(group)
    return AttributesAnswer([KeyValue(key, attribute.value) for key, attribute in found.items()])


class AttributesPut(msgspec.Struct):
    GroupId: str
    GroupAttr: list[KeyValue]


async def _put(call: Call, request: AttributesPut, *, replace: bool) -> None:
    given = [Given(item.key, item.value) for item in request.GroupAttr]
    app, operator = call.app.sdkappid, await operator_of(call)
    await call.services.groups.attributes.put(app, operator, request.GroupId, given, NOTHING_EXPECTED, replace=replace)


@attributes.command("modify_group_attr", errors=WRITES)
@service.command("modify_group_attr", errors=WRITES)
async def modify_group_attr(call: Call, request: AttributesPut) -> None:
    """Write attributes; the others stay. At most five writes a second. Source: rest-groups.md 2.25."""
    await _put(call, request, replace=False)


@attributes.command("set_group_attr", errors=WRITES)
@service.command("set_group_attr", errors=WRITES)
async def set_group_attr(call: Call, request: AttributesPut) -> None:
    """Replace all attributes by these. Source: rest-groups.md 2.26."""
    await _put(call, request, replace=True)


@attributes.command("clear_group_attr", errors=WRITES)
@service.command("clear_group_attr", errors=WRITES)
async def clear_group_attr(call: Call, request: GroupId) -> None:
    """Delete all attributes. Source: rest-groups.md 2.27."""
    operator = await operator_of(call)
    await call.services.groups.attributes.clear(call.app.sdkappid, operator, request.GroupId, NOTHING_EXPECTED)


class KeyOnly(msgspec.Struct):
    key: str


class AttributesDelete(msgspec.Struct):
    GroupId: str
    GroupAttr: list[KeyOnly]


@attributes.command("delete_group_attr", errors=WRITES)
@service.command("delete_group_attr", errors=WRITES)
async def delete_group_attr(call: Call, request: AttributesDelete) -> None:
    """Delete attributes by their keys, all or none. Source: rest-groups.md 2.28."""
    if not request.GroupAttr:
        raise ApiError(Code.GROUP_BAD_PARAMETER, "GroupAttr is empty")
    given = [Given(item.key, "") for item in request.GroupAttr]
    operator = await operator_of(call)
    await call.services.groups.attributes.delete(call.app.sdkappid, operator, request.GroupId, given, NOTHING_EXPECTED)


def _check_plan(call: Call) -> None:
    """Raises ApiError 10059."""
    if call.app.plan != "Flagship":
        raise ApiError(Code.GROUP_PLAN_REQUIRED, "counters are part of the Flagship plan")


class Counter(msgspec.Struct):
    Key: str
    Value: Annotated[int, msgspec.Meta(ge=LEAST, le=MOST)]


class CounterUpdate(msgspec.Struct):
    GroupId: str
    GroupCounter: list[Counter]
    Mode: Mode = "Set"


class CounterUpdateAnswer(msgspec.Struct):
    GroupCounter: list[Counter]


@service.command("update_group_counter", errors=(*COMMON, Code.GROUP_PLAN_REQUIRED, Code.GROUP_COUNTER_TOO_MANY))
async def update_group_counter(call: Call, request: CounterUpdate) -> CounterUpdateAnswer:
    """Set counters, or add to them or take from them; one that does not exist starts at 0. The new values.

    Communities have none, and they are part of the Flagship plan (10059). Source: rest-groups.md 2.29.
    """
    _check_plan(call)
    if not request.GroupCounter:
        raise ApiError(Code.GROUP_BAD_PARAMETER, "GroupCounter is empty")
    given = {item.Key: item.Value for item in request.GroupCounter}
    operator = await operator_of(call)
    values = await call.services.groups.counters.update(
        call.app.sdkappid, operator, request.GroupId, given, request.Mode
    )
    return CounterUpdateAnswer([Counter(*pair) for pair in values.items()])


class CounterGet(msgspec.Struct):
    GroupId: str
    GroupCounterKeys: Names | None = None


class CounterGetAnswer(msgspec.Struct):
    GroupCounter: list[Counter]
    GroupCounterSeq: int


@service.command("get_group_counter", errors=(*COMMON, Code.GROUP_PLAN_REQUIRED))
async def get_group_counter(call: Call, request: CounterGet) -> CounterGetAnswer:
    """Read counters, those named or all. Source: rest-groups.md 2.30."""
    _check_plan(call)
    group = await group_of(call, request.GroupId)
    seq, found = await call.services.groups.counters.get(group)
    keys = request.GroupCounterKeys
    return CounterGetAnswer([Counter(key, value) for key, value in found.items() if not keys or key in keys], seq)


@service.command("delete_group_counter", errors=(*COMMON, Code.GROUP_PLAN_REQUIRED))
async def delete_group_counter(call: Call, request: CounterGet) -> None:
    """Delete counters, those named or all. Source: rest-groups.md 2.31."""
    _check_plan(call)
    operator = await operator_of(call)
    await call.services.groups.counters.delete(
        call.app.sdkappid, operator, request.GroupId, request.GroupCounterKeys or None
    )
