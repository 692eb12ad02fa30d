"""Small real pictures, sounds and videos, and the bad ones that servers meet."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image

GPS = b"GPS-52.5200N-13.4050E"
"""What must not be found in what others get."""
_EXIF_GPS = 0x8825


def picture(kind: str, size: tuple[int, int] = (900, 1200), *, orientation: int = 0, mode: str = "RGB") -> bytes:
    """A picture with metadata. ``kind``: JPEG, PNG, WEBP, GIF or BMP."""
    image = Image.linear_gradient("L").resize(size).convert(mode)
    options: dict[str, Any] = {}
    if kind in ("JPEG", "PNG", "WEBP"):
        exif = Image.Exif()
        exif[0x010E] = GPS.decode()
        exif.get_ifd(_EXIF_GPS)[29] = GPS.decode()
        if orientation:
            exif[0x0112] = orientation
        options["exif"] = exif
    if kind in ("JPEG", "GIF"):
        options["comment"] = GPS
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def mp3(frames: int = 40) -> bytes:
    """About a second of silence, MPEG 1 layer 3, 128 kbit/s, 44.1 kHz."""
    return (b"\xff\xfb\x90\x64" + bytes(413)) * frames


def mp4() -> bytes:
    """A film without a track."""
    header = struct.pack(">IIIII", 0, 0, 0, 1000, 1000) + struct.pack(">IH", 0x10000, 0x100) + bytes(10)
    header += struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000) + bytes(24) + struct.pack(">I", 1)
    moov = _box(b"moov", _box(b"mvhd", header))
    return _box(b"ftyp", b"isom\0\0\x02\0isommp41") + moov + _box(b"mdat", bytes(1000))


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few kilobytes that has hundreds of millions of pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    lines = zlib.compress(bytes(1 + width // 8) * 100)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
