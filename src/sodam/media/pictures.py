"""Pictures: looked at within limits, cleaned, and given two smaller forms. Runs in a worker thread.

Pillow reads the head first; what has more pixels than the limit is refused before anything of it is decoded.
"""

from __future__ import annotations

import io
import math
import os
from pathlib import Path
from typing import Final, NamedTuple

from sodam.media.clean import Malformed, clean
from sodam.media.model import LARGE, MAX_PIXELS, MAX_SIDE, SMALL, Form, MediaError
from sodam.storage import private

_FORMATS: Final = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/bmp": "BMP",
}
_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
"""By Exif's orientation, what makes a picture upright."""
_REDUCIBLE: Final = ("L", "LA", "RGB", "RGBA", "CMYK")
_MAX_PROFILE: Final = 64 * 1024
_SIDES: Final = {Form.SMALL: SMALL, Form.LARGE: LARGE}


class Picture(NamedTuple):
    width: int
    height: int
    """As it is shown."""
    forms: dict[Form, Path]
    """Those that are smaller than the picture."""
    png: bool
    """The forms are PNG, since it has see-through parts; else JPEG."""


def scaled(width: int, height: int, side: int) -> tuple[int, int]:
    """Width and height of the form whose shorter side is ``side``; a smaller picture stays as it is."""
    shorter = min(width, height)
    if shorter <= side:
        return width, height
    return math.ceil(width * side / shorter), math.ceil(height * side / shorter)


def prepare(path: Path, kind: str, *, cleaned: bool) -> Picture:
    """Check a picture of a content type, take its metadata away if ``cleaned``, and write its forms beside it.

    Raises MediaError for what is no picture, or too large a one.
    """
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # checked below, more strictly
    try:
        with Image.open(path, formats=(_FORMATS[kind],)) as image:
            width, height = image.size
            if width * height > MAX_PIXELS or max(width, height) > MAX_SIDE:
                raise MediaError(413, f"a picture has at most {MAX_PIXELS} pixels and {MAX_SIDE} on a side")
            orientation = int(image.getexif().get(_ORIENTATION, 1) or 1)
            if cleaned:
                _clean(path, kind, orientation)
            if orientation in (5, 6, 7, 8):
                width, height = height, width
            wanted = [form for form, side in _SIDES.items() if min(width, height) > side]
            png = "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "RGBa", "La")
            profile = image.info.get("icc_profile") or b""
            if image.format == "JPEG":
                image.draft("RGB", scaled(image.width, image.height, LARGE))
            image.load()
            if not wanted:
                return Picture(width, height, {}, png)
            # Made smaller before anything else, or the whole picture would be copied several times.
            factor = min(image.size) // (2 * LARGE) if image.mode in _REDUCIBLE else 1
            small: Image.Image = image.reduce(factor) if factor > 1 else image
            small = small.convert("RGBA" if png else "RGB")
            if orientation in _TURNS:
                small = small.transpose(Image.Transpose[_TURNS[orientation]])
            small.info = {}  # Pillow writes comments on by itself
    except MediaError:
        raise
    except Malformed as error:
        raise MediaError(415, str(error)) from None
    except (UnidentifiedImageError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise MediaError(415, "the picture cannot be read") from error
    except OSError as error:
        if error.errno is not None:
            raise
        raise MediaError(415, "the picture cannot be read") from error
    if len(profile) > _MAX_PROFILE or profile[16:20] != b"RGB ":
        profile = b""
    forms = {}
    for form in sorted(wanted):  # the larger one first: the smaller is made of it
        small = small.resize(scaled(width, height, _SIDES[form]), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        if png:
            small.save(out, "PNG", icc_profile=profile or None)
        else:
            small.save(out, "JPEG", quality=85, optimize=True, icc_profile=profile or None)
        forms[form] = path.with_suffix(f".{form.name.lower()}")
        _write(forms[form], out.getvalue())
    return Picture(width, height, forms, png)


def _clean(path: Path, kind: str, orientation: int) -> None:
    data = path.read_bytes()
    cleaned = clean(data, kind, orientation)
    if cleaned != data:
        new = path.with_suffix(".clean")
        _write(new, cleaned)
        new.rename(path)


def _write(path: Path, data: bytes) -> None:
    with open(path, "wb", opener=private.opener) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
