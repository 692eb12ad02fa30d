"""``im_msg_audit_mgr``: the app's word list by the commands of the original's two lists, and ``im_msg_audit``: texts
that are compared with it (rest-operations-push.md 1.7).

There is one list here. The local list is its words that replace or block; the libraries of the cloud list are its words
by what is done about them: ``block``, ``review`` (marked), ``pass`` (within which others do not count).
"""

from __future__ import annotations

import secrets
from typing import Annotated, Final, Literal

import msgspec

from sodam.control import ControlError
from sodam.errors import ApiError, Code
from sodam.moderation.model import Action, Word
from sodam.wire import Call, Service

service = Service(
    "im_msg_audit_mgr", bad_json=Code.BODY_NOT_JSON, bad_request=Code.REQUEST_MALFORMED, internal=Code.SERVER_TIMEOUT
)
audit = Service(
    "im_msg_audit", bad_json=Code.BODY_NOT_JSON, bad_request=Code.REQUEST_MALFORMED, internal=Code.SERVER_TIMEOUT
)
_ERRORS: Final = (Code.REQUEST_MALFORMED, Code.REQUEST_FORBIDDEN)
_PLAIN, _REGULAR = 1, 2
_FILTERS: Final = {1: Action.REPLACE, 2: Action.BLOCK}
_LIBRARIES: Final = {"block": Action.BLOCK, "review": Action.MARK, "pass": Action.ALLOW}
_SUGGESTIONS: Final = {"block": "Block", "review": "Review", "pass": "Pass"}
_MAX_CONTENT: Final = 8 * 1024
Offset = Annotated[int, msgspec.Meta(ge=0, le=1 << 31)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=100)]


class _OfApp(msgspec.Struct, kw_only=True):
    SdkAppId: int | None = None
    """Is taken as it is, but must be the app's own."""


class _Answer(msgspec.Struct, kw_only=True):
    RequestId: str = msgspec.field(default_factory=lambda: secrets.token_hex(16))


def _check(call: Call, request: _OfApp) -> None:
    """Raises ApiError 60017."""
    if request.SdkAppId not in (None, 0, call.app.sdkappid):
        raise ApiError(Code.REQUEST_FORBIDDEN, "SdkAppId is that of another app")


async def _add(call: Call, words: list[Word]) -> None:
    """Raises ApiError 60002 for a word that cannot be one, or one too many."""
    try:
        await call.services.words.add(call.app.sdkappid, words)
    except ControlError as error:
        raise ApiError(Code.REQUEST_MALFORMED, str(error)) from None


class LocalWord(msgspec.Struct, kw_only=True):
    Keyword: str
    WordType: int = _PLAIN
    FilterType: Literal[1, 2] = 2
    ReplacedContent: str = ""
    Id: int = 0
    """Is not used: a word names itself."""


class LocalWords(_OfApp, kw_only=True):
    LocalAuditWords: Annotated[list[LocalWord], msgspec.Meta(min_length=1, max_length=10)]


@service.command("add_local_audit_keywords", errors=_ERRORS)
async def add_local_audit_keywords(call: Call, request: LocalWords) -> _Answer:
    """Put 1 to 10 words on the app's list: FilterType 1 replaces them by ReplacedContent, 2 refuses the text (80001).

    They count inside longer words, too. WordType 2, regular expressions, is refused. One that is listed is replaced.
    Source: rest-operations-push.md 1.7.
    """
    _check(call, request)
    if any(one.WordType == _REGULAR for one in request.LocalAuditWords):
        raise ApiError(Code.REQUEST_MALFORMED, "regular expressions are not words: WordType is 1")
    words = [
        Word(one.Keyword, _FILTERS[one.FilterType], inside=True, replacement=one.ReplacedContent)
        for one in request.LocalAuditWords
    ]
    await _add(call, words)
    return _Answer()


@service.command("delete_local_audit_keywords", errors=_ERRORS)
async def delete_local_audit_keywords(call: Call, request: LocalWords) -> _Answer:
    """Take 1 to 10 words off the app's list, by their Keyword; those that are not on it are passed over.

    Source: rest-operations-push.md 1.7.
    """
    _check(call, request)
    await call.services.words.remove(call.app.sdkappid, [one.Keyword for one in request.LocalAuditWords])
    return _Answer()


