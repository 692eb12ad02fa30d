"""The word lists of apps: changed in the database, at hand on every node for the texts that pass.

A changed list holds at once on the node that changed it and within moments on the others; a node that lost the hint
looks after ``bus.cache.MAX_AGE`` seconds. What was compiled is used again while the list has the same version.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, NamedTuple

from sodam.bus import Bus
from sodam.bus.cache import Cache, Facts, Hints
from sodam.control import ControlError, invalid
from sodam.errors import ApiError, Code
from sodam.messages.model import BY_REST, Source
from sodam.moderation import store
from sodam.moderation.events import ContentRefused
from sodam.moderation.fold import folded
from sodam.moderation.matcher import Matcher, replaced
from sodam.moderation.model import MAX_REPLACEMENT, MAX_WORD, MAX_WORDS, Action, Found, Word
from sodam.storage import Database, Tx

_APPS: Final = 1000
"""Apps whose lists are at hand."""


class _Loaded(NamedTuple):
    version: int
    matcher: Matcher | None
    """None: the list is empty."""


class Tried(NamedTuple):
    """What would become of a text."""

    found: list[Found]
    text: str
    """With its replacements."""
    blocked: bool
    marked: bool


class Shown(NamedTuple):
    """Where a text is to be shown that is no message, and who wrote it."""

    scene: str
    author: str
    source: Source = BY_REST


def new_number() -> str:
    """Names a refusal."""
    return secrets.token_hex(8)


class Words:
    def __init__(self, db: Database, bus: Bus) -> None:
        self._db = db
        self._hints: Hints[int] = Hints(bus, "words", int, lambda app: self._held.forget(app))
        self._held: Cache[int, _Loaded] = self._hints.cache(_APPS)
        self.facts: Facts = self._held
        """Of what ``idle`` says."""
        self._compiled: Cache[int, _Loaded] = Cache(_APPS, None)
        self.wanted: Callable[[int], bool] = lambda app: False
        """Whether an app is told of what is refused."""

    # For texts that pass

    def idle(self, app: int) -> bool:
        """The list is at hand, and it is empty: nothing is to be compared."""
        loaded = self._held.get(app)
        return loaded is not None and loaded.matcher is None

    async def matcher(self, app: int) -> Matcher | None:
        """None: no text of the app is compared."""
        loaded = self._held.get(app) or await self._held.load(app, lambda: self._load(app))
        return loaded.matcher

    async def refuse(
        self, app: int, texts: Iterable[str | None], code: Code = Code.TEXT_REFUSED, *, shown: Shown | None = None
    ) -> None:
        """For texts that are shown to others and must not be changed: names, descriptions, requests.

        Raises ApiError ``code`` where one holds a word that is blocked or replaced. The app is notified of it where it
        wants to be, and the documents have a scene for it (``shown``).
        """
        if self.idle(app) or (matcher := await self.matcher(app)) is None:
            return
        for text in texts:
            found = [one.word.word for one in matcher.find(text) if one.word.action != Action.MARK] if text else []
            if text and found:
                if shown is not None and self.wanted(app):
                    words = tuple(dict.fromkeys(found))
                    await self.notify(_refused(app, shown, text, words))
                raise ApiError(code)

    async def notify(self, refused: ContentRefused) -> None:
        """Raise an event that no other change goes with."""

        async def run(tx: Tx) -> None:
            tx.emit(refused)

        await self._db.write(run)

    async def try_out(self, app: int, text: str) -> Tried:
        matcher = await self.matcher(app)
        return tried(text, matcher.find(text) if matcher else [])

    async def _load(self, app: int) -> _Loaded:
        version = await store.version(self._db, app)
        known = self._compiled.get(app)
        if known is not None and known.version == version:
            return known
        words = await store.read(self._db, app) if version else []
        matcher = await asyncio.get_running_loop().run_in_executor(None, Matcher, words) if words else None
        loaded = _Loaded(version, matcher)
        self._compiled.keep(app, loaded, self._compiled.loading(app))
        return loaded

    # For operators

    async def add(self, app: int, words: Sequence[Word]) -> int:
        """Add words, or replace those that compare the same; how many are listed then.

        Raises ControlError for a word that is empty, too long or has a NUL character, and for more than ``MAX_WORDS``.
        """
        wanted = {_key(word.word): word for word in words}
        if any(len(w.replacement) > MAX_REPLACEMENT or "\0" in w.replacement for w in words):
            message = f"a Replacement has at most {MAX_REPLACEMENT} characters"
            raise invalid(message, detail="TextLength", Field="Replacement", Least=0, Most=MAX_REPLACEMENT)

        async def run(tx: Tx) -> int:
            listed = await store.lock(tx, app)
            listed += len(wanted) - len(await store.known(tx, app, wanted))
            if listed > MAX_WORDS:
                message = f"an app lists at most {MAX_WORDS} words"
                raise ControlError("LimitExceeded.Words", message, cure="Delete some first.", Most=MAX_WORDS)
            await store.put(tx, app, wanted)
            await store.put_count(tx, app, listed)
            self._hints.changed_by(tx, app)
            return listed

        return await self._db.write(run)

    async def remove(self, app: int, words: Collection[str]) -> int:
        """Take words off the list; how many were on it."""
        keys = {folded(word).text for word in words if "\0" not in word}

        async def run(tx: Tx) -> int:
            listed = await store.lock(tx, app)
            gone = await store.remove(tx, app, keys)
            await store.put_count(tx, app, listed - gone)
            self._hints.changed_by(tx, app)
            return gone

        return await self._db.write(run)

    async def page(self, app: int, after: str, limit: int) -> tuple[list[Word], str]:
        """A part of the list, and what the next one begins behind; empty: this was the last."""
        found = await store.page(self._db, app, after, limit + 1)
        return [word for _, word in found[:limit]], found[limit - 1][0] if len(found) > limit else ""

    async def search(
        self, app: int, actions: Collection[Action], part: str, offset: int, limit: int
    ) -> tuple[list[Word], int]:
        """Those of the list with one of these actions that hold ``part``, by their place, and how many there are."""
        text = folded(part).text
        if "\0" in text:
            return [], 0
        return await store.search(self._db, app, actions, text, offset, limit)

    async def count(self, app: int) -> int:
        return await store.count(self._db, app)


def _refused(app: int, shown: Shown, text: str, words: tuple[str, ...]) -> ContentRefused:
    return ContentRefused(
        app=app,
        source=shown.source,
        scene=shown.scene,
        sender=shown.author,
        text=text,
        words=words,
        number=new_number(),
    )


def tried(text: str, found: list[Found]) -> Tried:
    actions = {one.word.action for one in found}
    new = replaced(text, [one for one in found if one.word.action == Action.REPLACE])
    return Tried(found, new, Action.BLOCK in actions, Action.MARK in actions)


def _key(word: str) -> str:
    key = folded(word).text
    if not key.strip() or len(key) > MAX_WORD or "\0" in word:
        message = f"a Word has 1 to {MAX_WORD} characters that can be seen"
        raise invalid(message, detail="TextLength", Field="Word", Least=1, Most=MAX_WORD)
    return key
