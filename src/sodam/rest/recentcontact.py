"""``recentcontact``: the conversation list, marks and conversation groups (rest-accounts-relations.md section 8).

Clients send most of these commands for themselves. Positions of marks count from 1 here and from 0 in clients.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from sodam.conversations.model import (
    GROUP,
    MARKS,
    MAX_ITEMS,
    MAX_SEARCH,
    USER,
    Contact,
    Cursor,
    Entry,
    Group,
    Listed,
    MarkChange,
    Page,
)
from sodam.errors import ApiError, Code
from sodam.wire import Call, Service

service = Service(
    "recentcontact",
    bad_json=Code.CONV_BAD_REQUEST,
    bad_request=Code.CONV_BAD_REQUEST,
    internal=Code.CONV_INTERNAL,
    display=True,
)
COMMON = (Code.CONV_ACCOUNT_NOT_FOUND, Code.CONV_NOT_ADMIN, Code.CONV_TIMEOUT)
_GROUPS = (*COMMON, Code.CONV_ITEM_COUNT)
_PINNED = 1
_EMPTY = 2
"""Bits of AssistFlags."""
_MICROSECONDS = 1_000_000
_KEPT_PAGE = 200


class Own(msgspec.Struct, kw_only=True):
    """Whose conversations. A client may leave it out: it is its own account."""

    From_Account: str = ""


class ContactItem(msgspec.Struct, omit_defaults=True):
    """A conversation. Three spellings of a group's ID are in use; answers have ``ToGroupId``."""

    Type: Literal[1, 2]
    To_Account: str = ""
    ToGroupId: str = ""
    GroupId: str = ""
    ToGroupid: str = ""

    @property
    def contact(self) -> Contact:
        """Raises ApiError 50002 without an ID, and for one with a NUL character, which no database keeps."""
        if self.Type == USER:
            found = Contact(USER, self.To_Account)
        else:
            found = Contact(GROUP, self.ToGroupId or self.ToGroupid or self.GroupId)
        if not found.id:
            raise ApiError(Code.CONV_BAD_REQUEST, f"a conversation of type {self.Type} has no ID")
        if "\0" in found.id:
            raise ApiError(Code.CONV_BAD_REQUEST, "text with a NUL character")
        return found


def item_of(contact: Contact) -> ContactItem:
    if contact.type == USER:
        return ContactItem(USER, To_Account=contact.id)
    return ContactItem(GROUP, ToGroupId=contact.id)


async def owner_of(call: Call, request: Own) -> str:
    """Raises ApiError 50003 when a client names somebody else, 50001 for an unknown account, 50002 for none."""
    owner = call.acting_for(request.From_Account or ("" if call.admin else call.caller), Code.CONV_NOT_ADMIN)
    if not owner:
        raise ApiError(Code.CONV_BAD_REQUEST, "From_Account is missing")
    if call.admin and await call.services.accounts.find(call.app.sdkappid, owner) is None:
        raise ApiError(Code.CONV_ACCOUNT_NOT_FOUND)
    return owner


def contacts_of(
    items: Sequence[ContactItem], most: int = MAX_ITEMS, code: Code = Code.CONV_ITEM_COUNT
) -> list[Contact]:
    if not 1 <= len(items) <= most:
        raise ApiError(code, f"1 to {most} conversations, not {len(items)}")
    return [item.contact for item in items]


class CursorFields(Own):
    """Where a page goes on, as the page before it said; zeros: from the start."""

    TimeStamp: int = 0
    StartIndex: int = 0
    TopTimeStamp: int = 0
    TopStartIndex: int = 0

    @property
    def cursor(self) -> Cursor | None:
        # StartIndex is 1 more than the microseconds. Where it is 0, the whole list was read before, or nothing yet.
        if self.StartIndex > 0:
            return Cursor(False, self.TimeStamp * _MICROSECONDS + self.StartIndex - 1)
        if self.TopStartIndex > 0:
            return Cursor(True, self.TopTimeStamp * _MICROSECONDS + self.TopStartIndex - 1)
        return None


class NextPage(msgspec.Struct, kw_only=True):
    CompleteFlag: int
    TimeStamp: int
    StartIndex: int
    TopTimeStamp: int
    TopStartIndex: int


