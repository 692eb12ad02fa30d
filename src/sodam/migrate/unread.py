"""What nobody has read yet, and what is known to be read: as it is at the source, so far as its commands tell.

One to one, the source says how many messages of whom somebody has not read: the newest ones. In a group it says up to
which number each member has read, and numbers are other ones at the target: messages are counted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

import msgspec

from sodam.migrate.model import RECALLED, Reader, Run, parts
from sodam.migrate.remote import Remote, RemoteError
from sodam.migrate.store import Journal

_KEYS: Final = 30
_PAGE: Final = 20
_C2C_PAGE: Final = 100
_MOST_PAGES: Final = 20
"""So far down a group's history is counted; what is below counts by its numbers."""
_NOT_COUNTED: Final = ("Community", "AVChatRoom")
_SERVICE: Final = "group_open_http_svc"

Message = dict[str, Any]


async def number(read: Reader, reader: str, peer: str) -> int:
    """How many messages of ``peer`` somebody has not read."""
    ask = {"To_Account": reader, "Peer_Account": [peer]}
    answer = await read("unread", f"{reader} {peer}", "openim/get_c2c_unread_msg_num", ask)
    return sum(int(item["C2CUnreadMsgNum"]) for item in (answer or {}).get("C2CUnreadMsgNumList") or ())


def begins(journal: Journal, place: str, sender: str, count: int) -> float:
    """Where the last ``count`` messages of a sender begin, in a place of the journal."""
    last: deque[float] = deque(maxlen=count)
    after: float | None = None
    while count and (some := journal.messages(place, after, 500)):
        after = some[-1][0]
        last += [n for n, body in some if msgspec.json.decode(body)["From_Account"] == sender]
    return last[0] if last else float("inf")


async def receipts(run: Run, name: str, messages: Sequence[Message]) -> None:
    """Have the target know of these that their recipients have read them, one by one; they name their MsgKey there."""
    ways: dict[tuple[str, str], list[str]] = {}
    for message in messages:
        ways.setdefault((message["From_Account"], message["To_Account"]), []).append(message["MsgKey"])
    for (sender, recipient), keys in ways.items():
        at = {"From_Account": sender, "To_Account": recipient}
        for some in parts(keys, _KEYS):
            body = {
                "Operator_Account": recipient,
                "Peer_Account": sender,
                "C2CMsgInfo": [at | {"MsgKey": k} for k in some],
            }
            await run.write("receipt", name, "openim/c2c_msg_read_receipt", body)
            run.journal.tally("receipts", len(some))


async def mark(run: Run, reader: str, peer: str, second: int) -> None:
    """What ``peer`` has written up to a second is read."""
    body = {"Report_Account": reader, "Peer_Account": peer, "MsgReadTime": second}
    await run.write("read mark", f"{reader} {peer}", "openim/admin_set_msg_read", body)
    run.journal.tally("read marks since")


async def compare(run: Run, reader: str, peer: str) -> None:
    """Where the source has fewer unread than the target, mark as much there; more than it has cannot be made unread."""
    left = await number(run.read, reader, peer)
    if await number(run.look, reader, peer) <= left:
        return
    ask: dict[str, Any] = {"Operator_Account": reader, "Peer_Account": peer, "MaxCnt": _C2C_PAGE}
    ask |= {"MinTime": 0, "MaxTime": 2**32 - 1}
    while True:
        page = await run.look("unread", f"{reader} {peer}", "openim/admin_getroammsg", ask) or {}
        for message in reversed(page.get("MsgList") or []):
            if message["From_Account"] != peer or message.get("MsgFlagBits", 0) == RECALLED:
                continue
            if left == 0:
                await mark(run, reader, peer, message["MsgTimeStamp"])
                return
            left -= 1
        if page.get("Complete", 1) or not page.get("MsgList"):
            return
        ask |= {"MaxTime": page["LastMsgTime"], "LastMsgKey": page["LastMsgKey"]}


async def of_group(run: Run, group_id: str, kind: str, members: Sequence[Message], newest: int) -> None:
    """Have these members, as the source lists them, have as many messages before them as there. ``newest``: the number
    of its newest message."""
    if kind in _NOT_COUNTED or run.dry:
        return
    behind = {m["Member_Account"]: int(m["MsgSeq"]) for m in members if int(m.get("MsgSeq", newest)) < newest}
    if not behind:
        return
    lowest, seen = newest + 1, []
    async for page in _pages(run.source, group_id, min(behind.values())):
        lowest = min(message["MsgSeq"] for message in page)
        seen += [m for m in page if not m.get("IsPlaceMsg") and not m.get("IsSystemMsg")]
    for user_id, read in behind.items():
        count = sum(1 for m in seen if m["MsgSeq"] > read and m["From_Account"] != user_id)
        count += max(0, lowest - 1 - read)
        if count:
            await put(run, group_id, user_id, count)


async def put(run: Run, group_id: str, user_id: str, count: int) -> None:
    body = {"GroupId": group_id, "Member_Account": user_id, "UnreadMsgNum": count}
    await run.write("unread", f"{group_id} {user_id}", f"{_SERVICE}/set_unread_msg_num", body)


async def _pages(remote: Remote, group_id: str, down_to: int) -> AsyncIterator[list[Message]]:
    """A group's messages above a number, from the newest page down."""
    ask: dict[str, Any] = {"GroupId": group_id, "ReqMsgNumber": _PAGE}
    for _ in range(_MOST_PAGES):
        try:
            found = (await remote.call(f"{_SERVICE}/group_msg_get_simple", ask)).get("RspMsgList") or []
        except RemoteError as error:
            if not error.code:
                raise
            return
        if not found:
            return
        yield found
        low = min(message["MsgSeq"] for message in found)
        if low <= down_to + 1:
            return
        ask["ReqMsgSeq"] = low - 1
