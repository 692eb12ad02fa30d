"""What clients are told about uploaded objects, in the names of the protocol: addresses, sizes, forms of pictures."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from sodam.media.model import LARGE, SMALL, Form, Object
from sodam.media.pictures import scaled
from sodam.media.service import MediaService

SHOWN: Final = {Form.SMALL: f"imageView2/3/w/{SMALL}/h/{SMALL}", Form.LARGE: f"imageView2/3/w/{LARGE}/h/{LARGE}"}
"""The query that the web SDK adds to a picture's address for its smaller forms."""
_SIDES: Final = {Form.SMALL: SMALL, Form.LARGE: LARGE}
_HOST: Final = re.compile(r"[A-Za-z0-9._\-\[\]:]{1,255}")
_FORMATS: Final = {"image/jpeg": 1, "image/gif": 2, "image/png": 3, "image/bmp": 4}


class ImageInfo(msgspec.Struct):
    """One form of a picture. Size: bytes, 0 for a form that is made smaller."""

    Type: int
    Size: int
    Width: int
    Height: int
    URL: str


def parted(url: str) -> tuple[str, str]:
    """What stands before an object's path in an address, and the path alone; both empty for other addresses."""
    at = url.find("/media/") if len(url) < 2000 else -1
    return (url[:at], url[at:].partition("?")[0].partition("#")[0]) if at >= 0 else ("", "")


def address(media: MediaService, secure: bool, host: str) -> str:
    """What stands before a path: the operator's word, or where the client came to; empty when nothing is known."""
    if media.address:
        return media.address
    return f"{'https' if secure else 'http'}://{host}" if _HOST.fullmatch(host) else ""


def images(row: Object, url: str) -> list[ImageInfo]:
    """The three forms of a picture, as an element lists them."""
    found = [ImageInfo(int(Form.ORIGINAL), row.size, row.width, row.height, url)]
    for form in (Form.LARGE, Form.SMALL):
        width, height = scaled(row.width, row.height, _SIDES[form])
        there = row.has(form)
        shown = f"{url}?{SHOWN[form]}" if there else url
        found.append(ImageInfo(int(form), 0 if there else row.size, width, height, shown))
    return found


def image_format(row: Object) -> int:
    return _FORMATS.get(row.type, 255)
