"""Histories: fetched from the newest message down, kept in the journal, written to the target from the oldest up.

What the target already has of a page that was cut is found out before the page is written again, so that a migration
that is stopped at any moment neither loses a message nor has one twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from sodam.migrate import unread
from sodam.migrate.accounts import named
from sodam.migrate.model import RECALLED, Digest, Run
from sodam.migrate.remote import Remote, RemoteError
from sodam.migrate.store import FETCH, FETCHED, Item, Journal

_C2C_PAGE: Final = 100
_GROUP_PAGE: Final = 20
_END: Final = 4294967295
_UNREAD: Final = "unread"
_BAD_TIME: Final = 10004
PAIR: Final = "\x1f"
"""Stands between the two users of a pair, and between a community and its topic."""


def pair(one: str, other: str) -> str:
    return PAIR.join(sorted((one, other)))


def place(group_id: str, topic_id: str = "") -> str:
    return group_id + (PAIR + topic_id if topic_id else "")


def of_place(name: str) -> dict[str, str]:
    group_id, _, topic_id = name.partition(PAIR)
    return {"GroupId": group_id} | ({"TopicId": topic_id} if topic_id else {})


async def fetch_pair(remote: Remote, journal: Journal, name: str, under: str, counted: bool = True) -> None:
    """Both users' views of their conversation, as one: what one side has deleted is still the other's."""
    one, other = name.split(PAIR)
    await _fetch_view(remote, journal, one, other, under, counted)
    await _fetch_view(remote, journal, other, one, under + PAIR, False)
    alone = journal.merge(under, under + PAIR)
    if counted:
        journal.tally("messages that one of two had deleted", alone)


async def _fetch_view(remote: Remote, journal: Journal, viewer: str, peer: str, under: str, counted: bool) -> None:
    journal.forget(under)
    ask: dict[str, Any] = {"Operator_Account": viewer, "Peer_Account": peer, "MaxCnt": _C2C_PAGE}
    ask |= {"MinTime": 0, "MaxTime": _END}
    low = 0
    while True:
        page = await remote.call("openim/admin_getroammsg", ask)
        found = page.get("MsgList") or []
        low -= len(found)
        kept = [(n, m) for n, m in enumerate(found, low) if m.get("MsgFlagBits", 0) != RECALLED]
        journal.keep(under, [(n, m["MsgKey"], plain(m)) for n, m in kept])
        if counted:
            journal.tally("recalled messages, left out", len(found) - len(kept))
        if page.get("Complete") or not found:
            return
        ask |= {"MaxTime": page["LastMsgTime"], "LastMsgKey": page["LastMsgKey"]}


async def fetch_group(remote: Remote, journal: Journal, name: str, under: str, counted: bool = True) -> set[str]:
    """The messages of a group or a topic; who wrote them."""
    journal.forget(under)
    senders: set[str] = set()
    ask: dict[str, Any] = {**of_place(name), "ReqMsgNumber": _GROUP_PAGE}
    while True:
        page = await remote.call("group_open_http_svc/group_msg_get_simple", ask)
        found = page.get("RspMsgList") or []
        kept = [m for m in found if not m.get("IsPlaceMsg") and not m.get("IsSystemMsg")]
        journal.keep(under, [(float(m["MsgSeq"]), str(m["MsgSeq"]), plain(m)) for m in kept])
        senders.update(m["From_Account"] for m in kept)
        if counted:
            journal.tally("tips and gaps of groups, left out", len(found) - len(kept))
        low = min((m["MsgSeq"] for m in found), default=0)
        if low <= 1:
            return senders
        ask["ReqMsgSeq"] = low - 1


def plain(message: dict[str, Any]) -> bytes:
    names = ("From_Account", "To_Account", "MsgSeq", "MsgRandom", "MsgTimeStamp", "MsgBody", "CloudCustomData")
    read = {"IsPeerRead": 1} if message.get("IsPeerRead") else {}
    return msgspec.json.encode({name: message[name] for name in names if name in message} | read)


def key(message: Mapping[str, Any], second: int | None = None) -> str:
    """By which a message is known on both sides: neither number is the same there."""
    at = message["MsgTimeStamp"] if second is None else second
    return f"{message['From_Account']} {message['MsgRandom']} {at}"


def digest(journal: Journal, under: str, moved: str = "") -> str:
    """Number and hash of the messages of a place, in their order. ``moved``: with the seconds that they have at the
    target in the place of this name."""
    sums, after = Digest(), None
    while some := journal.messages(under, after, 500):
        after = some[-1][0]
        for _, body in some:
            message = msgspec.json.decode(body)
            if moved:
                message["MsgTimeStamp"] = journal.second(moved, key(message), message["MsgTimeStamp"])
            sums.add(message)
    return sums.text()


async def take_pair(run: Run, item: Item) -> None:
    """One conversation of two users."""
    one, other = item.id.split(PAIR)
    await named(run, (one, other))
    if item.state == FETCH:
        try:
            await fetch_pair(run.source, run.journal, item.id, item.id)
            run.journal.add(_UNREAD, [item.id])
            numbers = [await unread.number(run.read, *way) for way in ((one, other), (other, one))]
            run.journal.put(_UNREAD, [item.id], FETCHED, " ".join(map(str, numbers)))
        except RemoteError as error:
            if not error.code:
                raise
            run.journal.refuse("conversation", item.id.replace(PAIR, " "), error.code, error.info)
        run.journal.put("pair", [item.id], FETCHED, digest(run.journal, item.id))
    await _write_pair(run, item.id, one, other)
    run.journal.forget(item.id)


async def _write_pair(run: Run, name: str, one: str, other: str) -> None:
    fresh = {one: float("inf"), other: float("inf")}
    for kept in run.journal.some(_UNREAD, [name]):
        for sender, count in zip((other, one), kept.extra.split(), strict=False):
            fresh[sender] = unread.begins(run.journal, name, sender, int(count))
    after: float | None = None
    second, seq, shown = 0, 0, name.replace(PAIR, " ")
    read = []
    while some := run.journal.messages(name, after, 200):
        after = some[-1][0]
        for n, body in some:
            message = msgspec.json.decode(body)
            # Inside a second they stand by their numbers: ascending ones keep the order in which they came.
            seq = max(message["MsgSeq"], seq + 1) if message["MsgTimeStamp"] == second else message["MsgSeq"]
            second = message["MsgTimeStamp"]
            if message.pop("IsPeerRead", 0):
                read.append(message | {"MsgKey": f"{seq}_{message['MsgRandom']}_{second}"})
            sent = message | {"MsgSeq": seq, "SyncFromOldSystem": 5 if n >= fresh[message["From_Account"]] else 2}
            answer = await run.write("message", shown, "openim/importmsg", sent)
            run.journal.tally("one-to-one messages", answer is not None)
        await unread.receipts(run, shown, read)
        read.clear()


async def take_group(run: Run, item: Item) -> None:
    """The history of one group, or of one topic of a community."""
    if item.state == FETCH:
        try:
            await named(run, await fetch_group(run.source, run.journal, item.id, item.id))
        except RemoteError as error:
            if not error.code:
                raise
            run.journal.refuse("history", item.id.replace(PAIR, " "), error.code, error.info)
        run.journal.put("history", [item.id], FETCHED, digest(run.journal, item.id))
    after = await _already_there(run, item.id)
    while some := run.journal.messages(item.id, after, _GROUP_PAGE):
        after = some[-1][0]
        await send_group(run, item.id, [msgspec.json.decode(body) for _, body in some])
    run.journal.forget(item.id)


async def send_group(run: Run, name: str, messages: list[dict[str, Any]]) -> list[int]:
    """Append messages of the source; the numbers of those that may be taken later, when they are in the past there."""
    listed = [
        {
            "From_Account": m["From_Account"],
            "SendTime": m["MsgTimeStamp"],
            "Random": m["MsgRandom"],
            "MsgBody": m["MsgBody"],
            **({"CloudCustomData": m["CloudCustomData"]} if m.get("CloudCustomData") else {}),
        }
        for m in messages
    ]
    body = {**of_place(name), "RecentContactFlag": 1, "MsgList": listed}
    answer = await run.write("message", name.replace(PAIR, " "), "group_open_http_svc/import_group_msg", body)
    if answer is None:
        return []
    results = answer.get("ImportMsgResult") or []
    early: list[int] = []
    for message, result in zip(messages, results, strict=False):
        shown = f"{name.replace(PAIR, ' ')} {message['MsgSeq']}"
        if result["Result"]:
            run.journal.refuse("message", shown, result["Result"], "import_group_msg: time, sender or content")
        else:
            run.journal.accept("message", shown)
        if result["Result"] == _BAD_TIME:
            early.append(message["MsgSeq"])
    run.journal.tally("group messages", len(messages) - sum(1 for result in results if result["Result"]))
    return early


async def _already_there(run: Run, name: str) -> float | None:
    """Up to which message of the journal an interrupted run had come: the newest that the target has."""
    if run.dry:
        return None
    try:
        page = await run.target.call(
            "group_open_http_svc/group_msg_get_simple", {**of_place(name), "ReqMsgNumber": _GROUP_PAGE}
        )
    except RemoteError as error:
        if not error.code:
            raise
        return None
    for there in page.get("RspMsgList") or []:
        if there.get("IsPlaceMsg") or there.get("IsSystemMsg"):
            continue
        return _place_of(run.journal, name, there)
    return None


def _place_of(journal: Journal, name: str, there: dict[str, Any]) -> float | None:
    """Where the last message that equals this one stands in the journal."""
    found: float | None = None
    after: float | None = None
    while some := journal.messages(name, after, 500):
        after = some[-1][0]
        for n, body in some:
            message = msgspec.json.decode(body)
            if message["MsgTimeStamp"] > there["MsgTimeStamp"]:
                return found
            same = ("From_Account", "MsgTimeStamp", "MsgRandom")
            if all(message[field] == there[field] for field in same):
                found = n
    return found
