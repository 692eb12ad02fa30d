"""What of a message is searched: texts, names of files, descriptions of places, what an application wrote."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from sodam.messages.elements import STREAM_TYPE
from sodam.search.grams import MAX_TEXT, normal

ELEMENTS: Final = {
    "TIMTextElem": 1,
    "TIMImageElem": 2,
    "TIMSoundElem": 4,
    "TIMVideoFileElem": 8,
    "TIMFileElem": 16,
    "TIMLocationElem": 32,
    "TIMCustomElem": 64,
    "TIMFaceElem": 128,
    "TIMRelayElem": 256,
    STREAM_TYPE: 64,
}
"""Types of elements by their bits in the index."""
_FIELDS: Final = {
    "TIMTextElem": ("Text",),
    "TIMFileElem": ("FileName",),
    "TIMLocationElem": ("Desc",),
    "TIMCustomElem": ("Data", "Desc", "Ext"),
    "TIMRelayElem": ("Title", "AbstractList"),
    STREAM_TYPE: ("Chunks",),
}
SEPARATOR: Final = "\n"
"""Between texts of one message: no keyword holds it."""


def searched(body: bytes) -> tuple[int, str]:
    """Bits of the elements of a MsgBody, and its text in normal form; '' where nothing of it can be found.

    Whatever the body is, nothing is raised: a message is stored whether or not it can be searched.
    """
    try:
        elements = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return 0, ""
    bits, parts = 0, []
    for element in elements if isinstance(elements, list) else ():
        kind, content = (element.get("MsgType"), element.get("MsgContent")) if isinstance(element, dict) else ("", None)
        if not isinstance(kind, str) or not isinstance(content, dict):
            continue
        if kind == STREAM_TYPE:
            content = {"Chunks": _pieces(content)}
        bits |= ELEMENTS.get(kind, 0)
        for field in _FIELDS.get(kind, ()):
            parts += [text for one in _strings(content.get(field)) if (text := normal(one))]
    return bits, SEPARATOR.join(parts)[:MAX_TEXT]


def _pieces(content: dict[str, Any]) -> list[Any]:
    """The texts of a message that grows, which clients see as a custom one."""
    chunks = content.get("Chunks")
    return [one.get("Markdown") for one in chunks if isinstance(one, dict)] if isinstance(chunks, list) else []


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [one for one in value[:10] if isinstance(one, str)] if isinstance(value, list) else []