class GetLocal(_OfApp, kw_only=True):
    FilterType: Literal[0, 1, 2] = 0
    Offset: Offset = 0
    Limit: Limit = 100
    Keyword: str = ""


class LocalList(_Answer, kw_only=True):
    LocalAuditWords: list[LocalWord]
    TotalCount: int
    TotalRegCount: int = 0
    CurCount: int
    CurRegCount: int = 0


@service.command("get_local_audit_keywords", errors=_ERRORS)
async def get_local_audit_keywords(call: Call, request: GetLocal) -> LocalList:
    """The words that replace or refuse, those of a FilterType (0: both), those that hold Keyword; in parts of 100.

    CurCount counts what was asked for, TotalCount the whole list. Source: rest-operations-push.md 1.7.
    """
    _check(call, request)
    actions = [_FILTERS[request.FilterType]] if request.FilterType else list(_FILTERS.values())
    words, app = call.services.words, call.app.sdkappid
    found, number = await words.search(app, actions, request.Keyword, request.Offset, request.Limit)
    kinds = {action: number for number, action in _FILTERS.items()}
    listed = [
        LocalWord(
            Keyword=w.word,
            FilterType=kinds[w.action],  # type: ignore[arg-type]
            ReplacedContent=w.replacement,
        )
        for w in found
    ]
    return LocalList(LocalAuditWords=listed, TotalCount=await words.count(app), CurCount=number)


class GetLibraries(_OfApp, kw_only=True):
    Offset: Offset = 0
    Limit: Limit = 100


