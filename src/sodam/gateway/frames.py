"""Frames of the client protocol: requests in, answers and pushes out (docs/protocol.md section 1)."""

from __future__ import annotations

import itertools
import re

import msgspec

from sodam.notices import Kind, Notice
from sodam.wire import whole_characters

PUSH = b'{"head":{"servcmd":"im_open_push.msg_push","seq":0},"body":{"EventArray":['
PUSH_END = b"]}}"
MAX_EVENTS = 200
"""Events of one push frame."""
_MESSAGES = (Kind.MESSAGE, Kind.TRANSIENT, Kind.GROUP)
SYNC = PUSH + b'{"Event":9,"C2cMsgArray":[]}],"Flag":1}}'
"""Asks the client for a ``getmsg`` (docs/protocol.md section 4)."""
MAX_FRAME = 1024 * 1024
"""Bytes of one message from a client."""


class Head(msgspec.Struct, gc=False):
    """What the server reads of a request's head."""

    servcmd: str
    seq: int = 0
    identifier: str = ""
    usersig: str = ""
    a2: str = ""
    platform: int = 7
    sdkappid: int = 0
    status_instid: int = 0


class Request(msgspec.Struct, gc=False):
    head: Head
    body: msgspec.Raw = msgspec.Raw(b"{}")


class Asked(msgspec.Struct, gc=False):
    """What an answer repeats of a request's head."""

    servcmd: str
    seq: int = 0


class MalformedFrame(Exception):
    """No request that could be run. ``asked`` is set when its head could be read all the same."""

    def __init__(self, reason: str, asked: Asked | None = None) -> None:
        super().__init__(reason)
        self.asked = asked


_decoder = msgspec.json.Decoder(Request, strict=False)
_asked = msgspec.json.Decoder(Asked, strict=False).decode
_name = msgspec.json.Encoder().encode
_HEAD = re.compile(rb'"head"\s*:\s*')
_HEADS_TRIED = 4
_MAX_HEAD = 8192
# An object whose values are no objects: every head is one.
_FLAT = re.compile(rb'\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\}', re.DOTALL)
_SERVCMD = re.compile(rb'"servcmd"\s*:\s*"([\w.]{1,80})"')
_SEQ = re.compile(rb'"seq"\s*:\s*"?([0-9]{1,15})\b')


def decode(data: bytes) -> Request:
    """Raises MalformedFrame."""
    try:
        return _decoder.decode(whole_characters(data))
    except (ValueError, RecursionError) as error:
        asked = _head_of(data)
        if asked is None and isinstance(error, RecursionError):
            asked = _looks_of_head(data)
        raise MalformedFrame(str(error), asked) from None


def _head_of(data: bytes) -> Asked | None:
    """The head of a frame that is no request as a whole: the answer must say what it answers.

    A frame whose answer names no request is a push to the SDK, and its call then fails by time-out only.
    """
    for found in itertools.islice(_HEAD.finditer(data), _HEADS_TRIED):
        head = _FLAT.match(data[found.end() : found.end() + _MAX_HEAD])
        if head is None:
            continue
        try:
            return _asked(whole_characters(head[0]).decode(errors="replace"))
        except (ValueError, RecursionError):
            continue
    return None


def _looks_of_head(data: bytes) -> Asked | None:
    """What the head asks in which something is nested too deeply: its two fields, by their looks."""
    for found in itertools.islice(_HEAD.finditer(data), _HEADS_TRIED):
        servcmd = _SERVCMD.search(data, found.end(), found.end() + _MAX_HEAD)
        if servcmd is not None:
            seq = _SEQ.search(data, found.end(), found.end() + _MAX_HEAD)
            return Asked(servcmd[1].decode(), int(seq[1]) if seq is not None else 0)
    return None


def answer(servcmd: str, seq: int, body: bytes) -> bytes:
    return b'{"head":{"servcmd":%b,"seq":%d},"body":%b}' % (_name(servcmd), seq, body)


