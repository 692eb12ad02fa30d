"""Histories that may have changed: what is new, edited or recalled at the source becomes so at the target.

Both are walked from the newest message down to the earliest that was named, a page at a time. A message that only the
target has stays: the source may have forgotten it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Final

import msgspec

from sodam.migrate import unread
from sodam.migrate.accounts import named
from sodam.migrate.hints import UNREAD
from sodam.migrate.messages import PAIR, key, of_place, plain, send_group
from sodam.migrate.model import RECALLED, Run
from sodam.migrate.refresh import known
from sodam.migrate.remote import Remote, RemoteError
from sodam.migrate.store import DONE, Hint

NEWEST: Final = 2**53
"""As where to begin: with the newest page alone."""
_C2C_PAGE: Final = 100
_GROUP_PAGE: Final = 20
_END: Final = 4294967295
_GONE: Final = 2
_NOWHERE: Final = (10010, 10015)
_NEW: Final = "\x1enew"

Message = dict[str, Any]


def _differs(here: Message, there: Message) -> bool:
    return any((here.get(name) or "") != (there.get(name) or "") for name in ("MsgBody", "CloudCustomData"))


def _content(message: Message) -> dict[str, Any]:
    return {"MsgBody": message["MsgBody"], "CloudCustomData": message.get("CloudCustomData") or ""}


# One to one


async def pair(run: Run, name: str, since: int) -> None:
    """What two users wrote to each other since this second."""
    one, other = name.split(PAIR)
    if len(await known(run, [one, other])) < len({one, other}):
        return
    run.journal.add("pair", [name])
    run.journal.put("pair", [name], DONE)
    for viewer, peer in ((one, other), (other, one)):
        below: list[Message] = []
        async for page in _pages(run.source, viewer, peer, since):
            # The lowest second may go on in the next page.
            whole = page + below
            low = whole[0]["MsgTimeStamp"]
            below = [message for message in whole if message["MsgTimeStamp"] == low]
            await _same(run, name, one, other, whole[len(below) :])
        await _same(run, name, one, other, below)


async def _pages(remote: Remote, viewer: str, peer: str, since: int, until: int = _END) -> AsyncIterator[list[Message]]:
    """Pages from the newest down, each ascending. Nothing when the server refuses."""
    ask: dict[str, Any] = {"Operator_Account": viewer, "Peer_Account": peer, "MaxCnt": _C2C_PAGE}
    ask |= {"MinTime": since, "MaxTime": until}
    while True:
        try:
            page = await remote.call("openim/admin_getroammsg", ask)
        except RemoteError as error:
            if not error.code:
                raise
            return
        if found := page.get("MsgList"):
            yield found
        if page.get("Complete") or not found:
            return
        ask |= {"MaxTime": page["LastMsgTime"], "LastMsgKey": page["LastMsgKey"]}


async def _same(run: Run, name: str, one: str, other: str, messages: list[Message]) -> None:
    """Have the target hold these as they are; they ascend."""
    if not messages:
        return
    low, high = messages[0]["MsgTimeStamp"], messages[-1]["MsgTimeStamp"]
    there: dict[str, Message] = {}
    for viewer, peer in ((one, other), (other, one)):
        async for page in _pages(run.target, viewer, peer, low, high):
            there |= {key(message): message for message in page}
    numbers: dict[int, int] = {}
    for message in there.values():
        second = message["MsgTimeStamp"]
        numbers[second] = max(numbers.get(second, 0), message["MsgSeq"])
    shown = name.replace(PAIR, " ")
    read = []
    for message in messages:
        found = there.get(key(message))
        gone = message.get("MsgFlagBits", 0) == RECALLED
        if found is None:
            if gone:
                continue
            second = message["MsgTimeStamp"]
            seq = max(message["MsgSeq"], numbers.get(second, 0) + 1) if second in numbers else message["MsgSeq"]
            numbers[second] = seq
            sent = msgspec.json.decode(plain(message)) | {"MsgSeq": seq, "SyncFromOldSystem": 5}
            sent.pop("IsPeerRead", 0)
            await run.write("message", shown, "openim/importmsg", sent)
            there[key(message)] = message
            if message.get("IsPeerRead"):
                read.append(message | {"MsgKey": f"{seq}_{message['MsgRandom']}_{second}"})
            run.journal.tally("one-to-one messages since")
        elif found.get("MsgFlagBits", 0) != RECALLED:
            at = {"From_Account": found["From_Account"], "To_Account": found["To_Account"]}
            at["MsgKey"] = found.get("MsgKey", "")
            if gone:
                await run.write("message", shown, "openim/admin_msgwithdraw", at)
                run.journal.tally("messages recalled since")
            elif _differs(message, found):
                await run.write("message", shown, "openim/modify_c2c_msg", at | _content(message))
                run.journal.tally("messages edited since")
            if message.get("IsPeerRead") and not found.get("IsPeerRead") and not gone:
                read.append(message | {"MsgKey": found.get("MsgKey", "")})
    await unread.receipts(run, shown, read)


# Groups


class _Walk:
    """A history at the target, walked down as far as somebody asks for a second."""

    def __init__(self, run: Run, name: str) -> None:
        self._remote = run.target
        self._ask: dict[str, Any] = {**of_place(name), "ReqMsgNumber": _GROUP_PAGE, "WithRecalledMsg": 1}
        self._found: dict[str, Message] = {}
        self._low = _END
        self._ended = False
        self.newest = 0

    async def find(self, wanted: str, second: int) -> Message | None:
        while not self._ended and self._low >= second:
            await self._page()
        return self._found.get(wanted)

    async def _page(self) -> None:
        page = await self._remote.call("group_open_http_svc/group_msg_get_simple", self._ask)
        found = page.get("RspMsgList") or []
        for message in found:
            if at := message.get("MsgTimeStamp"):
                self.newest, self._low = max(self.newest, at), min(self._low, at)
            if not message.get("IsSystemMsg"):
                self._found[key(message)] = message
        low = min((message["MsgSeq"] for message in found), default=0)
        self._ended = low <= 1
        self._ask["ReqMsgSeq"] = low - 1


async def history(run: Run, name: str, since: int, *, patient: bool = False) -> tuple[int, int]:
    """What a group or a topic got since this number, and whatever the newest page shows to be missing.

    The first and the last number that the target may take later, since by its clock they are still to come; 0: none.
    ``patient``: what comes behind them waits with them.
    """
    new = name + _NEW
    run.journal.forget(new)
    walk, ask = _Walk(run, name), {**of_place(name), "ReqMsgNumber": _GROUP_PAGE, "WithRecalledMsg": 1}
    try:
        while True:
            page = await run.source.call("group_open_http_svc/group_msg_get_simple", ask)
            found = page.get("RspMsgList") or []
            missing = False
            for message in found:
                missing |= await _same_of_group(run, walk, name, new, message)
            low = min((message["MsgSeq"] for message in found), default=0)
            if low <= 1 or (low <= since and not missing):
                break
            ask["ReqMsgSeq"] = low - 1
    except RemoteError as error:
        if error.code not in _NOWHERE:
            raise
        return 0, 0  # dismissed meanwhile: there is a hint for that
    await walk.find("", _END)
    early = await _append(run, name, new, walk.newest, patient=patient)
    return min(early, default=0), max(early, default=0)


async def _same_of_group(run: Run, walk: _Walk, name: str, new: str, message: Message) -> bool:
    """Have the target hold one as it is; True for one that is yet to be appended."""
    if message.get("IsSystemMsg") or not message.get("MsgTimeStamp") or message.get("IsPlaceMsg") not in (0, _GONE):
        return False
    second = run.journal.second(name, key(message), message["MsgTimeStamp"])
    there = await walk.find(key(message, second), second)
    gone = message["IsPlaceMsg"] == _GONE
    if there is None:
        if not gone:
            run.journal.keep(new, [(float(message["MsgSeq"]), str(message["MsgSeq"]), plain(message))])
        return not gone
    if there.get("IsPlaceMsg"):
        return False
    shown, at = name.replace(PAIR, " "), of_place(name)
    if gone:
        body = {**at, "MsgSeqList": [{"MsgSeq": there["MsgSeq"]}]}
        await run.write("message", shown, "group_open_http_svc/group_msg_recall", body)
        run.journal.tally("messages recalled since")
    elif _differs(message, there):
        body = {**at, "MsgSeq": there["MsgSeq"], **_content(message)}
        await run.write("message", shown, "openim/modify_group_msg", body)
        run.journal.tally("messages edited since")
    return False


async def _append(run: Run, name: str, new: str, newest: int, *, patient: bool) -> list[int]:
    """Append what is missing, in its order; the numbers of what may be taken later. What is older than the target's
    newest, which may be a tip of a change that was made there, gets that one's second."""
    early: list[int] = []
    after: float | None = None
    while some := run.journal.messages(new, after, _GROUP_PAGE):
        after = some[-1][0]
        messages = [msgspec.json.decode(body) for _, body in some]
        await named(run, [message["From_Account"] for message in messages])
        for message in messages:
            if message["MsgTimeStamp"] < newest:
                run.journal.move(name, key(message), newest)
                message["MsgTimeStamp"] = newest
            newest = message["MsgTimeStamp"]
        early += await send_group(run, name, messages)
        if PAIR not in name:  # after an import nobody has anything unread
            run.journal.hint([Hint(UNREAD, name, 0)])
        if patient and messages[-1]["MsgSeq"] in early:
            break
    run.journal.forget(new)
    return early
