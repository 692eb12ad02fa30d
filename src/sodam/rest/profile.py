"""``profile``: user profiles (rest-accounts-relations.md section 5)."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from sodam.accounts.model import CUSTOM, NICK, Profile, ProfileValue
from sodam.errors import ApiError, Code
from sodam.moderation.service import Shown
from sodam.wire import Call, Service

service = Service(
    "profile",
    bad_json=Code.PROFILE_BAD_REQUEST,
    bad_request=Code.PROFILE_BAD_REQUEST,
    internal=Code.PROFILE_INTERNAL,
    display=True,
)
UNKNOWN = "Err_Profile_Invalid_Account"
_MAX_ACCOUNTS = 500
MAX_TAGS = 100
_SHOWN = (NICK, "Tag_Profile_IM_SelfSignature")
"""Texts that others see."""


class Item(msgspec.Struct):
    Tag: str
    Value: Any


class PortraitSet(msgspec.Struct):
    From_Account: str
    ProfileItem: Annotated[list[Item], msgspec.Meta(min_length=1, max_length=MAX_TAGS)]


@service.command(
    "portrait_set",
    errors=(
        Code.USER_ID_NOT_STRING,
        Code.PROFILE_ACCOUNT_NOT_FOUND,
        Code.PROFILE_NOT_ADMIN,
        Code.PROFILE_NO_WRITE_PERMISSION,
        Code.PROFILE_NO_SUCH_FIELD,
        Code.PROFILE_VALUE_TOO_LONG,
        Code.PROFILE_VALUE_OUT_OF_RANGE,
        Code.PROFILE_VALUE_TYPE,
        Code.PROFILE_SENSITIVE_WORD,
    ),
)
async def portrait_set(call: Call, request: PortraitSet) -> None:
    """Write profile fields of an account, all or none: an administrator anyone's, a client its own.

    Up to 100 items; texts up to 500 bytes, Location 16. 40005: a name, a signature or a custom text holds a word that
    the app refuses. Source: rest-accounts-relations.md 5.1 to 5.3.
    """
    values = [item.Value for item in request.ProfileItem if item.Tag in _SHOWN or item.Tag.startswith(CUSTOM)]
    shown = [value for value in values if isinstance(value, str)]
    user_id = call.acting_for(request.From_Account, Code.PROFILE_NOT_ADMIN)
    about = Shown("UserInfo", user_id, call.source)
    await call.services.words.refuse(call.app.sdkappid, shown, Code.PROFILE_SENSITIVE_WORD, shown=about)
    await call.services.profiles.set(
        call.app,
        user_id,
        [(item.Tag, item.Value) for item in request.ProfileItem],
        side="admin" if call.admin else "app",
        operator=call.caller,
        platform=call.platform,
        client_ip=call.client_ip,
        instid=call.instid,
    )


class PortraitGet(msgspec.Struct):
    TagList: Annotated[list[str], msgspec.Meta(max_length=MAX_TAGS)]
    To_Account: list[str] | str | None = None


class TagValue(msgspec.Struct):
    Tag: str
    Value: ProfileValue


class UserProfile(msgspec.Struct, omit_defaults=True):
    To_Account: str
    ResultCode: int
    ResultInfo: str
    ProfileItem: list[TagValue] | None = None


class PortraitGetAnswer(msgspec.Struct, omit_defaults=True):
    UserProfileItem: list[UserProfile]
    Fail_Account: list[str] | None = None


def items_of(profile: Profile) -> list[TagValue]:
    return [TagValue(tag, value) for tag, value in profile.items()]


@service.command(
    "portrait_get",
    errors=(
        Code.USER_ID_NOT_STRING,
        Code.PROFILE_NO_ACCOUNT,
        Code.PROFILE_ACCOUNT_NOT_FOUND,
        Code.PROFILE_NO_READ_PERMISSION,
        Code.PROFILE_NO_SUCH_FIELD,
    ),
)
async def portrait_get(call: Call, request: PortraitGet) -> PortraitGetAnswer:
    """Read fields of up to 500 accounts (100 are advised); fields that nobody set are absent.

    An unknown account fails in its item with 40003; the call fails when all do. Source: rest-accounts-relations.md 5.4.
    """
    ids = [request.To_Account] if isinstance(request.To_Account, str) else request.To_Account
    if not ids:
        raise ApiError(Code.PROFILE_NO_ACCOUNT, "Err_Profile_To_Account_Empty")
    if len(ids) > _MAX_ACCOUNTS:
        raise ApiError(Code.PROFILE_BAD_REQUEST, f"more than {_MAX_ACCOUNTS} accounts")
    found = await call.services.profiles.get(call.app, ids, request.TagList, "admin" if call.admin else "app")
    answer = PortraitGetAnswer(
        [
            UserProfile(user_id, int(Code.PROFILE_ACCOUNT_NOT_FOUND), UNKNOWN)
            if profile is None
            else UserProfile(user_id, 0, "", items_of(profile))
            for user_id, profile in found
        ]
    )
    answer.Fail_Account = [user_id for user_id, profile in found if profile is None] or None
    if answer.Fail_Account and len(answer.Fail_Account) == len(ids):
        call.fail(Code.PROFILE_ACCOUNT_NOT_FOUND, UNKNOWN)
    return answer
