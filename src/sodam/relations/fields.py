"""Friend fields: what values they take, and how they are shown (rest-accounts-relations.md 6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from sodam.apps.model import App
from sodam.errors import Code
from sodam.profiles.model import whole
from sodam.relations.model import MAX_CUSTOM, MAX_GROUP_NAME, MAX_REMARK, MAX_SOURCE, MAX_WORDING, Friend, Owner

GROUP: Final = "Tag_SNS_IM_Group"
REMARK: Final = "Tag_SNS_IM_Remark"
SOURCE: Final = "Tag_SNS_IM_AddSource"
WORDING: Final = "Tag_SNS_IM_AddWording"
ADD_TIME: Final = "Tag_SNS_IM_AddTime"
REMARK_TIME: Final = "Tag_SNS_IM_RemarkTime"
CUSTOM: Final = "Tag_SNS_Custom_"
STANDARD: Final = frozenset((GROUP, REMARK, SOURCE, WORDING, ADD_TIME, REMARK_TIME))
_SOURCE: Final = re.compile(rf"AddSource_Type_[A-Za-z]{{1,{MAX_SOURCE}}}\Z")
_MAX_UINT64: Final = 2**64 - 1
MAX_TIME: Final = 2**53

Value = str | int | list[str]


def storable(text: str) -> bool:
    """False for a NUL or a lone surrogate, which JSON can spell and not every store."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def size(text: str) -> int:
    """Bytes of UTF-8. What cannot be stored is too long."""
    return len(text.encode()) if storable(text) else 1 << 30


def bad_text(*, source: str | None, remark: str | None, wording: str | None) -> str:
    """Which of the texts is not allowed, as the word that ResultInfo uses; empty when all are."""
    if source is not None and not _SOURCE.match(source):
        return "Source_Illegal"
    if remark is not None and size(remark) > MAX_REMARK:
        return "Remark_Illegal"
    if wording is not None and size(wording) > MAX_WORDING:
        return "AddWording_Illegal"
    return ""


def bad_group(name: str) -> tuple[Code, str]:
    """Why a text cannot be the name of a friend group, as code and reason; (0, "") when it can.

    30001 for one without a character to see, or that cannot be stored; 30011, which the documents give for what exceeds
    the limits of groups, for one of more than 30 bytes.
    """
    if not name.strip():
        return Code.SNS_BAD_REQUEST, "a friend group needs a name"
    if not storable(name):
        return Code.SNS_BAD_REQUEST, "the name of a friend group holds a NUL or half of a character"
    if size(name) > MAX_GROUP_NAME:
        return Code.SNS_GROUPS_FULL, f"the name of a friend group has at most {MAX_GROUP_NAME} bytes"
    return Code.OK, ""


def bad_groups(names: Iterable[str], owner: Owner) -> tuple[Code, str]:
    """Why a friend cannot be in groups of these names, as code and the word that ResultInfo uses; (0, "") if it can.

    Groups that do not exist would be made: the owner must have room for them.
    """
    names = tuple(names)
    codes = [bad_group(name)[0] for name in names]
    if Code.SNS_BAD_REQUEST in codes:
        return Code.SNS_BAD_REQUEST, "Group_Illegal"
    if any(codes) or not owner.room_for(names):
        return Code.SNS_GROUPS_FULL, "Group_Num_Exceed_Threshold"
    return Code.OK, ""


def custom_tag(app: App, tag: str) -> str | None:
    """The tag of a declared custom friend field; very old apps put their SDKAppID before its name."""
    if not tag.startswith(CUSTOM):
        return None
    name = tag.removeprefix(CUSTOM).removeprefix(f"{app.sdkappid}_")
    return CUSTOM + name if any(declared.name == name for declared in app.settings.friend_fields) else None


def custom_value(app: App, tag: str, value: object) -> str | int | None:
    """The value, if the declared field ``tag`` takes it, digits as a text being a number, too; None if not."""
    name = tag.removeprefix(CUSTOM)
    declared = next(known for known in app.settings.friend_fields if known.name == name)
    if declared.type == "uint64":
        value = whole(value)
        return value if type(value) is int and 0 <= value <= _MAX_UINT64 else None
    return value if isinstance(value, str) and size(value) <= MAX_CUSTOM else None


def standard_items(friend: Friend, owner: Owner) -> list[tuple[str, Value]]:
    """The standard fields that have a value, in the order of the documents."""
    items: list[tuple[str, Value]] = []
    if friend.source:
        items.append((SOURCE, friend.source))
    if friend.remark:
        items.append((REMARK, friend.remark))
    if friend.groups:
        items.append((GROUP, owner.names(friend.groups)))
    items.append((ADD_TIME, friend.added_at))
    if friend.wording:
        items.append((WORDING, friend.wording))
    return items


def custom_items(friend: Friend) -> list[tuple[str, Value]]:
    return list(friend.custom.items())


def chosen_items(friend: Friend, owner: Owner, tags: Sequence[str]) -> list[tuple[str, Value]]:
    """The fields that ``tags`` name and that have a value, in that order."""
    have = dict(standard_items(friend, owner)) | friend.custom
    if friend.remark_at:
        have[REMARK_TIME] = friend.remark_at
    return [(tag, have[tag]) for tag in tags if tag in have]
