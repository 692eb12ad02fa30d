"""Messages before they are stored: their texts are compared with the app's words (an interceptor).

Texts and descriptions of places are changed where words are to be replaced. Everything else that others see is data of
an application, a name of a file or a copy: it passes or is refused, and is never rewritten.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, Protocol

import msgspec

from sodam.apps.model import App
from sodam.errors import ApiError, Code
from sodam.messages.elements import STREAM_TYPE
from sodam.messages.model import MARKED, NO_CHECK
from sodam.moderation.matcher import Matcher
from sodam.moderation.model import Action
from sodam.moderation.service import Words, tried

_TEXTS: Final = {"TIMTextElem": ("Text",), "TIMLocationElem": ("Desc",)}
"""By type of element, what may be changed."""
_OTHERS: Final = {
    "TIMCustomElem": ("Data", "Desc"),
    "TIMFileElem": ("FileName",),
    "TIMRelayElem": ("Title", "AbstractList", "MsgList"),
}
_MOST: Final = 200
"""Texts of a message that are compared, bundles included."""


class Written(Protocol):
    """A message of any type of conversation."""

    body: bytes
    flags: int


class WordCheck:
    """By the app alone it is known that it has no words; where it has some, the message is to be read."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def waits(self, app: App) -> bool:
        return False  # for the database at most

    def passes(self, app: App, message: Written) -> bool:
        return self._words.idle(app.sdkappid) or bool(message.flags & NO_CHECK)

    async def check(self, app: App, message: Written) -> None:
        """Raises ApiError 80001."""
        matcher = await self._words.matcher(app.sdkappid)
        if matcher is None:
            return
        body = msgspec.json.decode(message.body)
        changed, marked = _screen(matcher, body)
        if changed:
            message.body = msgspec.json.encode(body)
        if marked:
            message.flags |= MARKED


def _screen(matcher: Matcher, body: Any) -> tuple[bool, bool]:
    """Whether ``body`` was changed, and whether it is to be marked. Raises ApiError 80001."""
    changed = marked = False
    for element in body:
        kind, content = element.get("MsgType"), element.get("MsgContent")
        if not isinstance(content, dict):
            continue
        for holder, field in _places(kind, content):
            text = holder.get(field)
            if not isinstance(text, str):
                continue
            result = tried(text, matcher.find(text))
            if result.blocked:
                raise ApiError(Code.TEXT_REFUSED)
            marked = marked or result.marked
            if result.text != text:
                holder[field] = result.text
                changed = True
        for count, text in enumerate(_texts([content.get(field) for field in _OTHERS.get(kind, ())])):
            if count >= _MOST:
                break
            actions = {one.word.action for one in matcher.find(text)}
            if Action.BLOCK in actions:
                raise ApiError(Code.TEXT_REFUSED)
            marked = marked or Action.MARK in actions
    return changed, marked


def _places(kind: Any, content: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """Where the texts stand that may be changed."""
    if kind == STREAM_TYPE:
        chunks = content.get("Chunks")
        parts = [one for one in chunks if isinstance(one, dict)] if isinstance(chunks, list) else []
        return [(content, "CompatibleText"), *((one, "Markdown") for one in parts)]
    return [(content, field) for field in _TEXTS.get(kind, ())]


def _texts(value: Any, depth: int = 0) -> Iterator[str]:
    """What can be read in a part of an element: in bundles, the texts of messages within messages."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, depth)
    elif isinstance(value, dict) and depth < 8:
        for field in ("MsgBody", "MsgContent", "Text", "Desc", "Data", "Title", "AbstractList", "MsgList", "FileName"):
            if field in value:
                yield from _texts(value[field], depth + 1)
