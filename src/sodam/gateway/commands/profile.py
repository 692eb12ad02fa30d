"""``profile`` as clients use it besides ``portrait_set`` (client-protocol.md section 7)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from sodam.errors import Code
from sodam.rest.profile import UNKNOWN, TagValue, items_of
from sodam.wire import Call, Service

service = Service(
    "profile",
    bad_json=Code.PROFILE_BAD_REQUEST,
    bad_request=Code.PROFILE_BAD_REQUEST,
    internal=Code.PROFILE_INTERNAL,
    display=True,
)
NOT_FOUND = "@TLS#NOT_FOUND"
"""In the place of a UserID that does not exist: the web SDK leaves such items out of its result."""


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
    """Read every field of 1 to 500 users that a client may see. Source: client-protocol.md section 7."""
    ids = [item.To_Account for item in request.UserItem]
    profiles = call.services.profiles
    found = await call.services.accounts.find_many(call.app.sdkappid, {call.caller, *ids})
    items = []
    for user_id in ids:
        account = found.get(user_id)
        if account is None:
            items.append(FullProfile(NOT_FOUND, 0, 0, [], int(Code.PROFILE_ACCOUNT_NOT_FOUND), UNKNOWN))
            continue
        fields = items_of(profiles.visible(call.app, account, "app"))
        items.append(FullProfile(user_id, account.standard_seq, account.custom_seq, fields, 0, ""))
    own = found.get(call.caller)
    return PortraitGetAllAnswer(items, own.standard_seq if own else 0)
