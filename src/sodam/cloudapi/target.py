"""What a request is about, read before the policies are asked and long before its other parameters are believed.

Only the fields that make the resource are read, each by itself, so that no other field of the body can change what the
policies decide on. ``same`` holds the reading against the request that the handler gets.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeVar

import msgspec

from sodam.cloudapi.action import Level

T = TypeVar("T")
_Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class TagGiven(msgspec.Struct):
    Key: str
    Value: str | None = None
    """As the actions take it: left out, or none, is the empty value."""


class Target(msgspec.Struct, frozen=True):
    """``clear`` is False when a field that the resource is made of cannot be read: such a request is refused."""

    sdkappid: int = 0
    job_id: str = ""
    uin: int = 0
    tags: tuple[tuple[str, str], ...] = ()
    """Of the request itself: what policies see as ``qcs:request_tag``."""
    clear: bool = True


_FIELD_OF: Final[dict[Level, str]] = {"app": "SDKAppID", "job": "JobId", "user": "TargetUin"}
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def read_target(level: Level, body: bytes) -> Target:
    """Never fails."""
    try:
        fields = _fields(body or b"{}")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Target(clear=False)
    try:
        tags: list[TagGiven] = _read(fields, "Tags", list[TagGiven], [])
        given = tuple((tag.Key, tag.Value or "") for tag in tags)
        if level == "app":
            return Target(sdkappid=_read(fields, "SDKAppID", _Number, 0), tags=given)
        if level == "job":
            return Target(job_id=_read(fields, "JobId", str, ""), tags=given)
        if level == "user":
            return Target(uin=_read(fields, "TargetUin", _Number, 0), tags=given)
        return Target(tags=given)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Target(clear=False)


def _read(fields: dict[str, msgspec.Raw], name: str, kind: Any, absent: T) -> T:
    raw = fields.get(name)
    if raw is None:
        return absent
    value: T = msgspec.json.decode(raw, type=kind, strict=False)
    return value


def same(level: Level, target: Target, request: Any) -> bool:
    """Whether the decoded request names what the policies were asked about."""
    if not target.clear:
        return False
    wanted: Any = {"app": target.sdkappid, "job": target.job_id, "user": target.uin}.get(level)
    return wanted is None or getattr(request, _FIELD_OF[level], wanted) == wanted
