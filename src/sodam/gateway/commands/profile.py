"""``profile`` as clients use it: the REST commands for their own account, and one more (client-protocol.md 7)."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from sodam.accounts.model import NICK
from sodam.errors import ApiError, Code
from sodam.rest import profile as rest
from sodam.rest.profile import TagValue, items_of
from sodam.wire import Call, Service

service = Service(
    "profile",
    bad_json=Code.PROFILE_BAD_REQUEST,
    bad_request=Code.PROFILE_BAD_REQUEST,
    internal=Code.PROFILE_INTERNAL,
    display=True,
    commands=dict(rest.service.commands),
)


class Item(msgspec.Struct, kw_only=True):
    """A field by either of the names that SDKs use: ``Tag`` and ``Value``, and those of lite-chat in small letters."""

    Tag: str = ""
    Value: Any = None
    tag: str = ""
    value: Any = None


class PortraitSet(msgspec.Struct):
    From_Account: str
    ProfileItem: Annotated[list[Item], msgspec.Meta(min_length=1, max_length=rest.MAX_TAGS)]


@service.command("portrait_set", errors=rest.service.commands["portrait_set"].errors)
async def portrait_set(call: Call, request: PortraitSet) -> None:
    """Write profile fields of the caller's own account, all or none: as ``rest.portrait_set``."""
    items = []
    for item in request.ProfileItem:
        if not (item.Tag or item.tag):
            raise ApiError(Code.PROFILE_BAD_REQUEST, "an item of ProfileItem has no Tag")
        items.append(rest.Item(item.Tag, item.Value) if item.Tag else rest.Item(item.tag, item.value))
    await rest.portrait_set(call, rest.PortraitSet(request.From_Account, items))


class UserItem(msgspec.Struct):
    """The sequences that the client has stored; the answer is always complete."""

    To_Account: str
    StandardSequence: int = 0
    CustomSequence: int = 0


class PortraitGetAll(msgspec.Struct):
    UserItem: Annotated[list[UserItem], msgspec.Meta(min_length=1, max_length=500)]


class FullProfile(msgspec.Struct):
    To_Account: str
    StandardSequence: int
    CustomSequence: int
    ProfileItem: list[TagValue]
    ResultCode: int
    ResultInfo: str


class PortraitGetAllAnswer(msgspec.Struct):
    UserProfileItem: list[FullProfile]
    CurrentStandardSequence: int


@service.command("portrait_get_all", errors=(Code.USER_ID_NOT_STRING,))
async def portrait_get_all(call: Call, request: PortraitGetAll) -> PortraitGetAllAnswer:
    """Read every field of 1 to 500 users that a client may see; unknown users are left out.

    Source: client-protocol.md section 7.
    """
    ids = [item.To_Account for item in request.UserItem]
    profiles = call.services.profiles
    found = await call.services.accounts.find_many(call.app.sdkappid, {call.caller, *ids})
    items = []
    for user_id in ids:
        account = found.get(user_id)
        if account is None:
            continue  # the SDK would show an item as a user without a name
        # lite-chat takes an item without fields for a user that does not exist.
        fields = items_of(profiles.visible(call.app, account, "app")) or [TagValue(NICK, "")]
        items.append(FullProfile(user_id, account.standard_seq, account.custom_seq, fields, 0, ""))
    own = found.get(call.caller)
    return PortraitGetAllAnswer(items, own.standard_seq if own else 0)
