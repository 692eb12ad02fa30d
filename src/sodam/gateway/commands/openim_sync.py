"""Client ``openim``, reading: catch-up, history, read marks (docs/protocol.md sections 6, 8 and 9)."""

from __future__ import annotations

import asyncio

import msgspec

from sodam.bus import of_user
from sodam.c2c import catch_up
from sodam.c2c.events import WireMessage, muted, place, wire
from sodam.c2c.model import FIRST, NEWEST, Message, Place, Position
from sodam.errors import ApiError, Code
from sodam.gateway.catchup import unread_numbers
from sodam.gateway.commands.openim import Seconds, service
from sodam.gateway.connection import Connection
from sodam.gateway.cookies import cookie_of, notices_of, position_of
from sodam.messages.model import parse_key
from sodam.wire import Call

_MAX_PAGE = 100
_RECOVERY_COUNT = 16
_CONVERSATIONS = 500
_MORE_FOLLOWS = 1
_PAGE_SECONDS = 0.05
"""As below, between pages: a client that is asked too soon asks for the same page again, which does no harm."""


class GetMsg(msgspec.Struct):
    Cookie: str = ""
    SyncFlag: int = 0
    NeedAbstract: int = 0
    """1 from every version of the web SDK."""


class Unread(msgspec.Struct):
    From_Account: str
    UnreadCount: int


class GetMsgAnswer(msgspec.Struct):
    Cookie: str
    MsgList: list[WireMessage]
    C2CPairUnreadCount: list[Unread]
    SyncFlag: int = 2
    C2CRemainingUnreadCount: list[Unread] = []
    EventArray: list[msgspec.Raw] = []


@service.command("getmsg")
async def getmsg(call: Call, request: GetMsg) -> GetMsgAnswer:
    """A page of what reached the user since ``Cookie``, at most 500 messages and about 1 MiB, and the unread numbers.

    A page that is not the last one has SyncFlag 1: ask again with its cookie. With NeedAbstract 1 it has SyncFlag 2,
    and a push with Flag 1 behind it asks for the next one: the web SDK announces no messages of answers with another
    SyncFlag. With no cookie (the first time after a login) the messages are left to the history: the numbers announce
    them. Recalls, edits and read marks since the cookie are pushed before the answer, whose numbers count them already.
    """
    connection: Connection = call.connection
    async with connection.page_turn(of_user(call.app.sdkappid, call.caller)):
        since = position_of(request.Cookie)
        if since is None:
            return await _first(call)
        return await _page(call, since, notices_of(request.Cookie), by_push=request.NeedAbstract == 1)


async def _first(call: Call) -> GetMsgAnswer:
    """Nothing is missed yet. What is held goes all the same: the conversation list that was read before may lack it."""
    c2c = call.services.c2c
    connection: Connection = call.connection
    this = connection.begin_round()
    position = await c2c.histories.position()
    notices = await call.services.groups.notices.since(call.app.sdkappid, call.caller, None)
    # Of a conversation that the list ends before, the SDK would show this number in an entry of its own for a while.
    heads = await c2c.histories.heads(call.app, call.caller, call.app.settings.conversation_limit)
    await c2c.announced()
    counted = this.counted(call.caller, {head.peer: head.last_seq for head in heads})
    unread = unread_numbers(call.caller, {head.peer: head.unread for head in heads}, counted)
    call.after = lambda: connection.end_round(this)
    return _answer(call, position, [], unread, notices)


async def _page(call: Call, since: Position, noticed: int, *, by_push: bool) -> GetMsgAnswer:
    c2c = call.services.c2c
    connection: Connection = call.connection
    this = connection.begin_round()
    missed = await catch_up.page_since(c2c.histories, call.app, call.caller, since)
    this.looked()
    heads = await c2c.histories.heads(call.app, call.caller, _CONVERSATIONS)
    await c2c.announced()
    this.drop({place(message).key for message in missed.messages}, since.at_time)
    numbers = {head.peer: head.unread for head in heads}
    senders = {message.sender for message in missed.messages}
    if not missed.complete:
        connection.send_first(missed.notices)
        unread = unread_numbers(call.caller, numbers, (), senders)
        answer = _answer(call, missed.position, missed.messages, unread, ([], noticed))
        if by_push:
            call.after = lambda: connection.ask_for_more(_PAGE_SECONDS)
        else:
            answer.SyncFlag = _MORE_FOLLOWS
        return answer
    counted = this.counted(call.caller, {head.peer: head.last_seq for head in heads})
    unread = unread_numbers(call.caller, numbers, counted, senders)
    connection.send_first([*missed.notices, *catch_up.read_marks(call.caller, heads, since)])
    call.after = lambda: connection.end_round(this)
    notices = await call.services.groups.notices.since(call.app.sdkappid, call.caller, noticed)
    return _answer(call, missed.position, missed.messages, unread, notices)


