"""Pictures without what tells where, when and with what they were taken, byte for byte the same picture otherwise.

Nothing is decoded: parts that do not render are left out, and so is whatever follows the picture's end. The colour
profile stays; of Exif only the orientation does, since without it pictures of phones lie on their side.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator
from typing import Final

_JPEG_MARKER: Final = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_PNG_START: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset(
    (
        *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"sBIT", b"bKGD"),
        *(b"pHYs", b"acTL", b"fcTL", b"fdAT"),
    )
)
_WEBP_KEPT: Final = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_GIF_KEPT: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04


class Malformed(ValueError):
    """The parts of a picture do not fit together."""


def clean(data: bytes, kind: str, orientation: int) -> bytes:
    """The picture without its metadata. ``kind``: its content type; ``orientation``: of Exif, 1 to 8.

    Raises Malformed.
    """
    try:
        turned = orientation if 2 <= orientation <= 8 else 0
        match kind:
            case "image/jpeg":
                return b"".join(_jpeg(data, turned))
            case "image/png":
                return b"".join(_png(data, turned))
            case "image/webp":
                return _webp(data, turned)
            case "image/gif":
                return b"".join(_gif(data))
        return data
    except (IndexError, struct.error) as error:
        raise Malformed("the picture ends within one of its parts") from error


def _tiff(orientation: int) -> bytes:
    """Exif that says nothing but the orientation."""
    return b"II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0) + bytes(4)


def _jpeg(data: bytes, orientation: int) -> Iterator[bytes]:
    yield data[:2]
    if orientation:
        exif = b"Exif\0\0" + _tiff(orientation)
        yield b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    at = 2
    while True:
        if data[at] != 0xFF:
            raise Malformed("a JPEG's segments do not follow each other")
        while data[at + 1] == 0xFF:
            at += 1
        marker = data[at + 1]
        if marker == 0xD9:
            yield b"\xff\xd9"
            return
        (size,) = struct.unpack_from(">H", data, at + 2)
        end = at + 2 + size
        if size < 2 or end > len(data):
            raise Malformed("a JPEG's segment is longer than the file")
        if _jpeg_kept(marker, data[at + 4 : at + 16]):
            yield data[at:end]
        at = end
        if marker == 0xDA:  # what was scanned follows, up to the next marker
            found = _JPEG_MARKER.search(data, at)
            if found is None:
                raise Malformed("a JPEG has no end")
            yield data[at : found.start()]
            at = found.start()


def _jpeg_kept(marker: int, content: bytes) -> bool:
    if 0xE0 <= marker <= 0xEF:
        return marker == 0xE0 or (marker == 0xE2 and content.startswith(b"ICC_PROFILE")) or marker == 0xEE
    return marker != 0xFE


def _png(data: bytes, orientation: int) -> Iterator[bytes]:
    yield _PNG_START
    at = len(_PNG_START)
    while True:
        size, name = struct.unpack_from(">I4s", data, at)
        end = at + 12 + size
        if end > len(data):
            raise Malformed("a PNG's chunk is longer than the file")
        if name in _PNG_KEPT:
            yield data[at:end]
        if name == b"IHDR" and orientation:
            body = b"eXIf" + _tiff(orientation)
            yield struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
        if name == b"IEND":
            return
        at = end


def _webp(data: bytes, orientation: int) -> bytes:
    (whole,) = struct.unpack_from("<I", data, 4)
    last = min(len(data), 8 + whole)
    parts, at, extended = list[bytes](), 12, False
    while at + 8 <= last:
        name = data[at : at + 4]
        (size,) = struct.unpack_from("<I", data, at + 4)
        end = at + 8 + size + (size & 1)
        if at + 8 + size > last:
            raise Malformed("a WebP's chunk is longer than the file")
        if name in _WEBP_KEPT:
            part = data[at:end]
            if name == b"VP8X":
                extended = True
                flags = part[8] & ~(_EXIF_FLAG | _XMP_FLAG) | (_EXIF_FLAG if orientation else 0)
                part = part[:8] + bytes((flags,)) + part[9:]
            parts.append(part)
        at = end
    if orientation and extended:
        exif = _tiff(orientation)
        parts.append(b"EXIF" + struct.pack("<I", len(exif)) + exif + bytes(len(exif) & 1))
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _gif(data: bytes) -> Iterator[bytes]:
    at = 13 + _colours(data[10])
    yield data[:at]
    while True:
        kind = data[at]
        if kind == 0x3B:
            yield b"\x3b"
            return
        if kind == 0x2C:
            end = _blocks(data, at + 10 + _colours(data[at + 9]) + 1)
            yield data[at:end]
        elif kind == 0x21:
            end = _blocks(data, at + 2)
            label = data[at + 1]
            if label != 0xFE and (label != 0xFF or data[at + 3 : at + 14] in _GIF_KEPT):
                yield data[at:end]
        else:
            raise Malformed("a GIF has a block of no known kind")
        at = end


def _colours(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _blocks(data: bytes, at: int) -> int:
    """Where a row of blocks that begins at ``at`` ends."""
    while size := data[at]:
        at += size + 1
    return at + 1
