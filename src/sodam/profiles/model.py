"""Profile fields: their types, limits, values and permissions (rest-accounts-relations.md 5.1 and 5.2)."""

from __future__ import annotations

from typing import Literal

import msgspec

from sodam.accounts.model import CUSTOM, IMAGE, NICK, ProfileValue
from sodam.apps.model import App
from sodam.errors import ApiError, Code

Side = Literal["app", "admin"]
"""Who acts: a client (App) or an administrator over REST (Admin)."""
ALLOW_TYPE = "Tag_Profile_IM_AllowType"
ADMIN_FORBID_TYPE = "Tag_Profile_IM_AdminForbidType"
MAX_VALUE = 500
_MOST_DIGITS = 20
"""Of a number of 64 bits; a longer text is no number of any field."""
_MAX_UINT = {"uint32": 2**32 - 1, "uint64": 2**64 - 1}


def whole(value: object) -> object:
    """The number that a text of digits stands for, as SDKs send it that know texts alone; all else as it is."""
    if isinstance(value, str) and len(value) <= _MOST_DIGITS and value.isascii() and value.isdigit():
        return int(value)
    return value


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field. ``limit`` is in bytes of UTF-8; ``values`` are all that it takes, when it is an enumeration."""

    tag: str
    type: Literal["string", "bytes", "uint32", "uint64"] = "string"
    limit: int = MAX_VALUE
    values: frozenset[str] | None = None
    app_read: bool = True
    app_write: bool = True
    admin_read: bool = True
    admin_write: bool = True

    def readable(self, side: Side) -> bool:
        return self.app_read if side == "app" else self.admin_read

    def writable(self, side: Side) -> bool:
        return self.app_write if side == "app" else self.admin_write

    def check(self, value: object) -> ProfileValue:
        """The value, if the field takes it; a field of numbers takes digits as a text, too, and keeps the number.

        Raises ApiError 40610 wrong type, 40601 too long, 40605 not allowed.
        """
        if self.type in _MAX_UINT:
            value = whole(value)
            if type(value) is not int:
                raise ApiError(Code.PROFILE_VALUE_TYPE, f"{self.tag} takes an integer")
            if not 0 <= value <= _MAX_UINT[self.type]:
                raise ApiError(Code.PROFILE_VALUE_OUT_OF_RANGE, f"{self.tag} takes 0 to {_MAX_UINT[self.type]}")
            return value
        if not isinstance(value, str):
            raise ApiError(Code.PROFILE_VALUE_TYPE, f"{self.tag} takes a string")
        if self.values is not None and value not in self.values:
            raise ApiError(Code.PROFILE_VALUE_OUT_OF_RANGE, f"{self.tag} takes one of {', '.join(sorted(self.values))}")
        if len(value.encode()) > self.limit:
            raise ApiError(Code.PROFILE_VALUE_TOO_LONG, f"{self.tag} is longer than {self.limit} bytes")
        return value


STANDARD: dict[str, Field] = {
    field.tag: field
    for field in (
        Field(tag=NICK),
        Field(
            tag="Tag_Profile_IM_Gender",
            values=frozenset(("Gender_Type_Unknown", "Gender_Type_Female", "Gender_Type_Male")),
        ),
        Field(tag="Tag_Profile_IM_BirthDay", type="uint32"),
        Field(tag="Tag_Profile_IM_Location", limit=16),
        Field(tag="Tag_Profile_IM_SelfSignature"),
        Field(
            tag=ALLOW_TYPE,
            values=frozenset(("AllowType_Type_AllowAny", "AllowType_Type_NeedConfirm", "AllowType_Type_DenyAny")),
        ),
        Field(tag="Tag_Profile_IM_Language", type="uint32"),
        Field(tag=IMAGE),
        Field(tag="Tag_Profile_IM_MsgSettings", type="uint32"),
        Field(
            tag=ADMIN_FORBID_TYPE,
            values=frozenset(("AdminForbid_Type_None", "AdminForbid_Type_SendOut")),
            app_write=False,
        ),
        Field(tag="Tag_Profile_IM_Level", type="uint32"),
        Field(tag="Tag_Profile_IM_Role", type="uint32"),
    )
}
"""Every standard field, by tag."""


def field_of(app: App, tag: str) -> Field:
    """The field that a tag names. Raises ApiError 40009 when the app has none such.

    Very old apps put their SDKAppID before a custom field's name; that spelling means the same field.
    """
    field = STANDARD.get(tag)
    if field is not None:
        return field
    if tag.startswith(CUSTOM):
        name = tag.removeprefix(CUSTOM).removeprefix(f"{app.sdkappid}_")
        for declared in app.settings.user_fields:
            if declared.name == name:
                return Field(
                    tag=CUSTOM + name,
                    type=declared.type,
                    app_read=declared.app_read,
                    app_write=declared.app_write,
                    admin_read=declared.admin_read,
                    admin_write=declared.admin_write,
                )
    raise ApiError(Code.PROFILE_NO_SUCH_FIELD, f"no profile field {tag[:80]!r}")
