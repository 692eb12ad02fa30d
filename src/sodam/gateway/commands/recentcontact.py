"""Client ``recentcontact``: the conversation list (docs/protocol.md section 7)."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from sodam.c2c.events import self_read
from sodam.conversations.groups import GroupDetail
from sodam.conversations.model import GROUP, USER, Contact, Listed
from sodam.conversations.one_to_one import Detail
from sodam.errors import ApiError, Code
from sodam.groups.histories import shown_unread
from sodam.groups.message import TIP
from sodam.groups.pushes import wire
from sodam.messages.model import RECALLED, RECALLED_BITS
from sodam.rest import recentcontact as rest
from sodam.rest import recentcontact_groups as _groups  # noqa: F401
from sodam.rest.recentcontact import (
    CursorFields,
    GroupItem,
    NextPage,
    Own,
    contacts_of,
    group_item,
    next_page,
    owner_of,
)
from sodam.wire import Call, Service

service = Service(
    "recentcontact",
    bad_json=Code.CONV_BAD_REQUEST,
    bad_request=Code.CONV_BAD_REQUEST,
    internal=Code.CONV_INTERNAL,
    display=True,
)
_RECV_OPTIONS: Final = {"Discard": 1, "AcceptNotNotify": 2, "AcceptNotNotifyExceptAt": 3}
_GROUP_RECALLED: Final = 2
"""LastMsgFlags of a group whose last message was recalled."""
SHARED = (
    "top",
    "mark_contact",
    "create_contact_group",
    "del_contact_group",
    "update_contact_group",
    "search_contact_group",
    "get_contact_group",
)
"""What a client sends for itself exactly as a server does by REST."""
service.commands.update({name: rest.service.commands[name] for name in SHARED})


class Revoker(msgspec.Struct):
    Revoker_Account: str
    Reason: str = ""


class LastMsg(msgspec.Struct, omit_defaults=True):
    MsgBody: msgspec.Raw
    CloudCustomData: msgspec.Raw = msgspec.Raw(b'""')
    Event: int = 0
    GroupTips: dict[str, Any] | None = None
    RevokerInfo: Revoker | None = None


class SessionItem(msgspec.Struct, omit_defaults=True):
    Type: int
    MsgTime: int
    TopFlags: int | None
    MsgRecvOption: int | None
    UnreadMsgCount: int | None
    To_Account: str = ""
    ToAccount: str = ""
    """Of a group: its ID."""
    C2cPeerReadTime: int | None = None
    MsgSeq: int = 0
    LastC2CMsgFrom_Account: str = ""
    MsgTimeStamp: int = 0
    LastC2cMsgFrom_Account: str = ""
    """Time and sender once more, under the names that lite-chat reads."""
    LastMsgFlags: int = 0
    C2cNick: str = ""
    C2cImage: str = ""
    MsgGroupFrom_Account: str = ""
    MsgGroupFromCardName: str = ""
    MsgGroupFromNickName: str = ""
    GroupNick: str = ""
    GroupImage: str = ""
    GroupType: str = ""
    GroupIgnoredUnreadSeqCount: int = 0
    LastMsg: LastMsg | None = None
    StandardMark: str = ""
    CustomMark: str = ""
    ContactGroupId: tuple[int, ...] = ()


class PageAnswer(NextPage):
    SessionItem: list[SessionItem]
    GroupItem: list[GroupItem]


@service.command("page_get", errors=(Code.CONV_NOT_ADMIN,))
async def page_get(call: Call, request: CursorFields) -> PageAnswer:
    """The conversations in pages of 100: pinned ones first, then by the newest message."""
    connection = call.connection
    connection.listing()
    try:
        async with connection.page_turn():
            answer = await _page(call, await owner_of(call, request), request)
    except BaseException:
        connection.listed()
        raise
    call.after = connection.listed
    return answer


async def _page(call: Call, owner: str, request: CursorFields) -> PageAnswer:
    conversations = call.services.conversations
    page = await conversations.page(call.app, owner, request.cursor)
    users = [one for one in page.listed if one.contact.type == USER]
    peers = await call.services.accounts.find_many(call.app.sdkappid, [one.contact.id for one in users])
    items: list[SessionItem] = []
    ends: dict[str, int] = {}
    for one in page.listed:
        if one.contact.type == GROUP:
            items.append(_group(owner, one))
            ends[one.contact.id] = one.detail.group.next_seq - 1
            continue
        item = _item(owner, one)
        if peer := peers.get(one.contact.id):
            item.C2cNick, item.C2cImage = peer.nick, peer.image
        items.append(item)
    for item in items:
        item.MsgTimeStamp, item.LastC2cMsgFrom_Account = item.MsgTime, item.LastC2CMsgFrom_Account
    call.connection.catch_up.drop_groups(ends)
    call.connection.catch_up.shown({item.To_Account: item.MsgTime for item in items if item.To_Account})
    groups = await conversations.marks.groups(call.app, owner)
    return PageAnswer(SessionItem=items, GroupItem=[group_item(group) for group in groups], **next_page(page))


def _item(owner: str, one: Listed) -> SessionItem:
    detail: Detail = one.detail
    head, last = detail
    item = SessionItem(
        Type=1,
        To_Account=head.peer,
        MsgTime=one.msg_time,
        C2cPeerReadTime=head.peer_read_time,
        TopFlags=1 if head.top_time else 0,
        MsgRecvOption=head.mute,
        UnreadMsgCount=head.unread,
        StandardMark=one.entry.standard_mark,
        CustomMark=one.entry.custom,
        ContactGroupId=one.entry.groups,
    )
    if last is not None:
        item.MsgSeq = last.msg_seq
        item.LastC2CMsgFrom_Account = last.sender
        body, cloud = last.content_for(owner)
        item.LastMsg = LastMsg(msgspec.Raw(body), msgspec.Raw(cloud))
        if last.flags & RECALLED:
            item.LastMsgFlags = RECALLED_BITS
            item.LastMsg.RevokerInfo = Revoker(last.recalled_by)
    return item


def _group(owner: str, one: Listed) -> SessionItem:
    detail: GroupDetail = one.detail
    group, standing, last = detail
    item = SessionItem(
        Type=GROUP,
        ToAccount=group.group_id,
        MsgTime=one.msg_time,
        TopFlags=1 if one.pinned_at else 0,
        MsgRecvOption=_RECV_OPTIONS.get(standing.msg_flag, 0),
        UnreadMsgCount=shown_unread(group, standing),
        MsgSeq=group.next_seq - 1,
        GroupNick=group.profile.name,
        GroupImage=group.profile.face_url,
        GroupType=group.type,
        StandardMark=one.entry.standard_mark,
        CustomMark=one.entry.custom,
        ContactGroupId=one.entry.groups,
    )
    if last is None:
        return item
    item.MsgGroupFrom_Account = last.sender
    item.MsgGroupFromNickName, item.MsgGroupFromCardName = last.nick, last.card
    if last.kind == TIP:
        item.LastMsg = LastMsg(msgspec.Raw(b"[]"), Event=4, GroupTips=wire(last, group, owner))
        return item
    body, cloud = last.content_for(owner)
    item.LastMsg = LastMsg(msgspec.Raw(body), msgspec.Raw(cloud))
    if last.flags & RECALLED:
        item.LastMsgFlags = _GROUP_RECALLED
        item.LastMsg.RevokerInfo = Revoker(last.extra.revoker, last.extra.reason)
    return item


class ContactResult(msgspec.Struct, omit_defaults=True):
    Type: int
    ResultCode: int
    ResultInfo: str
    To_Account: str = ""
    ToGroupid: str = ""


class Results(msgspec.Struct):
    ResultItem: list[ContactResult]


class BatchDelete(Own, kw_only=True):
    ContactItem: list[rest.ContactItem]
    ClearRamble: int = 0


@service.command("batch_delete", errors=(*rest.COMMON, Code.CONV_GROUP_UNRESOLVED))
async def batch_delete(call: Call, request: BatchDelete) -> Results:
    """Take up to 100 conversations off one's list; ClearRamble 1 clears their history for oneself, too."""
    owner = await owner_of(call, request)
    contacts = contacts_of(request.ContactItem, code=Code.CONV_BAD_REQUEST)
    clear = request.ClearRamble == 1
    codes = await call.services.conversations.delete(call.app, owner, contacts, clear=clear, exclude=call.instid)
    return Results([_deleted(contact, code) for contact, code in zip(contacts, codes, strict=True)])


