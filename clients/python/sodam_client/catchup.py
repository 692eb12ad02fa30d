"""What a client asks for after it was away: pushes are hints, the server's store is the truth.

The server keeps messages for an absent user and hands them out with `openim.getmsg`. A client that was cut in the
middle may also have missed pushes that the server counts as delivered; those are found in the conversation list
(`recentcontact.page_get`) and read back with `openim.getroammsg`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from sodam_client.frames import decode_body
from sodam_client.models import Conversation, History, Message

Request = Callable[[str, Mapping[str, Any]], Awaitable[msgspec.Raw]]

_MAX_ROUNDS = 10_000
"""A server that never says "complete" must not hold a client for ever."""
_HISTORY_PAGE = 20


class _Offline(msgspec.Struct, rename="pascal"):
    msg_list: tuple[Message, ...] = ()
    cookie: str = ""
    sync_flag: int = 2


class _Page(msgspec.Struct, rename="pascal"):
    session_item: tuple[Conversation, ...] = ()
    complete_flag: int = 1
    time_stamp: int = 0
    start_index: int = 0
    top_time_stamp: int = 0
    top_start_index: int = 0


async def offline_messages(request: Request, cookie: str) -> tuple[list[Message], str]:
    """Everything the server kept while we were away, oldest first, and the cookie for the next time."""
    found: list[Message] = []
    flag = 0
    for _ in range(_MAX_ROUNDS):
        body = {"Cookie": cookie, "SyncFlag": flag, "NeedAbstract": 0, "IsOnlineSync": 0}
        answer = decode_body(await request("openim.getmsg", body), _Offline)
        found.extend(answer.msg_list)
        cookie = answer.cookie or cookie
        flag = 1
        if answer.sync_flag not in (0, 1):
            break
    return found, cookie


async def conversations(request: Request, user_id: str) -> list[Conversation]:
    """The whole conversation list, newest first, pinned ones as the server places them."""
    found: list[Conversation] = []
    page = _Page()
    for _ in range(_MAX_ROUNDS):
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
        page = decode_body(await request("recentcontact.page_get", body), _Page)
        found.extend(page.session_item)
        if page.complete_flag:
            break
    return found


async def history(request: Request, peer: str, limit: int, last_time: int, last_key: str) -> History:
    """A page of a one-to-one conversation, going back from the message with this time and key (0 and "": newest)."""
    body = {"Peer_Account": peer, "MaxCnt": limit, "LastMsgTime": last_time, "MsgKey": last_key, "WithRecalledMsg": 1}
    return decode_body(await request("openim.getroammsg", body), History)


async def missed_messages(
    request: Request, user_id: str, since: int, is_known: Callable[[Message], bool]
) -> list[Message]:
    """Messages of one-to-one conversations newer than `since` (unix seconds) that are not known yet, oldest first."""
    found: list[Message] = []
    for conversation in await conversations(request, user_id):
        if conversation.type == 1 and conversation.time >= since:
            found.extend(await _unknown_in(request, conversation.user, since, is_known))
    return sorted(found, key=lambda message: message.time)


async def _unknown_in(request: Request, peer: str, since: int, is_known: Callable[[Message], bool]) -> list[Message]:
    """One conversation's part, in the order in which the server gives it."""
    pages: list[list[Message]] = []
    last_time, last_key = 0, ""
    for _ in range(_MAX_ROUNDS):
        page = await history(request, peer, _HISTORY_PAGE, last_time, last_key)
        ascending = sorted(page.messages, key=lambda message: message.time)
        recent = [message for message in ascending if message.time >= since]
        pages.append([message for message in recent if not is_known(message)])
        if page.complete or len(recent) < len(ascending) or not recent:
            break
        last_time, last_key = page.last_time, page.last_key
    return [message for page_messages in reversed(pages) for message in page_messages]
