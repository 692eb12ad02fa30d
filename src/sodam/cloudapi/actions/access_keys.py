"""Access keys: SecretId and SecretKey, with which the cloud API is signed (access-management.md 6.1)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from sodam.access.model import AccessKey
from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.views import Id, stamp

KeyStatus = Literal["Active", "Inactive"]


class OfKeyOwner(msgspec.Struct):
    TargetUin: Id = 0
    """0: the caller."""


class CreateAccessKey(OfKeyOwner):
    Description: Annotated[str, msgspec.Meta(max_length=200)] = ""


class AccessKeyDetail(msgspec.Struct):
    AccessKeyId: str
    SecretAccessKey: str
    Status: KeyStatus
    CreateTime: str
    Description: str


class AccessKeyMade(msgspec.Struct):
    AccessKey: AccessKeyDetail


class AccessKeyLine(msgspec.Struct):
    AccessKeyId: str
    Status: KeyStatus
    CreateTime: str
    Description: str


class AccessKeyList(msgspec.Struct):
    AccessKeys: list[AccessKeyLine]


def _status(key: AccessKey) -> KeyStatus:
    return "Active" if key.active else "Inactive"


async def _owner(call: Call, request: OfKeyOwner) -> int:
    if not request.TargetUin or request.TargetUin == call.caller.uin:
        return call.caller.uin
    return (await call.plane.users.get_sub(request.TargetUin)).uin


@action("cam", "CreateAccessKey", kind="write", level="user")
async def create_access_key(call: Call, request: CreateAccessKey) -> AccessKeyMade:
    """Make an access key. Its SecretKey is shown now and never again; a user has at most two."""
    call.changed_by(lambda k: (None, {"AccessKeyId": k.secret_id, "Uin": k.uin, "Description": k.description}))
    key = await call.plane.users.create_key(await _owner(call, request), request.Description)
    made = stamp(key.created_at)
    return AccessKeyMade(AccessKeyDetail(key.secret_id, key.secret_key, _status(key), made, key.description))


@action("cam", "ListAccessKeys", kind="list", level="user")
async def list_access_keys(call: Call, request: OfKeyOwner) -> AccessKeyList:
    """A user's access keys, without their secrets."""
    keys = await call.plane.users.keys(await _owner(call, request))
    return AccessKeyList([AccessKeyLine(k.secret_id, _status(k), stamp(k.created_at), k.description) for k in keys])


class UpdateAccessKey(OfKeyOwner, kw_only=True):
    AccessKeyId: str
    Status: KeyStatus


@action("cam", "UpdateAccessKey", kind="write", level="user")
async def update_access_key(call: Call, request: UpdateAccessKey) -> None:
    """Enable or disable an access key, in force at once."""
    key = await call.plane.users.key_of(request.AccessKeyId, await _owner(call, request))
    facts = {"AccessKeyId": key.secret_id, "Uin": key.uin}
    call.changed(facts | {"Status": _status(key)}, facts | {"Status": request.Status})
    await call.plane.users.set_key_active(key, request.Status == "Active")


class DeleteAccessKey(OfKeyOwner, kw_only=True):
    AccessKeyId: str


@action("cam", "DeleteAccessKey", kind="write", level="user")
async def delete_access_key(call: Call, request: DeleteAccessKey) -> None:
    """Delete a disabled access key."""
    key = await call.plane.users.key_of(request.AccessKeyId, await _owner(call, request))
    call.changed({"AccessKeyId": key.secret_id, "Uin": key.uin}, {})
    await call.plane.users.delete_key(key)


class GetSecurityLastUsed(msgspec.Struct):
    SecretIdList: Annotated[list[str], msgspec.Meta(min_length=1, max_length=10)]


class LastUsedRow(msgspec.Struct):
    SecretId: str
    LastUsedDate: str
    LastSecretUsedDate: int


class LastUsed(msgspec.Struct):
    SecretIdLastUsedRows: list[LastUsedRow]


@action("cam", "GetSecurityLastUsed", kind="read", level="operation")
async def get_security_last_used(call: Call, request: GetSecurityLastUsed) -> LastUsed:
    """When access keys were last used; unknown keys are left out."""
    found = [await call.plane.users.key(secret_id) for secret_id in request.SecretIdList]
    return LastUsed(
        [LastUsedRow(k.secret_id, stamp(k.last_used_at)[:10], k.last_used_at) for k in found if k is not None]
    )
