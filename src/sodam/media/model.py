"""What an uploaded object is, and what may be uploaded."""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

import msgspec

MIB: Final = 1024 * 1024
UPLOAD_SECONDS: Final = 900
"""For so long an upload may begin at the address that was given for it."""
MAX_FILE_NAME: Final = 200
"""Characters of a file's name; the rest is cut off, its suffix is kept."""
SMALL: Final = 198
LARGE: Final = 720
"""The shorter side of a picture's two derived forms (rest-messages.md 1.1.1)."""
MAX_PIXELS: Final = 64_000_000
"""Of a picture. It is never decoded beyond that, and nobody's client is made to."""
MAX_SIDE: Final = 20_000
AVATAR_BYTES: Final = 5 * MIB


class Kind(IntEnum):
    """What an upload is meant to be; the numbers of ``file_type``."""

    PICTURE = 1
    VIDEO = 2
    SOUND = 3
    AVATAR = 4
    """A picture that stays until its uploader, or the app, is deleted."""
    FILE = 255


class State(IntEnum):
    ARRIVING = 0
    THERE = 1
    FORBIDDEN = 2
    ERASED = 3


class Form(IntEnum):
    """One of the sizes of a picture; the numbers of ``ImageInfoArray``."""

    ORIGINAL = 1
    LARGE = 2
    SMALL = 3


class Upload(msgspec.Struct, frozen=True, array_like=True):
    """The permission to upload one object."""

    app: int
    name: str
    uploader: str
    kind: int
    file_name: str
    expires: int
    """Unix second."""


class Object(NamedTuple):
    """A row of ``media_object``, in the order of its columns."""

    app: int
    name: str
    uploader: str
    kind: int
    type: str
    file_name: str
    size: int
    stored: int
    width: int
    height: int
    md5: str
    forms: int
    state: int
    created_at: int
    used_at: int

    def has(self, form: Form) -> bool:
        return form == Form.ORIGINAL or bool(self.forms & (1 if form == Form.SMALL else 2))


class MediaError(Exception):
    """An upload or a download is refused; ``status`` is the answer's, the text one line for developers."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def file_name(name: str) -> str:
    """A name that is safe to show and to save by: the last part of a path, without signs that steer anything."""
    name = name.replace("\\", "/").rpartition("/")[2]
    name = "".join(c for c in name if c.isprintable() and c not in '<>:"|?*').strip(" .")
    if len(name) > MAX_FILE_NAME:
        suffix = suffix_of(name)
        name = name[: MAX_FILE_NAME - len(suffix)] + suffix
    return name or "file"


def suffix_of(name: str) -> str:
    """``.jpg`` of a file's name; empty when it has none that is plain."""
    tail = name.rpartition(".")[2].lower() if "." in name else ""
    return f".{tail}" if 0 < len(tail) <= 8 and tail.isascii() and tail.isalnum() else ""
