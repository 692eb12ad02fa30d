"""The frames of the client protocol: bytes in, bytes out, no sockets.

A request is one binary WebSocket message holding `{"head": {...}, "body": {...}}` in UTF-8 JSON. An answer repeats
`servcmd` and `seq`; whatever matches no waiting request is a push. The server may compress a frame: four bytes `COMP`,
then zlib or gzip data.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from sodam_client.errors import ProtocolError

MAX_FRAME_BYTES = 10 * 1024 * 1024
"""The largest frame taken, after decompression: a small hostile frame must not fill the memory."""

T = TypeVar("T")

_COMPRESSED = b"COMP"
_ZLIB_OR_GZIP = zlib.MAX_WBITS | 32


class Head(msgspec.Struct):
    """The part of a frame's head that a client needs."""

    servcmd: str = ""
    seq: int = 0


class Frame(msgspec.Struct):
    """A frame as it came; `body` stays undecoded until someone wants it."""

    head: Head
    body: msgspec.Raw = msgspec.Raw()


class Envelope(msgspec.Struct, rename="pascal"):
    """What every answer carries."""

    error_code: int = 0
    error_info: str = ""
    kick_type: int = 0


_decode_frame = msgspec.json.Decoder(Frame).decode
_decode_envelope = msgspec.json.Decoder(Envelope).decode
_encode = msgspec.json.Encoder().encode


def encode_request(head: Mapping[str, Any], body: Mapping[str, Any]) -> bytes:
    """The bytes of one request."""
    return _encode({"head": head, "body": body})


def decode_frame(payload: bytes) -> Frame:
    """Read one frame, compressed or not.

    Raises `ProtocolError` when the bytes are not JSON of the right shape, or unpack to more than `MAX_FRAME_BYTES`.
    """
    if payload.startswith(_COMPRESSED):
        payload = _decompress(payload[len(_COMPRESSED) :])
    try:
        return _decode_frame(payload)
    except msgspec.MsgspecError as error:
        raise ProtocolError(str(error)) from error


def decode_envelope(body: msgspec.Raw) -> Envelope:
    """The error code and text of an answer. Raises `ProtocolError` when the body is not an object with an int code."""
    try:
        return _decode_envelope(body or b"{}")
    except msgspec.MsgspecError as error:
        raise ProtocolError(str(error)) from error


def decode_body(body: msgspec.Raw, into: type[T]) -> T:
    """An answer's body as a struct. Raises `ProtocolError` when it has another shape."""
    try:
        return msgspec.json.decode(body or b"{}", type=into)
    except msgspec.MsgspecError as error:
        raise ProtocolError(f"unexpected answer: {error}") from error


def _decompress(data: bytes) -> bytes:
    unpacker = zlib.decompressobj(_ZLIB_OR_GZIP)
    try:
        plain = unpacker.decompress(data, MAX_FRAME_BYTES)
    except zlib.error as error:
        raise ProtocolError(f"compressed frame: {error}") from error
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise ProtocolError("compressed frame is cut short or too large")
    return plain
