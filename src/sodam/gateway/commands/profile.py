"""``profile`` as clients use it: the REST commands for their own account, and one more (client-protocol.md 7)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam.errors import Code
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
        fields = items_of(profiles.visible(call.app, account, "app"))
        items.append(FullProfile(user_id, account.standard_seq, account.custom_seq, fields, 0, ""))
    own = found.get(call.caller)
    return PortraitGetAllAnswer(items, own.standard_seq if own else 0)