def _answer(
    call: Call,
    position: Position,
    found: list[Message],
    unread: dict[str, int],
    notices: tuple[list[msgspec.Raw], int],
) -> GetMsgAnswer:
    """``notices``: those of groups that were missed, and the newest one."""
    return GetMsgAnswer(
        Cookie=cookie_of(position, notices[1]),
        EventArray=notices[0],
        MsgList=[wire(message, viewer=call.caller) for message in found],
        C2CPairUnreadCount=[Unread(peer, count) for peer, count in unread.items()],
    )


class GetRoamMsg(msgspec.Struct):
    Peer_Account: str
    MaxCnt: int = 15
    LastMsgTime: Seconds = 0
    MsgKey: str = ""
    GetDirection: int = 0
    WithRecalledMsg: int = 1


class RoamAnswer(msgspec.Struct, omit_defaults=True):
    Complete: int = -1
    MsgCnt: int = -1
    LastMsgTime: int = -1
    MsgKey: str | None = None
    MsgList: list[WireMessage] | None = None


@service.command("getroammsg", errors=(Code.MSG_KEY,))
async def getroammsg(call: Call, request: GetRoamMsg) -> RoamAnswer:
    """A page of the history with a peer, oldest first."""
    async with call.connection.page_turn():
        return await _history(call, request)


async def _history(call: Call, request: GetRoamMsg) -> RoamAnswer:
    histories = call.services.c2c.histories
    count = max(1, min(request.MaxCnt, _MAX_PAGE))
    if request.GetDirection == 1:
        if request.MaxCnt == _RECOVERY_COUNT and not request.MsgKey:
            # The SDK's recovery after a reconnect: getmsg delivers, or unread numbers would go wrong (8.3).
            return RoamAnswer(Complete=1, MsgCnt=0)
        after = (max(0, request.LastMsgTime), FIRST)
        if place := _place(request):
            after = await histories.rank(call.app, call.caller, request.Peer_Account, place, backward=False)
        page, complete = await histories.page_forward(
            call.app, call.caller, request.Peer_Account, after=after, limit=count
        )
        mark = page[-1] if page else None
    else:
        before = (request.LastMsgTime + 1, FIRST) if request.LastMsgTime > 0 else NEWEST
        if place := _place(request):
            before = await histories.rank(call.app, call.caller, request.Peer_Account, place, backward=True)
        page, complete = await histories.page(call.app, call.caller, request.Peer_Account, before=before, limit=count)
        page.reverse()
        mark = page[0] if page else None
    return RoamAnswer(
        Complete=int(complete),
        MsgCnt=len(page),
        LastMsgTime=mark.msg_time if mark else 0,
        MsgKey=mark.key if mark else "",
        MsgList=[wire(message, viewer=call.caller) for message in page],
    )


def _place(request: GetRoamMsg) -> Place | None:
    if not request.MsgKey:
        return None
    parsed = parse_key(request.MsgKey)
    if parsed is None:
        raise ApiError(Code.MSG_KEY)
    return (parsed[2], parsed[0], parsed[1])


class ReadItem(msgspec.Struct):
    To_Account: str
    LastedMsgTime: Seconds = 0


class ReadItems(msgspec.Struct):
    C2CMsgReadedItem: list[ReadItem]


class MsgReaded(msgspec.Struct):
    C2CMsgReaded: ReadItems


@service.command("msgreaded")
async def msgreaded(call: Call, request: MsgReaded) -> None:
    """Everything from these peers up to the given seconds is read."""
    for item in request.C2CMsgReaded.C2CMsgReadedItem[:100]:
        await call.services.c2c_changes.mark_read(
            call.app,
            call.caller,
            item.To_Account,
            item.LastedMsgTime or call.services.c2c.now,
            exclude=call.instid,
            source=call.source,
        )


