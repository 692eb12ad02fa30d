"""Checks of JSON that is stored and delivered byte for byte as its sender wrote it.

A typed decoder looks only at the fields that it knows and skips the rest half read: broken UTF-8 there would cut off
the client that gets it in a text frame, and a number or escape that no reader takes would fail whoever reads it later.
So such JSON is read as a whole once, on its way in.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

MAX_DEPTH: Final = 64
"""Arrays and objects inside one another. A message bundled in a bundle takes 5, so that 12 bundles nest."""

_TO_SQUARE: Final = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))

_decode: Final = msgspec.json.Decoder().decode


def parse(raw: bytes) -> Any:
    """Read `raw` as a whole. Raises ValueError where it is not JSON in UTF-8 or is nested deeper than `MAX_DEPTH`."""
    if len(raw) > 2 * MAX_DEPTH and raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _is_too_deep(raw):
        raise ValueError("brackets are nested too deeply or do not match")
    return _decode(raw)


def _is_too_deep(raw: bytes) -> bool:
    """Tell whether a JSON text nests deeper than `MAX_DEPTH`; of a text with unmatched brackets always true.

    Every pass takes away the innermost pairs, so what is left after as many passes as levels was deeper. All of it runs
    inside `bytes`, since a bundle has hundreds of brackets.
    """
    if b"\\" in raw:
        raw = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    outside_strings = b"".join(raw.split(b'"')[::2])
    brackets = outside_strings.translate(_TO_SQUARE, _NOT_BRACKETS)
    for _ in range(MAX_DEPTH):
        if b"[]" not in brackets:
            break
        brackets = brackets.replace(b"[]", b"")
    return bool(brackets)