def next_page(page: Page) -> dict[str, int]:
    """The fields of ``NextPage``."""
    if page.next is None:
        top = max((one.pinned_at for one in page.listed), default=0)
        return {
            "CompleteFlag": 1,
            "TimeStamp": page.newest,
            "StartIndex": 0,
            "TopTimeStamp": top,
            "TopStartIndex": 0,
        }
    second, rest = divmod(page.next.moved_at, _MICROSECONDS)
    at, none = (second, rest + 1), (0, 0)
    top_at, normal_at = (at, none) if page.next.pinned else (none, at)
    return {
        "CompleteFlag": 0,
        "TimeStamp": normal_at[0],
        "StartIndex": normal_at[1],
        "TopTimeStamp": top_at[0],
        "TopStartIndex": top_at[1],
    }


class GroupItem(msgspec.Struct):
    GroupName: str
    GroupId: int


def group_item(group: Group) -> GroupItem:
    return GroupItem(group.name, group.id)


class GetList(CursorFields):
    AssistFlags: int = 0


class SessionItem(msgspec.Struct, omit_defaults=True):
    Type: int
    MsgTime: int
    TopFlag: int
    To_Account: str = ""
    GroupId: str = ""
    StandardMark: str = ""
    CustomMark: str = ""
    ContactGroupId: tuple[int, ...] = ()


class ListAnswer(NextPage):
    SessionItem: list[SessionItem]


def _session(one: Listed) -> SessionItem:
    kind, peer = one.contact
    return SessionItem(
        kind,
        one.msg_time,
        1 if one.pinned_at else 0,
        To_Account=peer if kind == USER else "",
        GroupId=peer if kind == GROUP else "",
        StandardMark=one.entry.standard_mark,
        CustomMark=one.entry.custom,
        ContactGroupId=one.entry.groups,
    )


@service.command("get_list", errors=COMMON)
async def get_list(call: Call, request: GetList) -> ListAnswer:
    """List the conversations of a user in pages of 100, pinned ones first, then by the newest message.

    While CompleteFlag is 0, ask again with the four cursor fields as answered. AssistFlags: bit 0 pinned ones first,
    bit 1 also those in which the user sees no message; other bits change nothing. The list ends at the app's
    ConversationLimit. Source: rest-accounts-relations.md 8.1.
    """
    owner = await owner_of(call, request)
    pinned_first = request.AssistFlags & _PINNED != 0
    page = await call.services.conversations.page(call.app, owner, request.cursor, pinned_first=pinned_first)
    shown = [one for one in page.listed if request.AssistFlags & _EMPTY or not one.empty]
    return ListAnswer(SessionItem=[_session(one) for one in shown], **next_page(page))


class Delete(Own):
    Type: Literal[1, 2]
    To_Account: str = ""
    ToGroupid: str = ""
    ToGroupId: str = ""
    GroupId: str = ""
    ClearRamble: int = 0


@service.command("delete", errors=(*COMMON, Code.CONV_GROUP_UNRESOLVED))
async def delete(call: Call, request: Delete) -> None:
    """Take a conversation off a user's list until its next message; ClearRamble 1 clears the user's history of it.

    Source: rest-accounts-relations.md 8.2.
    """
    owner = await owner_of(call, request)
    contact = ContactItem(
        request.Type, request.To_Account, request.ToGroupId, request.GroupId, request.ToGroupid
    ).contact
    clear = request.ClearRamble == 1
    conversations = call.services.conversations
    (refusal,) = await conversations.delete(call.app, owner, (contact,), clear=clear, exclude=call.instid)
    if refusal is not None:
        raise ApiError(refusal)


class Top(Own):
    OperationType: Literal[1, 2]
    RecentContactItem: list[ContactItem]


@service.command("top", errors=(*COMMON, Code.CONV_GROUP_UNRESOLVED, Code.CONV_TOP_FULL))
async def top(call: Call, request: Top) -> None:
    """Pin (1) or unpin (2) 1 to 100 conversations; at most 50 are pinned at a time.

    Source: rest-accounts-relations.md 8.3.
    """
    owner = await owner_of(call, request)
    contacts = contacts_of(request.RecentContactItem, code=Code.CONV_BAD_REQUEST)
    pinned = request.OperationType == 1
    await call.services.conversations.pin(call.app, owner, contacts, pinned=pinned, exclude=call.instid)


class MarkItem(msgspec.Struct):
    OptType: Literal[1, 2, 3]
    ContactItem: ContactItem
    SetMark: list[int] = []
    ClearMark: list[int] = []
    CustomMark: str = ""


class MarkContact(Own):
    MarkItem: list[MarkItem]