class Info(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A library, or a word of one."""

    ID: str
    LibName: str = ""
    Content: str = ""
    Describe: str = ""
    Suggestion: str


class Infos(_Answer, kw_only=True):
    TotalCount: int
    Infos: list[Info]


@service.command("get_cloud_audit_keywords_ids", errors=_ERRORS)
async def get_cloud_audit_keywords_ids(call: Call, request: GetLibraries) -> Infos:
    """The libraries: block, review and pass, the words of the app's list by what is done about them.

    Source: rest-operations-push.md 1.7.
    """
    _check(call, request)
    names = list(_LIBRARIES)[request.Offset :][: request.Limit]
    return Infos(
        TotalCount=len(_LIBRARIES),
        Infos=[Info(ID=name, LibName=name, Suggestion=_SUGGESTIONS[name]) for name in names],
    )


class _OfLibrary(_OfApp, kw_only=True):
    LibID: str


def _library(request: _OfLibrary) -> Action:
    if request.LibID not in _LIBRARIES:
        raise ApiError(Code.REQUEST_MALFORMED, f"LibID is one of {', '.join(_LIBRARIES)}")
    return _LIBRARIES[request.LibID]


class GetCloud(_OfLibrary, kw_only=True):
    Offset: Offset = 0
    Limit: Limit = 100
    Content: str = ""


@service.command("get_cloud_audit_keywords", errors=_ERRORS)
async def get_cloud_audit_keywords(call: Call, request: GetCloud) -> Infos:
    """The words of a library, those that hold Content; in parts of 100. ID is what deletes one.

    Source: rest-operations-push.md 1.7.
    """
    _check(call, request)
    action = _library(request)
    found, number = await call.services.words.search(
        call.app.sdkappid, [action], request.Content, request.Offset, request.Limit
    )
    suggestion = _SUGGESTIONS[request.LibID]
    return Infos(TotalCount=number, Infos=[Info(ID=w.word, Content=w.word, Suggestion=suggestion) for w in found])


class UserKeyword(msgspec.Struct):
    Content: str
    Label: str = ""


class AddCloud(_OfLibrary, kw_only=True):
    UserKeywords: Annotated[list[UserKeyword | str], msgspec.Meta(min_length=1, max_length=10)]


@service.command("add_cloud_audit_keywords", errors=_ERRORS)
async def add_cloud_audit_keywords(call: Call, request: AddCloud) -> _Answer:
    """Put 1 to 10 words into a library; a word is in one library at a time. Labels are not kept.

    Source: rest-operations-push.md 1.7.
    """
    _check(call, request)
    action = _library(request)
    texts = [one if isinstance(one, str) else one.Content for one in request.UserKeywords]
    await _add(call, [Word(text, action, inside=True) for text in texts])
    return _Answer()


class DeleteCloud(_OfLibrary, kw_only=True):
    Keywords: Annotated[list[str], msgspec.Meta(min_length=1, max_length=10)]


class Deleted(msgspec.Struct):
    KeywordID: str
    Keyword: str
    Deleted: bool
    ErrorInfo: str = ""


class DeletedList(_Answer, kw_only=True):
    Count: int
    Details: list[Deleted]


@service.command("delete_cloud_audit_keywords", errors=_ERRORS)
async def delete_cloud_audit_keywords(call: Call, request: DeleteCloud) -> DeletedList:
    """Take 1 to 10 words off the list, by the word or its ID, which is the same; each is told.

    Source: rest-operations-push.md 1.7.
    """
    _check(call, request)
    _library(request)
    details = []
    for word in dict.fromkeys(request.Keywords):
        gone = bool(await call.services.words.remove(call.app.sdkappid, [word]))
        details.append(Deleted(word, word, gone, "" if gone else "no such word"))
    return DeletedList(Count=sum(one.Deleted for one in details), Details=details)


ContentType = Literal["Text", "Image", "Audio", "Video", "File", "Custom"]
AuditName = Literal["C2C", "Group", "UserInfo", "GroupInfo", "GroupMemberInfo", "RelationChain"]


class Moderate(_OfApp, kw_only=True):
    AuditName: AuditName
    ContentType: ContentType
    Content: str


class Judged(_Answer, kw_only=True):
    Result: str
    Score: int
    Label: str
    Keywords: list[str]


async def _judge(call: Call, kind: str, content: str) -> Judged:
    """Raises ApiError 60002 for too long a text, 60020 for what is no text."""
    if kind != "Text":
        raise ApiError(Code.PLAN_EXPIRED, f"{kind}: this server compares texts alone")
    if len(content.encode()) > _MAX_CONTENT:
        raise ApiError(Code.REQUEST_MALFORMED, f"Content has at most {_MAX_CONTENT} bytes")
    tried = await call.services.words.try_out(call.app.sdkappid, content)
    keywords = list(dict.fromkeys(one.word.word for one in tried.found))
    if tried.blocked:
        return Judged(Result="Block", Score=100, Label="Illegal", Keywords=keywords)
    if tried.marked or tried.text != content:
        return Judged(Result="Review", Score=50, Label="Illegal", Keywords=keywords)
    return Judged(Result="Pass", Score=0, Label="Normal", Keywords=[])


@audit.command("content_moderation", errors=(*_ERRORS, Code.PLAN_EXPIRED))
async def content_moderation(call: Call, request: Moderate) -> Judged:
    """Compare a text of up to 8 KiB with the app's list: Block, Review (a word to mark or to replace) or Pass.

    There is one list for every AuditName. What is no text is refused (60020). Source: rest-operations-push.md 1.7.
    """
    _check(call, request)
    return await _judge(call, request.ContentType, request.Content)


class BatchItem(msgspec.Struct):
    ContentId: int
    ContentType: ContentType
    Content: str


class ModerateMany(_OfApp, kw_only=True):
    AuditName: AuditName
    Contents: Annotated[list[BatchItem], msgspec.Meta(min_length=1, max_length=10)]


class BatchResult(msgspec.Struct, kw_only=True):
    ContentId: int
    ErrorCode: int
    ErrorInfo: str = ""
    Result: str = ""
    Score: int = 0
    Label: str = ""
    SubLabel: str = ""
    Keywords: list[str] = []
    RequestId: str = ""


class BatchAnswer(msgspec.Struct):
    AuditResults: list[BatchResult]


@audit.command("batch_content_moderation", errors=(*_ERRORS, Code.PLAN_EXPIRED))
async def batch_content_moderation(call: Call, request: ModerateMany) -> BatchAnswer:
    """Compare 1 to 10 texts, as content_moderation does; each item has its ErrorCode.

    Source: rest-operations-push.md 1.7.
    """
    _check(call, request)
    results = []
    for item in request.Contents:
        try:
            judged = await _judge(call, item.ContentType, item.Content)
        except ApiError as error:
            results.append(BatchResult(ContentId=item.ContentId, ErrorCode=int(error.code), ErrorInfo=error.info))
            continue
        results.append(
            BatchResult(
                ContentId=item.ContentId,
                ErrorCode=0,
                Result=judged.Result,
                Score=judged.Score,
                Label=judged.Label,
                Keywords=judged.Keywords,
                RequestId=judged.RequestId,
            )
        )
    return BatchAnswer(results)
