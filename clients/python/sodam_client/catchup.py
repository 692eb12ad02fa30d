"""What a client asks the server's store: pushes are hints, the store is the truth."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

import msgspec

from sodam_client.errors import ProtocolError
from sodam_client.frames import decode_body
from sodam_client.models import Conversation, History, Message

Request = Callable[[str, Mapping[str, Any]], Awaitable[msgspec.Raw]]

_MORE_FOLLOWS = (0, 1)


class Page(msgspec.Struct, rename="pascal", frozen=True):
    """One answer to `openim.getmsg`: messages, oldest first, and where the next answer begins."""

    msg_list: tuple[Message, ...] = ()
    cookie: str = ""
    sync_flag: int = 2

    @property
    def complete(self) -> bool:
        """Whether nothing follows."""
        return self.sync_flag not in _MORE_FOLLOWS


class _Conversations(msgspec.Struct, rename="pascal"):
    session_item: tuple[Conversation, ...] = ()
    complete_flag: int = 1
    time_stamp: int = 0
    start_index: int = 0
    top_time_stamp: int = 0
    top_start_index: int = 0

    @property
    def place(self) -> tuple[int, int, int, int]:
        return (self.time_stamp, self.start_index, self.top_time_stamp, self.top_start_index)


async def missed(request: Request, cookie: str, *, online: bool) -> AsyncIterator[Page]:
    """What reached the user since `cookie`, page by page. With an empty cookie only the cookie of now.

    `online`: the connection was not lost, the server asked for it. Raises `ProtocolError` when the server says that
    more follows and gives nothing, and what `request` raises.
    """
    flag = 0
    while True:
        body = {"Cookie": cookie, "SyncFlag": flag, "NeedAbstract": 0, "IsOnlineSync": int(online)}
        page = decode_body(await request("openim.getmsg", body), Page)
        if not page.cookie:
            raise ProtocolError("openim.getmsg: the answer has no cookie")
        if not page.complete and page.cookie == cookie:
            raise ProtocolError("openim.getmsg: more is promised, and the cookie stays where it was")
        yield page
        if page.complete:
            return
        cookie, flag = page.cookie, page.sync_flag


async def conversations(request: Request, user_id: str) -> list[Conversation]:
    """The whole conversation list, newest first, pinned ones as the server places them.

    Raises `ProtocolError` when the list does not end, and what `request` raises.
    """
    found: list[Conversation] = []
    page = _Conversations()
    while True:
        before = page.place
        body = {
            "From_Account": user_id,
            "TimeStamp": page.time_stamp,
            "StartIndex": page.start_index,
            "TopTimeStamp": page.top_time_stamp,
            "TopStartIndex": page.top_start_index,
            "OrderType": 1,
            "AssistFlags": 15,
            "MsgAssistFlags": 0,
        }
        page = decode_body(await request("recentcontact.page_get", body), _Conversations)
        found.extend(page.session_item)
        if page.complete_flag:
            return found
        if page.place == before:
            raise ProtocolError("recentcontact.page_get: more is promised, and the place stays where it was")


async def history(request: Request, peer: str, limit: int, last_time: int, last_key: str) -> History:
    """A page of a one-to-one conversation, going back from the message with this time and key (0 and "": newest)."""
    body = {"Peer_Account": peer, "MaxCnt": limit, "LastMsgTime": last_time, "MsgKey": last_key, "WithRecalledMsg": 1}
    return decode_body(await request("openim.getroammsg", body), History)
