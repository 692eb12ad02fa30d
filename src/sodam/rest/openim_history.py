"""``openim``: reading one-to-one messages and unread counts (rest-messages.md 2.4 and 2.10)."""

from __future__ import annotations

import msgspec

from sodam.c2c.model import FIRST, Message
from sodam.errors import ApiError, Code
from sodam.messages.model import PEER_READ, RECALLED, RECALLED_BITS
from sodam.rest.openim import check_account, place_of, service
from sodam.wire import Call

_PAGE_BYTES = 13 * 1024
_PAGE_MESSAGES = 100  # no more fit into the bytes
_MAX_TIME = 1 << 40
_MAX_PEERS = 10


class GetRoamMsg(msgspec.Struct, kw_only=True):
    """``From_Account`` and ``To_Account`` are the names that the two accounts had until 2021."""

    Operator_Account: str | None = None
    Peer_Account: str | None = None
    From_Account: str | None = None
    To_Account: str | None = None
    MaxCnt: int
    MinTime: int
    MaxTime: int
    LastMsgKey: str | None = None


class RoamMsg(msgspec.Struct):
    From_Account: str
    To_Account: str
    MsgSeq: int
    MsgRandom: int
    MsgTimeStamp: int
    MsgFlagBits: int
    IsPeerRead: int
    MsgKey: str
    MsgBody: msgspec.Raw
    CloudCustomData: msgspec.Raw
    MsgClientTime: int
    MsgId: str


class RoamAnswer(msgspec.Struct):
    Complete: int
    MsgCnt: int
    LastMsgTime: int
    LastMsgKey: str
    MsgList: list[RoamMsg]


def _roam(message: Message) -> RoamMsg:
    client_time = message.client_time or message.msg_time
    return RoamMsg(
        message.sender,
        message.recipient,
        message.msg_seq,
        message.msg_random,
        message.msg_time,
        RECALLED_BITS if message.flags & RECALLED else 0,
        1 if message.flags & PEER_READ else 0,
        message.key,
        msgspec.Raw(message.body),
        msgspec.Raw(message.cloud),
        client_time,
        f"{message.tiny_id}-{client_time}-{message.msg_random}",
    )


@service.command(
    "admin_getroammsg",
    errors=(Code.MSG_TO_ACCOUNT, Code.MSG_FROM_ACCOUNT, Code.MSG_NOT_ADMIN, Code.MSG_KEY),
    fields={
        "Operator_Account": Code.MSG_FROM_ACCOUNT,
        "From_Account": Code.MSG_FROM_ACCOUNT,
        "Peer_Account": Code.MSG_TO_ACCOUNT,
        "To_Account": Code.MSG_TO_ACCOUNT,
        "LastMsgKey": Code.MSG_KEY,
    },
)
async def admin_getroammsg(call: Call, request: GetRoamMsg) -> RoamAnswer:
    """Read a conversation as Operator_Account sees it, in pages of MaxCnt messages or about 13 KB.

    The newest page comes first; inside a page the oldest message does. While Complete is 0, ask again with MaxTime =
    LastMsgTime and LastMsgKey as answered: what is strictly older follows. MinTime and MaxTime, in seconds, belong to
    the range. Recalled messages are there with MsgFlagBits 8. Source: rest-messages.md 2.4.
    """
    owner = await check_account(
        call, request.Operator_Account or request.From_Account, "Operator_Account", Code.MSG_FROM_ACCOUNT
    )
    peer = request.Peer_Account or request.To_Account
    if not peer:
        raise ApiError(Code.MSG_TO_ACCOUNT, "Peer_Account is missing")
    if request.MaxCnt < 1:
        raise ApiError(Code.MSG_BODY_NOT_JSON, "MaxCnt must be 1 or more")
    before = (min(max(request.MaxTime, -1), _MAX_TIME) + 1, FIRST)
    if request.LastMsgKey:
        place = place_of(request.LastMsgKey)
        before = min(before, await call.services.c2c.histories.rank(call.app, owner, peer, place, backward=True))
    page, complete = await call.services.c2c.histories.page(
        call.app,
        owner,
        peer,
        limit=min(request.MaxCnt, _PAGE_MESSAGES),
        before=before,
        min_time=min(max(request.MinTime, 0), _MAX_TIME),
        max_bytes=_PAGE_BYTES,
    )
    if not page:
        # A deleted account leaves what it said to others; only a name that never was is a mistake.
        if not (await call.services.c2c.histories.head(call.app, owner, peer)).last_seq:
            await check_account(call, peer, "Peer_Account", Code.MSG_TO_ACCOUNT)
        return RoamAnswer(1, 0, 0, "", [])
    oldest = page[-1]
    return RoamAnswer(int(complete), len(page), oldest.msg_time, oldest.key, [_roam(m) for m in reversed(page)])


class GetUnread(msgspec.Struct):
    To_Account: str
    Peer_Account: list[str] | str | None = None


class PeerUnread(msgspec.Struct):
    Peer_Account: str
    C2CUnreadMsgNum: int


class UnknownPeer(msgspec.Struct):
    Peer_Account: str
    ErrorCode: int


class UnreadAnswer(msgspec.Struct, omit_defaults=True):
    AllC2CUnreadMsgNum: int | None = None
    C2CUnreadMsgNumList: list[PeerUnread] | None = None
    ErrorList: list[UnknownPeer] | None = None


@service.command(
    "get_c2c_unread_msg_num",
    errors=(Code.ACCOUNT_NOT_FOUND, Code.MSG_TO_ACCOUNT, Code.MSG_FROM_ACCOUNT, Code.MSG_NOT_ADMIN),
    fields={"To_Account": Code.MSG_TO_ACCOUNT, "Peer_Account": Code.MSG_FROM_ACCOUNT},
)
async def get_c2c_unread_msg_num(call: Call, request: GetUnread) -> UnreadAnswer:
    """Tell how many messages to a user are unread: in all, or from each of up to 10 peers.

    Unknown peers stand in ErrorList with 70107. Source: rest-messages.md 2.10.
    """
    user_id = await check_account(call, request.To_Account, "To_Account", Code.MSG_TO_ACCOUNT)
    histories = call.services.c2c.histories
    peers = [request.Peer_Account] if isinstance(request.Peer_Account, str) else request.Peer_Account
    if not peers:
        return UnreadAnswer(AllC2CUnreadMsgNum=await histories.unread(call.app, user_id))
    if len(peers) > _MAX_PEERS:
        raise ApiError(Code.MSG_BODY_NOT_JSON, f"more than {_MAX_PEERS} accounts in Peer_Account")
    peers = list(dict.fromkeys(peers))
    known = await call.services.accounts.find_many(call.app.sdkappid, peers)
    found = await histories.unread_from(call.app, user_id, [peer for peer in peers if peer in known])
    counts = [PeerUnread(peer, count) for peer, count in found.items()]
    unknown = [UnknownPeer(peer, int(Code.ACCOUNT_NOT_FOUND)) for peer in peers if peer not in known]
    return UnreadAnswer(C2CUnreadMsgNumList=counts, ErrorList=unknown or None)
