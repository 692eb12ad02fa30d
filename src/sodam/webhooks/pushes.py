"""Callbacks about pushes (webhooks.md 9): what became of them, up to 100 in a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Final

from sodam.outbox.model import New
from sodam.outbox.service import Outbox
from sodam.push.events import TO_MANY, PushReported
from sodam.storage import Tx
from sodam.webhooks.bodies import Body
from sodam.webhooks.model import TOPIC, encode, event

AT_ONCE: Final = 100
_BY_DEVICE, _ONLINE = 1, 2
_HANDED_OVER, _ARRIVED = 1, 2
_NOT_TAKEN: Final = 1
"""ErrCode where the vendor's own code is no number and its HTTP status is not known."""


class PushTelling:
    """Follows what became of pushes. Entries have no order among each other: each says when it happened."""

    def __init__(self, outbox: Outbox, wants: Callable[[int, str], object]) -> None:
        self._outbox = outbox
        self._wants = wants

    async def __call__(self, tx: Tx, found: Sequence[PushReported]) -> None:
        entries: list[New] = []
        for (app, command), reports in groupby(sorted(found, key=_group), key=_group):
            if self._wants(app, command):
                entries.extend(_entries(app, command, list(reports)))
        await self._outbox.put(tx, entries)


def _group(one: PushReported) -> tuple[int, str]:
    return one.app, one.command


def _entries(app: int, command: str, reports: Sequence[PushReported]) -> Iterable[New]:
    reports = sorted(reports, key=lambda one: one.at)
    made = to_many if command == TO_MANY else of_message
    for at in range(0, len(reports), AT_ONCE):
        body = {"Events": [{"CallbackCommand": command, **made(one)} for one in reports[at : at + AT_ONCE]]}
        yield New(app, TOPIC, encode(event(command, "", "", body)))


def to_many(one: PushReported) -> Body:
    return {
        "EventType": _ONLINE if one.online else _BY_DEVICE,
        "TaskId": one.task,
        "DataId": one.data_id,
        "TaskTime": one.task_time,
        "EventTime": one.at,
        "To_Account": one.user_id,
        "PushPlatform": one.platform,
        "PushStage": _ARRIVED if one.online else _HANDED_OVER,
        "DeviceType": 0,
        **_error(one),
    }


def of_message(one: PushReported) -> Body:
    in_group = one.kind == "group"
    seq, _, random = one.place.partition("_")
    return {
        "EventType": 2 if in_group else 1,
        "EventTime": one.at,
        "From_Account": one.sender,
        "To_Account": one.user_id,
        "PushPlatform": one.platform,
        "PushStage": _HANDED_OVER,
        "MsgKey": "" if in_group else one.place,
        "GroupID": one.group,
        "MsgSeq": int(seq or 0),
        "MsgRandom": 0 if in_group else int(random.partition("_")[0] or 0),
        "MsgTime": one.msg_time,
        "PushID": one.push_id,
        **_error(one),
    }


def _error(one: PushReported) -> Body:
    """The vendor's code if it is a number, else the HTTP status; its words beside it."""
    if not one.code:
        return {"ErrCode": 0, "ErrInfo": ""}
    if re.fullmatch(r"-?[0-9]{1,9}", one.code, re.ASCII):
        return {"ErrCode": int(one.code), "ErrInfo": one.reason}
    words = one.reason if one.code in one.reason else f"{one.code}: {one.reason}"
    return {"ErrCode": one.status or _NOT_TAKEN, "ErrInfo": words}
