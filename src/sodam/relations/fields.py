"""Friend fields: what values they take, and how they are shown (rest-accounts-relations.md 6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from sodam.apps.model import App
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


def size(text: str) -> int:
    """Bytes of UTF-8. With a NUL or a lone surrogate, which JSON can spell and not every store, it is too long."""
    try:
        return 1 << 30 if "\0" in text else len(text.encode())
    except UnicodeEncodeError:
        return 1 << 30


def bad_text(*, source: str | None, remark: str | None, wording: str | None) -> str:
    """Which of the texts is not allowed, as the word that ResultInfo uses; empty when all are."""
    if source is not None and not _SOURCE.match(source):
        return "Source_Illegal"
    if remark is not None and size(remark) > MAX_REMARK:
        return "Remark_Illegal"
    if wording is not None and size(wording) > MAX_WORDING:
        return "AddWording_Illegal"
    return ""


def good_groups(names: Iterable[str]) -> bool:
    """Whether each name has 1 to 30 bytes."""
    return all(0 < size(name) <= MAX_GROUP_NAME for name in names)


def custom_tag(app: App, tag: str) -> str | None:
    """The tag of a declared custom friend field; very old apps put their SDKAppID before its name."""
    if not tag.startswith(CUSTOM):
        return None
    name = tag.removeprefix(CUSTOM).removeprefix(f"{app.sdkappid}_")
    return CUSTOM + name if any(declared.name == name for declared in app.settings.friend_fields) else None


def custom_value(app: App, tag: str, value: object) -> str | int | None:
    """The value, if the declared field ``tag`` takes it; None if not."""
    name = tag.removeprefix(CUSTOM)
    declared = next(known for known in app.settings.friend_fields if known.name == name)
    if declared.type == "uint64":
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
