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
from sodam.messages.model import BY_REST, MARKED, NO_CHECK, Marks
from sodam.moderation.events import ContentRefused
from sodam.moderation.matcher import Matcher
from sodam.moderation.model import Action, Found
from sodam.moderation.service import Words, new_number, tried

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
        """Raises ApiError 80001. The app is notified of it, and of what is marked, where it wants to be."""
        matcher = await self._words.matcher(app.sdkappid)
        if matcher is None:
            return
        body = msgspec.json.decode(message.body)
        try:
            changed, marks = _screen(matcher, body)
        except _Refused as refused:
            if self._words.wanted(app.sdkappid):
                await self._words.notify(_event(app, message, refused))
            raise ApiError(Code.TEXT_REFUSED) from None
        if changed:
            message.body = msgspec.json.encode(body)
        if marks is not None:
            message.flags |= MARKED
            source = getattr(message, "source", None)
            if source is not None and self._words.wanted(app.sdkappid):
                message.source = source._replace(marks=marks)  # type: ignore[attr-defined]


class _Refused(Exception):
    def __init__(self, text: str, found: list[Found], *, custom: bool) -> None:
        super().__init__(text)
        self.text = text
        self.words = tuple(dict.fromkeys(one.word.word for one in found if one.word.action == Action.BLOCK))
        self.custom = custom


def _event(app: App, message: Any, refused: _Refused) -> ContentRefused:
    return ContentRefused(
        app=app.sdkappid,
        source=getattr(message, "source", BY_REST),
        sender=message.sender,
        to=getattr(message, "recipient", ""),
        group_id=getattr(message, "group_id", ""),
        scene=scene(bool(getattr(message, "group_id", "")), custom=refused.custom),
        text=refused.text,
        words=refused.words,
        cloud=str(msgspec.json.decode(message.cloud)),
        number=new_number(),
    )


def scene(group: bool, *, custom: bool) -> str:
    """Where the words of a message stood, as webhooks.md 10 names it."""
    return ("Group" if group else "C2C") + ("Custom" if custom else "")


def _screen(matcher: Matcher, body: Any) -> tuple[bool, Marks | None]:
    """Whether ``body`` was changed, and what of it is marked. Raises _Refused."""
    changed = False
    texts: list[str] = []
    words: dict[str, None] = {}
    custom = False

    def mark(text: str, found: list[Found]) -> None:
        texts.append(text)
        words.update((one.word.word, None) for one in found if one.word.action == Action.MARK)

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
                raise _Refused(text, result.found, custom=False)
            if result.marked:
                mark(text, result.found)
            if result.text != text:
                holder[field] = result.text
                changed = True
        for count, text in enumerate(_texts([content.get(field) for field in _OTHERS.get(kind, ())])):
            if count >= _MOST:
                break
            found = matcher.find(text)
            actions = {one.word.action for one in found}
            if Action.BLOCK in actions:
                raise _Refused(text, found, custom=kind == "TIMCustomElem")
            if Action.MARK in actions:
                custom = kind == "TIMCustomElem" and (custom or not texts)
                mark(text, found)
    return changed, Marks(tuple(texts), tuple(words), custom) if texts else None


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