class GroupRead(msgspec.Struct):
    GroupId: str
    MsgSeq: int = 0


class GroupReadResult(msgspec.Struct):
    GroupId: str
    MsgSeq: int
    RetCode: int


class ReadAll(msgspec.Struct):
    C2CReadAllMsg: int = 0
    GroupReadInfo: list[GroupRead] = []


class ReadAllAnswer(msgspec.Struct):
    C2CReadAllMsg: int
    GroupReadInfoArray: list[GroupReadResult] = []


@service.command("read_all_unread_msg")
async def read_all_unread_msg(call: Call, request: ReadAll) -> ReadAllAnswer:
    """All one-to-one conversations are read, and these groups up to the sequences given."""
    if request.C2CReadAllMsg:
        await call.services.c2c_changes.mark_all_read(call.app, call.caller, exclude=call.instid, source=call.source)
    results = []
    for item in request.GroupReadInfo:
        code = 0
        try:
            await call.services.groups.changes.mark_read(
                call.app.sdkappid, call.caller, item.GroupId, item.MsgSeq, exclude=call.instid
            )
        except ApiError as error:
            code = int(error.code)
        results.append(GroupReadResult(item.GroupId, item.MsgSeq, code))
    return ReadAllAnswer(request.C2CReadAllMsg, results)


class PeerReadTime(msgspec.Struct):
    To_Account: list[str]


class PeerReadTimeAnswer(msgspec.Struct):
    ReadTime: list[int]


@service.command("get_peer_read_time")
async def get_peer_read_time(call: Call, request: PeerReadTime) -> PeerReadTimeAnswer:
    """Up to which second each peer has read; 0: nothing."""
    histories = call.services.c2c.histories
    heads = await asyncio.gather(*(histories.head(call.app, call.caller, peer) for peer in request.To_Account[:100]))
    return PeerReadTimeAnswer([head.peer_read_time for head in heads])


class MuteGet(msgspec.Struct):
    Peer_Account: list[str]
    To_Account: str = ""


class MuteItem(msgspec.Struct):
    Peer_Account: str
    MuteNotifications: int


class MuteAnswer(msgspec.Struct):
    MuteNotificationsList: list[MuteItem]


@service.command("get_c2c_peer_mute_notifications")
async def get_c2c_peer_mute_notifications(call: Call, request: MuteGet) -> MuteAnswer:
    """MsgRecvOption of conversations: 0 receive, 1 discard, 2 receive without notification."""
    histories = call.services.c2c.histories
    return MuteAnswer(
        [
            MuteItem(peer, (await histories.head(call.app, call.caller, peer)).mute)
            for peer in request.Peer_Account[:100]
        ]
    )


class MuteSet(msgspec.Struct):
    Peer_Account: list[str]
    Mute_Notifications: int


class MuteFailed(msgspec.Struct):
    Peer_Account: str
    ErrorCode: int


class MuteSetAnswer(msgspec.Struct):
    ErrorList: list[MuteFailed]


@service.command("set_c2c_peer_mute_notifications", errors=(Code.C2C_ACCOUNT_INVALID,))
async def set_c2c_peer_mute_notifications(call: Call, request: MuteSet) -> MuteSetAnswer:
    """Set MsgRecvOption for up to 30 peers; those that do not exist stand in ErrorList with 20003."""
    if request.Mute_Notifications not in (0, 1, 2) or not 1 <= len(request.Peer_Account) <= 30:
        raise ApiError(Code.C2C_BAD_PACKET, "Mute_Notifications is 0, 1 or 2, for 1 to 30 peers")
    known = await call.services.accounts.find_many(call.app.sdkappid, request.Peer_Account)
    peers = [peer for peer in dict.fromkeys(request.Peer_Account) if peer in known]
    await call.services.c2c_changes.mute(call.app, call.caller, peers, request.Mute_Notifications)
    for peer in peers:
        notice = muted(peer, request.Mute_Notifications)
        call.services.c2c.notify(call.app.sdkappid, (call.caller,), notice, exclude=call.instid)
    failed = [peer for peer in request.Peer_Account if peer not in known]
    return MuteSetAnswer([MuteFailed(peer, int(Code.C2C_ACCOUNT_INVALID)) for peer in failed])