def push(notices: list[Notice]) -> bytes:
    """One frame that carries messages, ``MAX_EVENTS`` at most, in their order."""
    return PUSH + b",".join([notice.body for notice in notices]) + PUSH_END


def pushes(notices: list[Notice], *, acknowledge: str = "") -> list[bytes]:
    """Push frames that carry the notices in their order, as few as the client stands.

    A notice of relations may throw inside the SDK, which then loses the rest of its frame: each gets one of its own.
    The client is to acknowledge the last frame by the text ``acknowledge``, unless that is empty.
    """
    if len(notices) <= MAX_EVENTS and all(notice.kind in _MESSAGES for notice in notices):
        return [push(notices)]
    out: list[bytes] = []
    together: list[bytes] = []
    for notice in notices:
        alone = notice.kind is Kind.RELATION
        if together and (alone or len(together) >= MAX_EVENTS):
            out.append(PUSH + b",".join(together) + PUSH_END)
            together = []
        if alone:
            out.append(PUSH + notice.body + PUSH_END)
        else:
            together.append(notice.body)
    if together:
        out.append(PUSH + b",".join(together) + PUSH_END)
    if acknowledge:
        out[-1] = out[-1][: -len(PUSH_END)] + b'],"NeedAck":1,"SessionData":%b}}' % _name(acknowledge)
    return out


def prepared(notice: Notice) -> bytes:
    """The WebSocket frame of a push that carries this notice alone, made once for all its receivers."""
    if not notice.frame:
        notice.frame = wire_frame(PUSH + notice.body + PUSH_END)
    return notice.frame


class _Together:
    """The WebSocket frame of a push with several messages of groups, made once for those who get the same ones in a
    turn of the loop: the last one is kept."""

    def __init__(self) -> None:
        self._notices: list[Notice] = []
        self._frame = b""

    def frame(self, notices: list[Notice]) -> bytes:
        """Empty where something else is among them, or they are too many for one frame."""
        if notices == self._notices:  # the same objects, nearly always: nothing of them is compared
            return self._frame
        if len(notices) > MAX_EVENTS or any(notice.kind is not Kind.GROUP for notice in notices):
            return b""
        self._notices, self._frame = notices, wire_frame(push(notices))
        return self._frame


together = _Together().frame


def wire_frame(payload: bytes) -> bytes:
    """A binary WebSocket frame as a server sends it (RFC 6455 5.2): not masked, not fragmented."""
    size = len(payload)
    return (_HEADS[size] if size < _SHORT else _frame_head(size)) + payload


def wire_frames(payloads: list[bytes]) -> bytes:
    """Frames one behind the other."""
    parts: list[bytes] = []
    for payload in payloads:
        size = len(payload)
        parts += (_HEADS[size] if size < _SHORT else _frame_head(size), payload)
    return b"".join(parts)


def _frame_head(size: int) -> bytes:
    if size < 126:
        return b"\x82" + size.to_bytes(1, "big")
    if size < 65536:
        return b"\x82\x7e" + size.to_bytes(2, "big")
    return b"\x82\x7f" + size.to_bytes(8, "big")


_SHORT = 1024
_HEADS = [_frame_head(size) for size in range(_SHORT)]


def features(bits: str) -> bytes:
    """Tells a client that the app has other features now (docs/protocol.md section 15)."""
    head = b'{"head":{"servcmd":"im_sdk_config_mgr.push_imsdk_purchase_bitsv2","seq":0},"body":'
    body = b'{"int32_error_code":0,"str_error_message":"","str_purchase_bits":%b,"uint32_expired_time":86400}}'
    return head + body % _name(bits)


def kicked(kind: int) -> Notice:
    """What ends a session (docs/protocol.md section 3)."""
    return Notice(b'{"Event":10,"C2cNotifyMsgArray":[{"KickoutMsgNotify":{"KickType":%d,"NewInstInfo":{}}}]}' % kind)
