"""System notices: what happens to groups and concerns single users (client-protocol-groups.md section 6).

Each event of events.py becomes notices to some users in the event's own transaction. They are kept there, so that a
device that was away finds them when it comes back, and go to the devices that are online after the commit. The web
SDK does not ask for its groups again when it reconnects: joins, removals and dissolutions it learns from these alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from functools import partial
from typing import Any, Final

import msgspec

from sodam.accounts.events import AccountsDeleted
from sodam.bus import Live, of_user
from sodam.clock import now as wall_clock
from sodam.groups import retention, store_notices
from sodam.groups.events import (
    Asked,
    Banned,
    Decided,
    GroupCreated,
    GroupDestroyed,
    GroupEvent,
    MembersJoined,
    MembersLeft,
    MsgFlagChanged,
    RoleChanged,
    RoomAdminChanged,
)
from sodam.groups.model import home_of
from sodam.groups.pushes import place_of
from sodam.groups.store_notices import Stored
from sodam.notices import Notice
from sodam.storage import Database, Tx
from sodam.storage.events import Events

SYSTEM: Final = "@TIM#SYSTEM"
KEPT_SECONDS: Final = 7 * 86_400
_EVENT: Final = 5
_NORMAL: Final = 2
_encode = msgspec.json.Encoder().encode


class Report(IntEnum):
    """ReportType. The number of ``INVITATION_ASKED`` is Sodam's own: the SDK passes it on."""

    APPLIED = 1
    ACCEPTED = 2
    REFUSED = 3
    KICKED = 4
    DISSOLVED = 5
    CREATED = 6
    INVITED = 7
    QUIT = 8
    ADMIN = 9
    NO_ADMIN = 10
    INVITATION_ACCEPTED = 13
    INVITATION_REFUSED = 14
    MSG_FLAG = 20
    BANNED = 21
    INVITATION_ASKED = 22


WAITING: Final = (Report.APPLIED, Report.INVITATION_ASKED)
"""What a device that signs in anew is given: the others describe changes that its first lists hold already."""
_PASSING: Final = {Report.CREATED, Report.MSG_FLAG, Report.BANNED}
"""Not kept: they change only what a device reads anew when it comes back."""


class _Wanted(msgspec.Struct, frozen=True):
    """A notice to be; raised as an event itself, so that all of a transaction are stored in one order of users."""

    event: GroupEvent
    report: Report
    user_id: str
    body: dict[str, Any]


class GroupNotices:
    def __init__(self, db: Database, live: Live, clock: Callable[[], float] = wall_clock) -> None:
        self._db = db
        self._live = live
        self._clock = clock

    def follow(self, events: Events) -> None:
        """Make notices of everything that happens from now on."""
        for kind, wanted in _WANTED.items():
            events.subscribe(kind, partial(self._raise, wanted))
        events.subscribe(_Wanted, self._write)
        events.subscribe(AccountsDeleted, self._erase)

    async def since(self, app: int, user_id: str, seq: int | None) -> tuple[list[msgspec.Raw], int]:
        """What a device that had the notices up to ``seq`` lacks, as an element of EventArray, and where it is now.

        None: the device signs in for the first time; it gets what waits for a decision.
        """
        after = int(self._clock()) - KEPT_SECONDS
        kinds = WAITING if seq is None else ()
        found = await store_notices.since(self._db, app, user_id, seq or 0, after, kinds)
        if seq is None:
            return _elements(found), await store_notices.last(self._db, app, user_id)
        return _elements(found), found[-1].seq if found else seq

    async def forget(self) -> int:
        """Periodic work: erase what is too old for any device; how many."""
        return await retention.purge_notices(self._db, int(self._clock()) - KEPT_SECONDS)

    async def remove(self, app: int, user_id: str, named: Iterable[tuple[int, int]]) -> None:
        """A user has dealt with these: MsgSeq and MsgRandom."""
        await store_notices.remove(self._db, app, user_id, named)

    async def _raise(self, wanted: _Maker, tx: Tx, events: Sequence[Any]) -> None:
        for event in events:
            for report, users, body in wanted(event):
                for user_id in users:
                    tx.emit(_Wanted(event, report, user_id, body))

    async def _write(self, tx: Tx, events: Sequence[_Wanted]) -> None:
        """Number, keep and send. All of one transaction are of one app."""
        app, now = events[0].event.app, int(self._clock())
        counts: dict[str, int] = {}
        for wanted in events:
            counts[wanted.user_id] = counts.get(wanted.user_id, 0) + 1
        ends = await store_notices.take(tx, app, counts)
        numbers = {user_id: end - counts[user_id] for user_id, end in ends.items()}
        kept = []
        for wanted in events:
            user_id = wanted.user_id
            seq = numbers[user_id] = numbers[user_id] + 1
            random = secrets.randbits(31)
            stored = Stored(
                user_id,
                seq,
                random,
                now,
                int(wanted.report),
                wanted.event.group_id,
                _item(wanted, seq, random, now),
            )
            if wanted.report not in _PASSING:
                kept.append(stored)
            tx.after_commit(partial(self._send, app, stored, wanted.event.instid))
        await store_notices.insert(tx, app, kept)

    async def _erase(self, tx: Tx, events: Sequence[AccountsDeleted]) -> None:
        for event in events:
            for user_id in event.user_ids:
                await store_notices.erase_user(tx, event.app, user_id)

    def _send(self, app: int, stored: Stored, exclude: int) -> None:
        topic = of_user(app, stored.user_id)
        if self._live.wanted(topic, exclude):
            self._live.send(topic, Notice(_element([stored.body])), exclude=exclude)


