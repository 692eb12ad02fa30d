"""Client ``recentcontact``: the conversation list (docs/protocol.md section 7)."""

from __future__ import annotations

import msgspec

from sodam.c2c.events import listed, self_read
from sodam.c2c.model import Head, Message
from sodam.errors import ApiError, Code
from sodam.messages.model import RECALLED, RECALLED_BITS
from sodam.wire import Call, Service

service = Service(
    "recentcontact",
    bad_json=Code.CONV_BAD_REQUEST,
    bad_request=Code.CONV_BAD_REQUEST,
    internal=Code.CONV_INTERNAL,
    display=True,
)
MAX_CONVERSATIONS = 100
"""Conversations pulled (console.md section 3)."""
_MAX_ITEMS = 100


class _Own(msgspec.Struct):
    """The SDK names its own account in every request."""

    From_Account: str = ""


def _own(call: Call, request: _Own) -> str:
    """The caller. Raises ApiError 50003 when the request names somebody else."""
    return call.acting_for(request.From_Account or call.caller, Code.CONV_NOT_ADMIN)


class PageGet(_Own):
    TimeStamp: int = 0
    StartIndex: int = 0
    TopTimeStamp: int = 0
    TopStartIndex: int = 0


class Revoker(msgspec.Struct):
    Revoker_Account: str
    Reason: str = ""


class LastMsg(msgspec.Struct, omit_defaults=True):
    MsgBody: msgspec.Raw
    CloudCustomData: msgspec.Raw
    RevokerInfo: Revoker | None = None


class SessionItem(msgspec.Struct, omit_defaults=True):
    Type: int
    To_Account: str
    MsgTime: int
    C2cPeerReadTime: int | None
    TopFlags: int | None
    MsgRecvOption: int | None
    UnreadMsgCount: int | None
    MsgSeq: int = 0
    LastC2CMsgFrom_Account: str = ""
    LastMsgFlags: int = 0
    C2cNick: str = ""
    C2cImage: str = ""
    LastMsg: LastMsg | None = None


class PageAnswer(msgspec.Struct):
    TimeStamp: int
    StartIndex: int
    TopTimeStamp: int
    TopStartIndex: int
    SessionItem: list[SessionItem]
    CompleteFlag: int = 1
    GroupItem: list[msgspec.Raw] = []


@service.command("page_get", errors=(Code.CONV_NOT_ADMIN,))
async def page_get(call: Call, request: PageGet) -> PageAnswer:
    """The newest conversations, all in one page: pinned first, then by the time of the last message."""
    connection = call.connection
    connection.listing()
    try:
        async with connection.page_turn():
            answer = await _page(call, _own(call, request))
    except BaseException:
        connection.listed()
        raise
    call.after = connection.listed
    return answer


async def _page(call: Call, owner: str) -> PageAnswer:
    histories = call.services.c2c.histories
    heads = await histories.heads(call.app, owner, MAX_CONVERSATIONS)
    peers = await call.services.accounts.find_many(call.app.sdkappid, [head.peer for head in heads])
    lasts = await histories.last(call.app, owner, heads)
    items = []
    for head in heads:
        last = lasts.get(head.peer)
        if last is None and not head.clear_seq:
            continue  # nothing that this user may see was ever said
        item = _item(owner, head, last)
        if peer := peers.get(head.peer):
            item.C2cNick, item.C2cImage = peer.nick, peer.image
        items.append(item)
    newest = max((item.MsgTime for item in items), default=0)
    return PageAnswer(newest, 0, max((head.top_time for head in heads), default=0), 0, items)


