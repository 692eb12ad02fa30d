"""Frames: what is read, what is refused."""

from __future__ import annotations

import gzip
import zlib

import pytest

from sodam_client.errors import ProtocolError
from sodam_client.frames import decode_envelope, decode_frame, encode_request

FRAME = b'{"head":{"servcmd":"a.b","seq":3},"body":{"ErrorCode":5,"ErrorInfo":"no"}}'


@pytest.mark.parametrize("payload", [FRAME, b"COMP" + zlib.compress(FRAME), b"COMP" + gzip.compress(FRAME, mtime=0)])
def test_a_frame_is_read_plain_and_compressed(payload: bytes) -> None:
    frame = decode_frame(payload)
    assert (frame.head.servcmd, frame.head.seq) == ("a.b", 3)
    assert decode_envelope(frame.body).error_code == 5


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"{}", b"COMP", b"COMPxx", b"COMP" + zlib.compress(FRAME)[:-3], b'{"head":{"seq":"x"}}', b"\xff"],
)
def test_what_is_no_frame_is_refused(payload: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode_frame(payload)


def test_a_frame_that_unpacks_without_end_is_refused() -> None:
    with pytest.raises(ProtocolError):
        decode_frame(b"COMP" + zlib.compress(bytes(30 * 1024 * 1024)))


def test_a_request_is_read_back() -> None:
    assert decode_frame(encode_request({"servcmd": "x.y", "seq": 9}, {"A": 1})).head.seq == 9
