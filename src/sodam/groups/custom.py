"""Custom fields of groups and members: who may read and write which (rest-groups.md 1.9).

The app's settings say which types have a field, and from which role on it is read and written there. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from sodam.apps.group_fields import GroupFieldRight, Level, MemberFieldRight
from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.groups.model import Member
from sodam.groups.types import Role

MAX_GROUP_VALUE: Final = 512
MAX_MEMBER_VALUE: Final = 64
"""Bytes of UTF-8."""
STRANGER: Final = 0
"""Below every role."""
_LEAST: Final[dict[Level, int]] = {
    "anyone": STRANGER,
    "member": Role.Member,
    "admin": Role.Admin,
    "owner": Role.Owner,
    "app": Role.AppAdmin,
}
Pairs = list[dict[str, str]]


def _of_groups(app: App, kind: str) -> dict[str, GroupFieldRight]:
    return {field.name: right for field in app.settings.group_fields for right in field.rights if right.type == kind}


def _of_members(app: App, kind: str) -> dict[str, MemberFieldRight]:
    found = app.settings.group_member_fields
    return {field.name: right for field in found for right in field.rights if right.type == kind}


def check_group(app: App, kind: str, role: int, given: Mapping[str, str]) -> None:
    """Raises ApiError 10004 for a field that groups of this type do not have and for a value that is too long, 10007
    for one that ``role`` may not write."""
    fields = _of_groups(app, kind)
    _check_known(given, fields, MAX_GROUP_VALUE)
    for name in given:
        if role < _LEAST[fields[name].write]:
            raise _not_writable(name)


def check_member(app: App, kind: str, role: int, given: Mapping[str, str], *, own: bool) -> None:
    """As ``check_group``, for a field of a member; ``own``: of who writes."""
    fields = _of_members(app, kind)
    _check_known(given, fields, MAX_MEMBER_VALUE)
    for name in given:
        if role < _LEAST[fields[name].write] and not (own and fields[name].own):
            raise _not_writable(name)


def _check_known(given: Mapping[str, str], fields: Collection[str], most: int) -> None:
    for name, value in given.items():
        if name not in fields:
            raise ApiError(Code.GROUP_BAD_PARAMETER, f"no custom field {name[:40]!r} is defined for this type of group")
        if len(value.encode()) > most:
            raise ApiError(Code.GROUP_BAD_PARAMETER, f"the value of {name!r} has at most {most} bytes")


def _not_writable(name: str) -> ApiError:
    return ApiError(Code.GROUP_NOT_PERMITTED, f"the role may not write the field {name!r}")


def merged(values: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """The values after a write; an empty one deletes."""
    return {name: value for name, value in {**values, **given}.items() if value}


def group_data(app: App, kind: str, values: Mapping[str, str], role: int, names: Collection[str] | None) -> Pairs:
    """AppDefinedData: those of ``names`` (None: of all) that have a value and ``role`` may read."""
    if not values:
        return []
    fields = _of_groups(app, kind)
    readable = (name for name, right in fields.items() if role >= _LEAST[right.read])
    return _pairs(values, readable, names)


def member_data(app: App, kind: str, member: Member, viewer: str, role: int, names: Collection[str] | None) -> Pairs:
    """AppMemberDefinedData of a member, as ``viewer`` with this role may read it."""
    if not member.custom:
        return []
    fields, own = _of_members(app, kind), member.user_id == viewer
    readable = (name for name, right in fields.items() if role >= _LEAST[right.read] or (own and right.own))
    return _pairs(member.custom, readable, names)


def _pairs(values: Mapping[str, str], readable: Iterable[str], names: Collection[str] | None) -> Pairs:
    return [
        {"Key": name, "Value": values[name]} for name in readable if name in values and (names is None or name in names)
    ]
