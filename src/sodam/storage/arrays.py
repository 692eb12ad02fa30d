"""Arrays of numbers, texts and bytes as PostgreSQL reads them, made with a few calls whatever their length.

asyncpg asks of every element whether it is a list itself, by an abstract class: 0.3 microseconds each, of which a
message has forty.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

_INT8, _TEXT, _BYTEA = 20, 25, 17
_HEAD: Final = struct.Struct("!iiiii")  # dimensions, whether it holds NULL (a hint), the elements' type; length, first
_EMPTY: Final = struct.Struct("!iii")
_LENGTH: Final = struct.Struct("!i")
_NULL: Final = _LENGTH.pack(-1)
_FEW: Final = 64
_int8 = struct.Struct("!iq").pack


@lru_cache(maxsize=_FEW)
def _numbers(count: int) -> struct.Struct:
    return struct.Struct("!" + "iq" * count)


def encode_numbers(values: Sequence[int | None]) -> bytes:
    """``bigint[]``."""
    count = len(values)
    if not count:
        return _EMPTY.pack(0, 0, _INT8)
    mixed: list[Any] = [8] * (2 * count)
    mixed[1::2] = values
    parts = [_HEAD.pack(1, 0, _INT8, count, 1)]
    try:
        for at in range(0, count, _FEW):
            some = mixed[2 * at : 2 * (at + _FEW)]
            parts.append(_numbers(len(some) // 2).pack(*some))
    except struct.error:  # None among them, which looking for would cost each time
        some = [_NULL if value is None else _int8(8, value) for value in values]
        return _HEAD.pack(1, 1, _INT8, count, 1) + b"".join(some)
    return b"".join(parts)


def _pieces(values: Sequence[bytes | None], kind: int) -> bytes:
    count = len(values)
    if not count:
        return _EMPTY.pack(0, 0, kind)
    mixed: list[bytes] = [_NULL] * (2 * count)
    nulls = 0
    try:
        mixed[::2] = map(_LENGTH.pack, map(len, values))  # type: ignore[arg-type]
        mixed[1::2] = values  # type: ignore[assignment]
    except TypeError:  # None among them
        nulls = 1
        for at, value in enumerate(values):
            if value is None:
                mixed[2 * at + 1] = b""
            else:
                mixed[2 * at], mixed[2 * at + 1] = _LENGTH.pack(len(value)), value
    return _HEAD.pack(1, nulls, kind, count, 1) + b"".join(mixed)


def encode_texts(values: Sequence[str | None]) -> bytes:
    """``text[]``."""
    return _pieces([None if value is None else value.encode() for value in values], _TEXT)


def encode_bytes(values: Sequence[bytes | None]) -> bytes:
    """``bytea[]``."""
    return _pieces(values, _BYTEA)


def _decode(of: Callable[[bytes], Any]) -> Callable[[bytes], list[Any]]:
    def decode(data: bytes) -> list[Any]:
        if not _LENGTH.unpack_from(data)[0]:
            return []
        dimensions, _, _, count, _ = _HEAD.unpack_from(data)
        if dimensions != 1:
            raise ValueError("an array of arrays")
        found: list[Any] = []
        at = _HEAD.size
        for _ in range(count):
            (length,) = _LENGTH.unpack_from(data, at)
            at += 4
            found.append(None if length < 0 else of(bytes(data[at : at + length])))
            at += max(length, 0)
        return found

    return decode


decode_numbers = _decode(lambda data: int.from_bytes(data, "big", signed=True))
decode_texts = _decode(lambda data: data.decode())
decode_bytes = _decode(lambda data: data)

_CODECS: Final = (
    (1016, "_int8", encode_numbers, decode_numbers),
    (1009, "_text", encode_texts, decode_texts),
    (1001, "_bytea", encode_bytes, decode_bytes),
)


async def use_own(connection: Any) -> None:
    """For a new connection of asyncpg, whose interface offers this for types without elements only."""
    settings = connection._protocol.get_settings()
    for oid, name, encode, decode in _CODECS:
        settings.add_python_codec(oid, name, "pg_catalog", [], "scalar", encode, decode, "binary")
