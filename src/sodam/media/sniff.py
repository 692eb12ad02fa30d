"""What an upload is, from its first bytes. Nothing that a browser could run is among the answers."""

from __future__ import annotations

from typing import Final

HEAD: Final = 64
"""Bytes that are looked at."""
UNKNOWN: Final = "application/octet-stream"
PICTURES: Final = frozenset(("image/jpeg", "image/png", "image/gif", "image/webp", "image/bmp"))
_STARTS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"#!AMR", "audio/amr"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
)
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav"}
_SOUND_BRANDS: Final = frozenset((b"M4A ", b"M4B ", b"F4A "))
_VIDEO_BRANDS: Final = (b"iso", b"mp4", b"avc", b"M4V", b"MSNV", b"3gp", b"3g2", b"dash")


def sniff(head: bytes) -> str:
    """The content type of a file that begins so; ``UNKNOWN`` for everything that is not on the short list."""
    for start, found in _STARTS:
        if head.startswith(start):
            return found
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return _of_brand(head[8:12])
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0" and len(head) >= 18:
        return "image/bmp"
    if len(head) >= 4 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return _of_frame(head)
    return UNKNOWN


def _of_brand(brand: bytes) -> str:
    if brand in _SOUND_BRANDS:
        return "audio/mp4"
    if brand == b"qt  ":
        return "video/quicktime"
    return "video/mp4" if brand.startswith(_VIDEO_BRANDS) else UNKNOWN


def _of_frame(head: bytes) -> str:
    """A sound without a header of its own begins with a frame."""
    if head[1] & 0xF6 == 0xF0:
        return "audio/aac"
    version, layer, rate, frequency = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    return "audio/mpeg" if version != 1 and layer == 1 and 0 < rate < 15 and frequency != 3 else UNKNOWN