class MarkResult(msgspec.Struct):
    OptType: int
    ContactItem: ContactItem
    ResultCode: int
    ResultInfo: str


class MarkAnswer(msgspec.Struct):
    ResultItem: list[MarkResult]


def _bits(positions: Sequence[int], first: int) -> int:
    bits = 0
    for position in positions:
        if not 0 <= position - first < MARKS:
            raise ApiError(Code.CONV_BAD_REQUEST, f"marks are from {first} to {first + MARKS - 1}")
        bits |= 1 << (position - first)
    return bits


def _result(code: Code | None) -> tuple[int, str]:
    return (int(code), code.meaning) if code else (0, "")


@service.command("mark_contact", errors=(*_GROUPS, Code.CONV_GROUP_UNRESOLVED, Code.CONV_MARKS_FULL))
async def mark_contact(call: Call, request: MarkContact) -> MarkAnswer:
    """Set and clear the 64 marks of 1 to 100 conversations (OptType 1), their custom data (2), or both (3).

    Custom data have up to 256 bytes; an empty text clears them. At most 1000 conversations have marks or custom data.
    Source: rest-accounts-relations.md 8.4.
    """
    owner = await owner_of(call, request)
    contacts = contacts_of([item.ContactItem for item in request.MarkItem])
    first = 1 if call.admin else 0
    changes = []
    for item, contact in zip(request.MarkItem, contacts, strict=True):
        marks = item.OptType != 2
        changes.append(
            MarkChange(
                contact,
                set=_bits(item.SetMark, first) if marks else 0,
                clear=_bits(item.ClearMark, first) if marks else 0,
                custom=item.CustomMark if item.OptType != 1 else None,
            )
        )
    results = await call.services.conversations.marks.mark(call.app, owner, changes, exclude=call.instid)
    return MarkAnswer(
        [
            MarkResult(item.OptType, item_of(contact), *_result(code))
            for item, contact, code in zip(request.MarkItem, contacts, results, strict=True)
        ]
    )


class KeptItem(msgspec.Struct, omit_defaults=True):
    Type: int
    To_Account: str = ""
    ToGroupId: str = ""
    StandardMark: str = ""
    CustomMark: str = ""
    ContactGroupId: tuple[int, ...] | None = None
    Timestamp: int = 0


def _kept(contact: Contact, entry: Entry) -> KeptItem:
    kind, peer = contact
    return KeptItem(
        kind,
        peer if kind == USER else "",
        peer if kind == GROUP else "",
        entry.standard_mark,
        entry.custom,
        entry.groups,
        entry.changed_at,
    )


class SearchContactGroup(Own):
    ContactItem: list[ContactItem] | ContactItem


class SearchAnswer(msgspec.Struct):
    ContactResultItem: list[KeptItem]
    GroupItem: list[GroupItem]


@service.command("search_contact_group", errors=_GROUPS)
async def search_contact_group(call: Call, request: SearchContactGroup) -> SearchAnswer:
    """Tell marks, custom data and groups of 1 to 300 conversations. Source: rest-accounts-relations.md 8.4."""
    owner = await owner_of(call, request)
    items = request.ContactItem if isinstance(request.ContactItem, list) else [request.ContactItem]
    contacts = list(dict.fromkeys(contacts_of(items, MAX_SEARCH)))
    found, groups = await call.services.conversations.marks.search(call.app, owner, contacts)
    kept = [_kept(contact, found.get(contact, Entry())) for contact in contacts]
    return SearchAnswer(kept, [group_item(group) for group in groups])


class GetContactGroup(Own):
    StartIndex: int = 0


class KeptPage(msgspec.Struct):
    ContactItem: list[KeptItem]
    GroupItem: list[GroupItem]
    CompleteFlag: int
    NextStartIndex: int


@service.command("get_contact_group", errors=COMMON)
async def get_contact_group(call: Call, request: GetContactGroup) -> KeptPage:
    """List every conversation that has marks, custom data or groups, and all groups, in pages of 200 conversations.

    While CompleteFlag is 0, ask again with StartIndex = NextStartIndex. Source: rest-accounts-relations.md 8.4.
    """
    owner = await owner_of(call, request)
    skip = min(max(request.StartIndex, 0), 1 << 31)
    kept = await call.services.conversations.marks.kept(call.app, owner, skip, _KEPT_PAGE)
    return KeptPage(
        [_kept(contact, entry) for contact, entry in kept.entries],
        [group_item(group) for group in kept.groups],
        1 if kept.next is None else 0,
        kept.next or 0,
    )