def _item(owner: str, head: Head, last: Message | None) -> SessionItem:
    item = SessionItem(
        Type=1,
        To_Account=head.peer,
        MsgTime=last.msg_time if last else head.list_time,
        C2cPeerReadTime=head.peer_read_time,
        TopFlags=1 if head.top_time else 0,
        MsgRecvOption=head.mute,
        UnreadMsgCount=head.unread,
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


class Contact(msgspec.Struct):
    Type: int = 1
    To_Account: str = ""
    GroupId: str = ""
    ToGroupId: str = ""


class ContactResult(msgspec.Struct):
    Type: int
    To_Account: str
    ResultCode: int
    ResultInfo: str


class Results(msgspec.Struct):
    ResultItem: list[ContactResult]


class BatchDelete(_Own, kw_only=True):
    ContactItem: list[Contact]
    ClearRamble: int = 0


@service.command("batch_delete", errors=(Code.CONV_NOT_ADMIN,))
async def batch_delete(call: Call, request: BatchDelete) -> Results:
    """Take up to 100 conversations off one's list; ClearRamble 1 clears their history for oneself, too."""
    owner = _own(call, request)
    if not 1 <= len(request.ContactItem) <= _MAX_ITEMS:
        raise ApiError(Code.CONV_BAD_REQUEST, f"ContactItem holds 1 to {_MAX_ITEMS} conversations")
    results = []
    for contact in request.ContactItem:
        if contact.Type == 1 and contact.To_Account:
            await call.services.c2c_changes.hide(call.app, owner, contact.To_Account, clear=request.ClearRamble == 1)
            results.append(ContactResult(1, contact.To_Account, 0, ""))
        else:
            results.append(ContactResult(contact.Type, contact.To_Account, int(Code.CONV_BAD_REQUEST), "unknown type"))
    _notify(call, owner, 1, "RecentContactDeleteItem", [r.To_Account for r in results if not r.ResultCode])
    return Results(results)


class ClearMsg(_Own):
    To_Account: str = ""
    Type: int = 1


@service.command("clear_msg", errors=(Code.CONV_NOT_ADMIN,))
async def clear_msg(call: Call, request: ClearMsg) -> None:
    """Clear the history of a conversation for oneself; it stays in the list."""
    owner = _own(call, request)
    if request.Type != 1 or not request.To_Account:
        raise ApiError(Code.CONV_BAD_REQUEST, "Type 1 with To_Account")
    await call.services.c2c_changes.hide(call.app, owner, request.To_Account, clear=True, remove=False)
    read = self_read(owner, request.To_Account, call.services.c2c.now)
    call.services.c2c.notify(call.app.sdkappid, (owner,), read, exclude=call.instid)


class Top(_Own, kw_only=True):
    OperationType: int
    RecentContactItem: list[Contact]


@service.command("top", errors=(Code.CONV_NOT_ADMIN, Code.CONV_ACCOUNT_NOT_FOUND))
async def top(call: Call, request: Top) -> None:
    """Pin (1) or unpin (2) conversations."""
    owner = _own(call, request)
    contacts = request.RecentContactItem
    if request.OperationType not in (1, 2) or not 1 <= len(contacts) <= _MAX_ITEMS:
        raise ApiError(Code.CONV_BAD_REQUEST, "OperationType is 1 or 2, with 1 to 100 conversations")
    peers = [contact.To_Account for contact in contacts if contact.Type == 1 and contact.To_Account]
    pinned = request.OperationType == 1
    known = await call.services.accounts.find_many(call.app.sdkappid, peers)
    if pinned and len(known) < len(set(peers)):
        raise ApiError(Code.CONV_ACCOUNT_NOT_FOUND)
    peers = [peer for peer in peers if peer in known]
    await call.services.c2c_changes.pin(call.app, owner, peers, pinned=pinned)
    _notify(call, owner, 2 if pinned else 3, "RecentContactTopItem", peers)


def _notify(call: Call, owner: str, push_type: int, item: str, peers: list[str]) -> None:
    """The owner's other devices learn of a change of the list."""
    if peers:
        notice = listed(item, push_type, peers)
        call.services.c2c.notify(call.app.sdkappid, (owner,), notice, exclude=call.instid)


class GroupGet(_Own):
    StartIndex: int = 0


class GroupPage(msgspec.Struct):
    CompleteFlag: int = 1
    NextStartIndex: int = 0
    ContactItem: list[msgspec.Raw] = []
    GroupItem: list[msgspec.Raw] = []


@service.command("get_contact_group", errors=(Code.CONV_NOT_ADMIN,))
async def get_contact_group(call: Call, request: GroupGet) -> GroupPage:
    """Marked and grouped conversations. Marks and groups are not offered yet, so there are none."""
    _own(call, request)
    return GroupPage()


class GroupSearch(_Own):
    ContactItem: list[Contact] = []


class GroupSearchAnswer(msgspec.Struct):
    ContactItem: list[msgspec.Raw] = []
    GroupItem: list[msgspec.Raw] = []


@service.command("search_contact_group", errors=(Code.CONV_NOT_ADMIN,))
async def search_contact_group(call: Call, request: GroupSearch) -> GroupSearchAnswer:
    """Marks and groups of the given conversations: none yet, as above."""
    _own(call, request)
    return GroupSearchAnswer()
