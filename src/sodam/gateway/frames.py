"""Frames of the client protocol: requests in, answers and pushes out (docs/protocol.md section 1)."""

from __future__ import annotations

import msgspec

PUSH = b'{"head":{"servcmd":"im_open_push.msg_push","seq":0},"body":{"EventArray":['
PUSH_END = b"]}}"
MAX_EVENTS = 200
"""Events of one push frame."""
_MESSAGE_EVENT = b'{"Event":9,'
_FRIEND_EVENT = b'{"Event":7,'
_RECALL_EVENT = b'{"Event":10,"C2cNotifyMsgArray":[{"WithdrawC2cMsgNotify"'
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


class MalformedFrame(Exception):
    """Not a request at all."""


_decoder = msgspec.json.Decoder(Request, strict=False)
_name = msgspec.json.Encoder().encode


def decode(data: bytes) -> Request:
    """Raises MalformedFrame."""
    try:
        return _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedFrame(str(error)) from None


def answer(servcmd: str, seq: int, body: bytes) -> bytes:
    return b'{"head":{"servcmd":%b,"seq":%d},"body":%b}' % (_name(servcmd), seq, body)


def pushes(events: list[bytes], *, sync: bool = True) -> list[bytes]:
    """Push frames that carry the events in their order, as few as the client stands.

    A friend notice may throw inside the SDK, which then loses the rest of its frame: each gets one of its own. A
    recall told twice takes two from the unread number, so that with ``sync`` a new cookie follows it at once.
    """
    if len(events) <= MAX_EVENTS and all(event.startswith(_MESSAGE_EVENT) for event in events):
        return [PUSH + b",".join(events) + PUSH_END]
    out: list[bytes] = []
    together: list[bytes] = []
    for event in events:
        alone = event.startswith(_FRIEND_EVENT)
        if together and (alone or len(together) >= MAX_EVENTS):
            out.append(PUSH + b",".join(together) + PUSH_END)
            together = []
        if alone:
            out.append(PUSH + event + PUSH_END)
        else:
            together.append(event)
    if together:
        out.append(PUSH + b",".join(together) + PUSH_END)
    if sync and recalls(events):
        out.append(SYNC)
    return out


def recalls(events: list[bytes]) -> list[bytes]:
    return [event for event in events if event.startswith(_RECALL_EVENT)]


def wire_frame(payload: bytes) -> bytes:
    """A binary WebSocket frame as a server sends it (RFC 6455 5.2): not masked, not fragmented."""
    size = len(payload)
    if size < 126:
        return b"\x82" + size.to_bytes(1, "big") + payload
    if size < 65536:
        return b"\x82\x7e" + size.to_bytes(2, "big") + payload
    return b"\x82\x7f" + size.to_bytes(8, "big") + payload
