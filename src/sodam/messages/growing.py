"""Messages that grow: one element whose text comes in pieces (rest-messages.md 3).

What is stored is a TIMStreamElem with the text so far. The official clients do not know that element: they are shown
the custom element by which their kits know a growing answer. Pure.
"""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from sodam.errors import ApiError, Code
from sodam.messages.elements import STREAM_TYPE

MAX_BYTES: Final = 128 * 1024
"""Of the message, with what is around its text."""
_MOST: Final = 100
"""Pieces in one call."""
_DATA: Final = "data"
_MARK: Final = {"chatbotPlugin": 2, "src": 2}
"""By this the vendor's client kits know a growing answer."""


class Chunk(msgspec.Struct, gc=False):
    EventType: str
    Index: Annotated[int, msgspec.Meta(ge=1, le=(1 << 53) - 1)]
    Markdown: str = ""
    IsLast: bool | int = False


class StreamContent(msgspec.Struct, gc=False, omit_defaults=True):
    Chunks: list[Chunk]
    CompatibleText: str | None = None
    StreamMsgID: str | None = None


class _Element(msgspec.Struct, tag_field="MsgType", tag=STREAM_TYPE, gc=False):
    MsgContent: StreamContent


_decode: Final = msgspec.json.Decoder(list[_Element]).decode
_encode: Final = msgspec.json.Encoder().encode


class Growing(msgspec.Struct, frozen=True, gc=False):
    """A message that grows, or has grown."""

    id: str
    compatible: str
    text: str = ""
    index: int = 0
    """Of the last piece."""
    ended: bool = False

    @property
    def body(self) -> bytes:
        """As it is stored."""
        chunk = Chunk(_DATA, max(self.index, 1), self.text, self.ended)
        return _encode([_Element(StreamContent([chunk], self.compatible or None, self.id))])

    def grown(self, chunks: list[Chunk]) -> Growing:
        """With further pieces. Raises ApiError 90010 when it has ended, or they do not follow; 93000."""
        if self.ended:
            raise ApiError(Code.MSG_FORMAT, "the message has ended: it takes no more pieces")
        index, text, ended = self.index, [self.text], False
        for chunk in chunks:
            if ended or chunk.Index <= index:
                raise ApiError(Code.MSG_FORMAT, f"Index {chunk.Index} does not follow {index}, or the end")
            index, ended = chunk.Index, bool(chunk.IsLast)
            text.append(chunk.Markdown)
        grown = msgspec.structs.replace(self, index=index, text="".join(text), ended=ended)
        if len(grown.body) > MAX_BYTES:
            raise ApiError(Code.MSG_TOO_LONG, f"a message that grows has at most {MAX_BYTES} bytes")
        return grown


def asked(raw: bytes) -> StreamContent:
    """The content of a request's MsgBody. Raises ApiError 90007, 90010."""
    if not raw.lstrip().startswith(b"["):
        raise ApiError(Code.MSG_BODY_NOT_ARRAY, "MsgBody is no array" if raw else "MsgBody is missing")
    try:
        elements = _decode(raw)
    except ValueError as error:
        raise ApiError(Code.MSG_FORMAT, str(error).replace("`$", "`MsgBody")[:200]) from None
    if len(elements) != 1 or not 0 < len(elements[0].MsgContent.Chunks) <= _MOST:
        raise ApiError(Code.MSG_FORMAT, f"MsgBody is one {STREAM_TYPE} with 1 to {_MOST} Chunks")
    for chunk in elements[0].MsgContent.Chunks:
        if chunk.EventType != _DATA or chunk.IsLast not in (0, 1):
            raise ApiError(Code.MSG_FORMAT, f"EventType is {_DATA!r}, IsLast true or false")
    return elements[0].MsgContent


def of_body(body: bytes) -> Growing | None:
    """None: it is no message of this kind, or it was edited to be another."""
    try:
        (element,) = _decode(body)
        (chunk,) = element.MsgContent.Chunks
    except ValueError:
        return None
    content = element.MsgContent
    compatible = content.CompatibleText or ""
    return Growing(content.StreamMsgID or "", compatible, chunk.Markdown, chunk.Index, bool(chunk.IsLast))


def shown(body: bytes) -> bytes:
    """The body that devices are given."""
    growing = of_body(body)
    if growing is None:
        return body
    data = _encode({**_MARK, "chunks": [growing.text], "isFinished": int(growing.ended)}).decode()
    content = {"Data": data, "Desc": growing.compatible, "Ext": "", "Sound": ""}
    return _encode([{"MsgType": "TIMCustomElem", "MsgContent": content}])