def _deleted(contact: Contact, code: Code | None) -> ContactResult:
    user = contact.type == USER
    return ContactResult(
        contact.type,
        int(code) if code else 0,
        code.meaning if code else "",
        To_Account=contact.id if user else "",
        ToGroupid="" if user else contact.id,
    )


class ClearMsg(Own):
    To_Account: str = ""
    ToGroupid: str = ""
    Type: int = 1


@service.command("clear_msg", errors=(Code.CONV_NOT_ADMIN, Code.CONV_GROUP_UNRESOLVED))
async def clear_msg(call: Call, request: ClearMsg) -> None:
    """Clear the history of a conversation for oneself; it stays in the list."""
    owner = await owner_of(call, request)
    if request.Type == GROUP and request.ToGroupid:
        changes = call.services.groups.changes
        if not await changes.clear_for(call.app.sdkappid, owner, request.ToGroupid, exclude=call.instid):
            raise ApiError(Code.CONV_GROUP_UNRESOLVED)
        return
    if request.Type != 1 or not request.To_Account:
        raise ApiError(Code.CONV_BAD_REQUEST, "Type 1 with To_Account, or 2 with ToGroupid")
    await call.services.c2c_changes.hide(call.app, owner, request.To_Account, clear=True, remove=False)
    read = self_read(owner, request.To_Account, call.services.c2c.now)
    call.services.c2c.notify(call.app.sdkappid, (owner,), read, exclude=call.instid)
