"""Word lists of an app: what its texts may not hold (docs/guide.md, Word lists)."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import msgspec

from sodam.cloudapi.action import Call, action
from sodam.cloudapi.actions.views import OfApp
from sodam.moderation.model import MAX_REPLACEMENT, MAX_WORD, Action, Word

ActionName = Literal["Block", "Replace", "Mark", "Allow"]
_ACTIONS: Final[dict[ActionName, Action]] = {
    "Block": Action.BLOCK,
    "Replace": Action.REPLACE,
    "Mark": Action.MARK,
    "Allow": Action.ALLOW,
}
_NAMES: Final[dict[Action, ActionName]] = {action: name for name, action in _ACTIONS.items()}
_BATCH: Final = 5000
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_WORD)]


class DirtyWord(msgspec.Struct):
    Word: Text
    Action: ActionName = "Block"
    Inside: bool = False
    """It counts inside longer words, too, as words of Chinese, Japanese and Korean always do."""
    Replacement: Annotated[str, msgspec.Meta(max_length=MAX_REPLACEMENT)] = ""
    """Empty: a star for each character."""


class AddDirtyWords(OfApp):
    Words: Annotated[list[DirtyWord], msgspec.Meta(min_length=1, max_length=_BATCH)]


class WordCount(msgspec.Struct):
    TotalCount: int
    """Words on the list now."""


@action("im", "AddDirtyWords", kind="write", level="app", max_body=1 << 20)
async def add_dirty_words(call: Call, request: AddDirtyWords) -> WordCount:
    """Add up to 5000 words to the list, which holds 100 000; one that is there is replaced.

    Texts with a word to Block are refused with 80001; Replace changes texts of messages and refuses others; Mark lets
    them pass; within a word to Allow, others do not count. Case, width, marks on letters and signs that cannot be seen
    make no difference.
    """
    call.changed({}, {"Words": len(request.Words)})
    words = [Word(w.Word, _ACTIONS[w.Action], w.Inside, w.Replacement) for w in request.Words]
    return WordCount(await call.plane.services.words.add(call.the_app.sdkappid, words))


class DeleteDirtyWords(OfApp):
    Words: Annotated[list[Text], msgspec.Meta(min_length=1, max_length=_BATCH)]


@action("im", "DeleteDirtyWords", kind="write", level="app", max_body=1 << 20)
async def delete_dirty_words(call: Call, request: DeleteDirtyWords) -> WordCount:
    """Take up to 5000 words off the list; those that are not on it are passed over."""
    words, app = call.plane.services.words, call.the_app.sdkappid
    call.changed({"Words": len(request.Words)}, {})
    await words.remove(app, request.Words)
    return WordCount(await words.count(app))


class DescribeDirtyWords(OfApp):
    Cursor: Annotated[str, msgspec.Meta(max_length=200)] = ""
    Limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 100


class DirtyWords(msgspec.Struct):
    TotalCount: int
    Words: list[DirtyWord]
    Cursor: str
    """Of the next part; empty: this was the last."""


@action("im", "DescribeDirtyWords", kind="list", level="app")
async def describe_dirty_words(call: Call, request: DescribeDirtyWords) -> DirtyWords:
    """The list in parts, which AddDirtyWords takes as they are: how a list is exported."""
    words, app = call.plane.services.words, call.the_app.sdkappid
    found, cursor = await words.page(app, request.Cursor, request.Limit)
    listed = [DirtyWord(w.word, _NAMES[w.action], w.inside, w.replacement) for w in found]
    return DirtyWords(await words.count(app), listed, cursor)


class SearchDirtyWords(OfApp):
    Text: Annotated[str, msgspec.Meta(max_length=4000)]


class FoundWord(msgspec.Struct):
    Word: str
    Action: ActionName
    Start: int
    """The word's first character in the text, from 0."""
    End: int
    """Behind its last one."""


class SearchedWords(msgspec.Struct):
    Blocked: bool
    Marked: bool
    Text: str
    """With its replacements."""
    Words: list[FoundWord]


@action("im", "SearchDirtyWords", kind="read", level="app")
async def search_dirty_words(call: Call, request: SearchDirtyWords) -> SearchedWords:
    """Try a text: the words of the list in it, and what would become of it as the text of a message."""
    result = await call.plane.services.words.try_out(call.the_app.sdkappid, request.Text)
    found = [FoundWord(one.word.word, _NAMES[one.word.action], one.start, one.end) for one in result.found]
    return SearchedWords(result.blocked, result.marked, result.text, found)
