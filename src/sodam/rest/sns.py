"""``sns``: friends, adding and removing them (rest-accounts-relations.md 6.1 to 6.6). Reading is in the files beside.

Requests take what real clients send (real-clients.md): null or an empty string where nothing is meant, a single item
where a list belongs. A client may send every command for its own account.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Any, Literal, TypeVar

import msgspec

from sodam.errors import ApiError, Code
from sodam.moderation.service import Shown
from sodam.relations.model import MAX_ITEMS, AddItem, ImportItem, Origin, Outcome, refused
from sodam.wire import Call, Service

service = Service(
    "sns",
    bad_json=Code.SNS_BAD_REQUEST,
    bad_request=Code.SNS_BAD_REQUEST,
    internal=Code.SNS_INTERNAL,
    display=True,
)
COMMON = (Code.USER_ID_NOT_STRING, Code.SNS_ACCOUNT_NOT_FOUND, Code.SNS_NOT_ADMIN, Code.SNS_TIMEOUT)
ADDING = (Code.SNS_OTHER_APP, *COMMON, Code.SNS_SENSITIVE_WORD, Code.SNS_WRITE_CONFLICT, Code.SNS_GROUPS_FULL)

T = TypeVar("T")
Names = list[str] | str
DeleteType = Literal["Delete_Type_Single", "Delete_Type_Both"]


class TagValue(msgspec.Struct):
    Tag: str
    Value: Any


class ResultItem(msgspec.Struct):
    To_Account: str
    ResultCode: int
    ResultInfo: str


class ResultAnswer(msgspec.Struct, omit_defaults=True):
    ResultItem: list[ResultItem]
    Fail_Account: list[str] | None = None


def acting(call: Call, user_id: str) -> str:
    """Whose lists the call is about. Raises ApiError 30004 for a client that names another."""
    return call.acting_for(user_id, Code.SNS_NOT_ADMIN)


def origin_of(call: Call) -> Origin:
    return Origin(call.caller, call.admin, call.platform, call.client_ip, call.instid)


def many(value: list[T] | T | None, *, name: str, least: int = 1, most: int = MAX_ITEMS) -> list[T]:
    """A list that may have been sent as its single item. Raises ApiError 30001 for a wrong number of items."""
    items: list[T] = value if isinstance(value, list) else [] if value is None else [value]
    if not least <= len(items) <= most:
        raise ApiError(Code.SNS_BAD_REQUEST, f"{name} must hold {least} to {most} items, not {len(items)}")
    return items


def names_of(value: Names | None) -> tuple[str, ...]:
    """Group names of one friend. An empty text instead of a list is none: SDKs write every field."""
    names = [value] if isinstance(value, str) and value else value or ()
    return tuple(dict.fromkeys(names))


def results(outcomes: Sequence[Outcome]) -> ResultAnswer:
    failed = [to for to, code, _ in outcomes if code]
    return ResultAnswer([ResultItem(*outcome) for outcome in outcomes], failed or None)


async def screened(
    call: Call,
    user_id: str,
    command: str,
    items: Sequence[T],
    written: Callable[[T], tuple[str, Iterable[str]]],
    act: Callable[[list[T]], Awaitable[list[Outcome]]],
) -> list[Outcome]:
    """One outcome an item, in order: what ``act`` makes of it, or 30005 where it holds a word that the app refuses.

    ``written``: whom an item is about, and its texts.
    """
    words, about = call.services.words, Shown("RelationChain", user_id, call.source)
    stopped: list[Outcome | None] = []
    for item in items:
        to, texts = written(item)
        try:
            await words.refuse(call.app.sdkappid, texts, Code.SNS_SENSITIVE_WORD, shown=about)
            stopped.append(None)
        except ApiError:
            stopped.append(refused(command, to, Code.SNS_SENSITIVE_WORD, "Sensitive_Word"))
    passed = [item for item, outcome in zip(items, stopped, strict=True) if outcome is None]
    done = iter(await act(passed))
    return [outcome or next(done) for outcome in stopped]


class AddFriendItem(msgspec.Struct):
    To_Account: str
    AddSource: str
    Remark: str | None = None
    GroupName: Names | None = None
    AddWording: str | None = None


class FriendAdd(msgspec.Struct):
    From_Account: str
    AddFriendItem: list[AddFriendItem] | AddFriendItem
    AddType: Literal["Add_Type_Both", "Add_Type_Single", ""] | None = None
    ForceAddFlags: Literal[0, 1] | None = None


@service.command(
    "friend_add",
    errors=(
        *ADDING,
        Code.SNS_ADD_FORBIDDEN,
        Code.SNS_FRIENDS_FULL,
        Code.SNS_PENDING_FULL,
        Code.SNS_PEER_FRIENDS_FULL,
        Code.SNS_ALREADY_FRIENDS,
        Code.SNS_IN_OWN_BLACKLIST,
        Code.SNS_PEER_DENIES_ALL,
        Code.SNS_IN_PEER_BLACKLIST,
        Code.SNS_NEEDS_CONFIRM,
        Code.SNS_ADD_LIMITED,
        Code.TEXT_REFUSED,
    ),
)
async def friend_add(call: Call, request: FriendAdd) -> ResultAnswer:
    """Add 1 to 1000 friends, or ask them where their AllowType wants consent (30539 in the item).

    Remark up to 96 bytes, AddWording 256, GroupName 30; AddSource is ``AddSource_Type_`` and 1 to 8 letters. Only an
    administrator can force. 80001: an AddWording holds a word that the app refuses; 30005 in the item: its Remark or
    GroupName does. Source: rest-accounts-relations.md 6.2.
    """
    user_id = acting(call, request.From_Account)
    items = [
        AddItem(item.To_Account, item.AddSource, item.Remark or "", names_of(item.GroupName), item.AddWording or "")
        for item in many(request.AddFriendItem, name="AddFriendItem")
    ]
    about = Shown("RelationChain", user_id, call.source)
    await call.services.words.refuse(call.app.sdkappid, (item.wording for item in items), shown=about)
    add = partial(
        call.services.relations.adding.add,
        call.app,
        origin_of(call),
        user_id,
        both=request.AddType != "Add_Type_Single",
        force=call.admin and request.ForceAddFlags == 1,
    )
    return results(
        await screened(call, user_id, "FriendAdd", items, lambda item: (item.to, (item.remark, *item.groups)), add)
    )


class ImportFriendItem(msgspec.Struct):
    To_Account: str
    AddSource: str
    Remark: str | None = None
    RemarkTime: int | None = None
    GroupName: Names | None = None
    AddWording: str | None = None
    AddTime: int | None = None
    CustomItem: list[TagValue] | TagValue | None = None


class FriendImport(msgspec.Struct):
    From_Account: str
    AddFriendItem: list[ImportFriendItem] | ImportFriendItem


def _import_item(item: ImportFriendItem) -> ImportItem:
    custom = item.CustomItem if isinstance(item.CustomItem, list) else [item.CustomItem] if item.CustomItem else []
    return ImportItem(
        item.To_Account,
        item.AddSource,
        item.Remark,
        item.RemarkTime,
        item.AddWording,
        item.AddTime,
        None if item.GroupName is None else names_of(item.GroupName),
        tuple((field.Tag, field.Value) for field in custom),
    )


def _imported_texts(item: ImportItem) -> tuple[str, list[str]]:
    texts = (item.remark, item.wording, *(item.groups or ()), *(value for _, value in item.custom))
    return item.to, [text for text in texts if isinstance(text, str)]


@service.command("friend_import", errors=(*ADDING, Code.SNS_FRIENDS_FULL))
async def friend_import(call: Call, request: FriendImport) -> ResultAnswer:
    """Put 1 to 1000 friends into one list, without consent or webhook; an existing friend's given fields are replaced.

    Custom values up to 500 bytes, of declared fields. 30005 in the item: a text of it holds a word that the app
    refuses. For administrators. Source: rest-accounts-relations.md 6.3.
    """
    user_id = acting(call, request.From_Account)
    if not call.admin:
        raise ApiError(Code.SNS_NOT_ADMIN)
    items = [_import_item(item) for item in many(request.AddFriendItem, name="AddFriendItem")]
    import_ = partial(call.services.relations.adding.import_, call.app, origin_of(call), user_id)
    return results(await screened(call, user_id, "FriendImport", items, _imported_texts, import_))


class UpdateItem(msgspec.Struct):
    To_Account: str
    SnsItem: list[TagValue] | TagValue


class FriendUpdate(msgspec.Struct):
    From_Account: str
    UpdateItem: list[UpdateItem] | UpdateItem


def _changed_texts(item: tuple[str, list[tuple[str, Any]]]) -> tuple[str, list[str]]:
    to, fields = item
    values = (one for _, value in fields for one in (value if isinstance(value, list) else [value]))
    return to, [value for value in values if isinstance(value, str)]


@service.command("friend_update", errors=ADDING)
async def friend_update(call: Call, request: FriendUpdate) -> ResultAnswer:
    """Change Remark, Group (replaced as a whole) and custom fields of 1 to 1000 friends.

    An item is applied wholly or not at all. 30005 in the item: a text of it holds a word that the app refuses.
    Source: rest-accounts-relations.md 6.4.
    """
    user_id = acting(call, request.From_Account)
    items = [
        (item.To_Account, [(f.Tag, f.Value) for f in many(item.SnsItem, name="SnsItem", most=100)])
        for item in many(request.UpdateItem, name="UpdateItem")
    ]
    update = partial(call.services.relations.friends.update, call.app, origin_of(call), user_id)
    return results(await screened(call, user_id, "FriendUpdate", items, _changed_texts, update))


class FriendDelete(msgspec.Struct):
    From_Account: str
    To_Account: Names
    DeleteType: DeleteType | Literal[""] | None = None


@service.command(
    "friend_delete",
    errors=(
        Code.SNS_OTHER_APP,
        *COMMON,
        Code.SNS_WRITE_CONFLICT,
        Code.SNS_NOT_FRIEND,
        Code.SNS_DELETE_LIMITED,
    ),
)
async def friend_delete(call: Call, request: FriendDelete) -> ResultAnswer:
    """Take 1 to 1000 accounts off the friend list and, with Delete_Type_Both, From_Account off theirs.

    31704 in the item of who is no friend. Source: rest-accounts-relations.md 6.5.
    """
    user_id = acting(call, request.From_Account)
    peers = many(request.To_Account, name="To_Account")
    both = request.DeleteType == "Delete_Type_Both"
    friends = call.services.relations.friends
    return results(await friends.delete(call.app, origin_of(call), user_id, peers, both=both))


class FriendDeleteAll(msgspec.Struct):
    From_Account: str
    DeleteType: DeleteType | Literal[""] | None = None


@service.command("friend_delete_all", errors=(*COMMON, Code.SNS_WRITE_CONFLICT))
async def friend_delete_all(call: Call, request: FriendDeleteAll) -> None:
    """Empty the friend list, on both sides with Delete_Type_Both. No webhook reports it.

    Source: rest-accounts-relations.md 6.6.
    """
    user_id = acting(call, request.From_Account)
    both = request.DeleteType == "Delete_Type_Both"
    await call.services.relations.friends.delete_all(call.app, origin_of(call), user_id, both=both)