_Maker = Callable[[Any], Iterable[tuple[Report, Sequence[str], dict[str, Any]]]]
"""Of an event: which notices to whom."""


def _created(event: GroupCreated) -> Iterable[tuple[Report, Sequence[str], dict[str, Any]]]:
    if event.owner:
        yield Report.CREATED, [event.owner], {}
    yield Report.INVITED, [user_id for user_id in event.user_ids if user_id != event.owner], {}


def _destroyed(event: GroupDestroyed) -> Iterable[tuple[Report, Sequence[str], dict[str, Any]]]:
    yield Report.DISSOLVED, event.user_ids, {}


def _joined(event: MembersJoined) -> Iterable[tuple[Report, Sequence[str], dict[str, Any]]]:
    if event.invited and not event.silent:
        yield Report.INVITED, event.user_ids, {}


def _left(event: MembersLeft) -> Iterable[tuple[Report, Sequence[str], dict[str, Any]]]:
    if event.kicked:
        yield Report.KICKED, event.user_ids, {"RemarkInfo": event.reason} if event.reason else {}
    elif event.operator:
        yield Report.QUIT, event.user_ids, {}


def _banned(event: Banned) -> Iterable[tuple[Report, Sequence[str], dict[str, Any]]]:
    yield Report.BANNED, event.user_ids, {"BanDuration": event.seconds, "BanDescription": event.reason}


def _role(event: RoleChanged) -> Iterable[tuple[Report, Sequence[str], dict[str, Any]]]:
    yield Report.ADMIN if event.admin else Report.NO_ADMIN, [event.user_id], {}


def _msg_flag(event: MsgFlagChanged) -> Iterable[tuple[Report, Sequence[str], dict[str, Any]]]:
    yield Report.MSG_FLAG, [event.user_id], {"MsgFlag": event.msg_flag}


def _asked(event: Asked) -> Iterable[tuple[Report, Sequence[str], dict[str, Any]]]:
    body: dict[str, Any] = {"RemarkInfo": event.remark, "MsgKey": event.at, "Authentication": event.token}
    if not event.invited:
        yield Report.APPLIED, event.deciders, body
        return
    invited = {"MemberList_Account": [event.invited], "MsgMemberExtraInfoList": [{"UserId": event.invited}]}
    yield Report.INVITATION_ASKED, event.deciders, body | invited


def _decided(event: Decided) -> Iterable[tuple[Report, Sequence[str], dict[str, Any]]]:
    body = {"RemarkInfo": event.remark}
    if not event.invited:
        yield Report.ACCEPTED if event.agreed else Report.REFUSED, [event.applicant], body
        return
    invited = {"MemberList_Account": [event.invited]}
    yield (
        Report.INVITATION_ACCEPTED if event.agreed else Report.INVITATION_REFUSED,
        [event.applicant],
        body | invited,
    )


_WANTED: Final[dict[type[GroupEvent], _Maker]] = {
    GroupCreated: _created,
    GroupDestroyed: _destroyed,
    MembersJoined: _joined,
    MembersLeft: _left,
    Banned: _banned,
    RoleChanged: _role,
    RoomAdminChanged: _role,
    MsgFlagChanged: _msg_flag,
    Asked: _asked,
    Decided: _decided,
}


def _item(wanted: _Wanted, seq: int, random: int, now: int) -> bytes:
    event = wanted.event
    return _encode(
        {
            "From_Account": SYSTEM,
            "ToGroupId": home_of(event.group_id),
            "To_Account": wanted.user_id,
            "MsgSeq": seq,
            "ClientSeq": seq,
            "MsgRandom": random,
            "MsgTimeStamp": now,
            "MsgClientTime": now,
            "MsgPriority": _NORMAL,
            "GroupInfo": {
                **place_of(event.group_id),
                "GroupName": event.name,
                "GroupType": event.group_type,
                "To_Account": wanted.user_id,
            },
            "MsgBody": {"ReportType": int(wanted.report), "Operator_Account": event.operator, **wanted.body},
        }
    )


def _element(items: list[bytes]) -> bytes:
    return _encode({"Event": _EVENT, "GroupTips": [msgspec.Raw(item) for item in items]})


def _elements(found: list[Stored]) -> list[msgspec.Raw]:
    return [msgspec.Raw(_element([stored.body])) for stored in found]
