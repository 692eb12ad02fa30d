"""Client attributes of groups: as over REST, with the versions by which clients notice that another has written.

Source: client-protocol-groups.md section 8. Counters stand in gateway/table.py: a client sends them as a server does.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam.errors import ApiError, Code
from sodam.gateway.commands.group_open_http_svc import service
from sodam.groups.attributes import Expected, Given, Written
from sodam.rest.group_attributes import WRITES, AttributesGet
from sodam.rest.group_fields import COMMON, operator_of
from sodam.rest.group_members import group_of
from sodam.wire import Call, Service

__all__ = ["attributes", "service"]

attributes = Service(
    "group_open_attr_http_svc",
    bad_json=Code.GROUP_BODY_NOT_JSON,
    bad_request=Code.GROUP_BAD_PARAMETER,
    internal=Code.GROUP_INTERNAL,
)
_RACE = "RaceConflict"
_Seq = Annotated[int, msgspec.Meta(ge=0)]


class Item(msgspec.Struct):
    key: str
    value: str = ""
    seq: _Seq = 0


class AttributesWrite(msgspec.Struct, kw_only=True):
    GroupId: str
    GroupAttr: list[Item] = []
    AttrMainSeq: _Seq = 0
    AttrControl: list[str] = []


class KeySeq(msgspec.Struct):
    key: str
    seq: int


class NamedSeq(msgspec.Struct):
    Key: str
    seq: int


class WriteAnswer(msgspec.Struct):
    """``GroupAttrAry`` is what the web SDK reads, ``GroupAttr`` what lite-chat reads."""

    AttrMainSeq: int
    GroupAttrAry: list[KeySeq]
    GroupAttr: list[NamedSeq]


def _expected(request: AttributesWrite) -> Expected:
    return Expected(strict=_RACE in request.AttrControl, main_seq=request.AttrMainSeq)


def _given(request: AttributesWrite) -> list[Given]:
    return [Given(item.key, item.value, item.seq) for item in request.GroupAttr]


def _answer(written: Written) -> WriteAnswer:
    pairs = list(written.seqs.items())
    return WriteAnswer(written.main_seq, [KeySeq(*pair) for pair in pairs], [NamedSeq(*pair) for pair in pairs])


async def _put(call: Call, request: AttributesWrite, *, replace: bool) -> WriteAnswer:
    app, operator, groups = call.app.sdkappid, await operator_of(call), call.services.groups
    return _answer(
        await groups.attributes.put(
            app, operator, request.GroupId, _given(request), _expected(request), replace=replace
        )
    )


@service.command("set_group_attr", errors=WRITES)
async def set_group_attr(call: Call, request: AttributesWrite) -> WriteAnswer:
    """Replace all attributes by these."""
    return await _put(call, request, replace=True)


@service.command("modify_group_attr", errors=WRITES)
async def modify_group_attr(call: Call, request: AttributesWrite) -> WriteAnswer:
    """Write attributes; the others stay."""
    return await _put(call, request, replace=False)


@service.command("delete_group_attr", errors=WRITES)
async def delete_group_attr(call: Call, request: AttributesWrite) -> WriteAnswer:
    """Delete attributes by their keys, all or none."""
    if not request.GroupAttr:
        raise ApiError(Code.GROUP_BAD_PARAMETER, "GroupAttr is empty")
    app, operator, groups = call.app.sdkappid, await operator_of(call), call.services.groups
    return _answer(await groups.attributes.delete(app, operator, request.GroupId, _given(request), _expected(request)))


@service.command("clear_group_attr", errors=WRITES)
async def clear_group_attr(call: Call, request: AttributesWrite) -> WriteAnswer:
    """Delete all attributes."""
    app, operator, groups = call.app.sdkappid, await operator_of(call), call.services.groups
    return _answer(await groups.attributes.clear(app, operator, request.GroupId, _expected(request)))


class ReadAnswer(msgspec.Struct):
    AttrMainSeq: int
    GroupAttrAry: list[Item]


@attributes.command("get_group_attr", errors=COMMON)
async def get_group_attr(call: Call, request: AttributesGet) -> ReadAnswer:
    """Read all attributes of a group, with their versions."""
    group = await group_of(call, request.GroupId)
    seq, found = await call.services.groups.attributes.get(group)
    return ReadAnswer(seq, [Item(key, attribute.value, attribute.seq) for key, attribute in found.items()])
